"""Li, Wang, Liu and Hou 2017: the Gram loss as one of several ways to match distributions of features."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import isfinite, log, nan

from nst.papers.paper import Claim, Paper
from nst.statements.computed import with_number
from nst.statements.estimate import average, quotient, short_mean
from nst.statements.paired import Pair, by_ratio, compared, has
from nst.statements.pixels import colour_distance, difference, read
from nst.statements.runs import Run, apart
from nst.statements.statement import NO_WORSE, TENTH, Finding, Question, Row

_USABLE = "Matching features by their Gram matrices, their means, or their means and deviations all transfer a style."
_EMPHASIS = "Results of different losses differ in emphasis, by less than those of different styles."
_NEAR = "distance of colours in levels"
_LEVELS = "Sliced 1-Wasserstein distance of the colours, in levels."
_LOSSES = {"gram": "Gram matrices", "mean": "means", "mean_std": "means and deviations"}


def usable(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Ask of each loss whether it brings the content nearer to the style, and, unlike the Gram loss, loses content."""
    found = []
    for loss, words in _LOSSES.items():
        question = Question(
            "usable",
            _USABLE,
            f"With {words}: distance of the content's colours to the style's over that of the result's, a ratio for "
            "each pair of pictures.",
        )
        pairs = [pair for run in runs if has("style_loss", loss)(run) and (pair := _before_and_after(run))]
        found.append(by_ratio(question, pairs, _NEAR, _LEVELS, ("the result", "the content")))
    return (*found, *(_keeps_content(runs, loss) for loss in ("mean", "mean_std")))


def _before_and_after(run: Run) -> Pair | None:
    """Return the run measured at its result, and at its content."""
    pictures = [read(run.paths.get(name)) for name in ("image", "content_picture", "style_picture")]
    image, content, style = pictures
    if image is None or content is None or style is None:
        return None
    after, before = colour_distance(image, style), colour_distance(content, style)
    return with_number(run, _NEAR, after), with_number(run, _NEAR, before)


def _keeps_content(runs: Sequence[Run], loss: str) -> Finding:
    question = Question(
        "usable",
        _USABLE,
        f"Content fidelity with {_LOSSES[loss]} over that with Gram matrices, a ratio for each pair of pictures.",
        1 / TENTH,
        reason=NO_WORSE,
    )
    pairs = compared(runs, ["style_loss"], has("style_loss", "gram"), has("style_loss", loss))
    return by_ratio(
        question, pairs, "content_fidelity", "All have the same content loss.", (_LOSSES["gram"], _LOSSES[loss])
    )


def emphasis(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare how far losses move a picture with how far styles do: in pixels, then in global effects."""
    sets = [each for each in _by_content(runs) if each]
    return (
        _decided(
            Question(
                "emphasis",
                _EMPHASIS,
                "Root mean square difference of two results of one content: by the Gram loss in two styles, over that "
                "by two losses in one style (mean of the three pairs of losses); a ratio for each content.",
            ),
            [(name, _pixels(styles), _pixels(losses)) for name, losses, styles in sets],
            "levels",
            is_ratio=True,
        ),
        _decided(
            Question(
                "emphasis",
                _EMPHASIS,
                "Difference of global effects (GE) of two results of one content: by the Gram loss in two styles, less "
                "that by two losses in one style (mean of the three pairs); for each content. Half of GE is the Gram "
                "loss's own: it ranks no loss here, only its spread counts.",
                0.0,
                reason="any difference that chance does not explain",
            ),
            [(name, _effects(styles), _effects(losses)) for name, losses, styles in sets],
            "in GE",
            is_ratio=False,
        ),
    )


_Set = tuple[str, list[Pair], list[Pair]]


def _by_content(runs: Sequence[Run]) -> Iterable[_Set | None]:
    """Yield, for each content, pairs of runs that differ in the loss, and in the style."""
    for name in dict.fromkeys(run.content for run in runs):
        two = list(combinations([run for run in runs if run.content == name], 2))
        losses, styles = (
            [(a, b) for a, b in two if a.keys.get(key) != b.keys.get(key) and apart(a, [key]) == apart(b, [key])]
            for key in ("style_loss", "style")
        )
        yield (name, losses, styles) if losses and styles else None


def _pixels(pairs: Iterable[Pair]) -> float:
    pictures = [(read(a.paths.get("image")), read(b.paths.get("image"))) for a, b in pairs]
    found = [difference(a, b) for a, b in pictures if a is not None and b is not None]
    return sum(found) / len(found) if found else nan


def _effects(pairs: Sequence[Pair]) -> float:
    return sum(abs(a["global_effects"] - b["global_effects"]) for a, b in pairs) / len(pairs)


def _decided(question: Question, values: Sequence[tuple[str, float, float]], unit: str, *, is_ratio: bool) -> Finding:
    known = [(name, styles, losses) for name, styles, losses in values if isfinite(styles) and isfinite(losses)]
    if is_ratio:
        known = [(name, styles, losses) for name, styles, losses in known if styles > 0 and losses > 0]
        estimate = quotient((name, log(styles / losses)) for name, styles, losses in known)
    else:
        estimate = average((name, styles - losses) for name, styles, losses in known)
    between = [short_mean([styles for _, styles, _ in known]), short_mean([losses for _, _, losses in known])]
    said = "Mean {} {unit} between styles, {} {unit} between losses; the effect is".format(*between, unit=unit)
    rows: list[Row] = [{"content": name, "between styles": a, "between losses": b} for name, a, b in known]
    return question.decide(estimate, said, rows)


PAPER = Paper(
    name="li2017",
    title="Demystifying Neural Style Transfer",
    authors="Li, Wang, Liu, Hou",
    year=2017,
    venue="IJCAI",
    link="https://arxiv.org/abs/1701.01036",
    note="Six built-in pairs, small, from the content, with L-BFGS and each loss balanced at the start; theirs are 600 "
    "px, from noise, with gradient descent and a ratio of weights for each loss. Of their kernels the linear one, the "
    "polynomial one (the Gram loss) and batch-normalisation statistics are there, the Gaussian one is not. "
    "Of the style only the colours are judged, which a recolouring would meet as well. For the second claim each style "
    "serves two contents, which makes its intervals a little too narrow.",
    claims=(
        Claim(
            name="usable",
            sweep="li2017_usable",
            varied="style_loss: gram, mean (linear kernel), mean_std (batch normalisation)",
            words=_USABLE,
            place="Abstract; the code's mmd_loss and bn_loss",
            known="abstract",
            prediction="With each loss the colours come a tenth nearer to the style's, and content fidelity is as high "
            "as with Gram matrices, within a tenth.",
            test=usable,
        ),
        Claim(
            name="emphasis",
            sweep="li2017_emphasis",
            varied="style_loss: gram, mean, mean_std; another style",
            words=_EMPHASIS,
            place="Section on kernels, not read; to compare with styles is our own way to test it",
            known="memory",
            prediction="Two styles differ by a tenth more than two losses do, in pixels, and by more in GE.",
            test=emphasis,
        ),
    ),
)
