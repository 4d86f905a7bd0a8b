"""A study file, read: from TOML text to a checked :class:`~thecal.studies.study.Study`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from thecal.errors import InputError, KnowledgeError
from thecal.evidence import Library, load_library
from thecal.prescription.lines import dotted, key_lines, line_of, path_of
from thecal.prescription.names import listed
from thecal.prescription.sentences import UNKNOWN_KEY, toml_sentence
from thecal.studies import schema
from thecal.studies.endpoints import endpoint_of, number_of
from thecal.studies.names import Trait, load_names
from thecal.studies.study import Arm, Condition, Population, Study
from thecal.studies.wording import sentence_of

NO_STUDIES: Final = frozenset({"names", "explanations"})
"""Files beside the studies that are none."""


def built_in() -> tuple[str, ...]:
    """Return the names of the studies that come with thecal.

    Examples
    --------
    >>> "smith2002" in built_in()
    True
    """
    folder = files("thecal.studies") / "data"
    names = (Path(one.name) for one in folder.iterdir())
    return tuple(
        sorted(one.stem for one in names if one.suffix == ".toml" and one.stem not in NO_STUDIES)
    )


def find_study(name_or_file: str) -> Study:
    """Return a study by its built-in name, or of a file.

    Raises
    ------
    InputError
        When it is neither, or the file is refused as by `read_study_text`.
    """
    if name_or_file.lower() in built_in():
        name = f"{name_or_file.lower()}.toml"
        text = (files("thecal.studies") / "data" / name).read_text(encoding="utf-8")
        return read_study_text(text, source=name)
    path = Path(name_or_file)
    if not path.exists():
        raise InputError(
            f'"{name_or_file}" is neither a file nor a study that comes with thecal; those are '
            f"{listed(built_in())}"
        )
    return read_study_text(file_text(path), source=path.name)


def file_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        When it cannot be opened, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the file is not UTF-8 text; save it as UTF-8", source=path.name, line=line
        ) from error
    except OSError as error:
        raise InputError(
            f"the file cannot be opened: {error.strerror or error}", source=str(path)
        ) from error


def read_study_text(text: str, *, source: str = "") -> Study:
    """Return the study of a TOML text, checked.

    Parameters
    ----------
    text
        The TOML text.
    source
        What refusals call it, as a file's name.

    Raises
    ------
    InputError
        When it breaks the format, or names something unknown or impossible; it names line, key,
        the value as typed, what is allowed and why.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        sentence, line = toml_sentence(str(error))
        raise InputError(sentence, source=source, line=line) from error
    lines = key_lines(text)
    try:
        return _study(_structured(raw))
    except InputError as error:
        line = line_of(lines, path_of(error.field))
        raise InputError(error.sentence, field=error.field, line=line, source=source) from error


def _structured(raw: Mapping[str, Any]) -> schema.StudyFile:
    try:
        return schema.StudyFile.model_validate(raw)
    except ValidationError as error:
        # An unknown key explains the missing one beside it.
        details = sorted(
            error.errors(include_url=False), key=lambda one: one["type"] != UNKNOWN_KEY
        )
        raise InputError(sentence_of(details[0]), field=dotted(details[0]["loc"])) from error


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except (InputError, KnowledgeError) as error:
        sentence = error.sentence if isinstance(error, InputError) else str(error)
        inner = error.field if isinstance(error, InputError) else ""
        raise InputError(sentence, field=f"{place}.{inner}" if inner else place) from error


def _study(file: schema.StudyFile) -> Study:
    library = load_library()
    if file.evidence is not None:
        with _at("evidence"):
            library.study(file.evidence)
    _check_days(file.days)
    arms = tuple(_arm(one, f"arm[{place}]") for place, one in enumerate(file.arm))
    _refuse_twins([one.name for one in arms], "arm")
    endpoints = []
    for place, table in enumerate(file.endpoint):
        with _at(f"endpoint[{place}]"):
            endpoints.append(endpoint_of(table, [one.name for one in arms], file.days, library))
    _refuse_twins([one.name for one in endpoints], "endpoint")
    return Study(
        name=file.name,
        title=file.title,
        evidence=file.evidence or "",
        seed=file.seed,
        replicates=file.replicates,
        days=tuple(file.days),
        population=_population(file.population, library),
        arms=arms,
        endpoints=tuple(endpoints),
    )


def _refuse_twins(names: list[str], what: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(
                f'there are two {what}s "{name}"; each needs a name of its own',
                field=f"{what}[{place}].name",
            )


def _check_days(days: list[int]) -> None:
    if days[0] != 0:
        raise InputError(f"the first visit is on day {days[0]}, but it must be 0", field="days")
    for before, after in pairwise(days):
        if after <= before:
            raise InputError(
                f"day {after} stands after day {before}; the days of the visits must rise",
                field="days",
            )


def _known(name: str, names: Mapping[str, object], what: str, field: str) -> None:
    if name not in names:
        known = ", ".join(f'"{one}"' for one in names)
        raise InputError(f'there is no {what} "{name}"; there are {known}', field=field)


def _arm(table: schema.ArmTable, place: str) -> Arm:
    _known(table.policy, load_names().policies, "policy", f"{place}.policy")
    return Arm(table.name, table.size, table.policy, table.predicted)


def _population(table: schema.PopulationTable, library: Library) -> Population:
    names = load_names()
    _known(table.name, names.populations, "population", "population.name")
    choices = []
    for place, choice in enumerate(table.include):
        conditions = []
        for inner, one in enumerate(choice.any_of):
            # What stands in an inline table has the line of the key that holds it.
            field = f"population.include[{place}].any_of[{inner}]"
            _known(one.trait, names.traits, "trait", f"{field}.trait")
            with _at(field):
                conditions.append(_condition(one, names.traits[one.trait], library))
        choices.append(tuple(conditions))
    return Population(table.name, _possible(tuple(choices)))


def _condition(table: schema.ConditionTable, trait: Trait, library: Library) -> Condition:
    if table.at_least is None and table.at_most is None:
        raise InputError(
            f'the condition on "{table.trait}" has no limit; add at_least, at_most or both'
        )
    low = -inf if table.at_least is None else number_of(table.at_least, library)
    high = inf if table.at_most is None else number_of(table.at_most, library)
    if low > high:
        raise InputError(
            f"nobody can enter: {table.trait} cannot be at least {low:g} and at most {high:g}"
        )
    if low > trait.highest or high < trait.lowest:
        wanted = f"at least {low:g}" if low > trait.highest else f"at most {high:g}"
        reach = f"from {trait.lowest:g}" + (
            f" to {trait.highest:g}" if trait.highest < inf else " up"
        )
        unit = f" {trait.unit}" if trait.unit else ""
        raise InputError(
            f"nobody can enter: {table.trait} cannot be {wanted}, since it goes {reach}{unit}"
        )
    return Condition(table.trait, low, high)


def _possible(choices: tuple[tuple[Condition, ...], ...]) -> tuple[tuple[Condition, ...], ...]:
    """Refuse rules that shut each other out, where each has one condition."""
    limits: dict[str, tuple[float, float]] = {}
    for place, choice in enumerate(choices):
        if len(choice) > 1:
            continue
        one = choice[0]
        low, high = limits.get(one.trait, (-inf, inf))
        low, high = max(low, one.at_least), min(high, one.at_most)
        if low > high:
            raise InputError(
                f"nobody can enter: with the rules before it, {one.trait} would have to be at "
                f"least {low:g} and at most {high:g}",
                field=f"population.include[{place}]",
            )
        limits[one.trait] = (low, high)
    return choices
