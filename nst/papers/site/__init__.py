"""The command `python -m nst.papers` and its page, `runs/papers/index.html`."""
