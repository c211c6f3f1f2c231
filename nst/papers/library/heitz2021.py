"""Heitz, Vanhoey, Chambon and Belcour 2021: textures by the sliced Wasserstein distance."""

from collections.abc import Sequence

from nst.papers.paper import Claim, Paper
from nst.statements.computed import with_number
from nst.statements.paired import by_ratio, compared, has
from nst.statements.runs import Run
from nst.statements.statement import Finding, Question

_TEXTURES = "The Gram loss misses what the sliced Wasserstein distance of features captures: its textures are nearer."
_MEASURES = {
    "colour_distance_style": "Hellinger distance of the colours to the style's",
    "spectrum_distance_style": "Distance of the luma's spectrum to the style's",
    "what LP lacks of 1": "What local patterns (LP) lack of 1, the value of the style itself",
}
"""Measures that neither of the two losses minimises."""


def textures(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare textures by measures that are neither loss's own: colours, spectrum, patches."""
    with_patches = [with_number(run, "what LP lacks of 1", 1 - run["local_patterns"]) for run in runs]
    pairs = compared(with_patches, ["style_loss"], has("style_loss", "sliced"), has("style_loss", "gram"))
    names = ("sliced Wasserstein", "Gram matrices")
    return tuple(
        by_ratio(_question(title), pairs, name, "Lower is nearer.", names) for name, title in _MEASURES.items()
    )


def _question(title: str) -> Question:
    return Question("textures", _TEXTURES, f"{title}, Gram over sliced Wasserstein, a ratio for each style.")


PAPER = Paper(
    name="heitz2021",
    title="A Sliced Wasserstein Loss for Neural Texture Synthesis",
    authors="Heitz, Vanhoey, Chambon, Belcour",
    year=2021,
    venue="CVPR",
    link="https://arxiv.org/abs/2006.07229",
    note="The abstract and the published code were read, the tables were not. Six built-in styles, small, at conv_1 to "
    "conv_5 instead of twelve layers, with directions that stay the same and both losses balanced at the start. Left "
    "out: the Gram distance and GE, which are the Gram loss's own, and the Fréchet distance, of means and "
    "covariances, which the sliced distance brings to 0 as well as its own. "
    "conv_1 is a linear map of the pixels, so its sliced distance nearly is one of colours: spectrum and patches count "
    "for more. Textures larger than the style are left "
    "out, too.",
    claims=(
        Claim(
            name="textures",
            sweep="heitz2021_textures",
            varied="style_loss: gram, sliced; textures from noise",
            words=_TEXTURES,
            place="Abstract",
            known="abstract",
            prediction="Colours, spectrum and patches of the textures are nearer to the style's by a tenth or more.",
            test=textures,
        ),
    ),
)
