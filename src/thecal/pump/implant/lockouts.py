"""The patient's lockout and count, on the counter and through every change of program (PC-07).

Both count from start to start. The count is of starts in the 24 h that end now, a window that
slides: a count by calendar day would allow twice as many around midnight (pump.md F11).
"""

from __future__ import annotations

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.refusals import Refusal
from thecal.pump.program import PatientBolus


def recent(starts: tuple[int, ...], now_s: int) -> tuple[int, ...]:
    """Return the starts in the 24 h that end at ``now_s``.

    Examples
    --------
    >>> recent((0, 1, 86_400), 86_400)
    (1, 86400)
    """
    return tuple(start_s for start_s in starts if start_s > now_s - DAY_S)


def lockout_refusal(bolus: PatientBolus, starts: tuple[int, ...], now_s: int) -> Refusal | None:
    """Return why the patient must wait; None when no wait is needed.

    Parameters
    ----------
    starts
        Seconds at which patient boluses started, in order; the last one and all of the last 24 h.
    """
    assert not starts or starts[-1] <= now_s, "a bolus cannot have started in the future"
    if starts and now_s < starts[-1] + bolus.lockout_s:
        return Refusal.LOCKED_OUT
    if len(recent(starts, now_s)) >= bolus.most_in_24_h:
        return Refusal.DAY_COUNT
    return None
