"""An immutable mapping from names to values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value_co = TypeVar("Value_co", covariant=True)


class Table(Mapping[str, Value_co], Generic[Value_co]):
    """A mapping that cannot be changed, and can be hashed, compared and pickled.

    A ``MappingProxyType`` can be neither pickled nor hashed; profiles must be both, because they
    travel to other processes and stand inside frozen dataclasses.

    Parameters
    ----------
    entries
        The names and values; copied, and kept in the order given.

    Examples
    --------
    >>> table = Table({"first": 1, "second": 2})
    >>> table["second"], list(table)
    (2, ['first', 'second'])
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Value_co]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Value_co:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"Table({self._entries!r})"
