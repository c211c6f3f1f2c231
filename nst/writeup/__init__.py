"""Reproduce the write-up: all its sweeps in one command, and a site with every figure, table and tested statement.

`nst.site` reads the command, composes every sweep, runs what is missing and writes a sweep's part of the page; in
`site` here, `contents` lists the sweeps and figures, and `site` builds the page from the store; `claims` tests the
statements. Command: `python -m nst.writeup`.
"""
