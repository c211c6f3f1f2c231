"""Nikulin and Novak 2016: the neural algorithm explored; its best start."""

from nst.papers.paper import Claim, Paper
from nst.papers.starts import BEST, best_start

PAPER = Paper(
    name="nikulin2016",
    title="Exploring the Neural Algorithm of Artistic Style",
    authors="Nikulin, Novak",
    year=2016,
    venue="arXiv 1602.07188",
    link="https://arxiv.org/abs/1602.07188",
    note="The abstract says that starts, networks and layers are varied; what was found about the start is recalled. "
    "Best is put as: the lowest loss after equally many evaluations. Their other networks are not tried.",
    claims=(
        Claim(
            name="best_start",
            sweep="gatys2016_start",
            varied="start: noise, content, style",
            words=BEST,
            place="The section on starts",
            known="memory",
            prediction="Noise ends with at least a tenth more loss than the content; so does the style.",
            test=best_start,
        ),
    ),
)
