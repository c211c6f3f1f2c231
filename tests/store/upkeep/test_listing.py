"""The line that says what a run is."""

import yaml
from specs import changed

from nst.spec.records import Spec
from nst.spec.signature import signature, to_dict
from nst.store.files.atomic import write_text
from nst.store.store import Store
from nst.store.upkeep.listing import rows


def test_a_run_of_several_scales_is_told_by_its_sizes_and_all_its_steps(store: Store, small: Spec) -> None:
    for spec in (small, changed(small, earlier=((16, 3), (23, 4)))):
        write_text(store.run(signature(spec)) / "spec.yaml", yaml.safe_dump(to_dict(spec)))
    assert sorted(row.what for row in rows(store)) == [
        "chelsea + ihc, content, 16 to 32 px, 9 steps, lbfgs, seed 0",
        "chelsea + ihc, content, 32 px, 2 steps, lbfgs, seed 0",
    ]
