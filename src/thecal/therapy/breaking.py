"""A course with faults: the orders go to the real implant, and the patient gets what truly flows.

`thecal.pump.run` says what was ordered; the implant on its plant says what became of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from thecal import pump
from thecal.errors import InputError
from thecal.prescription.names import listed
from thecal.pump.hardware import WATER, Plant, PlantFault, ReferencePump, Rotor, ValvePump
from thecal.pump.hardware.faults import FAULTS
from thecal.pump.hardware.figures import WHOLE_PCM
from thecal.pump.implant.values import Account
from thecal.pump.implant.words import words
from thecal.pump.simulation.faults import GROUPS, MENU
from thecal.pump.simulation.ordered import Lived, Orders, Strike, lived
from thecal.pump.simulation.world import Beginning
from thecal.quantity import FLOW, TIME, VOLUME, Quantity, parse, show_number
from thecal.therapy.broken import Alarm, Broken, Struck, TipRate
from thecal.therapy.guarding import limits
from thecal.therapy.kits import kit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thecal.prescription import Course, Implant
    from thecal.prescription.faults import Fault
    from thecal.pump.simulation.fault import Fault as Listed
    from thecal.pump.simulation.kit import Kit
    from thecal.therapy.delivering import PumpCourse

_PL_PER_NL: Final = 1_000
_PL_PER_ML: Final = 10**9
_PER_PERCENT: Final = WHOLE_PCM // 100
_NUMBER: Final = r"-?\d{1,9}(?:\.\d{1,3})?"
_PLAIN: Final = {
    "parts per 100,000": ("%", _PER_PERCENT),
    "parts per 100,000 a day": ("%/day", _PER_PERCENT),
    "hPa": ("hPa", 1),
    "mV": ("mV", 1),
    "valves": ("valves", 1),
}
"""What a size counts: the unit in a course, and how many of the plant's own one of it is."""
_TYPED: Final = {"nL a day": (FLOW, "nL/day"), "nL": (VOLUME, "nL"), "s": (TIME, "s")}
_MECHANISMS: Final[Mapping[str, type[Plant]]] = {
    "rotor": Rotor,
    "two valves": ValvePump,
    "reference": ReferencePump,
}
_PUMPS: Final = {
    Plant: "all",
    Rotor: "rotor",
    ValvePump: "two valves",
    ReferencePump: "reference",
}
_CANNOT: Final = {
    "link": "a course gives its orders at the pump itself, without a link that could fail",
}
"""The groups that a course cannot hold, and why."""
_NEAR: Final = 5
_ALIKE: Final = 0.75
_TELLING: Final = 4
"""Letters of the shortest word that tells faults apart."""
_HEAD: Final = (
    "# Faults\n\n"
    "Simulation - not for patient care.\n\n"
    f"What can go wrong with a pump: {len(MENU)} classes, for `[[fault]]` in a "
    "[course file](course-file.md), for `thecal pump soak` and for tests. The size is how much; "
    "where a class has one and a course gives none, the one shown is taken. `until` is for those "
    "that may end; all others pass by themselves, by chance from a fixed seed, or stay. The last "
    "column names the mechanism of the pumps that can have it. This page is made by "
    "`thecal.therapy.breaking.page`."
)
_UNTOLD: Final = frozenset(
    {"opened", "delivered", "rolled", "bolus asked", "bolus ended", "ignored", "refused"}
    | {"staged", "committed", "refilled"}
)
"""Records that would only lengthen the log of a course; what is refused is told otherwise."""
_OF_BOLUSES: Final = frozenset({"bolus started", "bolus denied"})
"""Of a patient's bolus the answer to the press tells it."""
_KINDS: Final[Mapping[str, pump.LogKind]] = {
    "program": "program",
    "reservoir filled": "refill",
    "bridge ended": "bridge ended",
    "bridge abandoned": "bridge abandoned",
    "scheduled bolus refused": "scheduled bolus refused",
    "bolus started": "scheduled bolus started",
    "bolus denied": "scheduled bolus refused",
    "bolus cancelled": "bolus cancelled",
    "low reservoir": "low reservoir",
    "reservoir empty": "reservoir empty",
}
_SAID_AGAIN: Final = "stopped"


