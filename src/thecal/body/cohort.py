"""Many different patients over long courses, each exactly, at the sites that are asked for.

What a site shows is a sum over the points z of one contour (hyperbola.py): what the patient makes
of z - a few numbers, from one sparse solution for each point - times what the schedule makes of z,
in which no patient takes part. The contour serves all times from the shortest between an event and
an output to the whole course, so that nothing is stepped. Outputs are reduced as they come.
Patients are taken from an iterator in chunks, one chunk to a thread, so that memory does not grow
with their number.

Each patient is checked by the rule with half as many points, whose error is the square root of the
true one; a patient who fails is followed by `choose_propagator` instead, slower and as exactly.

Source of the idea: Lubich and Schaedle 2002, Fast convolution for nonreflecting boundary
conditions, SIAM J. Sci. Comput. 24:161, doi 10.1137/S1064827501388741.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from thecal.body.choice import choose_propagator
from thecal.body.drive import TIMES_AT_ONCE, Drive
from thecal.body.elimination import Elimination
from thecal.body.network import Network
from thecal.body.response import respond_to
from thecal.body.schedule import Schedule
from thecal.errors import InputError

Array = NDArray[np.float64]
Times = NDArray[np.int64]

CHUNK = 32
"""Patients that one thread takes at once. Fixed, so that the threads cannot change the answer."""

ACCEPTED = 1e-8
"""Largest estimated error, as a share of a site's peak, with which a patient is accepted; what is
estimated has been a hundred times the true error and more wherever both were compared."""

DAY_S = 86_400
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is kept of each patient's course; all times in whole seconds, within the schedules.

    Attributes
    ----------
    values_s
        Times whose values are kept, shape (t,).
    windows_s
        Rising edges of windows, as of days, shape (w + 1,) or empty: of each window the mean (an
        exact integral) and the highest value are kept.
    grid_s
        Times among which the highest value is sought. A time on an edge counts for the window that
        it opens, the very last for the one that it closes.
    """

    values_s: Times = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    windows_s: Times = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    grid_s: Times = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def daily(cls, days: int, grid_step_s: int = HOUR_S, values_s: Sequence[int] = ()) -> Wanted:
        """Return the mean and the highest of each day, and the values at some times.

        Examples
        --------
        >>> Wanted.daily(2).windows_s.tolist()
        [0, 86400, 172800]
        """
        return cls(
            np.asarray(values_s, dtype=np.int64),
            np.arange(days + 1, dtype=np.int64) * DAY_S,
            np.arange(0, days * DAY_S + 1, grid_step_s, dtype=np.int64),
        )

    def __post_init__(self) -> None:
        if len(self.windows_s) == 1 or (np.diff(self.windows_s) <= 0).any():
            raise InputError("the edges of windows must rise, and there must be two or none")

    @property
    def windows(self) -> int:
        """The number of windows."""
        return max(len(self.windows_s) - 1, 0)

    @property
    def times_s(self) -> Times:
        """All times, rising, shape (any,)."""
        return np.unique(np.concatenate([self.values_s, self.windows_s, self.grid_s]))


@dataclass(frozen=True, slots=True)
class Member:
    """One patient of a cohort.

    Attributes
    ----------
    network
        Of the same structure as the first member's; a link may be missing, but none be added.
    rows
        The sites, shape (r, n); as many for each member.
    schedule
        What the patient is given. Members whose schedules hold the same arrays of edges, rates and
        boluses share the work on them; their channels may differ.
    """

    network: Network
    rows: Array
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Followed:
    """What was kept of some members, in their order.

    Attributes
    ----------
    values
        Units of the rows, shape (members, r, times).
    mean, highest
        Shape (members, r, windows); ``highest`` is minus infinity in a window without a grid time.
    by_propagator
        Whether a member was followed by `choose_propagator`, shape (members,).
    """

    values: Array
    mean: Array
    highest: Array
    by_propagator: NDArray[np.bool_]

    @classmethod
    def empty(cls, members: int, rows: int, wanted: Wanted) -> Followed:
        """Return room for some members."""
        return cls(
            np.empty((members, rows, len(wanted.values_s))),
            np.empty((members, rows, wanted.windows)),
            np.full((members, rows, wanted.windows), -np.inf),
            np.zeros(members, dtype=np.bool_),
        )

    @classmethod
    def joined(cls, parts: Iterable[Followed]) -> Followed:
        """Return all parts as one; for a cohort that fits into memory."""
        kept = list(parts)
        return cls(
            np.concatenate([one.values for one in kept]),
            np.concatenate([one.mean for one in kept]),
            np.concatenate([one.highest for one in kept]),
            np.concatenate([one.by_propagator for one in kept]),
        )


