"""What a simulated world of the pump is built from: profiles on record, in whole numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from thecal.devices import CatheterProfile, PumpProfile, load_catheter, load_pump
from thecal.pump.hardware import CatheterFigures, read_kind
from thecal.pump.simulation.kit import Kit
from thecal.therapy.implanting import implant_profile
from thecal.therapy.programming import nanolitres

KITS: Final = ("reference-20", "synchromed-ii-20", "prometra-ii-20")
"""One profile for each kind of plant."""
_CATHETER: Final = "ascenda-8780"


def load_kit(name: str) -> Kit:
    """Return the kit of a pump on record, with a catheter as a surgeon would cut it.

    Raises
    ------
    KnowledgeError
        When there is no such pump, or a figure is not on record.

    Examples
    --------
    >>> load_kit("reference-20").profile.detection.cannot()
    ()
    """
    catheter = load_catheter(_CATHETER)
    return kit_of(load_pump(name), catheter, Decimal(str(catheter.figures["total_length"].value)))


def kit_of(pump: PumpProfile, catheter: CatheterProfile, length_cm: Decimal) -> Kit:
    """Return the kit of a pump with a catheter that was cut to a length in cm.

    Raises
    ------
    KnowledgeError
        When a figure is not on record.
    """
    catheter_nl = nanolitres(catheter.implanted_volume(length_cm))
    figures = CatheterFigures.read(catheter.exact_number, catheter_nl)
    return Kit(
        pump.id,
        implant_profile(pump, figures),
        read_kind(pump.mechanism, pump.exact_number),
        figures,
        int(pump.exact_number("lowest_rate", "nL/day")),
        int(pump.exact_number("minimum_rate_mode", "nL/day")),
    )
