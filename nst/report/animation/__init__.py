"""Animate runs, and a grid of runs in step."""
