"""Virtual people: their bodies, their pain, their history and what becomes of them."""

from thecal.patients.kinetics import ORAL, PUMP, Exposure, Kinetics, make_kinetics, steadied
from thecal.patients.pain import KINDS, PAIN, kind_shares, mean_height, rhythm
from thecal.patients.people import People, draw_people, entry_doses, reported_pain
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
    "Exposure",
    "Kinetics",
    "People",
    "Pool",
    "Population",
    "Route",
    "Traits",
    "draw_people",
    "draw_traits",
    "entry_doses",
    "kind_shares",
    "load_population",
    "make_kinetics",
    "make_pool",
    "mean_height",
    "populations",
    "quantiles_of",
    "reported_pain",
    "rhythm",
    "share",
    "steadied",
]
