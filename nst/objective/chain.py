"""The objective made fast: the chain of convolutions with its backward written by hand, no autograd graph.

Twin of `nst.objective.reference`, which tests hold it to. One pass up and one down, both strip by strip (whole features
on a GPU): what a convolution puts out is summed into the losses, rectified and pooled while it is in the cache. Of each
layer only the convolution's output is kept; the gradient's convolutions need none of their inputs.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.network.table import pooled_before
from nst.network.vgg import Vgg19
from nst.objective.local import LocalLoss
from nst.objective.strips import Padded, arena, cut, padded_numel, strip_limit

aten = torch.ops.aten


@dataclass
class Stage:
    """One convolution with what follows it: losses, ReLU, and the pooling before the next one where there is one."""

    number: int
    channels: int
    height: int
    width: int
    strips: tuple[slice, ...]
    pools: bool
    at_conv: list[LocalLoss] = field(default_factory=list)
    at_relu: list[LocalLoss] = field(default_factory=list)
    kept: list[Tensor] = field(default_factory=list)
    """Output of the convolution, before the ReLU, a tensor a strip."""
    places: list[Tensor] = field(default_factory=list)
    """Where the largest of each pooling was, a tensor a strip; on a GPU only: a CPU finds them again in less time."""

    @property
    def losses(self) -> list[LocalLoss]:
        """Before and after the ReLU."""
        return self.at_conv + self.at_relu


class Chain:
    """Losses of a picture (1, 3, H, W) at the layers of `losses`, and the gradient of their weighted sum.

    `losses`: layer name (`conv_4` before, `relu_4` after the ReLU) -> its losses.
    """

    def __init__(
        self, network: Vgg19, shape: tuple[int, int], losses: dict[str, list[LocalLoss]], pooling: str = "max"
    ) -> None:
        self.network, self.pooling = network, pooling
        device, size = network.mean.device, network.dtype.itemsize
        depth = max((int(name.split("_")[1]) for name in losses), default=0)
        self.stages = _stages(network, shape, depth, strip_limit(device), size)
        for name, found in losses.items():
            kind, number = name.split("_")
            stage = self.stages[int(number) - 1]
            (stage.at_conv if kind == "conv" else stage.at_relu).extend(found)
        widest = max((padded_numel(s.channels, s.height, s.width) for s in self.stages), default=0)
        self.like = torch.empty(0, dtype=network.dtype, device=device)
        self.arenas = [] if device.type == "cuda" else [arena(widest, network.dtype, device, n) for n in range(2)]
        self.padded: dict[tuple[int, ...], Padded] = {}
        self.entrance = torch.zeros(padded_numel(3, *shape), dtype=network.mean.dtype, device=device)
        self.gradient: Tensor | None = None

    @torch.no_grad()
    def losses(self, picture: Tensor) -> dict[LocalLoss, Tensor]:
        """The unweighted losses of a picture; nothing is kept."""
        return self._pass_up(picture, keep=False)

    @torch.no_grad()
    def loss_and_gradient(self, picture: Tensor) -> tuple[dict[LocalLoss, Tensor], Tensor]:
        """The unweighted losses, and the gradient of their weighted sum (1, 3, H, W), valid until the next call."""
        values = self._pass_up(picture, keep=True)
        if self.gradient is None:
            self.gradient = torch.zeros_like(picture)
        above: Padded | None = None
        for stage in reversed(self.stages):
            above = self._down(stage, above)
            stage.kept.clear()
            stage.places.clear()
        if above is None:
            self.gradient.zero_()
        else:
            for strip in self.stages[0].strips:
                self.gradient[:, :, strip] = self._adjoint(1, above, strip)
        return values, self.gradient

    def _pass_up(self, picture: Tensor, keep: bool) -> dict[LocalLoss, Tensor]:
        entered = Padded(self.entrance, 3, *picture.shape[2:])
        torch.sub(picture, self.network.mean, out=entered.rows(slice(0, picture.shape[2])))
        values: dict[LocalLoss, Tensor] = {}
        for stage in self.stages:
            entered = self._up(stage, entered, keep or any(loss.whole for loss in stage.losses))
            values.update({loss: loss.value(stage.kept) for loss in stage.at_conv})
            rectified = [F.relu(rows) for rows in stage.kept] if any(loss.whole for loss in stage.at_relu) else []
            values.update({loss: loss.value(rectified) for loss in stage.at_relu})
            if not keep:
                stage.kept.clear()
        return values

    def _up(self, stage: Stage, entered: Padded, keep: bool) -> Padded:
        """Convolve, sum into the losses, rectify and pool; returns what enters the next stage."""
        weight, bias = self.network.layers[stage.number - 1]
        last = stage is self.stages[-1]
        scale = 2 if stage.pools else 1
        leaving = self._padded(stage.number, stage.channels, stage.height // scale, stage.width // scale)
        for loss in stage.losses:
            loss.begin(self.like)
        stage.kept.clear()
        for strip in stage.strips:
            rows = F.conv2d(entered.with_neighbours(strip), weight, bias, padding=(0, 1)).to(self.network.dtype)
            if keep:
                stage.kept.append(rows)
            for loss in stage.at_conv:
                loss.see(rows, strip)
            for loss in stage.at_relu:
                loss.see(F.relu(rows), strip)
            if not last:
                self._leave(stage, rows, leaving.rows(slice(strip.start // scale, strip.stop // scale)))
        return leaving

    def _leave(self, stage: Stage, rows: Tensor, into: Tensor) -> None:
        """ReLU and pooling; the maximum of rectified numbers is the rectified maximum, which is less work."""
        if stage.pools and self.pooling == "avg":
            rows = F.avg_pool2d(F.relu(rows), 2)
        elif stage.pools:
            rows, places = aten.max_pool2d_with_indices(rows, [2, 2])
            if places.is_cuda:
                stage.places.append(places)
        aten.threshold.out(rows, 0, 0, out=into)

    def _down(self, stage: Stage, above: Padded | None) -> Padded:
        """The gradient on this convolution's output, from that on the next one's (None at the top)."""
        gradient = self._padded(stage.number, stage.channels, stage.height, stage.width)
        for number in reversed(range(len(stage.strips))):
            strip, rows = stage.strips[number], stage.kept[number]
            into = gradient.rows(strip)
            up = self._from_above(stage, number, above)
            if stage.at_relu:
                up = torch.zeros_like(rows) if up is None else up
                rectified = F.relu(rows)
                for loss in stage.at_relu:
                    loss.add_gradient(up, rectified, strip)
            if up is None:
                into.zero_()
            else:
                aten.threshold_backward.grad_input(up, rows, 0, grad_input=into)
            for loss in stage.at_conv:
                loss.add_gradient(into, rows, strip)
        return gradient

    def _from_above(self, stage: Stage, number: int, above: Padded | None) -> Tensor | None:
        """The gradient on a strip of the rectified output: the next convolution's adjoint, unpooled."""
        if above is None:
            return None
        strip = stage.strips[number]
        if not stage.pools:
            return self._adjoint(stage.number + 1, above, strip)
        pooled = self._adjoint(stage.number + 1, above, slice(strip.start // 2, strip.stop // 2))
        return self._unpool(stage, number, pooled)

    def _unpool(self, stage: Stage, number: int, pooled: Tensor) -> Tensor:
        """The gradient on what was pooled, from that on the pooled; the first of equal maxima takes it."""
        found: Tensor
        rows = stage.kept[number]
        if self.pooling == "avg":
            found = aten.avg_pool2d_backward(pooled, rows, [2, 2], [2, 2], [0, 0], False, True, None)
        else:
            places = stage.places[number] if stage.places else aten.max_pool2d_with_indices(rows, [2, 2])[1]
            found = aten.max_pool2d_with_indices_backward(pooled, rows, [2, 2], [2, 2], [0, 0], [1, 1], False, places)
        return found

    def _adjoint(self, number: int, above: Padded, strip: slice) -> Tensor:
        """The gradient on a strip of what entered convolution `number`, from `above`, that on its output."""
        return F.conv2d(above.with_neighbours(strip), self.network.adjoint(number), padding=(0, 1))

    def _padded(self, number: int, channels: int, height: int, width: int) -> Padded:
        """Where a feature or a gradient of stage `number` goes; neighbouring stages write into different arenas.

        On a GPU each shape of each stage has memory of its own, whose rows of zeros need not be written again.
        """
        shape = (number, channels, height, width)
        if shape in self.padded:
            return self.padded[shape]
        if self.arenas:
            return Padded(self.arenas[number % 2], *shape[1:])
        return self.padded.setdefault(shape, Padded(self.like.new_empty(padded_numel(*shape[1:])), *shape[1:]))


def _stages(network: Vgg19, shape: tuple[int, int], depth: int, limit: int | None, itemsize: int) -> list[Stage]:
    height, width = shape
    stages = []
    for number in range(1, depth + 1):
        if pooled_before(number):
            height, width = height // 2, width // 2
        channels = network.layers[number - 1][0].shape[0]
        strips = cut(height, channels * width * itemsize, limit)
        stages.append(Stage(number, channels, height, width, strips, number < depth and pooled_before(number + 1)))
    return stages
