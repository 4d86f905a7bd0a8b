"""What a drug does: relief, side effects, tolerance, withdrawal."""

from thecal.effects.known import Item, KnownEffects, Site, drugs_with_effects, load_effects
from thecal.effects.response import Reference, Response, Sites, respond
from thecal.effects.tolerance import Tolerance
from thecal.effects.withdrawal import Stop, drugs_with_stops, stop_of

__all__ = [
    "Item",
    "KnownEffects",
    "Reference",
    "Response",
    "Site",
    "Sites",
    "Stop",
    "Tolerance",
    "drugs_with_effects",
    "drugs_with_stops",
    "load_effects",
    "respond",
    "stop_of",
]
