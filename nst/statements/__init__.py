"""Test statements about the runs of a sweep: the one rule for those of the write-up and of published papers.

`runs` turns a frame into records, `pixels` measures pictures, `estimate` gives effects with their intervals,
`statement` the verdict, and `markdown` formats findings as text.
"""
