"""The claim about the start: its test, and its source."""

from nst.papers.library.nikulin2016 import PAPER


def test_the_start_is_judged_by_the_loss() -> None:
    (claim,) = PAPER.claims
    noise, style = claim.test([])
    assert "from noise over that from the content" in noise.statistic
    assert "from the style over that from the content" in style.statistic and claim.known == "memory"
