"""An ink wash on rice paper: mountains in mist, bamboo, birds, and a red seal."""

import numpy as np

from nst.pictures.paintings.canvas import Array, grid, over, rgb, smooth_noise, soft_step

PAPER, INK, SEAL = rgb("f1ece0", "1b1e22", "b3261a")
RIDGES = ((0.30, 0.16, 0.30, 2), (0.44, 0.20, 0.48, 3), (0.60, 0.17, 0.68, 4), (0.80, 0.13, 0.90, 5))
"""Height of each ridge's foot, how high it rises, how dark its ink is, and its seed; from far to near."""


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    fibre = 0.018 * smooth_noise(1, 170, 2) + 0.012 * smooth_noise(9, 24, 3)
    picture = PAPER + fibre[..., None]
    sun = np.hypot(x - 0.74, y - 0.17)
    picture = over(picture, SEAL, 0.42 * (1 - soft_step(sun, 0.062, 0.008)) * (0.8 + 0.4 * smooth_noise(10, 30, 2)))
    for foot, rise, dark, seed in RIDGES:
        picture = over(picture, INK, _mountain(x, y, foot, rise, dark, seed))
    picture = over(picture, INK, _bamboo(x, y))
    picture = over(picture, INK, _birds(x, y))
    seal = (np.abs(x - 0.91) < 0.026) & (np.abs(y - 0.90) < 0.034)
    sign = (np.abs(np.sin(200 * (x - 0.91))) < 0.32) | (np.abs(np.sin(130 * (y - 0.90))) < 0.25)
    return np.clip(over(picture, SEAL, 0.92 * (seal & ~(sign & seal)).astype(float)), 0, 1)


def _mountain(x: Array, y: Array, foot: float, rise: float, dark: float, seed: int) -> Array:
    """Return how much ink covers each place: dark at the upper edge, lost in mist below."""
    random = np.random.RandomState(seed)
    edge = foot + 0 * x[0]
    for _ in range(6):
        middle, width = random.random_sample(), 0.05 + 0.14 * random.random_sample()
        edge = edge - rise * (0.35 + 0.65 * random.random_sample()) * np.exp(-(np.abs((x[0] - middle) / width) ** 1.5))
    depth = y - edge[None, :] - 0.006 * smooth_noise(seed + 20, 44, 3)
    inside = soft_step(depth, 0, 0.004)
    mist = np.exp(-np.clip(depth, 0, None) * (9 - 3 * dark))
    brush = (
        0.75 + 0.25 * smooth_noise(seed + 40, 16, 4) + 0.12 * np.sin(90 * (x + 0.8 * depth) + 7 * smooth_noise(seed, 9))
    )
    rim = 0.35 * (1 - soft_step(np.abs(depth - 0.004), 0.004, 0.005))
    texture = soft_step(smooth_noise(seed + 60, 60, 3) + 1.2 * mist, 1.15, 0.5)
    return np.clip(
        inside * dark * (mist * np.clip(brush, 0.2, 1.1) * 0.85 + 0.35 * texture * mist) + dark * rim * inside, 0, 1
    )


def _bamboo(x: Array, y: Array) -> Array:
    """Return the ink of three stalks with their joints, and of leaves in groups."""
    ink = 0 * x
    dry = 0.72 + 0.3 * smooth_noise(31, 120, 2)
    for foot, lean, width in ((0.085, 0.05, 0.011), (0.150, 0.02, 0.014), (0.225, -0.03, 0.008)):
        middle = foot + lean * (1 - y) + 0.012 * np.sin(3 * y + 9 * foot)
        joint = np.abs(((y + foot) * 7) % 1 - 0.5) < 0.018
        stalk = (1 - soft_step(np.abs(x - middle), width, 0.004)) * (0.62 + 0.3 * np.abs(x - middle) / width)
        ink = np.maximum(ink, stalk * dry * ~joint)
    random = np.random.RandomState(12)
    for cx, cy in ((0.16, 0.22), (0.24, 0.30), (0.08, 0.36), (0.19, 0.45), (0.28, 0.17), (0.10, 0.14), (0.27, 0.52)):
        for turn in 0.5 + np.linspace(-0.9, 1.5, 6) + 0.2 * random.standard_normal(6):
            ink = np.maximum(ink, dry * _leaf(x - cx, y - cy, turn, 0.060 + 0.035 * random.random_sample()))
    return np.clip(ink, 0, 0.95)


def _leaf(dx: Array, dy: Array, turn: float, length: float) -> Array:
    """Return the ink of one leaf that begins at 0, 0: widest at a third, pointed at its end."""
    along = (dx * np.cos(turn) + dy * np.sin(turn)) / length
    across = (dy * np.cos(turn) - dx * np.sin(turn)) / length
    width = 0.42 * np.clip(along, 0, 1) ** 0.7 * np.clip(1 - along, 0, 1)
    return np.asarray(0.95 * soft_step(width - np.abs(across), 0.01, 0.03) * (along > 0) * (along < 1))


def _birds(x: Array, y: Array) -> Array:
    """Return the ink of a flight of birds, two arcs each."""
    ink = 0 * x
    for cx, cy, size in ((0.44, 0.27, 0.022), (0.49, 0.305, 0.018), (0.545, 0.285, 0.014), (0.52, 0.35, 0.012)):
        across = np.abs(x - cx) / size
        wing = cy - 0.55 * size * np.sin(np.clip(across, 0, 1) * 2.4)
        ink = np.maximum(ink, (1 - soft_step(np.abs(y - wing), 0.0022, 0.002)) * (across < 1))
    return np.asarray(0.85 * ink)
