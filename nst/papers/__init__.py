"""Test what published papers claim about style transfer by optimisation, each on a sweep of its own.

`library` has a file for each paper: its claims in our words, and the tests; `paper` defines the records. The sweeps are
in `sweeps/papers`. In `site`, `chosen` finds the papers that a command names, `judged` tests the claims, and `site`
builds the page. Command: `python -m nst.papers`.
"""
