from __future__ import annotations

import numpy as np
import pytest

from tests.patients.history import History
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.patients import Pool, Route, make_pool

SITES = ("cord T10", "cisterna magna", "plasma")
ROUTES = (
    Route("tablets", "oral", "extended-release"),
    Route("pump", "pump", "T10"),
    Route("shot", "intrathecal", "L2", at_once=True),
)


def pool_of(people: int = 3, days: int = 4, threads: int = 1, seed: int = 5) -> Pool:
    drug = load_formulary().drug("morphine")
    return make_pool(drug, ROUTES, SITES, people=people, days=days, seed=seed, threads=threads)


@pytest.fixture(scope="module")
def pool() -> Pool:
    return pool_of()


def test_the_first_people_are_the_same_in_a_larger_pool(pool: Pool) -> None:
    larger = pool_of(people=5)
    for name, response in pool.responses.items():
        assert (larger.responses[name][:3] == response).all()


def test_the_number_of_threads_changes_no_byte(pool: Pool) -> None:
    again = pool_of(threads=2)
    for name, response in pool.responses.items():
        assert again.responses[name].tobytes() == response.tobytes()


def test_another_seed_gives_other_people(pool: Pool) -> None:
    assert (pool_of(seed=6).responses["pump"] != pool.responses["pump"]).any()


def test_nothing_given_reads_nothing(pool: Pool) -> None:
    assert (History(pool, np.arange(3)).read(24.0) == 0.0).all()


def test_twice_the_rate_reads_twice_as_much(pool: Pool) -> None:
    one, two = (History(pool, np.arange(3)) for _ in range(2))
    one.set_rate("pump", 0.0, np.full(3, 10.0))
    two.set_rate("pump", 0.0, np.full(3, 20.0))
    np.testing.assert_allclose(two.read(30.5), 2.0 * one.read(30.5), rtol=1e-12)


def test_a_stop_leaves_what_the_difference_of_two_steps_leaves(pool: Pool) -> None:
    history = History(pool, np.arange(3))
    history.set_rate("pump", 0.0, np.full(3, 10.0))
    history.set_rate("pump", 24.0, np.zeros(3))
    people = np.arange(3)
    left = 10.0 * (pool.read("pump", people, 40.0) - pool.read("pump", people, 16.0))
    np.testing.assert_allclose(history.read(40.0), np.maximum(left, 0.0), rtol=1e-12)


def test_a_dose_at_once_is_gone_later(pool: Pool) -> None:
    history = History(pool, np.arange(3))
    history.give("shot", 0.0, np.full(3, 100.0))
    assert (history.read(90.0)[:, 0] < 0.1 * history.read(4.0)[:, 0]).all()


def test_one_person_may_stand_in_it_twice(pool: Pool) -> None:
    history = History(pool, np.array([1, 1]))
    history.set_rate("tablets", 0.0, np.full(2, 1000.0))
    found = history.read(20.0)
    assert (found[0] == found[1]).all()


def test_the_rate_in_force_is_the_last_one_set(pool: Pool) -> None:
    history = History(pool, np.arange(3))
    history.set_rate("pump", 0.0, np.full(3, 10.0))
    history.set_rate("pump", 5.0, np.full(3, 4.0))
    assert history.rate("pump").tolist() == [4.0] * 3


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_an_impossible_dose_is_refused(pool: Pool, amount: float) -> None:
    with pytest.raises(InputError, match="zero or more, and finite"):
        History(pool, np.arange(3)).set_rate("pump", 0.0, np.full(3, amount))


def test_a_dose_in_the_past_is_refused(pool: Pool) -> None:
    history = History(pool, np.arange(3))
    history.set_rate("pump", 10.0, np.ones(3))
    with pytest.raises(InputError, match="comes after one at hour 10"):
        history.set_rate("pump", 9.0, np.ones(3))


def test_a_pool_without_people_is_refused() -> None:
    with pytest.raises(InputError, match="a pool has 0 people, but needs at least 1"):
        pool_of(people=0)
