"""A store that fails: power cuts, torn, lost and reordered writes, I/O errors, a full disk."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.implant.values import FAR

PATTERNS: Final = 24
"""Ways in which a power cut may treat what was not yet synced."""
NEVER: Final = -1


class PowerCut(BaseException):
    """The power went away: nothing in the pump can catch this."""


class _Change(NamedTuple):
    """One change that was not yet synced; ``data`` is None for a truncation."""

    name: str
    offset: int
    data: bytes | None


class _Undo(NamedTuple):
    """What a change that is not yet synced has overwritten or cut off."""

    name: str
    length: int
    """Of the file before; `NEVER` when there was none."""
    offset: int
    data: bytes | bytearray


class FaultyStore:
    """A store in memory that fails where it is told to.

    Every method counts as one I/O, numbered from 0.

    Parameters
    ----------
    durable
        What a store held before; it is copied.
    cut_at
        The number of the I/O during which the power goes away.
    fail_at
        The number of the first I/O that fails with `StoreError`; a write is then done by half.
    fails_on
        Whether all later ones fail too.
    room
        The most bytes that fit in.
    """

    def __init__(
        self,
        durable: MemoryStore | None = None,
        *,
        cut_at: int = NEVER,
        fail_at: int = NEVER,
        fails_on: bool = False,
        room: int | None = None,
    ) -> None:
        self._live = copied(durable or MemoryStore())
        self._changes: list[tuple[str, int, bytes | None]] = []
        self._undos: list[tuple[str, int, int, bytes | bytearray]] = []
        """What leads back from what is live to what is durable."""
        self._cut_at = cut_at
        self._fail_at = fail_at
        self._fails_on = fails_on
        self._room = room
        self._calm_until = 0
        self._set_calm()
        self.count = 0
        """I/Os so far."""
        self.on_fault: Callable[[], None] = _nobody
        """Is told of each fault of the store, as it happens."""

    def arm(
        self,
        on_fault: Callable[[], None],
        *,
        cut_in: int = NEVER,
        fail_in: int = NEVER,
        fails_on: bool = False,
        room: int | None = None,
    ) -> None:
        """Let faults begin so many I/Os from now; the meanings are those of the class.

        Parameters
        ----------
        on_fault
            Is told of each, as it happens.
        """
        self.on_fault = on_fault
        self._cut_at = self.count + cut_in if cut_in >= 0 else NEVER
        self._fail_at = self.count + fail_in if fail_in >= 0 else NEVER
        self._fails_on, self._room = fails_on, room
        self._set_calm()

    def mend(self) -> None:
        """Let the store work from now on."""
        self._cut_at = self._fail_at = NEVER
        self._fails_on, self._room = False, None
        self._set_calm()

    def _set_calm(self) -> None:
        """Find the first I/O at which anything but the store's work has to be done."""
        armed = [at for at in (self._cut_at, self._fail_at) if at >= 0]
        self._calm_until = min(armed, default=FAR) if self._room is None else 0

    def total_bytes(self) -> int:
        """Return how much the store holds."""
        return sum(map(len, self._live.files.values()))

    def decay(self, name: str, at: int, bit: int) -> bool:
        """Flip one bit of what is stored; False when there is nothing to flip.

        Parameters
        ----------
        name
            Of the file.
        at, bit
            Which byte, counted on from the beginning again when it lies behind the end, and which
            bit of it.
        """
        held = self._live.files.get(name)
        if not held:
            return False
        place, durable = at % len(held), self._durable()
        for store in (self._live, durable):
            bytes_held = store.files.get(name)
            if bytes_held and place < len(bytes_held):
                bytes_held[place] ^= 1 << bit
        if self._undos:
            whole = durable.files.get(name)
            length = NEVER if whole is None else len(whole)
            self._undos.insert(0, (name, length, 0, bytes(whole or b"")))
        return True

    def _durable(self) -> MemoryStore:
        """Return what the last sync has made durable."""
        store = copied(self._live)
        for undo in reversed(self._undos):
            _take_back(store, _Undo(*undo))
        return store

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        """Return up to ``length`` bytes from ``offset``."""
        self._io()
        return self._live.read(name, offset, length)

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Overwrite from ``offset``."""
        number = self.count
        if number < self._calm_until:
            self.count = number + 1
            self._change(name, offset, data)
        else:
            self._io(_Change(name, offset, data))

    def append(self, name: str, data: bytes) -> None:
        """Write at the end."""
        self.write(name, self._live.size(name), data)

    def size(self, name: str) -> int:
        """Return the length in bytes."""
        self._io()
        return self._live.size(name)

    def truncate(self, name: str, length: int) -> None:
        """Cut off what lies beyond ``length`` bytes."""
        self._io(_Change(name, length, None))

    def sync(self) -> None:
        """Make everything written so far durable."""
        number = self.count
        if number < self._calm_until:
            self.count = number + 1
        else:
            self._io()
        if self._changes:
            self._changes.clear()
            self._undos.clear()

    def after_cut(self, pattern: int, seed: int = 0) -> MemoryStore:
        """Return what is left after a power cut, by one of the `PATTERNS`."""
        left = self._durable()
        changes = [_Change(*change) for change in self._changes]
        for change in _survivors(changes, pattern, Random(seed)):  # noqa: S311 - no secret
            _apply(left, change)
        return left

    def _io(self, change: _Change | None = None) -> None:
        number, self.count = self.count, self.count + 1
        fails = number == self._fail_at or (self._fails_on and number > self._fail_at >= 0)
        if fails and change and change.data:
            change = change._replace(data=change.data[: len(change.data) // 2])
        if change and self._room is not None and not fails:
            end = change.offset + len(change.data or b"")
            grown = max(0, end - self._live.size(change.name)) if change.data else 0
            if sum(map(len, self._live.files.values())) + grown > self._room:
                self.on_fault()
                raise StoreError(f"the store is full at I/O {number}")
        if change:
            self._change(*change)
        if number == self._cut_at:
            self.on_fault()
            raise PowerCut
        if fails:
            self.on_fault()
            raise StoreError(f"I/O {number} fails")

    def _change(self, name: str, offset: int, data: bytes | None) -> None:
        """Do a change, and remember what it takes to undo it."""
        self._changes.append((name, offset, data))
        held = self._live.files.get(name)
        end = FAR if data is None else offset + len(data)
        if held is not None and data is not None and end <= len(held):
            self._undos.append((name, len(held), offset, held[offset:end]))
            held[offset:end] = data
            return
        if held is not None and data is not None and offset == len(held):
            self._undos.append((name, offset, offset, b""))
            held += data
            return
        length = NEVER if held is None else len(held)
        self._undos.append((name, length, offset, held[offset:end] if held else b""))
        _apply(self._live, _Change(name, offset, data))


def _nobody() -> None:
    pass


def copied(store: MemoryStore) -> MemoryStore:
    """Return a store with the same bytes."""
    twin = MemoryStore()
    twin.files = {name: bytearray(held) for name, held in store.files.items()}
    return twin


def _apply(store: MemoryStore, change: _Change) -> None:
    if change.data is None:
        store.truncate(change.name, change.offset)
    else:
        store.write(change.name, change.offset, change.data)


def _take_back(store: MemoryStore, undo: _Undo) -> None:
    if undo.length == NEVER:
        store.files.pop(undo.name, None)
        return
    held = store.files.setdefault(undo.name, bytearray())
    held[undo.offset : undo.offset + len(undo.data)] = undo.data
    del held[undo.length :]


def _survivors(changes: list[_Change], pattern: int, chance: Random) -> list[_Change]:
    """Return what became durable of the changes that were not synced."""
    half = len(changes) // 2
    *before, last = changes or [_Change("none", 0, b"")]
    data = last.data or b""
    ways: tuple[list[_Change], ...] = (
        [],
        changes,
        before,
        [last],
        changes[:1],
        changes[half:],
        changes[:half],
        changes[::2],
        changes[1::2],
        changes[::-1],
        # The last change is torn, or its place holds what was not meant.
        [*before, last._replace(data=data[:1])],
        [*before, last._replace(data=data[: len(data) // 2])],
        [*before, last._replace(data=data[:-1])],
        [*before, last._replace(data=bytes(len(data)))],
        [*before, last._replace(data=chance.randbytes(len(data)))],
    )
    if pattern < len(ways):
        return ways[pattern]
    kept = [change for change in changes if chance.randrange(5)]
    if pattern % 2:
        chance.shuffle(kept)
    return [
        change._replace(data=change.data[: chance.randint(0, len(change.data))])
        if change.data and chance.randrange(2)
        else change
        for change in kept
    ]
