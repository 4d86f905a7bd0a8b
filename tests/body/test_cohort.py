"""A cohort is followed as each of its patients is alone, whatever the threads and the chunks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.body.bodies import DAY, HOUR, adult
from tests.body.lines import line
from thecal.body.choice import choose_propagator
from thecal.body.cohort import CHUNK, Followed, Member, Wanted, follow
from thecal.body.contour import ContourSystem
from thecal.body.elimination import Elimination
from thecal.body.network import Network
from thecal.body.propagator import Propagator
from thecal.body.schedule import Dose, Rate, Schedule
from thecal.errors import InputError

Array = NDArray[np.float64]

WITHIN = 1e-10
"""The promised error, as a share of the peak at the site."""

TIP = 40


@cache
def network(patient: int) -> Network:
    """Return the adult with other rates and volumes, as if each link were a patient's own."""
    base = adult().network
    random = np.random.default_rng(patient)
    volume = base.volume * random.lognormal(0.0, 0.3, base.size)
    # A rate is a clearance over the volume of its source: the volumes change whole columns, the
    # clearances between two compartments their entries; what leaves is taken off the diagonal.
    links = base.matrix * base.volume * random.lognormal(0.0, 0.3, base.matrix.shape)
    exits = -base.matrix.sum(axis=0) * base.volume * random.lognormal(0.0, 0.3, base.size)
    np.fill_diagonal(links, 0.0)
    np.fill_diagonal(links, -(links.sum(axis=0) + np.maximum(exits, 0.0)))
    return replace(base, volume=volume, matrix=links / volume)


def sites(one: Network) -> Array:
    """Return rows for CSF near, beside and far from the tip, a cord ring and plasma."""
    csf = one.groups["csf"]
    chosen = [csf[0], csf[20], csf[TIP], csf[-1], one.groups["cord"][150], one.at("plasma")]
    return np.array([one.concentration_row([index]) for index in chosen])


def into(one: Network, *cells: int) -> Array:
    channels = np.zeros((one.size, len(cells)))
    channels[one.groups["csf"][list(cells)], range(len(cells))] = 1.0
    return channels


def hourly(days: int, seed: int = 3) -> Schedule:
    rates = np.random.default_rng(seed).uniform(20.0, 180.0, 24 * days).tolist()
    inputs = [Rate(0, h * HOUR, (h + 1) * HOUR, rate) for h, rate in enumerate(rates)]
    return Schedule.of(into(adult().network, TIP), inputs, end_s=days * DAY)


def member(patient: int, schedule: Schedule) -> Member:
    one = network(patient)
    return Member(one, sites(one), schedule)


@cache
def system(patient: int) -> Propagator:
    return choose_propagator(network(patient))


def alone(one: Member, wanted: Wanted, by: Propagator) -> Followed:
    """Return what a propagator says of a member."""
    solution = by.solve(one.schedule)
    edges = wanted.windows_s
    areas = solution.read_integral(edges, one.rows)
    on_grid = solution.read(wanted.grid_s, one.rows)
    highest = np.full((len(one.rows), wanted.windows), -np.inf)
    for k in range(wanted.windows):
        closing = (wanted.grid_s == edges[-1]) & (k == wanted.windows - 1)
        inside = ((wanted.grid_s >= edges[k]) & (wanted.grid_s < edges[k + 1])) | closing
        if inside.any():
            highest[:, k] = on_grid[inside].max(axis=0)
    return Followed(
        solution.read(wanted.values_s, one.rows).T[None],
        (np.diff(areas, axis=0).T / (np.diff(edges) / HOUR))[None],
        highest[None],
        np.zeros(1, dtype=np.bool_),
    )


