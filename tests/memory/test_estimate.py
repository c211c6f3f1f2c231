"""A run's memory, counted by hand, and the proposals if it does not fit."""

import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from specs import changed
from torch import Tensor

import nst.memory.estimate as budget
from nst import losses
from nst.engine import transfer
from nst.memory.estimate import TooLarge, fit_memory, needed_bytes
from nst.objective.layer_losses import WholeLoss
from nst.spec.records import Adam, Lbfgs, PictureFile, Preconditioner, Spec, Target

MakeSpec = Callable[..., Spec]


def test_history_is_two_vectors_a_pair_and_one_pair_to_try(make_spec: MakeSpec) -> None:
    """100 pairs and one: 202 vectors of 3 x 64 x 64 numbers of 4 bytes; and 15 % to be on the safe side."""
    spec = make_spec(steps=500)
    without = needed_bytes(changed(spec, optimizer=Adam()), (64, 64))
    assert needed_bytes(spec, (64, 64)) - without == pytest.approx(1.15 * 202 * 3 * 64 * 64 * 4, abs=2)
    half = changed(spec, optimizer=Lbfgs(history_dtype="bf16"))
    assert needed_bytes(half, (64, 64)) - without == pytest.approx(1.15 * 202 * 3 * 64 * 64 * 2, abs=2)
    assert needed_bytes(changed(spec, steps=9), (64, 64)) - without == pytest.approx(1.15 * 20 * 3 * 64 * 64 * 4, abs=2)


@pytest.mark.parametrize(("kind", "copies"), [("fourier", 6), ("pyramid", 6), ("adaptive", 9)])
def test_a_preconditioner_needs_copies_of_the_picture(make_spec: MakeSpec, kind: str, copies: int) -> None:
    spec = make_spec(steps=500)
    with_one = changed(spec, optimizer=Lbfgs(preconditioner=Preconditioner(kind)))
    more = needed_bytes(with_one, (64, 64)) - needed_bytes(spec, (64, 64))
    assert more == pytest.approx(1.15 * copies * 3 * 64 * 64 * 4, abs=2)


def test_it_grows_with_the_pixels(make_spec: MakeSpec) -> None:
    spec = make_spec(steps=500)
    assert needed_bytes(spec, (128, 128)) == pytest.approx(4 * needed_bytes(spec, (64, 64)), rel=0.01)
    assert needed_bytes(changed(spec, precision="bf16"), (64, 64)) < needed_bytes(spec, (64, 64))


