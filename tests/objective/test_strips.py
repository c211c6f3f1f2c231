"""Strips and padded features, by hand."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nst.objective.strips import (
    GRAM_ROWS,
    Arenas,
    Padded,
    add_products,
    cut,
    matrix,
    padded_numel,
    strip_limit,
)
from objective.layers import feature


def test_as_many_rows_as_fit_and_an_even_number() -> None:
    """Ten rows of 100 bytes, 500 bytes at a time: five would fit, four are even."""
    assert cut(10, 100, 500) == (slice(0, 4), slice(4, 8), slice(8, 10))


def test_a_last_single_row_joins_the_strip_before() -> None:
    assert cut(9, 100, 400) == (slice(0, 4), slice(4, 9))


def test_a_row_that_is_too_long_still_comes_in_twos() -> None:
    assert cut(4, 10**9, 1) == (slice(0, 2), slice(2, 4))


def test_no_limit_is_one_strip() -> None:
    assert cut(7, 100, None) == (slice(0, 7),)
    assert strip_limit(torch.device("cuda")) is None


@given(st.integers(1, 300), st.integers(1, 5000), st.integers(1, 20000))
def test_strips_cover_all_rows_once(height: int, row_bytes: int, limit: int) -> None:
    strips = cut(height, row_bytes, limit)
    assert [row for strip in strips for row in range(strip.start, strip.stop)] == list(range(height))
    assert all(strip.start % 2 == 0 for strip in strips)
    assert height == 1 or all(strip.stop - strip.start >= 2 for strip in strips)


def test_padded_rows_have_zeros_around_them() -> None:
    padded = Padded(torch.full((100,), 7.0), channels=2, height=3, width=4)
    padded.rows(slice(0, 3)).fill_(1)
    assert padded.whole.shape == (1, 2, 5, 4) and padded_numel(2, 3, 4) == 40
    assert padded.whole[0, 0, :, 0].tolist() == [0, 1, 1, 1, 0]
    assert padded.with_neighbours(slice(0, 1))[0, 0, :, 0].tolist() == [0, 1, 1]
    assert padded.with_neighbours(slice(1, 3)).is_contiguous(memory_format=torch.channels_last)


def test_matrix_is_a_view_with_a_row_a_position() -> None:
    feature = torch.arange(12.0).view(1, 2, 2, 3).contiguous(memory_format=torch.channels_last)
    assert matrix(feature).tolist() == [[0, 6], [1, 7], [2, 8], [3, 9], [4, 10], [5, 11]]
    assert matrix(feature).data_ptr() == feature.data_ptr()


def test_arenas_are_shared_and_grow() -> None:
    arenas = Arenas()
    cpu = torch.device("cpu")
    first = arenas.get(10, torch.float64, cpu, 0)
    assert arenas.get(5, torch.float64, cpu, 0) is first
    assert arenas.get(5, torch.float64, cpu, 1) is not first
    assert arenas.get(11, torch.float64, cpu, 0).numel() == 11
    arenas.release()


def test_too_small_a_storage_is_refused() -> None:
    with pytest.raises(RuntimeError):
        Padded(torch.zeros(10), channels=2, height=3, width=4)


@pytest.mark.parametrize("rows", [GRAM_ROWS - 1, GRAM_ROWS, 3 * GRAM_ROWS + 7])
def test_products_of_bf16_are_summed_in_float32(rows: int) -> None:
    """Numbers near 1 with a common offset: summed in bf16 the total would stick at a few hundred times its unit."""
    ours = (1 + feature(1, rows, dtype=torch.float32) / 100).bfloat16()
    found = add_products(None, ours)
    exact = matrix(ours).double().t() @ matrix(ours).double()
    assert float((found - exact).abs().max() / exact.max()) < 3e-3
    assert found.dtype == torch.float32
    twice = add_products(found.clone(), ours)
    assert torch.allclose(twice, 2 * found, rtol=1e-6)
