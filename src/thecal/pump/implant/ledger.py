"""Where every nanolitre went: double entry in whole numbers."""

from __future__ import annotations

from enum import IntEnum, unique
from struct import Struct
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import check_whole
from thecal.pump.implant.values import Account


@unique
class Book(IntEnum):
    """The accounts; the first six are those for which strokes are given (`values.Account`)."""

    BASAL = Account.BASAL
    PATIENT_BOLUS = Account.PATIENT_BOLUS
    SCHEDULED_BOLUS = Account.SCHEDULED_BOLUS
    CLINICIAN_BOLUS = Account.CLINICIAN_BOLUS
    BRIDGE = Account.BRIDGE
    PRIME = Account.PRIME
    RESERVOIR = 6
    REFILLED = 7
    """The source of all drug: minus what was ever filled, the first filling included."""
    WITHDRAWN = 8
    UNACCOUNTED = 9
    """What a refill found missing (above 0) or too much (below 0)."""


# Looked up for every stroke; a name of the module costs less than a member of a class.
_RESERVOIR: Final = int(Book.RESERVOIR)
_ACCOUNTS: Final = frozenset(int(account) for account in Account)
_new_tuple: Final = tuple.__new__
PACKED: Final = Struct(">Q10q")


class Ledger(NamedTuple):
    """The balances of all accounts in nL, and how many entries led to them.

    An entry takes a volume from one account and gives it to another, so the balances always sum
    to 0, which is PC-15: start + refills - delivered - withdrawn - unaccounted = reservoir.

    Examples
    --------
    >>> ledger = Ledger.opened(20_000).deliver(Account.BASAL, 250).deliver(Account.PRIME, 500)
    >>> ledger.reservoir_nl, ledger.delivered_nl
    (19250, 750)
    >>> later = ledger.refill(filled_nl=18_000, aspirated_nl=17_000, residual_nl=2_000)
    >>> later.reservoir_nl, later.unaccounted_nl
    (20000, 250)
    """

    entries: int
    balances: tuple[int, ...]

    @classmethod
    def opened(cls, reservoir_nl: int) -> Ledger:
        """Return the ledger of a pump whose reservoir holds so much, its residual included."""
        return cls(0, (0,) * len(Book)).move(Book.REFILLED, Book.RESERVOIR, reservoir_nl)

    @property
    def reservoir_nl(self) -> int:
        """What the reservoir holds by this ledger, residual included."""
        return self.balances[Book.RESERVOIR]

    @property
    def delivered_nl(self) -> int:
        """What was ever delivered, all accounts together."""
        return sum(self.balances[:_RESERVOIR])

    @property
    def unaccounted_nl(self) -> int:
        """What refills found missing, less what they found too much."""
        return self.balances[Book.UNACCOUNTED]

    def move(self, source: int, target: int, volume_nl: int) -> Ledger:
        """Return the ledger after one entry.

        Raises
        ------
        InputError
            When the volume is not a whole number of at least 0, or the reservoir does not hold it.
        """
        if volume_nl.__class__ is not int or volume_nl < 0:
            check_whole("the volume of an entry in nL", volume_nl)
        balances = list(self.balances)
        balances[source] -= volume_nl
        balances[target] += volume_nl
        if balances[_RESERVOIR] < 0:
            raise InputError(
                f"{volume_nl} nL shall leave the reservoir, but by the ledger it holds "
                f"{self.reservoir_nl} nL"
            )
        return _new_tuple(Ledger, (self.entries + 1, tuple(balances)))

    def deliver(self, account: int, volume_nl: int) -> Ledger:
        """Return the ledger with so much delivered for an account of `values.Account`."""
        if account not in _ACCOUNTS:
            raise ValueError(f"{account} is no account for strokes")
        return self.move(_RESERVOIR, account, volume_nl)

    def refill(self, *, filled_nl: int, aspirated_nl: int, residual_nl: int) -> Ledger:
        """Return the ledger after a refill.

        Aspirating leaves the residual behind, which cannot be drawn out; what the ledger had
        expected beyond that is unaccounted for, and the ledger starts anew from what is known.
        """
        check_whole("the aspirated volume in nL", aspirated_nl)
        check_whole("the residual volume in nL", residual_nl)
        missing = self.reservoir_nl - aspirated_nl - residual_nl
        if missing >= 0:
            cleared = self.move(Book.RESERVOIR, Book.UNACCOUNTED, missing)
        else:
            cleared = self.move(Book.UNACCOUNTED, Book.RESERVOIR, -missing)
        emptied = cleared.move(Book.RESERVOIR, Book.WITHDRAWN, aspirated_nl)
        return emptied.move(Book.REFILLED, Book.RESERVOIR, filled_nl)

    def check(self) -> None:
        """Raise `InputError` unless the balances sum to 0 and the reservoir is not below 0."""
        if sum(self.balances) != 0 or self.reservoir_nl < 0:
            raise InputError(f"the ledger does not balance: {self.balances}")

    def pack(self) -> bytes:
        """Return the ledger as 88 bytes."""
        return PACKED.pack(self.entries, *self.balances)

    @classmethod
    def unpack(cls, raw: bytes) -> Ledger:
        """Return the ledger of `pack`'s bytes.

        Raises
        ------
        InputError
            When they are not 88 bytes, or do not balance.
        """
        if len(raw) != PACKED.size:
            raise InputError(f"a ledger has {PACKED.size} bytes, but these are {len(raw)}")
        entries, *balances = PACKED.unpack(raw)
        ledger = cls(entries, tuple(balances))
        ledger.check()
        return ledger
