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
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from thecal.body.sparse import places
from thecal.errors import InputError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

DONE = -1
"""The cost of a compartment that has been eliminated."""


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
        rows, columns = places(present)
        entries = list(zip(rows.tolist(), columns.tolist(), strict=True))
        slot = {at: k for k, at in enumerate(entries)}
        below: list[set[int]] = [set() for _ in range(size)]
        right: list[set[int]] = [set() for _ in range(size)]
        for row, column in entries:
            if row != column:
                below[column].add(row)
                right[row].add(column)
        pivot: list[int] = []
        lower: list[int] = []
        lower_row: list[int] = []
        upper: list[int] = []
        upper_column: list[int] = []
        target: list[int] = []
        starts: list[tuple[int, int, int]] = [(0, 0, 0)]
        # The costs as they change; one that is no longer true is passed over when it comes up.
        costs = [len(below[k]) * len(right[k]) for k in range(size)]
        cheapest = [(cost, k) for k, cost in enumerate(costs)]
        heapify(cheapest)
        while len(pivot) < size:
            cost, chosen = heappop(cheapest)
            if cost != costs[chosen]:
                continue
            costs[chosen] = DONE
            low, up = sorted(below[chosen]), sorted(right[chosen])
            pivot.append(chosen)
            lower_row += low
            lower += [slot[row, chosen] for row in low]
            upper_column += up
            upper += [slot[chosen, column] for column in up]
            for row in low:
                target += [slot.setdefault((row, column), len(slot)) for column in up]
                right[row].discard(chosen)
                right[row].update(up)
                right[row].discard(row)
            for column in up:
                below[column].discard(chosen)
                below[column].update(low)
                below[column].discard(column)
            starts.append((len(lower), len(upper), len(target)))
            for k in {*low, *up}:
                costs[k] = len(below[k]) * len(right[k])
                heappush(cheapest, (costs[k], k))
        lower_start, upper_start, target_start = np.array(starts).T.copy()
        return cls(
            rows=rows,
            columns=columns,
            entry_slot=np.arange(len(rows)),
            diagonal_slot=np.array([slot[k, k] for k in range(size)]),
            slots=len(slot),
            pivot=np.array(pivot),
            lower_start=lower_start,
            lower=np.array(lower, dtype=np.int64),
            lower_row=np.array(lower_row, dtype=np.int64),
            upper_start=upper_start,
            upper=np.array(upper, dtype=np.int64),
            upper_column=np.array(upper_column, dtype=np.int64),
            target_start=target_start,
            target=np.array(target, dtype=np.int64),
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
