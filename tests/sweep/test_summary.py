from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image
from specs import changed
from stored import record_done

from nst.hardware.device import device_name
from nst.pictures.find import file_hash
from nst.pictures.load import fitted_shape
from nst.spec.records import Adam, PictureFile, Spec, Target
from nst.spec.signature import signature, to_dict
from nst.store.files.atomic import write_json, write_text
from nst.store.files.names import METRICS
from nst.store.store import Store
from nst.sweep.summary import estimate_seconds, remarks, speeds, work
from sweep.command import Command, Transfers


def finished(store: Store, spec: Spec, seconds: float, **origin: str) -> None:
    """A run that took so long, a quarter of it each in setup and warm-up."""
    folder = store.run(signature(spec))
    write_text(folder / "spec.yaml", yaml.safe_dump(to_dict(spec)))
    write_json(folder / "provenance.json", {"device": device_name("cpu"), "precision": spec.precision, **origin})
    parts = {"seconds_setup": seconds / 4, "seconds_warmup": seconds / 4, "seconds_loop": seconds / 2}
    record_done(folder, **parts)


def with_style_loss(spec: Spec, loss: str) -> Spec:
    terms = (replace(term, loss=loss) if term.name == "style" else term for term in spec.terms)
    return replace(spec, terms=tuple(terms))


def test_work_counts_the_multiply_adds(make_spec: Callable[..., Spec]) -> None:
    """chelsea is 451 x 300; conv_1 takes 3 channels to 64, conv_2 64 to 64, conv_3 64 to 128 on a quarter."""
    height, width = fitted_shape(451, 300, 32)
    first, second, third = 9 * 3 * 64, 9 * 64 * 64, 9 * 64 * 128 / 4
    one = make_spec(content_layers=("conv_1",), style_layers=("conv_1",), size=32, steps=5)
    assert work(one) == 5 * height * width * first
    assert work(changed(one, style_layers=("relu_3",))) == pytest.approx(5 * height * width * (first + second + third))


def test_work_is_of_all_scales(make_spec: Callable[..., Spec]) -> None:
    """By pixels: twice the side costs four times as much."""
    one = make_spec(content_layers=("conv_1",), style_layers=("conv_1",), size=64, steps=5)
    halves = work(changed(one, size=32, steps=7))
    assert work(changed(one, earlier=((32, 7),))) == pytest.approx(work(one) + halves)


def test_nothing_to_go_by(store: Store, small: Spec) -> None:
    assert estimate_seconds([small], speeds(store)) is None
    assert not store.root.exists()


def test_twice_the_steps_take_a_loop_of_twice_the_time(store: Store, small: Spec) -> None:
    """Of 8 seconds 4 were set-up and warm-up, and 4 the loop: 4 + 2 x 4."""
    finished(store, small, 8.0)
    assert estimate_seconds([changed(small, steps=2 * small.steps)], speeds(store)) == pytest.approx(12)
    assert estimate_seconds([small, changed(small, seed=1)], speeds(store)) == pytest.approx(16)
    assert estimate_seconds([], speeds(store)) == 0


def test_slow_losses_have_speeds_of_their_own(store: Store, small: Spec) -> None:
    """Of 8 seconds 4 are the loop, with the search 40 of 44; not timed yet, `remd` counts like what is known."""
    slow, other = (with_style_loss(small, loss) for loss in ("patches", "remd"))
    finished(store, small, 8.0)
    assert estimate_seconds([slow], speeds(store)) == pytest.approx(8)
    finished(store, slow, 80.0)
    assert estimate_seconds([small, slow], speeds(store)) == pytest.approx(88)
    assert estimate_seconds([other], speeds(store)) == pytest.approx(8)


def test_what_was_not_timed_is_told(nst: Command, transfers: Transfers) -> None:
    nst.tiny()
    losses = "style_loss=gram,sliced,remd"
    assert nst.sweep(losses, "plan=true").lines[0].endswith(", longer with remd and sliced")
    nst.sweep("style_loss=sliced")
    assert nst.sweep(losses, "plan=true").lines[0].endswith(", longer with remd")


def test_one_slow_run_does_not_count(store: Store, small: Spec) -> None:
    for seed, seconds in enumerate((8, 9, 1000)):
        finished(store, changed(small, seed=seed), seconds)
    assert estimate_seconds([small], speeds(store)) == pytest.approx(9)


@pytest.mark.parametrize("origin", [{"device": "another machine"}, {"precision": "bf16"}])
def test_other_hardware_and_precision_tell_nothing(store: Store, small: Spec, origin: dict[str, str]) -> None:
    finished(store, small, 8.0, **origin)
    assert estimate_seconds([small], speeds(store)) is None


@pytest.mark.parametrize("file", ["spec.yaml", "provenance.json", METRICS])
def test_a_broken_run_tells_nothing(store: Store, small: Spec, file: str) -> None:
    finished(store, small, 8.0)
    (store.run(signature(small)) / file).write_text("{")
    assert estimate_seconds([small], speeds(store)) is None


def test_an_average_that_nobody_takes_is_remarked_on(small: Spec) -> None:
    unused = changed(small, optimizer=Adam(average=0.99))
    assert remarks(unused) == [
        "optimizer.average=0.99: is not used with keep=last; keep=average makes it the final picture"
    ]
    assert remarks(small) == [] == remarks(changed(unused, keep="average"))


def test_a_scale_beyond_the_file_is_told(make_spec: Callable[..., Spec]) -> None:
    """ihc is 512 x 512, chelsea 451 x 300."""
    spec = make_spec(size=256)
    (target,) = spec.terms[1].targets

    def told(*scales: float | None) -> list[str]:
        targets = tuple(Target(target.picture, 1 / len(scales), scale) for scale in scales)
        return remarks(replace(spec, terms=(spec.terms[0], replace(spec.terms[1], targets=targets))))

    said = "ihc.png is 512 x 512; scale 3 at size=256 asks for 768, its shorter side stays 512"
    assert told(3) == [f"style: {said}"] and told(1.5, 3) == [f"style[2]: {said}"]
    assert told(None) == told(2) == told(0.5) == []
    large = replace(spec, scales=(replace(spec.scales[0], size=600),))
    assert remarks(large)[1] == "style: ihc.png is 512 x 512; enlarged to size=600"


def test_a_file_of_several_frames_is_said(make_spec: Callable[..., Spec], tmp_path: Path) -> None:
    path = tmp_path / "clip.gif"
    frames = [Image.new("RGB", (80, 80), (number, 0, 0)) for number in (0, 99)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert remarks(make_spec(style=PictureFile(str(path), file_hash(path))))[0] == (
        "style: clip.gif has 2 frames; the first is taken"
    )
