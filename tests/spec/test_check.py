"""Every rule that a spec must obey, each with the key and the reason in its message."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nst.errors import UserError
from nst.spec.check import LARGEST, SMALLEST, check_choice, term_key
from nst.spec.records import Adam, Blend, Lbfgs, PictureFile, Preconditioner, Spec

MakeSpec = Callable[..., Spec]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("key", ["content_weight", "style_weight", "tv_weight"])
@pytest.mark.parametrize("number", [-1.0, -1e-9, NAN, INF, -INF])
def test_a_weight_is_finite_and_not_negative(make_spec: MakeSpec, key: str, number: float) -> None:
    with pytest.raises(UserError, match=f"^{key}={number}: must be a finite number, 0 or more$"):
        make_spec(**{key: number})


@pytest.mark.parametrize("number", [-1.0, NAN, INF])
def test_so_is_a_weight_of_a_layer(make_spec: MakeSpec, number: float) -> None:
    with pytest.raises(UserError, match=f"^style_layer_weights={number}: must be a finite number"):
        make_spec(style_layer_weights=(1.0, 1.0, 1.0, 1.0, number))
    with pytest.raises(UserError, match=f"^content_layer_weights={number}: must be a finite number"):
        make_spec(content_layer_weights=(number,))


def test_one_layer_of_a_loss_must_count(make_spec: MakeSpec) -> None:
    spec = make_spec(style_layer_weights=(0.0, 0.0, 1.0, 0.0, 0.0))
    assert spec.terms[1].layer_weights[2] == 1
    with pytest.raises(UserError, match="^content_layer_weights: all are 0"):
        make_spec(content_layer_weights=(0.0,))


def test_no_loss_at_all_is_nothing_to_optimise(make_spec: MakeSpec) -> None:
    with pytest.raises(UserError, match="^content_weight and style_weight are both 0 .*: nothing to optimise$"):
        make_spec(content_weight=0.0, style_weight=0.0)
    with pytest.raises(UserError, match="both 0"):
        make_spec(content_weight=0.0, style_weight=0.0, tv_weight=1.0)


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("init", "contnet", "did you mean 'content'"),
        ("keep", "lst", "did you mean 'last'"),
        ("pooling", "mex", "did you mean 'max'"),
        ("pooling", "average", "choose from max, avg, l2|did you mean 'avg'"),
        ("colours", "luminence", "did you mean 'luminance'"),
        ("colours", "keep", "choose from as_is, luminance, match, match_cholesky, match_pca"),
        ("precision", "fp16", "did you mean 'fp"),
        ("precision", "auto", "choose from fp32, fp32_winograd, bf16, fp64"),
    ],
)
def test_choices(make_spec: MakeSpec, key: str, value: str, answer: str) -> None:
    with pytest.raises(UserError, match=f"^{key}={value}: unknown; ({answer})"):
        make_spec(**{key: value})


@pytest.mark.parametrize("number", [0.0, -1.0, INF, NAN])
def test_a_scale_of_poolings_is_a_number_above_0(make_spec: MakeSpec, number: float) -> None:
    with pytest.raises(UserError, match="^pooling_scale=.*: must be a number above 0$"):
        replace(make_spec(), network=replace(make_spec().network, pooling_scale=number))


def test_choices_of_later_parts(make_spec: MakeSpec) -> None:
    with pytest.raises(UserError, match="^padding=replicat: unknown; did you mean 'replicate'"):
        replace(make_spec(), network=replace(make_spec().network, padding="replicat"))
    with pytest.raises(UserError, match="^balance=totals: unknown; did you mean 'total'"):
        replace(make_spec(), balance="totals")


def test_check_choice_lets_every_choice_through() -> None:
    for choice in ("max", "avg"):
        check_choice("pooling", choice, ("max", "avg"))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("steps", 0, "must be 1 or more evaluations"),
        ("seed", -1, r"must be from 0 to 2\*\*63 - 1"),
        ("seed", 2**63, r"must be from 0 to 2\*\*63 - 1"),
        ("repeat", -1, "must be 0 or more"),
        ("frames_every", -1, "must be 0 or more"),
        ("checkpoint_every", -1, "must be 0 or more"),
        ("trace_every", -1, "must be 0 or more"),
    ],
)
def test_counts(make_spec: MakeSpec, key: str, value: int, reason: str) -> None:
    with pytest.raises(UserError, match=f"^{key}={value}: {reason}$"):
        make_spec(**{key: value})


def test_the_largest_seed_and_the_smallest_counts_are_allowed(make_spec: MakeSpec) -> None:
    spec = make_spec(seed=2**63 - 1, steps=1, repeat=0, trace_every=0)
    assert spec.start.seed == 2**63 - 1


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (Lbfgs(lr=0.0), "lr=0.0: must be a finite number above 0"),
        (Lbfgs(lr=-1.0), "lr=-1.0: must be a finite number above 0"),
        (Adam(lr=NAN), "lr=nan: must be a finite number above 0"),
        (Adam(lr=INF), "lr=inf: must be a finite number above 0"),
        (Lbfgs(clamp="projcted"), "clamp=projcted: unknown; did you mean 'projected'"),
        (Lbfgs(history_dtype="fp16"), "history_dtype=fp16: unknown; did you mean '(fp32|bf16)'"),
        (Lbfgs(history=0), "history=0: must be 1 or more"),
        (Lbfgs(preconditioner=Preconditioner("fourir")), "preconditioner.kind=fourir: unknown; did you mean 'fourier'"),
        (
            Lbfgs(preconditioner=Preconditioner("pyramids")),
            "preconditioner.kind=pyramids: unknown; did you mean 'pyramid'",
        ),
        (Lbfgs(preconditioner=Preconditioner("fourier", -1)), "preconditioner.exponent=-1: must be from 0 to 4"),
        (Lbfgs(preconditioner=Preconditioner("fourier", 4.5)), "preconditioner.exponent=4.5: must be from 0 to 4"),
        (Lbfgs(preconditioner=Preconditioner("fourier", NAN)), "preconditioner.exponent=nan: must be from 0 to 4"),
        (Lbfgs(tolerance_grad=-1e-7), "tolerance_grad=-1e-07: must be a finite number, 0 or more"),
        (Lbfgs(max_step=-1.0), "max_step=-1.0: must be a finite number, 0 or more"),
        (Lbfgs(tolerance_change=NAN), "tolerance_change=nan: must be a finite number, 0 or more"),
        (Adam(beta1=1.0), "beta1=1.0: must be from 0 to below 1"),
        (Adam(beta2=-0.1), "beta2=-0.1: must be from 0 to below 1"),
        (Adam(beta2=NAN), "beta2=nan: must be from 0 to below 1"),
        (Adam(average=1.0), r"average=1.0: must be from 0 \(off\) to below 1"),
        (Adam(average=-0.5), r"average=-0.5: must be from 0 \(off\) to below 1"),
    ],
)
def test_optimizer_settings(make_spec: MakeSpec, optimizer: Lbfgs | Adam, message: str) -> None:
    with pytest.raises(UserError, match=rf"^optimizer\.{message}"):
        make_spec(optimizer=optimizer)


@pytest.mark.parametrize("optimizer", [Lbfgs(), Adam()])
def test_an_average_needs_an_optimizer_that_makes_one(make_spec: MakeSpec, optimizer: Lbfgs | Adam) -> None:
    with pytest.raises(UserError, match="^keep=average: needs optimizer=adam with optimizer.average"):
        make_spec(optimizer=optimizer, keep="average")
    assert make_spec(optimizer=Adam(average=0.5), keep="average").keep == "average"


@pytest.mark.parametrize("kind", ["luminance", "match", "match_cholesky", "match_pca"])
def test_colours_are_taken_from_a_content(
    make_spec: MakeSpec, style_only: dict[str, Any], chelsea: PictureFile, kind: str
) -> None:
    with pytest.raises(UserError, match=f"^colours={kind}: takes the colours of a content picture, .*use init=content"):
        make_spec(**style_only, colours=kind)
    assert make_spec(**style_only, colours="as_is").colours == "as_is"
    from_content = {**style_only, "init": "content", "content": chelsea}
    assert make_spec(**from_content, colours=kind).pictures.keys() == {"style", "content"}


def test_colours_are_matched_to_a_style(make_spec: MakeSpec, content_only: dict[str, Any], ihc: PictureFile) -> None:
    assert make_spec(**content_only, colours="luminance").colours == "luminance"
    with pytest.raises(UserError, match="^colours=match: there is no style picture to match; use colours=as_is"):
        make_spec(**content_only, colours="match")
    from_style = {**content_only, "init": "style", "style": ihc}
    assert make_spec(**from_style, colours="match").start.kind == "style"


@pytest.mark.parametrize("size", [SMALLEST - 1, LARGEST + 1, 0, -5])
def test_the_size_has_bounds(make_spec: MakeSpec, size: int) -> None:
    with pytest.raises(UserError, match=f"^size={size}: the shorter side must be 16 to 16384 pixels$"):
        make_spec(size=size)


@pytest.mark.parametrize(("layer", "needed"), [("conv_13", 32), ("relu_16", 32)])
def test_the_deepest_feature_map_is_at_least_2_by_2(make_spec: MakeSpec, layer: str, needed: int) -> None:
    """Block 5 sees the picture at 1/16, so two positions take 32 pixels; block 4 is served by the smallest size."""
    make_spec(size=needed, content_layers=(layer,))
    make_spec(size=SMALLEST, content_layers=("conv_12",))
    with pytest.raises(UserError, match=f"^size={needed - 1}: too small for .* at 1/16; use size={needed} or more"):
        make_spec(size=needed - 1, content_layers=(layer,))


def test_content_loss_alone_from_the_content_picture_does_not_move(
    make_spec: MakeSpec, content_only: dict[str, Any], chelsea: PictureFile, ihc: PictureFile
) -> None:
    reason = "^content loss alone from the content picture: the loss is 0 and has no gradient"
    with pytest.raises(UserError, match=reason):
        make_spec(**{**content_only, "init": "content"})
    with pytest.raises(UserError, match=reason):
        make_spec(**{**content_only, "init": "picture", "init_picture": chelsea})
    with pytest.raises(UserError, match=reason):
        make_spec(**{**content_only, "init": "picture", "init_picture": replace(chelsea, path="/a/copy.png")})
    with pytest.raises(UserError, match=reason):
        make_spec(**{**content_only, "init": "style", "style": chelsea})
    assert make_spec(**{**content_only, "init": "picture", "init_picture": ihc}).start.picture == ihc


def test_nor_does_a_blend_from_itself(
    make_spec: MakeSpec, content_only: dict[str, Any], chelsea: PictureFile, ihc: PictureFile
) -> None:
    blend = Blend(chelsea, None, ihc, (0, 0), "poisson")
    with pytest.raises(UserError, match="^content loss alone from the content picture"):
        make_spec(**{**content_only, "init": "content", "content": blend})


def test_style_loss_alone_from_the_style_picture_does_not_move(
    make_spec: MakeSpec, style_only: dict[str, Any], chelsea: PictureFile, ihc: PictureFile
) -> None:
    reason = "^style loss alone from the style picture: the loss is 0 and has no gradient"
    with pytest.raises(UserError, match=reason):
        make_spec(**{**style_only, "init": "style"})
    with pytest.raises(UserError, match=reason):
        make_spec(**{**style_only, "init": "picture", "init_picture": ihc})
    with pytest.raises(UserError, match=reason):
        make_spec(**{**style_only, "init": "content", "content": ihc})
    assert make_spec(**{**style_only, "init": "content", "content": chelsea}).pictures["content"] == chelsea


def test_total_variation_moves_any_picture(make_spec: MakeSpec, content_only: dict[str, Any]) -> None:
    assert make_spec(**{**content_only, "init": "content", "tv_weight": 1.0}).terms[1].weight == 1


def test_a_loss_that_changes_is_refused_for_lbfgs(make_spec: MakeSpec) -> None:
    """Fresh directions at each evaluation; Adam takes them, and L-BFGS takes fixed ones."""
    spec = make_spec()
    for name, key in (("style", "style_settings.resample"), ("deep", "losses.deep.settings.resample")):
        fresh, fixed = (replace(spec.terms[1], name=name, settings=(("resample", value),)) for value in (True, False))
        with pytest.raises(UserError, match=f"^{key}=true: L-BFGS needs the same loss at each .*; use optimizer=adam$"):
            replace(spec, terms=(fresh,))
        replace(spec, terms=(fresh,), optimizer=Adam())
        replace(spec, terms=(fixed,))


def test_a_transfer_may_start_anywhere(make_spec: MakeSpec, chelsea: PictureFile) -> None:
    for init, picture in (("content", None), ("style", None), ("picture", chelsea), ("gaussian", None)):
        assert make_spec(init=init, init_picture=picture).start.kind == init


def test_the_keys_of_terms() -> None:
    """A guide has those of the style."""
    names = ("content", "tv", "guide_2", "deep")
    assert [term_key(name, "loss") for name in names] == ["content_loss", "tv_loss", "style_loss", "losses.deep.loss"]
