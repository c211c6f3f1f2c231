"""Keys and comments of YAML files, on a file written for it."""

from docs.make.comments import Entry, entries, top

FILE = """\
# @package _global_
# What it is for.
# In two lines.
#
#   a = b x c
#
# And so on.
defaults:
  - other
size: 512       # pixels [T]
# --- where things are ------
name: null
every: 0        # evaluations; 0 is off. One
                # takes room
blend:          # a blend
  mask: "a # b" # white where it shows
  offset: [0, 0]
# a comment of its own
hydra:
  run: .        # not ours
"""


def test_keys_with_their_values_comments_and_sections() -> None:
    where = "where things are"
    assert entries(FILE) == [
        Entry("size", "512", "pixels [T]"),
        Entry("name", "null", "", where),
        Entry("every", "0", "evaluations; 0 is off. One takes room", where),
        Entry("blend", "", "a blend", where),
        Entry("blend.mask", '"a # b"', "white where it shows", where),
        Entry("blend.offset", "[0, 0]", "", where),
    ]


def test_what_is_skipped_is_up_to_the_caller() -> None:
    assert [entry.key for entry in entries(FILE, ("size", "name", "every", "blend", "defaults"))] == [
        "hydra",
        "hydra.run",
    ]


def test_a_file_without_keys_has_no_entries() -> None:
    assert entries("# nothing\n{}\n") == [] and entries("") == []


def test_the_comment_at_the_top_with_code_where_it_is_indented() -> None:
    assert top(FILE) == "What it is for.\nIn two lines.\n\n\n    a = b x c\n\n\nAnd so on."
