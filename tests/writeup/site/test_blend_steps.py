"""The blend step by step."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from report.conftest import Store, paint

from nst.pictures.find import file_hash
from nst.site import chapter
from nst.site.arguments import Asked
from nst.spec.records import Blend, PictureFile
from nst.writeup.site import blend_steps
from nst.writeup.site.contents import WRITEUP
from writeup.conftest import a_spec, describe, fill


def picture(path: Path, seed: int) -> PictureFile:
    paint(path, (24, 24), seed)
    return PictureFile(str(path), file_hash(path))


@pytest.fixture
def blended(store: Store, tmp_path: Path, undrawn: None) -> Asked:
    """A sweep whose first run blended two pictures under the ellipse, with mixed gradients."""
    jobs = fill(store, ["blending"])["blending"]
    parts = [picture(tmp_path / f"{name}.png", seed) for seed, name in enumerate(("source", "target"))]
    describe(store, jobs[0], a_spec(content=Blend(parts[0], None, parts[1], (2, -3), "mixed")))
    return Asked(WRITEUP, runs_dir=store.root)


def test_all_steps_are_shown(blended: Asked) -> None:
    found = blend_steps.write(chapter.write("blending", blended), Store(blended.runs_dir).store, blended.site)
    assert [step.name for step in found.steps] == list(blend_steps.TITLES)
    assert [step.name for step in found.steps if step.used] == ["mixed"] and found.recorded is not None
    assert found.recorded.offset == (2, -3)
    assert all((blended.site / step.file).is_file() for step in found.steps) and not found.missing


def test_a_picture_that_is_gone_is_said(blended: Asked, tmp_path: Path) -> None:
    (tmp_path / "target.png").write_bytes(b"other")
    found = blend_steps.write(chapter.write("blending", blended), Store(blended.runs_dir).store, blended.site)
    assert [step.name for step in found.steps] == ["style", "result"] and "target.png" in found.missing


def test_no_blend_recorded(store: Store, undrawn: None) -> None:
    asked = Asked(WRITEUP, runs_dir=store.root)
    assert "recorded a blend" in blend_steps.write(chapter.write("blending", asked), store.store, asked.site).missing


def test_paste_copies_what_the_mask_shows() -> None:
    """A mask of 127 and 128 shows its second pixel only; it lands at (1, 0)."""
    source = Image.fromarray(np.full((1, 2, 3), 200, np.uint8))
    mask = Image.fromarray(np.array([[127, 128]], np.uint8))
    result = blend_steps.paste(source, mask, Image.new("RGB", (3, 1)), (1, 0))
    assert np.asarray(result)[0, :, 0].tolist() == [0, 0, 200]
