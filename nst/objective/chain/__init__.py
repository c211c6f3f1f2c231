"""The fast objective: a chain of convolutions with a hand-written backward pass, strip by strip or on a GPU."""
