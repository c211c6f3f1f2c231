import io
import logging
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from nst.errors import UserError
from nst.pictures import read as module
from nst.pictures.formats import tiff
from nst.pictures.read import read
from pictures.test_read import complaint, encoded, sample, written

from .profiles import grey_profile

HEIGHT, WIDTH = 24, 20
ORDERS = ("<", ">")
COMPRESSIONS = (None, "zlib")
LAYOUTS = ({}, {"rowsperstrip": 5}, {"tile": (16, 16)})


def noise(dtype: str, channels: int = 1) -> np.ndarray:
    """All values of an integer type, low bytes unlike high ones; floats from 0 to 1."""
    dice = np.random.default_rng(3)
    shape = (HEIGHT, WIDTH) if channels == 1 else (HEIGHT, WIDTH, channels)
    if np.dtype(dtype).kind == "f":
        return dice.random(shape).astype(dtype)
    limits = np.iinfo(dtype)
    return dice.integers(limits.min, limits.max, shape, dtype, endpoint=True)


def tiff_file(values: np.ndarray, order: str = "<", **options: Any) -> bytes:
    file = io.BytesIO()
    ordered = values.astype(values.dtype.newbyteorder(order))
    tifffile.imwrite(file, ordered, byteorder=order, metadata=None, **options)
    return file.getvalue()


def variants(values: np.ndarray, **options: Any) -> list[bytes]:
    """The same picture in either byte order, uncompressed and with Deflate, in one strip, strips and tiles."""
    return [
        tiff_file(values, order, compression=compression, **layout, **options)
        for order in ORDERS
        for compression in COMPRESSIONS
        for layout in LAYOUTS
    ]


def seen(data: bytes, tmp_path: Path) -> np.ndarray:
    return np.asarray(read(written(tmp_path / "x.tif", data))).astype(int)


def grey(data: bytes, tmp_path: Path) -> np.ndarray:
    levels = seen(data, tmp_path)
    assert (levels == levels[..., :1]).all()
    return levels[..., 0]


def stretched(values: np.ndarray) -> np.ndarray:
    exact = values.astype(np.float64)
    return np.rint((exact - exact.min()) / (exact.max() - exact.min()) * 255).astype(int)


