"""Minimal ICC profiles (ICC.1:2001-04), written by hand so that the right answer can be worked out by hand."""

import itertools
import struct

D50 = (0.9642, 1.0, 0.8249)
SRGB_RED, SRGB_GREEN, SRGB_BLUE = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)


def matrix_profile(red: tuple[float, ...], green: tuple[float, ...], blue: tuple[float, ...], gamma: float) -> bytes:
    """A display whose primaries have these XYZ (D50) values."""
    colorants = {b"rXYZ": _xyz(red), b"gXYZ": _xyz(green), b"bXYZ": _xyz(blue)}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    return _profile(b"mntr", b"RGB ", b"XYZ ", {b"wtpt": _xyz(D50), **colorants, **curves})


def grey_profile(gamma: float) -> bytes:
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(D50), b"kTRC": _curve(gamma)})


def grey_ink_profile() -> bytes:
    """A press whose paper is white, whose black is black, and whose other inks all print the grey of L* = 50."""
    inks = itertools.product((0, 1), repeat=4)
    lightness = (0 if black else 128 if any(colours) else 255 for *colours, black in inks)
    grid = b"".join(bytes((level, 128, 128)) for level in lightness)
    identity = struct.pack(">9i", *(65536 if index % 4 == 0 else 0 for index in range(9)))
    straight = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + straight * 4 + grid + straight * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(D50), b"A2B0": table})


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


def _curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _profile(device: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    position, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", position + len(body), len(data))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s12s4s", position + len(body), bytes(4), 0x02400000, device, space, connection, bytes(12), b"acsp"
    )
    head += bytes(28) + struct.pack(">3i", *(round(value * 65536) for value in D50))
    return head.ljust(128, b"\0") + table + body
