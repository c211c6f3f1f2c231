import re
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from nst.errors import UserError
from nst.sweep.hydra.argv import given as values_of
from nst.sweep.hydra.argv import prepare, quote_argument

from ..command import Command

NASTY = (
    *("~/art/picasso.jpg", "my pictures/a b.jpg", "été/chat.png", "日本.png", "a=b.png", "a&b.png", "a?b.png"),
    *(
        "[x](y){z}.png",
        "it's.png",
        'say "hi".png',
        "a,b.png",
        "a:b.png",
        "a\\b.png",
        "it's\\",
        "a\\b's",
        "C:\\art\\",
        "$HOME/x.png",
    ),
    *("100%.png", "#1.png", "a;b|c.png", "*.png", "true", "12", "1e6", "a!b@c.png", " leading.png", "-m"),
)


def read_by_hydra(argument: str) -> object:
    return OverridesParser.create().parse_override(argument).value()


@pytest.mark.parametrize("path", NASTY)
@pytest.mark.parametrize(
    "key",
    [
        *("content", "style", "init", "output", "weights", "blend.mask", "pictures.wally", "++pictures.wally"),
        *("content_mask", "freeze", "++losses.deep.mask"),
    ],
)
def test_a_path_reaches_hydra_as_it_is(key: str, path: str) -> None:
    assert str(read_by_hydra(quote_argument(f"{key}={path}", multirun=False))) == path


@given(st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), min_size=1))
def test_so_does_any_path(path: str) -> None:
    if path[0] not in "'\"" and "${" not in path and path != "null":
        assert str(read_by_hydra(quote_argument(f"content={path}", multirun=False))) == path


def test_several_paths_after_m() -> None:
    quoted = quote_argument("style=~/a b.jpg,é/[c].png", multirun=True)
    override = OverridesParser.create().parse_override(quoted)
    assert list(override.sweep_string_iterator()) == ["'~/a b.jpg'", "'é/[c].png'"]


@pytest.mark.parametrize("multirun", [False, True])
@pytest.mark.parametrize(
    ("given_value", "names"),
    [
        ("[a,b]", ["a", "b"]),
        ("[a b.jpg, ~/c.png]", ["a b.jpg", "~/c.png"]),
        ("[été/[1] & 2.png,it's.png]", ["été/[1] & 2.png", "it's.png"]),
        ("['x, y.png',true]", ["x, y.png", "true"]),
        ("[Müller.jpg,coffee]", ["Müller.jpg", "coffee"]),
        ("[]", []),
    ],
)
def test_a_list_of_pictures(given_value: str, names: list[str], multirun: bool) -> None:
    for key in ("style", "++losses.deep.picture"):
        assert read_by_hydra(quote_argument(f"{key}={given_value}", multirun)) == names


def test_lists_and_single_pictures_after_m() -> None:
    quoted = quote_argument("style=[a b,c],~/d.png,[e]", multirun=True)
    override = OverridesParser.create().parse_override(quoted)
    assert list(override.sweep_string_iterator()) == ["['a b',c]", "'~/d.png'", "[e]"]
    assert quote_argument("style=[a,b],c", multirun=False) == "style=[a,b],'c'"  # which Hydra calls several values


def test_spaces_after_commas_do_not_belong_to_names() -> None:
    assert quote_argument("style=~/a b.png, ~/c.png", multirun=True) == "style='~/a b.png','~/c.png'"


def test_what_is_not_text_is_refused_before_anything_starts(nst: Command) -> None:
    answer = nst.tiny("output=caf\udce9.png")
    assert (answer.code, len(answer.lines), nst.jobs()) == (2, 1, {})
    assert answer.lines[0].endswith("is not UTF-8; rename the file or folder")


def test_a_file_with_a_comma_in_its_name_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a, b.png"
    path.touch()
    assert read_by_hydra(quote_argument(f"style={path}", multirun=True)) == str(path)


@pytest.mark.parametrize(
    ("given_value", "folders"),
    [
        ("[a b,~/c]", ["a b", "~/c"]),
        ("[a b, ~/c]", ["a b", "~/c"]),
        ("~/my pictures", ["~/my pictures"]),
        ("['a b',c]", ["a b", "c"]),
        ("[]", []),
        ("[été/x=y]", ["été/x=y"]),
    ],
)
@pytest.mark.parametrize("multirun", [False, True])
def test_folders(given_value: str, folders: list[str], multirun: bool) -> None:
    assert read_by_hydra(quote_argument(f"picture_dirs={given_value}", multirun)) == folders


