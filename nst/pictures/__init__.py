"""Pictures on their way in and out: found by name, read safely, resized, blended, turned into tensors and back.

Nothing is imported here, so that finding a picture does not cost the import of torch or scipy.
"""