def follow(
    members: Iterable[Member], wanted: Wanted, *, threads: int | None = None
) -> Generator[Followed, None, None]:
    """Follow a cohort, a chunk of members at a time.

    Parameters
    ----------
    members
        Taken one after the other as room becomes free; a generator keeps the memory flat.
    threads
        ``None`` for one a processor. The answer is the same, byte for byte, for any number.

    Yields
    ------
    Followed
        For each chunk of `CHUNK` members, in order.

    Raises
    ------
    InputError
        If a member's body has another structure or other sites than the first one's, or does more
        than its links say.
    ValueError
        If a wanted time lies outside a schedule.
    """
    given = iter(members)
    leader = next(given, None)
    if leader is None:
        return
    count = threads or os.cpu_count() or 1
    engine = _Engine(Elimination.of(leader.network.matrix), len(leader.rows), wanted)
    given = chain([leader], given)
    waiting: deque[Future[Followed]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="cohort") as pool:
        while chunk := list(islice(given, CHUNK)):
            waiting.append(pool.submit(engine.follow, chunk))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@dataclass(slots=True)
class _Room:
    """One thread's memory, used again for each chunk: its first touch costs more than the work."""

    factor: Array
    state: Array
    response: Array
    driven: Array
    lines: Array


@dataclass(slots=True)
class _Engine:
    """What all chunks share: the structure, the rooms, and the drive of the latest schedule."""

    plan: Elimination
    sites: int
    wanted: Wanted
    rooms: SimpleQueue[_Room] = field(default_factory=SimpleQueue)
    latest: Drive | None = None

    def follow(self, members: list[Member]) -> Followed:
        """Follow one chunk, in one thread."""
        for one in members:
            one.network.require_constant()
            if one.rows.shape != (self.sites, len(self.plan.diagonal_slot)):
                raise InputError("all members of a cohort need the same sites")
        result = Followed.empty(len(members), self.sites, self.wanted)
        room = self._room()
        for group in _by_timing(members):
            self._together(members, group, room, result)
        self.rooms.put(room)
        return result

    def _together(
        self, members: list[Member], group: list[int], room: _Room, result: Followed
    ) -> None:
        """Follow those members of a chunk whose schedules have the same timing."""
        drive = self._drive(members[group[0]].schedule)
        response = room.response = _at_least(
            room.response, (CHUNK, self.sites, drive.columns), exact_last=True
        )
        room.driven = _at_least(room.driven, (drive.columns * TIMES_AT_ONCE,))
        settled = np.empty((len(group), members[group[0]].schedule.channels.shape[1], self.sites))
        for k, place in enumerate(group):
            one = members[place]
            respond_to(
                self.plan,
                drive,
                one.network.matrix,
                one.schedule.channels,
                one.rows,
                (room.factor, room.state),
                response[k],
                settled[k],
            )
        response = response[: len(group)]
        part = Followed.empty(len(group), self.sites, self.wanted)
        self._record(drive, response, room, part)
        self._average(drive, response, settled, room, part)
        for k, doubt in enumerate(drive.doubt(response)):
            place = group[k]
            if doubt <= ACCEPTED:
                result.values[place] = part.values[k]
                result.mean[place] = part.mean[k]
                result.highest[place] = part.highest[k]
            else:
                self._by_propagator(members[place], place, result)

    def _record(self, drive: Drive, response: Array, room: _Room, part: Followed) -> None:
        from thecal.body.cohort_loops import record

        wanted = self.wanted
        kept, place = np.unique(wanted.values_s, return_inverse=True)
        times = np.union1d(kept, wanted.grid_s)
        value = np.where(np.isin(times, kept), np.searchsorted(kept, times), -1)
        window = np.searchsorted(wanted.windows_s, times, side="right") - 1
        if wanted.windows:
            window[times == wanted.windows_s[-1]] = wanted.windows - 1
        window[(window >= wanted.windows) | ~np.isin(times, wanted.grid_s)] = -1
        values = np.empty((*response.shape[:2], len(kept)))
        for block, driven in drive.blocks(times, room.driven):
            record(response, driven, value[block], window[block], room.lines, values, part.highest)
        part.values[:] = values[:, :, place]

    def _average(
        self, drive: Drive, response: Array, settled: Array, room: _Room, part: Followed
    ) -> None:
        from thecal.body.cohort_loops import record

        edges = self.wanted.windows_s
        state = np.empty((*response.shape[:2], len(edges)))
        everyone, nowhere = np.arange(len(edges)), np.full(len(edges), -1)
        behind = drive.integrated(response, settled)
        for block, driven in drive.blocks(edges, room.driven):
            record(behind, driven, everyone[block], nowhere[block], room.lines, state, part.highest)
        given = np.diff(drive.given(edges), axis=0)
        area = np.diff(state) + np.einsum("wc,pcr->prw", given, settled)
        part.mean[:] = area / (np.diff(edges) / HOUR_S)

    def _by_propagator(self, member: Member, place: int, result: Followed) -> None:
        wanted = self.wanted
        solution = choose_propagator(member.network).solve(member.schedule)
        result.values[place] = solution.read(wanted.values_s, member.rows).T
        areas = solution.read_integral(wanted.windows_s, member.rows)
        result.mean[place] = np.diff(areas, axis=0).T / (np.diff(wanted.windows_s) / HOUR_S)
        window = np.searchsorted(wanted.windows_s, wanted.grid_s, side="right") - 1
        window[wanted.grid_s == wanted.windows_s[-1:]] = wanted.windows - 1
        on_grid = solution.read(wanted.grid_s, member.rows)
        for k in range(wanted.windows):
            if (window == k).any():
                result.highest[place, :, k] = on_grid[window == k].max(axis=0)
        result.by_propagator[place] = True

    def _drive(self, schedule: Schedule) -> Drive:
        latest = self.latest
        if latest is not None and _timing(latest.schedule) == _timing(schedule):
            return latest
        times = self.wanted.times_s
        schedule.refuse_outside(times)
        from thecal.body.cohort_loops import LANES

        self.latest = Drive.of(schedule, times, LANES)
        return self.latest

    def _room(self) -> _Room:
        if not self.rooms.empty():
            return self.rooms.get()
        from thecal.body.cohort_loops import LANES

        size = len(self.plan.diagonal_slot)
        return _Room(
            np.empty((2, self.plan.slots, LANES)),
            np.empty((2, size, LANES)),
            np.zeros((0, 0, 0)),
            np.zeros(0),
            np.empty((4, TIMES_AT_ONCE)),
        )


def _timing(schedule: Schedule) -> tuple[int, int, int, int]:
    # Which arrays, not what is in them; whoever keeps the schedule keeps their identities too.
    arrays = schedule.edges_s, schedule.rates, schedule.boluses
    return *(id(one) for one in arrays), schedule.channels.shape[1]


def _by_timing(members: list[Member]) -> list[list[int]]:
    groups: dict[tuple[int, int, int, int], list[int]] = {}
    for place, one in enumerate(members):
        groups.setdefault(_timing(one.schedule), []).append(place)
    return list(groups.values())


def _at_least(room: Array, shape: tuple[int, ...], *, exact_last: bool = False) -> Array:
    """Return the room if it is large enough, else a new one."""
    fits = all(have >= need for have, need in zip(room.shape, shape, strict=True))
    if fits and (not exact_last or room.shape[-1] == shape[-1]):
        return room
    return np.zeros(shape)
