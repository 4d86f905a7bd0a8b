"""A body as well-mixed compartments joined by one-way clearances: the linear system to be solved.

Amounts are in mcg, volumes in mL, clearances in mL/h, time in h. A link takes ``clearance x
concentration of its source`` away from the source and brings all of it to the target; an exit takes
it out of the body and counts it under a name. So nothing is lost or made, by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Network:
    """The finished system d(amounts)/dt = matrix @ amounts + inputs.

    Attributes
    ----------
    volume
        Apparent volume of each compartment, mL, shape (n,): amount = volume x concentration.
    matrix
        Rates, 1/h, shape (n, n); column sums are minus the sum of the exit rates.
    exits
        For each named way out the rate constant from each compartment, 1/h, shape (n,).
    routes
        For each named group of links the rate constant from each compartment, 1/h, shape (n,):
        what flows that way is ``routes[name] @ amounts``.
    groups
        The compartments of each named group, as indices.
    besides
        What the body does that no constant link says, as "changes with the time of the day"; empty
        where there is nothing.
    """

    volume: Array
    matrix: Array
    exits: dict[str, Array]
    routes: dict[str, Array]
    groups: dict[str, Index]
    besides: str = ""

    @property
    def size(self) -> int:
        """The number of compartments."""
        return len(self.volume)

    def require_constant(self) -> None:
        """Refuse a body that does more than its links say.

        Raises
        ------
        InputError
            If it does; the sentence says what.
        """
        if self.besides:
            raise InputError(
                f"this body {self.besides}, and here only bodies of constant links are followed; "
                "ask its own system"
            )

    def at(self, group: str) -> int:
        """Return the index of a group that is a single compartment."""
        (index,) = self.groups[group]
        return int(index)

    def concentration_row(self, members: ArrayLike) -> Array:
        """Return the row that reads the volume-weighted mean concentration of some compartments.

        Parameters
        ----------
        members
            Indices of the compartments.

        Returns
        -------
        Array
            Shape (n,); ``row @ amounts`` is in mcg/mL.
        """
        row = np.zeros(self.size)
        chosen = np.asarray(members, dtype=np.intp)
        row[chosen] = 1.0 / float(np.sum(self.volume[chosen]))
        return row


@dataclass(slots=True)
class NetworkBuilder:
    """Collects compartments and links, then makes the Network."""

    _volumes: list[float] = field(default_factory=list)
    _groups: dict[str, Index] = field(default_factory=dict)
    _links: list[tuple[Index, Index, Array, str]] = field(default_factory=list)
    _exits: list[tuple[Index, Array, str]] = field(default_factory=list)

    def add(self, group: str, volume: ArrayLike) -> Index:
        """Add a group of compartments with their volumes in mL and return their indices."""
        volumes = np.atleast_1d(np.asarray(volume, dtype=np.float64))
        if group in self._groups:
            raise ValueError(f"the group {group!r} was added before")
        if not bool(np.all(volumes > 0.0)):
            raise ValueError(f"a volume of {group!r} is not positive")
        first = len(self._volumes)
        self._volumes.extend(volumes.tolist())
        indices = np.arange(first, first + len(volumes), dtype=np.intp)
        self._groups[group] = indices
        return indices

    def group(self, name: str) -> Index:
        """Return the indices of a group that was added before."""
        return self._groups[name]

    def link(
        self, source: ArrayLike, target: ArrayLike, clearance: ArrayLike, route: str = ""
    ) -> None:
        """Lead drug one way, mL/h of the source's concentration, counted under ``route``."""
        from_, to, value = np.broadcast_arrays(
            np.asarray(source, dtype=np.intp),
            np.asarray(target, dtype=np.intp),
            np.asarray(clearance, dtype=np.float64),
        )
        self._refuse_negative(value)
        self._links.append((from_.ravel(), to.ravel(), value.ravel(), route))

    def exchange(self, one: ArrayLike, other: ArrayLike, clearance: ArrayLike) -> None:
        """Lead drug both ways with the same clearance, mL/h."""
        self.link(one, other, clearance)
        self.link(other, one, clearance)

    def exit(self, source: ArrayLike, clearance: ArrayLike, name: str) -> None:
        """Lead drug out of the body, mL/h of the source's concentration."""
        from_, value = np.broadcast_arrays(
            np.asarray(source, dtype=np.intp), np.asarray(clearance, dtype=np.float64)
        )
        self._refuse_negative(value)
        self._exits.append((from_.ravel(), value.ravel(), name))

    def build(self) -> Network:
        """Return the finished network."""
        size = len(self._volumes)
        volume = np.array(self._volumes)
        matrix = np.zeros((size, size))
        exits: dict[str, Array] = {}
        routes: dict[str, Array] = {}
        for source, target, clearance, route in self._links:
            rate = clearance / volume[source]
            np.add.at(matrix, (target, source), rate)
            np.add.at(matrix, (source, source), -rate)
            if route:
                np.add.at(routes.setdefault(route, np.zeros(size)), source, rate)
        for source, clearance, name in self._exits:
            rate = clearance / volume[source]
            np.add.at(matrix, (source, source), -rate)
            np.add.at(exits.setdefault(name, np.zeros(size)), source, rate)
        return Network(volume, matrix, exits, routes, dict(self._groups))

    @staticmethod
    def _refuse_negative(clearance: Array) -> None:
        if not bool(np.all(clearance >= 0.0)):
            raise ValueError("a clearance is negative")
