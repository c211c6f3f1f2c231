import sys
from pathlib import Path

import pytest
from PIL import Image

from nst.pictures.formats import recognise
from nst.pictures.formats.recognise import FORMATS, known, readable
from pictures.test_read import complaint, encoded, sample, written


def iso(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + bytes(4) + b"mif1" + brand


@pytest.mark.parametrize(
    ("head", "name"),
    [
        *(
            (iso(brand), "HEIC: pip install pillow-heif, or convert it")
            for brand in (b"heic", b"heix", b"mif1", b"msf1")
        ),
        (b"\xff\x0a\xfa\x1f", "JPEG XL: convert it to JPEG or PNG first"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", "JPEG XL: convert it to JPEG or PNG first"),
        (b"8BPS\0\1", "a Photoshop document (PSD): export it as PNG first"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript (EPS): export it as PNG first"),
        (b"\xc5\xd0\xd3\xc6\x20\0", "PostScript (EPS): export it as PNG first"),
        (b"%PDF-1.7", "PDF: export it as PNG first"),
        (b"<svg xmlns='x'>", "SVG: export it as PNG first"),
        (b'<?xml version="1.0"?>\n<!-- made by x -->\n<svg>', "SVG: export it as PNG first"),
        (b"\n<!DOCTYPE html><html>", "a web page, not a picture: download the picture itself"),
        (b"<HTML>", "a web page, not a picture: download the picture itself"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, not the picture"),
        (iso(b"crx "), "a camera's raw picture: develop it"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw picture: develop it"),
        (b"IIRO\x08\0", "a camera's raw picture: develop it"),
        (b"IIU\0\x18\0", "a camera's raw picture: develop it"),
        (b"\x76\x2f\x31\x01", "OpenEXR: convert it"),
        (b"#?RADIANCE\n", "Radiance HDR: convert it"),
        (b"PF\n2 2\n-1.0\n", "PFM: convert it"),
        (iso(b"mp42"), "a video or the like: save one of its frames"),
        (b"PK\3\4", "an archive: unpack it"),
        (b"\0" * 128 + b"DICM", "DICOM: convert it"),
    ],
)
def test_known_formats_are_named(head: bytes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif.as_plugin", None)  # as if it were not installed
    told = known(head.ljust(200, b"\0"))
    assert told is not None and told.startswith(f"it is {name}")
    assert told in complaint(written(tmp_path / "x.jpg", head.ljust(200, b"\0")))


@pytest.mark.parametrize("kind", ["ICO", "ICNS", "PCX", "SGI", "DDS", "QOI", "PDF", "EPS"])
def test_what_pillow_writes_and_we_do_not_read(kind: str, tmp_path: Path) -> None:
    picture = sample().resize((64, 64))
    assert "damaged" not in complaint(written(tmp_path / "x.png", encoded(picture, kind)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF"])
def test_no_picture_that_is_read_is_called_another_format(kind: str) -> None:
    if kind in readable():
        assert known(encoded(sample(), kind)) is None


def test_avif_is_named_only_if_pillow_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise, "readable", lambda: ["JPEG", "PNG"])
    assert known(iso(b"avif")) == "it is AVIF: convert it to JPEG or PNG first"
    monkeypatch.setattr(recognise, "readable", lambda: ["JPEG", "AVIF"])
    assert known(iso(b"avif")) is None


@pytest.mark.parametrize("head", [b"", b"\0", b"hello, world", bytes(200), b"\xff\xd8\xff\xe0"])
def test_what_is_not_known(head: bytes) -> None:
    assert known(head) is None


def test_formats_that_run_programs_stay_out() -> None:
    Image.init()
    assert set(readable()) <= set(FORMATS)
    assert not {"EPS", "PSD", "WMF"} & set(readable())
