"""Build the write-up's site from the sweeps that are on disk, and run those that are missing."""
