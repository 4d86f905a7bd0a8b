"""What a lower dose sustains of a tolerance."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.patients.bodies import simple_kinetics
from thecal.effects import Response, Sites, Tolerance, load_effects, respond

ONE = np.ones(1)
NONE = Sites(0.0 * ONE, 0.0 * ONE, 0.0 * ONE)


def response() -> Response:
    known = load_effects("morphine")
    return respond(known, simple_kinetics().reference(), oral_to_intrathecal=100.0)


def taken(share: float = 1.0) -> Sites:
    return Sites(20.0 * share * ONE, 10.0 * share * ONE, 10.0 * share * ONE)


def after(sites: Sites, days: int, *, entering: float = 6.0, half_life: float = 13.0) -> float:
    held = Tolerance(response(), entering * ONE, taken(), recovery_half_life=half_life)
    for _ in range(days):
        held.pass_day(sites, ONE)
    return float(held.factor[0])


def test_without_a_half_life_a_tolerance_never_falls() -> None:
    held = Tolerance(response(), 6.0 * ONE, taken())
    held.pass_day(NONE, ONE)
    assert held.factor[0] == 6.0


def test_long_after_a_stop_people_are_as_if_they_had_never_had_the_drug() -> None:
    assert after(NONE, 1000) == 1.0


def test_more_than_at_entry_sustains_no_more_than_all() -> None:
    assert after(taken(3.0), 100) == 6.0


def test_who_enters_without_the_drug_and_gets_it_keeps_what_is_acquired() -> None:
    held = Tolerance(response(), ONE, NONE, recovery_half_life=13.0)
    for _ in range(100):
        held.pass_day(taken(), 1.01 * ONE)
    np.testing.assert_allclose(held.factor, 1.01**100)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(1.0, 50.0))
def test_less_of_the_drug_never_relieves_more_in_the_end(
    one: float, other: float, entering: float
) -> None:
    low, high = sorted((one, other))
    drives = [
        float(response().drive(taken(share), after(taken(share), 400, entering=entering) * ONE)[0])
        for share in (low, high)
    ]
    assert drives[0] <= drives[1] + 1e-9
