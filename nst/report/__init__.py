"""Build the report of a sweep from its store and from nothing else: `python -m nst.report NAME`.

One way through: `read` makes the frame of a sweep, `stats` its intervals and tables, `figure` arranges and draws,
`animation` plays the frames, `page` writes `index.html`, and `build` does all of it.
"""
