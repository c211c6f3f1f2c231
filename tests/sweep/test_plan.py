import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from nst.errors import UserError
from nst.report.read.layout import Layout, layout
from nst.spec import resolve
from nst.spec.schema import REPORT_KEYS, config_from, register
from nst.spec.signature import signature
from nst.store.names import PLAN
from nst.store.plan import read_plan, write_plan
from nst.store.store import Store
from nst.sweep.compose import compose_runs, expand, swept
from nst.sweep.files import data_folder
from nst.sweep.plan import make_plan

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
        created="2026-01-01T00:00:00+00:00",
    )
    assert plan.varied == ("seed", "init")
    assert [job.label for job in plan.runs] == ["seed 0, noise", "seed 0, content", "seed 1, noise", "seed 1, content"]
    assert plan.runs[2].values == {"seed": 1, "init": "noise"}
    assert plan.runs[2].overrides == ("seed=1", "init=noise")
    assert [job.signature for job in plan.runs] == [signature(run.spec) for run in composed]
    assert (plan.constants["size"], plan.constants["content"], plan.constants["steps"]) == (32, "chelsea", 2)
    assert not {"seed", "init"} & set(plan.constants)
    assert set(plan.report) == set(REPORT_KEYS) and layout(plan.report) == Layout()


def test_where_runs_are_made_is_no_axis(hydra: None) -> None:
    overrides = [*TINY, "threads=1,2", "seed=0,1"]
    plan = make_plan(
        Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="", created=""
    )
    assert plan.varied == ("seed",)


def test_a_precision_that_follows_from_the_device_is_an_axis(hydra: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "pick_device", lambda name: name)
    monkeypatch.setattr(resolve, "pick_precision", lambda _, device, __: "fp32" if device == "cpu" else "bf16")
    overrides = [*TINY, "device=cpu,cuda"]
    plan = make_plan(
        Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="", created=""
    )
    assert (plan.varied, [run.label for run in plan.runs]) == (("precision",), ["fp32", "bf16"])


def test_plans_are_kept(hydra: None, store: Store) -> None:
    overrides = [*TINY, "style_weight=1e6,8e5"]
    plan = make_plan(
        Store(Path("nowhere")),
        compose_runs(overrides),
        overrides,
        name="mine",
        sweep="ratios",
        command="nst é",
        created="now",
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
    plan = make_plan(
        Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="", created=""
    )
    assert plan.varied == (swept_key.lstrip("+").partition("=")[0],)
    assert [run.label for run in plan.runs] == labels


def test_a_style_that_only_a_further_loss_takes_is_an_axis(hydra: None) -> None:
    overrides = [*TINY, "style=ihc,coffee", "style_weight=0", "++losses.a.loss=gram"]
    plan = make_plan(
        Store(Path("nowhere")), compose_runs(overrides), overrides, name="mine", sweep=None, command="", created=""
    )
    assert (plan.varied, [run.label for run in plan.runs]) == (("style",), ["ihc", "coffee"])
