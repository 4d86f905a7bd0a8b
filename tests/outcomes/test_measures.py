from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outcomes.people import any_records, made, with_pain
from thecal.errors import InputError
from thecal.evidence import load_library
from thecal.outcomes import Records, find_measure, measure_forms

NAN = float("nan")
EVERY = (
    *(form for form in measure_forms() if ":" not in form),
    "grade_share:nausea:2",
    "grade_mean:sedation",
    "event_free:infection",
    "event_risk:infection",
    "event_share:infection",
    "median_time:death:months",
    "dose_mean:intrathecal",
    "dose_mean:oral",
    "dose_growth_percent_per_year",
    "dose_growth_percent_per_year:28",
    "trait_mean:age",
)


def of(name: str, records: Records, day: int = 28) -> float:
    return find_measure(name).of(records, day)


def with_grades(before: float, now: float, pain: tuple[float, float] = (8.0, 8.0)) -> Records:
    """Return one person whose toxicity sum is that at day 0 and at day 28."""
    grades = np.array([[[before, 0.0], [now, 0.0]]])
    return with_pain(
        pain,
        days=(0, 28),
        grades=grades,
        worst_pain=np.full((1, 2), 9.0),
        oral_mg_per_day=np.zeros((1, 2)),
        intrathecal_mcg_per_day=np.zeros((1, 2)),
    )


def test_every_form_is_tried_below() -> None:
    tried = {name.partition(":")[0] for name in EVERY} | {"dose_growth_percent_per_year"}
    assert {form.partition(":")[0].rstrip("[") for form in measure_forms()} == tried


@given(any_records(), st.sampled_from(EVERY))
def test_a_share_is_a_share_of_all(records: Records, name: str) -> None:
    found = of(name, records, 182)
    within = 0.0 <= found <= 100.0 or math.isnan(found)
    assert within or find_measure(name).unit != "%" or "change" in name


@given(any_records(), st.sampled_from(EVERY))
def test_the_order_of_people_does_not_matter(records: Records, name: str) -> None:
    turned = records.chosen(np.arange(records.people)[::-1])  # type: ignore[arg-type]
    assert of(name, turned, 182) == pytest.approx(of(name, records, 182), nan_ok=True)


@given(any_records(), st.sampled_from(EVERY))
def test_everybody_twice_changes_nothing(records: Records, name: str) -> None:
    twice = records.joined(records)
    found, wanted = of(name, twice, 182), of(name, records, 182)
    assert found == pytest.approx(2 * wanted if name == "evaluable" else wanted, nan_ok=True)


@given(any_records())
def test_what_asks_more_is_met_by_fewer(records: Records) -> None:
    met = [of(f"responders_{percent}", records) for percent in (20, 30, 50)]
    assert met == sorted(met, reverse=True) or math.isnan(met[0])


@given(any_records())
def test_who_is_better_in_both_is_a_success(records: Records) -> None:
    both, success = (find_measure(name).per_person for name in ("both", "success"))
    assert both is not None
    assert success is not None
    assert not np.any(both(records, 28) > success(records, 28))


@pytest.mark.parametrize("name", EVERY)
def test_nobody_evaluable_gives_no_number_or_nobody(name: str) -> None:
    unseen = np.full((1, 3), NAN)
    lost = made(1, pain=unseen, grades=np.full((1, 3, 2), NAN), end_day=np.array([1.0]))
    found = of(name, lost, 182)
    of_all = find_measure(name).kind == "survival" or name.startswith(("event", "eval", "dose_g"))
    assert math.isnan(found) or of_all


@pytest.mark.parametrize("name", EVERY)
def test_a_measure_can_travel_to_another_process(name: str) -> None:
    measure = find_measure(name)
    assert pickle.loads(pickle.dumps(measure)).name == name  # noqa: S301 - our own


