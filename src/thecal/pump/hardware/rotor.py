"""A peristaltic rotor: no sensor of flow or fill, and a motor that stands still in a magnet."""

from __future__ import annotations

from random import Random

from thecal.pump.hardware.figures import WHOLE_PCM, PumpFigures, RotorFigures
from thecal.pump.hardware.individual import Individual
from thecal.pump.hardware.line import Line
from thecal.pump.hardware.plant import Plant
from thecal.pump.hardware.stock import Stock
from thecal.pump.implant.values import Reading


class Rotor(Plant):
    """Knows how often its motor has turned, and nothing of what that moved (H08, H13).

    Parameters
    ----------
    figures, individual, line, stock, random
        As of `Plant`.
    rotor
        What a magnet does to it.
    """

    def __init__(
        self,
        figures: PumpFigures,
        individual: Individual,
        line: Line,
        stock: Stock,
        random: Random,
        rotor: RotorFigures,
    ) -> None:
        super().__init__(figures, individual, line, stock, random)
        self._rotor = rotor
        self._is_off_label = False
        self._fails_s = individual.fails_s
        self._moved_s = self._turned_before = 0
        self._fields = 0
        self._plan(self._fails_s, self._fail)

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say at a second."""
        self.pass_to(now_s)
        return Reading(turned=self.turned, battery_mv=self.battery.millivolts(self._now_s))

    def enter_field(self, now_s: int, until_s: int, *, is_alarming: bool = False) -> None:
        """Lie in a scanner: the rotor stands for all of it, and recovers soon or, rarely, late.

        A pump that sounds an alarm meanwhile takes the field for a programmer: it then stands in
        telemetry until it is interrogated (H10).
        """
        super().enter_field(now_s, until_s, is_alarming=is_alarming)
        self._fields += 1
        self.stall("in a field")
        self._plan(until_s, self._leave_field)
        if is_alarming:
            self.stall("latched")

    def use_drug(self, *, is_off_label: bool) -> None:
        """Fill it with a drug that the label names or not: the rest of the motor's life scales."""
        if is_off_label == self._is_off_label:
            return
        before, after = self._rotor.failing_pcm, self._rotor.failing_off_label_pcm
        if self._is_off_label:
            before, after = after, before
        self._is_off_label = is_off_label
        self._fails_s = self._now_s + max(1, (self._fails_s - self._now_s) * before // after)
        self._plan(self._fails_s, self._fail)

    def _leave_field(self) -> None:
        self._fields -= 1
        if self._fields:
            return
        rotor, random = self._rotor, self.random
        self.stall("recovering")
        self.unstall("in a field")
        wait_s = random.randrange(rotor.soon_s + 1)
        if random.randrange(WHOLE_PCM) < rotor.late_pcm:
            wait_s = random.randint(rotor.late_from_s, rotor.late_until_s)
        self._plan(self._now_s + wait_s, self._recover)

    def _recover(self) -> None:
        self.unstall("recovering")

    def _fail(self) -> None:
        # A change of drug plans the end anew; an older plan no longer counts.
        if self._now_s >= self._fails_s:
            self.stall("failed")

    def _new_day(self) -> None:
        super()._new_day()
        if self.turned != self._turned_before:
            self._turned_before, self._moved_s = self.turned, self._now_s
        elif self._now_s - self._moved_s > self._rotor.risk_stop_s:
            self._risk()
