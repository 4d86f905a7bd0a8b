"""Where the drug goes: CSF by vertebral level, cord, blood and gut. NumPy floats; mcg, mL, h, cm.

The body knows neither pump nor patient: a `Schedule` of rates and doses goes in, and a `Solution`
comes out that reads any site at any time.
"""

from thecal.body.anatomy import Anatomy, Level, body_ids, load_anatomy
from thecal.body.assembly import build_body
from thecal.body.canal import Canal
from thecal.body.choice import PROPAGATORS, choose_propagator
from thecal.body.contour import ContourSystem
from thecal.body.dispersion import Pulsation, pulsatile_dispersion, pulsation_of
from thecal.body.modal import ModalSystem
from thecal.body.model import HUMAN, RINGS, ROUTES, Body
from thecal.body.network import Network, NetworkBuilder
from thecal.body.parameters import BODY_FIGURES, Parameters, figures_of, parameters_of
from thecal.body.people import Person, load_spread
from thecal.body.pieces import PiecewiseSystem
from thecal.body.propagator import Follower, Propagator, Solution
from thecal.body.radau import SaturableSystem
from thecal.body.rhythm import DayBody, Piece, build_day, load_day
from thecal.body.schedule import Dose, Rate, Schedule
from thecal.body.uptake import (
    UPTAKE_FIGURES,
    SaturatingBody,
    Uptake,
    saturating,
    uptake_of,
    without_cells,
)
from thecal.body.variability import Individual, draw, stream

__all__ = [
    "BODY_FIGURES",
    "HUMAN",
    "PROPAGATORS",
    "RINGS",
    "ROUTES",
    "UPTAKE_FIGURES",
    "Anatomy",
    "Body",
    "Canal",
    "ContourSystem",
    "DayBody",
    "Dose",
    "Follower",
    "Individual",
    "Level",
    "ModalSystem",
    "Network",
    "NetworkBuilder",
    "Parameters",
    "Person",
    "Piece",
    "PiecewiseSystem",
    "Propagator",
    "Pulsation",
    "Rate",
    "SaturableSystem",
    "SaturatingBody",
    "Schedule",
    "Solution",
    "Uptake",
    "body_ids",
    "build_body",
    "build_day",
    "choose_propagator",
    "draw",
    "figures_of",
    "load_anatomy",
    "load_day",
    "load_spread",
    "parameters_of",
    "pulsatile_dispersion",
    "pulsation_of",
    "saturating",
    "stream",
    "uptake_of",
    "without_cells",
]
