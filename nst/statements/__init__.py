"""Test statements about the runs of a sweep: the one rule for those of the write-up and of published papers.

`runs` turns a frame into records, and `pictures` sets pilot pictures apart. `pixels`, `seeds` and `computed` measure
pictures of runs, `traces` reads the course of a loss. `paired` compares runs that differ in one thing, `equal` those at
an equal value of another measure; `ladders` judges trends, `explained` shares of the variance. `estimate` gives effects
with their intervals, `statement` the verdict, and `markdown` formats findings as text.
"""
