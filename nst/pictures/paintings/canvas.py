"""Provide what the paintings share: coordinates, smooth noise, ramps of colour, and strokes of a brush.

Arrays are float64; pictures are (height, width, 3), RGB in [0, 1]. Random numbers come from `numpy.random.RandomState`,
whose stream is frozen, so that a painting is the same picture with every version of NumPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import rotate

Array = NDArray[Any]
SIDE = 1024
"""Pixels of a painting's side."""


def grid() -> tuple[Array, Array]:
    """Return x and y of every pixel, each (SIDE, SIDE), from 0 to 1."""
    line = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(line, line)
    return x, y


def rgb(*colours: str) -> Array:
    """Return colours written in hexadecimal (`f4c542`) as (n, 3)."""
    return np.array([[int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)] for colour in colours])


def smooth_noise(seed: int, cells: int, octaves: int = 1) -> Array:
    """Return noise with mean 0 and about 1 at its extremes, `cells` cells across, each octave half as strong."""
    found, random = np.zeros((SIDE, SIDE)), np.random.RandomState(seed)
    for octave in range(octaves):
        found += _one_octave(random, cells * 2**octave) / 2**octave
    return found


def _one_octave(random: np.random.RandomState, cells: int) -> Array:
    """Return random values at the corners of cells, interpolated smoothly."""
    values = random.random_sample((cells + 2, cells + 2)) * 2 - 1
    at = (np.arange(SIDE) + 0.5) * cells / SIDE
    cell = at.astype(int)
    part = at - cell
    part = part * part * (3 - 2 * part)
    rows = values[cell] * (1 - part)[:, None] + values[cell + 1] * part[:, None]
    return rows[:, cell] * (1 - part) + rows[:, cell + 1] * part


def ramp(value: Array, colours: Array) -> Array:
    """Map values from 0 (the first colour) to 1 (the last) to colours: (..., 3)."""
    places = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(value, places, channel) for channel in colours.T], axis=-1)


def over(below: Array, above: Array, cover: Array) -> Array:
    """Return `above` laid over `below` where `cover`, (height, width), is 1."""
    return below + cover[..., None] * (above - below)


def soft_step(value: Array, edge: float, width: float) -> Array:
    """Return 0 below and 1 above an edge, over a width."""
    part = np.clip((value - edge) / width + 0.5, 0, 1)
    return part * part * (3 - 2 * part)


@dataclass(frozen=True)
class Brush:
    """Strokes `length` and `width` pixels long, dots if both are equal, their colours varied by `jitter`.

    `spacing`: pixels between neighbours; `relief`: how much bristles lighten and darken the paint.
    """

    length: int
    width: int
    spacing: int
    jitter: float
    relief: float = 0.12


ANGLES = 48


def paint(canvas: Array, colours: Array, angle: Array, brush: Brush, seed: int, where: Array | None = None) -> None:
    """Cover `canvas` in place with strokes of the colours below them, along `angle` (radians, x to the right, y down).

    `where`: the share of strokes that are painted, by place; None for all.
    """
    random = np.random.RandomState(seed)
    stamps = [_stamp(brush, turn, random) for turn in range(ANGLES)]
    steps = np.arange(brush.spacing // 2, SIDE, brush.spacing)
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    places = places + random.randint(-brush.spacing, brush.spacing + 1, places.shape)
    places = np.clip(places[random.permutation(len(places))], 0, SIDE - 1)
    kept, tint = random.random_sample(len(places)), random.standard_normal((len(places), 4))
    for (x, y), chance, change in zip(places.tolist(), kept, tint, strict=True):
        if where is None or chance < where[y, x]:
            turn = round(float(angle[y, x]) / np.pi * ANGLES) % ANGLES
            shade = colours[y, x] + brush.jitter * (change[0] + 0.5 * change[1:])
            _press(canvas, x, y, stamps[turn], shade)


Stamp = tuple[Array, Array]


def _stamp(brush: Brush, turn: int, random: np.random.RandomState) -> Stamp:
    """Return cover and relief of one stroke, turned by `turn` of `ANGLES` steps of half a circle."""
    along = np.linspace(-1, 1, brush.length)[None, :]
    across = np.linspace(-1, 1, brush.width)[:, None]
    bristles = np.repeat(random.random_sample((brush.width, 1)), brush.length, axis=1)
    ragged = 1 - 0.25 * random.random_sample((brush.width, 1))
    cover = np.clip((ragged - np.abs(along)) * brush.length / 4, 0, 1) * np.clip((1.05 - across**2) * 3, 0, 1)
    cover = cover * (0.7 + 0.3 * bristles)
    if brush.length == brush.width:  # a dot
        cover = np.clip((1 - np.hypot(along, across)) * brush.width / 3, 0, 1)
    relief = brush.relief * (2 * bristles - 1 - across)
    degrees = -180.0 * turn / ANGLES
    return rotate(cover, degrees, order=1), rotate(relief, degrees, order=1)


def _press(canvas: Array, x: int, y: int, stamp: Stamp, colour: Array) -> None:
    """Press a stamp onto the canvas, its centre at x, y."""
    cover, relief = stamp
    height, width = cover.shape
    top, left = y - height // 2, x - width // 2
    inner = slice(max(0, -top), min(height, SIDE - top)), slice(max(0, -left), min(width, SIDE - left))
    part = canvas[max(0, top) : top + height, max(0, left) : left + width]
    paint_here = np.clip(colour + relief[inner][..., None], 0, 1)
    part += cover[inner][..., None] * (paint_here - part)


def cells(points: Array, x: Array, y: Array) -> tuple[NDArray[np.int64], Array]:
    """Return the nearest point (n, 2) of every pixel, and how much nearer it is than the second nearest."""
    from scipy.spatial import cKDTree

    distances, index = cKDTree(points).query(np.stack([x, y], axis=-1), k=2)
    return index[..., 0].astype(np.int64), distances[..., 1] - distances[..., 0]


def polygon(corners: Sequence[tuple[float, float]], x: Array, y: Array) -> NDArray[np.bool_]:
    """Return the pixels inside a convex polygon, its corners clockwise on the screen."""
    inside = np.ones_like(x, dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0
    return inside
