"""Orders in bytes: one way to write each, and no other way to read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump.telemetry.commands import SHAPES, Command, Kind, decoded

WORD = st.integers(0, 2**64 - 1)
COMMANDS = st.sampled_from(Kind).flatmap(
    lambda kind: st.builds(
        Command,
        st.just(kind),
        st.tuples(*(WORD for _ in SHAPES[kind].numbers)),
        st.tuples(*(st.binary(max_size=40) for _ in SHAPES[kind].parts)),
    )
)


def test_every_kind_has_a_shape() -> None:
    assert set(SHAPES) == set(Kind)


@given(COMMANDS)
def test_an_order_is_read_as_it_was_written(command: Command) -> None:
    assert decoded(command.encoded()) == command


@given(st.binary(max_size=60))
def test_whatever_can_be_read_is_written_the_same_way(data: bytes) -> None:
    try:
        command = decoded(data)
    except InputError:
        return
    assert command.encoded() == data


@given(COMMANDS, COMMANDS)
def test_two_orders_have_the_same_digest_only_when_they_are_the_same(
    one: Command, other: Command
) -> None:
    assert (one.digest() == other.digest()) == (one == other)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff", Command(Kind.STOP).encoded() + b"\x00"])
def test_bytes_that_are_no_order_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="the order"):
        decoded(data)


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize("number", [-1, 2**64])
def test_a_number_that_no_order_holds_is_refused(number: int) -> None:
    with pytest.raises(InputError, match="the volume in nL is"):
        Command(Kind.BOLUS, (number, 600)).encoded()


def test_an_order_with_a_number_missing_is_refused() -> None:
    with pytest.raises(InputError, match="the volume in nL, the duration in seconds"):
        Command(Kind.BOLUS, (5,)).encoded()