def test_the_mean_is_of_those_evaluable() -> None:
    assert of("pain_mean", with_pain((8, 4, 4), (8, 6, 6), (8, NAN, 2))) == 5.0


@given(any_records())
def test_the_risk_of_an_event_is_what_is_not_free_of_it(records: Records) -> None:
    both = (of(f"event_{form}:infection", records, 182) for form in ("risk", "free"))
    assert sum(both) == pytest.approx(100.0)


def test_two_points_less_pain_are_the_published_gain_of_the_index() -> None:
    found = load_library().figures["INSTR-33"].number()
    assert of("eq5d_change", with_pain((8, 6, 6), (5, 3, 3))) == pytest.approx(found)


def test_the_pain_told_last_counts_of_those_who_left() -> None:
    records = with_pain((5, 8, NAN), (5, 6, 6), (5, NAN, 9))
    assert of("last_pain_change_median", records, 182) == 3.0


def test_the_pain_told_last_is_not_that_of_a_later_day() -> None:
    assert of("last_pain_change_median", with_pain((5, 6, 9)), 28) == 1.0


def test_who_was_seen_at_baseline_alone_has_told_no_change() -> None:
    assert math.isnan(of("last_pain_change_median", with_pain((5, NAN, NAN)), 182))


def test_percent_of_the_means_is_not_the_mean_of_percents() -> None:
    records = with_pain((10, 5, 5), (5, 0, 0))
    found = (of("pain_change_percent_of_means", records), of("pain_change_mean_percent", records))
    assert found == pytest.approx((-100.0 * 10 / 15, -75.0))


def test_the_change_of_the_means_is_that_of_the_cancer_trial() -> None:
    records = with_pain((7.57, 3.67, 3.67))
    assert round(of("pain_change_percent_of_means", records)) == -52


def test_people_without_pain_at_baseline_have_no_percentage() -> None:
    assert of("pain_change_mean_percent", with_pain((0, 4, 4), (8, 4, 4))) == -50.0


def test_a_fall_of_a_fifth_counts_in_spite_of_rounding() -> None:
    assert of("responders_20", with_pain((7, 5.6, 5.6))) == 100.0


def test_a_fall_of_a_little_less_does_not_count() -> None:
    assert of("responders_20", with_pain((7, 5.61, 5))) == 0.0


def test_mild_pain_lies_below_four() -> None:
    assert of("mild_pain", with_pain((8, 3.9, 3), (8, 4, 3))) == 50.0


def test_lower_pain_is_a_success_whatever_the_toxicity() -> None:
    assert of("success", with_grades(1.0, 4.0, (8.0, 6.4))) == 100.0


def test_equal_pain_with_lower_toxicity_is_a_success() -> None:
    assert of("success", with_grades(4.0, 3.0)) == 100.0


def test_equal_pain_with_equal_toxicity_is_none() -> None:
    assert of("success", with_grades(4.0, 4.0)) == 0.0


def test_much_more_pain_is_no_success_however_low_the_toxicity() -> None:
    assert of("success", with_grades(4.0, 0.0, (8.0, 9.7))) == 0.0


def test_a_little_more_pain_is_equal_pain() -> None:
    assert of("success", with_grades(4.0, 0.0, (8.0, 9.5))) == 100.0


def test_lower_pain_without_toxicity_to_lower_is_not_both() -> None:
    assert of("both", with_grades(0.0, 0.0, (8.0, 2.0))) == 0.0


def test_people_whose_grades_were_not_seen_are_not_evaluable_for_success() -> None:
    assert math.isnan(of("success", with_grades(4.0, NAN)))


def test_people_of_low_pain_feel_a_smaller_fall() -> None:
    assert of("important_pain_fall", with_pain((3, 2, 2), (6, 5, 5), (9, 5.5, 5))) == pytest.approx(
        200.0 / 3
    )


def test_a_grade_or_more_is_counted() -> None:
    assert [of(f"grade_share:nausea:{grade}", made()) for grade in (1, 2, 3)] == [100, 100, 0]


