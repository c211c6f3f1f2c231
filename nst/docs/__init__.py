"""Pages of `docs/` that are made from the code: every configuration key, and every command. `python -m nst.docs`."""
