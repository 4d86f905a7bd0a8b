"""The virtual implant, first form: executes a program in whole nanolitres and whole seconds.

`run` turns programs, refills and presses into delivered segments; `carry` takes them through the
catheter; the forecasts say when the reservoir must be refilled. Standard library and
`thecal.errors` only; integers and fractions only; no clock, no files, no randomness.
"""

from thecal.pump.amounts import DAY_S, NL_PER_ML, WEEK_S
from thecal.pump.catheter import TipSegment, carry
from thecal.pump.delivery import Delivery, LogEntry, LogKind, Segment
from thecal.pump.forecast import (
    RefillDue,
    RefillForecast,
    daily_flow,
    days_to_low_reservoir,
    forecast_refill,
    worst_case_boluses_per_day,
)
from thecal.pump.program import (
    STOPPED,
    Bridge,
    Event,
    Hardware,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
    WeekStep,
)
from thecal.pump.reservoir import Ledger, LedgerError
from thecal.pump.run import run

__all__ = [
    "DAY_S",
    "NL_PER_ML",
    "STOPPED",
    "WEEK_S",
    "Bridge",
    "Delivery",
    "Event",
    "Hardware",
    "Ledger",
    "LedgerError",
    "LogEntry",
    "LogKind",
    "PatientBolus",
    "Pressed",
    "Program",
    "Programmed",
    "RefillDue",
    "RefillForecast",
    "Refilled",
    "ScheduledBolus",
    "Segment",
    "TipSegment",
    "WeekStep",
    "carry",
    "daily_flow",
    "days_to_low_reservoir",
    "forecast_refill",
    "run",
    "worst_case_boluses_per_day",
]
