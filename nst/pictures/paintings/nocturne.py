"""A night sky in thick, swirling strokes, over dark hills and a village with lights."""

import numpy as np

from nst.pictures.paintings.canvas import Array, Brush, grid, over, paint, ramp, rgb, smooth_noise, soft_step

NIGHT = rgb("0d1b4c", "16307a", "2456a6", "4f8fc4", "9cc7d8", "e9e3b4", "f8d254", "fff3b0")
HILLS = rgb("0b1430", "12305a", "1d4f6b", "2f6f62")
SWIRLS = ((0.38, 0.36, 0.20, 1.0), (0.62, 0.47, 0.13, -1.0), (0.10, 0.20, 0.16, 0.8))
"""x, y, radius and turn of each."""
STARS = ((0.84, 0.15, 0.075), (0.56, 0.12, 0.035), (0.22, 0.09, 0.030), (0.93, 0.38, 0.028), (0.12, 0.44, 0.034),
         (0.73, 0.27, 0.024), (0.40, 0.10, 0.022), (0.30, 0.55, 0.024))  # fmt: skip
"""x, y and radius of the moon and the stars."""


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    ridge = 0.72 + 0.05 * np.sin(6 * x + 0.5) + 0.03 * np.sin(15 * x) + 0.02 * smooth_noise(3, 6)[0]
    is_land = soft_step(y - ridge, 0, 0.01)
    below, angle = _scene(x, y, ridge, is_land)
    canvas = below.copy()
    paint(canvas, below, angle, Brush(46, 13, 11, 0.045, 0.10), seed=1)
    paint(canvas, below, angle, Brush(30, 8, 9, 0.06, 0.14), seed=2)
    paint(canvas, below, angle, Brush(20, 5, 9, 0.09, 0.16), seed=3, where=0.6 + 0 * x)
    return canvas


def _scene(x: Array, y: Array, ridge: Array, is_land: Array) -> tuple[Array, Array]:
    """Return the colours to paint, and the angles of the strokes."""
    flow_x, flow_y = 1 + 0 * x, 0.35 * np.cos(7 * x + 2) + 0.3 * smooth_noise(5, 4)
    light = 0.20 + 0.22 * y + 0.10 * smooth_noise(4, 5, 3)
    for cx, cy, radius, turn in SWIRLS:
        dx, dy = x - cx, y - cy
        distance = np.hypot(dx, dy)
        pull = 3.5 * np.exp(-((distance / radius) ** 2))
        flow_x, flow_y = flow_x - turn * pull * dy / (distance + 0.02), flow_y + turn * pull * dx / (distance + 0.02)
        spiral = np.sin(60 * distance - turn * np.arctan2(dy, dx) * 2)
        light = light + 0.17 * spiral * np.exp(-((distance / (1.3 * radius)) ** 2))
    for cx, cy, radius in STARS:
        dx, dy = x - cx, y - cy
        distance = np.hypot(dx, dy)
        pull = 4 * np.exp(-((distance / (2.6 * radius)) ** 2))
        flow_x, flow_y = flow_x - pull * dy / (distance + 0.01), flow_y + pull * dx / (distance + 0.01)
        halo = np.exp(-((distance / radius) ** 2)) + 0.42 * np.exp(-(((distance - 1.9 * radius) / (0.7 * radius)) ** 2))
        light = np.maximum(light, 0.98 * halo)
    land = 0.15 + 0.9 * np.clip((y - ridge) * 2.2, 0, 1) * (0.5 + 0.5 * np.sin(40 * (y - ridge) + 5 * np.sin(5 * x)))
    below = over(ramp(np.clip(light, 0, 1), NIGHT), ramp(np.clip(land, 0, 1), HILLS), is_land)
    below, tree = _details(x, y, below)
    angle = np.arctan2(flow_y, flow_x)
    along_ridge = np.arctan2(0.3 * np.cos(6 * x + 0.5), 1 + 0 * x)
    angle = np.where(is_land > 0.5, along_ridge, angle)
    return below, np.where(tree, np.pi / 2 + 0.25 * np.sin(14 * y), angle)


def _details(x: Array, y: Array, below: Array) -> tuple[Array, Array]:
    """Add a cypress and the lights of a village; return the picture, and where the tree is."""
    width = 0.055 * np.clip((y - 0.22) * 1.9, 0, 1) * (1 + 0.3 * np.sin(24 * y)) + 0.004
    tree = (np.abs(x - 0.17 - 0.012 * np.sin(11 * y)) < width) & (y > 0.24)
    bark = ramp(np.clip(0.5 + 0.5 * np.sin(70 * x + 9 * y), 0, 1), rgb("0a1a1c", "12362c", "2a5a3a"))
    below = over(below, bark, tree.astype(float))
    random = np.random.RandomState(8)
    for cx, cy in zip(0.36 + 0.6 * random.random_sample(26), 0.80 + 0.13 * random.random_sample(26), strict=True):
        house = (np.abs(x - cx) < 0.016) & (np.abs(y - cy) < 0.013)
        lamp = (np.abs(x - cx) < 0.005) & (np.abs(y - cy) < 0.006)
        below = over(below, rgb("274a78")[0] + 0 * below, house.astype(float))
        below = over(below, rgb("ffd75e")[0] + 0 * below, lamp.astype(float))
    return below, tree
