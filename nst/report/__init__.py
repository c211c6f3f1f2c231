"""The report of a sweep, made from what is on disk and from nothing else.

One way through: `plan` and `frame` read, `axes` and `table` arrange, `layout` counts pixels, `grid`, `curves`, `timing`
and `page` draw and write, `build` does all of it. Command: `python -m nst.report NAME`.
"""
