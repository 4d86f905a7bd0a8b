"""The structure of a course file, as pydantic models: which keys there are and what they hold.

These models live only while a file is read; what thecal works with are the frozen dataclasses of
:mod:`thecal.prescription.orders` and :mod:`thecal.prescription.course`.
"""

from __future__ import annotations

# pydantic resolves the annotations when the classes are made, so none of these hides behind
# TYPE_CHECKING.
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from thecal.errors import InputError
from thecal.prescription import clock, rhythm
from thecal.prescription.sentences import OWN_ERROR
from thecal.quantity import CONCENTRATION, DOSE_RATE, MASS, VOLUME, Dimension, Quantity, parse

Value = TypeVar("Value")


def _through(read: Callable[[object], Value]) -> Callable[[object], Value]:
    """Let pydantic carry a refusal of ours, so that it comes out with its key path."""

    def reader(value: object) -> Value:
        try:
            return read(value)
        except InputError as error:
            raise PydanticCustomError(
                OWN_ERROR, "{sentence}", {"sentence": error.sentence}
            ) from error

    return reader


def _amount(dimension: Dimension, *, zero_allowed: bool = False) -> PlainValidator:
    return PlainValidator(
        _through(lambda value: parse(value, dimension, zero_allowed=zero_allowed))
    )


def _start(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is not None or value.microsecond:
        msg = (
            f"{clock.typed(value)} is not a local date and time in whole seconds; "
            "write it without quotes and without a time zone, as 2026-01-05T08:00:00"
        )
        raise InputError(msg)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        msg = f"{clock.typed(value)} is not a text; write some words in quotes"
        raise InputError(msg)
    return value


Text = Annotated[str, PlainValidator(_through(_text))]
Start = Annotated[datetime, PlainValidator(_through(_start))]
Mass = Annotated[Quantity, _amount(MASS)]
Volume = Annotated[Quantity, _amount(VOLUME)]
DoseRate = Annotated[Quantity, _amount(DOSE_RATE)]
DoseRateOrZero = Annotated[Quantity, _amount(DOSE_RATE, zero_allowed=True)]
Concentration = Annotated[Quantity, _amount(CONCENTRATION)]
Duration = Annotated[Quantity, PlainValidator(_through(clock.duration))]
Seconds = Annotated[int, PlainValidator(_through(clock.seconds_from_start))]
LengthSeconds = Annotated[int, PlainValidator(_through(clock.length_in_seconds))]
ClockTime = Annotated[int, PlainValidator(_through(clock.clock_time))]
ClockEnd = Annotated[int, PlainValidator(_through(clock.clock_end))]
Days = Annotated[frozenset[int], PlainValidator(_through(clock.weekdays))]
Activity = Annotated[
    str | Decimal, PlainValidator(_through(rhythm.word_or_factor(rhythm.ACTIVITIES)))
]
Formation = Annotated[
    str | Decimal, PlainValidator(_through(rhythm.word_or_factor(rhythm.FORMATIONS)))
]
Centimetres = Annotated[Decimal, PlainValidator(_through(clock.centimetres))]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CourseTable(_Table):
    """``[course]``: what it is called, when it starts, how long it lasts."""

    title: Text
    start: Start
    length: LengthSeconds


class DayTable(_Table):
    """``[[patient.day]]``: what holds from one time of the day until the next piece."""

    from_: ClockTime = Field(alias="from")
    posture: Literal["lying", "upright"] = "lying"
    activity: Activity = rhythm.ACTIVITIES[0]
    csf_formation: Formation = rhythm.FORMATIONS[0]


class PatientTable(_Table):
    """``[patient]``: who is treated."""

    description: Text
    body: Text = "adult"
    presses: list[ClockTime] = []
    day: list[DayTable] = []
    saturable_uptake: bool = False


class OralTable(_Table):
    """``[[oral]]``: a medicine by mouth."""

    drug: Text
    form: Text
    dose: DoseRate
    every: Duration
    established: bool = False
    stop: Seconds | None = None


class ImplantTable(_Table):
    """``[implant]``: pump, catheter, first fill."""

    pump: Text
    catheter: Text
    implanted_length: Centimetres
    tip: Text
    fill: Volume
    primed: bool
    mixing_cells: Annotated[int, Field(ge=0)] = 0


class StepTable(_Table):
    """``[[prescription.step]]``: a step of a flex pattern."""

    days: Days
    from_: ClockTime = Field(alias="from")
    to: ClockEnd
    dose: DoseRateOrZero


class BolusTable(_Table):
    """``[[prescription.bolus]]``: a bolus that the prescriber schedules."""

    dose: Mass
    duration: Duration
    at: Seconds
    every: Duration | None = None


class PatientBolusTable(_Table):
    """``[prescription.patient_bolus]``: the bolus behind the patient's button."""

    dose: Mass
    duration: Duration
    lockout: Duration
    most_per_day: Annotated[int, Field(ge=1)]


class BridgeTable(_Table):
    """``bridge = { ... }``: the dose to keep while the old solution leaves the catheter.

    A file must say the dose; ``None`` stands for ``bridge = "none"``.
    """

    dose: DoseRate | None


def _bridge(value: object) -> object:
    # Made here and not by a union, whose refusal would name the failures of both sides.
    if value == "none":
        return BridgeTable.model_construct(dose=None)
    if isinstance(value, dict):
        return value
    msg = f'{clock.typed(value)} is no decision; write {{ dose = "2 mg/day" }} or "none"'
    raise InputError(msg)


class PrescriptionTable(_Table):
    """``[[prescription]]``: what the pump is told to do from one moment on."""

    at: Seconds
    solution: Annotated[dict[str, Concentration], Field(min_length=1)]
    mode: Literal["simple continuous", "flex", "minimum rate", "stopped"]
    dose: DoseRate | None = None
    step: list[StepTable] = []
    bolus: list[BolusTable] = []
    patient_bolus: PatientBolusTable | None = None
    bridge: Annotated[BridgeTable | None, BeforeValidator(_through(_bridge))] = None


class RefillTable(_Table):
    """``[[refill]]``: the reservoir is emptied and filled again."""

    at: Seconds
    volume: Volume
    rinsed: bool = False


class DoseTable(_Table):
    """``[[dose]]``: a dose by any route, without a pump or beside one."""

    drug: Text
    route: Text
    site: Text | None = None
    amount: Mass
    at: Seconds
    over: Duration | None = None
    every: Duration | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    until: Seconds | None = None


class SampleTable(_Table):
    """``[[sample]]``: a site, and the times at which a sample is taken there."""

    site: Text
    times: list[Seconds] | None = None
    every: Duration | None = None
    drug: Text | None = None


class FaultTable(_Table):
    """``[[fault]]``: what shall go wrong with the pump."""

    name: Text
    at: Seconds
    until: Seconds | None = None
    size: Text | None = None


class CourseFile(_Table):
    """A whole course file."""

    course: CourseTable
    patient: PatientTable
    oral: list[OralTable] = []
    implant: ImplantTable | None = None
    prescription: list[PrescriptionTable] = []
    refill: list[RefillTable] = []
    dose: list[DoseTable] = []
    sample: list[SampleTable] = []
    fault: list[FaultTable] = []
