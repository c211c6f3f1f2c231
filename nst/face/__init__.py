"""Provide the functions of `import nst`: keys of the command line as keywords, Python objects as results."""
