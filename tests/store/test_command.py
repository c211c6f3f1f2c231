"""The command that makes one run again: the very run, whatever its pictures are called."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hydra import initialize_config_dir
from PIL import Image
from sweep.command import TINY, new_process

from nst.face.session import compose_sweep
from nst.pictures.find import find
from nst.run import register_choices
from nst.spec.signature import signature
from nst.store.command import FROM_PYTHON, command, made_by, retyped, typed
from nst.store.plan import Plan, PlannedRun, read_plan, write_plan
from nst.store.store import Store
from nst.sweep.files import data_folder
from nst.sweep.hydra.argv import prepare
from nst.sweep.hydra.callback import command_line, start
from nst.sweep.hydra.compose import compose_runs, forget

JOB = PlannedRun("abc", "a", {"style": "a"}, ("style=a", "seed=1"), "bf16")


def plan(text: str) -> Plan:
    return Plan("s", "s", "", text, "", ("style", "seed"), {}, {}, (JOB,))


@pytest.mark.parametrize(
    ("swept", "single"),
    [
        ("python -m nst.run sweep=grid profile=quick", "sweep=grid profile=quick style=a seed=1 precision=bf16"),
        ("python -m nst.run -m style=a,b seed=0,1 size=64", "size=64 style=a seed=1 precision=bf16"),
        ("python -m nst.run sweep=grid precision=fp32", "sweep=grid precision=fp32 style=a seed=1"),
        ("python -m nst.run sweep=grid precision=auto", "sweep=grid style=a seed=1 precision=bf16"),
        (
            "python -m nst.run -m style=a,b name=x rerun=all hydra/launcher=joblib hydra.launcher.n_jobs=2",
            "style=a seed=1 precision=bf16",
        ),
        (
            "python -m nst.run --config-dir conf sweep=mine",
            "--config-dir conf sweep=mine style=a seed=1 precision=bf16",
        ),
        ("", "style=a seed=1 precision=bf16"),
        ("an 'open quote", "style=a seed=1 precision=bf16"),
    ],
)
def test_the_sweeps_command_with_one_value_each(swept: str, single: str) -> None:
    assert command(JOB, plan(swept)) == f"python -m nst.run {single}"


def test_quotes_that_hydra_needs_stay() -> None:
    """Inside a list, where the command line is read as it is; a plain word needs none."""
    job = replace(JOB, overrides=("style=['Müller.jpg','coffee']", "content='wally'"))
    assert command(job, plan("python -m nst.run sweep=grid")) == (
        "python -m nst.run sweep=grid \"style=['Müller.jpg',coffee]\" content=wally precision=bf16"
    )


def test_what_a_shell_would_take_apart_stays_together() -> None:
    evil = "style='/a b/$(rm -rf ~)\"<script>.jpg'"
    job = replace(JOB, overrides=(evil,))
    assert evil in shlex.split(command(job, plan("python -m nst.run sweep=grid")))


def test_single_quotes_stay_readable() -> None:
    words = ["runs_dir='/a b'", "x=$HOME'", "plain=1"]
    assert typed(words).startswith("\"runs_dir='/a b'\" ") and shlex.split(typed(words)) == words
    assert retyped("a 'open") == "a 'open"


# --- a copied command makes that very run ----------------------------------------------------------------------------

ODD = ("a b.png", "it's.png", 'say "hi".png', "a,b.png", "100% {x} [y] $z.png", "é ü.png")


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with pictures of odd names, and a square mask."""
    monkeypatch.chdir(tmp_path)
    with Image.open(find("coffee")) as image:
        for number, name in enumerate((*ODD, "plain.png")):
            image.crop((10 * number, 0, 10 * number + 80, 80)).save(name)
    Image.linear_gradient("L").resize((40, 40)).save("my mask.png")
    yield


def planned(*words: str) -> Plan:
    """The plan that `python -m nst.run WORDS` makes."""
    given = prepare(["-m", *words])
    with new_process():
        register_choices(given)
        with initialize_config_dir(str(data_folder("conf")), job_name="nst", version_base="1.3"):
            forget()
            return start(compose_sweep(given[1:]), command_line(given)).plan


