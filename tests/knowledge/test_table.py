"""An immutable mapping."""

from __future__ import annotations

import pickle

import pytest

from thecal.knowledge import Table


def test_a_table_keeps_the_order_given() -> None:
    assert list(Table({"second": 2, "first": 1})) == ["second", "first"]


def test_a_table_does_not_follow_its_origin() -> None:
    origin = {"first": 1}
    table = Table(origin)
    origin["second"] = 2
    assert len(table) == 1


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        Table({"first": 1})["first"] = 2  # type: ignore[index]


def test_equal_tables_hash_alike() -> None:
    one, other = Table({"a": 1, "b": 2}), Table({"b": 2, "a": 1})
    assert (one == other, hash(one) == hash(other)) == (True, True)


def test_a_table_can_be_sent_to_another_process() -> None:
    table = Table({"first": 1})
    assert pickle.loads(pickle.dumps(table)) == table  # noqa: S301  (its own bytes)


def test_a_table_shows_its_entries() -> None:
    assert repr(Table({"first": 1})) == "Table({'first': 1})"
