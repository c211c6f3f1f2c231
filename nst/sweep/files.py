"""Find `conf/` and `sweeps/`, and register the named sweeps as Hydra's group `sweep`."""

import re
from collections.abc import Iterable, Sequence
from itertools import product, takewhile
from pathlib import Path
from typing import Any, cast

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError

from nst.errors import UserError, did_you_mean
from nst.sweep.hydra.argv import quote, quote_argument
from nst.sweep.hydra.errors import KEYS, refuse_list
from nst.sweep.hydra.parser import get_args_parser
from nst.typed_values import user_path

FILE_KEYS = ("quick", "cases", "hydra", "defaults", "purpose")
"""Keys that a sweep file may have beside those of a run."""


def data_folder(name: str) -> Path:
    """Return `conf` or `sweeps`: beside the package in a wheel, above it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise UserError(f"the folder '{name}' is missing beside {package}; reinstall nst")


def sweep_files(config_dir: Path | None = None) -> dict[str, Path]:
    """Return named sweeps by name, subfolders included; those in CONFIG_DIR/sweeps replace nst's."""
    if config_dir and not config_dir.is_dir():
        raise UserError(f"--config-dir {config_dir}: no such folder")
    return _named(data_folder("sweeps")) | (_named(config_dir / "sweeps") if config_dir else {})


def _named(folder: Path) -> dict[str, Path]:
    """Return the sweeps of a folder and its subfolders by name; `UserError` if two files have the same one."""
    found: dict[str, Path] = {}
    for file in [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("[!.]*/*.yaml"))]:
        if file.stem in found:
            raise UserError(f"{file}: {found[file.stem]} has the same name; rename one of them")
        found[file.stem] = file
    return found


def register_sweeps(files: dict[str, Path], chosen: str | None, quick: bool) -> None:
    """Register every sweep in Hydra's group `sweep`; `chosen` may include a folder, as in `studies/precision`."""
    for name in files:
        ConfigStore.instance().store(group="sweep", name=name, node=OmegaConf.create(), package="_global_")
    if chosen is not None:
        group, _, name = f"sweep/{chosen}".rpartition("/")
        node = load_sweep(_find(files, chosen), quick)
        ConfigStore.instance().store(group=group, name=name, node=node, package="_global_")


def _find(files: dict[str, Path], chosen: str) -> Path:
    words = chosen.split("/")
    file = files.get(words[-1])
    if file is None or list(file.with_suffix("").parts[-len(words) :]) != words:
        hint = (
            f"; did you mean '{words[-1]}'?"
            if file
            else did_you_mean(words[-1], files) or "; python -m nst.run --help lists them"
        )
        raise UserError(f"sweep={chosen}: no such sweep{_unseen(chosen) or hint}")
    return file


def _unseen(chosen: str) -> str:
    """Return advice on a sweep's file in `conf` of the current folder, where Hydra looks only if told to."""
    file = Path("conf", "sweeps", f"{chosen}.yaml")
    return f"; {file} is read by python -m nst.run --config-dir conf sweep={chosen}" if file.is_file() else ""


def load_sweep(file: Path, quick: bool) -> DictConfig:
    """Load one sweep file, with its leading comment as `purpose`."""
    try:
        text = file.read_text(encoding="utf-8")
        node = OmegaConf.create(text)
    except (YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: is not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(node, DictConfig):
        raise UserError(f"{file}: must be a mapping of keys to values")
    _check_keys(node, file)
    other = node.pop("quick", None)
    if quick and other is not None:
        node = cast(DictConfig, OmegaConf.merge(node, other))
    _check_params(node, file)
    _quote_params(node)
    cases = node.pop("cases", None)
    if cases is not None:
        plain = OmegaConf.to_container(cases) if OmegaConf.is_config(cases) else cases
        OmegaConf.update(node, "hydra.sweeper.params.pair", union(plain, file))
    node["purpose"] = leading_comment(text)
    return node


def union(cases: Any, file: Path) -> str:
    """Return the values of `pair` for a `cases:` block: each case is the product of its lists, one after the other."""
    if not isinstance(cases, dict) or not all(isinstance(case, dict) for case in cases.values()):
        raise UserError(f"{file}: cases: must name mappings of keys to values or lists of values")
    chosen = []
    for case in cases.values():
        lists = [values if isinstance(values, list) else [values] for values in case.values()]
        chosen += [_together(zip(case, values, strict=True)) for values in product(*lists)]
    return ",".join(map(_word, chosen))


def _together(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Merge the keys of a run; a mapping adds several keys at once, and the name of its list is dropped."""
    return {k: v for key, value in pairs for k, v in (value if isinstance(value, dict) else {key: value}).items()}


def _check_keys(node: DictConfig, file: Path) -> None:
    known = [*(key for key in KEYS if "." not in key), *FILE_KEYS[:-1]]
    for key in map(str, node):
        if key.partition(".")[0] not in (*known, FILE_KEYS[-1]):
            raise UserError(f"{file}: unknown key '{key}'{did_you_mean(key, known)}")


def _quote_params(node: DictConfig) -> None:
    """Quote swept paths, as on the command line."""
    params = OmegaConf.select(node, "hydra.sweeper.params")
    for key, value in list(params.items_ex(resolve=False)) if isinstance(params, DictConfig) else ():
        if isinstance(value, str) and not re.fullmatch(r"[\w.,+ -]*", value, re.ASCII):
            params[key] = quote_argument(f"{key!s}={value}", True).partition("=")[2]


def _check_params(node: DictConfig, file: Path) -> None:
    """Refuse a YAML list if several values are meant."""
    params: Any = OmegaConf.to_container(node)
    for part in ("hydra", "sweeper", "params"):
        params = params.get(part) if isinstance(params, dict) else None
    for key, value in params.items() if isinstance(params, dict) else ():
        if isinstance(value, list):
            try:
                refuse_list(str(key), [_word(one) for one in value])
            except UserError as error:
                raise UserError(f"{file}: {error}") from None


def _word(value: object) -> str:
    """Format a value in Hydra's grammar, also inside a mapping."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_word(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_word, value)) + "]"
    if value is None:
        return "null"
    return quote(value) if isinstance(value, str) and not re.fullmatch(r"[\w.+-]+", value, re.ASCII) else str(value)


def leading_comment(text: str) -> str:
    """Return the comment at the top of a YAML file, as plain lines."""
    comment = takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join(line.lstrip("#").strip() for line in comment)


def config_dir_of(arguments: Sequence[str]) -> Path | None:
    """Return the folder given with Hydra's `--config-dir`, if any."""
    found = get_args_parser().parse_known_args(arguments)[0].config_dir
    return None if found is None else user_path("--config-dir", found)
