"""The named scenarios: their words and figures from data, their numbers from a run.

Nothing is typed that can be counted: each sentence of a scenario has its numbers filled in from
what the real implant and its plant did. Simulation - not for patient care.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from thecal.devices import load_catheter, load_pump
from thecal.devices.shelf import exact_number_of, number_of
from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import load_document
from thecal.knowledge.loading import read_toml
from thecal.prescription import Solution
from thecal.pump.amounts import span_words
from thecal.pump.hardware import CatheterFigures, read_kind
from thecal.pump.hardware.figures import WHOLE_PCM, RotorFigures
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.scenarios import ACTS
from thecal.pump.simulation.scenarios_stage import Cast
from thecal.quantity import CONCENTRATION, Quantity, parse
from thecal.quantity.printing import show_number
from thecal.therapy.guarding import limits
from thecal.therapy.implanting import implant_profile
from thecal.therapy.programming import nanolitres

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from thecal.knowledge import Figure, Table
    from thecal.pump.simulation.scenarios_stage import Fact, Moment, Told

PARTS: Final = {
    "done": "What was done",
    "knew": "What the pump knew, and when",
    "left": "What truly left the tip",
    "got": "What the patient got, against what was meant",
    "helped": "What would have helped",
}
"""The sections of an explanation, by their keys in the data."""
_HEAD: Final = (
    "# Scenarios\n\n"
    "Simulation - not for patient care.\n\n"
    "Real events, played on thecal's implant, as in service, and on a model of its hardware. Every "
    "number of a run is counted, none is typed; the figures that a run is given stand with their "
    "sources in `src/thecal/therapy/data/scenarios`. Each pump here moves exactly what it counts, "
    "so that the scenario's own error is the only one. `thecal pump scenario NAME` adds the "
    "timeline, `--json` every number. For a lesson, `thecal pump scenario NAME --report FILE.html` "
    "writes one page with the course in pictures, and `thecal pump scenario --all --report "
    "FILE.html` a page with all of them. This page is made by `thecal.therapy.rehearsing.page`."
)
_KEYS: Final = (
    *("id", "name", "headline", "lesson", "harm", "hazards", "checks"),
    *("pumps", "catheter", "solutions", "event", "words"),
)
_LENGTH: Final = "implanted_length"
_LOW: Final = "low_reservoir"
_UNITS: Final = ("nL", "s", "mcg", "mcg/day", "nL/day", "1")
_PCM_PER_PERCENT: Final = 1_000
_NEAR: Final = 3
_ALIKE: Final = 0.5
"""How alike a name must be to be offered; below the usual 0.6, because half of a name is typed."""
_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_FROM_MG: Final = 5_000
"""From so many mcg on a mass is told in mg."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What a wrong dose of a drug can do, in words, with its source and confidence."""

    words: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Check:
    """What thecal does about it: the id of a requirement, and what that one asks for."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario as it stands in its file.

    Parameters
    ----------
    id, name, lesson
        How it is called, what happened in a sentence, and what it teaches.
    headline
        What the patient got, with names of facts in braces.
    harms
        What that can do.
    hazards, checks
        The hazards of `requirements/hazards.yaml`, and the requirements that answer them.
    pumps, catheter
        Their ids; the first pump is the one of the real event.
    solutions
        What fills tubing and catheter at first, then the others; None is water.
    event, source
        The real event, and where it is told.
    words
        The sentences of each part, with names of facts in braces.
    figures
        Every number that the run is given.
    """

    id: str
    name: str
    lesson: str
    headline: str
    harms: tuple[Harm, ...]
    hazards: tuple[str, ...]
    checks: tuple[Check, ...]
    pumps: tuple[str, ...]
    catheter: str
    solutions: tuple[Solution | None, ...]
    event: str
    source: str
    words: dict[str, tuple[str, ...]]
    figures: Table[Figure]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A scenario that was run.

    Parameters
    ----------
    scenario
        Which.
    told
        What came of it.
    headline
        What the patient got, filled in.
    parts
        The sentences of each part, filled in.
    """

    scenario: Scenario
    told: Told
    headline: str
    parts: dict[str, tuple[str, ...]]

    @property
    def timelines(self) -> dict[str, tuple[Moment, ...]]:
        """What happened on each pump, in order."""
        return dict(self.told.timelines)


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios.

    Examples
    --------
    >>> "forgotten-bridge-down" in scenario_names()
    True
    """
    return tuple(ACTS)


