"""The table of measures: name, unit, which way is better, source, and the losses that minimise each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nst.networks.base.weights import BUNDLED_SHA256

VERSION = 2
"""Increased when a measure means something else; stored measures of another version are taken again."""
RULER = BUNDLED_SHA256
"""SHA-256 of the weights of VGG-19 by which features are measured, whatever a run used."""


@dataclass(frozen=True)
class Measure:
    """A measure of a finished picture.

    `of`: what the picture is compared with, None for a measure of the picture alone. `own`: the losses that minimise
    it, or nearly so: none of these is ranked by it.
    """

    name: str
    title: str
    better: Literal["lower", "higher"] | None
    of: Literal["content", "style"] | None
    source: str
    unit: str = ""
    own: tuple[str, ...] = ()
    in_table: bool = True
    is_optional: bool = False

    @property
    def heading(self) -> str:
        """The title with the unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


_STYLEEVAL = "Wang et al. 2021"
_GRAMS = ("gram", "centred", "shifted")
_FEATURES = ("mse", "centred_mse")
MEASURES = (
    Measure("content_fidelity", "content fidelity (CF)", "higher", "content", _STYLEEVAL, own=_FEATURES),
    Measure("cfsd_content", "CFSD to content", "lower", "content", "Chung et al. 2024", own=("self_similarity",)),
    Measure("vgg_perceptual_content", "VGG perceptual distance to content", "lower", "content", "nst", own=_FEATURES),
    Measure(
        *("vgg_feature_distance_content", "VGG feature distance to content", "lower", "content", "Gatys et al. 2016"),
        own=_FEATURES,
        in_table=False,
    ),
    Measure("gms_content", "GMS to content", "higher", "content", "Xue et al. 2014", own=("laplacian",)),
    Measure("gms_deviation_content", "GMS deviation to content", "lower", "content", "Xue et al. 2014"),
    Measure("ssim_content", "SSIM to content", "higher", "content", "Wang et al. 2004"),
    Measure("psnr_content_db", "PSNR to content", "higher", "content", "mean squared error", unit="dB"),
    Measure("global_effects", "global effects (GE)", "higher", "style", _STYLEEVAL, own=_GRAMS),
    Measure("global_effects_grams", "GE, Grams", "higher", "style", _STYLEEVAL, own=_GRAMS, in_table=False),
    Measure("global_effects_colours", "GE, colours", "higher", "style", _STYLEEVAL, in_table=False),
    Measure(
        *("vgg_gram_distance_style", "VGG Gram distance to style", "lower", "style", "Gatys et al. 2016"),
        own=_GRAMS,
        in_table=False,
    ),
    Measure(
        *("vgg_frechet_style", "VGG Fréchet distance to style", "lower", "style", "Dowson and Landau 1982"),
        own=("wasserstein", "mean_std", "mean"),
    ),
    Measure("local_patterns", "local patterns (LP)", "higher", "style", _STYLEEVAL, own=("patches",), is_optional=True),
    Measure("colour_distance_style", "colour distance to style", "lower", "style", "Afifi et al. 2021"),
    Measure("spectrum_distance_style", "spectrum distance to style", "lower", "style", "nst", unit="octaves"),
    Measure("stroke_scale_px", "stroke scale", None, "content", "nst", unit="px"),
    Measure("fine_detail_levels", "fine detail", None, None, "nst", unit="levels"),
    Measure("border_ratio", "border ratio", None, "content", "nst"),
)
"""Every measure, those of the content first."""
BY_NAME: Mapping[str, Measure] = {one.name: one for one in MEASURES}


def measure_names(patches: bool) -> tuple[str, ...]:
    """Return the names of the measures that are taken, with those of patches or without."""
    return tuple(one.name for one in MEASURES if patches or not one.is_optional)
