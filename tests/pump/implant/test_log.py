from __future__ import annotations

import pytest

from tests.pump.implant.logs import BALANCES, KEY, LINE, begun, more, rolled
from thecal.errors import InputError
from thecal.pump.implant import log as log_module
from thecal.pump.implant.chain import MAC_BYTES, Head, next_key, verify
from thecal.pump.implant.log import PLACE, Log, LogError, Stamp
from thecal.pump.implant.pingpong import Slots
from thecal.pump.implant.records import decoded
from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.implant.values import Record
from thecal.pump.simulation.faulty import FaultyStore

pytestmark = pytest.mark.requirement("PC-70", "PC-71")

FAULT = Record("fault", (1,))


def kinds(log: Log) -> list[str]:
    raw, at, found = log.since(log.kept_from), 0, []
    while at < len(raw):
        entry, end = decoded(raw, at)
        found.append(entry.record.kind)
        at = end + MAC_BYTES
    return found


def test_records_are_numbered_without_a_gap() -> None:
    log = begun()
    assert [log.append(FAULT, Stamp(0, 0)) for _ in range(3)] == [0, 1, 2]


def test_a_log_of_nothing_verifies() -> None:
    assert verify(begun().since(0), KEY, (begun().head,)) is None


def test_the_head_counts_and_hashes() -> None:
    log = begun(records=3)
    before = log.head
    more(log, 1)
    assert (before.index, log.head.index) == (3, 4)
    assert before.digest != log.head.digest


def test_a_record_knows_its_second_and_the_clock() -> None:
    log = begun()
    for week_offset_s in (5, 5, 7, 5):
        log.append(FAULT, Stamp(60, week_offset_s))
    raw = log.since(0)
    entries = [decoded(raw, at * LINE)[0] for at in range(4)]
    assert [(one.now_s, one.week_offset_s, one.epoch) for one in entries] == [
        (60, 5, 0),
        (60, 5, 0),
        (60, 7, 1),
        (60, 5, 2),
    ]


@pytest.mark.requirement("PC-54")
def test_the_order_of_the_log_is_the_order_of_the_counter() -> None:
    log = begun()
    log.append(FAULT, Stamp(60, 0))
    with pytest.raises(InputError, match="second 59 follows one of second 60"):
        log.append(FAULT, Stamp(59, 0))


def test_an_unknown_record_changes_nothing() -> None:
    log = begun(records=2)
    with pytest.raises(InputError, match="no kind of record"):
        log.append(Record("nonsense"), Stamp(0, 0))
    assert log.head.index == 2


def test_a_short_first_key_is_refused() -> None:
    with pytest.raises(InputError, match="has 31 bytes, but needs 32"):
        Log(MemoryStore(), first_key=bytes(31))


def test_records_are_read_before_they_are_sealed() -> None:
    log = begun(records=2)
    log.append(FAULT, Stamp(0, 0))
    assert verify(log.since(0), KEY, (log.head,)) is None


def test_the_rest_of_a_log_is_read_from_a_record_on() -> None:
    log = begun(records=3)
    held = log.head
    more(log, 2)
    assert verify(log.since(3), KEY, (log.head,), origin=held) is None
    assert len(log.since(3)) == 2 * LINE


def test_nothing_is_read_from_the_end_on() -> None:
    assert begun(records=3).since(3) == b""


@pytest.mark.parametrize("index", [-1, 4])
def test_a_record_that_is_not_there_is_not_read(index: int) -> None:
    with pytest.raises(InputError, match="the log keeps 0 to 2"):
        begun(records=3).since(index)


def test_a_damaged_record_does_not_hide_the_rest() -> None:
    store = MemoryStore()
    log = begun(store, records=4)
    store.files["log.0"][LINE + 25] ^= 255
    raw = log.since(3)
    assert verify(log.since(0), KEY, (log.head,)) == 1
    assert raw == bytes(store.files["log.0"][LINE:])


# -- what is durable -----------------------------------------------------------------------------


def test_a_reopened_log_goes_on() -> None:
    store = MemoryStore()
    held = begun(store, records=3).head
    log = Log(store)
    more(log, 2)
    assert verify(log.since(0), KEY, (held, log.head)) is None


def test_a_second_seal_does_nothing() -> None:
    store = FaultyStore()
    log = begun(store, records=3)
    before = store.count
    log.seal()
    assert store.count == before


def test_the_key_of_a_sealed_record_is_nowhere_in_the_store() -> None:
    store = MemoryStore()
    begun(store, records=3)
    keys = [KEY]
    for _ in range(3):
        keys.append(next_key(keys[-1]))
    stored = b"".join(map(bytes, store.files.values()))
    assert [key in stored for key in keys] == [False, False, False, True]


