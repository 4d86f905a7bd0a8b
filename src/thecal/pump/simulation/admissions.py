"""The monitor alone, asked at random: every window of every history is counted anew by force.

Beside the monitor stands `Asker`, a controller without a fault, as small as can be: it adds up what
the monitor admitted and asks for each stroke in the second in which it is due. No hardware, no
store and no other code of the implant is in the way, so millions of histories can be tried; `caps`
tries fewer with the controller itself, as conformance.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.denials import ADMITTED
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.values import Account, Limits, Permit, Phase, SafeAction
from thecal.pump.program import Hardware, Program, WeekStep

REQUESTS: Final = 12
_HOUR_S: Final = 3_600
_WINDOWS: Final = (_HOUR_S, 4 * _HOUR_S, 24 * _HOUR_S)
STROKE_NL: Final = 1_000
_PARTS: Final = STROKE_NL * DAY_S
_RESERVOIR_NL: Final = 20_000_000
_HARDWARE: Final = Hardware(
    reservoir_nl=_RESERVOIR_NL,
    stroke_nl=STROKE_NL,
    residual_nl=0,
    low_reservoir_nl=0,
    highest_nl_per_day=1_000_000_000,
    tubing_nl=0,
)
"""No pump's figures: strokes are few and large, so that caps are met exactly and often."""
_APART_S: Final = DAY_S + 6 * _HOUR_S
"""A pump that stood so long has nothing left in any window, and no bolus."""
_TOGETHER: Final = 50
"""Histories that one monitor goes through, one after the other."""


class Held(NamedTuple):
    """What holds through a history: caps and basal flow.

    Parameters
    ----------
    most
        The caps of 1, 4 and 24 h, in strokes.
    steps
        The basal steps of a week: second of the week, and nL/day.
    minimum_nl_per_day
        The minimum rate.
    offset_s
        The second of the week at second 0.
    """

    most: tuple[int, int, int]
    steps: tuple[tuple[int, int], ...]
    minimum_nl_per_day: int = 0
    offset_s: int = 0


class Request(NamedTuple):
    """One request: what is asked, and how long after the one before.

    The numbers are volume in nL and duration in s of a bolus, or the second of the week of a clock.
    """

    gap_s: int
    kind: str
    numbers: tuple[int, ...] = ()


