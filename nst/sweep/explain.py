"""Hydra's and OmegaConf's errors, several lines each, as one line that a user can act on."""

import re
from dataclasses import fields

from nst.errors import UserError, did_you_mean
from nst.spec.parts import Adam, Lbfgs
from nst.spec.schema import BlendConfig, Config

NESTED: dict[str, tuple[type, ...]] = {"blend": (BlendConfig,), "optimizer": (Lbfgs, Adam)}
KEYS = [field.name for field in fields(Config)] + [
    f"{key}.{field.name}" for key, kinds in NESTED.items() for kind in kinds for field in fields(kind)
]


def explain(error: BaseException) -> str:
    """One line; `UserError`s pass as they are."""
    if isinstance(error, UserError):
        return str(error)
    text = _chain(error)
    return (
        _several_values(text)
        or _unknown_key(text)
        or _unknown_choice(text)
        or _wrong_type(text)
        or _grammar(text)
        or _one_line(str(error))
    )


def _chain(error: BaseException) -> str:
    lines = [str(error)]
    while error.__cause__ is not None:
        error = error.__cause__
        lines.append(str(error))
    return "\n".join(lines)


def _unknown_key(text: str) -> str | None:
    match = re.search(r"Could not override '([^']+)'", text) or re.search(r"Key '([^']+)' (?:is )?not in", text)
    if match is None or "could not be converted" in text:
        return None
    key = match[1]
    group = key.partition(".")[0] + "."
    return f"unknown key '{key}'{did_you_mean(key, [known for known in KEYS if known.startswith(group)] or KEYS)}"


def _several_values(text: str) -> str | None:
    match = re.search(r"Ambiguous value for argument '([^=]+)=(.*?)'\n", text)
    if match is None:
        return None
    key, values = match.groups()
    return f"{key}={values} are several values: put -m in front to run each, or write '{key}=[{values}]' for one run"


def _unknown_choice(text: str) -> str | None:
    match = re.search(r"Could not find '([^']+)/([^']+)'", text)
    if match is None:
        return None
    choices = re.findall(r"^\t(\S+)$", text, flags=re.MULTILINE)
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
    if "LexerNoViableAltException" not in text and "mismatched input" not in text and "no viable" not in text:
        return None
    return f"cannot read this argument: {_one_line(text)}; put quotes around the value: KEY=\"'VALUE'\""


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:2]) if lines else "the configuration is wrong"
