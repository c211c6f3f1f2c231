"""Part 2: what a texture keeps of its style when the style loss sits in shallow, middle or deep layers."""

from collections.abc import Sequence
from dataclasses import replace

from nst.writeup.claims.pixels import AREA, FINE, areas_share, colour_distance, fine, read
from nst.writeup.claims.runs import NOISES, Run, alike, groups, of_kind, where
from nst.writeup.claims.shots import Measure, Shot, contrast, measured
from nst.writeup.claims.statement import TENTH, Finding, Question, Row, quotient, replicates, short_mean

_KEPT = (
    "It can be inferred that in the shallow layers, the color and the large area of color block is kept, while in the "
    "middle layers, the mixing feeling is kept and in the even deeper layer, unexpected noise occurs."
)
_COLOUR = Question(
    "style_bands",
    _KEPT,
    "Distance of the texture's colours to the style's (sliced Wasserstein, levels): the other bands (geometric mean) "
    "over the shallowest, a ratio for each style.",
    TENTH,
)
_AREAS = replace(
    _COLOUR,
    statistic=f"Share of the luma's variance below {AREA} cycles per picture (areas, not strokes): the shallowest band "
    "over the others (geometric mean), a ratio for each style.",
)
_NOISE = replace(
    _COLOUR,
    statistic=f"Root mean square of the luma above {FINE:g} cycles per pixel (noise, not strokes): the deepest band "
    "over the others (geometric mean), a ratio for each style.",
)


def style_bands(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare colour and large areas of textures in the shallowest band of style layers, noise in the deepest.

    Textures (no content loss) from noise that differ by their style layers alone, in bands that do not overlap; one
    band against the geometric mean of the others. "The mixing feeling" of the middle layers names nothing to measure;
    their numbers are in the table.
    """
    textures = [run for run in of_kind(runs, "texture") if run.init in NOISES]
    found = [bands for group in groups(textures, ["style_layers"]) if (bands := _bands(group))]
    found = alike(found, lambda bands: tuple(shot.run.layers("style") for shot in bands))
    return (
        _finding(_COLOUR, "colour distance to the style (levels)", found, colour_distance, band=0, sign=-1),
        _finding(_AREAS, "share of large areas", found, lambda texture, _: areas_share(texture), band=0),
        _finding(_NOISE, "fine noise (levels)", found, lambda texture, _: fine(texture), band=-1),
    )


def _bands(group: Sequence[Run]) -> list[Shot]:
    """Return the textures of one style from the shallowest band to the deepest; none if one of them is lost."""
    style = read(group[0].paths.get("style_picture"))
    layers = {layer: run for run in group if (layer := run.layers("style")) is not None}
    pictures = [(layers[band], read(layers[band].paths.get("image"))) for band in apart_from_each_other(list(layers))]
    found = [(run, picture) for run, picture in pictures if picture is not None]
    if style is None or len(found) < 2 or len(found) < len(pictures):
        return []
    return [Shot(run, {"image": picture, "style_picture": style}) for run, picture in found]


def apart_from_each_other(bands: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return bands (first, last) from shallow to deep, each beginning below the end of the one before."""
    chosen: list[tuple[int, int]] = []
    for band in sorted(bands, key=lambda band: (band[1], -band[0])):
        if not chosen or band[0] > chosen[-1][1]:
            chosen.append(band)
    return chosen


def _finding(
    question: Question, name: str, found: Sequence[Sequence[Shot]], measure: Measure, *, band: int, sign: int = 1
) -> Finding:
    """Make the finding; `band`: the one set against the others; `sign`: -1 if it should have less."""
    known = measured(found, "style_picture", measure)
    logs = [(bands[0].run.style, sign * contrast(numbers, band)) for bands, numbers in known]
    rows: list[Row] = [
        {
            **{"style": shot.run.style, "layers": str(shot.run.keys.get("style_layers")), name: value},
            "the style's own": measure(shot["style_picture"], shot["style_picture"]),
        }
        for bands, numbers in known
        for shot, value in zip(bands, numbers, strict=True)
    ]
    place = where([shot.run for bands, _ in known for shot in bands])
    said = f"The {name} {place} is {_means(rows, name)}; the ratio is"
    return question.decide(quotient(replicates(logs)), said, rows)


def _means(rows: Sequence[Row], name: str) -> str:
    """Say the mean of each band."""
    layers = dict.fromkeys(row["layers"] for row in rows)
    means = {band: short_mean([row[name] for row in rows if row["layers"] == band]) for band in layers}
    return ", ".join(f"{value} with {band}" for band, value in means.items())
