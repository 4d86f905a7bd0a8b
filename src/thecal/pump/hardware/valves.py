"""Two valves and a metering chamber, driven by gas: a strong field may force both valves open."""

from __future__ import annotations

from random import Random
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, rounded_up
from thecal.pump.hardware.figures import PL_PER_NL, PumpFigures, ValveFigures
from thecal.pump.hardware.individual import Individual
from thecal.pump.hardware.line import Line
from thecal.pump.hardware.plant import Plant
from thecal.pump.hardware.stock import Stock

_FORCED: Final = "forced open"


class ValvePump(Plant):
    """Meters by the inlet and the outlet valve in turn; has no sensor but that of its battery.

    Parameters
    ----------
    figures, individual, line, stock, random
        As of `Plant`.
    valves
        What it does when both valves are open.
    """

    def __init__(
        self,
        figures: PumpFigures,
        individual: Individual,
        line: Line,
        stock: Stock,
        random: Random,
        valves: ValveFigures,
    ) -> None:
        self._valves = valves
        self._fields = self._stuck_open = 0
        super().__init__(figures, individual, line, stock, random)
        self.has_flow_valve = bool(valves.has_flow_activated_valve)
        """Whether a valve closes on high flow; a fault may take it away."""
        self._escaped_pl = 0

    def enter_field(self, now_s: int, until_s: int, *, is_alarming: bool = False) -> None:
        """Lie in a scanner: both valves stand open, and what is in the reservoir runs out (H11)."""
        super().enter_field(now_s, until_s, is_alarming=is_alarming)
        self._fields += 1
        self._open()
        # Look again when the further valve must have closed, so that the event has its second.
        flow = max(1, self._valves.free_flow_nl_per_day)
        self._plan(now_s + rounded_up(self._valves.escape_nl * DAY_S, flow), self._open)
        self._plan(until_s, self._leave_field)

    def hold_open(self, valves: int) -> None:
        """Let one valve be stuck open, so that each stroke moves too much, or two: free flow."""
        if valves not in {0, 1, 2}:
            raise InputError(f"{valves} valves are stuck open, but there are two")
        self._settle()
        self._stuck_open = valves
        self._open()

    def hold_closed(self, *, is_closed: bool = True) -> None:
        """Let one of the valves be stuck closed: the chamber no longer fills or empties."""
        self._set_dry("valve closed", is_dry=is_closed)

    def reset_valve(self, now_s: int) -> None:
        """Open the flow-activated valve by hand, as somebody must after it has closed."""
        self.pass_to(now_s)
        self._escaped_pl = 0
        self._set_dry("flow valve closed", is_dry=False)
        self._open()

    def _leave_field(self) -> None:
        self._fields -= 1
        self._open()

    def _open(self) -> None:
        """Start or end the free flow, as the valves stand."""
        both = (self._fields or self._stuck_open > 1) and "flow valve closed" not in self._dry
        nl_per_day = self._valves.free_flow_nl_per_day if both else 0
        self._set_flow(_FORCED, nl_per_day, self._escape)

    def _stroke_nl(self) -> int:
        extra_nl = self._valves.one_open_nl if self._stuck_open == 1 else 0
        return super()._stroke_nl() + extra_nl

    def _escape(self, volume_pl: int) -> None:
        if not self.has_flow_valve:
            self._run_out(volume_pl)
            return
        left_pl = self._valves.escape_nl * PL_PER_NL - self._escaped_pl
        escaping_pl = min(volume_pl, left_pl)
        self._escaped_pl += escaping_pl
        self._run_out(escaping_pl)
        if escaping_pl == left_pl:
            self.note("flow valve closed")
            self._set_dry("flow valve closed", is_dry=True)
            self._open()
