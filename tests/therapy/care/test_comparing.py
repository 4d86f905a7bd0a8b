from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from tests.therapy.care.small_runs import BODIES, small_comparison
from thecal.errors import InputError
from thecal.therapy.care import comparing
from thecal.therapy.care.comparing import compare_routes, comparison_object


def test_both_treatments_begin_with_the_same_people() -> None:
    found = small_comparison()
    names = {one.name for one in found.series}
    for name in names:
        assert found.of(name, "mouth").at[0] == found.of(name, "pump").at[0]


def test_nobody_treated_by_mouth_has_a_dose_in_a_pump() -> None:
    doses = small_comparison().of("intrathecal_mcg_per_day", "mouth").at
    assert {one.high for one in doses} == {0.0}


def test_less_is_swallowed_by_those_who_have_a_pump() -> None:
    found = small_comparison()
    last = {route: found.of("oral_mg_per_day", route).at[-1] for route in comparing.ROUTES}
    assert last["pump"].middle < last["mouth"].middle


def test_constipation_is_rarer_by_pump() -> None:
    found = small_comparison()
    last = {route: found.of("constipation_moderate", route).at[-1] for route in comparing.ROUTES}
    assert last["pump"].middle < last["mouth"].middle


def test_those_seen_never_become_more() -> None:
    seen = small_comparison().seen
    assert sorted(seen, reverse=True) == list(seen)


def test_an_interval_is_in_order() -> None:
    for series in small_comparison().series:
        for one in series.at:
            assert one.low <= one.middle <= one.high


def test_shares_lie_within_0_and_100() -> None:
    for judged in small_comparison().judged:
        for one in (judged.better, judged.same, judged.worse):
            assert 0.0 <= one.low <= one.high <= 100.0


def test_the_trial_in_cancer_stands_beside() -> None:
    ids = [
        (one.check.mouth and one.check.mouth.id, one.check.pump.id)
        for one in small_comparison().checked
    ]
    assert ids == [("SMITH2002-20", "SMITH2002-17"), ("SMITH2002-12", "SMITH2002-09")]


def test_the_same_seed_gives_the_same_comparison() -> None:
    with patch.object(comparing, "BODIES", BODIES):
        again = compare_routes(weeks=5, people=20, replicates=5, seed=1)
    assert comparison_object(again) == comparison_object(small_comparison())


def test_another_seed_gives_another_comparison() -> None:
    assert small_comparison(2).series != small_comparison().series


def test_it_is_told_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    with patch.object(comparing, "BODIES", BODIES):
        compare_routes(
            weeks=1, people=20, replicates=5, done=lambda now, all_: told.append((now, all_))
        )
    assert told == [(number, 5) for number in range(1, 6)]


def test_it_can_be_written_as_json() -> None:
    assert "NaN" not in json.dumps(comparison_object(small_comparison()))


@pytest.mark.parametrize("name", ["weeks", "people", "replicates", "seed"])
def test_a_number_that_makes_no_sense_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: -1, but "):
        compare_routes(**{name: -1})  # type: ignore[arg-type]


def test_a_population_without_both_treatments_is_refused() -> None:
    with pytest.raises(InputError, match="what they would have by mouth instead was never studied"):
        compare_routes("established-pump")


@pytest.mark.parametrize("population", ["chronic-noncancer", "low-back"])
def test_pain_outside_cancer_is_compared_too(population: str) -> None:
    found = small_comparison(1, population)
    last = {route: found.of("pain", route).at[-1] for route in comparing.ROUTES}
    assert last["pump"].middle < last["mouth"].middle


def test_where_a_trial_selects_those_who_fail_it_are_counted_in_neither_treatment() -> None:
    found = small_comparison(1, "low-back")
    assert 0 < found.seen[0] < found.entered
    assert found.of("pain", "mouth").at[0] == found.of("pain", "pump").at[0]
