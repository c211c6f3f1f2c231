"""Time what is around an evaluation: a module for each name that `python -m nst.bench` takes, with a `run`."""
