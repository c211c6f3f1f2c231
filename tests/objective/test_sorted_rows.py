"""Sorting rows and matching them: the packed way against `torch.sort`, and quantiles by hand."""

import pytest
import torch
from torch import Tensor

from nst.objective.sorted_rows import match, project, quantiles, sort


def rows(count: int, length: int, seed: int = 0) -> Tensor:
    """Distinct rows in float32, with large numbers and some so small that they are denormal."""
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(count, length, generator=generator)
    found[:, 1::7] *= 1e6
    found[:, 2::7] *= 1e-39
    return found


def plain_match(found: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Differences in place of the numbers, and the sum of their squares, by a stable sort in float64."""
    values, order = found.double().sort(stable=True, dim=1)
    difference = values - target.double()
    return torch.empty_like(difference).scatter(1, order, difference), difference.square().sum()


@pytest.mark.parametrize("shape", [(1, 1), (3, 50), (7, 1000), (5, 20000)])
def test_packed_float32_is_matched_exactly(shape: tuple[int, int]) -> None:
    """No bit of a number is lost to its place: every difference is the exact one, rounded once."""
    found, target = rows(*shape), torch.randn(*shape, generator=torch.Generator().manual_seed(1)).sort(1).values
    found = torch.stack([row[torch.randperm(len(row))] for row in found])
    difference, total = plain_match(found, target)
    value = match(found, target)
    assert torch.equal(found.sort(1).values, difference.float().sort(1).values)
    assert (found != difference.float()).sum() <= 0.01 * found.numel()  # equal numbers may change places
    assert value.item() == pytest.approx(total.item(), rel=1e-6)


def test_equal_numbers_and_zeros_of_both_signs() -> None:
    """-1 twice, 0 thrice, 2 twice, against 1 to 7: the differences of equal numbers are any permutation."""
    found = torch.tensor([[0.0, 2.0, -1.0, -0.0, 2.0, -1.0, 0.0]])
    ours, _ = found.clone(), match(found, torch.arange(1.0, 8.0)[None])
    for number, expected in ((-1.0, [-3, -2]), (0.0, [-5, -4, -3]), (2.0, [-5, -4])):
        assert sorted(found[ours == number].tolist()) == expected


def test_float64_is_matched_likewise() -> None:
    found, target = rows(4, 300).double(), rows(4, 300, seed=1).double().sort(1).values
    difference, total = plain_match(found, target)
    value = match(found, target)
    assert value.item() == pytest.approx(total.item(), rel=1e-12)
    assert torch.equal(found.sort(1).values, difference.sort(1).values)


def test_the_differences_stand_where_the_numbers_stood() -> None:
    """3, 1, 2 against 10, 20, 30: 3 is the third, 1 the first, 2 the second."""
    found = torch.tensor([[3.0, 1.0, 2.0]])
    assert match(found, torch.tensor([[10.0, 20.0, 30.0]])) == 27**2 + 9**2 + 18**2
    assert found.tolist() == [[-27.0, -9.0, -18.0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sorting_in_place(dtype: torch.dtype) -> None:
    found = rows(5, 20000).to(dtype)
    expected = found.sort(1).values
    assert torch.equal(sort(found), expected) and torch.equal(found, expected)


def test_as_many_quantiles_as_numbers_are_the_numbers() -> None:
    ordered = rows(2, 100).sort(1).values
    assert quantiles(ordered, 100) is ordered


def test_quantiles_by_hand() -> None:
    """0 and 4 are the quantiles at 1/4 and 3/4. At 1/8, 3/8, 5/8, 7/8: outside 0, then 1, 3, outside 4; at 1/2: 2."""
    ordered = torch.tensor([[0.0, 4.0]])
    assert quantiles(ordered, 4).tolist() == [[0, 1, 3, 4]]
    assert quantiles(ordered, 1).tolist() == [[2]]
    assert quantiles(torch.tensor([[7.0]]), 3).tolist() == [[7, 7, 7]]


@pytest.mark.parametrize("count", [1, 3, 17, 63, 65, 400])
def test_quantiles_ascend_and_stay_in_range(count: int) -> None:
    ordered = torch.randn(3, 64, generator=torch.Generator().manual_seed(0), dtype=torch.float64).sort(1).values
    found = quantiles(ordered, count)
    assert found.shape == (3, count) and (found.diff(dim=1) >= 0).all()
    assert (found >= ordered[:, :1]).all() and (found <= ordered[:, -1:]).all()


def test_strips_are_projected_as_one() -> None:
    """Position by position along the rows of the picture: (1, 10), (2, 20), ... on the axes and on their sum."""
    numbers = torch.arange(1.0, 7.0).view(1, 1, 3, 2)
    feature = torch.cat([numbers, 10 * numbers], 1)
    strips = [feature[:, :, :2], feature[:, :, 2:]]
    assert project(strips, None).tolist() == [[1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60]]
    assert project(strips, torch.ones(1, 2)).tolist() == [[11, 22, 33, 44, 55, 66]]
