"""What a sweep's folder is called: its file's name and what was changed, or its swept keys and a hash."""

import hashlib
import re
from collections.abc import Sequence

from nst.errors import UserError

ELSEWHERE = frozenset(
    {
        "sweep",
        "name",
        "plan",
        "rerun",
        "fail_fast",
        "runs_dir",
        "picture_dirs",
        "output",
        "overwrite",
        "threads",
        "device",
        "report",
    }
)
"""Keys that change where or whether something runs, or how it is shown, not what: they never make another folder."""
DEFAULTS = frozenset({"profile=full", "pictures=builtin", "preset=writeup", "optimizer=lbfgs"})
LONGEST = 60


def sweep_name(sweep: str | None, overrides: Sequence[str], swept: Sequence[str], name: str | None = None) -> str:
    """`content_layers-quick` for a named sweep, `content_layers-3f9a2c` for one made on the spot.

    The same command finds its own folder again, in whatever order its arguments stand.
    """
    if name is not None:
        return check_name(name)
    told = {o for o in overrides if _key(o).partition(".")[0] not in ELSEWHERE and o not in DEFAULTS}
    telling = sorted(told, key=_order)
    if sweep is not None:
        return _shorten("-".join([sweep, *map(_slug, telling)]))
    keys = "-".join(dict.fromkeys(key.split(".")[-1] for key in swept)) or "runs"
    return _shorten(f"{keys}-{_hash(telling)}")


def check_name(name: str) -> str:
    """A name that is safe as a folder."""
    if not re.fullmatch(r"[\w.+=-][\w .+=-]*", name) or name.strip(".") == "":
        raise UserError(f"name={name}: use letters, digits, '-', '_', '.' and '=' only; it names a folder")
    return name


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]


def _order(override: str) -> tuple[bool, str]:
    return not override.startswith(("profile=", "pictures=")), override


def _slug(override: str) -> str:
    key, _, value = override.partition("=")
    value = value.strip("'\"")
    text = value if key in ("profile", "pictures", "preset") else f"{key.split('.')[-1]}={value}"
    return re.sub(r"[^\w.+=-]+", "_", text).strip("_")


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 7].rstrip('-_.')}-{_hash([name])}"


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:6]
