"""Time this engine against the plain loop and others: one scenario a file, one engine a file."""
