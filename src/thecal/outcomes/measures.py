"""The measures that a study may ask for, by name; each gives one number of an arm at a visit.

Shares and changes are in percent, as papers print them; a fall is a negative change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, get_args

from thecal.errors import InputError
from thecal.outcomes import arms, persons
from thecal.outcomes.records import DEATH, Array, Records

Kind = Literal["mean", "share", "survival", "arm"]
PerPerson = Callable[[Records, int], Array]
OfArm = Callable[[Records, int], float]

_WHOLE: Final = 100.0
_GRADES: Final = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: what it is called, and how it is had from records.

    Attributes
    ----------
    name
        As a study names it.
    words
        What people read.
    unit
        Of the number; empty for a pure number.
    needs
        The fields of `Records` that it uses.
    kind
        ``mean`` and ``share`` are of people and are compared person by person; ``survival`` is by
        Kaplan-Meier and compared by times; ``arm`` is one number of the whole arm.
    of_arm
        Gives the number of an arm on a day; NaN where nobody is evaluable.
    per_person
        Gives what a test between two arms compares: one number a person, NaN for those not
        evaluable, 1 or 0 for yes or no; ``None`` where there is no such thing.
    event
        The event whose times a test between two arms compares; empty where that is none.
    """

    name: str
    words: str
    unit: str
    needs: tuple[str, ...]
    kind: Kind
    of_arm: OfArm
    per_person: PerPerson | None = None
    event: str = ""

    def of(self, records: Records, day: int) -> float:
        """Return the measure of an arm on a day; NaN where nobody is evaluable.

        Raises
        ------
        InputError
            When nobody was seen or followed on that day, or what it needs is not recorded.
        """
        return self.of_arm(records, day)


@dataclass(frozen=True, slots=True)
class _Family:
    """Measures of one form; what stands after its colons is handed to ``make`` as words."""

    form: str
    make: Callable[..., Measure]


def find_measure(name: str) -> Measure:
    """Return a measure by its name, as ``pain_mean`` or ``grade_share:nausea:2``.

    Raises
    ------
    InputError
        When there is none of that name; the sentence lists what there is.

    Examples
    --------
    >>> find_measure("grade_share:nausea:2").words
    'nausea of grade 2 or more'
    """
    head, *rest = name.split(":")
    family = _FAMILIES.get(head)
    if family is None:
        raise InputError(f'there is no measure "{name}"; there are {", ".join(measure_forms())}')
    most = family.form.count(":")
    least = most - family.form.count("[")
    if not least <= len(rest) <= most or not all(rest):
        raise InputError(f'"{name}" is no measure; it is written {family.form}')
    return family.make(name, *rest)


def measure_forms() -> tuple[str, ...]:
    """Return how every measure is written: in capitals what is to be filled in, in [] if wanted."""
    return tuple(family.form for family in _FAMILIES.values())


def _mean_of(per_person: PerPerson, records: Records, day: int) -> float:
    return arms.average(per_person(records, day))


def _median_of(per_person: PerPerson, records: Records, day: int) -> float:
    return arms.middle(per_person(records, day))


def _share_of(per_person: PerPerson, records: Records, day: int) -> float:
    return _WHOLE * arms.average(per_person(records, day))


def _percent_of(before: PerPerson, now: PerPerson, records: Records, day: int) -> float:
    return arms.percent_of_means(before(records, day), now(records, day))


def _known(made: Measure) -> _Family:
    return _Family(made.name, lambda _: made)


def _mean(name: str, words: str, unit: str, needs: str, per_person: PerPerson) -> Measure:
    of_arm = partial(_mean_of, per_person)
    return Measure(name, words, unit, tuple(needs.split()), "mean", of_arm, per_person)


def _median(name: str, words: str, unit: str, needs: str, per_person: PerPerson) -> Measure:
    of_arm = partial(_median_of, per_person)
    return Measure(name, words, unit, tuple(needs.split()), "arm", of_arm, per_person)


def _share(name: str, words: str, needs: str, per_person: PerPerson) -> Measure:
    of_arm = partial(_share_of, per_person)
    return Measure(name, words, "%", tuple(needs.split()), "share", of_arm, per_person)


def _responders(percent: float) -> Measure:
    words = f"pain lower by {percent:g} % or more"
    found = partial(persons.pain_lower, percent=percent)
    return _share(f"responders_{percent:g}", words, "pain", found)


def _grade_share(name: str, item: str, grade: str) -> Measure:
    if grade not in _GRADES:
        raise InputError(f'the grade "{grade}" of {name} must be 1, 2, 3 or 4')
    found = partial(persons.grade_from, item=item, grade=float(grade))
    return _share(name, f"{item} of grade {grade} or more", "grades", found)


def _grade_mean(name: str, item: str) -> Measure:
    return _mean(name, f"grade of {item}", "points", "grades", partial(persons.grade_of, item=item))


def _event_free(name: str, event: str) -> Measure:
    return Measure(
        name,
        f"free of {event}",
        "%",
        ("events", "death_day", "end_day"),
        "survival",
        partial(arms.event_free, event=event),
        event=event,
    )


def _event_risk(name: str, event: str) -> Measure:
    return Measure(
        name,
        f"{event} until then, by Kaplan-Meier",
        "%",
        ("events", "death_day", "end_day"),
        "survival",
        partial(arms.event_risk, event=event),
        event=event,
    )


