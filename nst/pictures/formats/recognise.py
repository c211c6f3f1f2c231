"""Picture formats: those that are read, and those that are recognised by their first bytes and refused by name."""

import re

from PIL import Image

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "PPM", "JPEG2000", "AVIF")
"""Formats that are read. Pillow's others are excluded: EPS, for one, would run Ghostscript on the file."""
HEAD = 1024  # first bytes, which tell the format of a file
CONVERT = "convert it to JPEG or PNG first"
DEVELOP = "develop it to JPEG or PNG first"
DRAW = "export it as PNG first"
_FRAME = "save one of its frames as PNG first"
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BRANDS = {
    **dict.fromkeys(_HEIC, ("HEIC", f"pip install pillow-heif, or {CONVERT}")),
    **dict.fromkeys((b"avif", b"avis"), ("AVIF", CONVERT)),
    b"crx ": ("a camera's raw picture", DEVELOP),
}
"""Brand in the box `ftyp` of an ISO media file -> what it is and what to do; any other is a video."""
_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL", CONVERT),
    (rb"8BP[SB]", "a Photoshop document (PSD)", DRAW),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript (EPS)", DRAW),
    (rb"%PDF", "PDF", DRAW),
    (rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?((<!--.*?-->|<!DOCTYPE svg[^>]*>)\s*)*<svg", "SVG", DRAW),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype )?html", "a web page, not a picture", "download the picture itself"),
    (rb"version https://git-lfs", "a pointer of Git LFS, not the picture", "fetch it with `git lfs pull`"),
    (rb"FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\x00|FOVb|\x00MRM", "a camera's raw picture", DEVELOP),
    (rb"II\xbc", "JPEG XR", CONVERT),
    (rb"BPG\xfb", "BPG", CONVERT),
    (rb"qoif", "QOI", CONVERT),
    (rb"\x76\x2f\x31\x01", "OpenEXR", "convert it to PNG with 8 or 16 bits first"),
    (rb"#\?(RADIANCE|RGBE)", "Radiance HDR", "convert it to PNG with 8 or 16 bits first"),
    (rb"P[Ff]4?\s", "PFM", "convert it to PNG with 8 or 16 bits first"),
    (rb"gimp xcf", "a GIMP document (XCF)", DRAW),
    (rb"AT&TFORM", "DjVu", CONVERT),
    (rb"\x00\x00[\x01\x02]\x00", "an icon (ICO)", CONVERT),
    (rb"icns", "an icon (ICNS)", CONVERT),
    (rb"DDS ", "DDS", CONVERT),
    (rb"SIMPLE  =", "FITS", CONVERT),
    (rb".{128}DICM", "DICOM", CONVERT),
    (rb"\x0a[\x00-\x05]\x01[\x01\x02\x04\x08]", "PCX", CONVERT),
    (rb"\x01\xda[\x00\x01][\x01\x02]", "SGI", CONVERT),
    (rb"\xd7\xcd\xc6\x9a|\x01\x00\x00\x00.{36} EMF", "a Windows metafile", DRAW),
    (rb"\x1a\x45\xdf\xa3|RIFF....AVI |\x00\x00\x01[\xb3\xba]", "a video", _FRAME),
    (rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd", "an archive", "unpack it first"),
)


def readable() -> list[str]:
    """Return those of `FORMATS` that the installed Pillow can read."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def is_heic(head: bytes) -> bool:
    """Return whether the first bytes are those of HEIC, or of a container for it that may also hold AVIF."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC


def known(head: bytes) -> str | None:
    """Return `it is HEIC: convert it ...` for the first bytes of a known format that is not read, else None."""
    if head[4:12] in (b"ftypavif", b"ftypavis") and "AVIF" in readable():
        return None
    if head[4:8] == b"ftyp":
        found = [_BRANDS.get(head[8:12], ("a video or the like", _FRAME))]
    else:
        found = [(name, advice) for pattern, name, advice in _KNOWN if re.match(pattern, head, re.DOTALL)]
    return f"it is {found[0][0]}: {found[0][1]}" if found else None
