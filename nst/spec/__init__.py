"""Describe one run: the vocabulary that Hydra composes, and the frozen `Spec` that it resolves to."""
