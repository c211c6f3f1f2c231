"""Pages of `docs/` that are made from the code: every key, every column and every command."""
