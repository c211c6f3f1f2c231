"""Papers are cited by one, two, or the first of their authors."""

import pytest

from papers.conftest import paper


@pytest.mark.parametrize(
    ("authors", "cited"),
    [
        ("Crowson", "Crowson 2016"),
        ("Novak, Nikulin", "Novak and Nikulin 2016"),
        ("Gatys, Ecker, Bethge", "Gatys et al. 2016"),
    ],
)
def test_cited(authors: str, cited: str) -> None:
    assert paper(authors=authors).cited == cited
