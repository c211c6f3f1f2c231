"""Have Hydra compose once: before a run or a sweep, it composes everything only to read `hydra.mode`."""

from collections.abc import Sequence

from hydra._internal import hydra
from hydra._internal.hydra import Hydra

LEAVE_MODE_FLAGS = {"--multirun", "-m", "--run", "-r"}
LEAVE_MODE_KEYS = ("hydra/launcher", "hydra.launcher.", "hydra.callbacks.")


class ComposingOnce(Hydra):
    """Hydra for commands that leave `hydra.mode` open."""

    def get_mode(self, config_name: str | None, overrides: list[str]) -> None:
        """Return None, as Hydra does if nothing that it composes sets `hydra.mode`."""


def compose_once(arguments: Sequence[str]) -> None:
    """Set whether the next command composes once; it does unless its arguments may set `hydra.mode`."""
    vars(hydra)["Hydra"] = Hydra if may_set_mode(arguments) else ComposingOnce


def may_set_mode(arguments: Sequence[str]) -> bool:
    """Return whether arguments may set `hydra.mode`, by themselves or by files; nothing in `conf/` and `sweeps/` does.

    Files of the user's come by flags and by `hydra.searchpath`.
    """
    for argument in arguments:
        key = argument.partition("=")[0].lstrip("+~")
        if argument.startswith("-") and argument not in LEAVE_MODE_FLAGS:
            return True
        if "hydra" in key and not key.startswith(LEAVE_MODE_KEYS):
            return True
    return False
