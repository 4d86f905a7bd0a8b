"""Plants: pumps and catheters as they are, not as the implant believes them to be.

Three kinds: a rotor without any sensor of flow, two valves with a metering chamber, and thecal's
own reference pump with sensors. Their figures are handed in from profiles. Whole numbers only.
"""

from thecal.pump.hardware.accuracy import Deviations, deviation_pcm, study
from thecal.pump.hardware.battery import Service
from thecal.pump.hardware.building import PlantKind, read_kind
from thecal.pump.hardware.core import PlantEvent
from thecal.pump.hardware.curves import Curve, Window, measured_curve, table
from thecal.pump.hardware.faults import FAULTS, PlantFault, fault_named, faults_of
from thecal.pump.hardware.figures import (
    CatheterFigures,
    LookUp,
    PumpFigures,
    RotorFigures,
    SensorFigures,
    StudyFigures,
    ValveFigures,
    read_figures,
)
from thecal.pump.hardware.individual import Individual, drawn, nominal
from thecal.pump.hardware.line import OPEN, Outflow, Place
from thecal.pump.hardware.plant import Plant, Refill
from thecal.pump.hardware.reference import ReferencePump
from thecal.pump.hardware.rotor import Rotor
from thecal.pump.hardware.stock import CSF, WATER
from thecal.pump.hardware.valves import ValvePump

__all__ = [
    "CSF",
    "FAULTS",
    "OPEN",
    "WATER",
    "CatheterFigures",
    "Curve",
    "Deviations",
    "Individual",
    "LookUp",
    "Outflow",
    "Place",
    "Plant",
    "PlantEvent",
    "PlantFault",
    "PlantKind",
    "PumpFigures",
    "ReferencePump",
    "Refill",
    "Rotor",
    "RotorFigures",
    "SensorFigures",
    "Service",
    "StudyFigures",
    "ValveFigures",
    "ValvePump",
    "Window",
    "deviation_pcm",
    "drawn",
    "fault_named",
    "faults_of",
    "measured_curve",
    "nominal",
    "read_figures",
    "read_kind",
    "study",
    "table",
]
