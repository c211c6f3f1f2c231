"""Generate pages of `docs/` from the code: every key, every column and every command."""
