"""What speaks with Hydra: command line, composition, callbacks and launchers."""
