"""Scenarios in which the pump is in order and what it is told, or told last, is not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Final

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.values import Account, Record, Reply
from thecal.pump.program import Bridge, PatientBolus, Program, WeekStep
from thecal.pump.simulation.links import programming
from thecal.pump.simulation.scenarios_stage import (
    Cast,
    Fact,
    Stage,
    Told,
    after,
    constant,
    count,
    mcg,
    meant_mcg,
    nl,
    span,
)
from thecal.pump.simulation.world import World

_HOUR_S: Final = 3_600
_WORKING_DAYS: Final = 5
_OLD: Final = 0
_NEW: Final = 1


def unfinished_update(casts: Sequence[Cast]) -> Told:
    """Send a new program and never confirm it; on a second pump, stop delivery for it first."""
    cast = casts[0]
    numbers = cast.numbers
    found = []
    for is_stopped in (False, True):
        stage = Stage(cast)
        stage.infuse("dose", _OLD)
        stage.wait(numbers["clinic_hour"])
        began_s, before_mcg = stage.now_s, stage.tip_mcg()
        if is_stopped:
            stage.did("The pump is stopped for the update, as some real pumps stop themselves.")
            stage.world.ask("stop", lambda implant, now_s: implant.stop(now_s))
        stage.did("A new program is sent; the session ends before it is confirmed.")
        new = programming(constant(cast.flow("new_dose", _OLD)), cast.limits[_OLD])
        stage.world.radio.prepare(new)
        stage.wait(numbers["until_found"])
        stage.did("Somebody looks at the pump.")
        found.append((stage, began_s, stage.tip_mcg() - before_mcg))
    (kept, began_s, given), (stopped, _, stopped_given) = found
    meant = meant_mcg(numbers["dose"], numbers["until_found"])
    stops = Cause.STOPPED_BY_USER
    return Told(
        {
            "waited": span(numbers["until_found"]),
            "given": mcg(given),
            "meant": mcg(meant),
            "alarm_after": after(kept.alarm_s(Cause.UPDATE_UNFINISHED), began_s),
            "alarms": kept.alarms(),
            "stopped_given": mcg(stopped_given),
            "stopped_missed": mcg(meant - stopped_given),
            "stopped_alarm_after": after(stopped.alarm_s(stops), began_s),
            "stopped_alarms": stopped.alarms(),
            "stopped_sounds": count(len(stopped.world.sounds)),
        },
        {"The pump goes on": kept.scene(), "A pump that was stopped": stopped.scene()},
    )


def forgotten_bridge(casts: Sequence[Cast]) -> Told:
    """Change the concentration without a bridge; on a second pump, with it (F6)."""
    cast = casts[0]
    numbers = cast.numbers
    forgotten, began_s, arrived_s, given = _changed(cast, None)
    old = Bridge(cast.dead_nl, cast.flow("dose", _OLD))
    bridged, bridge_s, bridge_end_s, bridge_given = _changed(cast, old)
    length_s = arrived_s - began_s
    meant = meant_mcg(numbers["dose"], length_s)
    bridge_meant = meant_mcg(numbers["dose"], bridge_end_s - bridge_s)
    return Told(
        {
            "dead_volume": nl(cast.dead_nl),
            "length": span(length_s),
            "given": mcg(given),
            "meant": mcg(meant),
            "apart": mcg(abs(given - meant)),
            "times": count(given / meant),
            "percent": count(given * 100 / meant),
            "a_day": Fact(given * DAY_S / length_s, "mcg/day"),
            "dose": Fact(meant_mcg(numbers["dose"], DAY_S), "mcg/day"),
            "alarms": forgotten.alarms(),
            "bridge_length": span(bridge_end_s - bridge_s),
            "bridge_given": mcg(bridge_given),
            "bridge_meant": mcg(bridge_meant),
        },
        {"Without the bridge": forgotten.scene(), "With the bridge": bridged.scene()},
        forgotten.world.implant.status(forgotten.now_s).cannot,
    )


def _changed(cast: Cast, bridge: Bridge | None) -> tuple[Stage, int, int, Fraction]:
    """Change the solution; return when, when the new one came out, and what left until then."""
    numbers = cast.numbers
    stage = Stage(cast)
    stage.infuse("dose", _OLD)
    stage.wait(numbers["clinic_hour"])
    stage.refill(_NEW, numbers["filled"])
    flow = cast.flow("dose", _NEW)
    stage.install(Program("simple continuous", (WeekStep(0, flow),), bridge=bridge), _NEW)
    began_s, before_mcg = stage.now_s, stage.tip_mcg()
    arrived: list[tuple[int, Fraction]] = []

    def look(_: World) -> None:
        # To the second: the stroke that brings the first of the new solution.
        if not arrived and stage.has_arrived(_NEW):
            arrived.append((stage.now_s, stage.tip_mcg(_OLD)))
            stage.happened("the new solution reaches the tip")

    stage.world.watchers.append(look)
    while not arrived:
        stage.wait(_HOUR_S)
    return stage, began_s, arrived[0][0], arrived[0][1] - before_mcg


def wrong_tubing(casts: Sequence[Cast]) -> Told:
    """Prime a new pump with the old constant of its tubing, and another with the true one."""
    cast = casts[0]
    numbers = cast.numbers
    hardware = cast.kit.profile.hardware
    catheter_nl = cast.kit.catheter.catheter_nl
    found = []
    for tubing_nl in (numbers["believed_tubing"], hardware.tubing_nl):
        stage = Stage(cast, reservoir_nl=hardware.residual_nl)
        stage.refill(_NEW, numbers["filled"])
        stage.install(constant(0), _NEW)
        stage.prescribe(0)
        stage.did("The pump is connected; tubing and catheter hold water.")
        prime_nl = tubing_nl + catheter_nl
        reply = stage.world.ask("prime", partial(_prime, prime_nl, numbers["fast_prime"]))
        refused = "" if reply is None else reply.reason
        stage.did(f"A fast prime is refused: {refused}." if refused else "A fast prime is taken.")
        reply = stage.world.ask("prime", partial(_prime, prime_nl, numbers["prime"]))
        assert reply is not None
        assert reply.accepted, reply.reason
        stage.wait(-(-prime_nl * DAY_S // numbers["prime"]) + 1)
        found.append((stage, prime_nl, stage.tip_mcg(), refused))
    (wrong, wrong_nl, past, refused), (right, right_nl, right_past, _) = found
    return Told(
        {
            "believed_tubing": nl(numbers["believed_tubing"]),
            "true_tubing": nl(hardware.tubing_nl),
            "prime": nl(wrong_nl),
            "right_prime": nl(right_nl),
            "too_much": nl(wrong_nl - right_nl),
            "past_tip": mcg(past),
            "right_past_tip": mcg(right_past),
            "refused": refused,
            "alarms": wrong.alarms(),
        },
        {"The old constant": wrong.scene(), "The true volume": right.scene()},
        wrong.world.implant.status(wrong.now_s).cannot,
    )


def clock_change(casts: Sequence[Cast]) -> Told:
    """Put a pump's clock on by some hours while a flex week runs; leave a second one alone."""
    cast = casts[0]
    numbers = cast.numbers
    night, day = cast.flow("night_dose", _OLD), cast.flow("day_dose", _OLD)
    steps = [WeekStep(0, night)]
    for start_s in range(0, _WORKING_DAYS * DAY_S, DAY_S):
        steps.append(WeekStep(start_s + numbers["day_from"], day))
        steps.append(WeekStep(start_s + numbers["day_until"], night))
    flex = Program("flex", tuple(steps))
    found = []
    for moves in (True, False):
        stage = Stage(cast)
        stage.install(flex, _OLD)
        for step in flex.steps:
            stage.prescribe(step.nl_per_day * cast.strengths[_OLD], step.start_s)
        stage.wait(numbers["moved_at"])
        before_mcg = stage.tip_mcg()
        if moves:
            stage.did("The patient has flown east; the nurse moves the pump's clock.")
            stage.world.ask(
                "clock", lambda implant, now_s: implant.set_clock(numbers["moved_by"], now_s)
            )
        jump_mcg = stage.tip_mcg() - before_mcg
        stage.wait(DAY_S)
        found.append((stage, stage.tip_mcg() - before_mcg, jump_mcg))
    (moved, given, jump), (kept, kept_given, _) = found
    record = _first(moved, "clock set")
    return Told(
        {
            "moved_by": span(numbers["moved_by"]),
            "told": mcg(record.values[4] * cast.strengths[_OLD]),
            "given": mcg(given),
            "kept_given": mcg(kept_given),
            "apart": mcg(given - kept_given),
            "at_once": mcg(jump),
            "stroke": mcg(cast.kit.profile.hardware.stroke_nl * cast.strengths[_OLD]),
            "alarms": moved.alarms(),
        },
        {"The clock is moved": moved.scene(), "The clock is left alone": kept.scene()},
    )


