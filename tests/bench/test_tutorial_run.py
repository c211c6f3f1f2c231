"""The plain loop as a script: two pictures in, one out."""

from pathlib import Path

from PIL import Image

from nst.bench import tutorial_run


def test_it_writes_a_picture_of_the_contents_shape(tmp_path: Path) -> None:
    for name, size in (("content", (24, 16)), ("style", (16, 16))):
        Image.effect_noise(size, 80).convert("RGB").save(tmp_path / f"{name}.png")
    output = tmp_path / "made/here.png"
    tutorial_run.main([str(tmp_path / "content.png"), str(tmp_path / "style.png"), "1", "cpu", "2", "2", str(output)])
    with Image.open(output) as image:
        assert (image.size, image.mode) == ((24, 16), "RGB")
