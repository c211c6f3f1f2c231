"""Describe one run: the configuration that Hydra composes, and the frozen `Spec` that it resolves to."""
