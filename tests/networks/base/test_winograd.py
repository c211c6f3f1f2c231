"""Winograd's matrices: by hand, and one tile against a plain convolution."""

import torch
import torch.nn.functional as F

from nst.networks.base.winograd import INPUT, KERNEL, OUTPUT, transformed


def test_the_matrices_by_hand() -> None:
    """At 0 a kernel is its first tap over (5/8 * 3/2)^2; at infinity its last; a tile's values there are its ends'."""
    assert KERNEL[0].tolist() == [256 / 225, 0, 0] and KERNEL[5].tolist() == [0, 0, 1]
    assert OUTPUT[0].tolist() == [1, 1, 1, 1, 1, 0] and OUTPUT[3].tolist() == [
        0,
        125 / 512,
        -125 / 512,
        27 / 8,
        -27 / 8,
        1,
    ]
    assert INPUT[0].tolist() == [225 / 256, 0, -169 / 64, 0, 1, 0]


def test_tiles_and_outputs_are_exact_in_float32() -> None:
    for matrix in (INPUT, OUTPUT):
        assert torch.equal(matrix.float().double(), matrix)


def test_one_line_of_four_outputs() -> None:
    """d = 1..6 under g = (1, 2, 4): 1 + 4 + 12 = 17, and 7 more at each place."""
    line, kernel = torch.arange(1.0, 7.0).double(), torch.tensor([1.0, 2.0, 4.0]).double()
    found = OUTPUT @ ((KERNEL @ kernel) * (INPUT @ line))
    assert torch.allclose(found, torch.tensor([17.0, 24.0, 31.0, 38.0]).double(), rtol=1e-13)
    back = OUTPUT.flip(0) @ ((KERNEL @ kernel) * (INPUT.flip(1) @ line))
    assert torch.allclose(back, F.conv1d(line[None, None], kernel.flip(0)[None, None]).flatten(), rtol=1e-13)


def test_a_kernel_is_transformed_along_both_axes() -> None:
    kernel = torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(0)).double()
    found = transformed(kernel)
    assert found.shape == (36, 3, 4) and found.is_contiguous()
    one = KERNEL @ kernel[1, 2] @ KERNEL.t()
    assert torch.allclose(found[:, 2, 1].view(6, 6), one, rtol=1e-13)
