"""Turn a command line into many runs: named sweeps, the plan, Hydra's callback, and one run against the store."""
