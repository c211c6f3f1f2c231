"""The network of a spec: shared where it may be, normalised and padded where the spec says so."""

from collections.abc import Callable

import pytest
import torch

from nst.errors import UserError
from nst.networks.base.crops import crops_name
from nst.networks.base.network import Network
from nst.networks.base.weights import WeightsFile
from nst.objective import network_of as module
from nst.objective.network_of import network_of
from nst.spec.records import NetworkRef

MEANS = tuple(float(number) for number in range(2, 18))


def test_a_plain_one_is_the_shared_one(bundled_file: WeightsFile, bundled: Network) -> None:
    assert network_of(NetworkRef("vgg19", bundled_file, "avg"), torch.float32, "cpu") is bundled
    other = network_of(NetworkRef("vgg19", bundled_file, padding="replicate", pooling_scale=2.0), torch.float32, "cpu")
    assert other.layers is bundled.layers and other.replicates and other.pooling_scale == 2


def test_a_normalised_one_is_measured_as_the_run_pools_and_pads(
    bundled_file: WeightsFile, bundled: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, float | None, str]] = []

    def means(network: Network, pooling: str, key: object) -> tuple[float, ...]:
        seen.append((network.replicates, network.pooling_scale, pooling))
        return MEANS

    monkeypatch.setattr(module, "mean_activations", means)
    module._normalised.cache_clear()
    ref = NetworkRef("vgg19", bundled_file, "l2", padding="replicate", pooling_scale=0.78, normalise=crops_name())
    found = network_of(ref, torch.float32, "cpu")
    module._normalised.cache_clear()
    assert seen == [(True, 0.78, "l2")] and found.replicates and found.pooling_scale == 0.78
    assert torch.allclose(found.layers[1][0], bundled.layers[1][0] * (2 / 3))
    assert torch.allclose(found.layers[1][1], bundled.layers[1][1] / 3)


def test_other_crops_than_those_of_this_installation_are_refused(bundled_file: WeightsFile) -> None:
    ref = NetworkRef("vgg19", bundled_file, normalise="48 of 128 px 000000000000")
    with pytest.raises(UserError, match="^normalise: this run needs the crops '48 of 128 px 0{12}' of another version"):
        network_of(ref, torch.float32, "cpu")


def test_the_fixed_ruler_follows_none_of_these_settings(make_spec: Callable[..., object]) -> None:
    from nst.metrics.recorded import feature_source

    found = feature_source("cpu")
    assert (found.network.replicates, found.network.pooling_scale, found.pooling) == (False, None, "max")
