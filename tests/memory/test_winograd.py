"""The memory of Winograd's convolutions, counted by hand."""

from collections.abc import Callable

import pytest
from specs import changed

from nst.memory.estimate import needed_bytes
from nst.memory.winograd import winograd_bytes
from nst.spec.records import Spec

KERNEL_4 = 36 * 128 * 128
"""Numbers in the transformed kernel of conv_4."""


def test_kernels_once_and_two_buffers(make_spec: Callable[..., Spec]) -> None:
    """At 64 pixels, down to conv_5, conv_4 alone: 64 tiles in blocks of 64."""
    spec = make_spec(precision="fp32_winograd")
    assert winograd_bytes(spec, [(64, 64)]) == 4 * (KERNEL_4 + 2 * 36 * 64 * 128)
    assert winograd_bytes(spec, [(64, 64), (32, 32)]) == winograd_bytes(spec, [(64, 64)])
    assert winograd_bytes(spec, [(32, 32)]) == winograd_bytes(changed(spec, precision="fp32"), [(64, 64)]) == 0


def test_a_larger_target_may_need_more_kernels(make_spec: Callable[..., Spec]) -> None:
    """At 128: conv_2 and conv_5 also; the largest block is that of conv_2, 512 tiles of 64 channels."""
    kernels = KERNEL_4 + 36 * (64 * 64 + 128 * 256)
    found = winograd_bytes(make_spec(precision="fp32_winograd"), [(64, 64), (128, 128)])
    assert found == 4 * (kernels + 2 * 36 * 512 * 64)


def test_they_are_part_of_a_run(make_spec: Callable[..., Spec]) -> None:
    spec = make_spec(precision="fp32")
    more = needed_bytes(changed(spec, precision="fp32_winograd"), (64, 64)) - needed_bytes(spec, (64, 64))
    assert more == pytest.approx(1.15 * 4 * (KERNEL_4 + 2 * 36 * 64 * 128), abs=2)
