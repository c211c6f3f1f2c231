import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir

from nst import losses
from nst.errors import UserError
from nst.report.read.layout import Layout, layout
from nst.spec import resolve
from nst.spec.schema import REPORT_KEYS, BlendConfig, Config, config_from, register
from nst.spec.signature import signature
from nst.store.files.names import PLAN
from nst.store.plan import read_plan, write_plan
from nst.store.store import Store
from nst.sweep.files import data_folder
from nst.sweep.hydra.compose import compose_runs, expand, swept
from nst.sweep.plan import Value, label, make_plan, plain_values

from .command import TINY, new_process


@pytest.fixture
def hydra() -> Iterator[None]:
    """Hydra with the configs of this project, outside its main."""
    with new_process():
        register()
        with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
            yield


def test_the_first_key_is_the_slowest() -> None:
    assert expand(["seed=0,1", "size=64", "steps=3,4"]) == [
        ["seed=0", "size=64", "steps=3"],
        ["seed=0", "size=64", "steps=4"],
        ["seed=1", "size=64", "steps=3"],
        ["seed=1", "size=64", "steps=4"],
    ]


def test_what_is_swept_over() -> None:
    assert swept(["seed=range(3)", "size=64", "content_layers=[conv_1,conv_2]", "style_weight=1e6,8e5"]) == [
        "seed",
        "style_weight",
    ]


def test_the_last_word_on_a_key_counts() -> None:
    assert swept(["size=512,1024", "seed=0,1", "size=64"]) == ["seed"]
    assert swept(["size=512,1024", "seed=0,1", "size=64,96"]) == ["size", "seed"]
    assert expand(["size=512,1024", "size=64,96"]) == [["size=64"], ["size=96"]]


@pytest.mark.parametrize(
    "overrides",
    [
        ["content_layers=conv_1,conv_3+conv_4,[conv_1,conv_2]", "steps=5"],
        ["optimizer=lbfgs,adam", "seed=0,1"],
        ["optimizer.lr=0.5,1", "style_weight=0,1e6", "init=noise"],
        ["preset=writeup,gatys", "size=64,96"],
        ["pair={content:chelsea,style:coffee},{content:rocket,style:ihc}", "content=${pair.content}", "seed=1"],
        ["pictures.wally=coffee,rocket", "content=wally"],
        ["picture_dirs=[a,b],[c]", "blend.offset=[1,2],[3,4]"],
    ],
)
def test_the_short_cut_composes_what_hydra_does(hydra: None, overrides: list[str]) -> None:
    composed = compose_runs(overrides)
    assert [run.config for run in composed] == [
        config_from(compose("config", overrides=job)) for job in expand(overrides)
    ]
    assert len(composed) > 1


def test_a_wrong_run_is_named(hydra: None) -> None:
    with pytest.raises(
        UserError, match=r"^content_layers: unknown layer 'conv_17'.*in the run with content_layers=conv_17"
    ):
        compose_runs([*TINY, "content_layers=conv_1,conv_17"])
    with pytest.raises(UserError, match=r"too small for conv_16.*in the run with size=17 style_layers=conv_16"):
        compose_runs([*TINY, "style_layers=conv_1,conv_16", "size=17,64"])
    with pytest.raises(UserError, match=r"^seed=a: must be a whole number \(in the run with seed=a\)"):
        compose_runs([*TINY, "seed=1,a"])


def test_a_plan_says_what_varies_and_what_does_not(hydra: None) -> None:
    overrides = [*TINY, "seed=0,1", "init=noise,content"]
    composed = compose_runs(overrides)
    plan = make_plan(
        Store(Path("nowhere")),
        composed,
        overrides,
        name="mine",
        sweep=None,
        command="nst",
    )
    assert plan.varied == ("seed", "init")
    assert [job.label for job in plan.runs] == ["seed 0, noise", "seed 0, content", "seed 1, noise", "seed 1, content"]
    assert plan.runs[2].values == {"seed": 1, "init": "noise"}
    assert plan.runs[2].overrides == ("seed=1", "init=noise")
    assert [job.signature for job in plan.runs] == [signature(run.spec) for run in composed]
    assert (plan.constants["size"], plan.constants["content"], plan.constants["steps"]) == (32, "chelsea", 2)
    assert not {"seed", "init"} & set(plan.constants)
    assert set(plan.report) == set(REPORT_KEYS) and layout(plan.report) == Layout()


