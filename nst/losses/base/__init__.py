"""What the registry of losses knows of their classes, without importing PyTorch."""
