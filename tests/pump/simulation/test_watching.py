"""The gate that is watched: every window of 1, 4 and 24 h against its cap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant.values import Limits, Permit, SafeAction
from thecal.pump.simulation import watching
from thecal.pump.simulation.violation import ViolationError
from thecal.pump.simulation.watching import SPANS_S, Watched

pytestmark = pytest.mark.requirement("PC-06")

STROKE_NL = 250


class Gate:
    """A plant that lets everything through."""

    refused = 0

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        """Do nothing."""


def first_full(history: list[tuple[int, int]], caps: tuple[int, int, int]) -> int | None:
    """Return the place of the first push after which some window holds more than its cap."""
    now_s, made = 0, []
    for place, (step_s, strokes) in enumerate(history):
        now_s += step_s
        made.append((now_s, strokes))
        for span_s, most in zip(SPANS_S, caps, strict=True):
            if sum(count for at_s, count in made if at_s > now_s - span_s) > most:
                return place
    return None


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 9), st.sampled_from((599, 3_600, 14_400, 86_400))),
            st.integers(1, 4),
        ),
        max_size=40,
    ),
    st.tuples(st.integers(1, 12), st.integers(4, 20), st.integers(8, 40)),
    st.sampled_from((2, 100_000)),
)
def test_the_first_push_that_fills_a_window_is_found(
    history: list[tuple[int, int]], caps: tuple[int, int, int], trim: int
) -> None:
    clock = [0]
    gate: Any = Gate()
    watched = Watched(gate, STROKE_NL, lambda: clock[0])
    hour, four_hours, day = (STROKE_NL * cap for cap in caps)
    watched.limits = Limits(SafeAction.STOP, hour, four_hours, day, 0, 0)
    found = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "_TRIM", trim)
        for place, (step_s, strokes) in enumerate(history):
            clock[0] += step_s
            try:
                watched.push(Permit(place + 1, strokes, clock[0] + 2), strokes, clock[0])
            except ViolationError:
                found = place
                break
    assert found == first_full(history, caps)
