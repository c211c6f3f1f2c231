from pathlib import Path
from typing import Any

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from nst.errors import UserError
from nst.papers.library import papers
from nst.sweep import files
from nst.sweep.files import (
    config_dir_of,
    data_folder,
    leading_comment,
    load_sweep,
    register_sweeps,
    sweep_files,
    union,
)

from .command import new_process

SWEEPS = {
    *("content_layers", "content_noises", "style_layers", "style_noises", "sizes", "weight_ratios"),
    *("grid_content", "grid_noise", "timing", "favourites", "blending", "claims"),
    *("costs", "fidelity", "first_step", "optimizers", "precision", "preconditioner", "resizing", "schedules"),
    *("methods", "colours", "mix", "regions", "scales", "presets", "gallery", "tradeoffs"),
    *(claim.sweep for paper in papers() for claim in paper.claims),
}
MINE = """# My own.
# Two lines.

# not this one
style: picasso
hydra: {sweeper: {params: {size: "64,128", seed: "0,1"}}}
quick:
  hydra: {sweeper: {params: {size: "32,64"}}}
  steps: 5
"""


def swept_keys(node: DictConfig) -> dict[str, Any]:
    """What a sweep file sweeps over: `hydra.sweeper.params`."""
    params = OmegaConf.select(node, "hydra.sweeper.params")
    return {str(key): value for key, value in params.items()} if params else {}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "sweeps"
    folder.mkdir()
    (folder / "mine.yaml").write_text(MINE)
    return folder / "mine.yaml"


def test_the_sweeps_of_the_write_up_of_studies_methods_and_papers_are_there() -> None:
    assert set(sweep_files()) == SWEEPS
    assert {path.stem for path in data_folder("sweeps").rglob("*.yaml")} == SWEEPS


def test_each_says_what_it_is_for() -> None:
    for name, file in sweep_files().items():
        assert len(leading_comment(file.read_text())) > 60, name


def test_a_wheel_has_its_data_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "__file__", str(tmp_path / "nst" / "sweep" / "files.py"))
    (tmp_path / "conf").mkdir()
    assert data_folder("conf") == tmp_path / "conf"
    (tmp_path / "nst" / "conf").mkdir(parents=True)
    assert data_folder("conf") == tmp_path / "nst" / "conf"
    with pytest.raises(UserError, match="the folder 'sweeps' is missing"):
        data_folder("sweeps")


def test_own_sweeps_join_and_replace(mine: Path) -> None:
    (mine.parent / "timing.yaml").write_text("steps: 3\n")
    found = sweep_files(mine.parent.parent)
    assert set(found) == SWEEPS | {"mine"}
    assert found["mine"] == mine and found["timing"] == mine.parent / "timing.yaml"


def test_own_sweeps_may_be_in_subfolders_that_are_not_hidden(mine: Path) -> None:
    for name in ("papers/gatys", ".ipynb_checkpoints/copy"):
        (mine.parent / name).parent.mkdir()
        (mine.parent / f"{name}.yaml").write_text(MINE)
    assert set(sweep_files(mine.parent.parent)) == SWEEPS | {"mine", "gatys"}


def test_two_files_of_one_name_are_refused(mine: Path) -> None:
    (mine.parent / "papers").mkdir()
    (mine.parent / "papers" / "mine.yaml").write_text(MINE)
    with pytest.raises(UserError, match="papers/mine.yaml: .*/sweeps/mine.yaml has the same name; rename one of them$"):
        sweep_files(mine.parent.parent)


def test_quick_values_count_where_asked_for(mine: Path) -> None:
    full, quick = load_sweep(mine, quick=False), load_sweep(mine, quick=True)
    assert swept_keys(full) == {"size": "64,128", "seed": "0,1"} and "steps" not in full
    assert swept_keys(quick) == {"size": "32,64", "seed": "0,1"} and quick.steps == 5
    assert "quick" not in full and "quick" not in quick


def test_cases_are_one_product_after_the_other(mine: Path) -> None:
    """Two of the first, one of the second; strings that are no plain words are quoted."""
    first, second = "a: {size: [8, 16], init: noise, style_weight: 9e5}", "b: {style: ~/x y=1.png}"
    mine.write_text(f"cases:\n  {first}\n  {second}\nquick: {{cases: {{a: {{size: 4}}}}}}\n")
    full, quick = load_sweep(mine, quick=False), load_sweep(mine, quick=True)
    assert "cases" not in full and swept_keys(full) == {
        "pair": "{size: 8, init: noise, style_weight: 900000.0},{size: 16, init: noise, style_weight: 900000.0},"
        "{style: '~/x y=1.png'}"
    }
    parse = OverridesParser.create().parse_override
    each = parse(f"pair={swept_keys(quick)['pair']}").sweep_string_iterator()
    chosen = [parse(f"pair={one}").value() for one in each]
    assert chosen == [{"size": 4, "init": "noise", "style_weight": 9e5}, {"style": "~/x y=1.png"}]


def test_an_item_of_a_case_may_be_several_keys_that_go_together() -> None:
    """Two pairs of pictures with two seeds each; the list's own name counts for nothing."""
    pictures = [{"content": "chelsea", "style": "ihc"}, {"content": "coffee", "style": "retina"}]
    assert union({"a": {"pictures": pictures, "seed": [0, 1]}}, Path("mine.yaml")) == (
        "{content: chelsea, style: ihc, seed: 0},{content: chelsea, style: ihc, seed: 1},"
        "{content: coffee, style: retina, seed: 0},{content: coffee, style: retina, seed: 1}"
    )