def test_records_that_outlived_their_key_prove_themselves() -> None:
    store = MemoryStore()
    log = begun(store, records=3)
    keys = {name: bytes(held) for name, held in store.files.items() if name != "log.0"}
    more(log, 2)
    for name, held in keys.items():
        store.files[name] = bytearray(held)
    assert Log(store).head == log.head


@pytest.mark.parametrize("flipped", [0, 30, LINE - 1])
def test_a_record_that_cannot_prove_itself_is_cut_off(flipped: int) -> None:
    store = MemoryStore()
    log = begun(store, records=3)
    keys = {name: bytes(held) for name, held in store.files.items() if name != "log.0"}
    held = log.head
    more(log, 2)
    for name, kept in keys.items():
        store.files[name] = bytearray(kept)
    store.files["log.0"][3 * LINE + flipped] ^= 1
    assert Log(store).head == held
    assert store.size("log.0") == 3 * LINE


def test_a_torn_record_is_cut_off() -> None:
    store = MemoryStore()
    held = begun(store, records=3).head
    store.append("log.0", b"torn")
    assert Log(store).head == held


def test_a_log_that_was_cut_behind_its_back_is_not_continued() -> None:
    store = MemoryStore()
    begun(store, records=3)
    store.truncate("log.0", 2 * LINE)
    with pytest.raises(LogError, match="ends at byte 132, but 198 bytes had been durable"):
        Log(store)


def test_no_log_is_not_continued() -> None:
    with pytest.raises(LogError, match="no log that could be continued"):
        Log(MemoryStore())


def test_a_log_whose_key_is_damaged_is_not_continued() -> None:
    store = MemoryStore()
    begun(store, records=3)
    for name in ("log.key.a", "log.key.b"):
        if any(store.files[name]):
            store.files[name][3] ^= 1
    with pytest.raises(LogError, match=r"no slot of log\.key is whole"):
        Log(store)


def test_a_key_of_another_form_is_not_continued() -> None:
    store = MemoryStore()
    Slots(store, "log.key").write(bytes(PLACE.size - 1))
    with pytest.raises(LogError, match="no log that could be continued"):
        Log(store)


# -- a store that fails --------------------------------------------------------------------------


@pytest.mark.requirement("PC-44")
@pytest.mark.parametrize("io", range(12))
def test_after_any_failed_io_a_later_seal_makes_up_for_it(io: int) -> None:
    store = FaultyStore(fail_at=io)
    log = Log(store, first_key=KEY)
    for _ in range(4):
        log.append(FAULT, Stamp(0, 0))
        try:
            log.seal()
        except StoreError:
            continue
    log.seal()
    assert Log(store).head == log.head
    assert verify(log.since(0), KEY, (log.head,)) is None


@pytest.mark.requirement("PC-44")
def test_what_does_not_fit_into_memory_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", 3 * LINE)
    log = Log(FaultyStore(fail_at=0, fails_on=True), first_key=KEY)
    assert [log.append(FAULT, Stamp(0, 0)) for _ in range(5)] == [0, 1, 2, -1, -1]


@pytest.mark.requirement("PC-44")
def test_the_log_says_how_many_records_were_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", 3 * LINE)
    log = begun()
    for _ in range(5):
        log.append(FAULT, Stamp(0, 0))
    log.seal()
    log.append(FAULT, Stamp(0, 0))
    assert kinds(log) == ["fault", "fault", "fault", "records lost", "fault"]
    assert decoded(log.since(3))[0].record.values == (2,)
    assert verify(log.since(0), KEY, (log.head,)) is None


# -- rolling over --------------------------------------------------------------------------------


@pytest.mark.requirement("PC-73")
@pytest.mark.parametrize("rolls", [1, 2, 3, 7])
def test_a_log_that_rolled_over_verifies(rolls: int) -> None:
    log = rolled(MemoryStore(), rolls=rolls)
    assert verify(log.since(log.kept_from), KEY, (log.head,)) is None


@pytest.mark.requirement("PC-73")
def test_a_log_that_rolled_over_goes_on_after_a_restart() -> None:
    store = MemoryStore()
    held = rolled(store, rolls=4).head
    log = Log(store)
    more(log, 2)
    assert log.head.index == held.index + 2
    assert verify(log.since(log.kept_from), KEY, (held, log.head)) is None


