"""A sealed value tells when it was damaged, mends one bad copy and refuses two (PC-24)."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.machine import at_work
from tests.pump.implant.test_codec import STATES
from thecal.pump.implant.memory import MemoryFaultError, check_cells, guard, seal, unseal
from thecal.pump.implant.values import Pressed, State


def busy() -> State:
    """Return a state in the middle of a patient bolus."""
    machine = at_work()
    machine.send(Pressed(10_000))
    machine.run(10_100)
    assert machine.state.bolus
    assert machine.state.starts
    return machine.state


def flipped(cells: bytes, *bits: int) -> bytes:
    """Return cells in which some bits are the other way round."""
    damaged = bytearray(cells)
    for bit in bits:
        damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def double_flips_missed(tries: int, seed: int) -> int:
    """Return how many of so many random double flips of a sealed state went unseen."""
    rng = Random(seed)  # noqa: S311 - flips that can be told again
    state = busy()
    cells = seal(state)
    missed = 0
    for _ in range(tries):
        first, second = rng.sample(range(8 * len(cells)), 2)
        try:
            opened = unseal(flipped(cells, first, second))
        except MemoryFaultError:
            continue
        missed += opened.state != state or not opened.mended
    return missed


@given(state=STATES)
def test_a_sealed_state_comes_back_unmended(state: State) -> None:
    assert unseal(seal(state)) == (state, False)


@pytest.mark.requirement("PC-24")
def test_every_single_flipped_bit_is_found_and_mended() -> None:
    state = busy()
    cells = seal(state)
    assert all(unseal(flipped(cells, bit)) == (state, True) for bit in range(8 * len(cells)))


@pytest.mark.requirement("PC-24")
def test_random_double_flips_are_found() -> None:
    assert double_flips_missed(20_000, seed=1) == 0


@pytest.mark.requirement("PC-24", "PC-43")
def test_the_same_bit_in_both_copies_is_refused() -> None:
    cells = seal(busy())
    half = 4 * len(cells)
    for bit in range(half):
        with pytest.raises(MemoryFaultError, match="both copies"):
            unseal(flipped(cells, bit, half + bit))


@pytest.mark.requirement("PC-43")
def test_two_whole_copies_that_differ_are_refused() -> None:
    one, other = seal(State(phase=1)), seal(State(phase=2))
    half = len(one) // 2
    with pytest.raises(MemoryFaultError, match="cannot be used"):
        unseal(one[:half] + other[half:])


@pytest.mark.parametrize("cells", [b"", b"\0", bytes(366), b"\xff" * 366])
def test_cells_that_were_never_sealed_are_refused(cells: bytes) -> None:
    with pytest.raises(MemoryFaultError):
        check_cells(cells)


@given(payload=st.binary(max_size=50))
def test_any_bytes_can_be_guarded(payload: bytes) -> None:
    assert check_cells(guard(payload)) == (payload, False)


if __name__ == "__main__":
    print(double_flips_missed(int(sys.argv[1]), seed=2), "double flips went unseen")  # noqa: T201