def test_names_with_accents_and_null_in_cases(mine: Path) -> None:
    mine.write_text("cases: {a: {content: [Müller.jpg, chelsea], mask: [null, left]}}\n")
    parsed = OverridesParser.create().parse_override(f"pair={swept_keys(load_sweep(mine, quick=False))['pair']}")
    values = [OverridesParser.create().parse_override(f"pair={one}").value() for one in parsed.sweep_string_iterator()]
    assert [(value["content"], value["mask"]) for value in values] == [
        *(("Müller.jpg", None), ("Müller.jpg", "left"), ("chelsea", None), ("chelsea", "left"))
    ]


@pytest.mark.parametrize(
    ("key", "value", "names"),
    [
        ("style", "~/art/a b.jpg, ~/art/(1).jpg", ["~/art/a b.jpg", "~/art/(1).jpg"]),
        ("content", "Müller.jpg,chelsea", ["Müller.jpg", "chelsea"]),
        ("losses.deep.mask", "máscara.png,left", ["máscara.png", "left"]),
        ("content", "chelsea, coffee", ["chelsea", "coffee"]),
    ],
)
def test_swept_paths_are_read_as_on_the_command_line(key: str, value: str, names: list[str], mine: Path) -> None:
    mine.write_text(f'hydra: {{sweeper: {{params: {{{key}: "{value}"}}}}}}')
    override = OverridesParser.create().parse_override(f"{key}={swept_keys(load_sweep(mine, quick=False))[key]}")
    assert [str(one).strip("'") for one in override.sweep_string_iterator()] == names


@pytest.mark.parametrize("value", ["${pair.style}", "chelsea,coffee", "photos/"])
def test_what_hydra_reads_as_it_is_stays(value: str, mine: Path) -> None:
    mine.write_text(f"hydra: {{sweeper: {{params: {{style: '{value}', style_weight: '1e5,1e6'}}}}}}")
    params = OmegaConf.select(load_sweep(mine, quick=False), "hydra.sweeper.params")
    found = OmegaConf.to_container(params, resolve=False)
    assert isinstance(found, dict) and found["style"].strip("'") == value and found["style_weight"] == "1e5,1e6"


@pytest.mark.parametrize("cases", ["[a]", "{a: 3}", "noise"])
def test_cases_that_are_none(cases: str, mine: Path) -> None:
    mine.write_text(f"cases: {cases}\n")
    with pytest.raises(UserError, match="cases: must name mappings"):
        load_sweep(mine, quick=False)


def test_the_comment_at_the_top_is_the_purpose(mine: Path) -> None:
    assert load_sweep(mine, quick=False).purpose == "My own.\nTwo lines."
    assert leading_comment("steps: 3\n# later\n") == ""


@pytest.mark.parametrize(("text", "reason"), [("a: [", "is not YAML"), ("- a\n- b\n", "must be a mapping")])
def test_a_broken_file_is_named(text: str, reason: str, mine: Path) -> None:
    mine.write_text(text)
    with pytest.raises(UserError, match=f"mine.yaml: {reason}"):
        load_sweep(mine, quick=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("quik: {steps: 3}", "unknown key 'quik'; did you mean 'quick'?"),
        ("sise: 64", "unknown key 'sise'; did you mean 'size'?"),
        ("hydra: {sweeper: {params: {init: [content, noise]}}}", "init: several .* init=content,noise, not as a list"),
        ("hydra: {sweeper: {params: {pair: [{a: 1}, {a: 2}]}}}", "pair: several .* pair={a: 1},{a: 2}, not as a list"),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, reason: str, mine: Path) -> None:
    mine.write_text(text)
    with pytest.raises(UserError, match=f"mine.yaml: {reason.replace('?', '[?]')}$"):
        load_sweep(mine, quick=False)


def test_lists_of_layers_are_values(mine: Path) -> None:
    mine.write_text("hydra: {sweeper: {params: {style_layers: [conv_1, conv_2]}}}")
    assert swept_keys(load_sweep(mine, quick=False)) == {"style_layers": ["conv_1", "conv_2"]}


def test_a_folder_of_own_files_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"^--config-dir {tmp_path}/nope: no such folder$"):
        sweep_files(tmp_path / "nope")


def test_a_broken_file_hinders_no_other_sweep(mine: Path) -> None:
    mine.write_text("a: [")
    with new_process():
        register_sweeps(sweep_files(mine.parent.parent), "sizes", quick=False)
        assert set(ConfigStore.instance().list("sweep")) == {f"{name}.yaml" for name in SWEEPS | {"mine"}}


@pytest.mark.parametrize(
    ("chosen", "nearest"),
    [("size", "sizes"), ("studies/optimisers", "optimizers"), ("papers/optimizers", "optimizers")],
)
def test_an_unknown_sweep_has_its_nearest_named(chosen: str, nearest: str) -> None:
    with new_process(), pytest.raises(UserError, match=f"^sweep={chosen}: no such sweep; did you mean '{nearest}'[?]$"):
        register_sweeps(sweep_files(), chosen, quick=False)


def test_a_sweep_in_conf_is_found_with_config_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "conf" / "sweeps" / "mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("size: 64")
    command = "python -m nst.run --config-dir conf sweep=mine"
    wanted = f"^sweep=mine: no such sweep; conf/sweeps/mine.yaml is read by {command}$"
    with new_process(), pytest.raises(UserError, match=wanted):
        register_sweeps(sweep_files(), "mine", quick=False)
    with new_process():
        register_sweeps(sweep_files(Path("conf")), "mine", quick=False)


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["--config-dir", "a b"], Path("a b")),
        (["size=3", "--config-dir=mine", "seed=1"], Path("mine")),
        (["-cd", "mine"], Path("mine")),
        (["--config-dir=~/mine"], Path.home() / "mine"),
        (["size=3"], None),
    ],
)
def test_the_folder_of_own_files(arguments: list[str], folder: Path | None) -> None:
    assert config_dir_of(arguments) == folder
