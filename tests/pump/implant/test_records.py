from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal import pump
from thecal.errors import InputError
from thecal.pump.implant.records import (
    HEADER,
    KINDS,
    Entry,
    decoded,
    digest_bytes,
    digest_values,
    encoded,
)
from thecal.pump.implant.values import Record

pytestmark = pytest.mark.requirement("PC-70")

numbers = st.integers(-(1 << 63), (1 << 63) - 1)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind = draw(st.sampled_from(sorted(KINDS)))
    values = tuple(draw(numbers) for _ in KINDS[kind].fields)
    number, now_s = draw(st.integers(0, 1 << 40)), draw(st.integers(0, 1 << 40))
    return Entry(number, now_s, draw(st.integers(0, 604_799)), 3, Record(kind, values))


@given(entries(), st.binary(max_size=9), st.binary(max_size=9))
def test_an_entry_is_read_back_from_where_it_lies(
    entry: Entry, before: bytes, after: bytes
) -> None:
    raw = encoded(entry)
    assert decoded(before + raw + after, len(before)) == (entry, len(before) + len(raw))


def test_no_two_kinds_share_a_code() -> None:
    assert len({kind.code for kind in KINDS.values()}) == len(KINDS)


NOTING = {"Record", "note", "end_bolus", "end_special", "forget_pending", "lose"}
"""The calls that name a kind."""


def code() -> Iterator[ast.AST]:
    """Give every piece of the code of implant and telemetry, but for `records` and `words`."""
    for folder in ("implant", "telemetry"):
        for path in (Path(pump.__file__).parent / folder).glob("*.py"):
            if path.stem not in {"records", "words"}:
                yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def constants(nodes: Iterable[ast.AST]) -> set[str]:
    values = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {value for value in values if isinstance(value, str)}


def test_every_kind_is_written_by_someone() -> None:
    assert set(KINDS) - constants(code()) == set()


def test_nobody_writes_an_unknown_kind() -> None:
    named: set[str] = set()
    for node in code():
        if isinstance(node, ast.Call):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            named |= constants(node.args) if name in NOTING else set()
    assert len(named) > 40
    assert named - set(KINDS) == set()


@pytest.mark.parametrize(
    "record",
    [Record("nonsense"), Record("phase", (1,)), Record("phase", (1, 2, 3))],
)
def test_a_record_of_no_known_kind_is_not_written(record: Record) -> None:
    with pytest.raises(InputError, match="is no kind of record"):
        encoded(Entry(0, 0, 0, 0, record))


@pytest.mark.parametrize("value", [1 << 63, -(1 << 63) - 1])
def test_a_number_that_has_no_place_is_not_written(value: int) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        encoded(Entry(0, 0, 0, 0, Record("fault", (value,))))


@given(entries(), st.data())
def test_a_torn_entry_is_not_read(entry: Entry, data: st.DataObject) -> None:
    raw = encoded(entry)
    length = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(InputError):
        decoded(raw[:length])


@pytest.mark.parametrize(("code", "count"), [(255, 0), (22, 1)])
def test_an_unknown_kind_is_not_read(code: int, count: int) -> None:
    raw = HEADER.pack(0, 0, 0, 0, code, count) + bytes(8 * count)
    with pytest.raises(InputError, match="no record that could be read begins at byte 0"):
        decoded(raw)


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_is_four_values(digest: bytes) -> None:
    assert digest_bytes(digest_values(digest)) == digest
