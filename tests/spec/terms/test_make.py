"""Terms: flat keys for content, style and TV; `losses.<name>` for further ones, each wrong one in a line."""

from typing import Any

import pytest

from nst import losses, networks
from nst.errors import UserError
from nst.spec.records import PictureFile, Target, Term
from nst.spec.schema import Config
from nst.spec.terms.make import make_terms

VGG19 = networks.architecture("vgg19")


def find(key: str, name: str) -> PictureFile:
    """A picture that is called by its key and name, so that tests see which was asked for."""
    return PictureFile(name, f"{key}={name}")


def terms(**changes: Any) -> tuple[Term, ...]:
    return make_terms(Config(**changes), VGG19, find)


def test_flat_keys_are_two_terms() -> None:
    content, style = terms()
    assert content == Term("content", "mse", 1.0, ("conv_4",), (1.0,), (Target(find("content", "chelsea")),))
    assert (style.name, style.loss, style.weight) == ("style", "gram", 1e6)
    assert style.targets == (Target(find("style", "nocturne")),)


def test_total_variation_is_a_third_without_layers() -> None:
    assert terms(tv_weight=3)[2] == Term("tv", "tv", 3.0)


def test_a_further_loss_has_the_style_as_its_picture_unless_it_names_another() -> None:
    more = {"deep": {"loss": "gram", "weight": 5, "layers": "conv_9"}, "own": {"loss": "mse", "picture": "coffee"}}
    deep, own = terms(losses=more)[2:]
    assert deep == Term("deep", "gram", 5.0, ("conv_9",), (1.0,), (Target(find("style", "nocturne")),))
    assert own.targets == (Target(find("losses.own.picture", "coffee")),)


def test_a_picture_loss_compares_with_the_content_unless_it_names_another() -> None:
    more = {"edges": {"loss": "laplacian", "weight": 5}, "own": {"loss": "laplacian", "picture": "coffee"}}
    edges, own = terms(losses=more)[2:]
    settings = (("pooling", 4),)
    assert edges == Term("edges", "laplacian", 5.0, targets=(Target(find("content", "chelsea")),), settings=settings)
    assert own.targets == (Target(find("losses.own.picture", "coffee")),)


def test_one_that_compares_with_nothing_has_no_picture() -> None:
    assert terms(losses={"smooth": {"loss": "tv"}})[2].targets == ()


def test_several_pictures_share() -> None:
    """Shares 3 and 1 of 4; a picture with share 0 is not asked for; equal shares by default."""
    mixed = {"loss": "gram", "picture": ["a", "b", "c"], "shares": [3, 0, 1]}
    (target, other) = terms(losses={"mixed": mixed})[2].targets
    assert (target.weight, other.weight) == (0.75, 0.25) and other.picture.path == "c"
    halves = terms(losses={"mixed": {"loss": "gram", "picture": ["a", "b"]}})[2].targets
    assert [target.weight for target in halves] == [0.5, 0.5]