@pytest.mark.requirement("PC-73")
def test_the_segment_before_is_kept() -> None:
    log = rolled(MemoryStore(), rolls=1)
    assert (log.kept_from, kinds(log)) == (0, ["fault"] * 4 + ["rolled"])


@pytest.mark.requirement("PC-73")
def test_the_segment_before_that_is_dropped() -> None:
    store = MemoryStore()
    log = rolled(store, rolls=2)
    assert kinds(log)[0] == "rolled"
    assert log.kept_from == 4
    assert sum(map(len, store.files.values())) < 14 * LINE


@pytest.mark.requirement("PC-73")
def test_what_was_dropped_is_not_read() -> None:
    with pytest.raises(InputError, match="the log keeps 4 to"):
        rolled(MemoryStore(), rolls=2).since(3)


@pytest.mark.requirement("PC-73")
def test_a_head_from_before_the_drop_still_proves_what_was_dropped() -> None:
    store = MemoryStore()
    log = begun(store, records=4, segment_bytes=4 * LINE)
    held = log.head
    other = Head(held.index, bytes(32))
    for _ in range(2):
        log.roll(BALANCES, bytes(32), Stamp(0, 0))
    raw = log.since(log.kept_from)
    assert log.kept_from == held.index
    assert (verify(raw, KEY, (held,)), verify(raw, KEY, (other,))) == (None, 0)


@pytest.mark.requirement("PC-73")
@pytest.mark.parametrize("io", range(14))
def test_a_roll_that_fails_loses_nothing(io: int) -> None:
    store = FaultyStore(fail_at=io + 7)
    log = begun(store, segment_bytes=2 * LINE)
    try:
        more(log, 2)
        log.roll(BALANCES, bytes(32), Stamp(0, 0))
    except StoreError:
        log.append(FAULT, Stamp(0, 0))
    more(log, 1)
    assert verify(log.since(0), KEY, (log.head,)) is None
    assert Log(store).head == log.head


@pytest.mark.requirement("PC-73")
def test_thirty_days_of_hourly_records_and_a_thousand_faults_are_kept() -> None:
    log = begun(records=30 * 24 * 12 + 1_000, segment_bytes=1 << 22)
    assert not log.is_full
    assert log.kept_from == 0


def test_records_that_wait_stay_before_the_roll() -> None:
    log = begun()
    for _ in range(3):
        log.append(FAULT, Stamp(0, 0))
        log.roll(BALANCES, bytes(32), Stamp(0, 0))
    assert verify(log.since(log.kept_from), KEY, (log.head,)) is None


def test_nothing_of_a_dropped_segment_stays_in_the_store() -> None:
    store = MemoryStore()
    log = rolled(store, rolls=3)
    kept = len(log.since(log.kept_from))
    assert sum(len(store.read(f"log.{which}")) for which in range(3)) == kept


def test_what_lay_in_the_store_before_a_log_began_is_no_part_of_it() -> None:
    store = MemoryStore()
    store.write("log.2", 0, b"of another pump")
    log = begun(store, records=2)
    assert kinds(log) == ["fault", "fault"]


def test_records_that_wait_fill_the_log_too() -> None:
    log = begun(segment_bytes=2 * LINE)
    log.append(FAULT, Stamp(0, 0))
    assert not log.is_full
    log.append(FAULT, Stamp(0, 0))
    assert log.is_full


def test_a_reopened_log_without_news_writes_nothing() -> None:
    store = MemoryStore()
    begun(store, records=2)
    log = Log(store)
    before = {name: bytes(held) for name, held in store.files.items()}
    log.seal()
    assert {name: bytes(held) for name, held in store.files.items()} == before


def test_a_clock_that_is_set_after_the_first_record_counts() -> None:
    log = begun()
    for week_offset_s in (5, 7):
        log.append(FAULT, Stamp(0, week_offset_s))
    assert decoded(log.since(1))[0].epoch == 1


def test_what_lay_in_the_place_of_a_segment_is_gone_when_it_begins() -> None:
    store = MemoryStore()
    log = begun(store, records=2)
    store.write("log.1", 0, bytes(4_096))
    for _ in range(2):
        log.roll(BALANCES, bytes(32), Stamp(0, 0))
    assert verify(log.since(log.kept_from), KEY, (log.head,)) is None


@pytest.mark.requirement("PC-44")
def test_lost_records_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", LINE)
    log = begun()
    for _ in range(2):
        log.append(FAULT, Stamp(0, 0))
    log.seal()
    for _ in range(2):
        log.append(FAULT, Stamp(0, 0))
        log.seal()
    assert kinds(log) == ["fault", "records lost", "fault", "fault"]
