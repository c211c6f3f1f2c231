"""Estimate, measure and reuse the memory of a run."""
