"""Tests of claims about the start: outcomes of several, pictures from several noises, and the loss that is reached."""

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from nst.metrics.recorded import ssim
from nst.statements.estimate import average
from nst.statements.paired import by_agreement, by_ratio, compared, has
from nst.statements.runs import NOISES, Run, groups
from nst.statements.statement import SEEN, TENTH, VISIBLE, Finding, Question, Row

START = "Noise, content or style as the start have no strong effect on the outcome."
NEW = "Starts from noise give an arbitrary number of new pictures."
BEST = "Of the starts, the content's picture is the best."
_ALSO = "Noises that no step has changed are new and alike, too: the claim on starts tests whether these are transfers."
_NAMES = {"gaussian": "noise", "style": "the style"}


def start(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the outcomes of noise, content and style as the start by their Gram distances."""
    question = Question(
        claim="start",
        quote=START,
        statistic="Gram distance to the style (conv1_1 to conv3_1), which all of these runs minimise: the smallest "
        "over the largest of those from noise, content and style, a ratio for each pair of pictures.",
        least=0.5,
        reason="ten times the weight of the style lowers it to a half or less on the pilot pictures",
    )
    sets = [[one for one in group if one.seed == group[0].seed] for group in groups(runs, ["init", "seed"])]
    sets = [list({run.init: run for run in reversed(found)}.values()) for found in sets]
    whole = [found for found in sets if {"content", "style"} <= {run.init for run in found} and len(found) == 3]
    return (by_agreement(question, whole, "vgg_gram_distance_style", "Results of three starts."),)


def new_pictures(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare results from two noises: whether the pictures differ, and are equally near the style."""
    pairs = _two_noises(runs)
    differ = Question(
        claim="new_pictures",
        quote=NEW,
        statistic="1 less the structural similarity of results from two noises, for each pair of pictures.",
        least=VISIBLE,
        reason=SEEN,
    )
    alike = replace(
        differ,
        statistic="Gram distance to the style (conv1_1 to conv3_1) from two noises: the smaller over the larger, a "
        "ratio for each pair of pictures.",
        least=1 / TENTH,
        reason="a difference of less than a tenth does not count",
    )
    found = [(first.pair, unlike) for first, second in pairs if (unlike := _unlike(first, second)) is not None]
    rows: list[Row] = [{"pictures": pair, "1 - SSIM": unlike} for pair, unlike in found]
    return (
        differ.decide(average(found), "Two noises, two pictures: 1 - SSIM is", rows),
        by_agreement(alike, pairs, "vgg_gram_distance_style", f"{_ALSO} Results of two noises."),
    )


def _two_noises(runs: Sequence[Run]) -> list[tuple[Run, Run]]:
    sets = groups([run for run in runs if run.init in NOISES], ["seed"])
    return [(found[0], found[1]) for found in sets if len(found) > 1]


def _unlike(first: Run, second: Run) -> float | None:
    if not all("image" in run.paths for run in (first, second)):
        return None
    with Image.open(first.paths["image"]) as ours, Image.open(second.paths["image"]) as theirs:
        same = ssim(ours.convert("RGB"), theirs.convert("RGB"))
    return None if same is None else 1 - same


def best_start(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the loss reached from noise, and from the style, with that reached from the content."""
    return tuple(_loss(runs, other) for other in ("gaussian", "style"))


def _loss(runs: Sequence[Run], other: str) -> Finding:
    question = Question(
        claim="best_start",
        quote=BEST,
        statistic=f"Total loss after equally many evaluations from {_NAMES[other]} over that from the content, a ratio "
        "for each pair of pictures (seeds averaged).",
    )
    noises = [run for run in runs if run.init == other]
    content = [run for run in runs if run.init == "content"]
    pairs = [pair for run in noises for pair in _from_both(run, content)]
    return by_ratio(question, pairs, "total_loss", "The loss after all evaluations.", ("content", _NAMES[other]))


def _from_both(run: Run, content: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Pair a run with the run from the content that differs in nothing but start and seed."""
    alike = compared([*content, run], ["init", "seed"], has("init", "content"), lambda one: one is run)
    return [(base, other) for base, other in alike if base["evaluations"] == other["evaluations"]]