def double_bolus(casts: Sequence[Cast]) -> Told:
    """Let the patient press, the power fail in the midst of the bolus, the patient press on."""
    cast = casts[0]
    numbers = cast.numbers
    stage = Stage(cast)
    bolus_nl = cast.flow("bolus", _OLD)
    flow = cast.flow("dose", _OLD)
    bolus = PatientBolus(bolus_nl, numbers["duration"], numbers["lockout"], numbers["most_in_24_h"])
    program = Program("simple continuous", (WeekStep(0, flow),), patient_bolus=bolus)
    stage.install(program, _OLD)
    stage.prescribe(numbers["dose"])
    stage.wait(numbers["first_press"])
    began_s, before_nl = stage.now_s, stage.world.watched.strokes
    bolus_mcg = bolus_nl * cast.strengths[_OLD]
    stage.prescribe(numbers["dose"] + bolus_mcg * DAY_S / numbers["duration"])
    stage.prescribe(numbers["dose"], began_s + numbers["duration"])
    _press(stage)
    stage.wait(numbers["duration"] // 2)
    stage.did("The power fails, and comes back.")
    stage.world.cut_power(0)
    presses = 1
    refused = ""
    while stage.now_s < began_s + numbers["presses_for"]:
        refused = _press(stage) or refused
        presses += 1
        stage.wait(numbers["between_presses"])
    stroke_nl = cast.kit.profile.hardware.stroke_nl
    moved_nl = (stage.world.watched.strokes - before_nl) * stroke_nl
    basal_nl = flow * (stage.now_s - began_s) // DAY_S
    granted = [one for _, one in stage.entries() if one.kind == "bolus started"]
    given = [
        one.values[1]
        for _, one in stage.entries(began_s)
        if one.kind == "delivered" and one.values[0] == Account.PATIENT_BOLUS
    ]
    return Told(
        {
            "presses": count(presses),
            "granted": count(len(granted)),
            "bolus": nl(bolus_nl),
            "bolus_dose": mcg(bolus_nl * cast.strengths[_OLD]),
            "beyond_basal": nl(max(0, moved_nl - basal_nl)),
            "given": nl(sum(given)),
            "given_dose": mcg(sum(given) * cast.strengths[_OLD]),
            "as_many_boluses": mcg(presses * bolus_nl * cast.strengths[_OLD]),
            "lockout": span(numbers["lockout"]),
            "refused": refused,
            "alarms": stage.alarms(),
        },
        {"Presses and a power cut": stage.scene()},
    )


def _press(stage: Stage) -> str:
    reply = stage.world.ask("press", lambda implant, now_s: implant.press(now_s))
    reason = "" if reply is None else reply.reason
    stage.did(f"The patient presses: refused, {reason}." if reason else "The patient presses.")
    return reason


def silent_stop(casts: Sequence[Cast]) -> Told:
    """Stop a pump for a procedure, and let nobody start it again."""
    cast = casts[0]
    numbers = cast.numbers
    stage = Stage(cast, reservoir_nl=numbers["held"])
    stage.infuse("dose", _OLD)
    stage.wait(numbers["clinic_hour"])
    began_s, before_mcg = stage.now_s, stage.tip_mcg()
    stage.did("The pump is stopped for a procedure.")
    stage.world.ask("stop", lambda implant, now_s: implant.stop(now_s))
    stage.wait(numbers["until_found"])
    given = stage.tip_mcg() - before_mcg
    sounds = len(stage.world.sounds)
    risk_before = stage.world.implant.status(stage.now_s).over_infusion_risk
    stage.did("The pump is found and started.")
    stage.world.ask("start", lambda implant, now_s: implant.start(now_s))
    risk_after = stage.world.implant.status(stage.now_s).over_infusion_risk
    stage.wait(_HOUR_S)
    stage.refill(_OLD, numbers["filled"])
    return Told(
        {
            "stood": span(numbers["until_found"]),
            "given": mcg(given),
            "missed": mcg(meant_mcg(numbers["dose"], numbers["until_found"]) - given),
            "first_alarm_after": after(stage.alarm_s(Cause.STOPPED_BY_USER), began_s),
            "long_alarm_after": after(stage.alarm_s(Cause.STOPPED_LONG), began_s),
            "sounds": count(sounds),
            "risk": _whether(risk_before),
            "risk_after_start": _whether(risk_after),
            "risk_after_refill": _whether(
                stage.world.implant.status(stage.now_s).over_infusion_risk
            ),
            "alarms": stage.alarms(),
        },
        {"Stopped and forgotten": stage.scene()},
    )


def _whether(flag: int) -> str:
    return "yes" if flag else "no"


def _first(stage: Stage, kind: str) -> Record:
    return next(record for _, record in stage.entries() if record.kind == kind)


def _prime(volume_nl: int, nl_per_day: int, implant: Implant, now_s: int) -> Reply:
    return implant.prime(volume_nl, nl_per_day, now_s)
