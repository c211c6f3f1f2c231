"""Explain Hydra's and OmegaConf's errors, several lines each, in one line that a user can act on."""

import re
from collections.abc import Sequence
from dataclasses import fields

from hydra.conf import HydraConf
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationResolutionError

from nst.errors import UserError, broken_import, did_you_mean, reason
from nst.spec.records import OPTIMIZERS, Preconditioner
from nst.spec.schema import SCALES, BlendConfig, Config
from nst.sweep.hydra.launchers import EXTRAS
from nst.sweep.names import is_no_axis


def _settings(key: str, kind: type) -> list[str]:
    nested = _settings(f"{key}.preconditioner", Preconditioner) if hasattr(kind, "preconditioner") else []
    return [*(f"{key}.{field.name}" for field in fields(kind)), *nested]


KEYS = [
    *(field.name for field in fields(Config) if field.name != "purpose"),
    *_settings("blend", BlendConfig),
    *(f"scales.{key}" for key in SCALES),
    *(setting for kind in OPTIMIZERS.values() for setting in _settings("optimizer", kind)),
]
GROUPS = ("preset", "profile", "sweep", "hydra/launcher")
"""Choices that are not keys."""
HYDRA = ["hydra.sweeper.params", *_settings("hydra", HydraConf)]


def takes_list(key: str) -> bool:
    """Return whether `[a,b]` is one value of a key."""
    is_list = key.endswith(("_layers", "_layer_weights")) or key in ("style", "style_shares", "guides", "signed")
    return is_list or key.startswith(("report", "picture_dirs", "blend.offset"))


def refuse_list(key: str, values: Sequence[str]) -> None:
    """Refuse `[a,b]` for a key that takes one value at a time."""
    if key in (*KEYS, *GROUPS) and not takes_list(key):
        raise UserError(f"{key}: several values are written with commas, {key}={','.join(values)}, not as a list")


def explain(error: BaseException) -> str:
    """Return an error as one line; a `UserError` is returned as it is."""
    if isinstance(error, UserError):
        return str(error)
    text = "\n".join(map(str, _causes(error)))
    readings = (_several_values, _unknown_key, _unknown_choice, _wrong_type, _grammar)
    found = (_broken_import(error), _missing(error), *(reading(text) for reading in readings))
    return next(filter(None, found), _one_line(reason(error)))


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error, what caused it, and so on."""
    return [error] if error.__cause__ is None else [error, *_causes(error.__cause__)]


def _unknown_key(text: str) -> str | None:
    match = re.search(r"Could not override '([^']+)'", text)
    match = match or re.search(r"Key '[^']+' (?:is )?not in .*?full_key: (\S+)", text, flags=re.DOTALL)
    if match is None or "could not be converted" in text:
        return None
    key = match[1]
    if owners := [f"optimizer={name}" for name, kind in OPTIMIZERS.items() if key in _settings("optimizer", kind)]:
        return f"{key}: is a setting of {' and '.join(owners)}, which is not chosen here"
    group = key.partition(".")[0] + "."
    known = [known for known in (*KEYS, *HYDRA) if known.startswith(group)] or [*KEYS, *GROUPS]
    return f"unknown key '{key}'{did_you_mean(key, known)}"


def _broken_import(error: BaseException) -> str | None:
    """Return why a module cannot be imported, also if Hydra says "Error locating target" of what needs it."""
    if "Error locating target" not in str(error) and not isinstance(error, ImportError):
        return None
    return broken_import(error)


def _missing(error: BaseException) -> str | None:
    """Explain `pair has no 'style' (it has content, stile)` if a value is taken from another key."""
    match = re.search(r"(?:Interpolation key '|Error trying to access )([\w.]+)", str(error))
    if match is None or not isinstance(error, InterpolationResolutionError):
        return None
    group, _, key = match[1].rpartition(".")
    root = error.parent_node._get_root() if error.parent_node is not None else None
    parent = OmegaConf.select(root, group) if group and isinstance(root, DictConfig) else None
    if isinstance(parent, DictConfig):
        return f"{group} has no '{key}' (it has {', '.join(map(str, parent))})"
    return f"{error.full_key} takes its value from '{match[1]}', which does not exist"


def _several_values(text: str) -> str | None:
    if not (match := re.search(r"Ambiguous value for argument '([^=]+)=(.*?)'\n", text)):
        return None
    key, values = match.groups()
    if is_no_axis(key):
        return f"{key}={values}: takes one value"
    return f"{key}={values} are several values: {_put_m(key, values)}"


def several_meant(text: str) -> str:
    """Explain "no picture named 'a,b'" of a single run: a name with commas may mean several."""
    match = re.match(r"([\w.]+)=([^:]*,[^:]*): .*\bno (?:picture|such file)", text)
    joined = " For several, " if text.endswith("?") else "; for several, "
    return joined + _put_m(match[1], match[2]) if match else ""


def _may_be_list(key: str, values: str) -> bool:
    return takes_list(key) and key != "guides" and "[" not in values


def _put_m(key: str, values: str) -> str:
    one = f", or write '{key}=[{values}]' for one run" if _may_be_list(key, values) else ""
    return f"put -m in front to run each{one}"


def _unknown_choice(text: str) -> str | None:
    if not (match := re.search(r"Could not find '([^']+)/([^']+)'", text)):
        return None
    listed = re.findall(r"^\t(\S+)$", text, flags=re.MULTILINE)
    choices = list(EXTRAS) if match[1] == "hydra/launcher" else listed
    return f"{match[1]}={match[2]}: no such choice{did_you_mean(match[2], choices)}"


def _wrong_type(text: str) -> str | None:
    match = re.search(r"Value '(.*?)' (?:of type '\w+' )?could not be converted to (\w+)", text, flags=re.DOTALL)
    match = match or re.search(r"Value '(.*?)' is not a valid (bool)", text, flags=re.DOTALL)
    key = re.search(r"full_key: (\S+)", text)
    if key is not None and ("is not Optional" in text or "Incompatible value 'None'" in text):
        return f"{key[1]}=null: needs a value"
    if match is None or key is None:
        return None
    kind = {"Float": "a number", "Integer": "a whole number", "bool": "true or false"}.get(match[2], match[2])
    return f"{key[1]}={match[1]}: must be {kind}"


def _grammar(text: str) -> str | None:
    if not re.search("LexerNoViableAltException|mismatched input|no viable", text):
        return None
    return f"cannot read this argument: {_one_line(text)}; put quotes around the value: KEY=\"'VALUE'\""


def _one_line(text: str) -> str:
    lines = list(filter(None, map(str.strip, text.splitlines())))
    return " ".join(lines[:2]) or "the configuration is wrong"