def test_the_alive_are_counted_among_all() -> None:
    pain = np.array([[8.0, NAN, NAN], [8.0, 8.0, 8.0]])
    assert of("alive", made(2, pain=pain, death_day=np.array([20.0, np.inf]))) == 50.0


def test_those_who_died_before_do_not_lower_the_share_free_of_an_event() -> None:
    pain = np.array([[8.0, NAN, NAN], [8.0, 8.0, 8.0], [8.0, 8.0, 8.0]])
    records = made(
        3,
        pain=pain,
        death_day=np.array([20.0, np.inf, np.inf]),
        events={"infection": np.array([np.inf, 25.0, np.inf])},
    )
    found = (of("event_free:infection", records), of("event_share:infection", records))
    assert found == pytest.approx((50.0, 100.0 / 3))


def test_a_median_time_is_given_in_years() -> None:
    records = made(1, events={"battery end": np.array([100.0])})
    assert of("median_time:battery end:years", records, 182) == pytest.approx(100 / 365.25)


def test_a_median_that_is_not_reached_is_infinite() -> None:
    assert math.isinf(of("median_time:infection", made()))


def test_the_growth_of_the_dose_is_that_on_record() -> None:
    doses = np.array([[0.0, 1400.0, 1480.0]])
    records = made(1, days=(0, 183, 1096), intrathecal_mcg_per_day=doses)
    assert of("dose_growth_percent_per_year", records, 1096) == pytest.approx(2.2, abs=0.05)


def test_the_growth_of_the_dose_can_begin_later() -> None:
    doses = np.array([[500.0, 1000.0, 1100.0]])
    records = made(1, days=(0, 100, 465), intrathecal_mcg_per_day=doses)
    found = of("dose_growth_percent_per_year:100", records, 465)
    assert found == pytest.approx(10.0, abs=0.05)


def test_a_growth_backwards_is_refused() -> None:
    with pytest.raises(InputError, match="must be asked for on a later day"):
        of("dose_growth_percent_per_year:28", made(), 28)


def test_those_without_systemic_opioid_at_baseline_cannot_stop_it() -> None:
    doses = np.array([[300.0, 0.0, 0.0], [300.0, 10.0, 0.0], [0.0, 0.0, 0.0]])
    assert of("stopped_systemic", made(3, oral_mg_per_day=doses)) == 50.0


def test_the_change_of_systemic_opioid_is_of_the_means() -> None:
    doses = np.array([[300.0, 0.0, 0.0], [100.0, 100.0, 0.0]])
    assert of("systemic_change_percent_of_means", made(2, oral_mg_per_day=doses)) == -75.0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("relief", 'no measure "relief"; there are pain_mean, '),
        ("pain_mean:2", "it is written pain_mean"),
        ("grade_share:nausea", "it is written grade_share:ITEM:GRADE"),
        ("grade_share:nausea:5", 'the grade "5" of grade_share:nausea:5 must be 1, 2, 3 or 4'),
        ("event_free:", "it is written event_free:EVENT"),
        ("median_time:death:weeks", 'the unit "weeks" of median_time:death:weeks must be days'),
        ("dose_mean:rectal", 'the dose "rectal" of dose_mean:rectal must be intrathecal or oral'),
        ("dose_growth_percent_per_year:soon", "must be a whole number of days"),
    ],
)
def test_a_name_that_is_no_measure_is_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        find_measure(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("trait_mean:mood", '"mood" is no trait of pump; recorded are age'),
        ("event_free:explant", '"explant" is no event of pump'),
        ("grade_mean:itch", '"itch" is not graded in pump'),
    ],
)
def test_what_was_not_recorded_is_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        of(name, made())


@pytest.mark.parametrize("name", ["alive", "event_share:infection"])
def test_a_day_beyond_the_last_visit_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="not on day 200"):
        of(name, made(), 200)
