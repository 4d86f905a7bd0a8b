"""What a pump is told: the hardware's limits, a program, and the events of a course.

Volumes are whole nanolitres, flows whole nanolitres per day, times whole seconds; nothing is
rounded in here, so the one who builds a program decides how (down).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, check_whole, rounded_up, volume_words

STOPPED: Final = "stopped"


@dataclass(frozen=True, slots=True)
class Hardware:
    """The limits of one pump.

    Parameters
    ----------
    reservoir_nl
        The most that the reservoir may hold, its residual volume included. A maker who states a
        capacity above the residual is entered as capacity plus residual.
    stroke_nl
        The motor's quantum: the pump delivers whole strokes.
    residual_nl
        What can be neither pumped nor aspirated: it stays after emptying at a refill, and the pump
        stops when it is reached.
    low_reservoir_nl
        The computed volume at which the low-reservoir event is logged.
    highest_nl_per_day
        The highest flow, basal and bolus together.
    tubing_nl
        The pump's inner tubing, between reservoir and catheter port.
    """

    reservoir_nl: int
    stroke_nl: int
    residual_nl: int
    low_reservoir_nl: int
    highest_nl_per_day: int
    tubing_nl: int

    def __post_init__(self) -> None:
        check_whole("the reservoir volume in nL", self.reservoir_nl, least=1)
        check_whole("the stroke volume in nL", self.stroke_nl, least=1)
        check_whole("the residual volume in nL", self.residual_nl)
        check_whole("the low-reservoir volume in nL", self.low_reservoir_nl)
        check_whole("the highest flow in nL/day", self.highest_nl_per_day, least=1)
        check_whole("the tubing volume in nL", self.tubing_nl)
        for name, volume_nl in (
            ("residual volume", self.residual_nl),
            ("low-reservoir volume", self.low_reservoir_nl),
        ):
            if volume_nl >= self.reservoir_nl:
                raise InputError(
                    f"the {name} is {volume_words(volume_nl)}, but must be below the reservoir's "
                    f"{volume_words(self.reservoir_nl)}"
                )


@dataclass(frozen=True, slots=True)
class WeekStep:
    """A basal flow in nL/day from a second of the week (Monday 00:00 is 0) to the next step."""

    start_s: int
    nl_per_day: int

    def __post_init__(self) -> None:
        check_whole("the start of a step in seconds", self.start_s)
        check_whole("the flow of a step in nL/day", self.nl_per_day)
        if self.start_s >= WEEK_S:
            raise InputError(f"a step starts at second {self.start_s}, but a week ends at {WEEK_S}")


@dataclass(frozen=True, slots=True)
class ScheduledBolus:
    """A bolus at ``first_s`` (seconds of the course), once or every ``every_s`` seconds."""

    first_s: int
    volume_nl: int
    duration_s: int
    every_s: int | None = None

    def __post_init__(self) -> None:
        check_whole("the first time of a scheduled bolus in seconds", self.first_s)
        check_whole("the volume of a scheduled bolus in nL", self.volume_nl, least=1)
        check_whole("the duration of a scheduled bolus in seconds", self.duration_s, least=1)
        if self.every_s is not None:
            check_whole(
                "the interval of a scheduled bolus in seconds", self.every_s, least=self.duration_s
            )


@dataclass(frozen=True, slots=True)
class PatientBolus:
    """What the patient may ask for: a bolus, its lockout (start to start), its most in any 24 h."""

    volume_nl: int
    duration_s: int
    lockout_s: int
    most_in_24_h: int

    def __post_init__(self) -> None:
        check_whole("the volume of the patient bolus in nL", self.volume_nl, least=1)
        check_whole("the duration of the patient bolus in seconds", self.duration_s, least=1)
        check_whole("the lockout of the patient bolus in seconds", self.lockout_s, least=1)
        check_whole("the most patient boluses in 24 h", self.most_in_24_h)


@dataclass(frozen=True, slots=True)
class Bridge:
    """The old fluid in tubing and catheter, pushed out at its own flow before the main steps."""

    volume_nl: int
    nl_per_day: int

    def __post_init__(self) -> None:
        check_whole("the volume of the bridge bolus in nL", self.volume_nl, least=1)
        check_whole("the flow of the bridge bolus in nL/day", self.nl_per_day, least=1)


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a pump does between two updates.

    Parameters
    ----------
    mode
        The mode in words, as ``"simple continuous"``; ``STOPPED`` means that nothing is delivered
        and every bolus is refused.
    steps
        The basal flow through the week, sorted by start, the first at second 0.
    boluses
        Scheduled boluses, single or periodic.
    patient_bolus
        What the patient may ask for, if anything.
    bridge
        What runs before the steps, if anything.

    Examples
    --------
    Half of the flow from Saturday 00:00 to Monday 00:00:

    >>> Program("flex", (WeekStep(0, 250_000), WeekStep(5 * DAY_S, 125_000))).steps[1].start_s
    432000
    """

    mode: str
    steps: tuple[WeekStep, ...]
    boluses: tuple[ScheduledBolus, ...] = ()
    patient_bolus: PatientBolus | None = None
    bridge: Bridge | None = None

    def __post_init__(self) -> None:
        if not self.mode:
            raise InputError("a program has no mode, but the log must name one")
        if not self.steps or self.steps[0].start_s != 0:
            raise InputError("the first step must start at second 0 of the week, Monday 00:00")
        for earlier, later in pairwise(self.steps):
            if later.start_s <= earlier.start_s:
                raise InputError(
                    f"a step at second {later.start_s} follows one at {earlier.start_s}, "
                    "but steps must be sorted and start at different times"
                )
        if self.mode == STOPPED and (self.bridge or any(step.nl_per_day for step in self.steps)):
            raise InputError("a stopped pump delivers nothing, but this program has a flow")

    def check(self, hardware: Hardware) -> None:
        """Refuse what this pump can never deliver.

        Raises
        ------
        InputError
            When a step, the bridge or a bolus alone is above the pump's highest flow. A bolus that
            is too much only on top of a certain step is refused at that moment, and logged.
        """
        highest = hardware.highest_nl_per_day
        flows = [("a step", step.nl_per_day, 1) for step in self.steps]
        if self.bridge:
            flows.append(("the bridge bolus", self.bridge.nl_per_day, 1))
        flows += [
            ("a scheduled bolus", one.volume_nl * DAY_S, one.duration_s) for one in self.boluses
        ]
        if self.patient_bolus:
            one = self.patient_bolus
            flows.append(("the patient bolus", one.volume_nl * DAY_S, one.duration_s))
        for name, volume_nl, days in flows:
            if volume_nl > highest * days:
                raise InputError(
                    f"{name} needs {volume_words(rounded_up(volume_nl, days))}/day, but the pump's "
                    f"highest flow is {volume_words(highest)}/day"
                )


@dataclass(frozen=True, slots=True)
class Programmed:
    """At this second a program takes effect."""

    at_s: int
    program: Program

    def __post_init__(self) -> None:
        check_whole("the time of an update in seconds", self.at_s)


@dataclass(frozen=True, slots=True)
class Refilled:
    """At this second the reservoir is emptied, rinsed or not, and filled with a solution."""

    at_s: int
    solution: int
    volume_nl: int
    rinsed: bool = False

    def __post_init__(self) -> None:
        check_whole("the time of a refill in seconds", self.at_s)
        check_whole("the number of the solution", self.solution)
        check_whole("the volume of a refill in nL", self.volume_nl, least=1)


@dataclass(frozen=True, slots=True)
class Pressed:
    """At this second the patient asks for a bolus."""

    at_s: int

    def __post_init__(self) -> None:
        check_whole("the time of a press in seconds", self.at_s)


Event = Programmed | Refilled | Pressed
