"""Trials against what holds for every linear body."""

from __future__ import annotations

import numpy as np
import pytest

from tests.validation.lines import target
from thecal.errors import ValidityError
from thecal.validation.trial import AMOUNTS, Laboratory, Trial

HOUR = 3600
LABORATORY = Laboratory()


def trial(**changed: str) -> Trial:
    return LABORATORY.trial(target(**changed).ways[0])


def numerical(one: Trial, site: str, power: int) -> float:
    """Return the area or the moment of a curve by the trapezium rule, up to four days."""
    times = np.arange(0, 96 * HOUR, 60)
    hours = times / HOUR
    return float(np.trapezoid(one.curve(site, times) * hours**power, hours))


@pytest.mark.parametrize("over", ["", "3 h"])
def test_area_and_moment_are_those_of_the_curve(over: str) -> None:
    one = trial(over=over)
    assert one.area("csf L3") == pytest.approx(numerical(one, "csf L3", 0), rel=1e-3)
    assert one.moment("csf L3") == pytest.approx(numerical(one, "csf L3", 1), rel=1e-3)


def test_a_rate_settles_where_a_dose_has_its_area() -> None:
    # linearity: area of dose / dose = settled / rate
    settled = trial(
        amount="1 mg/h", statistic="rate over concentration", times="", unit="mL/h"
    ).settled("csf T10")
    slow = trial(over="1 h", amount="1 mg").area("csf T10")
    assert settled == pytest.approx(slow, rel=1e-12)


def test_a_repeated_dose_adds_up() -> None:
    once, again = trial(amount="1 mg"), trial(amount="1 mg", every="2 h")
    times = np.array([3 * HOUR])
    first, second = (once.curve("csf L3", times - shift)[0] for shift in (0, 2 * HOUR))
    assert again.curve("csf L3", times)[0] == pytest.approx(first + second, rel=1e-10)


def test_plasma_is_read_in_the_same_unit_as_csf() -> None:
    one = trial(route="intravenous", site="", amount="1.75 mg")
    # 1.75 mg in a central volume of 1.75 L
    assert one.curve("plasma", np.array([0]))[0] == pytest.approx(1.0)


@pytest.mark.parametrize("place", sorted(AMOUNTS))
def test_an_amount_is_never_more_than_the_dose(place: str) -> None:
    amounts = trial(amount="1 mg").curve(place, np.arange(0, 24 * HOUR, HOUR))
    assert amounts.max() <= 1000.0 * (1.0 + 1e-12)
    assert amounts.max() > 1.0


def test_the_canal_holds_what_the_spinal_csf_holds() -> None:
    one = trial(amount="1 mg")
    _, amounts = one.along(2 * HOUR)
    read = one.curve("amount in spinal csf", np.array([2 * HOUR]))[0]
    assert amounts.sum() == pytest.approx(read)


def test_a_repeated_dose_has_no_single_dose() -> None:
    with pytest.raises(ValidityError, match="repeated"):
        trial(every="1 h").area("csf L3")


def test_a_single_dose_has_no_rate() -> None:
    with pytest.raises(ValidityError, match="a single dose is given"):
        trial().settled("csf L3")
