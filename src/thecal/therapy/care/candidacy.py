"""Whether somebody is a candidate for a pump, with the reasons: rules kept as data.

The answer is one of four: not now, something else first, a candidate for an external system, a
candidate for a pump; and every rule that spoke is told with its source. It is a rehearsal of the
question, never a decision about a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import load_document
from thecal.knowledge.loading import read_toml

Does = Literal["excludes", "treat-first", "system", "caution", "supports"]

WEIGHT: Final[Mapping[Does, str]] = {
    "excludes": "not now",
    "treat-first": "first",
    "system": "which system",
    "caution": "caution",
    "supports": "speaks for it",
}
"""What each effect is called where people read it."""

_FILE = files("thecal.therapy.care") / "data" / "candidacy.toml"
_HIGHEST_PAIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is asked about a candidate.

    Attributes
    ----------
    pain
        Usual pain, 0 to 10.
    oral_mg_per_day
        Oral morphine equivalent.
    survival_months
        Life expectancy; infinite where no disease limits it.
    """

    cancer: bool
    pain: float
    oral_mg_per_day: float
    survival_months: float = float("inf")
    intolerable_side_effects: bool = False
    objective_cause: bool = True
    less_invasive_failed: bool = True
    infection: bool = False
    bleeding_risk: bool = False
    untreated_addiction: bool = False
    active_psychosis: bool = False
    past_psychosis: bool = False
    suicidal: bool = False
    cognitive_deficit: bool = False
    uncontrolled_depression: bool = False
    canal_open: bool = True
    psychologist_seen: bool = True
    expects_cure: bool = False
    support_at_home: bool = True
    litigation: bool = False

    def __post_init__(self) -> None:
        """Refuse answers that cannot be."""
        if not 0.0 <= self.pain <= _HIGHEST_PAIN:
            raise InputError(
                f"pain is {self.pain:g}, but is told from 0 (none) to 10 (worst)", field="pain"
            )
        for name in ("oral_mg_per_day", "survival_months"):
            if not getattr(self, name) >= 0.0:
                raise InputError(
                    f"{name} is {getattr(self, name):g}, but must be zero or more", field=name
                )


@dataclass(frozen=True, slots=True)
class CandidacyRule:
    """A rule: which answer it looks at, when it speaks, and what it then does.

    Attributes
    ----------
    cancer
        Speaks only of people with (true) or without (false) cancer; ``None``: of all.
    unless
        An answer that silences it when true; empty: none.
    """

    answer: str
    does: Does
    words: str
    source: str
    truth: bool | None = None
    below: float | None = None
    above: float | None = None
    cancer: bool | None = None
    unless: str = ""

    def speaks_of(self, candidate: Candidate) -> bool:
        """Return whether the rule applies to somebody."""
        if self.cancer is not None and self.cancer != candidate.cancer:
            return False
        if self.unless and getattr(candidate, self.unless):
            return False
        answer = getattr(candidate, self.answer)
        if self.truth is not None:
            return bool(answer == self.truth)
        under = self.below is not None and answer < self.below
        over = self.above is not None and answer > self.above
        return bool(under or over)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a candidate.

    Attributes
    ----------
    verdict
        One sentence.
    offered
        ``"pump"``, ``"external"``, or empty where nothing is offered now.
    reasons
        The rules that spoke, those that weigh most first.
    """

    verdict: str
    offered: str
    reasons: tuple[CandidacyRule, ...]


@cache
def load_candidacy_rules() -> tuple[CandidacyRule, ...]:
    """Return the rules in the order of their file.

    Raises
    ------
    KnowledgeError
        If the data file is incomplete.
    """
    rest, _ = load_document(_FILE, other_keys=("rule",))
    sources = _sources()
    return tuple(_rule(entry, sources) for entry in rest.get("rule", []))


def judge(candidate: Candidate) -> Judgement:
    """Return what the rules say of a candidate.

    Examples
    --------
    >>> judged = judge(Candidate(cancer=True, pain=8, oral_mg_per_day=300, survival_months=2))
    >>> judged.verdict
    'may be offered a screening trial for an external system'
    >>> [reason.words for reason in judge(Candidate(cancer=False, pain=7, oral_mg_per_day=90,
    ...                                             infection=True)).reasons]
    ['an infection of blood or of the place of the operation: not before it is cured']
    """
    spoke = [rule for rule in load_candidacy_rules() if rule.speaks_of(candidate)]
    order = get_args(Does)
    reasons = tuple(sorted(spoke, key=lambda rule: order.index(rule.does)))
    kinds = {rule.does for rule in spoke}
    if "excludes" in kinds:
        return Judgement("is no candidate now", "", reasons)
    if "treat-first" in kinds:
        return Judgement("is no candidate yet: something else comes first", "", reasons)
    offered = "external" if "system" in kinds else "pump"
    system = "an external system" if offered == "external" else "an implanted pump"
    return Judgement(f"may be offered a screening trial for {system}", offered, reasons)


def _sources() -> Mapping[str, str]:
    return dict(read_toml(_FILE)["sources"])


def _rule(entry: Mapping[str, Any], sources: Mapping[str, str]) -> CandidacyRule:
    values = dict(entry)
    if "is" in values:
        values["truth"] = values.pop("is")
    for bound in ("below", "above"):
        if bound in values:
            values[bound] = float(values[bound])
    answers = {one.name for one in fields(Candidate)}
    known = {one.name for one in fields(CandidacyRule)}
    if not {"answer", "does", "words", "source"} <= set(values) <= known:
        raise KnowledgeError(f"{_FILE.name}: a rule has the keys {', '.join(sorted(known))}")
    if values["answer"] not in answers or values["does"] not in get_args(Does):
        raise KnowledgeError(f"{_FILE.name}: unknown answer or effect in {values['words']!r}")
    if not {"truth", "below", "above"} & set(values):
        raise KnowledgeError(f"{_FILE.name}: {values['words']!r} says not when it speaks")
    values["source"] = sources[values["source"]]
    return CandidacyRule(**values)