@pytest.mark.parametrize(
    "argument",
    [
        *("content=null", "content='a b.png'", 'content="a b.png"', "content=${pair.content}", "content="),
        *("content_layers=[conv_1,conv_3]", "style_weight=1e6,8e5", "pair={content:a,style:b}", "--config-dir=a b"),
    ],
)
def test_left_alone(argument: str) -> None:
    assert quote_argument(argument, multirun=True) == argument


def test_a_named_sweep_is_a_multirun() -> None:
    assert prepare(["sweep=sizes", "profile=quick"]) == ["--multirun", "sweep=sizes", "profile=quick"]
    assert prepare(["sweep=sizes", "-m"]) == ["-m", "sweep=sizes"]


@pytest.mark.parametrize("flags", [["--cfg", "job"], ["--cfg=job"], ["-c", "job"], ["--info"], ["--help"], ["--run"]])
def test_but_not_where_nothing_runs_or_one_run_is_asked_for(flags: list[str]) -> None:
    assert sorted(prepare(["sweep=sizes", *flags])) == sorted(["sweep=sizes", *flags])


@pytest.mark.parametrize("arguments", [["sweep=sizes,timing"], ["sweep=sizes", "sweep=timing"], ["-m", "sweep=a,b"]])
def test_one_sweep_at_a_time(arguments: list[str]) -> None:
    with pytest.raises(UserError, match=r"^sweep=\w+,\w+: one sweep at a time"):
        prepare(arguments)


def test_flags_come_first_with_what_belongs_to_them() -> None:
    assert prepare(["size=64", "-m", "seed=0,1"]) == ["-m", "size=64", "seed=0,1"]
    assert prepare(["size=64", "--config-dir", "mine", "seed=0"]) == ["--config-dir", "mine", "size=64", "seed=0"]
    assert prepare(["size=64", "--cfg", "job", "seed=0"]) == ["--cfg", "job", "size=64", "seed=0"]
    assert prepare(["size=64", "--info", "seed=0"]) == ["--info", "size=64", "seed=0"]
    assert prepare(["--info", "config", "seed=0"]) == ["--info", "config", "seed=0"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["content"], "'content' is not KEY=VALUE"),
        (["size=64", "content"], "'content' is not KEY=VALUE"),
        (
            ["-m", "size=48", "64"],
            "'64' is not KEY=VALUE; several values are written with commas and no spaces: size=48,64",
        ),
        (["-m", "size=48,", "64"], "'64' is not .* no spaces: size=48,64"),
        (
            ["content=my", "cat.png"],
            "'cat.png' is not .* a value with spaces needs quotes: 'content=my cat.png'",
        ),
        (
            ["-m", "init=[content, noise]"],
            "init: several .* commas, init=content,noise, not as a list",
        ),
        (["--multirn"], "--multirn: no such flag; did you mean '--multirun'[?]"),
        (["seed=1", "--cfg", "jobs"], "argument --cfg/-c: invalid choice: 'jobs' .*"),
        (["--config-dir"], "argument --config-dir/-cd: expected one argument"),
    ],
)
def test_what_hydra_would_answer_with_its_own_words(arguments: list[str], line: str) -> None:
    with pytest.raises(UserError) as caught:
        prepare(arguments)
    assert re.fullmatch(line, str(caught.value))


@pytest.mark.parametrize(
    "argument", ["content_layers=[conv_1,conv_3]", "blend.offset=[1,2]", "report.rows=[size,init]", "~name", "+name=a"]
)
def test_what_it_would_not(argument: str) -> None:
    assert prepare(["-m", argument])[0] == "-m"


def test_a_picture_whose_name_looks_like_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "[1,2]").touch()
    assert prepare(["content=[1,2]"]) == ["content='[1,2]'"]


def test_values_of_a_key() -> None:
    arguments = ["-m", "size=64", "steps=1", "size=32", "sizes=3", "content=size=2"]
    assert values_of(arguments, "size") == ["64", "32"]
    assert values_of(arguments, "seed") == []


def test_a_quoted_value_among_several_may_hold_commas() -> None:
    quoted = quote_argument("content='a,b.png',c d.png,\"e,f.png\"", multirun=True)
    override = OverridesParser.create().parse_override(quoted)
    assert [value.text for value in override.sweep_iterator()] == ["a,b.png", "c d.png", "e,f.png"]


