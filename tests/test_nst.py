"""`import nst`: every name, and nothing before it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import nst
from nst.errors import UserError

CODE = """
import sys
import nst
heavy = {"torch", "hydra", "omegaconf", "numpy", "pandas", "PIL", "matplotlib"}
print(sorted(heavy & set(sys.modules)))
print(nst.losses.names()[:2], nst.UserError.__name__)
print("torch" in sys.modules)
nst.transfer, nst.run_sweep, nst.make_report, nst.measure, nst.variance
print("torch" in sys.modules)
"""


def test_nothing_is_imported_before_it_is_used(tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    names = nst.losses.names()[:2]
    assert found.stderr == ""
    assert found.stdout.splitlines() == ["[]", f"{names} UserError", "False", "False"]


def test_every_name_leads_somewhere() -> None:
    for name in (
        "transfer",
        "make_spec",
        "run_sweep",
        "make_report",
        "load",
        "measure",
        "tradeoff",
        "variance",
        "losses",
        "JobError",
    ):
        assert name in dir(nst) and getattr(nst, name) is not None
    assert nst.UserError is UserError and issubclass(UserError, ValueError)
    with pytest.raises(AttributeError, match="has no attribute 'transfr'"):
        _ = nst.transfr


def test_its_types_are_known_to_others() -> None:
    assert Path(nst.__file__).with_name("py.typed").is_file()