def load_scenario(name: str) -> Scenario:
    """Return a scenario from its data file.

    Raises
    ------
    InputError
        When there is none of that name; the sentence lists those near it, or else all.
    KnowledgeError
        When its file is incomplete or wrong.

    Examples
    --------
    >>> load_scenario("mri-stall").name
    'A rotor pump stood still in a scanner, and for hours afterwards'
    """
    if name not in ACTS:
        near = get_close_matches(name, ACTS, n=_NEAR, cutoff=_ALIKE)
        said = f"near it {'is' if len(near) == 1 else 'are'}" if near else "there are"
        raise InputError(f'there is no scenario "{name}"; {said} {", ".join(near or ACTS)}')
    return _read(resources.files("thecal.therapy") / "data" / "scenarios" / f"{name}.toml")


def rehearse(name: str) -> Rehearsal:
    """Run a scenario and explain it with the numbers of the run; the same each time.

    Raises
    ------
    InputError
        When there is none of that name.
    KnowledgeError
        When its file names a number that the run does not have, or a figure is not on record.
    """
    scenario = load_scenario(name)
    told = ACTS[name]([cast(scenario, pump) for pump in scenario.pumps])
    shown = {key: show(fact) for key, fact in told.facts.items()}
    try:
        headline = scenario.headline.format_map(shown)
        parts = {
            part: tuple(sentence.format_map(shown) for sentence in scenario.words[part])
            for part in PARTS
        }
    except KeyError as unknown:
        raise KnowledgeError(f"{name}: the run has no number {unknown}") from unknown
    return Rehearsal(scenario, told, headline, parts)


def page() -> str:
    """Return the page on all scenarios as Markdown, with the numbers of their runs."""
    blocks = [_HEAD]
    for name in ACTS:
        found = rehearse(name)
        blocks.append(f"## {name}\n\n{found.scenario.name}.")
        for part, title in PARTS.items():
            blocks.append(f"*{title}.* {' '.join(found.parts[part])}")
        if found.told.cannot:
            blocks.append(f"*What this pump can never notice.* {' '.join(found.told.cannot)}")
        blocks.append(f"*The lesson.* {found.scenario.lesson}")
        blocks.append(f"*The real event.* {found.scenario.event} Source: {found.scenario.source}.")
    return "\n\n".join(blocks) + "\n"


def cast(scenario: Scenario, pump_id: str) -> Cast:
    """Return what a scenario is played with on one of its pumps.

    The pump is one that moves exactly what it counts, and whose rotor takes long to turn again
    after a scan: the scenario's own error shall be the only one.
    """
    profile, catheter = load_pump(pump_id), load_catheter(scenario.catheter)
    length_cm = number_of(scenario.figures, _LENGTH, "cm", scenario.id)
    catheter_nl = nanolitres(catheter.implanted_volume(length_cm))
    lying = CatheterFigures.read(catheter.exact_number, catheter_nl)
    kind = read_kind(profile.mechanism, profile.exact_number)
    exact = replace(kind.pump, gain_pcm=WHOLE_PCM, drift_pcm_per_year=0)
    own = kind.own
    if isinstance(own, RotorFigures):
        own = replace(own, late_pcm=WHOLE_PCM)
    kit = Kit(
        pump_id,
        implant_profile(profile, lying),
        replace(kind, pump=exact, own=own),
        lying,
        int(profile.exact_number("lowest_rate", "nL/day")),
        int(profile.exact_number("minimum_rate_mode", "nL/day")),
    )
    drugs = [one for one in scenario.solutions if one is not None]
    guarded = [limits(one or drugs[0], profile) for one in scenario.solutions]
    numbers = _numbers(scenario)
    if _LOW in numbers:
        guarded = [replace(one, low_reservoir_nl=numbers[_LOW]) for one in guarded]
    return Cast(kit, tuple(map(_strength, scenario.solutions)), tuple(guarded), numbers)


