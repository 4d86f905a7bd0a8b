"""The curve at the tip: few pieces, nothing lost, never further off than it may be."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.hardware import Outflow
from thecal.pump.simulation.tip import TipCurve, TipPoint

WITHIN = 250_000
STROKES = st.lists(
    st.tuples(
        st.integers(1, 5_000),
        st.dictionaries(st.integers(0, 2), st.integers(0, 3 * WITHIN), max_size=2),
    ),
    min_size=1,
    max_size=60,
)


def outflows(strokes: list[tuple[int, dict[int, int]]]) -> list[Outflow]:
    ends = list(accumulate(span for span, _ in strokes))
    return [
        Outflow(end - span, end, content)
        for end, (span, content) in zip(ends, strokes, strict=True)
    ]


def curve(flows: list[Outflow]) -> tuple[TipPoint, ...]:
    made = TipCurve(WITHIN)
    for one in flows:
        made.add([one], one.end_s)
    return made.corners()


def at(corners: tuple[TipPoint, ...], second: int, fluid: int) -> float:
    for before, after in pairwise(corners):
        if second <= after.at_s:
            first, last = before.content.get(fluid, 0), after.content.get(fluid, 0)
            return first + (last - first) * (second - before.at_s) / (after.at_s - before.at_s)
    raise AssertionError(second)


@given(STROKES)
def test_nothing_is_lost_or_added(strokes: list[tuple[int, dict[int, int]]]) -> None:
    for fluid in range(3):
        whole = sum(content.get(fluid, 0) for _, content in strokes)
        assert curve(outflows(strokes))[-1].content.get(fluid, 0) == whole


@given(STROKES)
def test_the_curve_is_never_further_off_than_it_may_be(
    strokes: list[tuple[int, dict[int, int]]],
) -> None:
    flows = outflows(strokes)
    corners = curve(flows)
    for fluid in range(3):
        total = 0
        for flow in flows:
            total += flow.content.get(fluid, 0)
            assert abs(at(corners, flow.end_s, fluid) - total) <= WITHIN + 1


def test_an_even_flow_is_one_piece() -> None:
    assert len(curve(outflows([(108, {0: WITHIN})] * 500))) == 2


def test_a_pause_is_a_piece_of_its_own() -> None:
    steady = [(108, {0: WITHIN})] * 100
    assert len(curve(outflows([*steady, (50_000, {}), *steady]))) == 4


def test_what_shoots_out_at_once_gets_a_second_for_itself() -> None:
    made = TipCurve(WITHIN)
    made.add([Outflow(600, 600, {0: 40 * WITHIN})], 1_200)
    assert made.corners() == (
        TipPoint(0, {}),
        TipPoint(600, {}),
        TipPoint(601, {0: 40 * WITHIN}),
        TipPoint(1_200, {0: 40 * WITHIN}),
    )
