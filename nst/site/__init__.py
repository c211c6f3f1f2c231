"""Make several sweeps with one command, and a page of them: what the write-up and the published papers share.

`arguments` reads the command, `run` composes every sweep and runs what is missing, `forecast` estimates how long that
takes, and `command` gives the exit code. For the page, `chapter` writes the drawings and tables of a sweep, `verdicts`
puts findings into words, and `provenance` collects what the runs recorded about themselves.
"""
