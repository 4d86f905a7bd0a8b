"""One pump in its world: implant, plant, catheter, link and people, from one seed.

There is one agenda, one source of chance and no clock: the world goes from each second at which
something is due to the next. The implant, the plant and the link are those of service; only what
is around them is simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from hashlib import sha256
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple, TypeVar

from thecal.pump.hardware import Plant
from thecal.pump.implant.alarms import Sound
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.values import Limits, Reply
from thecal.pump.program import Program
from thecal.pump.simulation.counters import Counter
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore, PowerCut
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.links import Radio
from thecal.pump.simulation.watching import Watched

Action = Callable[[], None]
Told = TypeVar("Told")
_KEY_BYTES = 32
_SEEDS = 1 << 16


class Beginning(NamedTuple):
    """What a world begins with.

    Parameters
    ----------
    reservoir_nl
        What the reservoir holds, residual included; full when left out.
    line_solution
        What fills tubing and catheter: the number of a solution, `WATER` or `CSF`.
    week_offset_s
        The second of the week at second 0.
    is_recorded
        Whether what comes out of the tip is kept for `Plant.take_outflows`.
    """

    reservoir_nl: int | None = None
    line_solution: int = 0
    week_offset_s: int = 0
    is_recorded: bool = False


class World:
    """A pump and all around it.

    Parameters
    ----------
    kit
        The kind of pump.
    seed
        All chance comes from it: the same seed gives the same world, event for event.
    is_individual
        Whether the pump is one drawn from its kind, with its own error, or the mean one.
    beginning
        What it begins with.
    """

    def __init__(
        self,
        kit: Kit,
        seed: int,
        *,
        is_individual: bool = False,
        beginning: Beginning = Beginning(),  # noqa: B008 - it cannot be changed
    ) -> None:
        self.kit = kit
        self.seed = seed
        self.random = Random(seed)  # noqa: S311 - a seed, no secret
        self.true_s = 0
        self.counter, self.own = Counter(), Counter()
        hardware = kit.profile.hardware
        held_nl = beginning.reservoir_nl
        start_nl = hardware.reservoir_nl if held_nl is None else held_nl
        individual = kit.plant.drawn(self.random) if is_individual else None
        self.plant: Plant = kit.plant.build(
            kit.catheter,
            self.random,
            start_nl=start_nl,
            line_solution=beginning.line_solution,
            individual=individual,
            is_recorded=beginning.is_recorded,
        )
        self.solution = 0
        """What a refill puts in: the number of the solution that is prescribed now."""
        self.watched = Watched(self.plant, hardware.stroke_nl, self._true)
        self.store = FaultyStore()
        self.log_key = self.random.randbytes(_KEY_BYTES)
        self.sounds: list[Sound] = []
        self.cuts = 0
        """Losses of power so far."""
        self.steps = 0
        self.counts: dict[str, int] = {}
        """What has happened, by name."""
        self.hung_until_s = 0
        """A task that hangs is not woken before this true second."""
        self.dark_until_s = 0
        """Without power until this true second: nothing is heard and nothing moves."""
        self.late_s = 0
        """Every wake comes so much later than it was promised."""
        self.patterns: list[int] = []
        """How the next power cuts treat what was not synced; drawn at random when empty."""
        self.disturbed = False
        """Working memory was altered, and the pump has not run since."""
        self.recovery_cuts: list[int] = []
        """At which I/O of the next recoveries the power goes away again."""
        self.log_is_damaged = False
        """What was stored of the log was altered, so it cannot verify from its beginning."""
        self.watchers: list[Callable[[World], None]] = []
        self._agenda: list[tuple[int, int, Action]] = []
        self._planned = 0
        self._trace = sha256()
        self._due_s = 0
        self.implant = self._boot(start_nl, beginning.week_offset_s)
        self.radio = Radio(self, Random(seed))  # noqa: S311 - a seed, no secret
        """The link; its chance is its own, so that the rest of the world is as without it."""

    # -- time ------------------------------------------------------------------------------------

    @property
    def now_s(self) -> int:
        """What the pump's counter shows."""
        return self.counter.read(self.true_s)

    def plan(self, at_s: int, action: Action) -> None:
        """Let something happen at a true second, after what was planned for it before."""
        heappush(self._agenda, (max(at_s, self.true_s), self._planned, action))
        self._planned += 1

    def later(self, seconds: int, action: Action) -> None:
        """Let something happen so many seconds from now."""
        self.plan(self.true_s + seconds, action)

    def run(self, until_s: int) -> None:
        """Let the world go on up to a true second."""
        agenda = self._agenda
        while True:
            wake_s = max(
                self.counter.when(self._due_s) + self.late_s, self.hung_until_s, self.true_s
            )
            if agenda and agenda[0][0] <= wake_s:
                if agenda[0][0] > until_s:
                    break
                self.true_s = agenda[0][0]
                heappop(agenda)[2]()
            elif wake_s > until_s:
                break
            else:
                self.true_s = wake_s
                self.wake()
            self.steps += 1
            for watcher in self.watchers:
                watcher(self)
        self.true_s = max(self.true_s, until_s)

    def happened(self, name: str, *numbers: int) -> None:
        """Count something, and write it into the trace."""
        self.counts[name] = self.counts.get(name, 0) + 1
        self._trace.update(f"{self.true_s} {name} {numbers}\n".encode("ascii"))

    def fired(self, fault: str) -> None:
        """Count a fault at the moment in which it does its harm."""
        self.happened(f"fault: {fault}")

    def trace(self) -> str:
        """Return the SHA-256 of all that has happened, in hexadecimal."""
        return self._trace.hexdigest()

    def copied(self) -> World:
        """Return a twin that lives on by itself; nothing may be planned, for plans are not copied.

        What cannot change is shared: the kit and its figures, programs, records.
        """
        assert not self._agenda, "what is planned acts on the world that planned it"
        setting = self.implant.works.setting
        kit = self.kit
        figures = (kit.profile.alarms, kit.profile.detection, kit.plant.pump)
        shared = (kit, *kit, *figures, setting, setting.plan)
        memo: dict[int, object] = {id(one): one for one in shared}
        memo[id(self._trace)] = self._trace.copy()
        return deepcopy(self, memo)

    # -- the pump --------------------------------------------------------------------------------

    def _boot(self, reservoir_nl: int = 0, week_offset_s: int = 0) -> Implant:
        return Implant(
            self.kit.profile,
            self.store,
            self.watched,
            log_key=self.log_key,
            own_clock=self._own_s,
            now_s=self.now_s,
            speaker=self.sounds.append,
            reservoir_nl=reservoir_nl,
            week_offset_s=week_offset_s,
        )

    # Methods and not lambdas, so that a copied world has a pump that reads its own clocks.

    def _true(self) -> int:
        return self.true_s

    def _own_s(self) -> int:
        return self.own.read(self.true_s)

    def wake(self) -> None:
        """Wake the pump's program now."""
        self.disturbed = False
        try:
            self._due_s = self.implant.wake(self.counter.read(self.true_s))
        except PowerCut:
            self.cut_power()

    def ask(self, name: str, order: Callable[[Implant, int], Reply]) -> Reply | None:
        """Give the implant an order; None when the power went away in the midst of it."""
        reply = self.tell(order)
        self.happened(name, -1 if reply is None else int(reply.accepted))
        return reply

    def tell(self, order: Callable[[Implant, int], Told]) -> Told | None:
        """Let the implant do something; None when the power went away in the midst of it."""
        if self.true_s < self.dark_until_s:
            return None
        told: list[Told] = []
        self._guarded(lambda: told.append(order(self.implant, self.now_s)))
        self._due_s = self.now_s
        return told[0] if told else None

    def install(self, program: Program, limits: Limits) -> Reply | None:
        """Stage and commit a program, as telemetry does in the end."""
        codes = encode_program(program), encode_limits(limits)

        def order(implant: Implant, now_s: int) -> Reply:
            staged = implant.stage(*codes, now_s)
            if isinstance(staged, Reply):
                return staged
            before, self.watched.limits = self.watched.limits, limits
            reply = implant.commit(staged.digest, now_s)
            if not reply.accepted:
                self.watched.limits = before
            return reply

        return self.ask("program", order)

    def cut_power(self, pattern: int | None = None) -> None:
        """Take the power away now and give it back; unsynced writes are lost in some pattern."""
        if pattern is None and self.patterns:
            pattern = self.patterns.pop(0)
        chosen = self.random.randrange(PATTERNS) if pattern is None else pattern
        seed = self.random.randrange(_SEEDS)
        self.cuts += 1
        self.happened("power cut", chosen, seed)
        self.plant.cut_power(self.true_s)
        self.put_store(FaultyStore(self.store.after_cut(chosen, seed)))

    def put_store(self, store: FaultyStore) -> None:
        """Let the pump go on with another store, as after a restart."""
        self.store = store
        for number, at in enumerate(self.recovery_cuts):
            self.store.arm(self.store.on_fault, cut_in=at)
            with suppress(PowerCut):
                self.implant = self._boot()
            self.happened("power cut while recovering", at)
            self.cuts += 1
            self.store = FaultyStore(self.store.after_cut((at + number) % PATTERNS, at))
        self.recovery_cuts = []
        self.implant = self._boot()
        self._due_s = self.now_s

    def _guarded(self, action: Action) -> None:
        self.disturbed = False
        try:
            action()
        except PowerCut:
            self.cut_power()
