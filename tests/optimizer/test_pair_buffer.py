"""The two products over a stack of vectors, in both types of memory."""

import pytest
import torch
from torch import Tensor

from nst.optimizer import pair_buffer
from nst.optimizer.pair_buffer import ALIGNMENT, PairBuffer, padded, products

GPU = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]
CPU = torch.device("cpu")


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def filled(groups: int, columns: int, stored: torch.dtype = torch.float32) -> PairBuffer:
    made = PairBuffer(groups, columns, torch.float32, stored, CPU)
    for place in range(groups):
        made.write(torch.tensor([place]), numbers(columns, seed=2 * place), numbers(columns, seed=2 * place + 1))
    return made


@pytest.mark.parametrize(("size", "columns"), [(1, 1024), (1024, 1024), (1025, 2048), (786432, 786432)])
def test_vectors_are_padded_to_whole_blocks(size: int, columns: int) -> None:
    assert ALIGNMENT % pair_buffer.BLOCKS == 0 and padded(size) == columns


def test_products_of_small_numbers_are_exact() -> None:
    """Row n holds n + 1 everywhere, the probe 2: (n + 1) x 4096."""
    rows = torch.arange(1.0, 4.0)[:, None].expand(3, 2048).contiguous()
    found = products(rows, torch.full((2048,), 2.0), torch.float64)
    assert found.dtype == torch.float64
    assert found.tolist() == [4096, 8192, 12288]


@pytest.mark.parametrize("stored", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("widened", [512, 700, 16384])
def test_both_products_are_those_of_the_stored_vectors(
    stored: torch.dtype, widened: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_buffer, "WIDENED", widened)
    made, probe, weights = filled(3, 2048, stored), numbers(2048, seed=99), numbers(3, 2, seed=98)
    exact = made.vectors.double()
    found = made.products(probe, torch.float64)
    assert torch.allclose(found, torch.einsum("gvc,c->gv", exact, probe.double()), rtol=0, atol=1e-3)
    out = torch.empty(2048)
    made.weighted_sum(weights.double(), out)
    assert torch.allclose(out.double(), torch.einsum("gvc,gv->c", exact, weights.double()), rtol=0, atol=1e-4)


@pytest.mark.parametrize("stored", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("growing", [True, False])
@pytest.mark.parametrize("member", [0, 1])
def test_one_vector_of_each_group_alone(stored: torch.dtype, growing: bool, member: int) -> None:
    """Two of three groups are written."""
    made = PairBuffer(3, 2048, torch.float32, stored, CPU)
    made.growing, made.used = growing, 0 if growing else 3
    for place in range(2):
        made.write(torch.tensor([place]), numbers(2048, seed=2 * place), numbers(2048, seed=2 * place + 1))
    probe, weights = numbers(2048, seed=99), numbers(3, seed=98)
    exact = made.vectors[:, member].double()
    found = made.products(probe, torch.float64, member)
    assert found.shape == (3,) and torch.allclose(found, exact @ probe.double(), rtol=0, atol=1e-3)
    out = torch.empty(2048)
    made.weighted_sum(weights.double(), out, member)
    assert torch.allclose(out.double(), exact.t() @ weights.double(), rtol=0, atol=1e-4)


def test_bfloat16_takes_half_the_memory() -> None:
    narrow, wide = filled(3, 1024, torch.bfloat16).vectors, filled(3, 1024).vectors
    assert 2 * narrow.nbytes == wide.nbytes
    assert torch.equal(narrow, wide.bfloat16())


def test_what_was_never_put_counts_as_zeros() -> None:
    made = PairBuffer(3, 1024, torch.float32, torch.float32, CPU)
    made.write(torch.tensor([0]), torch.ones(1024), 2 * torch.ones(1024))
    assert made.products(torch.ones(1024), torch.float64).flatten().tolist() == [1024, 2048, 0, 0, 0, 0]
    out = torch.empty(1024)
    made.weighted_sum(torch.ones(3, 2), out)
    assert torch.equal(out, torch.full((1024,), 3.0))


def test_a_reset_stack_is_a_fresh_one() -> None:
    made = filled(3, 1024)
    made.reset()
    assert made.used == 0 and not made.vectors.any()


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=GPU)])
@pytest.mark.parametrize("stored", [torch.float32, torch.bfloat16])
def test_a_stack_that_does_not_grow_multiplies_all_that_it_has(device: str, stored: torch.dtype) -> None:
    """As on a GPU; its matrix units have 16 bits for the other factor, where they multiply bfloat16."""
    made = PairBuffer(3, 2048, torch.float32, stored, torch.device(device))
    made.growing, made.used = False, 3
    made.write(torch.tensor([1], device=device), numbers(2048).to(device), numbers(2048, seed=1).to(device))
    probe, weights = numbers(2048, seed=99).to(device), numbers(3, 2, seed=98).to(device)
    exact = made.vectors.double()
    found = made.products(probe, torch.float64)
    assert torch.allclose(found, torch.einsum("gvc,c->gv", exact, probe.double()), rtol=0, atol=5e-3)
    out = torch.empty(2048, device=device)
    made.weighted_sum(weights.double(), out)
    assert torch.allclose(out.double(), torch.einsum("gvc,gv->c", exact, weights.double()), rtol=0, atol=1e-3)
