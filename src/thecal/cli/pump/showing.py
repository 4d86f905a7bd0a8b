"""What a pump says, in lines for a tired reader and as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thecal.cli.pump.solution import dose, solution_of
from thecal.cli.pump.tables import clock, rows, volume
from thecal.pump.amounts import span_words
from thecal.pump.implant.values import FAR, Account, Phase
from thecal.pump.implant.words import words
from thecal.pump.telemetry.commands import Kind
from thecal.quantity import Quantity

if TYPE_CHECKING:
    from thecal.cli.pump.home import Implanted
    from thecal.pump.implant.records import Entry
    from thecal.pump.telemetry import Emergency, Interrogation, Order, Status

LABEL = 24
PHASES = {
    Phase.UNPROGRAMMED: "not programmed: nothing is delivered",
    Phase.STOPPED: "STOPPED: nothing is delivered",
    Phase.RUNNING: "running its program",
    Phase.BRIDGING: "running a bridge: the old solution is pushed out first",
    Phase.PRIMING: "priming",
    Phase.HOLDING: "FAULT: the basal flow goes on, no bolus",
    Phase.MINIMUM: "FAULT: minimum rate only",
    Phase.HALTED: "FAULT: nothing is delivered",
    Phase.EMPTY: "EMPTY: nothing is delivered",
    Phase.ENDED: "END OF SERVICE: nothing is delivered",
}
BOLUSES = {
    Account.PATIENT_BOLUS: "patient bolus",
    Account.SCHEDULED_BOLUS: "scheduled bolus",
    Account.CLINICIAN_BOLUS: "single bolus",
}


def status_lines(implanted: Implanted, found: Interrogation) -> list[str]:
    """Return all that an interrogation found."""
    status = found.status
    lines = [
        f"Pump {implanted.serial} ({implanted.profile}), patient {implanted.patient}",
        "",
        _row("state", PHASES[Phase(status.phase)]),
        _row("flow now", _flow(status, found.label)),
        *_on_top(status, found.label),
        _row("pump's clock", clock(status.now_s + status.week_offset_s)),
        *_reservoir(status),
        *_alarms(status),
        "",
        "Program in force",
    ]
    lines += [_row(name, value) for name, value in rows(found)]
    if status.cannot:
        lines += ["", *status.cannot]
    return lines


def as_object(implanted: Implanted, found: Interrogation) -> dict[str, Any]:
    """Return the same for a program to read; volumes in nL, times in s of the pump's counter."""
    status = found.status._asdict()
    status["digest"] = found.status.digest.hex()
    status["alarms"] = [one._asdict() for one in found.status.alarms]
    status["phase"] = Phase(found.status.phase).name.lower()
    return {
        "serial": implanted.serial,
        "profile": implanted.profile,
        "patient": implanted.patient,
        "status": status,
        "label": found.label,
        "program": dict(rows(found)),
    }


def emergency_lines(found: Emergency) -> list[str]:
    """Return what anyone beside the pump may know."""
    flow = dose(Quantity.of(found.nl_per_day, "nL/day"), solution_of(found.label))
    return [
        _row("in the pump", found.label),
        _row("state", PHASES[Phase(found.phase)]),
        _row("flow now", flow),
    ]


def log_lines(entries: tuple[Entry, ...], last: int) -> list[str]:
    """Return the last records of a log in sentences."""
    lines = [
        f"{entry.number:>7}  {clock(entry.now_s + entry.week_offset_s)}  {words(entry.record)}"
        for entry in entries[-last:]
    ]
    return [*lines, "", f"{len(entries)} records, each checked: the chain is whole."]


def log_object(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return a log for a program to read."""
    return {
        "verified": True,
        "records": [
            {
                "number": entry.number,
                "second": entry.now_s,
                "kind": entry.record.kind,
                "values": list(entry.record.values),
                "words": words(entry.record),
            }
            for entry in entries
        ],
    }


def order_words(order: Order) -> str:
    """Return what was ordered, in words.

    Examples
    --------
    >>> from thecal.pump.implant.chain import EMPTY
    >>> from thecal.pump.telemetry import Command, Order, Progress
    >>> order_words(Order(Command(Kind.BOLUS, (20_000, 600)), Progress.WAITING, EMPTY))
    'single bolus of 0.02 mL in 10 min'
    """
    kind, numbers, _ = order.command
    match kind:
        case Kind.BOLUS:
            return f"single bolus of {volume(numbers[0])} in {span_words(numbers[1])}"
        case Kind.PRIME:
            return f"prime of {volume(numbers[0])}"
        case Kind.REFILL:
            return f"refill with {volume(numbers[0])}"
        case _:
            return kind.name.lower().replace("_", " ")


def _row(name: str, value: str) -> str:
    return f"  {name:<{LABEL - 2}}{value}"


def _flow(status: Status, label: str) -> str:
    flow = Quantity.of(status.nl_per_day, "nL/day")
    solution = solution_of(label) if status.commits else None
    if solution is None:
        return flow.show()
    return f"{dose(flow, solution)} ({flow.show('mL/day', decimals=6)})"


def _on_top(status: Status, label: str) -> list[str]:
    lines = []
    if status.bolus:
        left = dose(Quantity.of(status.bolus_left_nl, "nL"), solution_of(label))
        lines.append(_row(BOLUSES[Account(status.bolus)], f"{left} still to come"))
    if status.special_left_nl:
        lines.append(_row("bridge or prime", f"{volume(status.special_left_nl)} still to come"))
    return lines


def _reservoir(status: Status) -> list[str]:
    lines = [_row("reservoir, computed", volume(status.reservoir_nl))]
    if status.measured_nl >= 0:
        measured = Quantity.of(status.measured_nl, "nL").show("mL", decimals=1)
        lines.append(_row("reservoir, measured", measured))
    if status.empty_s < FAR:
        left_s = status.empty_s - status.now_s
        lines.append(_row("empty in", span_words(left_s - left_s % 3_600) or "less than 1 h"))
    if status.over_infusion_risk:
        lines.append(_row("risk", "stood still for over 48 h: may give too much"))
    if status.replacement_due:
        lines.append(_row("battery", "REPLACE THE PUMP"))
    return lines


def _alarms(status: Status) -> list[str]:
    if not status.alarms:
        return [_row("alarms", "none")]
    lines = ["", "Alarms, the most urgent first"]
    for one in status.alarms:
        state = "active" if one.active else "over"
        seen = ", seen" if one.acknowledged else ""
        lines.append(_row(f"{one.code} {state}{seen}", f"{one.words} [{one.name}]"))
    return lines
