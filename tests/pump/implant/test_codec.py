"""One form in bytes for each program, set of limits and state, and nothing else is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.machine import CONSTANT, LIMITS
from tests.pump.strategies import programs
from thecal.errors import InputError
from thecal.pump.implant.codec import (
    decode_limits,
    decode_program,
    decode_state,
    digest,
    encode_limits,
    encode_program,
    encode_state,
)
from thecal.pump.implant.values import Limits, SafeAction, State
from thecal.pump.program import Bridge, PatientBolus, Program, ScheduledBolus, WeekStep

EVERYTHING = Program(
    "flex",
    (WeekStep(0, 250_000), WeekStep(604_799, 2**64 - 1)),
    (ScheduledBolus(7, 8, 9), ScheduledBolus(2**64 - 1, 2**64 - 1, 2**32 - 1, 2**32 - 1)),
    PatientBolus(2**64 - 1, 2**32 - 1, 2**32 - 1, 65_535),
    Bridge(2**64 - 1, 2**64 - 1),
)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
STATES = st.builds(
    lambda numbers, starts: State._make((*numbers, starts)),
    st.lists(NUMBERS, min_size=len(State._fields) - 1, max_size=len(State._fields) - 1),
    st.lists(NUMBERS, max_size=5).map(tuple),
)
LIMIT_NUMBERS = st.integers(1, 2**64 - 1)


@given(program=programs())
def test_a_program_comes_back_as_it_was(program: Program) -> None:
    assert decode_program(encode_program(program)) == program


def test_the_largest_numbers_come_back_as_they_were() -> None:
    assert decode_program(encode_program(EVERYTHING)) == EVERYTHING


def test_the_form_of_a_program_does_not_change() -> None:
    assert encode_program(CONSTANT).hex() == (
        "01 11 73696d706c6520636f6e74696e756f7573 0001 00000000 000000000003d090 0000"
        " 01 0000000000004e20 0000012c 00003840 0004 00"
    ).replace(" ", "")


@given(
    limits=st.builds(
        Limits,
        st.sampled_from(SafeAction),
        LIMIT_NUMBERS,
        LIMIT_NUMBERS,
        LIMIT_NUMBERS,
        LIMIT_NUMBERS,
        LIMIT_NUMBERS,
    )
)
def test_limits_come_back_as_they_were(limits: Limits) -> None:
    assert decode_limits(encode_limits(limits)) == limits


@given(state=STATES)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    assert decode_state(encode_state(state)) == state


@given(data=st.binary(max_size=120))
def test_any_bytes_are_refused_or_are_the_form_of_what_they_say(data: bytes) -> None:
    try:
        program = decode_program(data)
    except InputError:
        return
    assert encode_program(program) == data


@pytest.mark.requirement("PC-82")
@pytest.mark.parametrize("length", range(len(encode_program(EVERYTHING))))
def test_the_beginning_of_a_program_is_refused(length: int) -> None:
    with pytest.raises(InputError, match=rf"end after {length}$"):
        decode_program(encode_program(EVERYTHING)[:length])


def test_a_program_with_one_byte_more_is_refused() -> None:
    with pytest.raises(InputError, match="go on for 1 after its end"):
        decode_program(encode_program(CONSTANT) + b"\0")


def test_another_version_is_refused() -> None:
    with pytest.raises(InputError, match="have version 2, but this pump knows 1"):
        decode_program(b"\2" + encode_program(CONSTANT)[1:])


def test_a_mark_that_is_neither_0_nor_1_is_refused() -> None:
    data = encode_program(Program("flex", (WeekStep(0, 1),)))
    with pytest.raises(InputError, match="is 2, but must be 0 or 1"):
        decode_program(data[:-1] + b"\2")


def test_a_mode_that_is_not_ascii_is_refused() -> None:
    data = encode_program(Program("flex", (WeekStep(0, 1),)))
    with pytest.raises(InputError, match="mode in the bytes of a program is not ASCII"):
        decode_program(data.replace(b"flex", b"fl\xc3\xa9"))


def test_bytes_of_an_impossible_program_are_refused_with_its_reason() -> None:
    data = encode_program(Program("flex", (WeekStep(0, 1), WeekStep(9, 1))))
    with pytest.raises(InputError, match="steps must be sorted"):
        decode_program(data.replace(b"\0\0\0\x09", b"\0\0\0\0"))


@pytest.mark.parametrize(
    "program",
    [
        Program("flex", (WeekStep(0, 2**64),)),
        Program("f" * 256, (WeekStep(0, 1),)),
        Program("fl\u00e9x", (WeekStep(0, 1),)),
        Program("flex", (WeekStep(0, 1),), patient_bolus=PatientBolus(1, 1, 1, 65_536)),
        Program("flex", tuple(WeekStep(second, 1) for second in range(65_536))),
    ],
    ids=["flow", "long mode", "mode", "count", "steps"],
)
def test_a_program_that_has_no_form_is_refused(program: Program) -> None:
    with pytest.raises(InputError, match="a program does not fit into its form"):
        encode_program(program)


def test_limits_that_have_no_form_are_refused() -> None:
    with pytest.raises(InputError, match="limits do not fit into their form"):
        encode_limits(Limits(SafeAction.HOLD, 2**64, 1, 1, 1, 1))


def test_an_unknown_safe_action_is_refused() -> None:
    data = encode_limits(LIMITS)
    with pytest.raises(InputError, match="safe action 3 is unknown; there are 3"):
        decode_limits(data[:1] + b"\3" + data[2:])


def test_limits_of_another_length_are_refused() -> None:
    data = encode_limits(LIMITS)
    with pytest.raises(InputError, match="end after"):
        decode_limits(data[:-1])
    with pytest.raises(InputError, match="go on for 1"):
        decode_limits(data + b"\0")


@pytest.mark.parametrize(
    "data",
    [b"", encode_state(State())[:-1], b"\2" + encode_state(State())[1:]],
    ids=["nothing", "short", "version"],
)
def test_bytes_that_are_no_state_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="are not a state of version 1"):
        decode_state(data)


def test_a_state_whose_starts_are_missing_is_refused() -> None:
    with pytest.raises(InputError, match="with 2 starts does not have"):
        decode_state(encode_state(State(starts=(1, 2)))[:-8])


@pytest.mark.requirement("PC-83")
def test_the_digest_tells_programs_and_limits_apart() -> None:
    one, other = encode_program(CONSTANT), encode_limits(LIMITS)
    assert len(digest(one, other)) == 32
    assert len({digest(one, other), digest(one + b"\0", other), digest(one, b"\0" + other)}) == 3
    assert digest(b"ab", b"c") != digest(b"a", b"bc")
