"""Compute and tabulate intervals, paired differences and verdicts."""
