"""A stretch of tubing: parcels of fluid in a row that move as a plug, or mix when they move fast.

The mixing is that of `thecal.pump.catheter`: well-stirred cells in series. All in picolitres.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from thecal.pump.catheter import Content, stir


class Parcel(NamedTuple):
    """A volume of one mixture: pL of each fluid, which together make the volume."""

    volume_pl: int
    content: Content


def pure(fluid: int, volume_pl: int) -> Parcel:
    """Return a parcel of one fluid; an empty one has no content."""
    return Parcel(volume_pl, {fluid: volume_pl} if volume_pl else {})


def split(content: Content, volume_pl: int, part_pl: int) -> tuple[Content, Content]:
    """Return a part of a mixture and the rest, each in whole pL with the same shares.

    Examples
    --------
    >>> split({1: 3, 2: 5}, 8, 4)
    ({1: 1, 2: 3}, {1: 2, 2: 2})
    """
    part: Content = {}
    rest: Content = {}
    for fluid, held in content.items():
        taken = held * part_pl // volume_pl
        part_pl -= taken
        volume_pl -= held
        if taken:
            part[fluid] = taken
        if held > taken:
            rest[fluid] = held - taken
    return part, rest


def add(total: Content, more: Content) -> None:
    """Add a content to a total."""
    for fluid, volume_pl in more.items():
        total[fluid] = total.get(fluid, 0) + volume_pl


class Channel:
    """A full tube of fixed volume: as much leaves at one end as enters at the other.

    Parameters
    ----------
    volume_pl
        What it holds.
    fluid
        What fills it at the start.
    cell_pl
        The cell within which fluids mix when they move fast; 0 for never.
    """

    def __init__(self, volume_pl: int, fluid: int, cell_pl: int) -> None:
        self._volume_pl = volume_pl
        self._parcels: deque[Parcel] = deque([pure(fluid, volume_pl)] if volume_pl else [])
        self._count = max(1, volume_pl // cell_pl) if cell_pl else 0
        self._is_cells = False

    def push(self, entering: Iterable[Parcel], *, stirred: bool) -> list[Parcel]:
        """Let parcels enter at the pump's end; return what leaves at the other, first one first."""
        parcels = list(entering)
        if len(parcels) == 1 and self.holds_only(*parcels[0].content):
            # The same one fluid in and out.
            return parcels
        if stirred and self._count and self._volume_pl:
            return self._stir(parcels)
        for parcel in parcels:
            _append(self._parcels, parcel)
        self._is_cells = False
        return self._fit()

    def draw(self, entering: Parcel) -> list[Parcel]:
        """Let a parcel enter at the far end; return what leaves at the pump's end."""
        self._parcels.reverse()
        _append(self._parcels, entering)
        self._is_cells = False
        leaving = self._fit()
        self._parcels.reverse()
        return leaving

    def holds_only(self, *fluids: int) -> bool:
        """Say whether there is nothing but one fluid; of several, or none, it never is so."""
        return len(fluids) == 1 and all(
            len(parcel.content) == 1 and fluids[0] in parcel.content for parcel in self._parcels
        )

    def content(self) -> Content:
        """Return how much there is of each fluid, in pL."""
        total: Content = {}
        for parcel in self._parcels:
            add(total, parcel.content)
        return total

    def _fit(self) -> list[Parcel]:
        """Take from the outlet what is too much."""
        over_pl = sum(parcel.volume_pl for parcel in self._parcels) - self._volume_pl
        assert over_pl >= 0, "a channel lost fluid"
        return self._take(over_pl)

    def _take(self, volume_pl: int) -> list[Parcel]:
        taken: list[Parcel] = []
        while volume_pl:
            parcel = self._parcels.popleft()
            if parcel.volume_pl > volume_pl:
                part, rest = split(parcel.content, parcel.volume_pl, volume_pl)
                self._parcels.appendleft(Parcel(parcel.volume_pl - volume_pl, rest))
                parcel = Parcel(volume_pl, part)
            taken.append(parcel)
            volume_pl -= parcel.volume_pl
        return taken

    def _cut(self) -> None:
        """Make equal cells of the parcels; what falls into one cell mixes."""
        count, total_pl = self._count, self._volume_pl
        cells: deque[Parcel] = deque()
        for index in range(count):
            size_pl = total_pl * (index + 1) // count - total_pl * index // count
            content: Content = {}
            for parcel in self._take(size_pl):
                add(content, parcel.content)
            cells.append(Parcel(size_pl, content))
        self._parcels, self._is_cells = cells, True

    def _stir(self, entering: Iterable[Parcel]) -> list[Parcel]:
        if not self._is_cells:
            self._cut()
        # A cell at a time: what that gets wrong is below 0.2 % of the volume, and half the work.
        step_pl = max(1, self._volume_pl // self._count)
        leaving: Content = {}
        for parcel in entering:
            left_pl, left = parcel
            while left_pl:
                if len(left) == 1 and self._is_full_of(next(iter(left))):
                    add(leaving, left)
                    break
                part_pl = min(step_pl, left_pl)
                moving, left = split(left, left_pl, part_pl)
                left_pl -= part_pl
                for cell in reversed(self._parcels):
                    if len(moving) > 1 or len(cell.content) > 1 or not moving.keys() & cell.content:
                        moving = stir(cell.content, cell.volume_pl, moving, part_pl)
                add(leaving, moving)
        volume_pl = sum(leaving.values())
        return [Parcel(volume_pl, leaving)] if volume_pl else []

    def _is_full_of(self, fluid: int) -> bool:
        outlet = self._parcels[0].content
        return fluid in outlet and len(outlet) == 1 and self.holds_only(fluid)


def _append(parcels: deque[Parcel], parcel: Parcel) -> None:
    """Add at the inlet; neighbours of the same one fluid become one parcel."""
    last = parcels[-1] if parcels else Parcel(0, {})
    if len(last.content) == 1 and last.content.keys() == parcel.content.keys():
        fluid = next(iter(parcel.content))
        parcels[-1] = pure(fluid, last.volume_pl + parcel.volume_pl)
    elif parcel.volume_pl:
        parcels.append(parcel)
