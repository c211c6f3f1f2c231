"""Losses, their targets, and `loss_and_gradient(picture)`."""
