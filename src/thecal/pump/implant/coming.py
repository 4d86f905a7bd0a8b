"""What is committed from a second on, and whether it keeps the caps with what was delivered.

A check that looks back alone forgets the basal flow still to come: a stopped basal "saves up" room,
a bolus takes it, the basal resumes and the window overflows (Vasicek et al., ICLP 2024). So each
window counts the strokes behind it and everything that is committed ahead of it (PC-06, H04).

Strokes are whole: an integral of I parts is at most I / stroke strokes, rounded up, because the
controller owes less than one stroke at any second. That is what is compared; tolerance 0.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S, rounded_up
from thecal.pump.implant.told import Basal
from thecal.pump.implant.windows import SPANS, Windows


class Special(NamedTuple):
    """A bridge or prime, which takes the place of the basal flow."""

    flow: int = 0
    """Parts a second."""
    left: int = 0
    """Parts still to come."""

    @classmethod
    def of(cls, bridge: tuple[int, int] | None) -> Special:
        """Return a bridge from its volume, nL, and flow; nothing without one."""
        volume_nl, flow = bridge or (0, 0)
        return cls(flow, volume_nl * DAY_S)


class Bolus(NamedTuple):
    """A bolus on top of the basal flow."""

    volume_nl: int = 0
    duration_s: int = 1
    gone_s: int = 0


NO_SPECIAL: Final = Special()
NO_BOLUS: Final = Bolus()


@dataclass(frozen=True, slots=True)
class Coming:
    """Everything that is committed from a second on.

    Parameters
    ----------
    now_s
        That second of the counter.
    offset_s
        The second of the week at second 0 of the counter.
    basal
        The flow when nothing else is on.
    special
        A bridge or prime; the basal flow begins with the second after its last.
    bolus
        A bolus, of which some seconds may be gone.

    Examples
    --------
    >>> coming = Coming(100, 0, Basal((0,), (10,)), bolus=Bolus(1, 86_400, 86_390))
    >>> coming.due(102), coming.due(200)
    (22, 1010)
    """

    now_s: int
    offset_s: int
    basal: Basal
    special: Special = NO_SPECIAL
    bolus: Bolus = NO_BOLUS
    basal_s: int = field(init=False)
    """The second from which the basal flow is on."""
    _begun: int = field(init=False)

    def __post_init__(self) -> None:
        flow, left = self.special
        basal_s = self.now_s + (rounded_up(left, flow) if left else 0)
        object.__setattr__(self, "basal_s", basal_s)
        object.__setattr__(self, "_begun", self.basal.parts(basal_s + self.offset_s))

    @property
    def end_s(self) -> int:
        """The second at which the basal flow is alone."""
        _, duration_s, gone_s = self.bolus
        return max(self.basal_s, self.now_s + duration_s - gone_s if self.bolus.volume_nl else 0)

    def due(self, second: int) -> int:
        """Return the parts from `now_s` to a second not before it, as the controller counts."""
        if second < self.basal_s:
            parts = min(self.special.flow * (second - self.now_s), self.special.left)
        else:
            parts = self.special.left + self.basal.parts(second + self.offset_s) - self._begun
        volume_nl, duration_s, gone_s = self.bolus
        if volume_nl:
            whole = volume_nl * DAY_S
            then_s = min(gone_s + second - self.now_s, duration_s)
            parts += whole * then_s // duration_s - whole * gone_s // duration_s
        return parts

    def flow(self, second: int) -> int:
        """Return the parts of the second that begins then, rounded up."""
        volume_nl, duration_s, gone_s = self.bolus
        flow = 0
        if volume_nl and gone_s + second - self.now_s < duration_s:
            flow = rounded_up(volume_nl * DAY_S, duration_s)
        if second < self.basal_s:
            return flow + self.special.flow
        return flow + self.basal.flow(second + self.offset_s)

    def advanced(self, second: int) -> Coming:
        """Return what is committed from a later second on."""
        gone_s = second - self.now_s
        special, bolus = self.special, self.bolus
        if special.left:
            left = special.left - min(special.flow * gone_s, special.left)
            special = Special(special.flow, left) if left else NO_SPECIAL
        if bolus.volume_nl:
            bolus = bolus._replace(gone_s=bolus.gone_s + gone_s)
            bolus = bolus if bolus.gone_s < bolus.duration_s else NO_BOLUS
        return Coming(second, self.offset_s, self.basal, special, bolus)

    def at_most(self, basal: Basal, minimum: int) -> Coming:
        """Return no less than what can flow, though the minimum rate may take over at any second.

        If a bolus took the room of that safe state, the pump would give less than the minimum.
        """
        special = self.special if self.special.flow >= minimum else NO_SPECIAL
        return replace(self, basal=basal.at_least(minimum), special=special)

    def edges(self) -> list[int]:
        """Return the seconds at which the flow changes, as far as any window reaches."""
        shift_s, end_s = self.offset_s, self.end_s
        basal = self.basal.edges(self.basal_s + shift_s, end_s + SPANS[-1] + shift_s)
        own = (self.now_s, max(self.basal_s - 1, self.now_s), self.basal_s, end_s)
        return [*own, *(edge_s - shift_s for edge_s in basal)]

    def fine(self, second: int) -> int:
        """Return ``bolus.duration_s`` times the parts from `now_s` on, without any rounding."""
        volume_nl, duration_s, gone_s = self.bolus
        steady = replace(self, bolus=NO_BOLUS).due(second) if volume_nl else self.due(second)
        bolus_s = min(second - self.now_s, duration_s - gone_s)
        return steady * duration_s + volume_nl * DAY_S * bolus_s


def breached(
    past: Windows,
    coming: Coming,
    most: tuple[int, int, int],
    stroke_parts: int,
    owed: int | None = None,
) -> int | None:
    """Return the first span of which some window would hold more than its cap.

    Parameters
    ----------
    past
        What was delivered.
    coming
        What is committed, with what is asked for.
    most
        The caps in strokes.
    stroke_parts
        Parts of a stroke.
    owed
        What is owed now, in parts; None when it may be anything below a stroke.

    Returns
    -------
    int or None
        The number of the span in `SPANS`; None when every window keeps its cap. A window into
        which nothing is to flow any more is not judged.
    """
    stroke = stroke_parts * coming.bolus.duration_s
    slack = 0 if owed is None else (stroke_parts - 1 - owed) * coming.bolus.duration_s
    edges = coming.edges()
    for which, span_s in enumerate(SPANS):
        for start_s in {edge_s - back_s for edge_s in edges for back_s in (0, span_s)}:
            if coming.now_s <= start_s <= coming.end_s:
                flows = coming.fine(start_s + span_s) - coming.fine(start_s)
                if flows > most[which] * stroke:
                    return which
        if _overlap_breached(past, coming, span_s, most[which] * stroke + slack, stroke):
            return which
    return None


def _overlap_breached(past: Windows, coming: Coming, span_s: int, most: int, stroke: int) -> bool:
    """Say whether a window that began in the past holds more than ``most`` fine parts.

    The later such a window begins, the less it holds of the past and the more of what comes; so
    the worst begin just before an entry. A run of entries is clear when the past of its first and
    the future of its last fit together; only runs that are not are halved.
    """
    times = past.times
    first = bisect_right(times, coming.now_s - span_s + 1)
    runs = [(first, len(times))] if first < len(times) else []
    while runs:
        start, end = runs.pop()
        flows = coming.fine(times[end - 1] - 1 + span_s)
        if not flows or flows + past.since(start) * stroke <= most:
            continue
        if end - start == 1:
            return True
        middle = (start + end) // 2
        runs += [(start, middle), (middle, end)]
    return False
