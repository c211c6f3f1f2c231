"""Build the report of a sweep from its store alone: `python -m nst.report NAME`.

Data flows one way: `read` makes the frame of a sweep, `stats` its intervals and tables, `figure` arranges and draws,
`animation` makes moving pictures, `page` writes `index.html`, and `build` runs them all.
"""
