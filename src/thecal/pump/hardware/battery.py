"""The battery: a life of idling, from which every stroke and every minute of telemetry takes."""

from __future__ import annotations

from typing import NamedTuple

from thecal.pump.hardware.figures import WHOLE_PCM, PumpFigures


class Service(NamedTuple):
    """How far the pump is through its service; the truth, which the implant must estimate."""

    used_pcm: int
    left_s: int
    """Until the pump ends, by age or by battery at the mean use so far."""
    replace: bool
    """Elective replacement (ERI): what is left is no more than the notice."""
    ended: bool


class Battery:
    """Energy counted in seconds of idling, so that no unit of energy is needed.

    Parameters
    ----------
    figures
        The battery's life and what takes from it.
    """

    def __init__(self, figures: PumpFigures) -> None:
        self._figures = figures
        self._strokes = 0
        self._telemetry_min = 0
        self._lost_s = 0
        self.dip_mv = 0

    def stroke(self, strokes: int) -> None:
        """Take what so many strokes cost, whether or not they move anything."""
        self._strokes += strokes

    def telemetry(self, minutes: int) -> None:
        """Take what so many minutes of telemetry cost."""
        self._telemetry_min += minutes

    def lose(self, share_pcm: int) -> None:
        """Take a share of the whole life at once, as a film inside the battery does."""
        self._lost_s += self._figures.idle_life_s * share_pcm // WHOLE_PCM

    def used_s(self, now_s: int) -> int:
        """Return what is used at a second, in seconds of idling."""
        figures = self._figures
        work_s = self._strokes * figures.stroke_cost_s
        return now_s + work_s + self._telemetry_min * figures.telemetry_cost_s + self._lost_s

    def millivolts(self, now_s: int) -> int:
        """Return the voltage in mV: a straight line from full to the end, less any dip."""
        figures = self._figures
        life_s = figures.idle_life_s
        fall_mv = (figures.full_mv - figures.end_mv) * min(self.used_s(now_s), life_s) // life_s
        return max(0, figures.full_mv - fall_mv - self.dip_mv)

    def is_flat(self, now_s: int) -> bool:
        """Say whether the motor has no power any more."""
        return (
            self.used_s(now_s) >= self._figures.idle_life_s
            or self.millivolts(now_s) < self._figures.end_mv
        )

    def service(self, now_s: int) -> Service:
        """Return how far the pump is through its service (PC-30, H40)."""
        figures = self._figures
        used_s = self.used_s(now_s)
        left_s = max(0, figures.service_life_s - now_s)
        if now_s:
            charge_s = max(0, figures.idle_life_s - used_s)
            left_s = min(left_s, charge_s * now_s // used_s)
        used_pcm = min(WHOLE_PCM, used_s * WHOLE_PCM // figures.idle_life_s)
        return Service(used_pcm, left_s, left_s <= figures.notice_s, left_s == 0)
