"""Reports in bytes: what is written is read, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant.status import Listed
from thecal.pump.telemetry.reports import (
    Emergency,
    ReportError,
    Value,
    decode,
    encode,
    read_emergency,
    read_status,
)
from thecal.pump.telemetry.witness import Witness

SINGLE: st.SearchStrategy[Value] = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    st.binary(max_size=20),
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    SINGLE,
    st.lists(st.one_of(SINGLE, st.lists(SINGLE, max_size=3).map(tuple)), max_size=4).map(tuple),
)


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: Value) -> None:
    assert decode(encode(value)) == value


@given(VALUES, st.data())
def test_a_report_that_breaks_off_is_refused(value: Value, data: st.DataObject) -> None:
    written = encode(value)
    length = data.draw(st.integers(0, len(written) - 1))
    with pytest.raises(ReportError):
        decode(written[:length])


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert encode(decode(data)) == data
    except ReportError:
        return


def test_a_report_nested_too_deep_is_refused() -> None:
    with pytest.raises(ReportError, match="no value"):
        decode(encode((((((1,),),),),)))


def test_a_text_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(ReportError, match="not ASCII"):
        decode(b"s\x00\x01\xff")


def test_a_report_with_more_behind_it_is_refused() -> None:
    with pytest.raises(ReportError, match="followed by 1 more"):
        decode(encode(5) + b"x")


def test_a_status_is_read_as_it_was_written() -> None:
    alarm = Listed("stall", "E12", "the rotor stands still", 3, 5, 1, 0)
    status = Witness().status(17)._replace(alarms=(alarm,), cannot=("nothing",))
    assert read_status(encode(tuple(status))) == status


def test_an_emergency_read_is_read_as_it_was_written() -> None:
    one = Emergency(2, 250_000, "morphine 10 mg/mL")
    assert read_emergency(encode(tuple(one))) == one


@pytest.mark.parametrize("value", [5, (1, 2), ()])
def test_another_report_is_no_status(value: Value) -> None:
    with pytest.raises(ReportError, match="values was expected"):
        read_status(encode(value))
