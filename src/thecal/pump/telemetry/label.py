"""What the reservoir holds, in words, kept by the pump for whoever reads it; never used to dose.

The label changes together with the program: each one carries the number of the commit from which
on it counts, and is durable before that commit. A loss of power in between therefore leaves the
old program with the old label, or the new one with the new.
"""

from __future__ import annotations

from typing import Final

from thecal.errors import InputError
from thecal.pump.implant.pingpong import Damaged, Slots
from thecal.pump.implant.store import Store, StoreError

MOST_BYTES: Final = 1_024
UNKNOWN: Final = "not on record"
_NUMBER_BYTES: Final = 8
_LENGTH_BYTES: Final = 2


def check_label(text: str) -> None:
    """Refuse a label that is empty, too long or not plain ASCII.

    Raises
    ------
    InputError
        In one sentence.
    """
    plain = text.isascii() and text.replace("\n", "").isprintable()
    if not text or len(text) > MOST_BYTES or not plain:
        raise InputError(
            f"the label must be 1 to {MOST_BYTES} plain ASCII characters, but is {text[:40]!r}"
        )


class Labels:
    """The label in force and the one that comes with the next commit, in one durable record.

    Parameters
    ----------
    store
        The pump's store.

    Examples
    --------
    >>> from thecal.pump.implant.store import MemoryStore
    >>> labels = Labels(MemoryStore())
    >>> labels.propose("morphine 10 mg/mL", commits=0)
    >>> labels.at(0), labels.at(1)
    ('not on record', 'morphine 10 mg/mL')
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._slots = Slots(store, "label")

    def at(self, commits: int) -> str:
        """Return the label in force after so many commits; `UNKNOWN` when none can be read.

        A store that fails must not keep the pump from answering an emergency.
        """
        try:
            return self._in_force(commits)
        except StoreError:
            return UNKNOWN

    def propose(self, text: str, commits: int) -> None:
        """Keep a label for the next commit, durably; the one in force stays.

        Parameters
        ----------
        commits
            How many there have been so far.

        Raises
        ------
        StoreError
            When it cannot be stored.
        """
        check_label(text)
        written = commits.to_bytes(_NUMBER_BYTES, "big")
        for one in (self._in_force(commits), text):
            written += len(one).to_bytes(_LENGTH_BYTES, "big") + one.encode("ascii")
        self._slots.write(written)
        self._store.sync()

    def _in_force(self, commits: int) -> str:
        return self._read().get(commits, UNKNOWN)

    def _read(self) -> dict[int, str]:
        try:
            kept = self._slots.read()
        except Damaged:
            return {}
        if kept is None:
            return {}
        payload = kept.payload
        commits = int.from_bytes(payload[:_NUMBER_BYTES], "big")
        found = {}
        at = _NUMBER_BYTES
        for number in (commits, commits + 1):
            start = at + _LENGTH_BYTES
            at = start + int.from_bytes(payload[at:start], "big")
            found[number] = payload[start:at].decode("ascii")
        return found
