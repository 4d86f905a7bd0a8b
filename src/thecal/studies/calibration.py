"""Which figures may move, and on which published figures of which arms they are fitted: as a file.

An arm that its study calls predicted is out of reach: a target in it, or a published figure of
another arm, is refused before anything is computed, and the arm is never simulated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from thecal.errors import InputError, KnowledgeError
from thecal.evidence import load_library
from thecal.knowledge import Figure, ids_in, is_uncertain
from thecal.outcomes import find_measure
from thecal.patients import load_population
from thecal.prescription.lines import KeyPath, dotted, key_lines, line_of, path_of
from thecal.prescription.names import listed
from thecal.prescription.sentences import Wording, named, toml_sentence
from thecal.studies.endpoints import endpoint_of
from thecal.studies.reading import file_text, find_study
from thecal.studies.schema import EndpointTable, PublishedTable
from thecal.therapy.care import load_policy

if TYPE_CHECKING:
    from thecal.evidence import Library, Published
    from thecal.outcomes import Records
    from thecal.studies.study import Study

POPULATION: Final = "population"
POLICY: Final = "policy"
_FOLDER: Final = files("thecal.studies") / "data" / "calibrations"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class _FigureTable(_Table):
    name: str
    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]
    also: list[str] = []


class _TargetTable(_Table):
    words: str
    arm: str
    measure: str
    day: Annotated[int, Field(ge=0)]
    published: str
    spread: bool = False
    error: Annotated[float, Field(gt=0)]


class _File(_Table):
    title: str
    study: str
    seed: Annotated[int, Field(ge=0)]
    replicates: Annotated[int, Field(ge=1)]
    people: Annotated[int, Field(ge=1)]
    figure: Annotated[list[_FigureTable], Field(min_length=1)]
    target: Annotated[list[_TargetTable], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Free:
    """A figure that may move.

    Attributes
    ----------
    name
        As `thecal.therapy.care.Setting.uncertain` names it: ``population.NAME`` or ``policy.NAME``.
    figure
        As it stands on record.
    low, high
        Its set point stays within these, in its own unit.
    places
        The populations or policies whose files hold it; the first is the one that is fitted.
    """

    name: str
    figure: Figure
    low: float
    high: float
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """A published figure that is to be met.

    Attributes
    ----------
    spread
        Whether it is the standard deviation between people that is to be met, not their mean.
    published, error
        In the unit of print; the error is a standard error.
    scale
        From the measure's own unit to that of print.
    """

    words: str
    arm: str
    measure: str
    day: int
    spread: bool
    figure: str
    published: float
    error: float
    unit: str
    scale: float

    def of(self, records: Records) -> float:
        """Return what the arm's records show, in the unit of print; NaN where nobody was seen."""
        measure = find_measure(self.measure)
        if not self.spread:
            return measure.of(records, self.day) * self.scale
        assert measure.per_person is not None
        seen = measure.per_person(records, self.day)
        known = seen[~np.isnan(seen)]
        return float(known.std(ddof=1)) * self.scale if len(known) > 1 else float("nan")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is fitted on what.

    Attributes
    ----------
    people
        In each arm, in each replicate.
    """

    name: str
    title: str
    study: Study
    seed: int
    replicates: int
    people: int
    frees: tuple[Free, ...]
    aims: tuple[Aim, ...]


def figures_of(group: str, name: str) -> Mapping[str, Figure]:
    """Return the figures of a population or a policy, as ``group`` says."""
    return (load_population(name) if group == POPULATION else load_policy(name)).figures


def calibrations() -> tuple[str, ...]:
    """Return the names of the calibrations that come with thecal.

    Examples
    --------
    >>> calibrations()
    ('smith2002-cmm',)
    """
    return ids_in(_FOLDER)


def find_calibration(name_or_file: str) -> Calibration:
    """Return a calibration by its built-in name, or of a file.

    Raises
    ------
    InputError
        When it is neither, or the file is refused as by `read_calibration_text`.
    """
    if name_or_file in calibrations():
        file = _FOLDER / f"{name_or_file}.toml"
        return read_calibration_text(file.read_text(encoding="utf-8"), source=file.name)
    path = Path(name_or_file)
    if not path.exists():
        raise InputError(
            f'"{name_or_file}" is neither a file nor a calibration that comes with thecal; those '
            f"are {listed(calibrations())}"
        )
    return read_calibration_text(file_text(path), source=path.name)


def read_calibration_text(text: str, *, source: str) -> Calibration:
    """Return the calibration of a TOML text, checked.

    Raises
    ------
    InputError
        When it breaks the format, names something unknown, or would fit on an arm that its study
        calls predicted.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        sentence, line = toml_sentence(str(error))
        raise InputError(sentence, source=source, line=line) from error
    try:
        return _calibration(_structured(raw), source.removesuffix(".toml"))
    except InputError as error:
        line = line_of(key_lines(text), path_of(error.field))
        raise InputError(error.sentence, field=error.field, line=line, source=source) from error


