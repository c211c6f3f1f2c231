"""The environment in words; nothing here may raise on a machine that lacks something."""

import pytest

from nst import env
from nst.errors import UserError
from nst.networks.base import weights
from nst.networks.base.architecture import Architecture


def test_it_says_what_a_report_of_a_problem_needs(capsys: pytest.CaptureFixture[str]) -> None:
    env.main()
    lines = capsys.readouterr().out.splitlines()
    named = {line.split("  ")[0].strip() for line in lines}
    assert {"python", "nst", "torch", "hydra-core", "device", "threads", "bundled weights", "conf"} <= named
    assert any(line.endswith(f"{weights.BUNDLED_SHA256[:12]} as expected") for line in lines)


def test_missing_weights_are_said_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(architecture: Architecture, name: str) -> weights.WeightsFile:
        raise UserError(f"weights={name}: missing")

    monkeypatch.setattr(env, "identify", missing)
    assert env.describe()["bundled weights"] == "weights=bundled: missing"
