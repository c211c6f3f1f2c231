"""A spec survives its way through YAML, and what is no spec is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from nst.spec.read import from_dict
from nst.spec.records import Adam, Runtime, Spec, Start, Target
from nst.spec.signature import signature, to_dict
from nst.spec.version_2 import signature_version_2
from spec.test_signature import BLEND, CHANGES, CONTENT, FIXED, STYLE

OLD = Path(__file__).parents[1] / "store" / "version_2" / "jobs"


@pytest.mark.parametrize(
    "spec",
    [
        *CHANGES.values(),
        replace(FIXED, terms=(replace(CONTENT, targets=(Target(BLEND),)), STYLE)),
        replace(FIXED, start=Start("picture", 0, replace(BLEND, mask=None))),
        replace(FIXED, optimizer=Adam(lr=0.1), runtime=Runtime("cuda:1", 3)),
        replace(FIXED, terms=(CONTENT, replace(STYLE, settings=(("layers", ("a", "b")), ("power", 2.0))))),
    ],
)
def test_a_spec_survives_yaml(spec: Spec) -> None:
    back = from_dict(yaml.safe_load(yaml.safe_dump(to_dict(spec))))
    assert back == spec and signature(back) == signature(spec)
    assert to_dict(back) == to_dict(spec)


@pytest.mark.parametrize("change", [{"news": 1}, {"network": {"name": "vgg19"}}, {"spec_version": 4}])
def test_what_is_no_spec_of_a_known_version_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_dict({**to_dict(FIXED), **change})


@pytest.mark.parametrize("folder", sorted(OLD.iterdir()), ids=lambda folder: folder.name)
def test_version_2_is_read_and_signs_as_it_did(folder: Path) -> None:
    spec = from_dict(yaml.safe_load((folder / "spec.yaml").read_text()))
    assert signature_version_2(spec) == folder.name
    assert from_dict(yaml.safe_load(yaml.safe_dump(to_dict(spec)))) == spec


def test_what_version_2_could_not_express_has_no_signature_there() -> None:
    for name in ("a share", "a term's name", "a loss", "settings", "a version", "a network", "one scale more"):
        assert signature_version_2(CHANGES[name]) is None
    assert signature_version_2(FIXED) == "dbfde346498c"


@pytest.mark.parametrize("change", [{"max_step": 0.1}, {"project_gradient": False}])
def test_nor_has_a_step_that_it_did_not_know(change: dict[str, Any]) -> None:
    assert signature_version_2(replace(FIXED, optimizer=replace(FIXED.optimizer, **change))) is None
