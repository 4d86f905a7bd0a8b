"""Virtual people: their bodies, their pain, their history and what becomes of them."""

from thecal.patients.kinetics import (
    ORAL,
    PUMP,
    Exposure,
    Kinetics,
    make_kinetics,
    seen_at,
    sites_of,
    steadied,
)
from thecal.patients.pain import KINDS, PAIN, kind_shares, mean_height, rhythm
from thecal.patients.people import People, draw_people, entry_doses, reported_pain
from thecal.patients.places import Aim, Place, is_place_figure
from thecal.patients.pool import Pool, Route, make_pool
from thecal.patients.population import (
    Population,
    Traits,
    draw_traits,
    load_population,
    populations,
    quantiles_of,
    share,
)

__all__ = [
    "KINDS",
    "ORAL",
    "PAIN",
    "PUMP",
    "Aim",
    "Exposure",
    "Kinetics",
    "People",
    "Place",
    "Pool",
    "Population",
    "Route",
    "Traits",
    "draw_people",
    "draw_traits",
    "entry_doses",
    "is_place_figure",
    "kind_shares",
    "load_population",
    "make_kinetics",
    "make_pool",
    "mean_height",
    "populations",
    "quantiles_of",
    "reported_pain",
    "rhythm",
    "seen_at",
    "share",
    "sites_of",
    "steadied",
]
