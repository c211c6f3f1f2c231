"""Mordvintsev, Pezzotti, Schubert and Olah 2018: other parametrisations of a picture, such as by its spectrum."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from nst.papers.paper import Claim, Paper
from nst.statements.estimate import quotient, short_mean
from nst.statements.paired import compared, has
from nst.statements.pixels import Array
from nst.statements.runs import Run, where
from nst.statements.statement import Finding, Question
from nst.statements.traces import trace

KEY = "optimizer.preconditioner.exponent"
"""None with pixels."""
THEIRS, MILD = 2.0, 1.0
"""Exponents of the inverse Hessian that stand for spectra divided by f, as in Lucid, and by its root."""
_WORDS = (
    "A picture parametrised by its spectrum, with frequencies scaled to be alike, has the same minima, but the "
    "optimizer descends along another metric: it reaches other, better results than with pixels, and sooner."
)
_MILD = "The same with the square root of their scaling, which treats frequencies less unlike."


def sooner(claim: str, words: str, exponent: float, runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the evaluations that pixels and a spectrum with this exponent take to one loss."""
    question = Question(
        claim=claim,
        quote=words,
        statistic="Evaluations until a run's total loss is as low as both runs of a pair get, pixels over spectrum "
        f"with an inverse Hessian proportional to f^-{exponent:g}, a ratio for each pair of pictures. If the spectrum "
        "gets lower, that loss is the lowest one of pixels.",
    )
    pairs = compared(runs, [KEY], has(KEY, None), has(KEY, exponent))
    found = [(a, spent) for a, b in pairs if (spent := evaluations_to_one_loss(trace(a), trace(b)))]
    pixels, spectrum = (short_mean([spent[end] for _, spent in found]) if found else "" for end in (0, 1))
    place = where([run for pair in pairs for run in pair])
    return (
        question.decide(
            quotient([(run.pair, math.log(spent[0] / spent[1])) for run, spent in found]),
            "Whether results are other, or better to the eye, is not tested. "
            f"Mean evaluations to one loss {place}: {pixels} with pixels, {spectrum} with a spectrum; the effect is",
            [{"pictures": run.pair, "pixels": spent[0], "spectrum": spent[1]} for run, spent in found],
        ),
    )


def evaluations_to_one_loss(first: Array, second: Array) -> tuple[float, float] | None:
    """Return the evaluations at which two traces first have the greater of their lowest losses; None without rows."""
    if not len(first) or not len(second):
        return None
    level = max(rows[:, 2].min() for rows in (first, second))
    at_first, at_second = (float(rows[np.argmax(rows[:, 2] <= level), 0]) for rows in (first, second))
    return at_first, at_second


PAPER = Paper(
    name="mordvintsev2018",
    title="Differentiable Image Parameterizations",
    authors="Mordvintsev, Pezzotti, Schubert, Olah",
    year=2018,
    venue="Distill",
    link="https://distill.pub/2018/differentiable-parameterizations",
    note="They optimised spectra with decorrelated colours by Adam, through a sigmoid that keeps pixels in range, in "
    "GoogLeNet, with absolute differences, for 512 iterations (their code). Here L-BFGS projects onto the pixels' "
    "range, in VGG-19 with Gram matrices, and its first inverse Hessian takes the place of the parametrisation, which "
    "for L-BFGS is the same thing; colours stay as they are.",
    claims=(
        Claim(
            name="spectrum",
            sweep="mordvintsev2018_parametrisation",
            varied="optimizer.preconditioner: none, fourier with exponent 2",
            words=_WORDS,
            place="Introduction, and the section on style transfer with networks other than VGG",
            known="memory",
            prediction="The spectrum takes at least a tenth fewer evaluations to the loss that pixels have at the end.",
            test=partial(sooner, "spectrum", _WORDS, THEIRS),
        ),
        Claim(
            name="mild_spectrum",
            sweep="mordvintsev2018_parametrisation",
            varied="optimizer.preconditioner: none, fourier with exponent 1",
            words=_MILD,
            place="not in the article",
            known="ours",
            prediction="The spectrum takes at least a tenth fewer evaluations to the loss that pixels have at the end.",
            test=partial(sooner, "mild_spectrum", _MILD, MILD),
        ),
    ),
)
