"""Prepare the command line for Hydra: quote paths for its grammar, let `sweep=NAME` imply `--multirun`."""

import re
from collections.abc import Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser

from nst.errors import UserError
from nst.sweep.hydra.errors import KEYS, refuse_list
from nst.sweep.hydra.parser import get_args_parser
from nst.sweep.names import check_swept
from nst.terminal import parse_flags, printable
from nst.typed_values import exists, quoted

PATH_KEYS = (
    "content", "style", "init", "weights", "content_mask", "freeze", "output", "runs_dir", "picture_dirs", "name",
    "blend.source", "blend.mask", "blend.target",
)  # fmt: skip
SINGLE_FLAGS = {"--cfg", "-c", "--info", "-i", "--help", "-h", "--hydra-help", "--run", "-r", "--version"}
MAPPINGS = {"losses": "losses.NAME.loss=tv", "report": "report.rows=init", "blend": "blend.source=PICTURE"}
"""Keys that hold other keys, with an example each."""
CHOICES = ("optimizer", "pictures", "preset", "profile")
MODE_FLAGS = {"--multirun", "-m", "--run", "-r", "--cfg", "-c", "--info", "-i", "--shell-completion", "-sc"}
VALUED_FLAGS = {
    "--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn", "--config-dir", "-cd",
    "--experimental-rerun",
}  # fmt: skip

PICTURES = re.compile(r"\+{0,2}(?:style|losses\.\w+\.picture)")
"""Keys that take a picture, or a list of them."""
PATHS = re.compile(r"pictures\..*|losses\.\w+\.mask")
"""Further keys that take a path."""
_LOSSES = re.compile(r"^\+{0,2}(losses|content_settings|style_settings)(?=[.=])")
_QUOTED = r"""'(?:[^'\\]|\\.)*'(?=\s*(?:,|$))|"(?:[^"\\]|\\.)*"(?=\s*(?:,|$))"""
_PIECE = re.compile(rf"(?:^|,)({_QUOTED}|[^,]*)")
"""One of several values separated by commas; a quoted value may contain commas."""
_PIECE_OR_LIST = re.compile(rf"(?:^|,)({_QUOTED}|\[(?:[^\]]|\](?!,|$))*\](?=,|$)|[^,]*)")
"""Likewise, or a list in brackets."""
_ITEM = re.compile(rf"(?:^|,)\s*({_QUOTED}|[^,]*)")
"""An item of a list; spaces may surround commas."""
_WORD = re.compile(r"(?!(?i:null|true|false|inf|nan)$)[A-Za-z_][\w.-]*", re.ASCII)
"""Text that Hydra reads without quotes."""


def prepare(arguments: Sequence[str]) -> list[str]:
    """Return arguments that Hydra reads as the user meant them; `UserError` for what it would misread silently."""
    for argument in arguments:
        _check_text(argument)
    sweeps = given(arguments, "sweep")
    if len(sweeps) > 1 or any("," in name for name in sweeps):
        raise UserError(f"sweep={','.join(sweeps)}: one sweep at a time; run the command once for each")
    flags = {argument.partition("=")[0] for argument in arguments if argument.startswith("-")}
    _check_flags(flags)
    multirun = bool(flags & {"--multirun", "-m"})
    if any(sweeps) and not multirun and not flags & SINGLE_FLAGS:
        arguments, multirun = ["--multirun", *arguments], True
    own, overrides = _flags_apart(arguments)
    parse_flags(get_args_parser(), own)
    _check_overrides(overrides, multirun)
    quoted = [quote_argument(add_losses(override), multirun) for override in overrides]
    if multirun:
        parsed = OverridesParser.create().parse_overrides(quoted)
        check_swept([override.get_key_element() for override in parsed if override.is_sweep_override()])
    return own + quoted


