"""Work with Hydra: command line, composition, callbacks and launchers."""
