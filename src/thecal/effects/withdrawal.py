"""What the stop of a pump brings, by drug: what is seen, when, and how grave it is.

This is the record's word on it, to be told beside a course; how a withdrawal of an opioid adds to
the pain of virtual people is computed by `thecal.therapy.care.Episode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, load_document

if TYPE_CHECKING:
    from collections.abc import Mapping

Gravity = Literal["none", "unpleasant", "dangerous"]
Phase = Literal["before", "begun", "over"]

_FILE = files("thecal.effects") / "data" / "withdrawal" / "stops.toml"
_CLOCK: Final = ("onset", "peak", "end")
_NEEDED: Final = {"drugs", "gravity", "brings"}
_KEYS: Final = {*_NEEDED, *_CLOCK, "facts", "unanswered"}


@dataclass(frozen=True, slots=True)
class Stop:
    """What the stop of one drug brings.

    Attributes
    ----------
    gravity
        ``none``: nothing but the return of what the drug treated.
    brings
        What is seen, a figure in words.
    onset, peak, end
        Time from the stop, as ranges over people; ``None`` where the record has none.
    facts
        Further figures, as how often it is severe.
    unanswered
        What thecal does not answer; may be empty.
    """

    drug: str
    gravity: Gravity
    brings: Figure
    onset: Figure | None = None
    peak: Figure | None = None
    end: Figure | None = None
    facts: tuple[Figure, ...] = ()
    unanswered: str = ""

    def phase(self, hours: float) -> Phase:
        """Return whether a withdrawal can have begun so many hours after the stop.

        ``before`` up to the earliest onset, ``over`` after the latest end; a drug without a
        withdrawal is always ``over``, one whose end is not on record never.

        Raises
        ------
        InputError
            If the hours are negative.
        """
        if not hours >= 0.0:
            raise InputError(f"{hours:g} h after the stop is not possible; it must be 0 or more")
        if self.onset is None:
            return "over"
        if hours < self.onset.number("h", "low"):
            return "before"
        if self.end is not None and hours > self.end.number("h", "high"):
            return "over"
        return "begun"

    def sentences(self) -> tuple[str, ...]:
        """Return what a report says of it: sentences of plain words with figures and units.

        Examples
        --------
        >>> for sentence in stop_of("clonidine").sentences():
        ...     print(sentence)
        A stop of clonidine is dangerous: blood pressure that rebounds, at times severely.
        Rebound begins after the stop: 12 to 24 h.
        Rebound ends after the stop: 36 to 96 h.
        Not answered: thecal does not follow blood pressure, and so not how high it rebounds.
        """
        says = {
            "none": f"A stop of {self.drug}: {self.brings.words}.",
            "unpleasant": f"A stop of {self.drug} is unpleasant: {self.brings.words}.",
            "dangerous": f"A stop of {self.drug} is dangerous: {self.brings.words}.",
        }
        told = [one for one in (self.onset, self.peak, self.end, *self.facts) if one is not None]
        rows = [f"{one.label[0].upper()}{one.label[1:]}: {one.stated()}." for one in told]
        rest = [f"Not answered: {self.unanswered}."] if self.unanswered else []
        return (says[self.gravity], *rows, *rest)


def drugs_with_stops() -> tuple[str, ...]:
    """Return the drugs of which it is on record what a stop brings, by name."""
    return tuple(sorted(_stops()))


def stop_of(drug: str) -> Stop:
    """Return what the stop of a drug brings.

    Raises
    ------
    InputError
        If nothing is on record of it.
    KnowledgeError
        If the data file is incomplete.

    Examples
    --------
    >>> stop_of("baclofen").gravity
    'dangerous'
    """
    stops = _stops()
    if drug not in stops:
        raise InputError(
            f'nothing is on record of what a stop of "{drug}" brings; there are '
            f"{', '.join(sorted(stops))}"
        )
    return stops[drug]


@cache
def _stops() -> Mapping[str, Stop]:
    rest, figures = load_document(_FILE, other_keys=("stop",))
    stops: dict[str, Stop] = {}
    named: set[str] = set()
    for entry in rest.get("stop", []):
        if not _NEEDED <= set(entry) <= _KEYS or entry["gravity"] not in get_args(Gravity):
            raise KnowledgeError(
                f"{_FILE.name}: a stop has the keys {', '.join(sorted(_KEYS))} and is "
                f"{', '.join(get_args(Gravity))}"
            )
        names = [entry[part] for part in (*_CLOCK, "brings") if part in entry]
        names += entry.get("facts", [])
        if missing := sorted(set(names) - set(figures)):
            raise KnowledgeError(f"{_FILE.name}: there is no figure {', '.join(missing)}")
        named |= set(names)
        for drug in entry["drugs"]:
            if drug in stops:
                raise KnowledgeError(f"{_FILE.name}: two stops of {drug}")
            stops[drug] = _stop(drug, entry, figures)
    if unused := sorted(set(figures) - named):
        raise KnowledgeError(f"{_FILE.name}: no part is played by {', '.join(unused)}")
    return stops


def _stop(drug: str, entry: Mapping[str, Any], figures: Mapping[str, Figure]) -> Stop:
    clock = {part: figures[entry[part]] for part in _CLOCK if part in entry}
    return Stop(
        drug=drug,
        gravity=entry["gravity"],
        brings=figures[entry["brings"]],
        facts=tuple(figures[name] for name in entry.get("facts", [])),
        unanswered=entry.get("unanswered", ""),
        **clock,
    )
