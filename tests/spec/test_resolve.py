"""From a configuration to a spec: names become files, `auto` a decision, the irrelevant nothing, nonsense an error."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nst.errors import UserError
from nst.pictures.find import file_hash
from nst.spec.check import check_keys
from nst.spec.records import Blend, PictureFile, Spec
from nst.spec.resolve import resolve
from nst.spec.schema import BlendConfig, Config
from nst.spec.signature import signature

MakeConfig = Callable[..., Config]


def paint(path: Path, size: tuple[int, int] = (80, 60), colour: tuple[int, int, int] = (200, 90, 30)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def test_the_whole_spec(config: MakeConfig, make_spec: Callable[..., Spec]) -> None:
    assert resolve(config(style="ihc")) == make_spec()


def test_pictures_are_files_with_the_hash_of_their_bytes(config: MakeConfig, tmp_path: Path) -> None:
    mine = paint(tmp_path / "mine.png")
    spec = resolve(config(content="mine", picture_dirs=[str(tmp_path)], style=str(mine)))
    assert spec.pictures["content"] == spec.pictures["style"] == PictureFile(str(mine), file_hash(mine))


def test_a_name_means_what_pictures_says(config: MakeConfig) -> None:
    assert resolve(config(content="wally", pictures={"wally": "chelsea"})) == resolve(config(content="chelsea"))


def test_a_picture_that_is_edited_is_another(config: MakeConfig, tmp_path: Path) -> None:
    mine = paint(tmp_path / "mine.png")
    before = resolve(config(content=str(mine)))
    paint(mine, colour=(1, 2, 3))
    os.utime(mine, ns=(1, 1))
    assert signature(resolve(config(content=str(mine)))) != signature(before)


@pytest.mark.parametrize("spelling", ["conv_1-3", ["conv_3", "conv_1", "conv_2"], "conv2_1+conv1_1-2"])
def test_equal_placements_are_equal_specs(config: MakeConfig, spelling: Any) -> None:
    spec = resolve(config(style_layers=spelling))
    assert spec == resolve(config(style_layers="conv_1+conv_2+conv_3"))
    assert spec.terms[1].layers == ("conv_1", "conv_2", "conv_3")


def test_layer_weights_belong_to_layers_not_to_places(config: MakeConfig) -> None:
    one = resolve(config(style_layers=["conv_5", "conv_1"], style_layer_weights=[2, 1]))
    assert one == resolve(config(style_layers="conv_1+conv_5", style_layer_weights=[1.0, 2.0]))
    assert one.terms[1].layer_weights == (1.0, 2.0)
    assert resolve(config(content_layer_weights=[1])) == resolve(config())


@pytest.mark.parametrize(("alias", "init"), [("noise", "uniform"), ("uniform", "uniform"), ("gaussian", "gaussian")])
def test_noise_is_uniform(config: MakeConfig, alias: str, init: str) -> None:
    assert resolve(config(init=alias)).start.kind == init


def test_weight_zero_makes_the_rest_of_a_loss_irrelevant(config: MakeConfig) -> None:
    spec = resolve(config(style_weight=0, init="noise"))
    assert spec.term("style") is None and "style" not in spec.pictures
    others = (
        config(style_weight=0, init="noise", style="no such picture"),
        config(style_weight=0, init="noise", style_layers="conv_7-8", style_layer_weights=[1, 2]),
        config(style_layers="none", init="noise"),
    )
    assert {resolve(other) for other in others} == {spec}


def test_and_so_for_content(config: MakeConfig) -> None:
    spec = resolve(config(content_weight=0, init="noise"))
    assert spec.term("content") is None and "content" not in spec.pictures
    broken_blend = BlendConfig(source="no such picture", target="nor this")
    for change in ({"content": "no such picture"}, {"content_layers": "conv_16"}, {"blend": broken_blend}):
        assert resolve(config(content_weight=0, init="noise", **change)) == spec
    assert resolve(config(content_layers="none", init="noise")) == spec


def test_a_picture_that_is_the_start_is_relevant(config: MakeConfig, chelsea: PictureFile, ihc: PictureFile) -> None:
    texture = resolve(config(content_weight=0))
    assert texture.start.kind == "content" and texture.pictures["content"] == chelsea
    reconstruction = resolve(config(style="ihc", style_weight=0, init="style"))
    assert reconstruction.pictures["style"] == ihc and reconstruction.term("style") is None


def test_unknown_layers_are_refused_even_where_they_are_irrelevant(config: MakeConfig) -> None:
    with pytest.raises(UserError, match="^style_layers: unknown layer 'conv_17'"):
        resolve(config(style_weight=0, init="noise", style_layers="conv_17"))


def test_a_picture_to_start_from(config: MakeConfig, ihc: PictureFile) -> None:
    spec = resolve(config(init="ihc"))
    assert (spec.start.kind, spec.start.picture) == ("picture", ihc)


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ("contnet", "^init=contnet: unknown; did you mean 'content'"),
        ("gausian", "^init=gausian: unknown; did you mean 'gaussian'"),
        ("no-such", r"^init=no-such: no picture named .*\(init also takes content, noise, uniform, gaussian, style\)$"),
    ],
)
def test_an_unknown_start(config: MakeConfig, init: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolve(config(init=init))


def test_unknown_pictures_are_refused_with_their_key(config: MakeConfig, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="^content=chelsae: no picture named 'chelsae'.*did you mean 'chelsea'"):
        resolve(config(content="chelsae"))
    with pytest.raises(UserError, match=f"^style={tmp_path}: .* is a directory, not a picture"):
        resolve(config(style=str(tmp_path)))


@pytest.mark.parametrize("bytes_", [b"", b"\x89PNG\r\n\x1a\nnot a picture", b"plain text"])
def test_a_corrupt_picture_is_refused_before_anything_starts(config: MakeConfig, tmp_path: Path, bytes_: bytes) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(bytes_)
    for key in ("content", "style", "init"):
        with pytest.raises(UserError, match=f"^{key}={broken}: cannot read the picture") as refused:
            resolve(config(**{key: str(broken)}))
        assert "\n" not in str(refused.value)


def test_a_truncated_picture_is_refused(config: MakeConfig, tmp_path: Path, chelsea: PictureFile) -> None:
    whole = Path(chelsea.path).read_bytes()
    broken = tmp_path / "half.png"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="cannot read the picture"):
        resolve(config(content=str(broken)))


def test_a_panorama_may_be_too_small_for_the_deepest_layer(config: MakeConfig, tmp_path: Path) -> None:
    """At size 32 at most 4 x 32 x 32 pixels: 1600 x 25 shrinks to 512 x 8, and conv_10 needs 2 x 8."""
    paint(tmp_path / "wide.png", (1600, 25))
    changes: dict[str, Any] = {"content": str(tmp_path / "wide.png"), "size": 32}
    with pytest.raises(
        UserError, match="^content: 1600 x 25 pixels at size=32 gives a shorter side of 8, but conv_10 needs 16"
    ):
        resolve(config(**changes, content_layers="conv_10"))
    with pytest.raises(UserError, match="^style: 1600 x 25 pixels"):
        resolve(config(style=changes["content"], size=32, style_layers="conv_10"))
    assert resolve(config(**changes, content_layers="conv_8")).layers[0] == "conv_8"


def test_targets_of_two_losses_are_never_mistaken(config: MakeConfig, chelsea: PictureFile, ihc: PictureFile) -> None:
    """The second picture of `a` is not that of `a_2`."""
    more = {"a": {"loss": "gram", "picture": ["ihc", "ihc"]}, "a_2": {"loss": "gram", "picture": "chelsea"}}
    spec = resolve(config(losses=more))
    assert [spec.pictures[name] for name in ("a", "a[2]", "a_2")] == [ihc, ihc, chelsea]


def test_a_loss_of_positions_needs_a_picture_of_the_results_shape(config: MakeConfig, tmp_path: Path) -> None:
    paint(tmp_path / "wide.png", (160, 60))
    more = {"a": {"loss": "mse", "picture": str(tmp_path / "wide.png")}}
    with pytest.raises(UserError, match=r"^losses\.a\.picture: mse needs a picture of the result's shape, .* not "):
        resolve(config(losses=more))
    assert len(resolve(config(losses={"a": {"loss": "mse", "picture": "chelsea"}})).terms) == 3


def test_blend(config: MakeConfig, chelsea: PictureFile, tmp_path: Path) -> None:
    target, mask = paint(tmp_path / "target.png", (500, 400)), paint(tmp_path / "mask.png", (451, 300), (255,) * 3)
    settings = BlendConfig("chelsea", str(mask), str(target), [10, 20], "mixed")
    files = [PictureFile(str(path), file_hash(path)) for path in (mask, target)]
    assert resolve(config(blend=settings)).pictures["content"] == Blend(chelsea, files[0], files[1], (10, 20), "mixed")


@pytest.mark.parametrize("mask", [None, "ellipse"])
def test_a_blend_without_a_mask_is_an_ellipse(config: MakeConfig, tmp_path: Path, mask: str | None) -> None:
    source, target = paint(tmp_path / "source.png", (24, 24)), paint(tmp_path / "target.png", (80, 60))
    content = resolve(config(blend=BlendConfig(str(source), mask, str(target)))).pictures["content"]
    assert isinstance(content, Blend) and content.mask is None and content.offset == (0, 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (BlendConfig(source="chelsea"), "^blend: needs both blend.source and blend.target"),
        (BlendConfig(source="chelsea", target="coffee", offset=[1]), r"^blend.offset=\[1\]: must be \[x,y\]"),
        (BlendConfig(source="nowhere", target="coffee"), "^blend.source=nowhere: no picture named"),
        (BlendConfig(source="chelsea", target="nowhere"), "^blend.target=nowhere: no picture named"),
        (BlendConfig(source="chelsea", target="coffee", mask="nowhere"), "^blend.mask=nowhere: no picture named"),
        (BlendConfig(source="chelsea", target="coffee", mode="mxied"), "^blend: .*mxied.*mixed"),
        (BlendConfig(source="chelsea", target="coffee", offset=[5000, 0]), "^blend: "),
    ],
)
def test_a_blend_that_cannot_be(config: MakeConfig, settings: BlendConfig, message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolve(config(blend=settings))


@pytest.mark.parametrize(("given", "expected"), [("as_is", None), ("luminance", "luminance")])
def test_colours(config: MakeConfig, given: str, expected: str | None) -> None:
    assert resolve(config(colours=given)).colours == expected


def test_auto_is_decided(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.hardware.device._cpu_flags", lambda: frozenset({"amx_bf16"}))
    changes = {"precision": "auto", "threads": "auto", "trace_every": "auto"}
    spec = resolve(config(**changes))
    assert (spec.precision, spec.runtime.device, spec.runtime.trace_every) == ("bf16", "cpu", 1)
    assert spec.runtime.threads == len(os.sched_getaffinity(0))
    assert resolve(config(**changes, style_weight=0, init="noise")).precision == "fp32"


@pytest.mark.parametrize(("weight", "expected"), [(1, "bf16"), (0, "fp32")])
def test_styles_by_region_make_a_transfer(
    config: MakeConfig, monkeypatch: pytest.MonkeyPatch, weight: int, expected: str
) -> None:
    monkeypatch.setattr("nst.hardware.device._cpu_flags", lambda: frozenset({"amx_bf16"}))
    found = resolve(config(precision="auto", guides=[{"mask": "left"}], content_weight=weight, init="noise"))
    assert [term.name for term in found.terms][-1:] == ["guide_1"] and found.precision == expected


@pytest.mark.parametrize("value", ["often", 1.5, True, None])
def test_trace_every_is_auto_or_whole(config: MakeConfig, value: Any) -> None:
    with pytest.raises(UserError, match=f"^trace_every={value}: must be 'auto' or a whole number"):
        resolve(config(trace_every=value))


def test_a_trace_on_cuda_is_sparse(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.spec.resolve.pick_device", lambda name: "cuda:0")
    assert resolve(config(device="cuda")).runtime.trace_every == 10
    assert resolve(config(device="cuda", trace_every=3)).runtime.trace_every == 3


def test_the_rules_of_check_apply(config: MakeConfig) -> None:
    with pytest.raises(UserError, match="^content_weight=-1.0: "):
        resolve(config(content_weight=-1))
    with pytest.raises(UserError, match="both 0"):
        resolve(config(content_weight=0, style_layers="none", init="noise"))
    with pytest.raises(UserError, match="^content loss alone from the content picture"):
        resolve(config(style_weight=0))


def test_where_results_go_is_not_what_they_are(config: MakeConfig) -> None:
    changes = {"runs_dir": "/elsewhere", "name": "mine", "output": "x.png", "plan": True, "rerun": "all"}
    assert resolve(config(**changes, report={"rows": "init"})) == resolve(config())


def test_unknown_keys() -> None:
    check_keys(["size"], ["size", "steps"])
    with pytest.raises(UserError, match="^unknown key 'blend.sauce'; did you mean 'source'"):
        check_keys(["sauce"], ["source", "target"], "blend.")
