"""Put the pictures of a folder or pattern in its place: as the values of a key, or in a single run as its only one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override
from omegaconf import DictConfig, OmegaConf, open_dict

from nst.errors import UserError
from nst.pictures.several import Several, several
from nst.spec.check import STARTS
from nst.spec.schema import Config
from nst.sweep.hydra.argv import add_losses
from nst.typed_values import quoted, user_path

KEYS = ("content", "style", "init", "blend.source", "blend.target")
"""Keys whose value may be a folder or a pattern, and so may that of `losses.NAME.picture`."""
_PICTURE = re.compile(r"content|style|init|blend\.(?:source|target)|losses\.\w+\.picture")

Look = Callable[[str, Any], Several | None]
"""Returns the pictures that a key's value stands for; None if it is one value."""


class SeveralPictures(UserError):
    """A folder or pattern of several pictures, given to a single run."""


class SweepMeant(BaseException):
    """A single run that is to be a sweep; no `Exception`, for which Hydra would print a line."""


def expand_pictures(config: DictConfig) -> list[str]:
    """Replace the folders and patterns among the overrides of a sweep, its file's and its fixed keys.

    Hydra's own sweeper, which serves the launchers, reads the overrides from `config` as well. Returns lines on what is
    skipped in folders.
    """
    look, skipped = _look(_plain(config, "picture_dirs"), _plain(config, "pictures")), dict[str, None]()
    tasks = list(OmegaConf.to_container(config.hydra.overrides.task, resolve=False) or ())
    params: dict[str, Any] = dict(OmegaConf.select(config, "hydra.sweeper.params") or {})
    given = {_parsed(add_losses(word)).get_key_element().lstrip("+") for word in (*tasks, *(f"{k}=" for k in params))}
    fixed = {key: value for key in KEYS if key not in given and isinstance(value := _fixed(config, key), str)}
    found = {key: _expanded(f"{key}={quoted(value)}", look, skipped) for key, value in fixed.items()}
    with open_dict(config):
        for at, override in enumerate(tasks):
            if new := _expanded(str(override), look, skipped):
                config.hydra.overrides.task[at] = new
        found |= {key: _expanded(add_losses(f"{key}={value}"), look, skipped) for key, value in params.items()}
        if changed := {key: new.partition("=")[2] for key, new in found.items() if new}:
            config.hydra.sweeper.params = {**params, **changed}
    return list(skipped)


def one_each(config: Config) -> tuple[Config, list[str]]:
    """Return a run with the only picture of each folder or pattern, and lines on what is skipped there.

    Raises `SeveralPictures` if one has more.
    """
    look, lines = _look(config.picture_dirs, config.pictures), dict[str, None]()
    for key in KEYS:
        owner, _, name = key.rpartition(".")
        record = config.blend if owner else config
        value = getattr(record, name)
        pictures = _pictures(key, value, look, lines)
        if len(pictures) > 1:
            count = f"stands for {len(pictures)} pictures, and a run takes one"
            raise SeveralPictures(f"{key}={value}: {count}; nst.run_sweep and python -m nst.run make a run for each")
        if pictures != [value]:
            changed = replace(record, **{name: pictures[0]})
            config = replace(config, blend=changed) if owner else changed  # type: ignore[assignment,arg-type]
    return config, list(lines)


def _look(picture_dirs: Any, names: Mapping[str, str]) -> Look:
    folders: list[Path] = [user_path("picture_dirs", folder) for folder in picture_dirs]

    def look(key: str, value: Any) -> Several | None:
        if not isinstance(value, str) or not value.strip() or "${" in value or (key == "init" and value in STARTS):
            return None
        try:
            return several(value, folders, names)
        except UserError as error:
            raise UserError(f"{key}={value}: {error}") from None

    return look


def _plain(config: DictConfig, key: str) -> Any:
    return OmegaConf.to_container(config[key], resolve=True)


def _fixed(config: DictConfig, key: str) -> Any:
    """Return what `conf/` or the sweep's file says, and nothing for what is taken from another key."""
    owner, _, name = key.rpartition(".")
    node = config[owner] if owner else config
    return None if OmegaConf.is_interpolation(node, name) else node[name]


def _expanded(override: str, look: Look, skipped: dict[str, None]) -> str | None:
    """Return an override with the pictures of each folder and pattern in its place; None if there is none."""
    parsed = _parsed(override)
    key, typed = parsed.get_key_element().lstrip("+"), parsed.value()
    if parsed.is_delete() or not (_PICTURE.fullmatch(key) or key == "pair"):
        return None
    if parsed.is_sweep_override() and not isinstance(typed, ChoiceSweep):
        return None
    given = list(map(Override._convert_value, typed.list)) if isinstance(typed, ChoiceSweep) else [typed]
    values = [one for value in given for one in _values(key, value, look, skipped)]
    if values == given:
        return None
    written = dict.fromkeys(_written(value) for value in values)
    return f"{parsed.get_key_element()}={','.join(written)}"


def _values(key: str, value: Any, look: Look, skipped: dict[str, None]) -> list[Any]:
    if key != "pair" or not isinstance(value, dict):
        return _pictures(key, value, look, skipped)
    parts = [_pictures(name, one, look, skipped) if _PICTURE.fullmatch(name) else [one] for name, one in value.items()]
    return [dict(zip(value, chosen, strict=True)) for chosen in product(*parts)]


def _pictures(key: str, value: Any, look: Look, skipped: dict[str, None]) -> list[Any]:
    found = look(key, value)
    if found is None:
        return [value]
    skipped.update(dict.fromkeys(filter(None, [found.said(f"{key}={value}")])))
    return [path.replace("${", r"\${") for path in found.pictures]


def _written(value: Any) -> str:
    """Write a value as Hydra's grammar reads it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, str):
        return quoted(value)
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(override: str) -> Override:
    return OverridesParser.create().parse_override(override)