def test_a_loss_of_a_whole_feature_needs_its_gradient_and_what_autograd_keeps(
    make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At conv_1, 64 x 64 x 64 numbers of 4 bytes: its gradient once and 4 copies, and 15 %; and its target's."""

    class Whole(WholeLoss):
        def distance(self, found: Tensor, target: Tensor) -> Tensor:
            return (found.mean() - target.mean()).square()

    monkeypatch.setattr(losses.PLUGINS, "added", {"whole": Whole})
    spec = make_spec(style_layers=("conv_1",))
    terms = tuple(replace(term, loss="whole") if term.name == "style" else term for term in spec.terms)
    more = needed_bytes(replace(spec, terms=terms), (64, 64)) - needed_bytes(spec, (64, 64))
    assert more >= 1.15 * (1 + 4) * 64 * 64 * 64 * 4


@pytest.mark.parametrize(
    ("loss", "settings", "numbers"),
    [
        ("histogram", {}, 2 * 64 + 2 * 64 + 6 * 64),
        ("sliced", {"directions": 16}, 2 * 16 + 2 * 16 + 6 * 16),
        ("cmd", {}, 4 * 64),
        ("patches", {}, 64 + 4 * 64 + 3 * 2**24 / 64**2 + 6),
        ("remd", {"samples": 64}, 1 + (8 * 64 * 64 + 3 * 2**22) / 64**2),
        ("centred_mse", {}, 3 * 64),
        ("self_similarity", {"samples": 64}, 1 + 6 + 8),
    ],
)
def test_losses_of_whole_features_say_what_they_need(
    loss: str, settings: dict[str, int], numbers: float, make_spec: MakeSpec
) -> None:
    """At conv_1, for each of 64 x 64 positions, numbers of 4 bytes, its target's 64 channels, and 15 %.

    Rows and sorted target, then for a moment the target's own rows, its quantiles, and six numbers of a sort; powers of
    a feature; gradient and shifts; 64 sampled rows of 64 channels are one number a position, all pairs of them another.
    """
    spec = make_spec(style_layers=("conv_1",))
    kind = losses.find(loss)
    own = losses.settings(kind, settings, "settings")
    terms = tuple(replace(t, loss=loss, settings=own) if t.name == "style" else t for t in spec.terms)
    plain, found = (needed_bytes(each, (64, 64)) for each in (spec, replace(spec, terms=terms)))
    measuring = 2 * 64  # room for the target's copy while the result is measured
    least, most = (1.15 * 4 * 64**2 * (numbers + target) for target in (64, 64 + measuring))
    assert least - 2 <= found - plain <= most + 2


def test_each_target_has_a_loss_of_its_own(make_spec: MakeSpec) -> None:
    """A second target of a histogram loss at conv_1 needs two more rows a channel, and its feature."""
    spec = make_spec(style_layers=("conv_1",))
    style = replace(spec.terms[1], loss="histogram")
    one, two = (replace(spec, terms=(spec.terms[0], replace(style, targets=style.targets * n))) for n in (1, 2))
    assert needed_bytes(two, (64, 64)) - needed_bytes(one, (64, 64)) >= 1.15 * 4 * 64**3 * 3 - 2


def test_balance_in_bf16_measures_in_float32_before_there_is_a_history(make_spec: MakeSpec) -> None:
    """If the history is the larger part, nothing changes; with Adam, features in float32 take more."""
    shape = (256, 256)
    for optimizer, more in ((Lbfgs(history=300), False), (Adam(), True)):
        spec = make_spec(precision="bf16", optimizer=optimizer, steps=400)
        balanced = needed_bytes(replace(spec, balance="total"), shape)
        assert (balanced > needed_bytes(spec, shape)) is more
    wide = make_spec(optimizer=Adam())
    assert needed_bytes(replace(wide, balance="layers"), shape) == needed_bytes(wide, shape) == balanced


def test_l2_pooling_on_a_gpu_needs_copies_in_float32(make_spec: MakeSpec) -> None:
    """Four of the largest feature, 64 channels of 256 x 256, and 15 % more; strips on a CPU need none."""
    for device, more in (("cuda:0", 4 * 4 * 64 * 256 * 256 * 115 // 100), ("cpu", 0)):
        found = [needed_bytes(make_spec(pooling=pooling, device=device), (256, 256)) for pooling in ("max", "l2")]
        assert found[1] - found[0] == pytest.approx(more, abs=1)


def test_2048_with_a_short_history_is_within_twelve_gib(make_spec: MakeSpec) -> None:
    spec = make_spec(precision="bf16", optimizer=Lbfgs(history=20), steps=300)
    assert needed_bytes(spec, (2048, 2048)) < 11 * 2**30


def test_what_fits_stays_as_it_is(make_spec: MakeSpec) -> None:
    assert fit_memory(make_spec(), (64, 64)) == make_spec()


def test_on_cuda_the_history_gives_way_first(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a CPU the user is asked; a history below ten pairs is no longer L-BFGS as one knows it."""
    spec = make_spec(steps=500, device="cuda:0")
    monkeypatch.setattr(budget, "free_bytes", lambda device: needed_bytes(spec, (512, 512)) * 9 // 10)
    fitted = fit_memory(spec, (512, 512))
    assert isinstance(fitted.optimizer, Lbfgs) and 10 <= fitted.optimizer.history < 100
    assert needed_bytes(fitted, (512, 512)) <= budget.free_bytes("cuda:0")
    shortest = needed_bytes(changed(spec, optimizer=Lbfgs(history=9)), (512, 512))
    monkeypatch.setattr(budget, "free_bytes", lambda device: shortest)
    with pytest.raises(TooLarge):
        fit_memory(spec, (512, 512))


def test_what_does_not_fit_names_what_would(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make_spec(steps=500)
    monkeypatch.setattr(budget, "free_bytes", lambda device: needed_bytes(spec, (512, 512)) * 9 // 10)
    with pytest.raises(TooLarge) as refused:
        fit_memory(spec, (512, 768))
    message = str(refused.value)
    assert message.startswith("768 x 512 needs about ") and "size=384 would fit" in message
    assert "optimizer.history=" in message and "\n" not in message
    history = int(message.split("optimizer.history=")[1].split()[0])
    shorter = changed(spec, optimizer=Lbfgs(history=history))
    assert needed_bytes(shorter, (512, 768)) <= budget.free_bytes("cpu")
    assert needed_bytes(changed(spec, optimizer=Lbfgs(history=history + 1)), (512, 768)) > budget.free_bytes("cpu")


def test_nothing_that_fits_is_said_too(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "free_bytes", lambda device: 1000)
    with pytest.raises(TooLarge, match="no smaller size fits either$"):
        fit_memory(make_spec(optimizer=Adam()), (512, 512))


def test_free_memory_is_a_number_of_bytes() -> None:
    assert 2**20 < budget.free_bytes("cpu") <= 2**62


def test_what_the_process_would_use_again_counts_as_free(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make_spec(steps=500)
    monkeypatch.setattr(budget, "free_bytes", lambda device: needed_bytes(spec, (512, 512)) - 1000)
    with pytest.raises(TooLarge):
        fit_memory(spec, (512, 512))
    assert fit_memory(spec, (512, 512), reusable=1000) == spec


def test_a_run_that_ran_out_is_not_told_to_do_the_same_again(make_spec: MakeSpec) -> None:
    message = str(budget.ran_out(make_spec(steps=500), (512, 512)))
    assert message.startswith("512 x 512 ran out of memory on cpu; try size=")
    assert "optimizer.history=100" not in message and "size=512" not in message


VERSION_2 = ("", "memory.max", "memory.current", "inactive_file", "max")
VERSION_1 = ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", str(2**63 - 4096))


@pytest.mark.parametrize("files", [VERSION_2, VERSION_1])
def test_a_control_groups_limit_is_heeded(files: tuple[str, ...], tmp_path: Path) -> None:
    """10,000 allowed, 7,000 used, of which 500 are pages of files: 3,500. No limit, or no such files: all."""
    controllers, limit, used, pages, unlimited = files
    outer = tmp_path / controllers / "jobs"
    inner = outer / "7"
    inner.mkdir(parents=True)
    for group, allowed in ((outer, "10000"), (inner, "20000")):
        (group / limit).write_text(f"{allowed}\n")
        (group / used).write_text("7000\n")
        (group / "memory.stat").write_text(f"anon 1\n{pages} 500\n")
    own = tmp_path / "own"
    own.write_text(f"5:cpu,cpuacct:/elsewhere\n4:{controllers}:/jobs/7\n")
    assert budget._control_group_bytes(tmp_path, own) == 3500
    (outer / limit).write_text(unlimited)
    assert budget._control_group_bytes(tmp_path, own) == 13500
    (inner / limit).write_text(unlimited)
    assert budget._control_group_bytes(tmp_path, own) >= 2**62
    assert budget._control_group_bytes(tmp_path, tmp_path / "absent") == 2**62


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much is used")
@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_a_limit_of_the_process_is_heeded(limit: str) -> None:
    """An allowance 256 MiB above what is used already leaves 256 MiB, less what the test itself takes meanwhile."""
    number, used = getattr(resource, limit), {"RLIMIT_AS": "VmSize:", "RLIMIT_DATA": "VmData:"}[limit]
    before = resource.getrlimit(number)
    held = budget.number_after(used, Path("/proc/self/status")) * 1024
    resource.setrlimit(number, (held + 2**28, before[1]))
    try:
        assert 2**27 < budget.free_bytes("cpu") <= 2**28
    finally:
        resource.setrlimit(number, before)


@pytest.mark.slow
def test_the_estimate_is_above_what_a_run_takes(make_spec: MakeSpec) -> None:
    """The peak of a run beside what the process held before; torch's own workspaces are in it."""
    spec = make_spec(size=192, steps=40)
    transfer(changed(spec, steps=2))
    before = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    peak = transfer(spec).peak_memory_mib * 2**20
    assert peak - before < needed_bytes(spec, (192, 289)) + 2**26


def test_a_style_that_enters_larger_counts(make_spec: MakeSpec, ihc: PictureFile) -> None:
    """At conv_1 of 128 x 128: two features of 64 channels, not those of 64 x 64; a smaller one changes nothing."""
    spec = make_spec(content_layers=("conv_1",), style_layers=("conv_1",))

    def scaled(scale: float) -> Spec:
        return replace(spec, terms=(spec.terms[0], replace(spec.terms[1], targets=(Target(ihc, 1.0, scale),))))

    assert needed_bytes(scaled(0.5), (64, 64)) == needed_bytes(spec, (64, 64))
    more = needed_bytes(scaled(2), (64, 64)) - needed_bytes(spec, (64, 64))
    assert more >= 1.15 * 2 * 4 * 64 * (128 * 128 - 64 * 64) - 2