def _structured(raw: Mapping[str, Any]) -> _File:
    try:
        return _File.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(_WORDING.sentence_of(first), field=dotted(first["loc"])) from error


def _table_name(path: KeyPath) -> str:
    return f"[[{named(path)}]]" if path else "a calibration file"


_WORDING: Final = Wording(_File, _table_name, {})


def _calibration(file: _File, name: str) -> Calibration:
    study = find_study(file.study)
    library = load_library()
    aims = []
    for place, target in enumerate(file.target):
        aims.append(_at(f"target[{place}]", lambda one=target: _aim(one, study, library)))
    policies = tuple(dict.fromkeys(study.arm(one.arm).policy for one in aims))
    frees: list[Free] = []
    for place, table in enumerate(file.figure):
        free = _at(f"figure[{place}]", lambda one=table: _free(one, study, policies))
        if free.name in {one.name for one in frees}:
            raise InputError(f'"{free.name}" stands there twice', field=f"figure[{place}].name")
        frees.append(free)
    if len(frees) > len(aims):
        raise InputError(
            f"{len(frees)} figures cannot be fitted on {len(aims)} published ones; name as many "
            "targets as figures, or more",
            field="figure",
        )
    return Calibration(
        name,
        file.title,
        study,
        file.seed,
        file.replicates,
        file.people,
        tuple(frees),
        tuple(aims),
    )


def _at(place: str, read: Any) -> Any:  # noqa: ANN401 - whatever is read
    try:
        return read()
    except (InputError, KnowledgeError) as error:
        sentence = error.sentence if isinstance(error, InputError) else str(error)
        inner = error.field if isinstance(error, InputError) else ""
        raise InputError(sentence, field=f"{place}.{inner}" if inner else place) from error


def _aim(target: _TargetTable, study: Study, library: Library) -> Aim:
    arm = study.arm(target.arm)
    if arm.predicted:
        raise InputError(
            f'{study.name} says that its arm "{arm.name}" is predicted; nothing is fitted on it',
            field="arm",
        )
    endpoint = endpoint_of(
        EndpointTable(
            name=target.words,
            arm=arm.name,
            measure=target.measure,
            day=target.day,
            better="lower",
            published=PublishedTable(figure=target.published),
        ),
        [arm.name],
        study.days,
        library,
    )
    figure = library.figures[target.published]
    _refuse_of_another_arm(figure, study, arm.name, library)
    if target.spread and find_measure(target.measure).per_person is None:
        raise InputError(f'"{target.measure}" has no spread between people', field="spread")
    return Aim(
        words=target.words,
        arm=arm.name,
        measure=target.measure,
        day=target.day,
        spread=target.spread,
        figure=figure.id,
        published=figure.standard_deviation() if target.spread else figure.number(),
        error=target.error,
        unit=figure.unit,
        scale=endpoint.scale,
    )


def _refuse_of_another_arm(figure: Published, study: Study, arm: str, library: Library) -> None:
    """Refuse a figure that is not of the arm: as the study's own endpoints of it say what it is."""
    its = {
        library.figures[one.published.figure].arm
        for one in study.endpoints
        if one.arms == (arm,) and one.published is not None and one.published.figure
    }
    if figure.study != study.evidence or figure.arm not in its:
        known = " or ".join(f'"{one}"' for one in sorted(its)) or "nothing"
        raise InputError(
            f'{figure.id} is of "{figure.arm}" in {figure.study}, and the arm "{arm}" is {known} '
            f"in {study.evidence or 'no published study'}",
            field="published",
        )


def _free(table: _FigureTable, study: Study, policies: tuple[str, ...]) -> Free:
    group, _, own = table.name.partition(".")
    fitted = {POPULATION: (study.population.name,), POLICY: policies}.get(group, ())
    on_record = {name: figures_of(group, name) for name in fitted}
    held = {name: figures[own] for name, figures in on_record.items() if own in figures}
    if not held:
        raise InputError(
            f'there is no "{table.name}" to fit; write population.NAME, or policy.NAME of '
            f"{' or '.join(policies)}",
            field="name",
        )
    places = (*held, *table.also)
    figure = next(iter(held.values()))
    for other in places:
        its = figures_of(group, other).get(own)
        if its is None or (its.value, its.low, its.high) != (figure.value, figure.low, figure.high):
            raise InputError(
                f'"{own}" of {other} is not that of {places[0]}; both must have the same value '
                "and range, or not be named together",
                field="also",
            )
    if figure.value is None or not is_uncertain(figure):
        raise InputError(f'"{table.name}" has no set point with a range around it', field="name")
    if not table.low <= float(figure.value) <= table.high:
        raise InputError(
            f'"{table.name}" is {figure.value} on record, and not within {table.low:g} and '
            f"{table.high:g}",
            field="low",
        )
    return Free(table.name, figure, table.low, table.high, tuple(dict.fromkeys(places)))
