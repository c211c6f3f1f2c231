"""Describe a network without tensors, read its weights, and compute its features."""
