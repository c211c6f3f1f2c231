"""The fast objective: the chain of convolutions with a hand-written backward pass, no autograd graph.

It is tested against its twin, `nst.objective.reference`. The forward and backward passes go strip by strip (whole
features on a GPU): a convolution's output is summed into the losses, rectified and pooled while it is in the cache.
Only that output is kept of each layer: the gradient w.r.t. the picture does not need the convolutions' inputs.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.hardware.side_stream import SideStream
from nst.networks.base.network import Network
from nst.objective.chain.conv_layers import ConvLayer, conv_layers
from nst.objective.chain.pooling import pool, unpool
from nst.objective.chain.replicated import Replicated, replicated_adjoint
from nst.objective.layer_losses import LayerLoss
from nst.objective.strips import ARENAS, Padded, padded_numel, strip_limit

aten = torch.ops.aten


class Chain:
    """Compute the losses of a picture (1, 3, H, W) and the gradient of their weighted sum.

    `losses` maps a layer name (`conv_4`: before the ReLU, `relu_4`: after it) to the losses at that layer.
    """

    def __init__(
        self, network: Network, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], pooling: str = "max"
    ) -> None:
        self.network, self.pooling = network, pooling
        device = network.mean.device
        self.layers = conv_layers(network, shape, losses, strip_limit(device))
        self.side_stream = SideStream(device)
        widest = max((padded_numel(s.channels, s.height, s.width) for s in self.layers), default=0)
        self.like = torch.empty(0, dtype=network.dtype, device=device)
        self.arenas = [] if device.type == "cuda" else [ARENAS.get(widest, network.dtype, device, n) for n in range(2)]
        self.padded: dict[tuple[int, ...], Padded] = {}
        width = shape[1] + 2 * network.replicates
        self.normalised = torch.zeros(padded_numel(3, shape[0], width), dtype=network.mean.dtype, device=device)
        self.gradient: Tensor | None = None

    @torch.no_grad()
    def losses(self, picture: Tensor) -> dict[LayerLoss, Tensor]:
        """Return the unweighted losses of a picture, keeping no activations."""
        self._forward(picture, keep=False)
        return self._values()

    @torch.no_grad()
    def loss_and_gradient(self, picture: Tensor) -> tuple[dict[LayerLoss, Tensor], Tensor]:
        """Return unweighted losses and the gradient (1, 3, H, W) of their weighted sum, valid until the next call."""
        self._forward(picture, keep=True)
        with self.side_stream():
            values = self._values()
        if self.gradient is None:
            self.gradient = torch.zeros_like(picture)
        self._backward(self.gradient)
        self.side_stream.join()
        return values, self.gradient

    def _values(self) -> dict[LayerLoss, Tensor]:
        return {loss: loss.compute() for layer in self.layers for loss in layer.losses}

    def _forward(self, picture: Tensor, keep: bool) -> None:
        feature = self._normalise(picture)
        for layer in self.layers:
            feature = self._forward_layer(layer, feature, keep)
            with self.side_stream():
                layer.finish_losses()
            if not keep:
                self.side_stream.join()
                layer.activations.clear()
        self.side_stream.join()

    def _backward(self, gradient: Tensor) -> None:
        above: Padded | None = None
        for layer in reversed(self.layers):
            above = self._backward_layer(layer, above)
            layer.activations.clear()
        if above is None:
            gradient.zero_()
        else:
            self._backward_first(above, gradient)

    def _backward_first(self, above: Padded, gradient: Tensor) -> None:
        """Write the gradient w.r.t. the picture, given that w.r.t. the first convolution's output."""
        if self.network.replicates:
            replicated_adjoint(self.network.adjoint(1), above, self.layers[0].strips, gradient)
            return
        for strip in self.layers[0].strips:
            gradient[:, :, strip] = self._conv_transpose(1, above, strip)

    def _normalise(self, picture: Tensor) -> Padded | None:
        """Return the input of the first convolution."""
        if self.network.replicates:
            return Replicated(self.normalised, picture - self.network.mean)
        normalised = Padded(self.normalised, 3, *picture.shape[2:])
        torch.sub(picture, self.network.mean, out=normalised.rows(slice(0, picture.shape[2])))
        return normalised

    def _forward_layer(self, layer: ConvLayer, feature: Padded | None, keep: bool) -> Padded:
        """Convolve, update the losses, rectify and pool; return the next layer's input."""
        keep = keep or self.like.is_cuda or any(loss.whole for loss in layer.losses)
        last = layer is self.layers[-1]
        scale = 2 if layer.pools else 1
        output = self._padded(layer.number, layer.channels, layer.height // scale, layer.width // scale)
        with self.side_stream():
            for loss in layer.losses:
                loss.reset(self.like)
        layer.activations.clear()
        for strip in layer.strips:
            into = None if last else output.rows(slice(strip.start // scale, strip.stop // scale))
            rows = self._convolve(layer, feature, strip, into)
            if keep:
                layer.activations.append(rows)
            with self.side_stream():
                layer.update_losses(rows, strip)
        return output

    def _convolve(self, layer: ConvLayer, feature: Padded | None, strip: slice, into: Tensor | None) -> Tensor:
        """Return a strip of the convolution's output; write it, rectified and pooled, `into` the next layer's input."""
        assert feature is not None
        rows = self._convolution(layer, feature, strip)
        if into is not None:
            self._rectify(layer, rows, into)
        return rows

    def _convolution(self, layer: ConvLayer, feature: Padded, strip: slice) -> Tensor:
        """Return a strip of the convolution's output."""
        weight, bias = self.network.layers[layer.number - 1]
        return F.conv2d(feature.with_neighbours(strip), weight, bias, padding=feature.padding).to(self.network.dtype)

    def _rectify(self, layer: ConvLayer, rows: Tensor, into: Tensor) -> None:
        """Write a strip, pooled if the layer pools, `into` the next layer's input."""
        aten.threshold.out(pool(self.pooling, rows) if layer.pools else rows, 0, 0, out=into)
        self._scale(layer, into)

    def _scale(self, layer: ConvLayer, pooled: Tensor) -> None:
        """Multiply the output of this layer's pooling, or its gradient, by the network's pooling scale."""
        if layer.pools and self.network.pooling_scale is not None:
            pooled.mul_(self.network.pooling_scale)

    def _backward_layer(self, layer: ConvLayer, above: Padded | None) -> Padded:
        """Return the gradient w.r.t. this convolution's output; `above`: the next one's, None for the last layer."""
        gradient = self._padded(layer.number, layer.channels, layer.height, layer.width)
        for number in reversed(range(len(layer.strips))):
            strip, rows = layer.strips[number], layer.activations[number]
            into = gradient.rows(strip)
            if layer.post_relu:
                upstream = torch.zeros_like(rows) if above is None else self._upstream(layer, number, above)
                rectified = F.relu(rows)
                for loss in layer.post_relu:
                    loss.backward(upstream, rectified, strip)
                aten.threshold_backward.grad_input(upstream, rows, 0, grad_input=into)
            elif above is None:
                into.zero_()
            else:
                self._backward_relu(layer, number, above, into)
            for loss in layer.pre_relu:
                loss.backward(into, rows, strip)
        return gradient

    def _backward_relu(self, layer: ConvLayer, number: int, above: Padded, into: Tensor) -> None:
        """Write the gradient w.r.t. a strip of a convolution's output, if there are no losses after its ReLU."""
        upstream = self._upstream(layer, number, above)
        aten.threshold_backward.grad_input(upstream, layer.activations[number], 0, grad_input=into)

    def _upstream(self, layer: ConvLayer, number: int, above: Padded) -> Tensor:
        """Return the gradient w.r.t. a strip of the rectified output: the next convolution's adjoint, unpooled."""
        strip, rows = layer.strips[number], layer.activations[number]
        if not layer.pools:
            return self._conv_transpose(layer.number + 1, above, strip)
        return unpool(self.pooling, self._upstream_pooled(layer, strip, above), rows)

    def _upstream_pooled(self, layer: ConvLayer, strip: slice, above: Padded) -> Tensor:
        """Return the gradient w.r.t. a pooled strip, before the network's pooling scale."""
        pooled = self._conv_transpose(layer.number + 1, above, slice(strip.start // 2, strip.stop // 2))
        self._scale(layer, pooled)
        return pooled

    def _conv_transpose(self, number: int, above: Padded, strip: slice) -> Tensor:
        """Return the gradient w.r.t. a strip of the input of convolution `number`; `above`: that of its output."""
        return F.conv2d(above.with_neighbours(strip), self.network.adjoint(number), padding=(0, 1))

    def _padded(self, number: int, channels: int, height: int, width: int) -> Padded:
        """Return the buffer for a feature or gradient of layer `number`; neighbouring layers use different arenas.

        On a GPU each shape of each layer has its own buffer, whose rows of zeros are written only once.
        """
        shape = (number, channels, height, width)
        if shape in self.padded:
            return self.padded[shape]
        if self.arenas:
            return Padded(self.arenas[number % 2], *shape[1:])
        return self.padded.setdefault(shape, Padded(self.like.new_empty(padded_numel(*shape[1:])), *shape[1:]))
