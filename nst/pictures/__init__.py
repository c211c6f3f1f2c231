"""Pictures: found by name, read safely, resized, blended, converted to tensors and back.

Nothing is imported here, so that finding a picture does not import torch or scipy.
"""
