"""The functions of `import nst`: the command line's keys as keywords, results as Python has them."""
