import io
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from nst.errors import UserError
from nst.pictures.formats.png import MAX_PROFILE, needed
from nst.pictures.read import read
from pictures.test_read import chunk, complaint, encoded, png, sample, written

from .profiles import SRGB_BLUE, SRGB_GREEN, SRGB_RED, matrix_profile

WHITE = (255, 255, 255)
HEAD = 33  # the signature and IHDR
MEBIBYTE = bytes(2**20)


def with_chunks(*chunks: bytes, at: int = HEAD) -> bytes:
    data = encoded(sample(), "PNG")
    return data[:at] + b"".join(chunks) + data[at:]


def broken(whole: bytes) -> bytes:
    """A chunk with a wrong checksum."""
    return whole[:-1] + bytes([whole[-1] ^ 1])


def row(depth: int, *samples: int) -> bytes:
    """A row of a PNG without filter."""
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    padded = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return b"\0" + int(padded, 2).to_bytes(len(padded) // 8)


def colours(data: bytes, tmp_path: Path) -> list[tuple[int, ...]]:
    return [tuple(int(level) for level in pixel) for pixel in np.asarray(read(written(tmp_path / "x.png", data)))[0]]


TEXTS = {
    "zTXt of 3 MiB": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(MEBIBYTE * 3)),
    "zTXt that may orient": chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(MEBIBYTE * 3)),
    "iTXt of 3 MiB": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(MEBIBYTE * 3)),
    "plain iTXt of 3 MiB": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + MEBIBYTE * 3),
    "tEXt of 65 MiB": chunk(b"tEXt", b"Comment\0" + MEBIBYTE * 65),
    "many": chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(MEBIBYTE[1:])) * 99,
    "unknown method": chunk(b"zTXt", b"Raw profile type exif\0\7" + zlib.compress(b"x")),
    "named after what Pillow keeps": chunk(b"tEXt", b"transparency\0x") + chunk(b"tEXt", b"icc_profile\0x"),
    "profile of 2 MiB": chunk(b"iCCP", b"icc\0\0" + zlib.compress(MEBIBYTE * 2)),
    "profile that is a bomb": chunk(b"iCCP", b"icc\0\0" + zlib.compress(MEBIBYTE * 64)),
    "profile, unknown method": chunk(b"iCCP", b"icc\0\1" + zlib.compress(b"x")),
    "profile without an end": chunk(b"iCCP", b"icc"),
    **{
        f"checksum of {kind.decode()}": broken(chunk(kind, body))
        for kind, body in {
            b"tEXt": b"Comment\0x",
            b"zTXt": b"Comment\0\0" + zlib.compress(b"x"),
            b"iTXt": b"XML:com.adobe.xmp\0\0\0\0\0x",
            b"iCCP": b"icc\0\0" + zlib.compress(matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, 2.2)),
            b"eXIf": b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0",
            **{b"gAMA": bytes(4), b"cHRM": bytes(32), b"sRGB": b"\0", b"pHYs": bytes(9), b"tIME": bytes(7)},
            **{b"bKGD": bytes(6), b"acTL": struct.pack(">II", 1, 0), b"prVt": b"anything", b"sBIT": b"\x08\x08\x08"},
        }.items()
    },
    "short gAMA, cHRM, pHYs, acTL": b"".join(
        chunk(kind, b"") for kind in (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"acTL")
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_chunks_that_nobody_needs_are_no_obstacle(name: str, tmp_path: Path) -> None:
    data = encoded(sample(), "PNG")
    for at in (HEAD, len(data) - 12):
        picture = read(written(tmp_path / "x.png", data[:at] + TEXTS[name] + data[at:]))
        assert picture.tobytes() == sample().tobytes()


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE", b"tRNS"])
def test_a_wrong_checksum_of_a_chunk_that_is_needed(kind: bytes, tmp_path: Path) -> None:
    body = {b"IHDR": struct.pack(">IIBBBBB", 1, 1, 8, 3, 0, 0, 0), b"PLTE": bytes(6), b"tRNS": b"\0"}
    chunks = [broken(chunk(name, data)) if name == kind else chunk(name, data) for name, data in body.items()]
    end = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    assert complaint(written(tmp_path / "x.png", b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + end))


def test_a_large_good_profile_is_followed(tmp_path: Path) -> None:
    swapped = matrix_profile(SRGB_GREEN, SRGB_RED, SRGB_BLUE, 2.2)
    data = encoded(Image.new("RGB", (4, 4), (255, 0, 0)), "PNG")
    profile = chunk(b"iCCP", b"icc\0\0" + zlib.compress(swapped + MEBIBYTE * 3))
    picture = read(written(tmp_path / "x.png", data[:HEAD] + profile + data[HEAD:]))
    assert picture.getpixel((1, 1)) == pytest.approx((0, 255, 0), abs=8)


def test_bombs_stay_packed(tmp_path: Path) -> None:
    """256 MiB of zeros in each of three chunks; a process of its own tells how much it needed at most."""
    packed = zlib.compress(MEBIBYTE * 256)
    starts = {b"zTXt": b"Raw profile type exif\0\0", b"iTXt": b"XML:com.adobe.xmp\0\1\0\0\0", b"iCCP": b"icc\0\0"}
    path = written(tmp_path / "x.png", with_chunks(*(chunk(kind, start + packed) for kind, start in starts.items())))
    code = (
        "import resource, sys; from pathlib import Path; from nst.pictures.read import read;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "assert read(Path(sys.argv[1])).size == (48, 32);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 8 * MAX_PROFILE


def test_a_file_that_is_needed_whole_is_not_copied() -> None:
    data = encoded(sample(), "PNG")
    assert needed(data)[0] is data
    assert needed(with_chunks(chunk(b"tIME", bytes(7))))[0] == data
    assert needed(data + b"what follows")[0] == data


@pytest.mark.parametrize(
    "orienting",
    [
        chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"),
        chunk(b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="6"/>'),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b'<x tiff:Orientation="6"/>')),
    ],
)
def test_orientation_wherever_it_is_told(orienting: bytes, tmp_path: Path) -> None:
    picture = read(written(tmp_path / "x.png", with_chunks(orienting)))
    assert picture.tobytes() == sample().transpose(Image.Transpose.ROTATE_270).tobytes()


@pytest.mark.parametrize(
    ("depth", "samples", "transparent", "levels"),
    [
        (1, (0, 1), 0, (255, 255)),
        (1, (0, 1), 1, (0, 255)),
        (2, (0, 1, 2, 3), 1, (0, 255, 170, 255)),
        (4, (0, 5, 15), 5, (0, 255, 255)),
        (8, (0, 9, 10), 9, (0, 255, 10)),
        (8, (0, 9, 10), 0x0709, (0, 255, 10)),  # only the low bits count
        (16, (0, 257, 25700), 0, (255, 1, 100)),
        (16, (0, 257, 25700), 257, (0, 255, 100)),
        (16, (0x6464, 0x6465, 0xFFFF), 0x6464, (255, 100, 255)),
    ],
)
def test_a_transparent_grey(
    depth: int, samples: tuple[int, ...], transparent: int, levels: tuple[int, ...], tmp_path: Path
) -> None:
    data = png(len(samples), 1, depth, 0, row(depth, *samples))
    data = data[:HEAD] + chunk(b"tRNS", struct.pack(">H", transparent)) + data[HEAD:]
    assert colours(data, tmp_path) == [(level,) * 3 for level in levels]


def test_a_transparent_colour_of_16_bits_is_compared_in_all_of_them(tmp_path: Path) -> None:
    seen = [(0x0102, 0x0304, 0x0506), (0x0103, 0x0304, 0x0506), (0x0102, 0x0304, 0x0500), (0, 0, 0)]
    data = png(4, 1, 16, 2, row(16, *(sample for pixel in seen for sample in pixel)))
    data = data[:HEAD] + chunk(b"tRNS", struct.pack(">3H", *seen[0])) + data[HEAD:]
    assert colours(data, tmp_path) == [WHITE, (1, 3, 5), (1, 3, 5), (0, 0, 0)]


def test_a_transparent_colour_of_8_bits(tmp_path: Path) -> None:
    data = png(2, 1, 8, 2, row(8, 1, 2, 3, 1, 2, 4))
    data = data[:HEAD] + chunk(b"tRNS", struct.pack(">3H", 1, 2, 0x0803)) + data[HEAD:]
    assert colours(data, tmp_path) == [WHITE, (1, 2, 4)]


def test_transparent_palette_entries(tmp_path: Path) -> None:
    palette = chunk(b"PLTE", bytes((10, 20, 30, 0, 0, 0, 70, 80, 90)))
    data = png(3, 1, 2, 3, row(2, 0, 1, 2))
    for alphas, middle in ((b"\xff\0", WHITE), (b"\xff\x80", (127, 127, 127))):
        whole = data[:HEAD] + palette + chunk(b"tRNS", alphas) + data[HEAD:]
        assert colours(whole, tmp_path) == [(10, 20, 30), middle, (70, 80, 90)]


def test_srgb_profile_of_a_transparent_16_bit_picture_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = png(2, 1, 16, 2, row(16, 257, 514, 771, 0, 0, 0))
    chunks = chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile)) + chunk(b"tRNS", bytes(6))
    assert colours(data[:HEAD] + chunks + data[HEAD:], tmp_path) == [(1, 2, 3), WHITE]


def test_only_the_first_picture_of_an_animation_is_needed(tmp_path: Path) -> None:
    file = io.BytesIO()
    sample().save(file, "PNG", save_all=True, append_images=[Image.new("RGB", (48, 32))])
    assert read(written(tmp_path / "x.png", file.getvalue())).tobytes() == sample().tobytes()
    assert len(needed(file.getvalue())[0]) < len(file.getvalue())


def test_cut_anywhere_it_is_read_right_or_refused(tmp_path: Path) -> None:
    chunks = [chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"x")), chunk(b"tEXt", b"exif\0x"), chunk(b"tIME", bytes(7))]
    whole = with_chunks(*chunks)
    dice = random.Random(0)
    for end in dice.sample(range(len(whole)), 60):
        try:
            assert read(written(tmp_path / "x.png", whole[:end])).tobytes() == sample().tobytes()
        except UserError as error:
            assert "\n" not in str(error)