@pytest.mark.parametrize("dtype", ["u1", "u2"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("kind", ["rgb", "rgba", "cmyk"])
def test_colours_in_every_layout(kind: str, planes: str, dtype: str, tmp_path: Path) -> None:
    """Of 16 bits the high ones count, in one plane or in many."""
    values = noise(dtype, 3 if kind == "rgb" else 4)
    levels = values.astype(int) >> (8 if dtype == "u2" else 0)
    options = {"photometric": "separated"} if kind == "cmyk" else {"photometric": "rgb"}
    if kind == "rgba":
        values[..., 3] = levels[..., 3] = np.iinfo(dtype).max
        options["extrasamples"] = "unassalpha"  # all of it opaque
    right = levels[..., :3]
    if kind == "cmyk":
        pillow = Image.frombytes("CMYK", (WIDTH, HEIGHT), levels.astype(np.uint8).tobytes())
        right = np.asarray(pillow.convert("RGB")).astype(int)
    stored = np.moveaxis(values, -1, 0) if planes == "separate" else values
    for data in variants(stored, planarconfig=planes, **options):
        assert (seen(data, tmp_path) == right).all()


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("meaning", ["unassalpha", "assocalpha", "unspecified"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_alpha_in_every_layout(dtype: str, meaning: str, planes: str, tmp_path: Path) -> None:
    """Half transparent red, premultiplied or not, over white; an unexplained channel is left out."""
    full = np.iinfo(dtype).max
    half = {"u1": 128, "u2": 128 * 257}[dtype]
    red = half if meaning == "assocalpha" else full
    values = np.tile(np.array([red, 0, 0, half], dtype), (HEIGHT, WIDTH, 1))
    stored = np.moveaxis(values, -1, 0) if planes == "separate" else values
    right = (255, 0, 0) if meaning == "unspecified" else (255, 127, 127)
    for data in variants(stored, photometric="rgb", planarconfig=planes, extrasamples=meaning):
        assert (seen(data, tmp_path) == right).all()


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_grey_with_alpha(dtype: str, planes: str, tmp_path: Path) -> None:
    unit = {"u1": 1, "u2": 257}[dtype]
    values = np.tile(np.array([64 * unit, 128 * unit], dtype), (HEIGHT, WIDTH, 1))
    stored = np.moveaxis(values, -1, 0) if planes == "separate" else values
    for data in variants(stored, photometric="minisblack", planarconfig=planes, extrasamples="unassalpha"):
        # 64 * 128 / 255 + 255 - 128 = 159.1
        assert np.abs(grey(data, tmp_path) - 159).max() <= 1


@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
@pytest.mark.parametrize("dtype", ["u1", "u2", "i1", "i2", "u4", "i4", "f2", "f4", "f8"])
def test_grey_of_every_type(dtype: str, photometric: str, tmp_path: Path) -> None:
    values = noise(dtype)
    unsigned = {"u1": 1, "u2": 257}
    if dtype in unsigned:
        right = np.rint(values / unsigned[dtype]).astype(int)
        unit = values / unsigned[dtype] / 255
    elif values.dtype.kind == "f":
        unit = values.astype(np.float64)
        right = np.rint(unit * 255).astype(int)
    else:
        right = stretched(values)
        unit = (values - np.float64(values.min())) / (np.float64(values.max()) - values.min())
    if photometric == "miniswhite":
        right = np.rint((1 - unit) * 255).astype(int)
    for data in variants(values, photometric=photometric):
        assert np.abs(grey(data, tmp_path) - right).max() <= (1 if dtype == "u2" else 0)


@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_one_plane_that_is_called_separate(photometric: str, tmp_path: Path) -> None:
    """A single channel lies in its plane either way; only the tag says another thing."""
    values = noise("u2")
    for order in ORDERS:
        data = bytearray(tiff_file(values, order, photometric=photometric))
        short = f"{order}HHIHH"
        entry = struct.pack(short, 277, 3, 1, 1, 0)  # SamplesPerPixel = 1, which is also the default
        at = bytes(data).index(entry)
        data[at : at + 12] = struct.pack(short, 284, 3, 1, 2, 0)
        right = values / 257 if photometric == "minisblack" else 255 - values / 257
        assert np.abs(grey(bytes(data), tmp_path) - right).max() <= 0.51


def test_orientation_and_profile_of_what_pillow_does_not_decode(tmp_path: Path) -> None:
    values = np.full((HEIGHT, WIDTH), 65535 - 128 * 257, np.uint16)  # counted from white: 128 of 255
    profile = grey_profile(1.0)
    tags = [(274, "H", 1, 6, True), (34675, "B", len(profile), profile, True)]
    levels = grey(tiff_file(values, photometric="miniswhite", extratags=tags), tmp_path)
    assert levels.shape == (WIDTH, HEIGHT)
    assert np.abs(levels - 188).max() <= 1  # as in test_colour.test_a_linear_profile


UNREAD = {
    "floating-point RGB, 32 bits a channel": {"values": noise("f4", 3), "photometric": "rgb"},
    "RGB, 32 bits a channel": {"values": noise("u4", 3), "photometric": "rgb"},
    "signed RGB, 16 bits a channel": {"values": noise("i2", 3), "photometric": "rgb"},
    "grey, 64 bits a channel": {"values": noise("u8"), "photometric": "minisblack"},
    "signed CMYK, 8 bits a channel": {"values": noise("i1", 4), "photometric": "separated"},
    "photometric interpretation 8, 16 bits a channel": {"values": noise("u2", 3), "photometric": "cielab"},
}


@pytest.mark.parametrize("kind", UNREAD)
def test_kinds_that_are_not_read_are_named(kind: str, tmp_path: Path) -> None:
    message = complaint(written(tmp_path / "x.tif", tiff_file(**UNREAD[kind])))
    assert f"it is a kind of TIFF that nst does not read ({kind}, " in message
    assert message.endswith("save it with 8 or 16 bits a channel and without compression, or as PNG")


def changed(data: bytes, tag: int, value: int) -> bytes:
    """A little-endian file with another value of a SHORT."""
    at = data.index(struct.pack("<HHI", tag, 3, 1))
    return data[: at + 8] + struct.pack("<H", value) + data[at + 10 :]


def test_inks_other_than_cmyk_are_not_taken_for_it(tmp_path: Path) -> None:
    data = tiff_file(noise("u1", 4), photometric="separated", extratags=[(332, "H", 1, 2, True)])
    assert "TIFF that nst does not read (CMYK, 8 bits" in complaint(written(tmp_path / "x.tif", data))


def test_uncompressed_colour_differences_are_read_only_at_full_size(tmp_path: Path) -> None:
    full = encoded(Image.new("YCbCr", (16, 16), (90, 128, 128)), "TIFF")
    assert (seen(full, tmp_path) == 90).all()
    at = full.index(struct.pack("<HHI", 530, 3, 2))
    halved = full[: at + 8] + struct.pack("<HH", 2, 2) + full[at + 12 :]
    assert "TIFF that nst does not read (YCbCr, 8 bits" in complaint(written(tmp_path / "x.tif", halved))


def test_12_bits_are_not_read_as_16(tmp_path: Path) -> None:
    data = changed(tiff_file(np.zeros((HEIGHT, WIDTH), np.uint16), photometric="minisblack"), 258, 12)
    assert "TIFF that nst does not read (grey, 12 bits" in complaint(written(tmp_path / "x.tif", data))


def test_a_layout_of_planes_that_does_not_exist(tmp_path: Path) -> None:
    """With 5, the second of the planes would be whatever was in memory."""
    data = tiff_file(noise("u2", 2), photometric="miniswhite", planarconfig="contig", extrasamples="unassalpha")
    assert "TIFF that nst does not read (grey, 16 bits" in complaint(written(tmp_path / "x.tif", changed(data, 284, 5)))


def test_a_directory_without_a_size(tmp_path: Path) -> None:
    data = tiff_file(noise("u1"), photometric="minisblack")
    at = data.index(struct.pack("<HH", 256, 4))
    lost = data[:at] + struct.pack("<H", 254) + data[at + 2 :]
    assert complaint(written(tmp_path / "x.tif", lost)).endswith("it is damaged: its width or height is missing")


def test_a_compression_that_is_not_at_hand(tmp_path: Path) -> None:
    data = changed(tiff_file(noise("u2"), photometric="miniswhite"), 259, 5)
    assert "(grey, 16 bits a channel, compression tiff_lzw)" in complaint(written(tmp_path / "x.tif", data))


def test_raw_pictures_of_cameras_are_not_taken_for_their_previews(tmp_path: Path) -> None:
    preview = noise("u1", 3)
    adobe = tiff_file(preview, photometric="rgb", extratags=[(50706, "B", 4, b"\1\4\0\0", True)])
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(preview, photometric="rgb", subifds=1, metadata=None)
        writer.write(noise("u2"), photometric="cfa", metadata=None)
    canon = bytearray(tiff_file(preview, photometric="rgb"))
    canon[8:10] = b"CR"
    for data in (adobe, file.getvalue(), bytes(canon)):
        assert "it is a camera's raw picture: develop it" in complaint(written(tmp_path / "x.tif", data))


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("photometric", ["rgb", "miniswhite"])
def test_damage_is_read_or_refused_but_never_raised(
    photometric: str, compression: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 10**5)
    planes = {"planarconfig": "separate"} if photometric == "rgb" else {}
    values = np.moveaxis(noise("u2", 3), -1, 0) if planes else noise("u2")
    whole = tiff_file(values, photometric=photometric, compression=compression, rowsperstrip=5, **planes)
    dice = random.Random(photometric)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(min(len(data), dice.choice((40, 400, 10**6))))] = dice.randrange(256)
        try:
            assert read(written(tmp_path / "x", bytes(data))).mode == "RGB"
        except UserError as error:
            assert "\n" not in str(error)
    for end in dice.sample(range(len(whole)), 40):
        complaint(written(tmp_path / "x", whole[:end]))


def test_a_strip_that_is_a_bomb_stays_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "TILE", 0)
    values = np.zeros((HEIGHT, WIDTH), np.uint16)
    whole = tiff_file(values, photometric="miniswhite", compression="zlib", rowsperstrip=HEIGHT)
    with tifffile.TiffFile(io.BytesIO(whole)) as file:
        page = file.pages.first
        start, length, count = page.dataoffsets[0], page.databytecounts[0], page.tags[279].offset
    bomb = zlib.compress(bytes(2**20))
    data = bytearray(whole[:start] + bomb + whole[start + length :])
    data[count : count + 12] = struct.pack("<HHII", 279, 4, 1, len(bomb))
    assert "a part of it unpacks to more than the whole" in complaint(written(tmp_path / "x.tif", bytes(data)))


def test_nothing_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = tiff_file(noise("u2"), photometric="miniswhite", extratags=[(270, "s", 5, "x", True)])
    with caplog.at_level(logging.DEBUG):
        read(written(tmp_path / "x.tif", data))
    assert not [record for record in caplog.records if record.name == "tifffile"]


def test_ordinary_pictures_are_left_to_pillow(tmp_path: Path) -> None:
    for compression in ("raw", "tiff_lzw", "packbits", "jpeg"):
        path = written(tmp_path / "x.tif", encoded(sample(), "TIFF", compression=compression))
        assert np.abs(np.asarray(read(path)).astype(int) - np.asarray(sample())).max() <= (60 * (compression == "jpeg"))


def test_a_decoders_stumble_is_told_as_damage(tmp_path: Path) -> None:
    """A width that is a pair of numbers: the library itself would only say that tuples have no order."""
    data = bytearray(tiff_file(noise("u1"), photometric="minisblack"))
    at = data.index(struct.pack("<HHI", 256, 4, 1))
    data[at : at + 12] = struct.pack("<HHIHH", 256, 3, 2, WIDTH, WIDTH)
    assert complaint(written(tmp_path / "x.tif", bytes(data))).endswith("it is damaged (TypeError)")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_libtiff_prints_nothing_on_a_cut_file(
    tmp_path: Path, compression: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The strip's bytes are there, and filled with others: the decoder itself dislikes them."""
    data = bytearray(encoded(sample(), "TIFF", compression=compression))
    data[20:200] = bytes(180)
    path = written(tmp_path / "x.tif", bytes(data))
    assert complaint(path)
    assert capfd.readouterr() == ("", "")
