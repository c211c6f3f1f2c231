"""The write-up, reproduced: all its sweeps in one command, and a site with every figure, table and tested statement.

In `site`, `arguments` reads the command, `plan` composes every sweep, `forecast` tells its time, `run` runs what is
missing, and `site` builds the pages from the store; `claims` tests the statements. Command: `python -m nst.writeup`.
"""
