"""From what a clinician types to an order, with the words in which it is asked once more."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from thecal.cli.pump.solution import dose as dose_words
from thecal.cli.pump.solution import label_of, solution_of
from thecal.cli.pump.tables import DAYS, clock, volume
from thecal.devices import load_catheter, load_pump
from thecal.devices.caps import load_caps
from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, span_words
from thecal.pump.telemetry import Command, Interrogation, Kind, programming
from thecal.quantity import FLOW, MASS, TIME, VOLUME, Quantity, parse

if TYPE_CHECKING:
    from pathlib import Path

    from thecal.cli.pump.home import Implanted
    from thecal.prescription.orders import Solution
    from thecal.pump import Program


class Proposal(NamedTuple):
    """An order, and what the operator reads before it is confirmed."""

    command: Command
    lines: list[str]


def prescribed(file: Path, number: int, implanted: Implanted, now_s: int) -> Command:
    """Return the order that programs a prescription of a course file.

    The prescription counts; pump and catheter are those that are implanted here, whatever the file
    names, and the prescription is checked against them.

    Parameters
    ----------
    number
        Which prescription, counted from 1; a bridge is taken over from the one before it.
    now_s
        The pump's counter, to which the boluses of the file are moved.

    Raises
    ------
    InputError
        When the file, the prescription or the drug's limits refuse it.
    """
    from thecal.prescription import read_course
    from thecal.therapy.guarding import limits
    from thecal.therapy.programming import nanolitres, program

    course = read_course(file)
    if course.implant is None or number > len(course.prescriptions):
        raise InputError(
            f"{file.name} has {len(course.prescriptions)} prescriptions for a pump, "
            f"so there is no number {number}"
        )
    pump, catheter = load_pump(implanted.profile), load_catheter(implanted.catheter)
    here = replace(
        course.implant,
        pump=pump,
        catheter=catheter,
        implanted_length_cm=Decimal(implanted.implanted_length_cm),
    )
    if pump != course.implant.pump:
        here = replace(here, fill=pump.reservoir_volume)
        course = replace(course, implant=here).validated()
    order = course.prescriptions[number - 1]
    before = course.prescriptions[number - 2] if number > 1 else None
    dead = pump.tubing_volume + catheter.implanted_volume(here.implanted_length_cm)
    meant = program(order, here, before, nanolitres(dead))
    return programming(
        shifted(meant, now_s - order.at_s),
        limits(order.solution, pump),
        label_of(order.solution),
    )


def shifted(program: Program, seconds: int) -> Program:
    """Return a program whose scheduled boluses come so many seconds later.

    A periodic bolus whose first time lies before the counter's second 0 begins with the first
    that does not; a single one that lies there is left out.
    """
    boluses = []
    for bolus in program.boluses:
        first_s = bolus.first_s + seconds
        if first_s < 0:
            if bolus.every_s is None:
                continue
            first_s %= bolus.every_s
        boluses.append(replace(bolus, first_s=first_s))
    return replace(program, boluses=tuple(boluses))


def single_bolus(dose: str, duration: str, found: Interrogation) -> Proposal:
    """Return the order of a clinician's bolus of the primary drug.

    Raises
    ------
    InputError
        When an amount cannot be read, or the pump knows no drug.
    """
    solution = _solution(found)
    mass = parse(dose, MASS)
    volume_nl = floor((mass / solution.primary_concentration).to("nL"))
    duration_s = ceil(parse(duration, TIME).to("s"))
    given = Quantity.of(volume_nl, "nL")
    return Proposal(
        Command(Kind.BOLUS, (volume_nl, duration_s)),
        [
            "Single bolus, now, on top of the basal flow:",
            f"  {dose_words(given, solution)} ({volume(volume_nl)}) in {span_words(duration_s)}",
            f"  basal flow now: {_flow_now(found)}",
        ],
    )


def stopping(found: Interrogation) -> Proposal:
    """Return the order to stop, with what a sudden stop may do."""
    lines = ["STOP: nothing is delivered from now on, no bolus either.", *_withdrawal(found)]
    lines.append("The pump alarms after 5 min, and again and again until it is started.")
    return Proposal(Command(Kind.STOP), lines)


def starting(found: Interrogation) -> Proposal:
    """Return the order to start."""
    lines = ["START: the program in force runs again.", f"  {found.program.mode}, {found.label}"]
    if found.status.over_infusion_risk:
        lines.append("It stood still for so long that it may give too much; check its volume.")
    return Proposal(Command(Kind.START), lines)


def priming(volume_typed: str, flow_typed: str, found: Interrogation) -> Proposal:
    """Return the order of a prime.

    Raises
    ------
    InputError
        When an amount cannot be read.
    """
    volume_nl = floor(parse(volume_typed, VOLUME).to("nL"))
    nl_per_day = floor(parse(flow_typed, FLOW).to("nL/day"))
    length_s = volume_nl * DAY_S // nl_per_day
    moved = dose_words(Quantity.of(volume_nl, "nL"), solution_of(found.label))
    return Proposal(
        Command(Kind.PRIME, (volume_nl, nl_per_day)),
        [
            f"PRIME: {volume(volume_nl)} at high flow, for {span_words(length_s)}.",
            f"  it holds {moved}: all of it reaches the patient unless tubing and catheter are",
            "  empty",
        ],
    )


def refilling(aspirated: str, filled: str, found: Interrogation) -> Proposal:
    """Return the order that tells the volumes of a refill, with what the pump had expected.

    Raises
    ------
    InputError
        When an amount cannot be read.
    """
    aspirated_nl = floor(parse(aspirated, VOLUME, zero_allowed=True).to("nL"))
    filled_nl = floor(parse(filled, VOLUME).to("nL"))
    return Proposal(
        Command(Kind.REFILL, (filled_nl, aspirated_nl)),
        [
            "REFILL, told to the pump:",
            f"  drawn out {volume(aspirated_nl)}, filled in {volume(filled_nl)} of {found.label}",
            f"  computed before, with what stays behind: {volume(found.status.reservoir_nl)}",
        ],
    )


def setting_clock(to: str, found: Interrogation) -> Proposal:
    """Return the order that sets the pump's day and time.

    Raises
    ------
    InputError
        When the day or the time is none.
    """
    status = found.status
    wanted_s = second_of_week(to)
    now_s = (status.now_s + status.week_offset_s) % WEEK_S
    return Proposal(
        Command(Kind.SET_CLOCK, ((wanted_s - status.now_s) % WEEK_S,)),
        [
            f"CLOCK: from {clock(now_s)} to {clock(wanted_s)}.",
            "  The steps of the day move with it; the counter that doses goes on.",
        ],
    )


def silencing(found: Interrogation) -> Proposal:
    """Return the order to silence what sounds."""
    active = [one.words for one in found.status.alarms if one.active]
    return Proposal(
        Command(Kind.SILENCE),
        ["SILENCE, for two minutes at most:", *(f"  {words}" for words in active or ["no alarm"])],
    )


def acknowledging(condition: str, found: Interrogation) -> Proposal:
    """Return the order that says that an alarm was seen.

    Raises
    ------
    InputError
        When no such alarm is listed.
    """
    listed = {one.name: one.words for one in found.status.alarms}
    if condition not in listed:
        raise InputError(
            f'no alarm "{condition}" is listed; listed are: {", ".join(listed) or "none"}'
        )
    return Proposal(
        Command(Kind.ACKNOWLEDGE, (), (condition.encode("ascii"),)),
        [f"SEEN: {listed[condition]}"],
    )


def second_of_week(text: str) -> int:
    """Return the second of the week of a day and a time.

    Raises
    ------
    InputError
        When it is not written as ``Tue 14:05``.

    Examples
    --------
    >>> second_of_week("Tue 14:05")
    137100
    """
    found = re.fullmatch(r"(\w{3}) ([01]\d|2[0-3]):([0-5]\d)", text)
    if found is None or found[1] not in DAYS:
        raise InputError(
            f'"{text}" is no day and time; write it as "Tue 14:05", from 00:00 to 23:59'
        )
    return DAYS.index(found[1]) * DAY_S + int(found[2]) * 3_600 + int(found[3]) * 60


def _solution(found: Interrogation) -> Solution:
    solution = solution_of(found.label) if found.in_force.parts[0] else None
    if solution is None:
        raise InputError("the pump knows no drug, so no dose can be ordered; program it first")
    return solution


def _flow_now(found: Interrogation) -> str:
    return dose_words(Quantity.of(found.status.nl_per_day, "nL/day"), solution_of(found.label))


def _withdrawal(found: Interrogation) -> list[str]:
    caps = load_caps()
    solution = solution_of(found.label) if found.in_force.parts[0] else None
    drugs = solution.concentrations if solution else ()
    risky = [drug for drug in drugs if drug in caps.drugs and caps.drugs[drug].withdrawal]
    if not risky:
        return []
    return [f"  Stopping {' and '.join(risky)} suddenly can harm or kill: have a plan."]
