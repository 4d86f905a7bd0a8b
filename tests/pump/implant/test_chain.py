from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.logs import BALANCES, KEY, LINE, begun, more, rolled
from thecal.pump.implant.chain import (
    MAC_BYTES,
    MOST_RECORDS,
    NO_HASH,
    Head,
    linked,
    mac,
    next_key,
    rebuilt,
    verify,
)
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.log import Stamp
from thecal.pump.implant.records import HEADER, KINDS, Entry, digest_values, encoded
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Account, Record

pytestmark = pytest.mark.requirement("PC-71")

ROLLED = KINDS["rolled"].code


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=90))
def test_the_code_is_hmac_sha_256(key: bytes, message: bytes) -> None:
    assert mac(key, message) == hmac.digest(key, message, "sha256")


def test_a_log_verifies_with_every_head_it_ever_had() -> None:
    log = begun()
    heads = [log.head]
    for _ in range(5):
        more(log, 2)
        heads.append(log.head)
    assert verify(log.since(0), KEY, tuple(heads)) is None


def test_another_first_key_proves_nothing() -> None:
    assert verify(begun(records=3).since(0), bytes(32)) == 0


@pytest.mark.requirement("PC-72")
@pytest.mark.parametrize("kept", range(5))
def test_a_log_that_became_shorter_is_found_by_an_older_head(kept: int) -> None:
    log = begun(records=5)
    assert verify(log.since(0)[: kept * LINE], KEY, (log.head,)) == kept


def test_a_log_cut_at_a_record_is_whole_for_one_without_a_head() -> None:
    assert verify(begun(records=5).since(0)[: 3 * LINE], KEY) is None


def test_a_torn_record_is_bad() -> None:
    assert verify(begun(records=5).since(0)[:-1], KEY) == 4


def test_a_torn_beginning_of_a_record_is_bad() -> None:
    assert verify(begun(records=5).since(0)[: 2 * LINE + 9], KEY) == 2


def forged(entries: list[Entry]) -> bytes:
    """Return what someone writes who has the first key."""
    raw, link, key = b"", NO_HASH, KEY
    for entry in entries:
        link = linked(link, encoded(entry))
        raw += encoded(entry) + mac(key, link)
        key = next_key(key)
    return raw


def test_a_forger_with_the_first_key_is_found_by_a_head() -> None:
    log = begun(records=2)
    middle = log.head
    more(log, 3)
    raw = forged([Entry(number, 0, 0, 0, Record("fault", (2,))) for number in range(5)])
    assert verify(raw, KEY) is None
    assert verify(raw, KEY, (log.head,)) == 0
    assert verify(raw, KEY, (middle, log.head)) == 0


def test_a_forger_is_found_from_the_last_true_head_on() -> None:
    log = begun(records=2)
    middle = log.head
    more(log, 3)
    values = (1, 1, 2, 1, 1)
    raw = forged([Entry(at, 0, 0, 0, Record("fault", (one,))) for at, one in enumerate(values)])
    assert verify(raw, KEY, (middle, log.head)) == 2


def test_a_counter_that_runs_back_is_bad() -> None:
    raw = forged(
        [Entry(0, 9, 0, 0, Record("fault", (1,))), Entry(1, 8, 0, 0, Record("started up"))]
    )
    assert verify(raw, KEY) == 1


def test_a_gap_in_the_numbers_is_bad() -> None:
    raw = forged([Entry(0, 0, 0, 0, Record("started up")), Entry(2, 0, 0, 0, Record("started up"))])
    assert verify(raw, KEY) == 1


@pytest.mark.parametrize(("code", "count"), [(255, 0), (KINDS["fault"].code, 2)])
def test_a_kind_that_no_pump_writes_is_bad(code: int, count: int) -> None:
    record = HEADER.pack(0, 0, 0, 0, code, count) + bytes(8 * count)
    assert verify(record + mac(KEY, linked(NO_HASH, record)), KEY) == 0


# -- logs that rolled over -----------------------------------------------------------------------


@pytest.mark.requirement("PC-73")
def test_a_missing_segment_is_found() -> None:
    log = rolled(MemoryStore(), rolls=3)
    raw = log.since(log.kept_from)
    newest = raw.rindex(encoded(Entry(log.head.index - 1, 0, 0, 0, Record("fault", (1,))))[:8])
    assert newest == len(raw) - (HEADER.size + 19 * 8 + MAC_BYTES)
    assert verify(raw[newest:], KEY, (log.head,)) == log.kept_from


