"""Print versions, device and folders of this machine, to paste into a bug report.

python -m nst.env
"""

import platform
from pathlib import Path

from nst.errors import UserError
from nst.terminal import importing, steady_streams

with importing():
    import torch  # noqa: F401  # first, so that a broken installation of torch is reported by name

    from nst.hardware.device import device_name, has_bf16, pick_device, pick_precision, pick_threads
    from nst.networks import architecture
    from nst.networks.base.weights import identify
    from nst.store.provenance import git_state, versions
    from nst.sweep.files import data_folder


def describe() -> dict[str, str]:
    """Return versions, device, precision, weights and folders, each as one line of text."""
    device = pick_device("auto")
    state = git_state()
    return {
        **{name: found or "not installed" for name, found in versions().items()},
        "platform": platform.platform(),
        "device": f"{device} ({device_name(device)})",
        "bf16": "fast" if has_bf16(device) else "not faster than fp32",
        "precision of transfers": pick_precision("auto", device, is_transfer=True),
        "threads": str(pick_threads("auto")),
        "bundled weights": _weights(),
        "conf": str(data_folder("conf")),
        "sweeps": str(data_folder("sweeps")),
        "store": str(Path("runs").absolute()),
        "commit": f"{state['commit']}{' (changed)' if state['dirty'] else ''}" if state else "no checkout",
    }


def main() -> None:
    """Run the command line."""
    steady_streams()
    found = describe()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:{width}}  {value}")


def _weights() -> str:
    try:
        return f"{identify(architecture('vgg19'), 'bundled').sha256[:12]} as expected"
    except UserError as error:
        return str(error)


if __name__ == "__main__":
    main()
