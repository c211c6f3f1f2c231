"""A mosaic of small stones in rows that follow the picture: a fish in waves under a golden sun."""

import numpy as np

from nst.pictures.paintings.canvas import Array, cells, grid, over, ramp, rgb, smooth_noise, soft_step

SEA = rgb("0b3a4a", "0f5d6b", "1f8a8c", "6fbfb0", "d8ead2")
SUN = rgb("f7e3a1", "f2b632", "d9771e", "a8321c")
FISH = rgb("7d1d1a", "c2412a", "e8873a", "f6d27a", "fbf3dc")
GROUT = rgb("b9ae98")[0]
STONE = 0.0125
"""Side of a stone, in terms of the picture's."""


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    points = _stones()
    index, gap = cells(points, x + 0.0012 * smooth_noise(1, 90), y + 0.0012 * smooth_noise(2, 90))
    random = np.random.RandomState(5)
    colours = _design(points[:, 0], points[:, 1])
    shade = 1 + 0.13 * random.standard_normal((len(points), 1)) + 0.04 * random.standard_normal((len(points), 3))
    stones = np.clip(colours * shade, 0, 1)[index]
    tilt = random.standard_normal((len(points), 2))[index] * 5
    slope = (x - points[index, 0]) * tilt[..., 0] + (y - points[index, 1]) * tilt[..., 1]
    stones = np.clip(stones * (1 + slope)[..., None] + 0.03 * smooth_noise(3, 200)[..., None], 0, 1)
    grout = np.clip(GROUT + 0.05 * smooth_noise(4, 150)[..., None], 0, 1)
    return over(grout, stones, soft_step(gap, 0.0030, 0.0022))


def _stones() -> Array:
    """Return the middles of all stones: rows about the sun, along the fish's outline, and along the waves."""
    random = np.random.RandomState(3)
    rows = [_ring(radius) for radius in np.arange(STONE, 1.2, STONE)]
    sky = np.concatenate(rows)
    sky = sky[sky[:, 1] < _shore(sky[:, 0])]
    line = np.arange(0, 1, STONE)
    waves = np.concatenate([np.stack([line + 0.5 * STONE * (n % 2), _shore(line) + STONE * (n + 0.5)], 1)
                            for n in range(60)])  # fmt: skip
    found = np.concatenate([sky, waves])
    found = found[(found.min(1) > -0.02) & (found.max(1) < 1.02)]
    return found + 0.0011 * random.standard_normal(found.shape)


def _ring(radius: float) -> Array:
    turn = 2 * np.pi * np.arange(max(1, round(2 * np.pi * radius / STONE))) / max(1, round(2 * np.pi * radius / STONE))
    return np.stack([0.70 + radius * np.cos(turn), 0.24 + radius * np.sin(turn)], 1)


def _shore(x: Array) -> Array:
    return np.asarray(0.44 + 0.030 * np.sin(2 * np.pi * 2.2 * x) + 0.012 * np.sin(2 * np.pi * 5 * x + 1))


def _design(x: Array, y: Array) -> Array:
    """Return the colour of a stone at each place: (n, 3)."""
    distance = np.hypot(x - 0.70, y - 0.24)
    ray = 0.07 * np.sin(16 * np.arctan2(y - 0.24, x - 0.70))
    sky = ramp(
        np.clip((distance + ray * (distance > 0.13)) * 1.6, 0, 1), np.concatenate([SUN, rgb("f0d9a8", "8fc3c0")])
    )
    depth = y - _shore(x)
    wave = 0.5 + 0.5 * np.sin(60 * depth + 3 * np.sin(2 * np.pi * 2.2 * x))
    sea = ramp(np.clip(0.75 * wave + 0.35 - 0.8 * depth, 0, 1), SEA)
    return _with_fish(x, y, np.where((depth > 0)[:, None], sea, sky))


def _with_fish(x: Array, y: Array, below: Array) -> Array:
    u, v = (x - 0.44) / 0.27, (y - 0.70) / 0.125
    body = u**2 + v**2
    tail = (u > 0.86) & (u < 1.45) & (np.abs(v) < 1.5 * (u - 0.80))
    fin = (np.abs(u + 0.05) < 0.42) & (v < -0.75) & (v > -1.45 + 0.9 * np.abs(u + 0.05))
    scales = 0.5 + 0.5 * np.sin(26 * u) * np.sin(15 * v + 3)
    skin = ramp(np.clip(0.55 * scales + 0.35 * (1 - v) * 0.5, 0, 1), FISH)
    found = np.where((tail | fin)[:, None], ramp(0.25 + 0.25 * (1 + np.sin(40 * v + 22 * u)) * 0.9, FISH), below)
    found = np.where((body < 1)[:, None], skin, found)
    found = np.where(((body < 1.12) & (body >= 0.93))[:, None], rgb("2a0f10")[0], found)
    eye = np.hypot(u + 0.66, (v + 0.12) * 0.5)
    found = np.where((eye < 0.13)[:, None], rgb("fbf3dc")[0], found)
    return np.asarray(np.where((eye < 0.07)[:, None], rgb("101010")[0], found))
