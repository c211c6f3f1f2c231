"""`nst.run_sweep` makes what is missing and returns its frame; `nst.make_report` returns a page."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sweep.command import TINY, Command, Transfers

import nst as package
from nst.errors import JobError, UserError
from nst.spec.signature import signature

Keys = dict[str, Any]


def test_a_second_call_makes_what_is_missing(
    tiny: Keys, transfers: Transfers, no_report: None, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = package.run_sweep(**tiny, init="noise", seed=[0, 1], name="mine")
    assert transfers.seeds == [0, 1] and runs.attrs["name"] == "mine"
    assert list(runs["seed"]) == [0, 1] and list(runs["state"]) == ["done", "done"]
    assert "[2/2] seed 1  done in " in capsys.readouterr().err
    runs = package.run_sweep(**tiny, init="noise", seed=range(3), name="mine", progress=False)
    assert transfers.seeds == [2] and len(runs) == 3
    assert capsys.readouterr() == ("", "")
    assert package.load("mine").equals(runs)


def test_the_command_line_finds_it_under_the_same_name(
    nst: Command, tiny: Keys, transfers: Transfers, no_report: None
) -> None:
    package.run_sweep(**tiny, init="noise", style=["coffee", "ihc"])
    answer = nst("-m", *TINY, "init=noise", "style=coffee,ihc")
    assert answer.code == 0 and ": 2 runs, 2 done, nothing to do" in answer.lines[0]
    assert len(nst.sweeps()) == 1 and len(transfers.specs) == 2


def test_a_named_sweep(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    keys = {key: value for key, value in tiny.items() if "layers" not in key}
    runs = package.run_sweep("content_layers", profile="quick", **keys)
    assert list(runs["content_layers"]) == ["conv_1", "conv_3", "conv_5", "conv_7"]
    assert runs.attrs["name"].startswith("content_layers-quick")


def test_lists_of_lists_and_tuples(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    tiny |= {"style_layers": [["conv_1", "conv_3"], "conv_2"], "content_layers": ("conv_1", "conv_2")}
    runs = package.run_sweep(**tiny)
    assert list(runs["style_layers"]) == ["conv_1+conv_3", "conv_2"]
    assert {spec.terms[0].layers for spec in transfers.specs} == {("conv_1", "conv_2")}


def test_an_interruption_keeps_what_is_done(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    transfers.errors[1] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        package.run_sweep(**tiny, init="noise", seed=[0, 1, 2])
    assert transfers.seeds == [0, 1]
    transfers.errors.clear()
    assert list(package.run_sweep(**tiny, init="noise", seed=[0, 1, 2])["state"]) == ["done"] * 3
    assert transfers.seeds == [1, 2]


def test_a_callback_has_the_row_of_each_run_that_ends(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    package.run_sweep(**tiny, init="noise", seed=[0])
    transfers.errors[2] = JobError("went wrong")
    seen: list[Any] = []
    runs = package.run_sweep(**tiny, init="noise", seed=[0, 1, 2], callback=seen.append)
    assert [(row["seed"], row["state"]) for row in seen] == [(1, "done"), (2, "failed")]
    assert seen[1]["error"] == "went wrong"
    assert seen[0]["total_loss"] == runs["total_loss"][1] > 0 and seen[0]["image"] == runs["image"][1]
    assert set(seen[0].index) <= {*runs.columns} and seen[0]["size"] == 32


def test_a_callback_may_end_a_sweep(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    def stop(row: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        package.run_sweep(**tiny, init="noise", seed=[0, 1], callback=stop)
    assert transfers.seeds == [0]
    package.run_sweep(**tiny, init="noise", seed=[0, 1])
    assert transfers.seeds == [1]


def test_threads_vary_and_are_named(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    runs = package.run_sweep(**{**tiny, "threads": [1, 2]})
    assert list(runs["threads"]) == [1, 2] and list(runs["label"]) == ["threads 1", "threads 2"]
    assert [spec.runtime.threads for spec in transfers.specs] == [1, 2] and runs["signature"].nunique() == 2
    alone = package.make_spec(**{**tiny, "threads": 2, "signed": "threads"})
    assert signature(alone) == runs["signature"][1]


def test_a_failure_is_a_row(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    transfers.errors[0] = JobError("went wrong")
    runs = package.run_sweep(**tiny, init="noise", seed=[0, 1])
    assert list(runs["state"]) == ["failed", "done"] and runs["error"][0] == "went wrong"


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("sizs", {}, "sweep=sizs: no such sweep; did you mean 'sizes'?"),
        (None, {"optimizr": ["adam"]}, "unknown key 'optimizr'; did you mean 'optimizer'?"),
        (None, {"trace_every": [1, 2]}, "trace_every: takes one value"),
        (None, {"style": ["coffee", "cofee"]}, "style=cofee: no picture named 'cofee'"),
        (None, {"output": "me.png"}, "output: is for the command line"),
        (None, {"hydra/launcher": "joblib"}, "hydra/launcher: nst.run_sweep makes its runs in this process"),
    ],
)
def test_a_mistake_starts_nothing(name: str | None, keys: Keys, said: str, here: Path) -> None:
    with pytest.raises(UserError) as error:
        package.run_sweep(name, **keys)
    assert str(error.value).startswith(said)
    assert list(here.iterdir()) == []


def test_a_report_with_other_axes(tiny: Keys, here: Path) -> None:
    runs = package.run_sweep(**tiny, init="noise", seed=[0, 1], style_weight=[1e4, 1e5])
    name = runs.attrs["name"]
    page = here / "runs" / "sweeps" / name / "report" / "index.html"
    assert page.is_file()
    page.unlink()
    assert package.make_report(name, rows="style_weight", cols="seed", formats=["html"]) == page.relative_to(here)
    assert page.is_file()
    with pytest.raises(UserError, match="did you mean 'seed'"):
        package.make_report(name, rows="sed", formats=["html"])


def test_a_finished_sweep_is_measured_and_drawn_again_if_asked(tiny: Keys, transfers: Transfers) -> None:
    """Once: then nothing is left to do."""
    keys = {**tiny, "init": "noise", "seed": [0, 1]}
    name = package.run_sweep(**keys).attrs["name"]
    page = Path("runs", "sweeps", name, "report", "index.html")
    drawn = page.stat().st_mtime_ns
    assert "global_effects" not in package.load(name) and package.run_sweep(**keys).attrs["name"] == name
    assert page.stat().st_mtime_ns == drawn
    for more in ({"measure": True}, {"report": {"rows": "seed"}}):
        runs = package.run_sweep(**keys, **more)
        assert page.stat().st_mtime_ns > drawn and runs["global_effects"].notna().all()
        drawn = page.stat().st_mtime_ns
        package.run_sweep(**keys, **more)
        assert page.stat().st_mtime_ns == drawn and len(transfers.specs) == 2


def test_a_folder_varies_and_is_no_value_of_a_single_run(tiny: Keys, transfers: Transfers, no_report: None) -> None:
    Path("photos").mkdir()
    for shade in (9, 10):
        Image.new("RGB", (40, 32), (shade, 0, 0)).save(f"photos/p{shade}.png")
    runs = package.run_sweep(**tiny, content="photos/", progress=False)
    assert list(runs["content"]) == ["p9", "p10"]
    assert list(package.run_sweep(**tiny, content=["photos/", "coffee"], progress=False)["content"]) == [
        *runs["content"],
        "coffee",
    ]
    with pytest.raises(UserError, match="^content=photos/: stands for 2 pictures, and a run takes one; nst.run_sweep "):
        package.transfer(**tiny, content="photos/")
    Path("photos/p9.png").unlink()
    assert package.make_spec(**tiny, content="photos/") == package.make_spec(**tiny, content="photos/p10.png")
