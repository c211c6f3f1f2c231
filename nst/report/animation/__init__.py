"""Make animated pictures of runs and of a grid in step."""
