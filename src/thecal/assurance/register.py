"""The register of hazards and requirements, read from YAML and checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from thecal.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HAZARDS: Final = "hazards.yaml"

Harm = Literal["death", "serious", "reversible", "information"]
Onset = Literal["immediate", "prompt", "delayed"]
Owner = Literal[
    "pump",
    "catheter",
    "telemetry",
    "log",
    "prescription",
    "programmer",
    "calculators",
    "clinic",
    "body",
    "effects",
]
Check = Literal["test", "soak"]
Words = Annotated[str, Field(min_length=3)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Some = TypeVar("_Some", bound=_Row)


class Hazard(_Row):
    """What can go wrong, how badly, how fast, and which parts of thecal answer for it."""

    id: Annotated[str, Field(pattern=r"^H\d\d$")]
    owners: Annotated[tuple[Owner, ...], Field(min_length=1)]
    harm: Annotated[tuple[Harm, ...], Field(min_length=1)]
    onset: Onset
    hazard: Words
    cause: Words
    source: Words


class Requirement(_Row):
    """What must hold, which hazards it controls, how it is checked, and where it came from.

    ``changed`` says how and why it differs from what its source asks; ``left_out`` why nothing
    here meets it. ``figure`` names the figure of the soak run that goes with it.
    """

    id: Annotated[str, Field(pattern=r"^(PC|CT)-\d\d$")]
    text: Words
    hazards: Annotated[tuple[str, ...], Field(min_length=1)]
    source: Words
    check: Annotated[tuple[Check, ...], Field(min_length=1)]
    figure: str = ""
    changed: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """All hazards and requirements, each in the order of its file."""

    hazards: tuple[Hazard, ...]
    requirements: tuple[Requirement, ...]

    def controls(self, hazard: Hazard) -> tuple[Requirement, ...]:
        """Return the requirements that control a hazard."""
        return tuple(one for one in self.requirements if hazard.id in one.hazards)


def read_register(directory: Path) -> Register:
    """Read ``hazards.yaml`` and every other YAML file of a directory.

    Raises
    ------
    InputError
        When a file cannot be read, a row lacks a field or has an unknown one, an id stands twice,
        or a requirement names a hazard that is not there.
    """
    if not (directory / HAZARDS).is_file():
        raise InputError(
            f'there is no file "{HAZARDS}" in "{directory}"; run this in thecal\'s source folder '
            "or name it with --root"
        )
    hazards: list[Hazard] = []
    requirements: list[Requirement] = []
    for file in sorted(directory.glob("*.yaml")):
        if file.name == HAZARDS:
            hazards += [_checked(Hazard, row, file) for row in _rows(file)]
        else:
            requirements += [_checked(Requirement, row, file) for row in _rows(file)]
    _refuse_twice([one.id for one in hazards] + [one.id for one in requirements])
    known = {one.id for one in hazards}
    for requirement in requirements:
        for hazard in requirement.hazards:
            if hazard not in known:
                raise InputError(
                    f"{requirement.id} controls hazard {hazard}, which {HAZARDS} does not list"
                )
    return Register(tuple(hazards), tuple(requirements))


def _rows(file: Path) -> list[object]:
    import yaml

    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"this is not YAML: {error}", source=file.name) from error
    if not isinstance(rows, list):
        raise InputError("this must be a list of rows", source=file.name)
    return rows


def _checked(kind: type[_Some], row: object, file: Path) -> _Some:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        name = row.get("id", "a row") if isinstance(row, dict) else "a row"
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{name}: {first['msg'].lower()}", field=field, source=file.name
        ) from error


def _refuse_twice(ids: list[str]) -> None:
    for one in ids:
        if ids.count(one) > 1:
            raise InputError(f"{one} stands twice in the register, but an id must be unique")