class Asker:
    """A monitor, and beside it all that was ever due and given.

    Parameters
    ----------
    held
        Caps and basal flow.
    """

    def __init__(self, held: Held) -> None:
        self.held = held
        self.monitor = Monitor(_HARDWARE)
        steps = tuple(WeekStep(*step) for step in held.steps)
        hour_nl, four_hours_nl, day_nl = (cap * STROKE_NL for cap in held.most)
        limits = (hour_nl, four_hours_nl, day_nl, held.minimum_nl_per_day, 1)
        self.told = (
            encode_program(Program("flex" if len(steps) > 1 else "simple continuous", steps)),
            encode_limits(Limits(SafeAction.HOLD, *limits)),
        )
        self.monitor.load(*self.told, 0, held.offset_s)
        self.monitor.follow(Phase.RUNNING, 0)
        self.phase = Phase.RUNNING
        self.now_s = 0
        self.offset_s = held.offset_s
        self.owed = 0
        """Parts that are due and not given: less than a stroke."""
        self.bolus: tuple[int, int, int] | None = None
        """Parts, duration, and the second at which it began."""
        self.times: list[int] = []
        """The second of each stroke; one second stands twice for two strokes."""
        self.refused: list[tuple[int, int]] = []
        """Strokes that were due and did not get a permit: the second, and why."""
        self.answers: list[int] = []
        self._ring = bytearray()
        """The monitor's history as a store holds it."""

    def copied(self) -> Asker:
        """Return a twin that goes on from here, its monitor as after a loss of power."""
        twin = Asker(self.held)
        twin.monitor.restore(self.monitor.snapshot(), bytes(self._ring), *self.told)
        twin.phase, twin.now_s, twin.offset_s = self.phase, self.now_s, self.offset_s
        twin.owed, twin.bolus = self.owed, self.bolus
        twin.times, twin.refused = self.times.copy(), self.refused.copy()
        twin._ring = self._ring.copy()
        return twin

    def ask(self, request: Request) -> None:
        """Let time pass, and put a request to the monitor."""
        now_s = self.now_s + request.gap_s
        self.wait(now_s)
        match request.kind:
            case "bolus":
                volume_nl, duration_s = request.numbers
                account = Account.CLINICIAN_BOLUS
                answer = self.monitor.admit(account, volume_nl, duration_s, now_s)
                self.answers.append(answer)
                if answer == ADMITTED:
                    self.bolus = (volume_nl * DAY_S, duration_s, now_s)
            case "clock":
                if self.monitor.set_clock(request.numbers[0], now_s) == ADMITTED:
                    self.offset_s = request.numbers[0]
            case "nothing":
                pass
            case "cancel":
                self.bolus = None
                self.monitor.cancelled(now_s)
            case phase:
                self._enter(Phase[phase], now_s)

    def wait(self, until_s: int) -> None:
        """Let time pass and give every stroke in the second in which it is due."""
        while self.now_s < until_s:
            flow, end_s = self._flow(until_s)
            parts, duration_s, begun_s = self.bolus or (0, 1, self.now_s)
            if self.bolus:
                end_s = min(end_s, begun_s + duration_s)
            given = parts * (self.now_s - begun_s) // duration_s
            # Whole parts of the bolus: floor(x) >= n just when x >= n.
            slope = parts + flow * duration_s
            need = (_PARTS - self.owed + given) * duration_s
            line = parts * begun_s + flow * duration_s * self.now_s
            due_s = -(-(need + line) // slope) if slope else end_s + 1
            then_s = min(max(due_s, self.now_s + 1), end_s)
            self.owed += flow * (then_s - self.now_s)
            self.owed += parts * (then_s - begun_s) // duration_s - given
            self.now_s = then_s
            if self.bolus and then_s == begun_s + duration_s:
                self.bolus = None
            if self.owed >= _PARTS:
                self._give(self.owed // _PARTS)

    def most(self) -> tuple[int, int, int]:
        """Return the most strokes in any window of 1, 4 and 24 h: each is counted stroke by stroke.

        A window with the most begins with a stroke.
        """
        times = self.times
        hour, four_hours, day = 0, 0, 0
        for first, begun_s in enumerate(times):
            within = [time_s - begun_s for time_s in times[first:] if time_s - begun_s < DAY_S]
            day = max(day, len(within))
            four_hours = max(four_hours, sum(gone_s < _WINDOWS[1] for gone_s in within))
            hour = max(hour, sum(gone_s < _WINDOWS[0] for gone_s in within))
        return hour, four_hours, day

    def broken(self) -> str:
        """Return what must never happen and did, in words; empty when nothing did."""
        for span_s, given, cap in zip(_WINDOWS, self.most(), self.held.most, strict=True):
            if given > cap:
                return f"{given} strokes within {span_s // _HOUR_S} h, {cap} are allowed"
        if self.refused:
            second, reason = self.refused[0]
            return f"a stroke that was admitted got no permit at {second} s: denial {reason}"
        return ""

    def begin_anew(self) -> None:
        """Stand still until every window is empty, and forget what was given."""
        self._enter(Phase.STOPPED, self.now_s)
        self.now_s += _APART_S
        self._enter(Phase.RUNNING, self.now_s)
        self.times.clear()

    def _enter(self, phase: Phase, now_s: int) -> None:
        self.phase = phase
        if phase != Phase.RUNNING:
            self.bolus = None
        self.monitor.follow(phase, now_s)

    def _flow(self, until_s: int) -> tuple[int, int]:
        """Return the steady flow of this second, and the second at which it may change."""
        if self.phase == Phase.STOPPED:
            return 0, until_s
        if self.phase == Phase.MINIMUM:
            return self.held.minimum_nl_per_day, until_s
        second = (self.now_s + self.offset_s) % WEEK_S
        flow, end = self.held.steps[-1][1], WEEK_S
        for (start, before), (following, _) in zip(
            self.held.steps, self.held.steps[1:], strict=False
        ):
            if start <= second < following:
                flow, end = before, following
        return flow, min(until_s, self.now_s + end - second)

    def _give(self, strokes: int) -> None:
        permit = self.monitor.permit(strokes, self.now_s)
        self.owed -= strokes * _PARTS
        if isinstance(permit, Permit):
            self.times += [self.now_s] * strokes
            offset, entry = self.monitor.entry()
            self._ring.extend(bytes(max(0, offset - len(self._ring))))
            self._ring[offset : offset + len(entry)] = entry
        else:
            self.refused.append((self.now_s, permit))


class Tally(NamedTuple):
    """What a campaign came to."""

    histories: int
    admitted: int
    """Boluses that the monitor let begin."""
    denied: int
    full: int
    """Histories with a window exactly at its cap."""
    violations: tuple[str, ...]
    """Each with the shortest history that shows it."""


def admissions(number: int, histories: int = _TOGETHER) -> Tally:
    """Put random histories of 12 requests to one monitor, with a day and more between them (PC-06).

    Parameters
    ----------
    number
        Decides everything.
    histories
        How many.

    Returns
    -------
    Tally
        A violation is a window above its cap, or a stroke of what was admitted without a permit.
    """
    chance = Random(number)  # noqa: S311 - a seed, no secret
    held = drawn_caps(chance)
    asker = Asker(held)
    full, violations = 0, list[str]()
    for _ in range(histories):
        offset_s, begun_s = asker.offset_s, asker.now_s
        requests = [drawn_request(chance, held) for _ in range(REQUESTS)]
        for request in requests:
            asker.ask(request)
        asker.wait(asker.now_s + DAY_S)
        full += any(given == cap for given, cap in zip(asker.most(), held.most, strict=True))
        words = asker.broken()
        if words:
            alone = held._replace(offset_s=(offset_s + begun_s) % WEEK_S)
            least = shrunk(alone, requests)
            violations.append(f"{words}; {alone}, {least}")
            break
        asker.begin_anew()
    yes = asker.answers.count(ADMITTED)
    return Tally(histories, yes, len(asker.answers) - yes, full, tuple(violations))


def shrunk(held: Held, requests: list[Request]) -> list[Request]:
    """Return the fewest requests, taken out one by one, after which something is still wrong."""
    place = 0
    while place < len(requests):
        fewer = [*requests[:place], *requests[place + 1 :]]
        asker = played(held, fewer)
        if asker.broken():
            requests = fewer
        else:
            place += 1
    return requests


def played(held: Held, requests: list[Request]) -> Asker:
    """Return what came of some requests, and of a day more."""
    asker = Asker(held)
    for request in requests:
        asker.ask(request)
    asker.wait(asker.now_s + DAY_S)
    return asker


def drawn_caps(chance: Random) -> Held:
    """Return caps of a few strokes and a basal flow that keeps them, near them or far below."""
    hour = chance.randint(1, 4)
    four_hours = chance.randint(hour, 2 * hour + 2)
    day = chance.randint(four_hours, 2 * four_hours)
    highest = _highest((hour, four_hours, day))
    flows = [0, highest // 3, highest // 2, highest * 3 // 4, highest]
    starts = [0]
    if not chance.randrange(3):
        starts += [day_s * DAY_S + 7 * _HOUR_S for day_s in range(7)]
        starts += [day_s * DAY_S + chance.randrange(8, 24) * _HOUR_S for day_s in range(7)]
    steps = tuple((start, chance.choice(flows)) for start in sorted(starts))
    minimum = highest // 8
    return Held((hour, four_hours, day), steps, minimum, chance.randrange(WEEK_S))


def _highest(most: tuple[int, int, int]) -> int:
    """Return the highest steady flow that keeps the caps, in nL/day."""
    flows = (cap * _PARTS // span_s for cap, span_s in zip(most, _WINDOWS, strict=True))
    return min(flows)


def drawn_request(chance: Random, held: Held) -> Request:
    """Return a request: a bolus mostly, else what ends or moves the basal flow."""
    gap_s = chance.choice((1, 60, 1_800, _HOUR_S, chance.randrange(1, 4 * _HOUR_S)))
    kind = chance.choice("bbbbbbpprfc")
    if kind == "b":
        whole = chance.randint(1, held.most[0]) * STROKE_NL
        volume_nl = whole if chance.getrandbits(1) else chance.randint(1, whole)
        return Request(gap_s, "bolus", (volume_nl, chance.choice((1, 7, 600, 5 * _HOUR_S))))
    if kind == "c":
        return Request(gap_s, "clock", (chance.randrange(WEEK_S),))
    kinds = {"p": ("STOPPED", "RUNNING"), "r": ("RUNNING", "cancel"), "f": ("HOLDING", "MINIMUM")}
    return Request(gap_s, chance.choice(kinds[kind]))
