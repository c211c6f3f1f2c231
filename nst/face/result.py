"""The result of `nst.transfer`; a notebook displays it with its numbers."""

import base64
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from PIL.Image import Image
from torch import Tensor

from nst.metrics.recorded import Metrics
from nst.pictures.tensors import encode_png
from nst.result import Result, Timings
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.record import trace_table
from nst.sweep.progress import clock, numbers

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Transfer:
    """A finished run: `image` (Pillow), `picture` (tensor), `trace` (pandas), `metrics`, `timings`.

    `spec` is what was computed; `result` is everything the engine returned.
    """

    spec: Spec
    result: Result

    @property
    def image(self) -> Image:
        """The 8-bit picture: `result.image.save("me.png")`."""
        return self.result.image

    @property
    def picture(self) -> Tensor:
        """The picture as a tensor (1, 3, H, W), float32 in [0, 1], on the CPU."""
        return self.result.picture

    @property
    def metrics(self) -> Metrics:
        """Losses and distances of the picture."""
        return self.result.metrics

    @property
    def timings(self) -> Timings:
        """Seconds of the run by part."""
        return self.result.timings

    @property
    def signature(self) -> str:
        """The run's name in a store."""
        return signature(self.spec)

    @cached_property
    def trace(self) -> "pd.DataFrame":
        """Losses by evaluation, with the columns of `trace.csv`: `result.trace.plot(y="total_loss", logy=True)`."""
        import pandas as pd

        heads, rows = trace_table(self.result.trace)
        return pd.DataFrame(rows, columns=heads).set_index("evaluation")

    def shown(self) -> dict[str, str]:
        """Return the numbers to show with the picture."""
        found, psnr, ssim = self.result, self.metrics.psnr_content_db, self.metrics.ssim_content
        known = {
            "size": f"{self.image.width} x {self.image.height}",
            "evaluations": f"{found.evaluations} in {clock(found.timings.seconds_loop)}",
            "losses": numbers(found.metrics.losses),
            "PSNR to the content": None if psnr is None else f"{psnr:.3g} dB",
            "SSIM to the content": None if ssim is None else f"{ssim:.3g}",
            "device": f"{self.spec.runtime.device}, {self.spec.precision}",
            "signature": self.signature,
            "remark": found.remark,
        }
        return {name: value for name, value in known.items() if value}

    def __repr__(self) -> str:
        words = ", ".join(f"{name} {value}" for name, value in self.shown().items())
        return f"<transfer: {words}>"

    def _repr_png_(self) -> bytes:
        return encode_png(self.image, {})

    def _repr_html_(self) -> str:
        source = base64.b64encode(self._repr_png_()).decode()
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in self.shown().items()
        )
        return f'<img alt="the result" src="data:image/png;base64,{source}"><table>{rows}</table>'