def worst(found: Followed, truth: Followed) -> float:
    """Return the largest error as a share of the peak that anything shows at its site."""
    assert bool(((found.highest == -np.inf) == (truth.highest == -np.inf)).all())
    pairs = [
        (np.where(np.isfinite(got), got, 0.0), np.where(np.isfinite(true), true, 0.0))
        for got, true in (
            (found.values, truth.values),
            (found.mean, truth.mean),
            (found.highest, truth.highest),
        )
    ]
    peak = np.concatenate([true for _, true in pairs], axis=2).max(axis=2)[:, :, None]
    return max(float((np.abs(got - true) / peak).max(initial=0.0)) for got, true in pairs)


def test_each_patient_is_followed_as_alone() -> None:
    schedule = hourly(30)
    wanted = Wanted.daily(30, values_s=[30 * DAY, HOUR, 5 * DAY + 1800, HOUR, 0])
    members = [member(patient, schedule) for patient in range(3)]
    found = Followed.joined(follow(members, wanted))
    truth = Followed.joined(
        alone(one, wanted, system(patient)) for patient, one in enumerate(members)
    )
    assert not found.by_propagator.any()
    assert worst(found, truth) < WITHIN


amounts = st.floats(1.0, 100.0)
starts = st.integers(0, 2 * DAY)
channels = st.integers(0, 1)
spans = st.sampled_from([60, 900, HOUR, 7 * HOUR, DAY])
inputs = st.one_of(
    st.builds(
        lambda channel, at_s, span_s, mcg: Rate(channel, at_s, at_s + span_s, mcg * HOUR / span_s),
        channels,
        starts,
        spans,
        amounts,
    ),
    st.builds(Dose, channels, starts, amounts),
)


@given(
    st.lists(inputs, min_size=1, max_size=5),
    st.lists(st.integers(0, 3 * DAY), min_size=1, max_size=4),
)
@settings(max_examples=8)
def test_any_schedule_is_followed_as_alone(given_: list[Rate | Dose], values: list[int]) -> None:
    schedule = Schedule.of(into(adult().network, TIP, 12), given_, end_s=3 * DAY)
    ends = [one.end_s if isinstance(one, Rate) else one.at_s for one in given_]
    wanted = Wanted.daily(3, values_s=[*values, *ends])
    one = member(1, schedule)
    found, truth = Followed.joined(follow([one], wanted)), alone(one, wanted, system(1))
    assert worst(found, truth) < 1e-8  # as of a bolus read a second after it began


@pytest.mark.parametrize("span_s", [1, 60, HOUR, DAY])
def test_a_bolus_of_any_length_in_a_year_is_not_missed(span_s: int) -> None:
    start = 100 * DAY
    bolus = Rate(0, start, start + span_s, 10.0 * HOUR / span_s)
    schedule = Schedule.of(into(adult().network, TIP), [bolus], end_s=365 * DAY)
    values = [start, start + span_s, start + span_s + HOUR, start + 2 * DAY]
    one = member(2, schedule)
    wanted = Wanted(values_s=np.array(values))
    found, truth = Followed.joined(follow([one], wanted)), alone(one, wanted, system(2))
    assert not found.by_propagator.any()
    # What a bolus of a second leaves is a small part of what it would lead to if it went on.
    assert worst(found, truth) < (1e-8 if span_s == 1 else WITHIN)


def test_the_bytes_do_not_depend_on_the_threads() -> None:
    schedule = hourly(3)
    members = [member(patient % 5, schedule) for patient in range(2 * CHUNK + 3)]
    wanted = Wanted.daily(3)
    one, two, many = (Followed.joined(follow(members, wanted, threads=n)) for n in (1, 2, 5))
    for other in (two, many):
        assert one.mean.tobytes() == other.mean.tobytes()
        assert one.highest.tobytes() == other.highest.tobytes()


def test_the_bytes_do_not_depend_on_who_else_is_followed() -> None:
    wanted = Wanted.daily(2)
    schedules = hourly(2), hourly(2, seed=4)
    mixed = [member(patient, schedules[patient % 2]) for patient in range(5)]
    found = Followed.joined(follow(mixed, wanted))
    for patient, one in enumerate(mixed):
        single = Followed.joined(follow([one], wanted))
        assert single.mean[0].tobytes() == found.mean[patient].tobytes()
        assert single.highest[0].tobytes() == found.highest[patient].tobytes()


