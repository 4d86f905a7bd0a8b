"""Where the drug goes: CSF by vertebral level, cord, blood and gut. NumPy floats; mcg, mL, h, cm.

The body knows neither pump nor patient: a `Schedule` of rates and doses goes in, and a `Solution`
comes out that reads any site at any time.
"""

from thecal.body.anatomy import Anatomy, Level, body_ids, load_anatomy
from thecal.body.canal import Canal
from thecal.body.modal import ModalSystem, Solution
from thecal.body.model import RINGS, Body, build_body
from thecal.body.network import Network, NetworkBuilder
from thecal.body.parameters import BODY_FIGURES, DRUG_FIGURES, Parameters, parameters_of
from thecal.body.schedule import Dose, Rate, Schedule

__all__ = [
    "BODY_FIGURES",
    "DRUG_FIGURES",
    "RINGS",
    "Anatomy",
    "Body",
    "Canal",
    "Dose",
    "Level",
    "ModalSystem",
    "Network",
    "NetworkBuilder",
    "Parameters",
    "Rate",
    "Schedule",
    "Solution",
    "body_ids",
    "build_body",
    "load_anatomy",
    "parameters_of",
]
