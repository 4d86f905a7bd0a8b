"""Detection: what the sensors say, compared with what was commanded (PC-20, 26, 27, 28, H01, H08).

Pure; every threshold is handed in. Computed and measured volume are never merged: each has its own
alarm, and a third one says that they disagree. A sensor that says what cannot be is not believed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import check_whole
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.values import FAR, NEVER, Fault, Reading
from thecal.pump.implant.watch import Situation, Stretch, Watch

_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Detection:
    """The sensors that a pump has, and the thresholds of its alarms; 0 or 1 says no or yes.

    Parameters
    ----------
    has_turned, has_flow, has_fill, has_battery, has_pressure
        Which fields of a `Reading` this pump fills.
    sample_s
        The longest time between two readings of a sensor other than the stroke feedback.
    over_percent, under_percent, window_s, window_strokes
        A flow beyond these shares of the commanded one for so long, and for the time of so many
        strokes, is over- or under-infusion.
    bolus_over_s, bolus_under_s
        The same windows while a bolus runs.
    flow_error_nl
        By how much the flow sensor itself may be wrong in one window.
    free_flow_percent, free_flow_nl
        Between two readings more than this share of what was commanded plus this volume is free
        flow, at once.
    stall_strokes, stall_s
        So many strokes without motion, or one and so long, are a stall.
    occlusion_hpa, occlusion_s, stored_nl_per_hpa
        A pressure from here on for so long is an occlusion; what a hectopascal stores in the line.
    lowest_hpa, highest_hpa, lowest_mv, highest_mv
        Outside of these the sensor has failed.
    reservoir_nl, residual_nl, empty_nl
        The most that fits in, what cannot be pumped, and what is called empty above it.
    band_nl, fill_sigma_nl, band_s
        Computed and measured volume disagree when they are apart by more than the band and three
        sigma of the sensor for so long.
    """

    has_turned: int
    has_flow: int
    has_fill: int
    has_battery: int
    has_pressure: int
    sample_s: int
    over_percent: int
    under_percent: int
    window_s: int
    window_strokes: int
    bolus_over_s: int
    bolus_under_s: int
    flow_error_nl: int
    free_flow_percent: int
    free_flow_nl: int
    stall_strokes: int
    stall_s: int
    occlusion_hpa: int
    occlusion_s: int
    stored_nl_per_hpa: int
    lowest_hpa: int
    highest_hpa: int
    lowest_mv: int
    highest_mv: int
    reservoir_nl: int
    residual_nl: int
    empty_nl: int
    band_nl: int
    fill_sigma_nl: int
    band_s: int

    def __post_init__(self) -> None:
        for field in fields(self):
            least = -1_000_000 if field.name == "lowest_hpa" else 0
            check_whole(f"{field.name} of the detection", getattr(self, field.name), least=least)
        if not self.under_percent <= _ALL <= self.over_percent:
            raise InputError(
                f"under-infusion is below {self.under_percent} % and over-infusion above "
                f"{self.over_percent} %, but what was asked for is neither"
            )

    def cannot(self) -> tuple[str, ...]:
        """Return in plain words what a pump without some sensors can never notice (PC-20, H13)."""
        said = []
        if not self.has_flow:
            said.append("This pump has no flow sensor and cannot detect over-infusion of the pump.")
        if not self.has_fill:
            said.append("This pump has no fill sensor; its volume and its alarms are computed.")
        if not (self.has_turned or self.has_flow):
            said.append("This pump has no stroke feedback and cannot detect a stall.")
        if not self.has_pressure:
            said.append("This pump has no pressure sensor and cannot detect an occlusion.")
        return tuple(said)


_BY_MOTION = (Cause.FREE_FLOW, Cause.OVER_INFUSION, Cause.UNDER_INFUSION, Cause.STALL)
_BY_FILL = (Cause.EMPTY_MEASURED, Cause.LOW_MEASURED, Cause.RESERVOIR)
FAULT_OF = {
    Cause.FREE_FLOW: Fault.FREE_FLOW,
    Cause.OVER_INFUSION: Fault.OVER_INFUSION,
    Cause.UNDER_INFUSION: Fault.UNDER_INFUSION,
    Cause.STALL: Fault.STALL,
    Cause.OCCLUSION: Fault.OCCLUSION,
    Cause.RESERVOIR: Fault.RESERVOIR_DISAGREES,
}
"""What the controller is told; a failed sensor alone leaves a pump like one without it."""


def observe(
    watch: Watch, reading: Reading, now_s: int, situation: Situation, setting: Detection
) -> Watch:
    """Return the watch after a reading; `Watch.present` says which conditions are there.

    Parameters
    ----------
    watch
        What is remembered; a fresh `Watch` takes the first reading as its zero.
    reading
        What the sensors say now, after the strokes were pushed.
    now_s
        The pump's counter.
    situation
        What was commanded, and what the ledger says.
    setting
        The thresholds.
    """
    assert now_s >= watch.at_s, "a reading from the past"
    assert situation.strokes >= 0, "negative strokes"
    believed, failed = _believed(watch.last, reading, setting)
    if watch.at_s == NEVER:
        watch = watch._replace(last=believed, over=Stretch(now_s), under=Stretch(now_s))
        situation = situation._replace(strokes=0)
    last = watch.last
    present: list[Cause] = [Cause.SENSOR] if failed else []
    strokes = unseen = situation.strokes + watch.unseen
    motion = (watch.over, watch.under, watch.missed, watch.missed_s)
    moved_nl = _moved_nl(last, believed, situation.stroke_nl)
    # A blind sensor neither raises nor ends anything but its own alarm.
    if moved_nl is None:
        present += _still(_BY_MOTION, watch)
    else:
        unseen = 0
        motion = _motion(watch, moved_nl, strokes, now_s, situation, setting, present)
    pressed_s, highest_hpa = watch.pressed_s, watch.highest_hpa
    if believed.pressure_hpa is not None:
        pressed_s, highest_hpa = _pressed(watch, believed.pressure_hpa, now_s, setting)
        if pressed_s != NEVER and now_s - pressed_s >= setting.occlusion_s:
            present.append(Cause.OCCLUSION)
    elif Cause.OCCLUSION in watch.present:
        present.append(Cause.OCCLUSION)
    apart_s = watch.apart_s
    if believed.fill_nl is not None:
        apart_s = _level(watch, believed.fill_nl, now_s, situation, setting, present)
    else:
        present += _still(_BY_FILL, watch)
    return Watch(
        now_s,
        _kept(last, believed) if failed else believed,
        unseen if setting.has_flow or setting.has_turned else 0,
        *motion,
        pressed_s,
        highest_hpa,
        apart_s,
        tuple(present),
    )


def _still(causes: tuple[Cause, ...], watch: Watch) -> list[Cause]:
    """Return those of some conditions that were there at the last reading."""
    return [cause for cause in watch.present if cause in causes] if watch.present else []


def next_due_s(watch: Watch, setting: Detection) -> int:
    """Return when the sensors must be read next, strokes or not; `FAR` when they need not be."""
    sampled = setting.has_flow or setting.has_fill or setting.has_battery or setting.has_pressure
    due_s = watch.at_s + setting.sample_s if sampled else FAR
    if watch.missed and Cause.STALL not in watch.present:
        due_s = min(due_s, watch.missed_s + setting.stall_s)
    return due_s


def released_nl(watch: Watch, setting: Detection) -> int:
    """Return the volume in nL that the line has stored at the highest pressure (PC-26)."""
    return watch.highest_hpa * setting.stored_nl_per_hpa


def refilled(watch: Watch, reading: Reading) -> Watch:
    """Return the watch after a refill: the fill sensor may have risen by any amount."""
    return watch._replace(last=watch.last._replace(fill_nl=reading.fill_nl), apart_s=NEVER)


def is_apart(computed_nl: int, measured_nl: int, setting: Detection) -> bool:
    """Say whether two volumes of the reservoir differ by more than the band (PC-28)."""
    return abs(computed_nl - measured_nl) > max(setting.band_nl, 3 * setting.fill_sigma_nl)


def _kept(last: Reading, now: Reading) -> Reading:
    """Return the newest believable value of each sensor."""
    return Reading(*(was if one is None else one for was, one in zip(last, now, strict=True)))


def _believed(last: Reading, now: Reading, setting: Detection) -> tuple[Reading, bool]:
    """Return the reading without what cannot be, and whether a sensor has failed."""
    turned, flow, fill, mv, hpa = now
    margin_nl = 6 * setting.fill_sigma_nl
    most_nl = setting.reservoir_nl if last.fill_nl is None else last.fill_nl
    if not (setting.has_turned and turned is not None and (last.turned or 0) <= turned <= FAR):
        turned = None
    if not (setting.has_flow and flow is not None and (last.flow_nl or 0) <= flow <= FAR):
        flow = None
    if not (setting.has_fill and fill is not None and -margin_nl <= fill <= most_nl + margin_nl):
        fill = None
    lowest, highest = setting.lowest_mv, setting.highest_mv
    if not (setting.has_battery and mv is not None and lowest <= mv <= highest):
        mv = None
    lowest, highest = setting.lowest_hpa, setting.highest_hpa
    if not (setting.has_pressure and hpa is not None and lowest <= hpa <= highest):
        hpa = None
    believed = (turned, flow, fill, mv, hpa)
    sensors = setting.has_turned + setting.has_flow + setting.has_fill
    sensors += setting.has_battery + setting.has_pressure
    failed = believed.count(None) + sensors > len(believed)
    return now if believed == now else Reading(*believed), failed


def _moved_nl(last: Reading, now: Reading, stroke_nl: int) -> int | None:
    """Return what left the pump since the last reading, by the best sensor that there is."""
    if now.flow_nl is not None and last.flow_nl is not None:
        return now.flow_nl - last.flow_nl
    if now.turned is not None and last.turned is not None:
        return (now.turned - last.turned) * stroke_nl
    return None


def _motion(
    watch: Watch,
    moved_nl: int,
    strokes: int,
    now_s: int,
    situation: Situation,
    setting: Detection,
    present: list[Cause],
) -> tuple[Stretch, Stretch, int, int]:
    """Judge what moved; return the stretches that are over and under, and what was missed."""
    asked_nl = strokes * situation.stroke_nl
    if moved_nl * 100 > asked_nl * setting.free_flow_percent + setting.free_flow_nl * 100:
        present.append(Cause.FREE_FLOW)
    over = under = Stretch(now_s)
    least, most = asked_nl * setting.under_percent, asked_nl * setting.over_percent
    is_within = least <= moved_nl * 100 <= most
    if not is_within or watch.over.moved_nl or watch.under.asked_nl:
        times = (now_s, setting.window_strokes * situation.stroke_nl, setting.window_s)
        over = _stretched(watch.over, moved_nl, asked_nl, (setting.over_percent, 1), *times)
        under = _stretched(watch.under, moved_nl, asked_nl, (setting.under_percent, -1), *times)
    if over.start_s != now_s or under.start_s != now_s:
        _judge_flow(over, under, now_s, situation, setting, present)
    missed, missed_s = watch.missed, watch.missed_s
    if moved_nl:
        # Of two strokes since the last reading the later may be the first that is missed.
        made = (2 * moved_nl + situation.stroke_nl) // (2 * situation.stroke_nl)
        missed, missed_s = (1, now_s) if 0 < made == strokes - 1 else (0, NEVER)
    elif strokes:
        first_s = now_s if situation.since_s == NEVER else situation.since_s
        missed, missed_s = missed + strokes, first_s if missed_s == NEVER else missed_s
    if missed and (missed >= setting.stall_strokes or now_s - missed_s >= setting.stall_s):
        present.append(Cause.STALL)
    return over, under, missed, missed_s


def _stretched(
    was: Stretch,
    moved_nl: int,
    asked_nl: int,
    share: tuple[int, int],
    now_s: int,
    least_nl: int,
    window_s: int,
) -> Stretch:
    """Return a stretch that goes on, or a new one when it is over.

    It is over when all in all it is within the share again, or when the flow has been right for as
    long as it takes to call it wrong.
    """
    percent, sign = share
    is_bad = (moved_nl * 100 - asked_nl * percent) * sign > 0
    moved_nl, asked_nl, good_nl = was.moved_nl + moved_nl, was.asked_nl + asked_nl, asked_nl
    bad_s, good_nl = (now_s, 0) if is_bad else (was.bad_s, was.good_nl + good_nl)
    is_within = (moved_nl * 100 - asked_nl * percent) * sign <= 0
    if is_within or (good_nl >= least_nl and now_s - bad_s >= window_s):
        return Stretch(now_s)
    return Stretch(was.start_s, moved_nl, asked_nl, bad_s, good_nl)


def _judge_flow(
    over: Stretch,
    under: Stretch,
    now_s: int,
    situation: Situation,
    setting: Detection,
    present: list[Cause],
) -> None:
    """Say whether the flow was off for long enough; a stretch counts from its own beginning."""
    over_wait_s = under_wait_s = setting.window_s
    since_s = NEVER
    if situation.bolus_since_s != NEVER:
        over_wait_s, under_wait_s = setting.bolus_over_s, setting.bolus_under_s
        since_s = situation.bolus_since_s
    least_nl = setting.window_strokes * situation.stroke_nl
    error = setting.flow_error_nl * 100
    start_s, moved_nl, asked_nl, *_ = over
    excess = moved_nl * 100 - asked_nl * setting.over_percent
    if excess > error and now_s - max(start_s, since_s) >= over_wait_s and moved_nl >= least_nl:
        present.append(Cause.OVER_INFUSION)
    start_s, moved_nl, asked_nl, *_ = under
    lack = asked_nl * setting.under_percent - moved_nl * 100
    if lack > error and now_s - max(start_s, since_s) >= under_wait_s and asked_nl >= least_nl:
        present.append(Cause.UNDER_INFUSION)


def _pressed(watch: Watch, pressure_hpa: int, now_s: int, setting: Detection) -> tuple[int, int]:
    """Return since when the pressure is that of an occlusion, and its highest value."""
    if pressure_hpa < setting.occlusion_hpa:
        return NEVER, 0
    pressed_s = now_s if watch.pressed_s == NEVER else watch.pressed_s
    return pressed_s, max(watch.highest_hpa, pressure_hpa)


def _level(
    watch: Watch,
    fill_nl: int,
    now_s: int,
    situation: Situation,
    setting: Detection,
    present: list[Cause],
) -> int:
    """Judge the measured level; return since when it is too far from the computed one."""
    above_nl = fill_nl - setting.residual_nl
    if above_nl <= setting.empty_nl:
        present.append(Cause.EMPTY_MEASURED)
    # Once low, it stays low until the reading is clear of the noise.
    was_low = Cause.LOW_MEASURED in watch.present
    if above_nl <= situation.low_nl + (3 * setting.fill_sigma_nl if was_low else 0):
        present.append(Cause.LOW_MEASURED)
    if not is_apart(situation.reservoir_nl, fill_nl, setting):
        return NEVER
    apart_s = now_s if watch.apart_s == NEVER else watch.apart_s
    if now_s - apart_s >= setting.band_s:
        present.append(Cause.RESERVOIR)
    return apart_s
