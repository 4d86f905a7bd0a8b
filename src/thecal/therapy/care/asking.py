"""Reading the answers about a candidate from a file, and refusing what cannot be."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import MISSING, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from thecal.errors import InputError
from thecal.therapy.care.candidacy import Candidate

Told = TypeVar("Told")


def read_candidate(file: Path) -> Candidate:
    """Return the candidate of a TOML file.

    Raises
    ------
    InputError
        If the file cannot be read, an answer is missing or unknown, or one cannot be.
    """
    return read_told(file, candidate_of)


def read_told(file: Path, make: Callable[[dict[str, Any]], Told]) -> Told:
    """Return what is made of what a TOML file says of a person; a refusal names the file.

    Raises
    ------
    InputError
        If the file cannot be read, or as ``make``.
    """
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no file {file}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot be read as TOML: {error}", source=file.name) from None
    try:
        return make(said)
    except InputError as error:
        raise error.located(source=file.name) from None


def candidate_of(answers: dict[str, Any]) -> Candidate:
    """Return the candidate of some answers by name.

    Raises
    ------
    InputError
        As `read_candidate`.

    Examples
    --------
    >>> candidate_of({"cancer": False, "pain": 7, "oral_mg_per_day": 90}).pain
    7.0
    """
    known = {one.name: one for one in fields(Candidate)}
    for name in answers:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; asked are {', '.join(known)}"
            raise InputError(f"is not among the questions{hint}", field=name)
    for name, one in known.items():
        if one.default is MISSING and name not in answers:
            raise InputError("is missing, and every candidate is asked for it", field=name)
    values: dict[str, Any] = {name: _answer(name, answers[name]) for name in answers}
    return Candidate(**values)


def _answer(name: str, value: object) -> bool | float:
    wants_number = name in {"pain", "oral_mg_per_day", "survival_months"}
    if wants_number:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"is {value!r}, but must be a number", field=name)
        return float(value)
    if not isinstance(value, bool):
        raise InputError(f"is {value!r}, but must be true or false", field=name)
    return value
