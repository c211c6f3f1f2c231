"""Oil laid on thick with brush and knife, lit from the upper left: sunflowers before a field and an evening sky."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, rotate

from nst.pictures.paintings.canvas import SIDE, Array, grid, over, ramp, rgb, smooth_noise, soft_step

SKY = rgb("0a5a8c", "0f86a8", "3db5b0", "a9dcc0", "fbe6a8", "fdb560", "f26a3c", "d8323f")
CLOUD = rgb("fff2dc", "ffb59a", "e8504f")
FIELD = rgb("ffd23c", "f7a81b", "e86f1c", "b23a2a", "5a2a4a")
LEAVES = rgb("0e3b34", "14603f", "3f8f3a", "a3c23c")
PETALS = rgb("fff07a", "ffd21f", "ffb000", "f58a07", "d95d0f")
HEART = rgb("1e0f14", "4a1d18", "8a3a1c", "c9762a")
FLOWERS = ((0.79, 0.45, 0.085), (0.47, 0.50, 0.075), (0.12, 0.53, 0.085), (0.63, 0.60, 0.115), (0.31, 0.66, 0.135),
           (0.90, 0.73, 0.150), (0.60, 0.86, 0.175), (0.13, 0.90, 0.165))  # fmt: skip
"""x, y and radius of each flower, the farthest first."""
TURNS = 64
"""Directions in which strokes are laid, around the whole circle."""


@dataclass(frozen=True)
class Load:
    """Strokes `length` by `width` pixels, their paint `thick` pixels high, their colours varied by `jitter`."""

    length: int
    width: int
    thick: float
    jitter: float


@dataclass(frozen=True)
class Stamp:
    """One stroke at one angle: `cover` from 0 to 1, `height` of its paint, and `mix` of its two colours."""

    cover: Array
    height: Array
    mix: Array


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    below, angle = _scene(x, y)
    canvas = np.concatenate([below, np.zeros((SIDE, SIDE, 1))], axis=-1)
    _cover(canvas, below, angle, Load(92, 40, 6, 0.05), spacing=30, seed=1)
    _cover(canvas, below, angle, Load(58, 22, 7, 0.07), spacing=22, seed=2)
    random, petals = np.random.RandomState(3), _stamps(Load(66, 24, 11, 0), 4)
    dabs = _stamps(Load(17, 15, 8, 0), 5)
    for flower in FLOWERS:
        _petals(canvas, flower, petals, random)
        _heart(canvas, flower, dabs, random)
    return _lit(canvas[..., :3], canvas[..., 3])


def _scene(x: Array, y: Array) -> tuple[Array, Array]:
    """Return the colours to paint, and the angles of the strokes."""
    horizon = 0.40 + 0.02 * np.sin(5 * x + 1)
    sky = ramp(np.clip(y / 0.40 + 0.16 * smooth_noise(1, 4, 3), 0, 1), SKY)
    cloud = smooth_noise(2, 5, 3) + 0.5 * smooth_noise(3, 3) - 4 * np.abs(y - 0.17)
    sky = over(sky, ramp(np.clip(y * 3.2 - 0.15, 0, 1), CLOUD), soft_step(cloud, 0.02, 0.25))
    rows = np.sin((x - 0.55) / (y - 0.33).clip(0.02) * 11)
    field = ramp(np.clip((y - horizon) * 1.1 + 0.25 * smooth_noise(4, 9, 2) + 0.2 * rows + 0.2, 0, 1), FIELD)
    leaves = ramp(np.clip(0.45 + 0.6 * smooth_noise(5, 10, 3), 0, 1), LEAVES)
    field = over(field, leaves, soft_step(y + 0.10 * smooth_noise(6, 8, 2), 0.58, 0.10))
    is_field = soft_step(y - horizon, 0, 0.006)
    in_sky, in_field = -0.25 + 0.9 * smooth_noise(7, 3), np.pi / 2 + 1.3 * (x - 0.5) + 1.1 * smooth_noise(8, 6)
    return over(sky, field, is_field), np.where(is_field > 0.5, in_field, in_sky)


def _cover(canvas: Array, colours: Array, angle: Array, load: Load, spacing: int, seed: int) -> None:
    """Cover the canvas in place with strokes of the colours below them, along `angle`."""
    random, stamps = np.random.RandomState(seed), _stamps(load, seed)
    steps = np.arange(spacing // 2, SIDE, spacing)
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    places = places + random.randint(-spacing // 2, spacing // 2 + 1, places.shape)
    for x, y in np.clip(places[random.permutation(len(places))], 0, SIDE - 1).tolist():
        change = load.jitter * random.standard_normal((2, 4))
        pair = colours[y, x] + change[:, :1] + change[:, 1:]
        turn = float(angle[y, x]) + 0.25 * random.standard_normal()
        _press(canvas, x, y, stamps[round(turn / (2 * np.pi) * TURNS) % TURNS], pair)


def _petals(canvas: Array, at: tuple[float, float, float], stamps: list[Stamp], random: np.random.RandomState) -> None:
    """Paint the petals of a flower in place: three rings, a stroke each."""
    for reach, dark in ((0.85, 3), (0.74, 2), (0.55, 1)):
        count = round(90 * at[2] / reach) + 10
        for number in range(count):
            turn = 2 * np.pi * (number + 0.9 * random.random_sample()) / count
            out = reach * (0.86 + 0.26 * random.random_sample())
            pair = PETALS[[min(4, dark + random.randint(2)), max(0, dark - random.randint(3))]]
            stamp = stamps[round(turn / (2 * np.pi) * TURNS) % TURNS]
            _press(canvas, *_around(at, turn, out), stamp, pair + 0.05 * random.standard_normal((2, 1)))


def _heart(canvas: Array, at: tuple[float, float, float], stamps: list[Stamp], random: np.random.RandomState) -> None:
    """Paint the heart of a flower in place: dabs on a spiral, lighter towards its edge."""
    count = round(5600 * at[2] ** 2)
    for number in range(count):
        out = np.sqrt(number / count)
        pair = HEART[[min(3, int(4 * out + random.random_sample())), random.randint(3)]]
        _press(canvas, *_around(at, 2.399963 * number, 0.42 * out), stamps[number % TURNS], pair)


def _around(at: tuple[float, float, float], turn: float, out: float) -> tuple[int, int]:
    """Return the pixel `out` radii from the middle of a flower, which is seen a little from above."""
    cx, cy, radius = at
    found = (cx + out * radius * np.cos(turn)) * SIDE, (cy + 0.9 * out * radius * np.sin(turn)) * SIDE
    return int(np.floor(found[0])), int(np.floor(found[1]))


def _stamps(load: Load, seed: int) -> list[Stamp]:
    """Return a stroke for each of the `TURNS` directions, no two alike."""
    random = np.random.RandomState(seed)
    return [_stamp(load, 360 * turn / TURNS, random) for turn in range(TURNS)]


def _stamp(load: Load, degrees: float, random: np.random.RandomState) -> Stamp:
    """Return a stroke: grooves of bristles, paint pushed up along both sides and heaped where the brush leaves."""
    along, across = np.linspace(-1, 1, load.length)[None, :], np.linspace(-1, 1, load.width)[:, None]
    bristles = gaussian_filter(random.random_sample((load.width, 1)), (0.8, 0)) + 0 * along
    end = 0.72 + 0.28 * bristles - 0.35 * across**2
    cover = np.clip((end - along) * load.length / 5, 0, 1) * np.clip((along + 1) * load.length / 8, 0, 1)
    cover = cover * np.clip((1 - np.abs(across)) * load.width / 3, 0, 1)
    sides, heap = 0.5 * np.abs(across) ** 4, np.exp(-(((end - along - 0.12) / 0.16) ** 2))
    height = load.thick * (0.35 + 0.55 * bristles + sides + 0.6 * heap)
    mix = np.clip(bristles * 1.6 - 0.3 + 0.2 * along, 0, 1)
    return Stamp(*(rotate(part, -degrees, order=1) for part in (cover, height, mix)))


def _press(canvas: Array, x: int, y: int, stamp: Stamp, pair: Array) -> None:
    """Lay a stroke of two colours onto the canvas, (SIDE, SIDE, colour and height), its centre at x, y."""
    height, width = stamp.cover.shape
    top, left = y - height // 2, x - width // 2
    inner = slice(max(0, -top), max(0, SIDE - top)), slice(max(0, -left), max(0, SIDE - left))
    part = canvas[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    cover, mix = stamp.cover[inner][..., None], stamp.mix[inner][..., None]
    part[..., :3] += cover * (np.clip(pair[0] + mix * (pair[1] - pair[0]), 0, 1) - part[..., :3])
    part[..., 3:] += cover * (stamp.height[inner][..., None] - 0.55 * part[..., 3:])


def _lit(colours: Array, height: Array) -> Array:
    """Return the colours in slanting light: slopes towards it shine, those away from it lie in shadow."""
    down, right = np.gradient(gaussian_filter(height, 0.9))
    slope = np.tanh(0.55 * (down + right))
    shaded = colours * (1 + 0.42 * slope)[..., None]
    return np.clip(shaded + 0.30 * np.clip(slope - 0.45, 0, 1)[..., None], 0, 1)