def broken(course: Course, implant: Implant, ordered: PumpCourse) -> PumpCourse:
    """Return what a pump gives in a course while the course's faults strike it.

    Parameters
    ----------
    ordered
        The same course without them.

    Raises
    ------
    InputError
        When there is no such fault, this pump cannot have it, or not so; when a drug has no hard
        limits on record; when the pump refuses its first program.
    """
    strikes = [
        _strike(fault, implant, f"fault[{index}]") for index, fault in enumerate(course.faults)
    ]
    told = ordered.plan
    kit = _exact(kit_of(implant.pump, implant.catheter, implant.implanted_length_cm))
    orders = Orders(
        told.events,
        tuple(limits(solution, implant.pump) for solution in told.solutions),
        tuple(told.solutions.index(order.solution) for order in course.prescriptions),
        Beginning(
            told.start_nl,
            0 if implant.primed else WATER,
            course.week_offset_s,
            is_recorded=True,
        ),
        course.length_s,
    )
    found = lived(kit, orders, strikes)
    strengths = [
        {drug: strength.to("mcg/mL") for drug, strength in solution.concentrations.items()}
        for solution in told.solutions
    ]
    delivery = replace(
        ordered.delivery,
        log=tuple(_log(found)),
        reservoir=tuple((one.at_s, one.computed_nl) for one in found.volumes),
    )
    last = found.volumes[-1]
    suffered = Broken(
        faults=tuple(map(_struck, course.faults, strikes, found.struck)),
        alarms=_alarms(kit, found),
        left_nl=sum(found.tip[-1].content.values()) // _PL_PER_NL,
        ordered=ordered.tip,
        computed_nl=last.computed_nl,
        true_nl=last.true_nl,
        reservoir=tuple((one.at_s, one.true_nl) for one in found.volumes),
        astray_mcg={
            place.name.lower(): _masses(dict(enumerate(volumes)), strengths)
            for place, volumes in found.astray.items()
            if any(volumes)
        },
        cannot=kit.profile.detection.cannot(),
    )
    return replace(ordered, delivery=delivery, tip=tuple(_rates(found, strengths)), broken=suffered)


def page() -> str:
    """Return the page on all faults as Markdown."""
    blocks = [_HEAD]
    for group in GROUPS:
        blocks.append(f"## {group.capitalize()}")
        rows = ["| name | what happens | size, as the usual one | may end | pumps |"]
        rows.append("|---|---|---|---|---|")
        for one in MENU:
            if one.group == group:
                own = _own(one.name)
                size = f'`"{size_words(own, own.usual)}"`' if own and own.size else ""
                ends = "yes" if own and own.ends else ""
                pumps = listed([_PUMPS[kind] for kind in one.plants])
                said = own.words if own else one.words
                rows.append(f"| `{one.name}` | {said} | {size} | {ends} | {pumps} |")
        blocks.append("\n".join(rows))
        if group in _CANNOT:
            blocks.append(f"Not in a course: {_CANNOT[group]}.")
    return "\n\n".join(blocks) + "\n"


def _exact(kit: Kit) -> Kit:
    """Return a pump that moves exactly what it counts: only its faults shall be seen."""
    figures = replace(kit.plant.pump, gain_pcm=WHOLE_PCM, drift_pcm_per_year=0)
    return kit._replace(plant=replace(kit.plant, pump=figures))


def _strike(fault: Fault, implant: Implant, field: str) -> Strike:
    listed_one = _listed(fault.name, field)
    mechanism = implant.pump.mechanism
    if not issubclass(_MECHANISMS[mechanism], listed_one.plants):
        can = listed([_PUMPS[one] for one in listed_one.plants])
        raise InputError(
            f'the pump "{implant.pump.id}", whose mechanism is "{mechanism}", cannot have the '
            f'fault "{fault.name}", which is one of the mechanism {can}',
            field=f"{field}.name",
        )
    if listed_one.group in _CANNOT:
        raise InputError(
            f'a course cannot hold the fault "{fault.name}": {_CANNOT[listed_one.group]}; '
            "thecal pump soak plays it",
            field=f"{field}.name",
        )
    own = _own(fault.name)
    if fault.until_s is not None and (own is None or not own.ends):
        raise InputError(
            f'the fault "{fault.name}" passes by itself or stays for good; leave until out',
            field=f"{field}.until",
        )
    return Strike(listed_one, fault.at_s, fault.until_s, _size(fault, own, f"{field}.size"))


def _listed(name: str, field: str) -> Listed:
    for one in MENU:
        if one.name == name:
            return one
    names = [one.name for one in MENU]
    known = {word for one in names for word in one.split() if len(word) >= _TELLING}
    alike = {
        near
        for word in name.lower().split()
        for near in get_close_matches(word, known, n=2, cutoff=_ALIKE)
    }
    near = [one for one in names if alike & set(one.split())]
    near += get_close_matches(name.lower(), names, n=_NEAR)
    said = [f'"{one}"' for one in dict.fromkeys(near)][:_NEAR]
    found = f"near it {'is' if len(said) == 1 else 'are'} {listed(said)}; " if said else ""
    raise InputError(
        f'there is no fault "{name}"; {found}docs/faults.md lists all {len(MENU)}',
        field=f"{field}.name",
    )


def _own(name: str) -> PlantFault | None:
    return next((one for one in FAULTS if one.name == name), None)


