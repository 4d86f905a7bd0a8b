"""What a record of the log says to a nurse."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import WEEK_S, span_words, volume_words
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.denials import DENIAL_WORDS, Denial
from thecal.pump.implant.records import KINDS, digest_bytes
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.turn import EVENTS
from thecal.pump.implant.values import Account, Fault, Phase, Record

_ACCOUNTS: Final = (
    "the basal flow",
    "a patient bolus",
    "a scheduled bolus",
    "a clinician's bolus",
    "the bridge",
    "a prime",
)

SENTENCES: Final = MappingProxyType(
    {
        "opened": "The log begins; the reservoir holds {volume_nl}.",
        "rolled": "Records before number {kept_from} make room; their digest is {before}.",
        "records lost": "The store failed for so long that {count} records could not be kept.",
        "delivered": "{volume_nl} was delivered for {account}.",
        "reservoir filled": "{aspirated_nl} was drawn out, and {filled_nl} filled in on top of "
        "the {residual_nl} that cannot be drawn out.",
        "committed": "The program {program} took effect.",
        "refused": "{event} was refused: {refusal}.",
        "ignored": "{event} has no meaning now and was ignored.",
        "phase": "The pump, which was {was_phase}, is now {phase}.",
        "program": "Program number {count} began, with a bridge of {bridge_nl} at "
        "{bridge_nl_per_day}.",
        "bolus asked": "{account} of {volume_nl} over {duration_s} was asked for.",
        "bolus started": "{account}, number {number}, of {volume_nl} over {duration_s} began.",
        "bolus ended": "{account}, number {number}, of {volume_nl} is complete.",
        "bolus cancelled": "{account}, number {number}, of {volume_nl} ended early, after "
        "{given_nl}.",
        "bolus denied": "{account} of {volume_nl} was denied: {denial}.",
        "bolus lapsed": "{account} of {volume_nl} was asked for, but did not begin.",
        "scheduled bolus refused": "Scheduled bolus {which} of {volume_nl} was refused: {refusal}.",
        "boluses missed": "Scheduled bolus {which} of {volume_nl} was missed {count} times.",
        "bridge ended": "The bridge is complete.",
        "bridge abandoned": "The bridge was given up with {left_nl} still to come.",
        "prime started": "A prime of {volume_nl} at {flow_nl_per_day} began.",
        "prime ended": "The prime is complete.",
        "prime cancelled": "The prime was cancelled with {left_nl} still to come.",
        "refilled": "The reservoir holds {volume_nl} after a refill; {was_nl} was computed before.",
        "clock set": "The pump's clock was moved {clock}: the flow goes from "
        "{was_nl_per_day} to {flow_nl_per_day}, and the next 24 h change by {effect_nl}.",
        "fault": "A fault was found: {fault}.",
        "late": "The pump woke late: second {since} to {until} was lost.",
        "time lost": "Before a fault, second {since} to {until} was lost.",
        "power returned": "Power is back: second {since} to {until} was lost.",
        "low reservoir": "The reservoir is low: {volume_nl} by computation.",
        "reservoir empty": "The reservoir is empty: {volume_nl} by computation cannot be pumped.",
        "stopped": "The pump has been stopped for {stood_s}.",
        "stopped too long": "The pump has stood still for {stood_s} and may later give too much.",
        "permit refused": "The monitor did not let {count} strokes move: {denial}.",
        "monitor refused": "{event} was refused by the monitor: {denial}.",
        "staged": "The program {program} waits for its commit.",
        "stage expired": "The program {program} waited too long and was dropped.",
        "alarm raised": "Alarm: {cause}.",
        "alarm cleared": "The alarm is over: {cause}.",
        "alarm acknowledged": "The alarm was seen by a clinician: {cause}.",
        "alarms silenced": "The alarms were silenced for {silent_s}.",
        "session opened": "Session {number} began.",
        "session closed": "Session {number} ended.",
        "risk cleared": "The volumes of a refill agreed: the risk of over-infusion is over.",
        "stored again": "The store works again, after {failed_s}.",
        "memory mended": "A damaged copy in working memory was mended from the other one.",
        "started up": "The pump started up.",
        "stall": "The motor has not turned since second {onset}.",
        "stall recovered": "The motor, which stalled at second {onset}, turned again by {until}.",
        "line released": "The line behind an occlusion let go up to {volume_nl}.",
        "read-back differs": "The programmer read back another program than the one meant.",
        "log disputed": "The programmer misses records of this log, or finds them changed.",
        "authentication failed": "Failure {count} to authenticate in role {number}; wait {wait_s}.",
        "self-test failed": "Step {number} of the self-test failed.",
        "stage refused": "A program was refused when it was staged.",
    }
)

_EVENTS: Final = MappingProxyType(
    {
        "Woke": "A wake",
        "Committed": "A program",
        "StopOrdered": "A stop",
        "StartOrdered": "A start",
        "PrimeOrdered": "A prime",
        "BolusOrdered": "A clinician's bolus",
        "Pressed": "A patient bolus",
        "BolusAdmitted": "The monitor's yes",
        "BolusDenied": "The monitor's no",
        "Refilled": "A refill",
        "ClockSet": "A setting of the clock",
        "FaultFound": "A fault",
        "PowerReturned": "The return of power",
        "ServiceEnded": "The end of service",
    }
)


def words(record: Record) -> str:
    """Return a record as a sentence for a nurse.

    Raises
    ------
    InputError
        When its kind is unknown, or its values are not those of that kind.

    Examples
    --------
    >>> words(Record("bolus started", (1, 7, 5_000, 600)))
    'A patient bolus, number 7, of 0.005 mL over 10 min began.'
    """
    kind = KINDS.get(record.kind)
    if kind is None or len(record.values) != len(kind.fields):
        raise InputError(f"{record.kind!r} with {record.values} is no kind of record")
    said = dict(zip(kind.fields, record.values, strict=True))
    try:
        sentence = SENTENCES[record.kind].format(
            **{field: _said(field, value, record.values) for field, value in said.items()}
        )
    except (ValueError, IndexError) as refusal:
        raise InputError(f"{record.kind!r} cannot have the values {record.values}") from refusal
    return sentence[0].upper() + sentence[1:]


def _volume(value: int) -> str:
    return f"-{volume_words(-value)}" if value < 0 else volume_words(value)


def _moved(was_s: int, now_s: int) -> str:
    on_s = (now_s - was_s) % WEEK_S
    back_s = (was_s - now_s) % WEEK_S
    return f"on by {span_words(on_s)}" if on_s <= back_s else f"back by {span_words(back_s)}"


_BY_NAME: Final[MappingProxyType[str, Callable[[int], str]]] = MappingProxyType(
    {
        "account": lambda value: _ACCOUNTS[Account(value)],
        "event": lambda value: _EVENTS[EVENTS[value].__name__],
        "refusal": lambda value: REFUSAL_WORDS[Refusal(value)],
        "denial": lambda value: DENIAL_WORDS[Denial(value)],
        "fault": lambda value: Fault(value).name.lower().replace("_", " "),
        "cause": lambda value: tuple(Cause)[value].value,
        "phase": lambda value: Phase(value).name.lower(),
        "_nl_per_day": lambda value: f"{_volume(value)}/day",
        "_nl": _volume,
        "_s": span_words,
    }
)
"""By a field's name or its ending, the first that fits."""


def _said(field: str, value: int, values: tuple[int, ...]) -> str:
    if field in {"program", "before"}:
        start = 0 if field == "program" else 1
        return digest_bytes(values[start : start + 4])[:4].hex()
    if field == "clock":
        return _moved(*values[:2])
    for ending, say in _BY_NAME.items():
        if field.endswith(ending):
            return say(value)
    return str(value)
