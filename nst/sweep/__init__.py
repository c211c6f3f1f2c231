"""From a command line to many runs: named sweeps, the plan, Hydra's callback, and one run against the store."""
