"""A research harness for neural style transfer by optimisation: sweeps in, comparison grids and timing tables out.

    result = nst.transfer("photo.jpg", "starry.jpg", size=512)
    runs = nst.run_sweep("content_layers", profile="quick")

Everything is imported when it is first used, so that `import nst` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nst import losses as losses
    from nst.errors import JobError as JobError
    from nst.errors import UserError as UserError
    from nst.face.measure import measure as measure
    from nst.face.sweep import make_report as make_report
    from nst.face.sweep import run_sweep as run_sweep
    from nst.face.tradeoff import tradeoff as tradeoff
    from nst.face.transfer import make_spec as make_spec
    from nst.face.transfer import transfer as transfer
    from nst.face.variance import variance as variance
    from nst.report.read.load import load as load

__version__ = "0.1.0"

_PLACES = {
    **dict.fromkeys(("transfer", "make_spec"), "nst.face.transfer"),
    **dict.fromkeys(("run_sweep", "make_report"), "nst.face.sweep"),
    **dict.fromkeys(("UserError", "JobError"), "nst.errors"),
    "load": "nst.report.read.load",
    "measure": "nst.face.measure",
    "tradeoff": "nst.face.tradeoff",
    "variance": "nst.face.variance",
}
"""Names, and the modules that define them."""


def __getattr__(name: str) -> Any:
    if name == "losses":
        return import_module("nst.losses")
    if name not in _PLACES:
        raise AttributeError(f"module 'nst' has no attribute '{name}'")
    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES, "losses"})