def test_members_are_taken_as_they_are_needed() -> None:
    schedule = hourly(1)
    taken = 0

    def endless() -> Member:
        nonlocal taken
        taken += 1
        return member(0, schedule)

    following = follow(iter(endless, None), Wanted.daily(1), threads=2)
    next(following)
    following.close()
    assert taken <= 4 * CHUNK


def test_a_patient_whom_the_contour_does_not_suit_is_followed_otherwise() -> None:
    tested = line(60.0, 60, dispersion=0.05, flow_ml_per_h=150.0).network
    schedule = Schedule.of(into(tested, 5), [Rate(0, 0, HOUR, 10.0)], end_s=DAY)
    wanted = Wanted.daily(1, values_s=[HOUR, 2 * HOUR])
    rows = np.array([tested.concentration_row([cell]) for cell in (5, 30)])
    one = Member(tested, rows, schedule)
    found = Followed.joined(follow([one], wanted))
    assert found.by_propagator.tolist() == [True]
    assert worst(found, alone(one, wanted, choose_propagator(tested))) < WITHIN


@pytest.mark.parametrize("flow", [0.0, 3.0, 6.0, 10.0, 15.0, 20.0, 30.0])
def test_the_check_lets_no_wrong_answer_pass(flow: float) -> None:
    # From harmless to nearly parallel: what is accepted is right, whichever way it was found.
    tested = line(60.0, 40, flow_ml_per_h=flow).network
    schedule = Schedule.of(into(tested, 5), [Rate(0, 0, HOUR, 10.0)], end_s=30 * DAY)
    wanted = Wanted.daily(30, grid_step_s=900)
    rows = np.array([tested.concentration_row([cell]) for cell in (0, 5, 20, 39)])
    walk = ContourSystem.of(tested.matrix, tested.volume).windows.walk(schedule)
    truth = walk.read(wanted.grid_s, rows, integral=False)
    daily = truth[:-1].reshape(30, 96, 4).max(axis=1).T
    daily[:, -1] = np.maximum(daily[:, -1], truth[-1])
    found = Followed.joined(follow([Member(tested, rows, schedule)], wanted))
    assert (np.abs(found.highest[0] - daily).max(axis=1) / daily.max(axis=1)).max() < WITHIN


def test_a_body_of_another_structure_is_refused() -> None:
    schedule = hourly(1)
    base = network(0)
    matrix = base.matrix.copy()
    matrix[0, 60] += 0.1
    other = replace(base, matrix=matrix)
    members = [member(0, schedule), Member(other, sites(other), schedule)]
    with pytest.raises(InputError, match="links where the first one has none"):
        list(follow(members, Wanted.daily(1)))


def test_members_with_other_sites_are_refused() -> None:
    schedule = hourly(1)
    base = network(0)
    members = [member(0, schedule), Member(base, sites(base)[:2], schedule)]
    with pytest.raises(InputError, match="same sites"):
        list(follow(members, Wanted.daily(1)))


def test_a_time_outside_the_schedule_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the schedule"):
        list(follow([member(0, hourly(1))], Wanted.daily(2)))


@pytest.mark.parametrize("edges", [[0], [0, 10, 10], [10, 0]])
def test_windows_that_do_not_rise_are_refused(edges: list[int]) -> None:
    with pytest.raises(InputError, match="must rise"):
        Wanted(windows_s=np.array(edges))


def test_an_empty_cohort_has_no_answers() -> None:
    assert list(follow([], Wanted.daily(1))) == []


def test_the_elimination_of_a_body_fills_in_hardly_anywhere() -> None:
    matrix = adult().network.matrix
    plan = Elimination.of(matrix)
    assert plan.slots < 1.1 * np.count_nonzero(matrix)
    assert len(plan.target) < 6 * len(matrix)
