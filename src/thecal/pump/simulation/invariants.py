"""What must hold after every step of a world, and what is looked at in full every hour.

The checks read the implant from inside and the plant from outside, and share no code with either.
"""

from __future__ import annotations

from typing import Final

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Alarm, Cause
from thecal.pump.implant.chain import Head, verify
from thecal.pump.implant.ledger import Book
from thecal.pump.implant.values import Phase
from thecal.pump.simulation.violation import ViolationError, require
from thecal.pump.simulation.world import World

HOUR_S: Final = 3_600
_RESERVOIR: Final = int(Book.RESERVOIR)
_SAFE: Final = frozenset({Phase.HOLDING, Phase.MINIMUM, Phase.HALTED})
_LOST: Final = frozenset({Cause.MEMORY_CRITICAL, Cause.LOG_TRUNCATED})
_STILL: Final = frozenset({Phase.UNPROGRAMMED, Phase.STOPPED, Phase.HALTED, Phase.ENDED})


class Invariants:
    """Watches one world; add it to `World.watchers`."""

    def __init__(self) -> None:
        self.checked = 0
        self._hour_s = 0
        self._ahead = 0
        self._cuts = 0
        self._failed = False
        self._strokes = 0
        self._listed: tuple[Alarm, ...] = ()
        self._lost = False
        """Whether the pump says so with the alarms that it lists."""
        self._still = False
        self._head = Head(0, bytes(32))

    def __call__(self, world: World) -> None:
        """Check what must hold after each step; raise `ViolationError` when it does not."""
        if world.disturbed:
            return
        self.checked += 1
        self._check_balance(world)
        self._check_intent(world)
        self._check_still(world)
        if world.true_s >= self._hour_s:
            self._hour_s = world.true_s + HOUR_S
            self._check_hourly(world)

    def _check_balance(self, world: World) -> None:
        """PC-01 and PC-15: less than a stroke is owed, and every nanolitre is in one account."""
        works, watched = world.implant.works, world.watched
        state, balances = works.latest, works.ledger.balances
        reservoir_nl, owed = balances[_RESERVOIR], state.owed_basal + state.owed_bolus
        # Words are made for what is wrong only; this is asked after every stroke.
        if not 0 <= owed < watched.stroke_nl * DAY_S:
            raise ViolationError("PC-01", f"{owed} parts are owed after a step")
        if sum(balances):
            raise ViolationError("PC-15", f"the accounts sum to {sum(balances)} nL")
        if reservoir_nl != state.reservoir_nl:
            words = f"the ledger has {reservoir_nl} nL, the state {state.reservoir_nl} nL"
            raise ViolationError("PC-15", words)
        if reservoir_nl < 0:
            raise ViolationError("PC-15", "the reservoir holds less than nothing")

    def _check_intent(self, world: World) -> None:
        """PC-41: strokes are counted before they move; a power cut may leave one turn's unmade."""
        works, watched = world.implant.works, world.watched
        listed = works.alarms.listed
        if listed is not self._listed:
            self._listed, self._lost = listed, self._has_lost(world)
        if self._lost or works.failing_s >= 0:
            # It runs from memory, or no copy was whole and it says so: a cut may lose counts.
            self._failed = True
        ahead = works.strokes - watched.strokes
        if world.cuts == self._cuts:
            if ahead != self._ahead and not self._failed:
                words = f"the ledger moved {ahead - self._ahead} strokes away from the truth"
                raise ViolationError("PC-41", words)
        elif not self._failed:
            gained = ahead - self._ahead
            allowed = world.cuts - self._cuts
            # Where the newest record has decayed, the one before it lacks the last intent.
            decayed = any(one.name == Cause.MEMORY for one in works.alarms.listed)
            least = -self._most_at_once(world) if decayed else 0
            require(
                least <= gained <= allowed * self._most_at_once(world),
                "PC-41",
                f"after {allowed} power cuts the ledger is {gained} strokes further ahead",
            )
        self._cuts, self._ahead = world.cuts, ahead

    def _has_lost(self, world: World) -> bool:
        """Return whether the pump says that it has lost what it had stored (PC-43)."""
        return any(one.name in _LOST for one in world.implant.works.alarms.listed)

    def _most_at_once(self, world: World) -> int:
        """Return the strokes of one second at the highest flow: one intent never covers more."""
        hardware = world.kit.profile.hardware
        return 1 + hardware.highest_nl_per_day // (hardware.stroke_nl * DAY_S)

    def _check_still(self, world: World) -> None:
        """PC-10: nothing moves while the pump stands."""
        strokes = world.watched.strokes
        still = world.implant.works.latest.phase in _STILL
        if still and self._still and strokes != self._strokes:
            raise ViolationError("PC-10", "strokes while the pump stands")
        self._still, self._strokes = still, strokes

    def _check_hourly(self, world: World) -> None:
        """PC-15 of the plant, PC-61 and PC-72."""
        require(not world.plant.imbalance_pl(world.true_s), "PC-15", "drug appeared in the plant")
        works = world.implant.works
        if works.latest.phase in _SAFE:
            active = any(one.active for one in works.alarms.listed)
            require(active, "PC-61", "the pump is in a safe state and no alarm is active")
        head = world.implant.head()
        if (self._failed or self._has_lost(world)) and head.index < self._head.index:
            self._head = head  # what was stored has decayed, and the pump says so
        require(head.index >= self._head.index, "PC-72", "the log became shorter")
        self._head = head


def check_log(world: World) -> None:
    """Verify the whole log against its key and head (PC-71)."""
    implant = world.implant
    bad = verify(implant.log_from(0), world.log_key, (implant.head(),))
    require(bad is None, "PC-71", f"record {bad} of the log does not verify")