def _check_text(argument: str) -> None:
    """Refuse what no record of a run could hold."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise UserError(f"{printable(argument)}: is not UTF-8; rename the file or folder") from None


def add_losses(override: str) -> str:
    """Mark keys of further losses and of settings as added: they are not in the configuration before they are given."""
    return _LOSSES.sub(r"++\1", override)


def _check_flags(flags: set[str]) -> None:
    """Refuse flags that Hydra would refuse with a traceback."""
    modes = sorted(flags & MODE_FLAGS)
    if len(modes) > 1:
        raise UserError(f"{' and '.join(modes)} cannot be combined")
    if "--resolve" in flags and not flags & {"--cfg", "-c", "--help", "-h"}:
        raise UserError("--resolve only goes with --cfg")


def _check_overrides(overrides: Sequence[str], multirun: bool) -> None:
    """Refuse what Hydra's grammar would, and lists if several values are meant."""
    for before, override in zip(["", *overrides], overrides, strict=False):
        key, equals, value = override.partition("=")
        if not equals and not override.startswith("~"):
            raise UserError(f"'{override}' is not KEY=VALUE{_meant(before, override, multirun)}")
        name = key.lstrip("+")
        if name in MAPPINGS and not value.startswith(("{", "$")):
            raise UserError(f"{key}={value}: holds other keys, such as {MAPPINGS[name]}")
        if name == "picture_dirs" and re.search(r"\],\s*\[", value):
            check_swept([name])
        if value.startswith("[") and value.endswith("]") and not exists(value):
            refuse_list(name, [part.strip() for part in value[1:-1].split(",")])


def _meant(before: str, word: str, multirun: bool) -> str:
    """Return a hint on a word that a space cut off from the argument before it."""
    if not before or word in KEYS:
        return ""
    if multirun:
        return f"; several values are written with commas and no spaces: {before.rstrip(',')},{word.lstrip(',')}"
    return f"; a value with spaces needs quotes: '{before} {word}'"


def _flags_apart(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate flags and their values from overrides: Hydra wants each kind on one side."""
    flags: list[str] = []
    overrides: list[str] = []
    before = ""
    for argument in arguments:
        belongs = before in VALUED_FLAGS or (before in ("--info", "-i") and "=" not in argument)
        (flags if argument.startswith("-") or belongs else overrides).append(argument)
        before = argument
    return flags, overrides


def given(arguments: Sequence[str], key: str) -> list[str]:
    """Return the values of `key=value` (also `+key=value`) arguments."""
    pairs = (argument.partition("=") for argument in arguments)
    return [value for found, equals, value in pairs if equals and found.lstrip("+") == key]


def quote_argument(argument: str, multirun: bool) -> str:
    """Quote paths: `content=~/a b.jpg` -> `content='~/a b.jpg'`; and choices that are not words."""
    key, equals, value = argument.partition("=")
    name = key.lstrip("+")
    if key in CHOICES and re.fullmatch(r"null|true|false|[\d.]+", value):
        return f"{key}='{value}'"  # Hydra would end with a traceback, not by naming the choices
    takes_list = PICTURES.fullmatch(key) is not None
    is_path = name in PATH_KEYS or takes_list or PATHS.fullmatch(name) is not None
    if not equals or not is_path:
        return argument
    if name == "picture_dirs":
        is_list = value.startswith("[")
        folders = [part.strip() for part in value[1:].removesuffix("]").split(",")] if is_list else [value]
        return f"{key}=[{','.join(quote(folder) for folder in folders if folder)}]"
    pieces = (_PIECE_OR_LIST if takes_list else _PIECE).findall(value)
    is_several = multirun or (takes_list and any(re.fullmatch(r"\[.*\]", piece) for piece in pieces))
    if is_several and "," in value and not exists(value):
        pieces = [piece if exists(piece) else piece.strip() for piece in pieces]
    else:
        pieces = [value]
    return f"{key}={','.join(_quote_list(piece) if takes_list else quote(piece) for piece in pieces)}"


def _quote_list(piece: str) -> str:
    """Quote one picture, or each of a list: `[~/a b.jpg, c]` -> `['~/a b.jpg','c']`."""
    if not piece.startswith("[") or not piece.endswith("]") or exists(piece):
        return quote(piece)
    items = map(str.strip, _ITEM.findall(piece[1:-1]))
    return f"[{','.join(item if _WORD.fullmatch(item) else quote(item) for item in items)}]"


def quote(piece: str) -> str:
    """Quote one value, unless it is quoted, null, or uses an interpolation."""
    if not piece or piece == "null" or piece[0] in "'\"" or "${" in piece:
        return piece
    return quoted(piece)
