"""Cubist facets: planes of ochre, umber and slate that overlap, each shaded from a bright edge to a dark one."""

import numpy as np

from nst.pictures.paintings.canvas import SIDE, Array, Brush, grid, over, paint, polygon, rgb, smooth_noise, soft_step

EARTHS = rgb("c9a66b", "a97f4a", "7a5a38", "e2cfa2", "5f6a6e", "86918c", "3f3a38", "b8b39c", "93633f", "d8bd86")
DARK, CREAM = rgb("221c19", "f0e4c4")
PLANES = 120


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    random = np.random.RandomState(21)
    picture = np.tile(EARTHS[5] * 0.8, (*x.shape, 1)) + 0.05 * smooth_noise(1, 6, 3)[..., None]
    for number in range(PLANES):
        _plane(picture, x, y, 0.30 - 0.22 * number / PLANES, random)
    picture = _guitar(picture, x, y)
    for _ in range(26):
        _plane(picture, x, y, 0.06, random)
    angle = 0.9 + 1.1 * smooth_noise(2, 5)
    paint(picture, picture.copy(), angle, Brush(17, 8, 9, 0.025, 0.07), seed=4)
    return np.clip(picture + 0.02 * smooth_noise(5, 200)[..., None], 0, 1)


def _plane(picture: Array, x: Array, y: Array, size: float, random: np.random.RandomState) -> None:
    """Lay one shaded plane over the picture, in place, with a dark line along one of its edges."""
    cx, cy = 0.5 + 0.30 * random.standard_normal(2)
    turns = np.sort(random.random_sample(4)) * 2 * np.pi
    reach = size * (0.6 + 0.9 * random.random_sample(4))
    corners = [(cx + r * np.cos(t), cy + r * np.sin(t)) for r, t in zip(reach, turns, strict=True)]
    colour, slant = EARTHS[random.randint(len(EARTHS))], random.random_sample() * 2 * np.pi
    part = _around(cx, cy, float(reach.max()))
    x, y, below = x[part], y[part], picture[part]
    inside = polygon(corners, x, y)
    along = ((x - cx) * np.cos(slant) + (y - cy) * np.sin(slant)) / size
    shaded = np.clip(colour * (1 + 0.42 * np.clip(along, -1, 1))[..., None] + 0.06 * along[..., None], 0, 1)
    found = over(below, shaded, inside * (0.55 + 0.45 * soft_step(along, -0.3, 0.9)))
    (x1, y1), (x2, y2) = corners[0], corners[1]
    edge = np.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / (np.hypot(x2 - x1, y2 - y1) + 1e-9)
    picture[part] = over(found, DARK + 0 * found, 0.75 * inside * (1 - soft_step(edge, 0.0022, 0.002)))


def _around(cx: float, cy: float, reach: float) -> tuple[slice, slice]:
    """Return the rows and columns of all pixels within `reach` of a place."""
    (top, bottom), (left, right) = (
        (max(0, int((c - reach) * SIDE)), max(0, int((c + reach) * SIDE) + 2)) for c in (cy, cx)
    )
    return slice(top, bottom), slice(left, right)


def _guitar(below: Array, x: Array, y: Array) -> Array:
    """Lay the parts of a guitar over the picture, out of joint: its waist, its hole, its neck and strings."""
    u, v = x - 0.50 + 0.30 * (y - 0.55), y - 0.58
    waist = 0.155 + 0.045 * np.cos(2 * np.pi * v / 0.32 + 0.6) + 0.02 * np.sign(u)
    body = soft_step(waist - np.abs(u), 0, 0.004) * soft_step(0.23 - np.abs(v), 0, 0.004)
    wood = np.clip(EARTHS[1] * (1.15 - 1.6 * u + 0.10 * np.sin(150 * (u + 0.1 * v)))[..., None], 0, 1)
    wood = np.where((u > 0.02)[..., None], CREAM * (0.95 - 0.8 * np.abs(u))[..., None], wood)
    found = over(below, wood, 0.92 * body)
    outline = body * (1 - soft_step(waist - np.abs(u), 0.006, 0.003))
    hole = np.hypot(u + 0.025 * np.sign(v + 0.03), v + 0.03)
    found = over(found, DARK + 0 * found, np.maximum(outline, (hole < 0.052) * (u < 0.035) * 0.95))
    neck = (np.abs(u - 0.015) < 0.026) & (v < -0.05) & (v > -0.50)
    found = over(found, EARTHS[2] * 0.7 + 0 * found, neck * 0.92)
    strings = (np.abs(((u - 0.015) / 0.0105) % 1 - 0.5) < 0.10) & (np.abs(u - 0.015) < 0.026) & (v < 0.16) & (v > -0.50)
    return over(found, CREAM + 0 * found, 0.85 * strings)