def _event_share(name: str, event: str) -> Measure:
    found = partial(persons.had_event, event=event)
    return _share(name, f"{event} until then", "events", found)


def _median_time(name: str, event: str, unit: str = "days") -> Measure:
    if unit not in arms.DAYS_IN:
        raise InputError(f'the unit "{unit}" of {name} must be {", ".join(arms.DAYS_IN)}')
    return Measure(
        name,
        f"median time to {event}",
        unit,
        ("events", "death_day", "end_day"),
        "survival",
        partial(arms.median_time, event=event, unit=unit),
        event=event,
    )


def _dose_mean(name: str, dosed: str) -> Measure:
    for known in get_args(arms.Dosed):
        if dosed == known:
            found = partial(arms.dose, dosed=known)
            words = "intrathecal dose" if known == "intrathecal" else "systemic opioid"
            return _mean(name, words, arms.DOSE_UNITS[known], arms.DOSE_FIELDS[known], found)
    raise InputError(f'the dose "{dosed}" of {name} must be {" or ".join(get_args(arms.Dosed))}')


def _dose_growth(name: str, since: str = "") -> Measure:
    if since and not since.isdecimal():
        raise InputError(f'the day "{since}" of {name} must be a whole number of days')
    return Measure(
        name,
        f"growth of the intrathecal dose{f' from day {since} on' if since else ''}",
        "%/year",
        ("intrathecal_mcg_per_day",),
        "arm",
        partial(arms.dose_growth, since=int(since) if since else None),
    )


def _trait_mean(name: str, trait: str) -> Measure:
    found = partial(persons.trait, name=trait)
    return _mean(name, trait, "", "traits", found)


_CHANGE_OF_MEANS: Final = Measure(
    "pain_change_percent_of_means",
    "change of the mean pain",
    "%",
    ("pain",),
    "arm",
    partial(_percent_of, persons.baseline_pain, persons.pain),
    persons.pain_change,
)
_TOXICITY_OF_MEANS: Final = Measure(
    "toxicity_change_percent_of_means",
    "change of the mean toxicity sum",
    "%",
    ("grades",),
    "arm",
    partial(_percent_of, persons.baseline_toxicity, persons.toxicity),
    persons.toxicity_change,
)
_ALIVE: Final = Measure("alive", "alive", "%", ("death_day",), "survival", arms.alive, event=DEATH)
_EVALUABLE: Final = Measure(
    "evaluable", "people evaluable", "people", ("pain",), "arm", arms.evaluable
)

_NAMED: Final = (
    _mean("pain_mean", "pain", "points", "pain", persons.pain),
    _median("pain_median", "median pain", "points", "pain", persons.pain),
    _mean("worst_pain_mean", "worst pain", "points", "worst_pain", persons.worst_pain),
    _mean("pain_change", "change of pain", "points", "pain", persons.pain_change),
    _mean("eq5d_change", "change of EQ-5D by pain alone", "utility", "pain", persons.eq5d_change),
    _median("pain_change_median", "median change of pain", "points", "pain", persons.pain_change),
    _median(
        "last_pain_change_median",
        "median change of the pain told last",
        "points",
        "pain",
        persons.last_pain_change,
    ),
    _mean(
        "pain_change_mean_percent",
        "mean of each person's change of pain",
        "%",
        "pain",
        persons.pain_change_percent,
    ),
    _CHANGE_OF_MEANS,
    _responders(20),
    _responders(30),
    _responders(50),
    _share("important_pain_fall", "important fall of pain for the baseline", "pain", persons.felt),
    _share("mild_pain", "mild pain", "pain", persons.mild),
    _mean("toxicity_mean", "sum of toxicity grades", "points", "grades", persons.toxicity),
    _mean(
        "toxicity_change", "change of the toxicity sum", "points", "grades", persons.toxicity_change
    ),
    _TOXICITY_OF_MEANS,
    _share("success", "clinical success", "pain grades", persons.success),
    _share("both", "pain and toxicity both lower", "pain grades", persons.both),
    _ALIVE,
    _EVALUABLE,
    _share("evaluable_share", "evaluable of all", "pain", persons.is_evaluable),
    _share("stopped_systemic", "without systemic opioid", "oral_mg_per_day", arms.stopped_systemic),
    Measure(
        "systemic_change_percent_of_means",
        "change of the mean systemic opioid",
        "%",
        ("oral_mg_per_day",),
        "arm",
        arms.oral_change_percent,
        arms.oral_change,
    ),
)

_FAMILIES: Final[Mapping[str, _Family]] = {
    one.form.partition(":")[0].rstrip("["): one
    for one in (
        *(_known(made) for made in _NAMED),
        _Family("grade_share:ITEM:GRADE", _grade_share),
        _Family("grade_mean:ITEM", _grade_mean),
        _Family("event_free:EVENT", _event_free),
        _Family("event_risk:EVENT", _event_risk),
        _Family("event_share:EVENT", _event_share),
        _Family("median_time:EVENT[:days|months|years]", _median_time),
        _Family("dose_mean:intrathecal|oral", _dose_mean),
        _Family("dose_growth_percent_per_year[:FROM]", _dose_growth),
        _Family("trait_mean:TRAIT", _trait_mean),
    )
}
