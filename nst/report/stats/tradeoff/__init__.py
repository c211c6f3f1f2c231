"""Compare methods by their trade-off: content kept against style met, a curve for each method over a weight.

`choice` says which key is the weight, which the method, and by which measures; `curve` has the curves, `compare` the
differences at equal content kept and their verdicts, `words` the sentences, and `sheet` the table and its files.
"""
