from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump.implant.ledger import PACKED, Book, Ledger
from thecal.pump.implant.values import Account

pytestmark = pytest.mark.requirement("PC-15")

START = 20_000
volumes = st.integers(0, 3_000)
deliveries = st.tuples(st.sampled_from(Account), volumes)
refills = st.tuples(volumes, volumes, volumes)
courses = st.lists(st.one_of(deliveries, refills), max_size=30)


class Course:
    """A ledger, and the same volumes added up one by one."""

    def __init__(self) -> None:
        self.ledger = Ledger.opened(START)
        self.refilled = self.withdrawn = 0
        self.delivered = dict.fromkeys(Account, 0)

    def take(self, event: tuple[int, ...]) -> None:
        try:
            if len(event) == 2:
                self.ledger = self.ledger.deliver(*event)
                self.delivered[Account(event[0])] += event[1]
            else:
                filled_nl, aspirated_nl, residual_nl = event
                self.ledger = self.ledger.refill(
                    filled_nl=filled_nl, aspirated_nl=aspirated_nl, residual_nl=residual_nl
                )
                self.refilled += filled_nl
                self.withdrawn += aspirated_nl
        except InputError:
            assert self.ledger.reservoir_nl < event[1]


@given(courses)
def test_every_entry_balances(events: list[tuple[int, ...]]) -> None:
    course = Course()
    for event in events:
        course.take(event)
        assert sum(course.ledger.balances) == 0


@given(courses)
def test_start_and_refills_less_what_left_is_the_reservoir(events: list[tuple[int, ...]]) -> None:
    course = Course()
    for event in events:
        course.take(event)
        left = sum(course.delivered.values()) + course.withdrawn + course.ledger.unaccounted_nl
        assert START + course.refilled - left == course.ledger.reservoir_nl


@given(courses)
def test_each_account_has_what_was_delivered_for_it(events: list[tuple[int, ...]]) -> None:
    course = Course()
    for event in events:
        course.take(event)
    assert course.ledger.balances[: Book.RESERVOIR] == tuple(course.delivered.values())
    assert course.ledger.delivered_nl == sum(course.delivered.values())


@given(volumes, volumes, volumes)
def test_a_refill_leaves_the_residual_and_what_was_filled(
    filled_nl: int, aspirated_nl: int, residual_nl: int
) -> None:
    after = Ledger.opened(START).refill(
        filled_nl=filled_nl, aspirated_nl=aspirated_nl, residual_nl=residual_nl
    )
    assert after.reservoir_nl == residual_nl + filled_nl


def test_what_a_refill_misses_is_unaccounted_for() -> None:
    after = Ledger.opened(START).refill(filled_nl=0, aspirated_nl=17_000, residual_nl=2_000)
    assert after.unaccounted_nl == 1_000


def test_what_a_refill_finds_too_much_is_unaccounted_for_below_0() -> None:
    after = Ledger.opened(START).refill(filled_nl=0, aspirated_nl=19_000, residual_nl=2_000)
    assert after.unaccounted_nl == -1_000


def test_more_than_the_reservoir_holds_is_not_delivered() -> None:
    with pytest.raises(InputError, match="by the ledger it holds 20000 nL"):
        Ledger.opened(START).deliver(Account.BASAL, START + 1)


def test_all_that_the_reservoir_holds_is_delivered() -> None:
    assert Ledger.opened(START).deliver(Account.BASAL, START).reservoir_nl == 0


@pytest.mark.parametrize("volume", [-1, 1.0, True])
def test_a_volume_is_a_whole_number(volume: int) -> None:
    with pytest.raises(InputError, match="volume of an entry"):
        Ledger.opened(START).move(Book.RESERVOIR, Book.WITHDRAWN, volume)


@pytest.mark.parametrize("field", ["aspirated_nl", "residual_nl"])
def test_a_refill_has_no_negative_volume(field: str) -> None:
    volumes_nl = {"filled_nl": 0, "aspirated_nl": 0, "residual_nl": 0, field: -1}
    with pytest.raises(InputError, match="must be at least 0"):
        Ledger.opened(START).refill(**volumes_nl)


def test_entries_are_counted() -> None:
    assert Ledger.opened(START).deliver(Account.PRIME, 1).entries == 2


@given(courses)
def test_a_packed_ledger_is_read_back(events: list[tuple[int, ...]]) -> None:
    course = Course()
    for event in events:
        course.take(event)
    assert Ledger.unpack(course.ledger.pack()) == course.ledger


def test_bytes_of_another_length_are_no_ledger() -> None:
    with pytest.raises(InputError, match="has 88 bytes, but these are 87"):
        Ledger.unpack(Ledger.opened(START).pack()[:-1])


@pytest.mark.parametrize("balances", [(0,) * 9 + (1,), (0,) * 6 + (-5, 5, 0, 0)])
def test_bytes_that_do_not_balance_are_no_ledger(balances: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="does not balance"):
        Ledger.unpack(PACKED.pack(1, *balances))


def test_every_purpose_of_a_stroke_has_an_account() -> None:
    assert [Book[account.name] for account in Account] == list(range(len(Account)))


def test_a_refill_may_find_a_single_nanolitre_too_much() -> None:
    ledger = Ledger.opened(100).refill(filled_nl=0, aspirated_nl=1, residual_nl=100)
    assert ledger.unaccounted_nl == -1


def test_an_empty_reservoir_balances() -> None:
    Ledger.opened(10).deliver(Account.BASAL, 10).check()


def test_nothing_is_delivered_for_a_book_that_is_no_purpose_of_a_stroke() -> None:
    with pytest.raises(ValueError, match="no account for strokes"):
        Ledger.opened(10).deliver(Book.UNACCOUNTED, 1)


def test_a_reservoir_of_less_than_nothing_does_not_balance() -> None:
    with pytest.raises(InputError, match="does not balance"):
        Ledger(0, (1, 0, 0, 0, 0, 0, -1, 0, 0, 0)).check()
