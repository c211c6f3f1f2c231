"""The write-up, reproduced: all its sweeps in one command, and a site with every figure, table and tested statement.

One way through: `arguments` reads the command, `planned` composes every sweep, `speed` and `forecast` say how long it
takes, `children` runs the sweeps, `site` builds the pages from what is on disk. Command: `python -m nst.writeup`.
"""
