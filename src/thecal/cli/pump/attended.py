"""A served pump with a nurse beside it: what the pump is told of a refill has really happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.pump.implant.implant import Implant

if TYPE_CHECKING:
    from thecal.pump.hardware import Plant
    from thecal.pump.implant.values import Reply

_SOLUTION = 0


class Attended(Implant):
    """An implant whose reservoir is emptied and filled before it is told so.

    The parameters are those of `Implant`; ``reservoir`` is set before the first refill.
    """

    reservoir: Plant

    def refill(self, filled_nl: int, aspirated_nl: int, now_s: int) -> Reply:
        """Empty and fill the reservoir, then tell the pump; what it would refuse is not filled."""
        hardware = self._profile.hardware
        if filled_nl <= hardware.reservoir_nl - hardware.residual_nl:
            self.reservoir.refill(now_s, _SOLUTION, filled_nl)
        return super().refill(filled_nl, aspirated_nl, now_s)
