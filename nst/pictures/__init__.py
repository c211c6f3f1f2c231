"""Pictures: found by name, read safely, resized, blended, converted to tensors and back. Imports nothing itself."""
