"""Whom one asks about: a teaching person by name, a person's file, or what is told of somebody."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from thecal.errors import InputError
from thecal.patients.teaching import teaching_person
from thecal.therapy.care.asking import read_told
from thecal.therapy.care.given import Given
from thecal.therapy.care.questions import population_named

_SUFFIX: Final = ".toml"
_USUAL: Final = "advanced-cancer"
_WORDS: Final = ("sex", "kind")


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody one asks about.

    Attributes
    ----------
    name
        What to call the person; empty without a name.
    population
        Its id.
    """

    name: str
    population: str
    given: Given


def describe(who: str | None, population: str | None, told: Given) -> Described:
    """Return somebody by a name or a file, where anything told besides takes the place of theirs.

    Parameters
    ----------
    who
        One of the thirty for teaching, or a TOML file; ``None`` for neither.
    population
        As `population_named` has it; ``None`` for that of the person, else advanced cancer.

    Raises
    ------
    InputError
        If nobody has that name, the file cannot be read or says what cannot be, or the population
        cannot be answered for.

    Examples
    --------
    >>> describe("Yusuf", None, Given(pain=9.0)).given.pain
    9.0
    """
    found = Described("", _USUAL, Given()) if who is None else _somebody(who)
    also = {one.name: getattr(told, one.name) for one in fields(Given)}
    given = replace(
        found.given, **{name: value for name, value in also.items() if value is not None}
    )
    return Described(found.name, population_named(population or found.population), given)


def _somebody(who: str) -> Described:
    if who.endswith(_SUFFIX) or "/" in who:
        return read_told(Path(who), _described)
    one = teaching_person(who)
    given = Given(age=one.age, sex=one.sex, pain=one.pain, kind=one.kind, oral=one.oral)
    return Described(one.name, one.population, given)


def _described(told: dict[str, Any]) -> Described:
    known = ("name", "population", *(one.name for one in fields(Given)))
    if "course" in told:
        raise InputError(
            "is a course, which says what a pump is told and not how much pain somebody has; a "
            f"person's file says {', '.join(known)}"
        )
    for key, value in told.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; asked are {', '.join(known)}"
            raise InputError(f"is not among what is asked of a person{hint}", field=key)
        wants_words = key in (*_WORDS, "name", "population")
        if isinstance(value, bool) or not isinstance(value, str if wants_words else int | float):
            wanted = "words in quotes" if wants_words else "a number"
            raise InputError(f"is {value!r}, but must be {wanted}", field=key)
    if "population" not in told:
        raise InputError("is missing, and nothing can be said without it", field="population")
    given: dict[str, Any] = {
        key: value if key in _WORDS else float(value)
        for key, value in told.items()
        if key not in ("name", "population")
    }
    return Described(told.get("name", ""), population_named(told["population"]), Given(**given))
