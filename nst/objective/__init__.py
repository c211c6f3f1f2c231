"""The objective: losses, their targets, and `loss_and_gradient(picture)`."""
