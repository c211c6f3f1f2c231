"""L-BFGS, Adam, and the loop that optimises a picture; nothing here reads or writes files."""
