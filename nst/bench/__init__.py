"""Time nst against the plain loop and other implementations: one evaluation, and in `scenarios` what is around it."""
