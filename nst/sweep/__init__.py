"""From a command line to many runs: files of named sweeps, the plan, Hydra's callback, and one run against the store."""
