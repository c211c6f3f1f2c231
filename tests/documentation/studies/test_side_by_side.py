"""Where pictures go on a sheet, by colour."""

from pathlib import Path

from PIL import Image

from docs.make.studies.side_by_side import GAP, LINE, WIDTH, sheet

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def picture(folder: Path, colour: tuple[int, int, int], size: tuple[int, int]) -> Path:
    path = folder / f"{colour}.png"
    Image.new("RGB", size, colour).save(path)
    return path


def test_a_row_for_each_pair_and_a_column_for_each_variant(tmp_path: Path) -> None:
    """Red is as wide as a column and half as high; blue, twice as wide, becomes a square. One is missing."""
    red, blue = picture(tmp_path, RED, (WIDTH, WIDTH // 2)), picture(tmp_path, BLUE, (2 * WIDTH, 2 * WIDTH))
    cells = {("a", "one"): (red, "first"), ("b", "one"): (blue, ""), ("b", "two"): (blue, "")}
    image = sheet(cells, ["a", "b"], ["one", "two"])
    assert image.size == (2 * WIDTH + GAP, LINE + WIDTH // 2 + WIDTH + 2 * (LINE + GAP))
    second = WIDTH + GAP
    assert image.getpixel((0, LINE)) == RED and image.getpixel((second, LINE)) == WHITE
    below = LINE + WIDTH // 2 + LINE + GAP
    assert image.getpixel((WIDTH - 1, below)) == image.getpixel((second, below + WIDTH - 1)) == BLUE
    assert image.getpixel((WIDTH + 1, below)) == WHITE


def test_heads_and_captions_are_written(tmp_path: Path) -> None:
    red = picture(tmp_path, RED, (WIDTH, 10))
    image = sheet({("a", "one"): (red, "first")}, ["a"], ["one"])
    head, caption = image.crop((0, 0, WIDTH, LINE)), image.crop((0, LINE + 10, WIDTH, image.height))
    assert min(head.convert("L").tobytes()) < 100 and min(caption.convert("L").tobytes()) < 100
    empty = sheet({("a", "one"): (red, "")}, ["a"], [""])
    assert set(empty.crop((0, 0, 0, LINE)).tobytes()) | set(empty.crop((0, 0, WIDTH, LINE)).tobytes()) == {255}


def test_a_small_picture_keeps_its_pixels(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    small = Image.new("RGB", (2, 1), RED)
    small.putpixel((1, 0), BLUE)
    small.save(path)
    image = sheet({("a", "one"): (path, "")}, ["a"], ["one"])
    assert image.getpixel((WIDTH // 2 - 1, LINE)) == RED and image.getpixel((WIDTH // 2, LINE)) == BLUE
