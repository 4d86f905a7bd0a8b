"""Faults of power, store, tasks and clocks."""

from __future__ import annotations

from random import Random
from typing import Final

from thecal.pump.simulation.counters import PER_MILLION, Counter
from thecal.pump.simulation.fault import HOUR_S, Arm, Fault, Fire
from thecal.pump.simulation.world import World

_IOS: Final = 60
"""I/Os within which a fault of the store strikes."""
_FILES: Final = {
    "one copy of the state": ("state.a",),
    "both copies of the state": ("state.a", "state.b"),
    "one copy of a program": ("program.0.a",),
    "both copies of both programs": ("program.0.a", "program.0.b", "program.1.a", "program.1.b"),
    "the history of strokes": ("monitor",),
    "the log": ("log.0", "log.1", "log.2"),
    "the key of the log": ("log.key.a", "log.key.b"),
}


def _cut(world: World, _random: Random, fire: Fire) -> None:
    fire()
    world.cut_power()


def _cut_at_io(world: World, random: Random, fire: Fire) -> None:
    world.store.arm(fire, cut_in=random.randrange(_IOS))


def _cut_twice(world: World, random: Random, fire: Fire) -> None:
    world.recovery_cuts = [random.randrange(_IOS) for _ in range(random.randint(1, 3))]
    fire()
    world.cut_power()


def _cuts(world: World, random: Random, fire: Fire) -> None:
    fire()
    for _ in range(random.randint(2, 8)):
        world.later(random.randint(0, 90), world.cut_power)


def _dark(world: World, random: Random, fire: Fire) -> None:
    fire()
    lasts_s = random.randint(60, 30 * HOUR_S)
    world.dark_until_s = world.hung_until_s = world.true_s + lasts_s
    world.later(lasts_s, world.cut_power)


def _fail_once(world: World, random: Random, fire: Fire) -> None:
    world.store.arm(fire, fail_in=random.randrange(_IOS))


def _fail_a_while(world: World, random: Random, fire: Fire) -> None:
    world.store.arm(fire, fail_in=random.randrange(_IOS), fails_on=True)
    world.later(random.randint(60, 20 * HOUR_S), lambda: world.store.mend())  # noqa: PLW0108 - the store may be another one by then


def _fail_for_ever(world: World, random: Random, fire: Fire) -> None:
    world.store.arm(fire, fail_in=random.randrange(_IOS), fails_on=True)


def _full(world: World, random: Random, fire: Fire) -> None:
    world.store.arm(fire, room=world.store.total_bytes() + random.randrange(500))


def _decay(names: tuple[str, ...]) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        is_log = names[0].startswith("log")
        hits = [
            world.store.decay(one, random.getrandbits(30), random.randrange(8)) for one in names
        ]
        if any(hits):
            world.log_is_damaged |= is_log
            fire()
        world.cut_power(0)

    return arm


def _hang(world: World, random: Random, fire: Fire) -> None:
    fire()
    world.hung_until_s = world.true_s + random.choice((90, 600, 2 * HOUR_S, 26 * HOUR_S))
    watchdog_s = world.kit.profile.watchdog_s
    for second in range(HOUR_S, 26 * HOUR_S, HOUR_S):
        world.later(second, lambda: _watch(world))
    world.later(watchdog_s + 2, lambda: _watch(world))


def _watch(world: World) -> None:
    if world.true_s < world.hung_until_s:
        world.implant.watchdog(world.now_s)


def _late(world: World, random: Random, fire: Fire) -> None:
    fire()
    world.late_s = random.randint(1, 8)

    def end() -> None:
        world.late_s = 0

    world.later(random.randint(60, 6 * HOUR_S), end)


def _often(world: World, random: Random, fire: Fire) -> None:
    fire()
    for second in range(random.randint(60, 900)):
        world.later(second, world.wake)


def _same_second(world: World, random: Random, fire: Fire) -> None:
    fire()
    for _ in range(random.randint(2, 20)):
        world.wake()


def _of_clock(which: str, wrong: str) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        clock: Counter = getattr(world, which)
        fire()
        if wrong == "jumps":
            clock.jump(world.true_s, random.choice((2, 60, HOUR_S, 7 * HOUR_S, 24 * HOUR_S)))
            return
        ppm = {
            "stands": 0,
            "fast": random.choice((1_002_000, 1_100_000, 2_000_000)),
            "slow": random.choice((998_000, 900_000, 500_000)),
        }[wrong]
        clock.run(world.true_s, ppm)
        lasts_s = random.randint(60, 30 * HOUR_S)
        world.later(lasts_s, lambda: clock.run(world.true_s, PER_MILLION))

    return arm


_CLOCKS: Final = {"counter": "the pump's counter", "own": "the monitor's own clock"}
_WRONG: Final = {
    "jumps": "jumps ahead",
    "stands": "stands still",
    "fast": "runs too fast",
    "slow": "runs too slowly",
}

MENU: Final = (
    Fault("power cut", "power", "the power goes away and comes back at once", _cut),
    Fault(
        "power cut in the midst",
        "power",
        "the power goes away while something is stored",
        _cut_at_io,
    ),
    Fault(
        "power cut while recovering", "power", "the power goes away again at each start", _cut_twice
    ),
    Fault("power cuts in a row", "power", "the power goes away several times in minutes", _cuts),
    Fault("power away", "power", "no power for minutes to a day", _dark),
    Fault("store fails once", "storage", "one read, write or sync fails", _fail_once),
    Fault(
        "store fails for a while",
        "storage",
        "nothing can be read or stored for hours",
        _fail_a_while,
    ),
    Fault(
        "store fails for ever", "storage", "nothing can be read or stored any more", _fail_for_ever
    ),
    Fault("store full", "storage", "there is no room for more", _full),
    *(
        Fault(
            f"decay of {what}",
            "storage",
            f"a bit of {what} flips in the store, then a restart",
            _decay(names),
        )
        for what, names in _FILES.items()
    ),
    Fault("task hangs", "tasks", "the pump's program does not run for minutes to a day", _hang),
    Fault("task late", "tasks", "it runs seconds too late each time", _late),
    Fault("task too often", "tasks", "it is woken every second for minutes", _often),
    Fault("task twice", "tasks", "it is woken many times in one second", _same_second),
    *(
        Fault(
            f"{words} {_WRONG[wrong]}"[4:],
            "clocks",
            f"{words} {_WRONG[wrong]}",
            _of_clock(which, wrong),
        )
        for which, words in _CLOCKS.items()
        for wrong in _WRONG
    ),
)
"""Faults of power, store, tasks and clocks."""
