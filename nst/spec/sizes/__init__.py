"""The pixels of a run: its sizes from coarse to fine, and the shapes of its result and of its pictures."""
