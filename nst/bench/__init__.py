"""Time nst against the plain loop and other implementations, in one module per scenario."""