def test_threads_that_vary_are_an_axis_and_signed(hydra: None) -> None:
    overrides = [*TINY, "threads=1,2", "repeat=0,1"]
    composed = compose_runs(overrides)
    plan = make_plan(Store(Path("nowhere")), composed, overrides, name="mine", sweep=None, command="")
    assert (plan.varied, plan.is_timed) == (("threads", "repeat"), True)
    assert [run.label for run in plan.runs[::3]] == ["threads 1, repeat 0", "threads 2, repeat 1"]
    assert len({run.signature for run in plan.runs}) == 4
    assert [(run.spec.timed_threads, run.spec.runtime.threads, run.spec.timed_device) for run in composed] == [
        *[(1, 1, None)] * 2,
        *[(2, 2, None)] * 2,
    ]


@pytest.mark.parametrize("given", [["threads=1", "seed=0,1"], ["threads=auto", "seed=0,1"], ["threads=2", "seed=0,1"]])
def test_threads_that_do_not_vary_are_neither(hydra: None, given: list[str]) -> None:
    plain = [signature(run.spec) for run in compose_runs([*TINY, "seed=0,1"])]
    overrides = [*TINY, *given]
    composed = compose_runs(overrides)
    plan = make_plan(Store(Path("nowhere")), composed, overrides, name="mine", sweep=None, command="")
    assert [run.signature for run in plan.runs] == plain and (plan.varied, plan.is_timed) == (("seed",), False)


def test_a_single_run_may_sign_its_threads(hydra: None) -> None:
    both = {signature(run.spec) for run in compose_runs([*TINY, "threads=1,2"])}
    alone = [signature(compose_runs([*TINY, f"threads={n}", "signed=threads"])[0].spec) for n in (1, 2)]
    assert set(alone) == both and len(both) == 2
    assert signature(compose_runs([*TINY, "signed=[threads,device]"])[0].spec) not in both
    with pytest.raises(UserError, match="^signed=thread: unknown; did you mean 'threads'"):
        compose_runs([*TINY, "signed=thread"])


def test_threads_vary_through_cases_too(hydra: None) -> None:
    overrides = [*TINY, "+pair={n:1},{n:2}", "threads=${pair.n}"]
    assert [run.spec.timed_threads for run in compose_runs(overrides)] == [1, 2]


