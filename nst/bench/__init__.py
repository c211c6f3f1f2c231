"""Time nst against the plain loop and others: one file for each scenario."""