def made_again(line: str) -> list[str]:
    """The signatures of what a line makes, pasted into a shell."""
    words = shlex.split(line, comments=True)
    assert words[:3] == ["python", "-m", "nst.run"]
    prepared = prepare(words[3:])
    given = [word for word in prepared if word not in ("--multirun", "-m")]
    with new_process():
        register_choices(given)
        with initialize_config_dir(str(data_folder("conf")), job_name="nst", version_base="1.3"):
            forget()
            if given != prepared:
                return [run.signature for run in start(compose_sweep(given), line).plan.runs]
            return [signature(run.spec) for run in compose_runs(given)]


@pytest.mark.parametrize(
    "words",
    [
        ["style=frida_kahlo,picasso", "content=wally"],
        ["style=frida_kahlo,picasso", "pictures.frida_kahlo=it's.png"],
        ["style=[frida_kahlo,coffee],[ihc,coffee]", "style_shares=[3,1]"],
        ["style=[a b.png,it's.png],plain.png", "seed=0,1", "init=noise"],
        [f"style={','.join(f'./{name}' for name in ODD if ',' not in name)}"],
        ["content='a,b.png',plain.png"],
        ["guides=[{mask: left, style: 'a b.png'}],[{mask: 'not my mask.png', style: picasso, weight: 2}]"
         , "content=plain.png"],
        ["content=plain.png", "content_mask='my mask.png'", "freeze=top", "style_weight=1e5,1e6"],
        ["scales.from=24,16", "scales.factor=2", "size=48"],
        ["optimizer=lbfgs,adam", "losses.smooth.loss=tv", "losses.smooth.weight=2"],
        ["threads=1,2", "repeat=0,1"],
        ["threads=1,2", "device=cpu", "precision=auto"],
        ["pair={content:plain.png,style:picasso},{content:'a b.png',style:ihc}", "content=${pair.content}",
         "style=${pair.style}"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_the_line_makes_the_run(words: list[str], pictures: None) -> None:
    tiny = [word for word in TINY if word.partition("=")[0] not in {given.partition("=")[0] for given in words}]
    made = planned(*tiny, *words)
    for run in made.runs:
        assert made_again(command(run, made)) == [run.signature], command(run, made)
    assert made_again(retyped(made.command)) == [run.signature for run in made.runs]


def test_a_run_of_a_named_sweep(pictures: None) -> None:
    made = planned("sweep=grid_content", "profile=quick", "size=32", "steps=2", "device=cpu", "precision=fp32")
    run = made.runs[0]
    assert run.values == {"style": "frida_kahlo (mosaic)", "content": "dancing (astronaut)"}
    assert run.label == "frida_kahlo (mosaic), dancing (astronaut)"
    line = command(run, made)
    assert line.endswith("style=frida_kahlo content=dancing pictures.dancing=astronaut pictures.frida_kahlo=mosaic"), (
        line
    )
    assert made_again(line) == [run.signature]


def test_stand_ins_are_kept_with_the_plan(pictures: None, tmp_path: Path) -> None:
    store = Store(tmp_path / "other")
    made = planned(*TINY, "style=frida_kahlo,ihc")
    assert made.stand_ins == {"frida_kahlo": "mosaic"}
    write_plan(store, made)
    assert read_plan(store, made.name).stand_ins == made.stand_ins
    plain = planned(*TINY, "style=mosaic,ihc")
    write_plan(store, plain)
    assert plain.stand_ins == {} and "stand_ins" not in (store.sweep(plain.name) / "plan.json").read_text()
    assert [run.signature for run in plain.runs] == [run.signature for run in made.runs]


def test_a_picture_in_memory_has_no_line() -> None:
    job = replace(JOB, overrides=("style='/home/me/.cache/nst/pictures/0123456789abcdef.ppm'",))
    assert command(job, plan("")) == FROM_PYTHON
    assert shlex.split(FROM_PYTHON, comments=True) == []


def test_a_single_run_by_what_its_process_was_given() -> None:
    argv = ["/usr/lib/nst/run.py", "size=64", "content='a b.png'", "output=me.png", "rerun=all"]
    assert made_by(argv, "bf16") == "python -m nst.run size=64 \"content='a b.png'\" precision=bf16"
    assert made_by([*argv, "precision=fp32"], "fp32") == made_by(argv, "fp32")
    for other in (["x.py", "size=64"], ["nst", "-m", "seed=0,1"], ["nst", "sweep=sizes"], ["nst", "run"], []):
        assert made_by(other, "fp32") is None
