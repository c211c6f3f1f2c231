"""A rose window: jewel-coloured glass in lead, bright towards the centre."""

import numpy as np

from nst.pictures.paintings.canvas import Array, cells, grid, over, rgb, smooth_noise, soft_step

RINGS = ((0.06, 8, "f2b705 f7d354"), (0.13, 12, "b3122b d4263e"), (0.205, 16, "173f9e 2c62c9"),
         (0.285, 24, "0f7a4a 2ba36b"), (0.365, 24, "c4571a e8872e"), (0.445, 36, "5a1f7a 8a3cae"),
         (0.53, 36, "173f9e 3f7fd6"), (0.62, 48, "9c1230 c93a4e"), (0.72, 48, "e0a81c f5d96b"))  # fmt: skip
"""Radius of each ring of panes, how many panes it has, and their colours."""
LEAD = 0.0055


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    points, colours = _panes(np.random.RandomState(11))
    index, gap = cells(points, x + 0.004 * smooth_noise(1, 9), y + 0.004 * smooth_noise(2, 9))
    ripple = 0.10 * smooth_noise(3, 40, 2) + 0.07 * smooth_noise(4, 140)
    distance = np.hypot(x - 0.5, y - 0.5)
    sun = 1.18 - 0.75 * distance + ripple
    edge = np.clip(gap / 0.035, 0, 1)
    glass = np.clip(colours[index] * (sun * (0.62 + 0.38 * edge))[..., None], 0, 1)
    glass = over(glass, glass**0.6, 0.5 * soft_step(ripple, 0.1, 0.08))
    lead = 1 - soft_step(gap, LEAD, 0.004)
    for radius in (0.095, 0.245, 0.405, 0.575):
        lead = np.maximum(lead, 1 - soft_step(np.abs(distance - radius), 0.0065, 0.004))
    shine = 0.10 + 0.10 * soft_step(smooth_noise(5, 60), 0.2, 0.5)
    return over(glass, rgb("17161a")[0] + shine[..., None] * 0.6, lead)


def _panes(random: np.random.RandomState) -> tuple[Array, Array]:
    """Return the middles of all panes (n, 2), and their colours (n, 3)."""
    points, colours = [], []
    for ring, (radius, count, names) in enumerate(RINGS):
        low, high = rgb(*names.split())
        for pane in range(count):
            turn = 2 * np.pi * (pane + 0.5 * (ring % 2)) / count
            away = radius + 0.012 * random.standard_normal() * (ring > 2)
            points.append((0.5 + away * np.cos(turn), 0.5 + away * np.sin(turn)))
            mixed = low + (high - low) * random.random_sample()
            colours.append(mixed if random.random_sample() > 0.12 else rgb("e9e6c8")[0])
    return np.array(points), np.array(colours)