def test_a_loss_that_cannot_be_imported_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the message is that of the loss that was asked for."""
    monkeypatch.setattr(losses.PLUGINS, "modules", {**losses.PLUGINS.modules, "broken": "no.such.module"})
    with pytest.raises(UserError, match="^style_loss=mse: is not a style loss; choose from .*gram"):
        terms(style_loss="mse")


def test_settings_of_the_style_loss() -> None:
    """Those that are not given have their defaults; a loss without settings takes none."""
    assert terms(style_loss="shifted", style_settings={"shift": -2})[1].settings == (("shift", -2.0),)
    assert terms(style_loss="shifted")[1].settings == (("shift", -1.0),)
    with pytest.raises(UserError, match="^style_settings.shift: no such setting; this loss has none"):
        terms(style_settings={"shift": -2})


def test_a_loss_of_weight_0_is_no_term() -> None:
    assert [term.name for term in terms(losses={"off": {"loss": "gram", "weight": 0}}, style_weight=0)] == ["content"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"style_loss": "gramm"}, "^style_loss=gramm: unknown; did you mean 'gram'"),
        ({"style_loss": "tv"}, "^style_loss=tv: is not a style loss; choose from .*gram"),
        ({"content_loss": "gram"}, "^content_loss=gram: is not a content loss; choose from .*mse"),
        ({"style_loss": "self_similarity"}, "^style_loss=self_similarity: is not a style loss; choose from .*sliced"),
        ({"content_loss": "sliced"}, "^content_loss=sliced: is not a content loss; choose from .*self_similarity"),
        ({"content_loss": "laplacian"}, "^content_loss=laplacian: is not a content loss; choose from .*mse"),
        (
            {"losses": {"edges": {"loss": "laplacian", "picture": ["a", "b"]}}},
            "^losses.edges.picture: laplacian compares with one picture, not 2$",
        ),
        ({"losses": {"edges": {"loss": "laplacian", "picture": []}}}, "^losses.edges.picture=.*: must be a picture or"),
        (
            {"losses": {"s": {"loss": "sliced", "settings": {"directions": -1}}}},
            "^losses.s.settings: directions=-1: must be 1 or more, or 0 for as many as channels$",
        ),
        ({"losses": {"tv": {"loss": "tv"}}}, "^losses.tv: name a further loss .* other than content, style, tv"),
        ({"losses": {"Deep": {"loss": "gram"}}}, "^losses.Deep: name a further loss with lowercase letters"),
        ({"losses": {"deep": "gram"}}, "^losses.deep: expected keys such as losses.deep.loss"),
        ({"losses": {"deep": {"los": "gram"}}}, "^unknown key 'losses.deep.los'; did you mean 'loss'"),
        ({"losses": {"deep": {"layers": "conv_1"}}}, "^losses.deep.loss: is missing; choose from .*gram"),
        ({"losses": {"deep": {"loss": "gram", "layers": "conv_99"}}}, "^losses.deep.layers: unknown layer 'conv_99'"),
        ({"losses": {"deep": {"loss": "gram", "weight": "much"}}}, "^losses.deep.weight=much: must be a number"),
        ({"losses": {1: {"loss": "gram"}}}, "^losses.1: name a further loss with lowercase letters"),
        ({"losses": {"deep": {"loss": None}}}, "^losses.deep.loss: is missing; choose from .*gram"),
        ({"losses": {"deep": {"loss": ["gram"]}}}, "^losses.deep.loss=.*: must be one of .*gram"),
        ({"losses": {"deep": {"loss": "gram", "settings": None}}}, "^losses.deep.settings=None: expected keys such as"),
        ({"losses": {"deep": {"loss": "gram", "settings": [1]}}}, "^losses.deep.settings=.*: expected keys such as"),
        ({"losses": {"deep": {"loss": "gram", "weight": True}}}, "^losses.deep.weight=True: must be a number"),
        ({"losses": {"deep": {"loss": "gram", "shares": 1}}}, "^losses.deep.shares=1: must be a list of numbers"),
        ({"losses": {"deep": {"loss": "gram", "shares": [float("nan")]}}}, "^losses.deep.shares=nan: must be a finite"),
        ({"losses": {"deep": {"loss": "gram", "picture": []}}}, "^losses.deep.picture=.*: must be a picture or a list"),
        ({"losses": {"deep": {"loss": "gram", "picture": ""}}}, "^losses.deep.picture=: must be a picture or a list"),
        ({"losses": {"deep": {"loss": "gram", "shares": [1, 2]}}}, "^losses.deep.shares: 2 shares for 1 picture"),
        (
            {"losses": {"deep": {"loss": "gram", "shares": [-1]}}},
            "^losses.deep.shares=.*: must be 0 or more",
        ),
        ({"losses": {"deep": {"loss": "gram", "settings": {"x": 1}}}}, "^losses.deep.settings.x: no such setting"),
    ],
)
def test_what_is_wrong_is_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        terms(**changes)
    assert "\n" not in str(refused.value)


def test_a_loss_without_a_version_is_signed_by_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses.find("gram"), "version", None)
    version = terms()[1].version
    assert version is not None and version.startswith("source ")