def show(fact: Fact | str) -> str:
    """Return a number of a run for people.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from thecal.pump.simulation.scenarios_stage import Fact
    >>> show(Fact(Fraction(310_500), "nL")), show(Fact(Fraction(36_000), "mcg"))
    ('0.3105 mL', '36 mg')
    """
    if isinstance(fact, str):
        return fact
    amount, unit = fact
    match unit:
        case "s":
            seconds = round(amount)
            to_the = _MINUTE_S if seconds >= _HOUR_S else 1
            return span_words(round(Fraction(seconds, to_the)) * to_the)
        case "1":
            return show_number(amount, decimals=2)
        case "nL":
            return Quantity.of(amount, unit).show("mL", decimals=4)
        case _:
            in_mg = abs(amount) >= _FROM_MG
            return Quantity.of(amount, unit).show(
                unit.replace("mcg", "mg") if in_mg else unit, decimals=2
            )


def _numbers(scenario: Scenario) -> dict[str, int]:
    """Return the figures of a scenario in whole numbers of the units that a run counts in."""
    numbers = {}
    for name, figure in scenario.figures.items():
        if name == _LENGTH:
            continue
        numbers[name] = _whole(scenario, name, figure.unit)
    return numbers


def _whole(scenario: Scenario, name: str, stored: str) -> int:
    figures, owner = scenario.figures, scenario.id
    if stored == "percent":
        number = exact_number_of(figures, name, stored, "value", owner) * _PCM_PER_PERCENT
    else:
        number = _converted(figures, name, owner)
    if number.denominator != 1:
        raise KnowledgeError(f'{owner}: the figure "{name}" is no whole number of its unit')
    return int(number)


def _converted(figures: Table[Figure], name: str, owner: str) -> Fraction:
    for unit in _UNITS:
        try:
            return exact_number_of(figures, name, unit, "value", owner)
        except KnowledgeError:
            continue
    raise KnowledgeError(f'{owner}: the figure "{name}" is in no unit that a run counts in')


def _strength(solution: Solution | None) -> Fraction:
    if solution is None:
        return Fraction(0)
    return (solution.primary_concentration * Quantity.of(1, "nL")).to("mcg")


def _read(file: Traversable) -> Scenario:
    document, figures = load_document(file, other_keys=_KEYS)
    missing = [key for key in _KEYS if key not in document]
    if missing or document["words"].keys() != PARTS.keys():
        raise KnowledgeError(
            f"{file.name}: must have the keys {', '.join(_KEYS)}, and the parts {', '.join(PARTS)}"
        )
    solutions = tuple(_solution(row) for row in document["solutions"])
    return Scenario(
        id=document["id"],
        name=document["name"],
        lesson=document["lesson"],
        headline=document["headline"],
        harms=_harms(next(one for one in solutions if one).primary, document["harm"]),
        hazards=tuple(document["hazards"]),
        checks=tuple(Check(row["id"], row["words"]) for row in document["checks"]),
        pumps=tuple(document["pumps"]),
        catheter=document["catheter"],
        solutions=solutions,
        event=document["event"]["words"],
        source=_source(file, document["event"]["source"]),
        words={part: tuple(document["words"][part]) for part in PARTS},
        figures=figures,
    )


def _harms(drug: str, which: list[str]) -> tuple[Harm, ...]:
    known = read_toml(resources.files("thecal.therapy") / "data" / "dose_harm.toml")
    rows = [known[drug][one] for one in which]
    return tuple(
        Harm(row["words"], known["sources"][row["source"]], row["confidence"]) for row in rows
    )


def _solution(row: dict[str, Any]) -> Solution | None:
    if not row:
        return None
    return Solution({drug: parse(strength, CONCENTRATION) for drug, strength in row.items()})


def _source(file: Traversable, name: str) -> str:
    return str(read_toml(file)["sources"][name])
