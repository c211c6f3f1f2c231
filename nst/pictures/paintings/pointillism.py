"""Dots of pure colour: a lake at sunset between trees, with sails."""

import numpy as np

from nst.pictures.paintings.canvas import Array, Brush, grid, over, paint, ramp, rgb, smooth_noise, soft_step

SKY = rgb("5f8fc9", "8fb3dc", "c9b8d8", "f3c9a5", "f9d98b", "fbe9b0")
WATER = rgb("fbe0a0", "e8b48c", "a79cc4", "5f86bd", "2f5f96")
MEADOW = rgb("e6d25a", "9cc04a", "4f9a4a", "2a6a4a")
LEAVES = rgb("1f4a4a", "2f6a3a", "5a9a3a", "b8c84a")
TRUNK, SAIL = rgb("4a2f4a", "fbf3e0")


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    below = _scene(x, y)
    canvas = 0.55 * below + 0.45 * rgb("efe6d0")[0]
    paint(canvas, below, 0 * x, Brush(15, 15, 10, 0.05, 0), seed=1)
    paint(canvas, _purer(below), 0 * x, Brush(11, 11, 9, 0.12, 0), seed=2, where=0.8 + 0 * x)
    paint(canvas, _opposed(below), 0 * x, Brush(9, 9, 13, 0.09, 0), seed=3, where=0.45 + 0 * x)
    return canvas


def _scene(x: Array, y: Array) -> Array:
    """Return the colours to paint."""
    sun = np.hypot(x - 0.60, y - 0.36)
    sky = ramp(np.clip(y / 0.42 + 0.10 * smooth_noise(1, 5, 3), 0, 1), SKY)
    sky = over(sky, rgb("fff2c0")[0] + 0 * sky, np.exp(-((sun / 0.10) ** 2)))
    hills = 0.40 + 0.035 * np.sin(7 * x + 1) + 0.015 * np.sin(19 * x)
    found = over(
        sky, ramp(np.clip((y - hills) * 9, 0, 1), rgb("8a86b8", "5f7fa0", "4f7a78")), soft_step(y - hills, 0, 0.006)
    )
    glitter = np.exp(-(((x - 0.60) / (0.03 + 0.16 * (y - 0.46))) ** 2)) * (
        0.6 + 0.4 * np.sin(170 * y + 4 * np.sin(20 * x))
    )
    lake = ramp(np.clip((y - 0.46) / 0.34 + 0.07 * np.sin(120 * y + 3 * np.sin(9 * x)), 0, 1), WATER)
    lake = over(lake, rgb("fff0b8")[0] + 0 * lake, np.clip(glitter, 0, 0.9))
    found = over(found, lake, soft_step(y, 0.465, 0.006))
    bank = 0.80 - 0.10 * np.exp(-((x / 0.35) ** 2)) + 0.05 * np.sin(4 * x)
    grass = ramp(np.clip((y - bank) * 4 + 0.22 * smooth_noise(2, 9, 3) + 0.1, 0, 1), MEADOW)
    found = over(found, grass, soft_step(y - bank, 0, 0.01))
    return _trees(x, y, _sails(x, y, found))


def _sails(x: Array, y: Array, below: Array) -> Array:
    for cx, cy, size in ((0.40, 0.50, 0.075), (0.77, 0.485, 0.05), (0.50, 0.475, 0.03)):
        up, out = (cy - y) / size, (x - cx) / size
        sail = (up > 0.06) & (up < 1.2) & (out > 0) & (out < 0.62 * (1.2 - up))
        hull = (np.abs(up) < 0.07) & (np.abs(out - 0.15) < 0.55 - up)
        mirror = (up < -0.1) & (up > -1.0) & (out > 0.05) & (out < 0.5 * (1 + up))
        for where, colour, cover in ((mirror, SAIL, 0.45), (sail, SAIL, 1.0), (hull, TRUNK, 1.0)):
            below = over(below, colour + 0 * below, cover * where)
    return below


def _trees(x: Array, y: Array, below: Array) -> Array:
    for cx, foot, lean in ((0.10, 0.90, 0.05), (0.90, 0.96, -0.06)):
        middle = cx + lean * (foot - y) + 0.01 * np.sin(9 * y)
        trunk = (np.abs(x - middle) < 0.012 + 0.016 * np.clip(y - 0.5, 0, 1)) & (y > 0.16) & (y < foot)
        below = over(below, TRUNK + 0 * below, trunk.astype(float))
        crown = 0.0 * x
        for dx, dy, size in ((0.03, 0.17, 0.13), (-0.05, 0.27, 0.12), (0.09, 0.30, 0.11), (0.02, 0.07, 0.11)):
            away = np.hypot(x - cx - dx * np.sign(lean), (y - dy) * 1.15)
            crown = np.maximum(crown, 1.25 - away / size + 0.35 * smooth_noise(7, 22, 2))
        light = np.clip(0.45 + 0.5 * smooth_noise(8, 16, 3) + 1.1 * np.sign(lean) * (x - cx) - 0.6 * (y - 0.2), 0, 1)
        below = over(below, ramp(light, LEAVES), soft_step(crown, 0.42, 0.25))
    return below


def _purer(colours: Array) -> Array:
    """Return the colours further from their grey."""
    grey = colours.mean(-1, keepdims=True)
    return np.clip(grey + 1.7 * (colours - grey), 0, 1)


def _opposed(colours: Array) -> Array:
    """Return the colours on the other side of grey, as light as they were: neighbours that mix in the eye."""
    grey = colours.mean(-1, keepdims=True)
    return np.clip(grey - 1.3 * (colours - grey) + 0.05, 0, 1)
