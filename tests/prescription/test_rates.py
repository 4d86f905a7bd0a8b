"""Doses, flows and the most that a day can bring."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.devices import load_pump
from thecal.prescription import (
    Bolus,
    Flex,
    FlexStep,
    MinimumRate,
    PatientBolus,
    Prescription,
    SimpleContinuous,
    Solution,
    Stopped,
    basal_week,
    flow_of,
    mean_dose,
    patient_boluses_in_a_day,
    worst_day,
)
from thecal.prescription.orders import WEEK_S, Pattern
from thecal.prescription.rates import dose_bounds
from thecal.quantity import Quantity

PUMP = load_pump("synchromed-ii-20")
SOLUTION = Solution({"alphine": Quantity.of(10, "mg/mL"), "betaine": Quantity.of(20, "mg/mL")})
EVERY_DAY = frozenset(range(7))
HOUR_S = 3600


def ordered(pattern: Pattern, *boluses: Bolus, button: PatientBolus | None = None) -> Prescription:
    return Prescription(0, SOLUTION, pattern, boluses, button)


def test_the_flow_is_the_dose_over_the_concentration() -> None:
    flow = flow_of(Quantity.of(125, "mcg/day"), Quantity.of(500, "mcg/mL"))
    assert flow == Quantity.of("0.25", "mL/day")


@pytest.mark.parametrize(("concentration", "lowest"), [(2000, 96), (500, 24)])
def test_the_lowest_dose_is_the_lowest_flow_times_the_concentration(
    concentration: int, lowest: int
) -> None:
    low, _ = dose_bounds(
        Quantity.of("0.048", "mL/day"),
        Quantity.of(24, "mL/day"),
        Quantity.of(concentration, "mcg/mL"),
    )
    assert low == Quantity.of(lowest, "mcg/day")


def test_dose_bounds_are_rounded_into_the_range() -> None:
    third = Quantity.of(Fraction(1, 3), "mL/day")
    low, high = dose_bounds(third, 2 * third, Quantity.of(1, "mcg/mL"))
    assert (low, high) == (Quantity.of("0.334", "mcg/day"), Quantity.of("0.666", "mcg/day"))


@pytest.mark.parametrize(
    ("lockout", "most", "count"), [("4", 4, 4), ("4", 10, 6), ("5", 10, 5), ("48", 3, 1)]
)
def test_the_worst_day_of_a_button(lockout: str, most: int, count: int) -> None:
    button = PatientBolus(
        Quantity.of("0.1", "mg"), Quantity.of(10, "min"), Quantity.of(lockout, "h"), most
    )
    assert patient_boluses_in_a_day(button) == count


def test_the_worst_day_adds_the_button_to_the_basal_rate() -> None:
    button = PatientBolus(
        Quantity.of("0.1", "mg"), Quantity.of(10, "min"), Quantity.of(4, "h"), most_per_day=4
    )
    worst = worst_day(ordered(SimpleContinuous(Quantity.of("1.2", "mg/day")), button=button), PUMP)
    assert worst.total * SOLUTION.primary_concentration == Quantity.of("1.6", "mg")


def test_an_interval_typed_in_minutes_gives_sixty_times_the_dose() -> None:
    def periodic(unit: str) -> Quantity:
        bolus = Bolus(
            Quantity.of("0.05", "mg"), Quantity.of(1, "min"), 0, every=Quantity.of(6, unit)
        )
        return worst_day(ordered(Stopped(), bolus), PUMP).total * SOLUTION.primary_concentration

    assert periodic("h") == Quantity.of("0.2", "mg")
    assert periodic("min") == Quantity.of(12, "mg")


def test_single_boluses_of_one_day_add_up_and_of_two_days_do_not() -> None:
    def singles(*at_s: int) -> Quantity:
        boluses = [Bolus(Quantity.of(1, "mg"), Quantity.of(1, "min"), at) for at in at_s]
        return worst_day(ordered(Stopped(), *boluses), PUMP).single

    assert singles(0, 86_399) == 2 * singles(0, 86_400)


def test_the_mean_dose_counts_periodic_boluses_of_every_drug() -> None:
    bolus = Bolus(Quantity.of("0.05", "mg"), Quantity.of(1, "min"), 0, every=Quantity.of(6, "h"))
    order = ordered(SimpleContinuous(Quantity.of(1, "mg/day")), bolus)
    assert mean_dose(order, PUMP, "alphine") == Quantity.of("1.2", "mg/day")
    assert mean_dose(order, PUMP, "betaine") == Quantity.of("2.4", "mg/day")


def test_the_minimum_rate_is_the_pump_s_own() -> None:
    (stretch,) = basal_week(ordered(MinimumRate()), PUMP)
    assert (stretch.start_s, stretch.end_s, stretch.flow) == (0, WEEK_S, PUMP.minimum_rate_mode)


def two_steps(change_h: int, back_h: int, first: int, second: int) -> Flex:
    return Flex(
        (
            FlexStep(EVERY_DAY, change_h * HOUR_S, back_h * HOUR_S, Quantity.of(first, "mcg/h")),
            FlexStep(EVERY_DAY, back_h * HOUR_S, change_h * HOUR_S, Quantity.of(second, "mcg/h")),
        )
    )


flexes = st.builds(
    two_steps,
    st.integers(0, 11),
    st.integers(12, 23),
    st.integers(0, 500),
    st.integers(0, 500),
)


@given(flexes)
def test_a_day_that_repeats_is_its_own_worst_day(flex: Flex) -> None:
    order = ordered(flex)
    mean = mean_dose(order, PUMP, "alphine") * Quantity.of(1, "day")
    assert worst_day(order, PUMP).basal * SOLUTION.primary_concentration == mean


@given(st.lists(st.integers(0, 500), min_size=7, max_size=7), st.integers(0, 7 * 24 - 1))
def test_no_day_of_the_week_brings_more_than_the_worst_day(rates: list[int], start_h: int) -> None:
    flex = Flex(
        tuple(
            FlexStep(frozenset({day}), 0, 24 * HOUR_S, Quantity.of(rate, "mcg/h"))
            for day, rate in enumerate(rates)
        )
    )
    hours = [rates[hour % (7 * 24) // 24] for hour in range(start_h, start_h + 24)]
    worst = worst_day(ordered(flex), PUMP).basal * SOLUTION.primary_concentration
    assert Quantity.of(sum(hours), "mcg") <= worst == Quantity.of(24 * max(rates), "mcg")
