"""The rule by which a prediction counts as within."""

from __future__ import annotations

import pytest

from tests.validation.lines import target
from thecal.validation.verdict import is_within, misfit, reported


@pytest.mark.parametrize(
    ("changed", "ends"),
    [
        ({"spread": "10"}, (30.0, 70.0)),
        ({"spread": "40"}, (0.0, 130.0)),
        ({"spread": "10", "spread_kind": "RSE"}, (40.0, 60.0)),
        ({"spread": "20 to 90", "spread_kind": "range"}, (20.0, 90.0)),
        ({"spread": "5", "spread_kind": "SEM"}, (40.0, 60.0)),
        ({"spread": "5", "spread_kind": "SEM", "n": "4"}, (30.0, 70.0)),
        ({"spread": "", "spread_kind": ""}, None),
    ],
)
def test_the_reported_spread(changed: dict[str, str], ends: tuple[float, float] | None) -> None:
    assert reported(target(**changed)) == ends


def test_a_standard_error_stays_one_in_the_strict_count() -> None:
    assert reported(target(spread="5", spread_kind="SEM", n="4"), strict=True) == (40.0, 60.0)


@pytest.mark.parametrize(
    ("value", "within"), [(33.3, False), (33.4, True), (75, True), (76, False)]
)
def test_without_a_spread_the_factor_decides(value: float, *, within: bool) -> None:
    assert is_within(target(spread="", spread_kind=""), value) == within


@pytest.mark.parametrize(("value", "within"), [(15, False), (20, True), (90, True), (96, False)])
def test_of_a_lone_range_the_geometric_middle_counts(value: float, *, within: bool) -> None:
    lone = target(observed="", spread="20 to 90", spread_kind="range")
    assert is_within(lone, value) == within


def test_a_rank_is_within_when_it_rises() -> None:
    rank = target(drug="a | b", rule="rising", observed="", spread="", spread_kind="")
    assert is_within(rank, 1.01)
    assert not is_within(rank, 1.0)


def test_the_misfit_is_the_same_above_and_below() -> None:
    assert misfit(target(), 25.0) == misfit(target(), 100.0) == 2.0


def test_no_answer_is_infinitely_off() -> None:
    assert misfit(target(), None) == float("inf")