def _size(fault: Fault, own: PlantFault | None, field: str) -> int:
    if not fault.size:
        return 0
    if own is None or not own.size:
        raise InputError(f'the fault "{fault.name}" has no size; leave it out', field=field)
    usual = size_words(own, own.usual)
    try:
        size = _counted(fault.size, own.size)
    except InputError as refusal:
        raise InputError(refusal.sentence, field=field) from refusal
    if not size:
        raise InputError(
            f'"{fault.size}" is no size of the fault "{fault.name}"; write it as "{usual}"',
            field=field,
        )
    return size


def _counted(text: str, counts: str) -> int:
    """Return a size in whole numbers of what a fault counts; 0 when it is none."""
    if counts in _TYPED:
        dimension, unit = _TYPED[counts]
        number = parse(text, dimension).to(unit)
    else:
        unit, each = _PLAIN[counts]
        found = re.fullmatch(rf"({_NUMBER}) {unit}", text, re.ASCII)
        number = Fraction(found[1]) * each if found else Fraction(0)
    return int(number) if number.denominator == 1 else 0


def size_words(own: PlantFault, size: int) -> str:
    """Return the size of a fault as a course file writes it.

    Examples
    --------
    >>> from thecal.pump.hardware import fault_named
    >>> size_words(fault_named("gain"), 20_000), size_words(fault_named("scan"), 2_700)
    ('20 %', '45 min')
    """
    if own.size in _TYPED:
        return Quantity.of(size, _TYPED[own.size][1]).show()
    unit, each = _PLAIN[own.size]
    return f"{show_number(Fraction(size, each), decimals=3)} {unit}"


def _struck(fault: Fault, strike: Strike, has_struck: bool) -> Struck:  # noqa: FBT001 - from map
    own = _own(fault.name)
    size = size_words(own, strike.size or own.usual) if own and own.size else ""
    said = own.words if own else strike.fault.words
    return Struck(fault.name, said, size, fault.at_s, fault.until_s, has_struck)


def _rates(found: Lived, strengths: list[dict[str, Fraction]]) -> Iterator[TipRate]:
    for before, after in pairwise(found.tip):
        volumes: dict[int, Fraction] = {}
        for fluid, volume_pl in after.content.items():
            more_pl = volume_pl - before.content.get(fluid, 0)
            for solution, share in found.recipes[fluid].items():
                if more_pl and solution >= 0:
                    volumes[solution] = volumes.get(solution, Fraction(0)) + more_pl * share
        yield TipRate(before.at_s, after.at_s, _masses(volumes, strengths))


def _masses(
    volumes_pl: Mapping[int, Fraction], strengths: list[dict[str, Fraction]]
) -> dict[str, Fraction]:
    """Return the mcg of each drug in volumes of the solutions, exact."""
    mcg: dict[str, Fraction] = {}
    for solution, volume_pl in volumes_pl.items():
        for drug, mcg_per_ml in strengths[solution].items():
            mcg[drug] = mcg.get(drug, Fraction(0)) + volume_pl * mcg_per_ml / _PL_PER_ML
    return mcg


def _alarms(kit: Kit, found: Lived) -> tuple[Alarm, ...]:
    conditions = {one.code: one for one in kit.profile.alarms.conditions}
    heard: dict[str, Alarm] = {}
    for at_s, critical, codes in found.heard:
        for code in codes:
            known = heard.get(code) or Alarm(
                conditions[code].name, conditions[code].words, critical, at_s, at_s, 0
            )
            heard[code] = replace(known, last_s=at_s, times=known.times + 1)
    return tuple(heard.values())


def _log(found: Lived) -> Iterator[pump.LogEntry]:
    """Return what the pump wrote down and what it said to the patient, in order."""
    lines = list(_answers(found))
    untold = set(_UNTOLD)
    for entry in found.entries:
        record = entry.record
        is_scheduled = record.values[:1] == (Account.SCHEDULED_BOLUS,)
        if record.kind in untold or (record.kind in _OF_BOLUSES and not is_scheduled):
            continue
        if record.kind == _SAID_AGAIN:
            untold.add(record.kind)
        kind: pump.LogKind = _KINDS.get(record.kind, "event")
        lines.append(pump.LogEntry(entry.now_s, kind, words(record)))
    return iter(sorted(lines, key=lambda one: one.at_s))


def _answers(found: Lived) -> Iterator[pump.LogEntry]:
    for at_s, event, reply in found.answered:
        if isinstance(event, pump.Pressed):
            granted = reply is not None and reply.accepted
            why = "there was no power" if reply is None else reply.reason
            yield pump.LogEntry(
                at_s,
                "patient bolus granted" if granted else "patient bolus refused",
                "Patient bolus granted." if granted else f"Patient bolus refused: {why}.",
            )
        elif reply is None or not reply.accepted:
            what = "program" if isinstance(event, pump.Programmed) else "refill"
            why = "there was no power" if reply is None else reply.reason
            yield pump.LogEntry(at_s, "event", f"The {what} was refused: {why}.")
