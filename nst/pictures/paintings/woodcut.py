"""A woodcut in black on warm paper: a sun over mountains and the sea, shaded by lines that swell and taper."""

import numpy as np

from nst.pictures.paintings.canvas import Array, grid, over, rgb, smooth_noise, soft_step

PAPER, INK, RED = rgb("efe3c8", "15110f", "b5301c")


def draw() -> Array:
    """Return the painting, (SIDE, SIDE, 3)."""
    x, y = grid()
    x, y = x + 0.0025 * smooth_noise(1, 30, 2), y + 0.0025 * smooth_noise(2, 30, 2)
    far, near, sea = _ridges(x)
    ink, red = _sky(x, y)
    for top, seed, slope in ((far, 3, 1.0), (near, 4, -1.3)):
        inside = soft_step(y - top, 0, 0.003)
        ink, red = ink * (1 - inside) + inside * _rock(x, y - top, seed, slope), red * (1 - inside)
    inside = soft_step(y - sea, 0, 0.003)
    ink = ink * (1 - inside) + inside * _water(x, y - sea)
    ink = np.maximum(ink, 1 - soft_step(np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)), 0.022, 0.004))
    worn = soft_step(smooth_noise(6, 120, 2), 0.95, 0.1)
    paper = PAPER + 0.025 * smooth_noise(7, 90, 3)[..., None]
    return over(over(paper, RED, red * (1 - 0.5 * worn)), INK, ink * (1 - 0.75 * worn))


def _ridges(x: Array) -> tuple[Array, Array, Array]:
    """Return the upper edges of the far and the near mountains and of the sea."""
    far = 0.50 - 0.20 * np.exp(-(((x - 0.68) / 0.16) ** 2)) - 0.10 * np.exp(-(((x - 0.34) / 0.10) ** 2))
    near = 0.60 - 0.16 * np.exp(-(((x - 0.14) / 0.13) ** 2)) + 0.03 * np.sin(17 * x) - 0.05 * x
    jag = 0.018 * np.abs(np.sin(46 * x)) + 0.011 * np.abs(np.sin(101 * x + 1))
    return far + jag, near + 0.7 * jag, 0.70 + 0.012 * np.sin(21 * x)


def _line(phase: Array, dark: Array) -> Array:
    """Return lines of ink, one each time the phase grows by 1, as wide as `dark` (0 to 1) says."""
    return soft_step(dark - np.abs(2 * (phase % 1) - 1), 0, 0.16)


def _sky(x: Array, y: Array) -> tuple[Array, Array]:
    """Return the ink of rays about the sun and of clouds, and the sun's red."""
    dx, dy = x - 0.40, y - 0.25
    distance, turn = np.hypot(dx, dy), np.arctan2(dy, dx)
    rays = _line(turn * 84 / (2 * np.pi), np.clip(0.18 + 0.9 * (distance - 0.13), 0, 0.8))
    cloud = soft_step(np.sin(9 * x + 2) * 0.02 + 0.11 - np.abs(y - 0.13 - 0.05 * np.sin(5 * x)), 0.10, 0.012)
    bank = _line((y + 0.012 * np.sin(26 * x)) * 62, 0.35 + 0.25 * np.sin(13 * x + 40 * y))
    ink = rays * (1 - cloud) + bank * cloud
    sun = 1 - soft_step(distance, 0.105, 0.004)
    ring = 1 - soft_step(np.abs(distance - 0.118), 0.005, 0.004)
    return np.maximum(ink * (1 - (1 - soft_step(distance, 0.135, 0.004))), ring), sun


def _rock(x: Array, depth: Array, seed: int, slope: float) -> Array:
    """Return the ink of a mountain, `depth` below its edge: lines down its faces, dark ones on one side."""
    faces = smooth_noise(seed, 7, 2)
    along = 64 * (x + 0.35 * slope * depth + 0.05 * faces)
    shade = np.clip(0.30 + 0.75 * np.sin(15 * x * slope + 6 * faces) + 0.5 * depth, 0.06, 0.97)
    return np.maximum(_line(along, shade), 1 - soft_step(depth, 0.006, 0.004))


def _water(x: Array, depth: Array) -> Array:
    """Return the ink of waves, which grow towards the lower edge."""
    swell = (0.004 + 0.06 * depth) * np.sin(2 * np.pi * (5 * x + 1.5 * depth)) + 0.01 * np.sin(41 * x + 30 * depth)
    phase = 15 * np.sqrt(np.clip(depth + swell, 0, None) * 3 + 0.01) * 1.6
    shade = 0.45 + 0.42 * np.sin(2 * np.pi * (5 * x + 1.5 * depth) + 0.8) - 0.3 * np.exp(-(((x - 0.40) / 0.08) ** 2))
    return _line(phase, np.clip(shade, 0.08, 0.92))