def test_an_apostrophe_is_no_quote() -> None:
    quoted = quote_argument("content=it's.png,that's.png", multirun=True)
    assert len(list(OverridesParser.create().parse_override(quoted).sweep_iterator())) == 2


@pytest.mark.parametrize("arguments", [["--run", "-m"], ["--cfg", "job", "-m"], ["--resolve"]])
def test_flags_that_exclude_each_other_are_refused(arguments: list[str]) -> None:
    with pytest.raises(UserError, match="cannot be combined|only goes with --cfg"):
        prepare(arguments)


@pytest.mark.parametrize(
    "override",
    ["runs_dir=A,B", "name=x,y", "output=a.png,b.png", "plan=true,false", "rerun=all,missing", "overwrite=true,false"]
    + ["report.rows=seed,init", "picture_dirs=[a],[b]", "fail_fast=true,false", "quality=80,90", "frames_every=0,5"],
)
def test_keys_that_are_no_axes_take_one_value(override: str) -> None:
    key = override.partition("=")[0]
    with pytest.raises(UserError, match=f"^{key}: takes one value"):
        prepare(["-m", "seed=0,1", override])


def test_a_folder_with_a_comma_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("A,B").mkdir()
    assert prepare(["-m", "seed=0,1", "runs_dir=A,B"])[-1] == "runs_dir='A,B'"
    assert prepare(["-m", "seed=0,1", "runs_dir='C,D'", "picture_dirs=[a,b]"])[-2:] == [
        "runs_dir='C,D'",
        "picture_dirs=['a','b']",
    ]


@pytest.mark.parametrize(
    ("typed", "handed"),
    [
        ("losses.smooth.weight=10", "++losses.smooth.weight=10"),
        ("+losses.smooth.loss=tv", "++losses.smooth.loss=tv"),
        ("++losses.smooth.loss=tv", "++losses.smooth.loss=tv"),
        ("losses={a: {loss: tv, weight: 3}}", "++losses={a: {loss: tv, weight: 3}}"),
        ("+losses={a:{loss:tv}}", "++losses={a:{loss:tv}}"),
        ("++losses={a:{loss:tv}}", "++losses={a:{loss:tv}}"),
        ("losses.tint.picture=~/a b.jpg", "++losses.tint.picture='~/a b.jpg'"),
        ("losses.tint.picture=[coffee,ihc]", "++losses.tint.picture=[coffee,ihc]"),
    ],
)
def test_keys_of_further_losses_are_added(typed: str, handed: str) -> None:
    """They are not in the configuration before they are given, and nobody needs to know Hydra's sign for that."""
    assert prepare([typed]) == [handed]


def test_so_they_are_in_a_sweep() -> None:
    assert prepare(["-m", "losses.tint.weight=1,2"]) == ["-m", "++losses.tint.weight=1,2"]


@pytest.mark.parametrize("before", [(), ("-m",)])
@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("losses=3", "losses=3: holds other keys, such as losses.NAME.loss=tv"),
        ("losses=", "losses=: holds other keys, such as losses.NAME.loss=tv"),
        ("+losses=null", "+losses=null: holds other keys, such as losses.NAME.loss=tv"),
        ("losses=1,2", "losses=1,2: holds other keys, such as losses.NAME.loss=tv"),
        ("losses=[tv]", "losses=[tv]: holds other keys, such as losses.NAME.loss=tv"),
        ("report=grid", "report=grid: holds other keys, such as report.rows=init"),
        ("blend=chelsea", "blend=chelsea: holds other keys, such as blend.source=PICTURE"),
        (
            "optimizer=3",
            "optimizer=3: no such choice; choose from adam, adam_crowson, adam_strotss, lbfgs, lbfgs_plain, "
            "lbfgs_tutorial",
        ),
        ("profile=null", "profile=null: no such choice; did you mean 'full'?"),
    ],
)
def test_a_value_for_a_key_that_holds_keys_is_one_line(
    before: tuple[str, ...], override: str, said: str, nst: Command
) -> None:
    answer = nst(*before, override)
    assert (answer.code, answer.err) == (2, f"error: {said}\n")


def test_a_mapping_is_several_keys(nst: Command) -> None:
    assert nst.tiny("losses={smooth:{loss:tv,weight:10}}", "report={rows:init}", "blend={}", "plan=true").code == 0
