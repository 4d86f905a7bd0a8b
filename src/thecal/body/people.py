"""Who the patient is, and what is on record of the differences between people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, isfinite, log
from types import MappingProxyType
from typing import Literal, get_args

from thecal.errors import InputError, KnowledgeError, ValidityError
from thecal.knowledge import Figure, load_document

Sex = Literal["female", "male"]

CM_PER_M = 100.0

DRAWN = (
    "dispersion",
    "csf_formation",
    "spinal_csf_volume",
    "cranial_csf_volume",
    "spinal_absorption",
    "cistern_convexity_mixing",
    "bolus_mixing_volume",
    "csf_loss",
    "systemic_clearance",
    "systemic_volume",
    "oral_absorption",
    "bioavailability",
    "root_volume",
)
"""What differs between people, in the order of the draws; a new name is put at the end."""

PERSONAL: Mapping[str, str] = MappingProxyType({"height": "cm", "weight": "kg", "age": "year"})
"""What a person is known by, with the unit of each; it has bounds on record (``NAME_bounds``)."""

BOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "csf_formation": "mL/h",
        "spinal_csf_volume": "mL",
        "cranial_csf_volume": "mL",
        "spinal_absorption": "mL/h",
        "cistern_convexity_mixing": "mL/h",
        "bolus_mixing_volume": "mL",
        "csf_loss": "1",
        "systemic_clearance": "1",
        "systemic_volume": "1",
        "oral_absorption": "1",
        "root_volume": "mL",
    }
)
"""What of it has bounds on record (``NAME_bounds``); the unit "1" counts from the reference."""

COVARIATES: Mapping[str, str] = MappingProxyType(
    {
        "reference_height": "cm",
        "reference_weight": "kg",
        "reference_bmi": "kg/m^2",
        "reference_age": "year",
        "volume_exponent": "1",
        "clearance_exponent": "1",
        "csf_volume_height_power": "1",
        "csf_volume_weight_power": "1",
        "lumbosacral_bmi_correlation": "1",
        "csf_loss_age_slope": "1/year",
    }
)
"""The figures by which height, weight, age and body-mass index act, with the unit of each."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the patient is.

    Sex acts only through height and weight: no source gives it an effect of its own.

    Raises
    ------
    InputError
        If a value is not a positive number, or the sex is unknown.

    Examples
    --------
    >>> round(Person("female", height_cm=160, weight_kg=64, age_y=60).bmi_kg_per_m2, 1)
    25.0
    """

    sex: Sex
    height_cm: float
    weight_kg: float
    age_y: float

    def __post_init__(self) -> None:
        if self.sex not in get_args(Sex):
            raise InputError(f'"{self.sex}" is not a sex; write one of {", ".join(get_args(Sex))}')
        for name in ("height_cm", "weight_kg", "age_y"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0.0):
                raise InputError(f"{name} is {value}, but it must be a positive number")

    @property
    def bmi_kg_per_m2(self) -> float:
        """The body-mass index, kg/m2."""
        return self.weight_kg / (self.height_cm / CM_PER_M) ** 2


@dataclass(frozen=True, slots=True)
class Spread:
    """What is on record of the differences between people, or animals, of one body.

    Attributes
    ----------
    id
        The body for which it holds.
    lumbosacral_from
        The level from which downwards the body-mass index changes the CSF volume; ``None`` for an
        animal.
    figures
        All figures by name, with their sources.
    sigmas
        SD of the logarithm of each of `DRAWN`, and of a person's body-mass index ("bmi").
    bounds
        The lowest and the highest that can occur, in the units of `BOUNDS` and `PERSONAL`.
    covariates
        In the units of `COVARIATES`; none of an animal, of which only the spread is on record.
    """

    id: str
    lumbosacral_from: str | None
    figures: Mapping[str, Figure]
    sigmas: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    covariates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """What a person's size and age multiply; all 1 for the reference person.

    Attributes
    ----------
    length, area
        Of the canal, and of the CSF in it.
    volume, clearance
        Volumes outside the nervous system; clearances and flows of blood.
    lumbosacral
        CSF volume of the lumbosacral levels.
    csf_loss
        Loss of drug from the CSF.
    volume_left
        Share of the log-variance of the CSF volume that the body-mass index leaves open.
    """

    length: float = 1.0
    area: float = 1.0
    volume: float = 1.0
    clearance: float = 1.0
    lumbosacral: float = 1.0
    csf_loss: float = 1.0
    volume_left: float = 1.0


@cache
def load_spread(body: str = "adult") -> Spread:
    """Return what is on record of the differences between people, or animals, of one body.

    Raises
    ------
    InputError
        If nothing is on record for a body of that name.
    KnowledgeError
        If the data file is incomplete.
    """
    file = files("thecal.body") / "spread" / f"{body}.toml"
    if not file.is_file():
        raise InputError(f'how individuals differ is not on record for a body "{body}"')
    document, figures = load_document(file, other_keys=("id", "name", "lumbosacral_from"))
    # Of an animal there is only the spread, nothing by which its size would act.
    of_people = "lumbosacral_from" in document
    drawn = (*DRAWN, "bmi") if of_people else DRAWN
    bounds = {**BOUNDS, **PERSONAL} if of_people else BOUNDS
    covariates = COVARIATES if of_people else {}
    needed = [*(f"{one}_spread" for one in drawn), *(f"{one}_bounds" for one in bounds)]
    missing = [one for one in (*needed, *covariates) if one not in figures]
    if missing:
        raise KnowledgeError(f"{body}.toml: no figure for {', '.join(missing)}")
    return Spread(
        id=document["id"],
        lumbosacral_from=document.get("lumbosacral_from"),
        figures=figures,
        sigmas={one: log(figures[f"{one}_spread"].number("1")) for one in drawn},
        bounds={
            one: (
                figures[f"{one}_bounds"].number(unit, "low"),
                figures[f"{one}_bounds"].number(unit, "high"),
            )
            for one, unit in bounds.items()
        },
        covariates={one: figures[one].number(unit) for one, unit in covariates.items()},
    )


def size_of(person: Person | None, spread: Spread) -> Size:
    """Return what a person's size and age multiply.

    Raises
    ------
    ValidityError
        If the person lies outside what the model answers for, or the body is an animal's.
    """
    if person is None:
        return Size()
    if not spread.covariates:
        raise ValidityError(
            "what height, weight and age change is on record for people, not for the body "
            f'"{spread.id}"; leave the person out'
        )
    for what, value in (
        ("height", person.height_cm),
        ("weight", person.weight_kg),
        ("age", person.age_y),
    ):
        lowest, highest = spread.bounds[what]
        if not lowest <= value <= highest:
            raise ValidityError(
                f"the {what} is {value:g} {PERSONAL[what]}, but the model answers only for "
                f"{lowest:g} to {highest:g} {PERSONAL[what]}"
            )
    numbers = spread.covariates
    height = person.height_cm / numbers["reference_height"]
    weight = person.weight_kg / numbers["reference_weight"]
    correlation = numbers["lumbosacral_bmi_correlation"]
    fatter = log(person.bmi_kg_per_m2 / numbers["reference_bmi"]) / spread.sigmas["bmi"]
    older = person.age_y - numbers["reference_age"]
    return Size(
        length=height,
        area=height ** (numbers["csf_volume_height_power"] - 1.0)
        * weight ** numbers["csf_volume_weight_power"],
        volume=weight ** numbers["volume_exponent"],
        clearance=weight ** numbers["clearance_exponent"],
        lumbosacral=exp(correlation * fatter * spread.sigmas["spinal_csf_volume"]),
        csf_loss=exp(numbers["csf_loss_age_slope"] * older),
        volume_left=1.0 - correlation**2,
    )
