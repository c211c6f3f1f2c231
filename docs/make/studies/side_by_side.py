"""Put pictures side by side on one sheet: a row for each pair, a column for each variant, a caption under each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, GAP, LINE = 256, 8, 22
"""Pixels: of a picture, between two of them, and of a line of text."""
Cell = tuple[Path, str]
"""A picture and its caption."""


def sheet(cells: Mapping[tuple[str, str], Cell], rows: Sequence[str], columns: Sequence[str]) -> Image.Image:
    """Return a sheet of the cells by (row, column) with a head for each column; a missing cell stays white."""
    strips = [_strip([cells.get((row, column)) for column in columns]) for row in rows]
    width = len(columns) * (WIDTH + GAP) - GAP
    height = sum(strip.height for strip in strips) + LINE
    image = Image.new("RGB", (width, height), "white")
    for place, column in enumerate(columns):
        _write(image, place, 0, column)
    top = LINE
    for strip in strips:
        image.paste(strip, (0, top))
        top += strip.height
    return image


def _strip(cells: Sequence[Cell | None]) -> Image.Image:
    pictures = [_fitted(cell[0]) if cell else None for cell in cells]
    tallest = max((picture.height for picture in pictures if picture), default=0)
    strip = Image.new("RGB", (len(cells) * (WIDTH + GAP) - GAP, tallest + LINE + GAP), "white")
    for place, (picture, cell) in enumerate(zip(pictures, cells, strict=True)):
        if picture and cell:
            strip.paste(picture, (place * (WIDTH + GAP), 0))
            _write(strip, place, tallest, cell[1])
    return strip


def _fitted(path: Path) -> Image.Image:
    """Read a picture at the width of a column; smaller ones keep their pixels visible."""
    with Image.open(path) as file:
        image = file.convert("RGB")
    kernel = Image.Resampling.LANCZOS if image.width >= WIDTH else Image.Resampling.NEAREST
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), kernel)


def _write(image: Image.Image, place: int, top: int, text: str) -> None:
    ImageDraw.Draw(image).text((place * (WIDTH + GAP), top + 2), text, fill="black", font=ImageFont.load_default(14))
