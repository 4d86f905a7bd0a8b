"""The order in which a sparse system is eliminated, found once for all patients of one structure.

A body is nearly a tree - canal, cord behind each cell, a few pools - joined to blood and epidural
space. Eliminated from its leaves inwards, blood last, it fills in hardly anywhere, so that solving
costs in proportion to the number of compartments. The order is by minimum degree (Tinney and
Walker 1967, scheme 2), which is optimal on a tree, and pivots stay on the diagonal: all systems
solved here are dominated by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Elimination:
    """A program of eliminations: which number of the factors changes with which others.

    Each number of the factors has a slot. The pivots are taken in the order ``pivot``; of the k-th
    pivot, ``lower[lower_start[k] : lower_start[k + 1]]`` are the slots below it, in the rows
    ``lower_row``, and ``upper`` likewise those right of it; ``target`` are the slots that change,
    for each slot below all those right of it.

    Attributes
    ----------
    rows, columns
        Where the matrix has numbers, its whole diagonal included, shape (e,).
    entry_slot
        The slot of each of them, shape (e,).
    diagonal_slot
        The slot of each compartment's pivot, shape (n,).
    slots
        The number of slots.
    """

    rows: Index
    columns: Index
    entry_slot: Index
    diagonal_slot: Index
    slots: int
    pivot: Index
    lower_start: Index
    lower: Index
    lower_row: Index
    upper_start: Index
    upper: Index
    upper_column: Index
    target_start: Index
    target: Index

    @classmethod
    def of(cls, matrix: Array) -> Elimination:
        """Find the order for all matrices with numbers in these places; the last few are kept."""
        return _planned(len(matrix), np.packbits(matrix != 0.0).tobytes())

    @classmethod
    def by_pattern(cls, present: NDArray[np.bool_]) -> Elimination:
        """Find the order for all matrices with numbers only where told, shape (n, n)."""
        size = len(present)
        np.fill_diagonal(present, val=True)
        rows, columns = np.nonzero(present)
        below = [set(np.flatnonzero(present[:, k]).tolist()) - {k} for k in range(size)]
        right = [set(np.flatnonzero(present[k]).tolist()) - {k} for k in range(size)]
        slot = {at: k for k, at in enumerate(zip(rows.tolist(), columns.tolist(), strict=True))}
        waiting = set(range(size))
        pivot: list[int] = []
        lower: list[list[int]] = []
        upper: list[list[int]] = []
        for _ in range(size):
            chosen = min(waiting, key=lambda k: (len(below[k]) * len(right[k]), k))
            waiting.remove(chosen)
            pivot.append(chosen)
            lower.append(sorted(below[chosen]))
            upper.append(sorted(right[chosen]))
            for row in lower[-1]:
                right[row].discard(chosen)
                right[row] |= right[chosen] - {row}
            for column in upper[-1]:
                below[column].discard(chosen)
                below[column] |= below[chosen] - {column}
            for row in lower[-1]:
                for column in upper[-1]:
                    slot.setdefault((row, column), len(slot))
        sides = list(zip(pivot, lower, upper, strict=True))
        return cls(
            rows=rows,
            columns=columns,
            entry_slot=np.arange(len(rows)),
            diagonal_slot=np.array([slot[k, k] for k in range(size)]),
            slots=len(slot),
            pivot=np.array(pivot),
            lower_start=_starts([len(one) for one in lower]),
            lower=_flat([[slot[i, k] for i in low] for k, low, _ in sides]),
            lower_row=_flat(lower),
            upper_start=_starts([len(one) for one in upper]),
            upper=_flat([[slot[k, j] for j in up] for k, _, up in sides]),
            upper_column=_flat(upper),
            target_start=_starts([len(low) * len(up) for _, low, up in sides]),
            target=_flat([[slot[i, j] for i in low for j in up] for _, low, up in sides]),
        )

    @property
    def arrays(self) -> tuple[Index, ...]:
        """What compiled code needs to follow the program."""
        return (
            self.pivot,
            self.lower_start,
            self.lower,
            self.lower_row,
            self.upper_start,
            self.upper,
            self.upper_column,
            self.target_start,
            self.target,
        )

    def entries(self, matrix: Array) -> Array:
        """Return a matrix's numbers in the places of this structure, shape (e,).

        Raises
        ------
        InputError
            If the matrix has numbers elsewhere too, or another size.
        """
        size = len(self.diagonal_slot)
        if matrix.shape != (size, size):
            raise InputError(f"a body has {len(matrix)} compartments, the first of them {size}")
        found: Array = matrix.ravel().take(self.rows * size + self.columns)
        if np.count_nonzero(found) != np.count_nonzero(matrix):
            raise InputError(
                "a body has links where the first one has none; follow bodies of one structure"
            )
        return found


@lru_cache(maxsize=16)
def _planned(size: int, bits: bytes) -> Elimination:
    flags = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=size * size)
    return Elimination.by_pattern(flags.reshape(size, size).astype(np.bool_))


def _flat(parts: list[list[int]]) -> Index:
    return np.array([one for part in parts for one in part], dtype=np.int64)


def _starts(lengths: list[int]) -> Index:
    return np.append(0, np.cumsum(lengths)).astype(np.int64)
