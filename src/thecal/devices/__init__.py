"""Profiles of pumps and catheters, each figure with its source; none is a product manual."""

from thecal.devices.catheters import CatheterProfile, catheter_ids, load_catheter
from thecal.devices.pumps import PumpProfile, load_pump, pump_ids

__all__ = [
    "CatheterProfile",
    "PumpProfile",
    "catheter_ids",
    "load_catheter",
    "load_pump",
    "pump_ids",
]
