"""What the pump does for itself: reading its sensors, and every hour checking all it relies on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from thecal.pump.implant import detection
from thecal.pump.implant.alarms import Cause, Priority
from thecal.pump.implant.battery import READINGS, estimate, mean_mv
from thecal.pump.implant.codec import digest, encode_limits, encode_program
from thecal.pump.implant.detection import FAULT_OF, observe, released_nl
from thecal.pump.implant.selftest import code_digest, failed_steps
from thecal.pump.implant.turn import LONG_STOP_S
from thecal.pump.implant.values import (
    FAR,
    NEVER,
    Clear,
    Fault,
    FaultFound,
    Flag,
    Phase,
    Raise,
    Record,
    ServiceEnded,
    Setting,
    StartOrdered,
)
from thecal.pump.implant.watch import Situation, Watch
from thecal.pump.implant.works import Works

HOUR_S: Final = 3_600


class Care:
    """Watches over one pump.

    Parameters
    ----------
    works
        The pump.
    own_clock
        The second clock.
    now_s
        The counter.
    """

    def __init__(self, works: Works, own_clock: Callable[[], int], now_s: int) -> None:
        self._works = works
        self._own_clock = own_clock
        self._code = code_digest()
        self._hour_s = now_s + HOUR_S
        self.watch = Watch()
        self._sample_s = works.profile.detection.sample_s
        self._is_calm = False
        self._sensors_s = FAR
        """When the sensors must be read next, strokes or not."""
        self._voltages: tuple[int, ...] = ()

    def next_due_s(self) -> int:
        """Return when the sensors or the hour are due next."""
        return min(self._sensors_s, self._hour_s)

    def attend(self, now_s: int) -> None:
        """Do what is due; clocks are compared after each stroke, sensors read after two at most.

        A counter that runs too fast would give an hour's drug in half of one before the hour is
        over (PC-12).
        """
        if self._works.unread:
            self._compare_clocks(now_s)
        if now_s >= self._sensors_s or (self._works.unread and not self._may_wait(now_s)):
            self.sense(now_s)
        elif self._works.unread:
            self._sensors_s = min(self._sensors_s, self.watch.at_s + self._sample_s)
        if now_s >= self._hour_s:
            self._hour_s = now_s + HOUR_S
            self.check(now_s)

    def _may_wait(self, now_s: int) -> bool:
        """Return whether the sensors may wait for one stroke more.

        While nothing is amiss and only the basal flows, every second stroke is looked at, where
        two come within the time that may pass between two readings anyway.
        """
        works, watch = self._works, self.watch
        state = works.latest
        return (
            self._is_calm
            and works.unread == 1
            and 2 * (now_s - watch.at_s) <= self._sample_s
            and not (state.bolus or state.special_nl_per_day)
        )

    # -- sensors ---------------------------------------------------------------------------------

    def sense(self, now_s: int) -> None:
        """Read the sensors and act on what they say."""
        works, was = self._works, self.watch
        profile = works.profile
        state = works.latest
        reading = works.plant.read(now_s)
        situation = Situation(
            works.unread,
            profile.hardware.stroke_nl,
            state.bolus_start_s if state.bolus else NEVER,
            state.reservoir_nl,
            works.setting.limits.low_reservoir_nl,
            works.unread_s,
        )
        works.unread = 0
        self._watch(observe(was, reading, now_s, situation, profile.detection))
        if reading.battery_mv is not None:
            self._voltages = (*self._voltages[1 - READINGS :], reading.battery_mv)
        if self.watch.present != was.present:
            self._report(was, now_s)

    def begin_anew(self) -> None:
        """Forget how much flowed before a start; what is there is looked at afresh."""
        self._watch(Watch(present=self.watch.present))

    def refilled(self, now_s: int) -> None:
        """Take the fill sensor's level after a refill as its new beginning."""
        self._watch(detection.refilled(self.watch, self._works.plant.read(now_s)))

    def _watch(self, watch: Watch) -> None:
        self.watch = watch
        self._is_calm = watch.is_calm
        self._sensors_s = detection.next_due_s(watch, self._works.profile.detection)

    def _report(self, was: Watch, now_s: int) -> None:
        """Raise and clear what detection found, and tell the controller of faults."""
        works, watch = self._works, self.watch
        for cause in watch.present:
            if cause not in was.present:
                if cause == Cause.STALL:
                    works.note((Record("stall", (watch.missed_s,)),), now_s)
                works.alarm(Raise(cause), now_s)
                if cause in FAULT_OF:
                    works.obey(FaultFound(now_s, int(FAULT_OF[cause])))
        for cause in was.present:
            if cause not in watch.present:
                works.alarm(Clear(cause), now_s)
                if cause == Cause.STALL:
                    self._recover(was.missed_s, now_s)
                if cause == Cause.OCCLUSION:
                    volume_nl = released_nl(was, works.profile.detection)
                    works.note((Record("line released", (volume_nl,)),), now_s)
        self._go_on(now_s)

    def _go_on(self, now_s: int) -> None:
        """Let the program run again when what the pump held its basal for is over.

        The basal flowed all the time; a pump that stood still waits for a clinician.
        """
        works = self._works
        high = {
            one.name
            for one in works.alarms.listed
            if one.active and works.profile.alarms.priority(one.name) == Priority.HIGH
        }
        if works.latest.phase == Phase.HOLDING and high == {Cause.SAFE_STATE}:
            works.obey(StartOrdered(now_s))

    def _recover(self, onset_s: int, now_s: int) -> None:
        works = self._works
        works.alarm(Raise(Cause.STALL_RECOVERED), now_s)
        works.alarm(Clear(Cause.STALL_RECOVERED), now_s)
        if now_s - onset_s > LONG_STOP_S:
            state = works.state()
            works.put(state._replace(flags=state.flags | Flag.OVER_INFUSION_RISK))
        works.note((Record("stall recovered", (onset_s, now_s)),), now_s)

    # -- every hour ------------------------------------------------------------------------------

    def check(self, now_s: int) -> None:
        """Check clocks, program, code, memory, battery and store (PC-21, PC-22, PC-30, PC-53)."""
        works = self._works
        failed = failed_steps(works.profile.alarms, self._code)
        if failed:
            works.note(tuple(Record("self-test failed", (step,)) for step in failed), now_s)
            works.obey(FaultFound(now_s, Fault.SELF_TEST_FAILED))
        self._compare_clocks(now_s)
        self._check_program(now_s)
        self._check_battery(now_s)
        if works.failing_s != NEVER and now_s - works.failing_s >= works.profile.ride_s:
            works.obey(FaultFound(now_s, Fault.STORE_FAILED))
        works.keep_log(now_s)

    def _compare_clocks(self, now_s: int) -> None:
        works = self._works
        if works.monitor.clock(now_s, self._own_clock()) is not None:
            works.obey(FaultFound(now_s, Fault.CLOCKS_DISAGREE))

    def _check_program(self, now_s: int) -> None:
        """Compare the program that runs with its digest, both channels and the copies with it."""
        works = self._works
        if not works.digest:
            return
        setting = works.setting
        program, limits = encode_program(setting.program), encode_limits(setting.limits)
        again = Setting(setting.hardware, setting.program, setting.limits)
        week_s = works.latest.week_offset_s
        if (
            digest(program, limits) != works.digest
            or again.plan != setting.plan
            or not works.monitor.remembers(program, limits, week_s)
        ):
            works.obey(FaultFound(now_s, Fault.PROGRAM_CORRUPT))
            return
        works.renew_program(now_s)

    def _check_battery(self, now_s: int) -> None:
        works = self._works
        battery = works.profile.battery
        voltage_mv = mean_mv(self._voltages)
        service = estimate(now_s, works.strokes, voltage_mv, battery)
        self._set(Cause.SERVICE_ESTIMATES, there=not service.agree(battery), now_s=now_s)
        is_low = bool(self._voltages) and voltage_mv <= battery.low_mv
        self._set(Cause.BATTERY_LOW, there=is_low, now_s=now_s)
        # An hour early, because the next look is an hour away.
        if service.end_s - now_s <= battery.lead_s + HOUR_S:
            works.alarm(Raise(Cause.REPLACEMENT_DUE), now_s)
        if now_s >= self.service_end_s() and works.state().phase != Phase.ENDED:
            works.obey(ServiceEnded(now_s))

    def service_end_s(self) -> int:
        """Return when the pump stops for good: so long after the notice, or at its age."""
        works = self._works
        battery = works.profile.battery
        noticed_s = works.alarms.since_s(Cause.REPLACEMENT_DUE)
        return min(battery.life_s, noticed_s + battery.lead_s if noticed_s != NEVER else FAR)

    def _set(self, cause: Cause, *, there: bool, now_s: int) -> None:
        if there or self._works.alarms.is_active(cause):
            self._works.alarm(Raise(cause) if there else Clear(cause), now_s)
