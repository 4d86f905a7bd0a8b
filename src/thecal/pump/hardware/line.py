"""From the pump to the patient: tubing, connector, catheter, tip, and what can go wrong there.

What leaves the reservoir is somewhere for ever: in the line, in the CSF, in tissue, in the pocket
of the pump, or drawn out by a needle. All in picolitres, by fluid.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, unique
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S
from thecal.pump.catheter import Content
from thecal.pump.hardware.channel import Channel, Parcel, add, pure, split
from thecal.pump.hardware.figures import PL_PER_NL, WHOLE_PCM, CatheterFigures

OPEN: Final = -1
"""As the pressure at which a block opens: there is none."""


@unique
class Place(IntEnum):
    """Where fluid can end up outside of reservoir and line."""

    CSF = 0
    TISSUE = 1
    """Around the catheter or its tip, where it has no effect on the spinal cord."""
    POCKET = 2
    """Under the skin, around the pump."""
    OUTSIDE = 3
    """Drawn out by a needle."""


class Outflow(NamedTuple):
    """What came out of the tip into the CSF between two seconds, in pL of each fluid."""

    start_s: int
    end_s: int
    content: Content


class Line:
    """Tubing and catheter in a row, always full, with the connector and the access port between.

    Parameters
    ----------
    figures
        The catheter.
    tubing_nl
        What the pump's own tubing holds in truth.
    highest_hpa
        The pressure against which the pump moves nothing.
    fluid
        What fills all of it at the start.
    is_recorded
        Whether `outflows` is kept; without a reader it would only grow.

    Notes
    -----
    A leak and a disconnection are at the connector, so what is lost there has passed the tubing
    but not the catheter. A block is at the tip, so the whole line swells behind it.
    """

    def __init__(
        self,
        figures: CatheterFigures,
        tubing_nl: int,
        highest_hpa: int,
        fluid: int,
        *,
        is_recorded: bool = False,
    ) -> None:
        cell_pl = figures.mixing_cell_nl * PL_PER_NL
        self.tubing = Channel(tubing_nl * PL_PER_NL, fluid, cell_pl)
        self.catheter = Channel(figures.catheter_nl * PL_PER_NL, fluid, cell_pl)
        self.gone: dict[Place, Content] = {place: {} for place in Place}
        self.outflows: list[Outflow] = []
        self.tip = Place.CSF
        self.is_connected = True
        self.leak_pcm = 0
        self.opening_hpa = OPEN
        self.released_pl = 0
        self._is_recorded = is_recorded
        self._step_pl = cell_pl
        self._stored: list[Parcel] = []
        self._stored_pl = 0
        self._pl_per_hpa = figures.stored_nl_per_hpa * PL_PER_NL
        self._highest_pl = highest_hpa * self._pl_per_hpa
        self._fast_pl_per_day = figures.mixing_nl_per_day * PL_PER_NL

    @property
    def is_blocked(self) -> bool:
        """Whether what enters is held back; a hole before the block lets it out instead."""
        return self.opening_hpa != OPEN and self.is_connected and not self.leak_pcm

    @property
    def room_pl(self) -> int:
        """What a blocked line can still take in before the pump moves nothing."""
        return self._highest_pl - self._stored_pl

    @property
    def stored_pl(self) -> int:
        """By how much the line is swollen."""
        return self._stored_pl

    @property
    def pressure_hpa(self) -> int:
        """The pressure in the line above that around it."""
        return self._stored_pl // self._pl_per_hpa if self._pl_per_hpa else 0

    @property
    def step_pl(self) -> int:
        """The volume that may enter at once without blurring an interface."""
        return self._step_pl

    def holds_only(self, fluid: int) -> bool:
        """Say whether the whole line holds one fluid and is not swollen."""
        return (
            not self._stored_pl
            and self.catheter.holds_only(fluid)
            and self.tubing.holds_only(fluid)
        )

    def content(self) -> Content:
        """Return how much there is of each fluid in the line, in pL."""
        total = self.tubing.content()
        add(total, self.catheter.content())
        for parcel in self._stored:
            add(total, parcel.content)
        return total

    def enter(self, fluid: int, volume_pl: int, start_s: int, end_s: int) -> None:
        """Take in what the pump pushed between two seconds; no more than `room_pl` when blocked."""
        if not volume_pl:
            return
        parcel = pure(fluid, volume_pl)
        if not self.is_blocked:
            span_s = max(1, end_s - start_s)
            self._flow([parcel], start_s, end_s, volume_pl * DAY_S // span_s)
            return
        assert volume_pl <= self.room_pl, "a blocked line was overfilled"
        self._stored.append(parcel)
        self._stored_pl += volume_pl
        if self._stored_pl >= self.opening_hpa * self._pl_per_hpa:
            self.release(end_s)

    def release(self, now_s: int) -> int:
        """Let what is stored behind a block out at once; return its volume in pL (PC-26)."""
        stored, volume_pl = self._stored, self._stored_pl
        self._stored, self._stored_pl = [], 0
        self.released_pl += volume_pl
        # It shoots out within a second.
        self._flow(stored, now_s, now_s, volume_pl * DAY_S)
        return volume_pl

    def draw_at_port(self, fluid: int, volume_nl: int) -> None:
        """Draw a volume out of the access port; the body's fluid follows it in at the tip."""
        self._check_port("drawn out")
        for parcel in self.catheter.draw(pure(fluid, volume_nl * PL_PER_NL)):
            add(self.gone[Place.OUTSIDE], parcel.content)

    def inject_at_port(self, fluid: int, volume_nl: int, now_s: int) -> None:
        """Push a volume through the access port: the catheter's content goes first."""
        self._check_port("injected")
        volume_pl = volume_nl * PL_PER_NL
        self._leave(self.catheter.push([pure(fluid, volume_pl)], stirred=True), now_s, now_s)

    def draw_back(self, fluid: int, volume_pl: int) -> list[Parcel]:
        """Let fluid in at the tip; return what reaches the reservoir."""
        passed = self.catheter.draw(pure(fluid, volume_pl))
        return [out for parcel in passed for out in self.tubing.draw(parcel)]

    def _check_port(self, done: str) -> None:
        if not self.is_connected or self.opening_hpa != OPEN:
            raise InputError(
                f"nothing can be {done} at the port of a catheter that is blocked or has come off"
            )

    def _flow(self, parcels: Iterable[Parcel], start_s: int, end_s: int, pl_per_day: int) -> None:
        stirred = pl_per_day >= self._fast_pl_per_day
        passed = self.tubing.push(parcels, stirred=stirred)
        if not self.is_connected:
            for parcel in passed:
                add(self.gone[Place.POCKET], parcel.content)
            return
        if self.leak_pcm:
            passed = [self._leak(parcel) for parcel in passed]
        self._leave(self.catheter.push(passed, stirred=stirred), start_s, end_s)

    def _leak(self, parcel: Parcel) -> Parcel:
        share_pcm = self.leak_pcm if self.opening_hpa == OPEN else WHOLE_PCM
        lost_pl = parcel.volume_pl * share_pcm // WHOLE_PCM
        lost, kept = split(parcel.content, parcel.volume_pl, lost_pl)
        add(self.gone[Place.TISSUE], lost)
        return Parcel(parcel.volume_pl - lost_pl, kept)

    def _leave(self, parcels: Iterable[Parcel], start_s: int, end_s: int) -> None:
        leaving: Content = {}
        for parcel in parcels:
            add(leaving, parcel.content)
        add(self.gone[self.tip], leaving)
        if self._is_recorded and leaving and self.tip == Place.CSF:
            self.outflows.append(Outflow(start_s, end_s, leaving))
