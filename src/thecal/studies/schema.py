"""The structure of a study file, as pydantic models: which keys there are and what they hold.

These models live only while a file is read; what thecal works with are the frozen dataclasses of
:mod:`thecal.studies.study`.
"""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from thecal.prescription.clock import typed
from thecal.prescription.sentences import OWN_ERROR


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError(OWN_ERROR, "{sentence}", {"sentence": sentence})


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refused(f"{typed(value)} is not a text; write some words in quotes")
    return value


def _number(value: object) -> float | str:
    if isinstance(value, str):
        return value
    # A truth value is a number to Python, but not to people.
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _refused(
            f"{typed(value)} is not a number; write digits, or a figure of the evidence library "
            'in quotes, as "SMITH2002-39"'
        )
    return float(value)


def _as_figure(value: object) -> object:
    return {"figure": value} if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, PlainValidator(_text)]
Number = Annotated[float | str, PlainValidator(_number)]
"""A number, or the id of a published figure."""

Count = Annotated[int, Field(ge=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ConditionTable(_Table):
    """One condition of an inclusion rule."""

    trait: Text
    at_least: Number | None = None
    at_most: Number | None = None


class IncludeTable(_Table):
    """``[[population.include]]``: of these conditions one is enough."""

    any_of: Annotated[list[ConditionTable], Field(min_length=1)]


class PopulationTable(_Table):
    """``[population]``: who is asked to take part."""

    name: Text
    include: list[IncludeTable] = []


class ArmTable(_Table):
    """``[[arm]]``: people who are treated alike."""

    name: Text
    size: Count
    policy: Text
    predicted: bool = False


class PublishedTable(_Table):
    """``published``: a figure of the evidence library, or a number with its source."""

    figure: Text | None = None
    value: float | None = None
    unit: str = ""
    source: Text | None = None


class EndpointTable(_Table):
    """``[[endpoint]]``: what is counted at the end."""

    name: Text
    arm: Text | None = None
    arms: list[Text] | None = None
    measure: Text
    day: Annotated[int, Field(ge=0)]
    better: Literal["higher", "lower"]
    published: Annotated[PublishedTable | None, BeforeValidator(_as_figure)] = None
    published_p: Text | None = None
    band: Annotated[list[Number] | None, BeforeValidator(_as_list)] = None
    within: Annotated[float, Field(gt=0)] | None = None


class StudyFile(_Table):
    """A whole study file."""

    name: Text
    title: Text
    evidence: Text | None = None
    seed: Annotated[int, Field(ge=0)]
    replicates: Count
    days: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    population: PopulationTable
    arm: Annotated[list[ArmTable], Field(min_length=1)]
    endpoint: Annotated[list[EndpointTable], Field(min_length=1)]
