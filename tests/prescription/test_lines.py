"""The line of each key, beside what the TOML reader makes of the same text."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.prescription.lines import KeyPath, dotted, key_lines, line_of, path_of

TEXT = '''\
# a comment [not.a.table]
top = 1
[a]                     # one
"quoted key" = "x = 1 # no comment"
b.c = 2

[[list]]
text = """
[[list]]
key = "not a key"
"""
array = [
    1,  # ] not the end
    "]",
    { inner = 3 },
]
[list.sub]
x = { y = { z = 1 } }
[[list.deep]]
k = '[['
[[list.deep]]
k = """a"b""c"""
[[list]]
[[list.deep]]
k = 1
'''


def paths(value: object, at: KeyPath = ()) -> list[KeyPath]:
    """Return every key path of a parsed document."""
    if isinstance(value, dict):
        return [at, *(path for key, one in value.items() for path in paths(one, (*at, key)))]
    if isinstance(value, list):
        return [at, *(path for n, one in enumerate(value) for path in paths(one, (*at, n)))]
    return [at]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("a",), 3),
        (("a", "quoted key"), 4),
        (("a", "b"), 5),
        (("a", "b", "c"), 5),
        (("list",), 7),
        (("list", 0), 7),
        (("list", 0, "text"), 8),
        (("list", 0, "array"), 12),
        (("list", 0, "sub"), 17),
        (("list", 0, "sub", "x"), 18),
        (("list", 0, "deep", 0, "k"), 20),
        (("list", 0, "deep", 1), 21),
        (("list", 0, "deep", 1, "k"), 22),
        (("list", 1), 23),
        (("list", 1, "deep", 0, "k"), 25),
    ],
    ids=lambda value: dotted(value) if isinstance(value, tuple) else None,
)
def test_a_key_stands_on_its_line(path: KeyPath, line: int) -> None:
    assert key_lines(TEXT)[path] == line


def test_what_stands_inside_an_inline_table_has_the_line_of_its_key() -> None:
    assert line_of(key_lines(TEXT), ("list", 0, "sub", "x", "y", "z")) == 18


def test_a_key_that_is_missing_has_the_line_of_its_table() -> None:
    assert line_of(key_lines(TEXT), ("list", 1, "text")) == 23


def test_a_table_that_is_missing_has_no_line() -> None:
    assert line_of(key_lines(TEXT), ("other",)) is None


def test_windows_line_ends_count_once() -> None:
    assert key_lines(TEXT.replace("\n", "\r\n")) == key_lines(TEXT)


def test_every_key_of_the_reader_is_found() -> None:
    lines = key_lines(TEXT)
    assert all(line_of(lines, path) for path in paths(tomllib.loads(TEXT)) if path)


@given(st.lists(st.text(alphabet="ab#=[]{}'\", \n", max_size=8), max_size=6))
def test_values_of_any_form_hide_no_key_and_make_none(values: list[str]) -> None:
    quoted = ['"""' + value.replace("\\", "\\\\").replace('"', '\\"') + '"""' for value in values]
    text = "".join(f"k{n} = {one}\n" for n, one in enumerate(quoted))
    assert set(key_lines(text)) == {(key,) for key in tomllib.loads(text)}


@pytest.mark.parametrize(
    "path", [("a",), ("a", 0, "b"), ("prescription", 12, "solution", "drug-x"), ("a", 1, 2)]
)
def test_a_dotted_name_is_read_back(path: KeyPath) -> None:
    assert path_of(dotted(path)) == path
