"""Scenarios in which the pump moves something else than it believes, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import fault_named
from thecal.pump.implant.alarms import Cause
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

_ONLY: Final = 0
_HOUR_S: Final = 3_600
_LOOK_S: Final = 600
"""How often to look whether something has come about."""


def mri_stall(casts: Sequence[Cast]) -> Told:
    """Let a rotor stand in a magnet, and for hours after the scan."""
    cast = casts[0]
    numbers = cast.numbers
    stage = Stage(cast)
    stage.infuse("dose", _ONLY)
    stage.wait(numbers["scan_at"])
    began_s, before_mcg = stage.now_s, stage.tip_mcg()
    stage.did("The patient is scanned; the program was left running.")
    stage.world.plant.enter_field(began_s, began_s + numbers["scan"])
    stage.wait(numbers["watched"])
    turned_s = stage.truly_s("recovering, over")
    given = stage.tip_mcg() - before_mcg
    meant = meant_mcg(numbers["dose"], numbers["watched"])
    onset_s = next(one.values[0] for _, one in stage.entries() if one.kind == "stall")
    return Told(
        {
            "scan": span(numbers["scan"]),
            "stood": span(turned_s - began_s),
            "after_scan": span(turned_s - began_s - numbers["scan"]),
            "found_after": after(stage.alarm_s(Cause.STALL), began_s),
            "onset_error": span(abs(onset_s - began_s)),
            "recovery_told_after": after(stage.alarm_s(Cause.STALL_RECOVERED), turned_s),
            "between_strokes": span(_between_strokes_s(cast)),
            "given": mcg(given),
            "meant": mcg(meant),
            "missed": mcg(meant - given),
            "watched": span(numbers["watched"]),
            "alarms": stage.alarms(),
        },
        {"A scan and a late recovery": stage.scene()},
        stage.world.implant.status(stage.now_s).cannot,
    )


def _between_strokes_s(cast: Cast) -> int:
    return cast.kit.profile.hardware.stroke_nl * DAY_S // cast.flow("dose", _ONLY)


def valve_scan(casts: Sequence[Cast]) -> Told:
    """Scan a valve pump: full without the further valve, full with it, and emptied before."""
    facts: dict[str, Fact | str] = {}
    scenes = {}
    names = ("open", "valve", "emptied")
    plays = (*casts, casts[0])
    for name, cast in zip(names, plays, strict=True):
        numbers = cast.numbers
        stage = Stage(cast, reservoir_nl=numbers["held"])
        stage.infuse("dose", _ONLY)
        stage.wait(numbers["scan_at"])
        if name == "emptied":
            stage.install(constant(0), _ONLY)
            stage.prescribe(0)
            stage.refill(_ONLY, 0)
        before_nl, before_mcg = stage.tip_nl(), stage.tip_mcg()
        stage.did("The patient is scanned.")
        stage.world.plant.enter_field(stage.now_s, stage.now_s + numbers["scan"])
        stage.wait(numbers["scan"])
        stage.did("The scan is over.")
        escaped_nl, escaped_mcg = stage.tip_nl() - before_nl, stage.tip_mcg() - before_mcg
        status = stage.world.implant.status(stage.now_s)
        later_mcg = stage.tip_mcg()
        facts |= {
            f"{name}_escaped": nl(escaped_nl),
            f"{name}_dose": mcg(escaped_mcg),
            f"{name}_days": count(escaped_mcg / numbers["dose"]),
            f"{name}_computed": nl(status.reservoir_nl),
            f"{name}_true": nl(stage.world.plant.stock.volume_pl // 1_000),
            f"{name}_alarms": stage.alarms(),
        }
        stage.wait(DAY_S)
        facts[f"{name}_next_day"] = mcg(stage.tip_mcg() - later_mcg)
        scenes[_PLAYS[name]] = stage.scene()
    facts["dose"] = Fact(meant_mcg(casts[0].numbers["dose"], DAY_S), "mcg/day")
    facts["scan"] = span(casts[0].numbers["scan"])
    return Told(facts, scenes, _cannot(casts[0]))


_PLAYS: Final = {
    "open": "No flow-activated valve",
    "valve": "With a flow-activated valve",
    "emptied": "Emptied and set to no flow before",
}


def over_infusion(casts: Sequence[Cast]) -> Told:
    """Let every stroke move too much: the rotor runs dry, the pump with sensors finds it."""
    rotor, watched = casts
    numbers = rotor.numbers
    dry = _over_infusing(rotor)
    gain = dry.now_s, dry.tip_mcg()
    empty_s, empty_mcg = _run_dry(dry)
    computed_nl = dry.world.implant.status(dry.now_s).reservoir_nl
    quiet = dry.alarms()
    _until_alarm(dry, Cause.LOW_COMPUTED, numbers["longest"])
    low_s = dry.alarm_s(Cause.LOW_COMPUTED)
    without_mcg = dry.tip_mcg() - empty_mcg
    drawn_nl = dry.refill(_ONLY, numbers["filled"])
    found = _over_infusing(watched)
    found_gain = found.now_s, found.tip_mcg()
    _until_alarm(found, Cause.OVER_INFUSION, numbers["longest"])
    found_s = found.alarm_s(Cause.OVER_INFUSION)
    until_s = found.now_s - found_gain[0]
    extra = found.tip_mcg() - found_gain[1] - meant_mcg(numbers["dose"], until_s)
    meant = meant_mcg(numbers["dose"], empty_s - gain[0])
    hardware = rotor.kit.profile.hardware
    return Told(
        {
            "dry_after": span(empty_s - gain[0]),
            "given": mcg(empty_mcg - gain[1]),
            "meant": mcg(meant),
            "too_much": mcg(empty_mcg - gain[1] - meant),
            "alarms_when_dry": quiet,
            "computed_when_dry": nl(computed_nl - hardware.residual_nl),
            "low_alarm_after_dry": after(low_s, empty_s),
            "given_after_dry": mcg(without_mcg),
            "drawn": nl(drawn_nl),
            "alarms": dry.alarms(),
            "found_after": after(found_s, found_gain[0]),
            "found_extra": mcg(extra),
            "found_alarms": found.alarms(),
        },
        {"No sensor of flow": dry.scene(), "Sensors of flow and fill": found.scene()},
        _cannot(rotor),
    )


def _over_infusing(cast: Cast) -> Stage:
    residual_nl = cast.kit.profile.hardware.residual_nl
    stage = Stage(cast, reservoir_nl=residual_nl + cast.numbers["filled"])
    stage.infuse("dose", _ONLY)
    stage.wait(cast.numbers["clinic_hour"])
    fault_named("gain").apply(stage.world.plant, cast.numbers["excess"])
    return stage


def _run_dry(stage: Stage) -> tuple[int, Fraction]:
    """Let a pump run until less than half of the dose comes; return when, and what left the tip."""
    half = meant_mcg(stage.cast.numbers["dose"], _HOUR_S) / 2
    before = stage.tip_mcg()
    while True:
        stage.wait(_HOUR_S)
        now = stage.tip_mcg()
        if now - before < half:
            stage.happened("the reservoir is as good as empty: less than half of the dose flows")
            return stage.now_s, now
        before = now


def _until_alarm(stage: Stage, cause: Cause, longest_s: int) -> None:
    end_s = stage.now_s + longest_s
    while stage.now_s < end_s and not stage.lists(cause):
        stage.wait(_LOOK_S)


def pocket_refill(casts: Sequence[Cast]) -> Told:
    """Refill under the skin: one pump sees it at the next refill, the other by a sensor."""
    facts: dict[str, Fact | str] = {}
    scenes = {}
    for name, cast in zip(("blind", "seeing"), casts, strict=True):
        numbers = cast.numbers
        residual_nl = cast.kit.profile.hardware.residual_nl
        stage = Stage(cast, reservoir_nl=residual_nl + numbers["held"])
        stage.infuse("dose", _ONLY)
        stage.wait(numbers["clinic_hour"])
        fault_named("pocket fill").apply(stage.world.plant, numbers["astray"])
        stage.refill(_ONLY, numbers["filled"])
        began_s, before_mcg = stage.now_s, stage.tip_mcg()
        stage.wait(numbers["until_checked"])
        given = stage.tip_mcg() - before_mcg
        status = stage.world.implant.status(stage.now_s)
        found_s = stage.alarm_s(Cause.RESERVOIR, began_s)
        before_check = stage.alarms(began_s)
        drawn_nl = stage.refill(_ONLY, numbers["filled"])
        facts |= {
            f"{name}_given": mcg(given),
            f"{name}_meant": mcg(meant_mcg(numbers["dose"], numbers["until_checked"])),
            f"{name}_found_after": after(found_s, began_s),
            f"{name}_alarms": before_check,
            f"{name}_computed": nl(status.reservoir_nl - residual_nl),
            f"{name}_drawn": nl(drawn_nl),
            f"{name}_alarms_at_check": stage.alarms(stage.now_s),
        }
        scenes[_SEES[name]] = stage.scene()
    numbers = casts[0].numbers
    pocket_nl = next(e.volume_nl for e in stage.world.plant.events if e.kind == "pocket fill")
    facts["pocket"] = nl(pocket_nl)
    facts["pocket_dose"] = mcg(pocket_nl * casts[0].strengths[_ONLY])
    facts["pocket_days"] = count(pocket_nl * casts[0].strengths[_ONLY] / numbers["dose"])
    facts["checked_after"] = span(numbers["until_checked"])
    return Told(facts, scenes, _cannot(casts[0]))


_SEES: Final = {"blind": "No fill sensor", "seeing": "With a fill sensor"}


def _cannot(cast: Cast) -> tuple[str, ...]:
    return cast.kit.profile.detection.cannot()
