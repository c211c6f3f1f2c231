"""Numbers drawn from a seed and the number of an evaluation, and rows at drawn positions."""

import pytest
import torch

from nst.objective.sampling import Sample, gaussian, hashed, inverse_lengths, positions


def at(number: int) -> torch.Tensor:
    return torch.tensor(number)


def test_a_draw_is_decided_by_seed_and_evaluation() -> None:
    first = hashed(1, at(5), 1000)
    assert torch.equal(hashed(1, at(5), 1000), first)
    for other in (hashed(2, at(5), 1000), hashed(1, at(6), 1000)):
        assert (other == first).sum() == 0
    assert first.unique().numel() == 1000 and first.min() >= 0 and first.max() < 2**32


def test_each_bit_is_as_often_1_as_0() -> None:
    """10,000 draws: 5000 each with a standard deviation of 50; four of them."""
    found = hashed(0, at(1), 10_000)
    for bit in range(32):
        assert abs(int(((found >> bit) & 1).sum()) - 5000) < 200


def test_normal_numbers_have_their_moments() -> None:
    """40,000 of them: standard errors .005, .007 and .02 of mean, variance and fourth moment; four of each."""
    found = gaussian((100, 400), 3, at(2)).double()
    assert abs(found.mean()) < 0.02 and abs(found.var() - 1) < 0.03 and abs(found.pow(4).mean() - 3) < 0.2
    assert found.isfinite().all() and found.shape == (100, 400)
    assert abs((found[:, :200] * found[:, 200:]).mean()) < 0.03


@pytest.mark.parametrize(("count", "samples"), [(10, 3), (1000, 7), (64, 63), (5, 5)])
def test_one_position_in_each_equal_part(count: int, samples: int) -> None:
    found = positions(count, samples, 0, at(0))
    for number, place in enumerate(found.tolist()):
        assert number * count // samples <= place < (number + 1) * count // samples


def test_all_positions_if_there_are_no_more() -> None:
    assert positions(4, 1024, 0, at(0)).tolist() == [0, 1, 2, 3]


def test_every_position_is_drawn_some_time() -> None:
    found = {place for number in range(200) for place in positions(12, 3, 0, at(number)).tolist()}
    assert found == set(range(12))


def test_a_row_of_zeros_has_no_direction_and_no_gradient() -> None:
    rows = torch.tensor([[3.0, 4.0], [0.0, 0.0]], dtype=torch.float64, requires_grad=True)
    (rows * inverse_lengths(rows)).sum().backward()  # type: ignore[no-untyped-call]
    assert inverse_lengths(rows).flatten().tolist() == pytest.approx([0.2, 0])
    assert rows.grad is not None and rows.grad[1].tolist() == [0, 0] and rows.grad.isfinite().all()


@pytest.mark.parametrize("values", [{"samples": 1}, {"samples": 4097}, {"seed": -1}, {"seed": 2**32}])
def test_settings_out_of_range_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=rf"^{next(iter(values))}="):
        Sample(**values)  # type: ignore[arg-type]