def test_a_device_that_is_not_there_is_one_line(hydra: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nst.hardware.device.cuda_devices", lambda: 0)
    with pytest.raises(UserError) as error:
        compose_runs([*TINY, "device=cpu,cuda"])
    assert str(error.value) == (
        "device=cuda: this machine has 0 CUDA devices that PyTorch can use (in the run with device=cuda)"
    )


def test_devices_that_vary_are_an_axis_from_which_the_precision_follows(
    hydra: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolve, "pick_device", lambda name: name)
    monkeypatch.setattr(resolve, "pick_precision", lambda _, device, __: "fp32" if device == "cpu" else "bf16")
    overrides = [*TINY, "device=cpu,cuda"]
    plan = make_plan(Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="")
    assert (plan.varied, [run.label for run in plan.runs]) == (("device",), ["cpu", "cuda"])
    assert [run.precision for run in plan.runs] == ["fp32", "bf16"] and len({run.signature for run in plan.runs}) == 2


@pytest.mark.parametrize(
    ("overrides", "varied", "labels"),
    [
        (["style=[ihc,brick],coffee"], ("style",), ["ihc + brick", "coffee"]),
        (
            ["style=[ihc,brick]", "style_shares=[1,0],[0.5,0.5],[3,7]"],
            ("style_shares",),
            ["ihc", "0.5 ihc + 0.5 brick", "0.3 ihc + 0.7 brick"],
        ),
        (
            ["style=[ihc,brick],[ihc,coffee]", "style_shares=[7,3]"],
            ("style",),
            ["0.7 ihc + 0.3 brick", "0.7 ihc + 0.3 coffee"],
        ),
        (
            ["style=[ihc,brick],[ihc,coffee]", "style_shares=[1,1],[1,3]"],
            ("style", "style_shares"),
            ["ihc + brick", "0.25 ihc + 0.75 brick", "ihc + coffee", "0.25 ihc + 0.75 coffee"],
        ),
        (["style_scale=0.5,1"], ("style_scale",), ["style scale 0.5", "style scale 1"]),
    ],
)
def test_styles_are_axes(hydra: None, overrides: list[str], varied: tuple[str, ...], labels: list[str]) -> None:
    given = [*TINY, *overrides]
    plan = make_plan(Store(Path("nowhere")), compose_runs(given), given, name="mine", sweep=None, command="")
    assert (plan.varied, [run.label for run in plan.runs]) == (varied, labels)


def test_whole_numbers_are_labelled_whole(hydra: None) -> None:
    given = [*TINY, "init=noise", "seed=20261126,20261127"]
    plan = make_plan(Store(Path("nowhere")), compose_runs(given), given, name="mine", sweep=None, command="")
    assert [run.label for run in plan.runs] == ["seed 20261126", "seed 20261127"]


def test_plans_are_kept(hydra: None, store: Store) -> None:
    overrides = [*TINY, "style_weight=1e6,8e5"]
    plan = make_plan(
        Store(Path("nowhere")),
        compose_runs(overrides),
        overrides,
        name="mine",
        sweep="ratios",
        command="nst é",
    )
    write_plan(store, plan)
    assert read_plan(store, "mine") == plan
    raw = json.loads((store.sweep("mine") / PLAN).read_text())
    assert raw["version"] == 2 and [job["seen"] for job in raw["jobs"]] == [0, 0]


@pytest.mark.parametrize(
    ("swept_key", "labels"),
    [
        ("++losses.a.picture=ihc,coffee", ["ihc", "coffee"]),
        ("++losses.a.picture=[ihc,coffee],coffee", ["ihc+coffee", "coffee"]),
        ("++losses.a.weight=1,2", ["losses.a.weight 1", "losses.a.weight 2"]),
    ],
)
def test_keys_of_further_losses_are_axes(hydra: None, swept_key: str, labels: list[str]) -> None:
    overrides = [*TINY, "++losses.a.loss=gram", swept_key]
    plan = make_plan(Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="")
    assert plan.varied == (swept_key.lstrip("+").partition("=")[0],)
    assert [run.label for run in plan.runs] == labels


def test_a_style_that_only_a_further_loss_takes_is_an_axis(hydra: None) -> None:
    overrides = [*TINY, "style=ihc,coffee", "style_weight=0", "++losses.a.loss=gram"]
    plan = make_plan(Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="")
    assert (plan.varied, [run.label for run in plan.runs]) == (("style",), ["ihc", "coffee"])


@pytest.mark.parametrize(
    ("swept_key", "more", "labels"),
    [
        ("colours=as_is,match_pca", [], ["as_is", "match_pca"]),
        ("optimizer.average=null,0.9", ["optimizer=adam"], ["average none", "average 0.9"]),
        ("keep=last,average", ["optimizer=adam", "optimizer.average=0.9"], ["last", "average"]),
    ],
)
def test_colours_and_averages_are_axes(hydra: None, swept_key: str, more: list[str], labels: list[str]) -> None:
    overrides = [*TINY, *more, swept_key]
    plan = make_plan(Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="")
    assert plan.varied == (swept_key.partition("=")[0],) and [run.label for run in plan.runs] == labels


def values(config: Config) -> dict[str, Value]:
    return plain_values(config, resolve.resolve(config))


def test_says_what_a_run_is(config: Callable[..., Config]) -> None:
    found = values(config(style_layers=["conv_2", "conv_1"], seed=3))
    assert (found["content"], found["style"]) == ("chelsea", "nocturne")
    assert (found["content_layers"], found["style_layers"]) == ("conv_4", "conv_1-2")
    assert (found["size"], found["seed"], found["steps"], found["precision"]) == (64, 3, 3, "fp32")
    assert (found["optimizer"], found["style_weight"]) == ("lbfgs", 1e6)


def test_settings_of_the_network_and_balance_are_told(config: Callable[..., Config]) -> None:
    found = values(config(pooling="l2", pooling_scale=0.78, padding="replicate", balance="total"))
    keys = ("pooling", "pooling_scale", "padding", "normalise", "balance")
    assert [found[key] for key in keys] == ["l2", 0.78, "replicate", False, "total"]
    assert label(found, keys) == "l2, pooling scale 0.78, replicate, normalise no, balance total"
    plain = values(config())
    assert [plain[key] for key in keys] == ["max", None, "zeros", False, "none"]


def test_scales_are_told_where_they_play_a_part(config: Callable[..., Config]) -> None:
    """L-BFGS has no moments to carry, and one scale has no other."""
    keys = ("scales.from", "scales.factor", "scales.steps", "scales.carry")

    def told(**changes: Any) -> tuple[Value, ...]:
        found = values(config(size=64, steps=3, **changes))
        return tuple(found[key] for key in keys)

    adam = {"name": "adam"}
    assert told(optimizer=adam) == told(optimizer=adam, scales={"from": 64}) == (None, None, None, None)
    assert told(scales={"from": 32}) == (32, 1.4142, 3, None)
    assert told(scales={"from": 32, "steps": 5, "factor": 2, "carry": False}, optimizer=adam) == (32, 2, 5, False)


def test_a_preconditioner_is_an_axis(hydra: None, store: Store) -> None:
    """Without one, neither of its keys is recorded."""
    keys = ("optimizer.preconditioner.kind", "optimizer.preconditioner.exponent")
    overrides = ["size=64", "steps=3", f"{keys[0]}=none,fourier"]
    plan = make_plan(store, compose_runs(overrides), overrides, name="s", sweep=None, command="")
    assert plan.varied == keys[:1]
    assert [run.label for run in plan.runs] == ["preconditioner.kind none", "fourier"]
    assert [run.values[keys[0]] for run in plan.runs] == [None, "fourier"]
    overrides = ["size=64", "steps=3", f"{keys[0]}=fourier", f"{keys[1]}=0.5,1"]
    plan = make_plan(store, compose_runs(overrides), overrides, name="s", sweep=None, command="")
    assert plan.varied == keys[1:] and plan.constants[keys[0]] == "fourier"
    assert [run.values[keys[1]] for run in plan.runs] == [0.5, 1.0]
    overrides = ["size=64,65", "steps=3", "optimizer=lbfgs_plain"]
    plan = make_plan(store, compose_runs(overrides), overrides, name="s", sweep=None, command="")
    assert not plan.constants.keys() & {*keys}


def test_scales_are_axes(hydra: None, store: Store) -> None:
    """What follows from the size to begin at is none."""
    overrides = ["size=64", "scales.from=null,32,45", "steps=3"]
    plan = make_plan(store, compose_runs(overrides), overrides, name="s", sweep=None, command="")
    assert plan.varied == ("scales.from",)
    assert [run.label for run in plan.runs] == ["scales.from none", "scales.from 32", "scales.from 45"]
    assert not any(key.startswith("scales.") for key in plan.constants)


def test_equal_placements_have_one_name(config: Callable[..., Config]) -> None:
    spellings: list[Any] = ["conv_1-3", "conv_1+conv_2+conv_3", ["conv1_1", "conv1_2", "conv2_1"]]
    assert {values(config(style_layers=layers))["style_layers"] for layers in spellings} == {"conv_1-3"}


def test_what_plays_no_part_is_none(config: Callable[..., Config]) -> None:
    texture = values(config(content_weight=0, init="noise"))
    assert (texture["content"], texture["content_layers"]) == (None, None)
    reconstruction = values(config(style_weight=0, init="noise", style="no such picture"))
    assert (reconstruction["style"], reconstruction["style_layers"]) == (None, None)


def test_a_path_is_called_by_its_file(config: Callable[..., Config], chelsea: Any) -> None:
    assert values(config(content=chelsea.path))["content"] == "chelsea"


def test_layer_weights_show_where_they_differ(config: Callable[..., Config]) -> None:
    assert values(config())["style_layer_weights"] is None
    found = values(config(style_layers="conv_1-2", style_layer_weights=[1, 0.5]))
    assert found["style_layer_weights"] == "1, 0.5"


def test_settings_of_the_optimizer_carry_its_name(config: Callable[..., Config]) -> None:
    found = values(config(optimizer={"name": "adam", "lr": 0.1}))
    assert (found["optimizer"], found["optimizer.lr"]) == ("adam", 0.1)


def test_pictures_of_a_further_loss_are_told_by_name(config: Callable[..., Config], chelsea: Any) -> None:
    def pictures(**more: Any) -> tuple[Value, Value]:
        found = values(config(losses={"a": {"loss": "gram", **more}}))
        return found["losses.a.picture"], found["losses.a.shares"]

    assert pictures(picture="coffee") == ("coffee", None)
    assert pictures(picture=chelsea.path) == ("chelsea", None)
    assert pictures(picture=["coffee", "ihc"]) == pictures(picture=["coffee", "ihc"], shares=[2, 2])
    assert pictures(picture=["coffee", "ihc"]) == ("coffee+ihc", None)
    assert pictures(picture=["coffee", "ihc"], shares=[1, 3]) == ("coffee+ihc", "0.25, 0.75")
    assert pictures(picture=["coffee", "ihc"], shares=[0, 3]) == ("ihc", None)
    assert pictures(picture="coffee", weight=0) == pictures() == (None, None)


def test_a_further_loss_of_the_result_alone_has_no_picture(config: Callable[..., Config]) -> None:
    found = values(config(losses={"smooth": {"loss": "tv", "picture": "coffee", "weight": 10}}))
    assert (found["losses.smooth.picture"], found["losses.smooth.weight"]) == (None, 10)


def test_the_style_of_a_further_loss_plays_a_part(config: Callable[..., Config]) -> None:
    def style(**more: Any) -> Value:
        return values(config(style_weight=0, init="noise", losses={"a": {"loss": "gram", **more}}))["style"]

    assert (style(), style(picture=None)) == ("nocturne", "nocturne")
    assert (style(picture="coffee"), style(weight=0), style(loss="tv")) == (None, None, None)


def test_settings_of_a_further_loss(config: Callable[..., Config], monkeypatch: pytest.MonkeyPatch) -> None:
    class Loss(losses.find("tv")):  # type: ignore[misc]
        @dataclass(frozen=True)
        class Settings:
            power: float = 2.0
            sides: tuple[int, ...] = (1, 2)

    monkeypatch.setitem(losses.PLUGINS.added, "rough", Loss)
    found = values(config(losses={"a": {"loss": "rough", "settings": {"power": 3.0}}}))
    assert (found["losses.a.settings.power"], found["losses.a.settings.sides"]) == (3.0, "1+2")


def test_a_blend_names_both_its_pictures(config: Callable[..., Config]) -> None:
    found = values(config(blend=BlendConfig(source="chelsea", target="coffee", offset=[60, 40])))
    assert (found["content"], found["blend.offset"], found["blend.mode"]) == ("chelsea in coffee", "60,40", "poisson")
    assert found["blend.mask"] == "ellipse"


@pytest.mark.parametrize(
    ("row", "keys", "words"),
    [
        ({"content_layers": "conv_3"}, ["content_layers"], "conv_3"),
        ({"init": "noise", "steps": 300}, ["init", "steps"], "noise, steps 300"),
        ({"style_weight": 1e6}, ["style_weight"], "style weight 1e+06"),
        ({"optimizer.lr": 0.02}, ["optimizer.lr"], "lr 0.02"),
        ({"seed": None}, ["seed"], "seed none"),
        ({"seed": 1}, [], ""),
    ],
)
def test_labels(row: dict[str, Value], keys: list[str], words: str) -> None:
    assert label(row, keys) == words
