"""Look after a store: list its runs, measure them, and remove what no result needs."""
