"""Networks that losses read features from: one module a network, found by its name."""
