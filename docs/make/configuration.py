"""Generate the page on every configuration key, from the comments of `conf/`, the schema and the spec."""

from dataclasses import fields
from functools import cache
from pathlib import Path

import yaml
from jinja2 import StrictUndefined, Template

from docs.make.comments import Entry, entries, top
from docs.make.markdown import code, table, words
from nst.networks.vgg19 import ARCHITECTURE
from nst.spec.records import Runtime
from nst.sweep.files import data_folder, sweep_files

TEMPLATE = Path(__file__).with_name("configuration.md")
PLACES = (
    *("runs_dir", "picture_dirs", "output", "quality", "alpha", "overwrite", "name", "plan", "rerun", "fail_fast"),
    *("pair", "report"),
)
"""Keys for paths or for running a sweep; they never enter the spec."""
FROM_PAIR = ("${oc.select:pair.", "${pair.")
"""Values that a sweep takes from its cases, where they are listed."""
ENVIRONMENT = {
    "OMP_NUM_THREADS": "the maximum number of threads for `threads=auto`",
    "SLURM_CPUS_PER_TASK": "likewise; Slurm sets it",
    "OMP_WAIT_POLICY": "`PASSIVE` by default: spinning threads slow down other processes",
    "CUDA_VISIBLE_DEVICES": "the GPUs to use; workers of `hydra/launcher=joblib` share these",
    "TORCH_HOME": "where `weights=torchvision` stores its downloads",
    "XDG_CACHE_HOME": "its folder `nst` holds the mean activations for `normalise=true`; `~/.cache` by default",
    "RAY_ADDRESS": "the Ray cluster that `hydra/launcher=ray` joins, unless `hydra.launcher.ray.init.address` is set",
}
FLAGS = {
    "-m, --multirun": "a sweep: keys may have several values; a named sweep needs no flag",
    "--config-dir DIR": "a folder with your own files, such as `sweeps/NAME.yaml`",
    "--cfg job": "show the resulting configuration, run nothing",
    "--help": "the keys and groups with their defaults",
    "--hydra-help": "all of Hydra's own flags",
    "--version": "the version of nst",
}


def page() -> str:
    """Return the text of `docs/configuration.md`."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"), undefined=StrictUndefined, keep_trailing_newline=True)
    text: str = template.render(
        keys=_keys(),
        layers=_layers(),
        **{group: _choices(group) for group in ("preset", "profile", "optimizer")},
        pictures=_pictures(),
        sweep=_sweeps(),
        launcher=_choices("hydra/launcher"),
        environment=table(["variable", "meaning"], [(code(name), said) for name, said in ENVIRONMENT.items()]),
        flags=table(["flag", "meaning"], [(code(name), said) for name, said in FLAGS.items()]),
    )
    return text


def keys() -> list[Entry]:
    """Return every key of `conf/config.yaml`, without the groups."""
    return entries(_read(data_folder("conf") / "config.yaml"))


def defaults() -> dict[str, str | None]:
    """Return the default choice of each group."""
    found = yaml.safe_load(_read(data_folder("conf") / "config.yaml"))["defaults"]
    return {group: choice for item in found if isinstance(item, dict) for group, choice in item.items()}


def is_signed(key: str) -> bool:
    """Return whether a key's value counts in a run's signature."""
    return key.partition(".")[0] not in (*PLACES, *(field.name for field in fields(Runtime)))


def _keys() -> str:
    found = keys()
    sections = dict.fromkeys(entry.section for entry in found)
    tables = {section: [_signed_row(entry) for entry in found if entry.section == section] for section in sections}
    heads = ["key", "default", "signed", "meaning"]
    return "\n\n".join(f"## {title[0].upper()}{title[1:]}\n\n{table(heads, rows)}" for title, rows in tables.items())


def _signed_row(entry: Entry) -> tuple[str, ...]:
    return code(entry.key), code(entry.value), "●" if is_signed(entry.key) else "", words(entry.comment)


def _choices(group: str) -> str:
    """Format every choice of a group: its leading comment and its keys; the default comes first."""
    default = defaults().get(group)
    files = sorted(_files(group), key=lambda file: (file.stem != default, file.stem))
    return "\n\n".join(_choice(group, file, file.stem == default) for file in files)


def _choice(group: str, file: Path, is_default: bool) -> str:
    text = _read(file)
    title = f"**`{group}={file.stem}`**{' (the default)' if is_default else ''}"
    rows = [(code(e.key), code(e.value), words(e.comment)) for e in entries(text) if e.key != "_target_"]
    rows = [*_taken(text), *rows]
    return "\n\n".join(
        part for part in (title, top(text), table(["key", "value", "meaning"], rows) if rows else "") if part
    )


def _taken(text: str) -> list[tuple[str, str, str]]:
    """Return what a choice inherits: all keys of another one, or another group's choice."""
    found = yaml.safe_load(text).get("defaults") or []
    others = [(f"all of `{item}`", "", "") for item in found if isinstance(item, str)]
    return [*others, *((code(group), code(choice), "") for group, choice in _chosen(text).items())]


def _chosen(text: str) -> dict[str, str]:
    found = yaml.safe_load(text).get("defaults") or []
    pairs = [pair for item in found if isinstance(item, dict) for pair in item.items()]
    return {key.removeprefix("override /"): choice for key, choice in pairs}


def _pictures() -> str:
    files = _files("pictures")
    found = {file.stem: {entry.key: entry for entry in entries(_read(file))} for file in files}
    names = dict.fromkeys(key for choice in found.values() for key in choice)
    rows = [
        (
            code(name),
            *(": ".join(filter(None, [code(e.value), words(e.comment)])) for e in (c[name] for c in found.values())),
        )
        for name in names
    ]
    heads = ["name", *(f"`pictures={choice}`" for choice in found)]
    return table(heads, rows)


def _sweeps() -> str:
    """Format one row per sweep: what it varies, what differs with `profile=quick`, and what it sets."""
    rows = [(code(file.stem), *_sweep(_read(file))) for file in sweep_files().values()]
    return table(["sweep", "varies", "with `profile=quick`", "sets"], rows)


def _sweep(text: str) -> tuple[str, str, str]:
    found = entries(text, skipped=("report", "defaults"))
    values = {e.key.replace("hydra.sweeper.params.", "~"): e.value.removeprefix(">- ") for e in found if e.value}
    quick = {key.removeprefix("quick."): value for key, value in values.items() if key.startswith("quick.")}
    varied = {key: value for key, value in values.items() if key.startswith("~")}
    fixed = {key: value for key, value in values.items() if key.partition(".")[0] not in ("quick", "cases")}
    sets = {key: value for key, value in fixed.items() if key not in varied and not value.startswith(FROM_PAIR)}
    cases = ", ".join(code(e.key.partition(".")[2]) for e in found if not e.value and e.key.startswith("cases."))
    return (
        ", ".join(filter(None, [_pairs(varied), cases and f"cases {cases}"])),
        _pairs(quick),
        _pairs(_chosen(text) | sets),
    )


def _pairs(values: dict[str, str]) -> str:
    return ", ".join(code(f"{key.removeprefix('~')}={value}") for key, value in values.items())


def _layers() -> str:
    rows = [
        (code(f"conv_{c.number}"), code(c.name), str(c.channels_out), f"1/{c.reduction}" if c.reduction > 1 else "1")
        for c in ARCHITECTURE.convolutions
    ]
    return table(["layer", "Simonyan's name", "channels", "scale of the picture"], rows)


def _files(group: str) -> list[Path]:
    return sorted((data_folder("conf") / group).glob("*.yaml"))


@cache
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
