"""The terms of a spec: which losses a configuration asks for, at which layers, against which pictures."""
