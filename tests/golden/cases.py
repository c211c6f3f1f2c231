"""The runs whose pictures must stay equal to the bit: overrides by name, each at 64 pixels on a CPU with two threads.

python -m golden.cases      # in tests/: write pictures.json anew, only if pictures are meant to change
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from hydra import compose, initialize_config_dir

from nst.engine import transfer
from nst.result import Result
from nst.spec.resolve import resolve
from nst.spec.schema import config_from, register
from nst.spec.signature import Spec
from nst.sweep.files import data_folder

FILE = Path(__file__).with_name("pictures.json")
COMMON = ("device=cpu", "threads=2", "size=64", "steps=14", "style=ihc")
TEXTURE = ("content_weight=0", "init=noise")
RECONSTRUCTION = ("style_weight=0", "init=noise")
SHORT_HISTORY = "optimizer.history=4"

RECORDED: dict[str, tuple[str, ...]] = {
    "writeup fp32": ("preset=writeup", "precision=fp32"),
    "writeup bf16": ("preset=writeup", "precision=bf16"),
    "writeup fp64": ("preset=writeup", "precision=fp64", "steps=6"),
    "writeup noise fp32": ("init=noise", "precision=fp32"),
    "writeup noise bf16": ("init=noise", "precision=bf16"),
    "writeup gaussian": ("init=gaussian", "seed=3", "precision=fp32"),
    "writeup from the style": ("init=style", "precision=fp32"),
    "writeup from a picture": ("init=coffee", "precision=fp32"),
    "tutorial": ("preset=tutorial", "steps=14"),
    "tutorial lanczos": ("preset=tutorial", "resize=lanczos", "steps=14"),
    "tutorial lanczos noise": ("preset=tutorial", "resize=lanczos", "init=gaussian", "steps=14"),
    "gatys fp32": ("preset=gatys", "precision=fp32", "steps=8"),
    "gatys bf16": ("preset=gatys", "precision=bf16", "steps=8"),
    "no clamp": ("optimizer.clamp=none", "precision=fp32"),
    "short history": (SHORT_HISTORY, "precision=fp32"),
    "bf16 history": (SHORT_HISTORY, "optimizer.history_dtype=bf16", "precision=fp32"),
    "tolerance": ("optimizer.tolerance_change=20", "precision=fp32"),
    "adam fp32": ("optimizer=adam", "precision=fp32"),
    "adam bf16": ("optimizer=adam", "init=noise", "precision=bf16"),
    "texture fp32": (*TEXTURE, "precision=fp32"),
    "texture bf16": (*TEXTURE, "style_layers=conv_3-5", "precision=bf16"),
    "texture from a content": ("content_weight=0", "init=content", "precision=fp32"),
    "reconstruction fp32": (*RECONSTRUCTION, "precision=fp32"),
    "reconstruction bf16": (*RECONSTRUCTION, "content_layers=conv_7", "precision=bf16"),
    "deep reconstruction": (*RECONSTRUCTION, "content_layers=conv_10", "precision=fp32", "steps=8"),
    "several content layers": (
        *("content_layers=[conv_2,relu_4]", "content_layer_weights=[0.5,2]", "style_layers=none", "init=gaussian"),
        "precision=fp32",
    ),
    "weighted style layers": ("style_layers=[relu_1,conv_3,conv_5]", "style_layer_weights=[3,0.5,1]", "precision=fp32"),
    "average pooling": ("pooling=avg", "precision=fp32"),
    "average pooling bf16": ("pooling=avg", "precision=bf16"),
    "total variation": ("tv_weight=10", "precision=fp32"),
    "total variation bf16": ("tv_weight=10", "init=noise", "precision=bf16"),
    "best": ("keep=best", "optimizer=adam", "optimizer.lr=0.2", "precision=fp32"),
    "blend": (
        *("blend.source=chelsea", "blend.target=rocket", "blend.offset=[290,20]", "blend.mode=mixed"),
        "precision=fp32",
    ),
}  # fmt: skip
"""Runs with the rules in absolute numbers, and no preconditioner, that were the default when these were recorded."""

TODAY: dict[str, tuple[str, ...]] = {
    "today's writeup": ("precision=fp32",),
    "today's noise": ("init=noise", "precision=fp32"),
    "today's texture": (*TEXTURE, "style_weight=1e-3", "precision=fp32"),
    "today's gatys": ("preset=gatys", "precision=fp32", "steps=8"),
    "today's adam": ("optimizer=adam", "precision=fp32"),
    "today's plain": ("optimizer=lbfgs_plain", "precision=fp32"),
    "today's plain noise": ("optimizer=lbfgs_plain", "init=noise", "precision=fp32"),
    "today's plain texture": ("optimizer=lbfgs_plain", *TEXTURE, "style_weight=1e-3", "precision=fp32"),
    "today's preconditioner": ("optimizer.preconditioner.kind=fourier", "precision=fp32"),
    "today's pyramid": ("optimizer.preconditioner.kind=pyramid", "precision=fp32"),
}
"""Runs with the optimizers' rules of today, which do not depend on the unit of the loss."""


def absolute(words: tuple[str, ...]) -> tuple[str, ...]:
    """The overrides that choose the rules in absolute numbers; the tutorial has them anyway."""
    if "preset=tutorial" in words:
        return ()
    if "optimizer=adam" in words:
        return ("optimizer.relative_epsilon=0",)
    return ("optimizer=lbfgs_plain", "optimizer.first_step=0", "optimizer.max_step=0.03")


CASES = {**{name: (*words, *absolute(words)) for name, words in RECORDED.items()}, **TODAY}


def spec(*overrides: str) -> Spec:
    """The spec that `python -m nst.run` makes of these overrides; Hydra must not be in use in this process."""
    with initialize_config_dir(str(data_folder("conf")), version_base="1.3"):
        register()
        return resolve(config_from(compose("config", overrides=[*COMMON, *overrides])))


def digest(result: Result) -> str:
    """SHA-256 of the final picture's float32 numbers."""
    return hashlib.sha256(result.picture.contiguous().numpy().tobytes()).hexdigest()


def rounding() -> str:
    """Digest products and convolutions of fixed numbers: equal only where CPU and PyTorch round alike."""
    torch.set_num_threads(2)
    generator, seen = torch.Generator().manual_seed(0), hashlib.sha256()
    for dtype in (torch.float32, torch.bfloat16):
        for channels in (3, 64, 128):
            feature = (
                torch.rand(1, channels, 40, 66, generator=generator).to(dtype).to(memory_format=torch.channels_last)
            )
            kernel = torch.rand(64, channels, 3, 3, generator=generator).to(dtype).to(memory_format=torch.channels_last)
            found = torch.conv2d(feature, kernel, padding=(0, 1))
            rows = found.permute(0, 2, 3, 1).reshape(-1, 64)
            for tensor in (found, rows.t() @ rows):
                seen.update(tensor.float().contiguous().numpy().tobytes())
    return seen.hexdigest()


def record() -> dict[str, Any]:
    """All that `pictures.json` holds."""
    return {
        "rounding": rounding(),
        "torch": torch.__version__,
        "pictures": {name: digest(transfer(spec(*overrides))) for name, overrides in CASES.items()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), indent=2) + "\n")
