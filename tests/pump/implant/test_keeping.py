"""What is kept: the record and the programs, in bytes and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.alarm_data import TABLE
from thecal.errors import InputError
from thecal.pump.implant.alarms import Alarm, Cause
from thecal.pump.implant.codec import digest
from thecal.pump.implant.keeping import Keeper, Kept, pack_alarms, unpack_alarms
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.pingpong import Damaged
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import FAR

BYTES = st.binary(max_size=40)
RECORDS = st.builds(
    Kept,
    st.integers(0, 1 << 40),
    st.one_of(st.just(b""), st.binary(min_size=32, max_size=32).filter(any)),
    st.tuples(*[st.integers(0, 1 << 40)] * 6),
    BYTES,
    BYTES,
    BYTES,
    BYTES,
    st.integers(0, 1 << 40).map(Ledger.opened),
)


@pytest.mark.requirement("PC-40")
@given(RECORDS)
def test_a_record_comes_back_as_it_was(kept: Kept) -> None:
    assert Kept.unpack(kept.pack()) == kept


@given(RECORDS, st.integers(1, 40))
def test_a_record_that_is_cut_short_is_none(kept: Kept, short: int) -> None:
    raw = kept.pack()
    with pytest.raises(InputError):
        Kept.unpack(raw[:-short])
    with pytest.raises(InputError):
        Kept.unpack(raw + bytes(short))


def test_an_empty_store_keeps_nothing() -> None:
    keeper = Keeper(MemoryStore())
    assert keeper.load() is None
    assert keeper.program(bytes(32)) is None


@pytest.mark.requirement("PC-83")
def test_a_new_program_is_written_beside_the_one_in_force() -> None:
    keeper = Keeper(MemoryStore())
    first, second, third = (digest(bytes([n]), b"limits") for n in (1, 2, 3))
    keeper.put_program(b"\x01", b"limits", b"")
    keeper.put_program(b"\x02", b"limits", first)
    assert keeper.program(first) == (b"\x01", b"limits")
    assert keeper.program(second) == (b"\x02", b"limits")
    keeper.put_program(b"\x03", b"limits", second)
    assert keeper.program(first) is None
    assert keeper.program(second) == (b"\x02", b"limits")
    assert keeper.program(third) == (b"\x03", b"limits")


@pytest.mark.requirement("PC-22")
@pytest.mark.parametrize("bad", ["program.0.a", "program.0.b"])
def test_a_program_is_written_again_where_it_was(bad: str) -> None:
    store = MemoryStore()
    keeper = Keeper(store)
    keeper.put_program(b"program", b"limits", b"")
    store.files[bad][20] ^= 1
    keeper.renew_program(b"program", b"limits")
    keeper.was_damaged = False
    assert keeper.program(digest(b"program", b"limits")) == (b"program", b"limits")
    assert not keeper.was_damaged
    assert "program.1.a" not in store.files


@pytest.mark.requirement("PC-43")
def test_a_program_with_one_bad_copy_is_read_from_the_other() -> None:
    store = MemoryStore()
    Keeper(store).put_program(b"program", b"limits", b"")
    store.files["program.0.b"][20] ^= 1
    keeper = Keeper(store)
    assert keeper.program(digest(b"program", b"limits")) == (b"program", b"limits")
    assert keeper.was_damaged


@pytest.mark.requirement("PC-43")
def test_a_program_with_two_bad_copies_is_lost() -> None:
    store = MemoryStore()
    Keeper(store).put_program(b"program", b"limits", b"")
    for name in ("program.0.a", "program.0.b"):
        store.files[name][20] ^= 1
    assert Keeper(store).program(digest(b"program", b"limits")) is None


@pytest.mark.requirement("PC-43")
def test_a_whole_slot_that_holds_no_record_is_damage() -> None:
    store = MemoryStore()
    keeper = Keeper(store)
    keeper._record.write(b"something else")
    with pytest.raises(Damaged, match="cannot be read"):
        Keeper(store).load()


@pytest.mark.requirement("PC-62")
def test_listed_alarms_come_back_and_sound_at_once() -> None:
    listed = (
        Alarm(Cause.STALL, 7, 607, acknowledged=True),
        Alarm(Cause.FREE_FLOW, 3, FAR, active=False),
    )
    back = unpack_alarms(pack_alarms(listed), 1_000, TABLE)
    assert back == (
        Alarm(Cause.STALL, 7, 1_000, acknowledged=True),
        Alarm(Cause.FREE_FLOW, 3, FAR, active=False),
    )
