"""Reproduce the write-up: all its sweeps in one command, and a site with every figure, table and tested statement.

In `site`, `arguments` reads the command, `run` composes every sweep and runs what is missing, `forecast` estimates how
long that takes, and `site` builds the pages from the store; `claims` tests the statements. Command: `python -m
nst.writeup`.
"""
