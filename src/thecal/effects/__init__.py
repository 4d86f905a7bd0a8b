"""What a drug does: relief, side effects, tolerance, withdrawal."""

from thecal.effects.known import Item, KnownEffects, Site, drugs_with_effects, load_effects
from thecal.effects.response import Reference, Response, Sites, respond

__all__ = [
    "Item",
    "KnownEffects",
    "Reference",
    "Response",
    "Site",
    "Sites",
    "drugs_with_effects",
    "load_effects",
    "respond",
]