@pytest.mark.requirement("PC-73")
def test_a_first_record_that_was_changed_is_not_believed() -> None:
    log = rolled(MemoryStore(), rolls=3)
    raw = bytearray(log.since(log.kept_from))
    raw[7] ^= 1
    assert verify(bytes(raw), KEY, (log.head,)) == 0


def test_a_number_beyond_belief_is_not_followed() -> None:
    values = (0,) * len(KINDS["rolled"].fields)
    raw = encoded(Entry(MOST_RECORDS + 1, 0, 0, 0, Record("rolled", values))) + bytes(32)
    assert verify(raw, KEY) == 0


def test_the_rest_of_a_log_does_not_verify_from_another_head() -> None:
    log = begun(records=3)
    held = log.head
    more(log, 2)
    other = Head(held.index, bytes(32))
    assert verify(log.since(3), KEY, origin=other) == 3


def test_the_rest_of_a_log_is_missed_when_it_is_not_there() -> None:
    log = begun(records=3)
    held = log.head
    more(log, 2)
    assert verify(b"", KEY, (log.head,), origin=held) == 3


# -- what a log alone tells ----------------------------------------------------------------------

volumes = st.integers(0, 400)
fillings = st.integers(10_000, 20_000)
events = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(Account), volumes),
        st.tuples(fillings, volumes, volumes),
        st.tuples(st.binary(min_size=32, max_size=32)),
    ),
    max_size=20,
)


@pytest.mark.requirement("PC-70")
@given(events, st.sets(st.integers(0, 20), max_size=3))
def test_the_ledger_and_the_programs_are_rebuilt_from_the_log(
    happened: list[tuple[int | bytes, ...]], rolls: set[int]
) -> None:
    log, ledger = begun(), Ledger.opened(10_000)
    programs: list[tuple[int, bytes]] = []
    log.append(Record("opened", (10_000,)), Stamp(0, 0))
    for now_s, event in enumerate(happened):
        stamp = Stamp(now_s, 0)
        match event:
            case (bytes(digest),):
                programs.append((now_s, digest))
                log.append(Record("committed", digest_values(digest)), stamp)
            case (int(account), int(volume_nl)):
                ledger = ledger.deliver(account, volume_nl)
                log.append(Record("delivered", (account, volume_nl)), stamp)
            case (int(filled_nl), int(aspirated_nl), int(residual_nl)):
                ledger = ledger.refill(
                    filled_nl=filled_nl, aspirated_nl=aspirated_nl, residual_nl=residual_nl
                )
                log.append(
                    Record("reservoir filled", (filled_nl, aspirated_nl, residual_nl)), stamp
                )
        if now_s in rolls:
            log.append(Record("fault", (1,)), stamp)
            in_force = programs[-1][1] if programs else bytes(32)
            log.roll(ledger.balances, in_force, stamp)
    told = rebuilt(log.since(log.kept_from))
    assert told.ledger.balances == ledger.balances
    if log.kept_from:
        assert [one for _, one in told.programs[-1:]] == [one for _, one in programs[-1:]]
    else:
        assert told.programs == tuple(programs)


@pytest.mark.requirement("PC-70")
@pytest.mark.parametrize(
    "digest", [bytes(32), bytes(31) + b"\1", b"\1" + bytes(31), bytes(range(32))]
)
def test_a_log_whose_beginning_was_dropped_tells_what_was_in_force(digest: bytes) -> None:
    log = begun(records=1)
    for _ in range(2):
        log.roll(BALANCES, digest, Stamp(7, 0))
    told = rebuilt(log.since(log.kept_from))
    assert told.ledger.balances == BALANCES
    assert told.programs == (((7, digest),) if any(digest) else ())


def test_a_single_byte_is_no_log() -> None:
    assert verify(bytes(1), KEY) == 0


def test_a_log_of_nothing_tells_of_an_empty_pump() -> None:
    assert rebuilt(b"").ledger.reservoir_nl == 0


@pytest.mark.requirement("PC-72")
def test_of_several_heads_the_last_tells_what_was_cut_off() -> None:
    log = begun(records=2)
    early = log.head
    more(log, 2)
    assert verify(log.since(0)[: 3 * LINE], KEY, (early, log.head)) == 3


def test_no_records_are_whole_for_one_without_a_head() -> None:
    assert verify(b"", KEY) is None
