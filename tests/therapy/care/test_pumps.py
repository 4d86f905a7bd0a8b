"""The pumps of virtual trials, held against the pump package stroke for stroke."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from thecal import pump
from thecal.devices import load_catheter, load_pump
from thecal.formulary import load_formulary
from thecal.knowledge import Figure
from thecal.pump import DAY_S
from thecal.pump.hardware import CatheterFigures, Individual, RotorFigures
from thecal.pump.hardware.figures import WHOLE_PCM
from thecal.pump.implant.values import Permit
from thecal.therapy.care.failing import Failures
from thecal.therapy.care.pump_kinds import PumpKind, kind_of, pump_figures, pump_kind
from thecal.therapy.care.pumps import Pumps

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

KIND = pump_kind("morphine")
USABLE_NL = KIND.hardware.reservoir_nl - KIND.hardware.residual_nl


def pumps(people: int = 1, kind: PumpKind = KIND, *, seed: int = 1) -> Pumps:
    return Pumps(kind, people, np.random.default_rng(seed))


def small(reservoir_nl: int) -> PumpKind:
    """Return a pump that may run dry within a day, at flows that others only dream of."""
    limits = KIND.hardware
    less = replace(
        limits,
        reservoir_nl=limits.residual_nl + reservoir_nl,
        low_reservoir_nl=limits.residual_nl,
    )
    return replace(KIND, hardware=less, lead_days=0)


def stall(people: int, person: int, first: int, last: int) -> Failures:
    return replace(
        Failures.none(people),
        person=np.array([person]),
        from_day=np.array([first]),
        until_day=np.array([last]),
        arrives=np.ones(1),
        stops=np.array([True]),
        misses=np.array([False]),
    )


def counted(
    kind: PumpKind, doses: list[Array], failures: Failures
) -> tuple[list[Whole], list[list[pump.Event]]]:
    """Return the strokes after each day, and what each person's pump was told."""
    people = len(doses[0])
    made = pumps(people, kind)
    made.suffer(failures)
    strokes: list[Whole] = []
    told: list[list[pump.Event]] = [[] for _ in range(people)]
    filled = made.filled_nl
    flows = np.full(people, -1)
    for day, dose in enumerate(doses):
        made.order(dose)
        made.deliver(day)
        strokes.append(made.strokes)
        active = failures.stops & (failures.from_day <= day) & (day < failures.until_day)
        now = made.program[0]
        now[failures.person[active]] = 0
        for person in range(people):
            if made.filled_nl[person] > filled[person]:
                volume = kind.hardware.reservoir_nl - kind.hardware.residual_nl
                told[person].append(pump.Refilled(day * DAY_S, 0, volume, rinsed=True))
            if now[person] != flows[person]:
                steps = (pump.WeekStep(0, int(now[person])),)
                told[person].append(
                    pump.Programmed(day * DAY_S, pump.Program("simple continuous", steps))
                )
        flows, filled = now, made.filled_nl
    return strokes, told


def delivered(kind: PumpKind, told: list[pump.Event], days: int) -> list[int]:
    """Return the strokes after each day of the pump package."""
    run = pump.run(kind.hardware, told, until_s=days * DAY_S, start_nl=kind.hardware.residual_nl)
    stroke_nl = kind.hardware.stroke_nl
    return [run.delivered_nl((day + 1) * DAY_S) // stroke_nl for day in range(days)]


# Strokes ------------------------------------------------------------------------------------------

dose = st.one_of(st.just(0.0), st.floats(0.01, 60.0))
histories = st.lists(st.lists(dose, min_size=2, max_size=2), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(
    histories,
    st.integers(1, 5),
    st.sampled_from([150_000, 777_777, 3_000_000, USABLE_NL]),
    st.tuples(st.integers(0, 20), st.integers(1, 10)),
)
def test_every_stroke_is_that_of_the_pump_package(
    history: list[list[float]], each: int, reservoir_nl: int, stalled: tuple[int, int]
) -> None:
    kind = small(reservoir_nl)
    doses = [np.array(one) for one in history for _ in range(each)]
    failures = stall(2, 1, stalled[0], sum(stalled))
    strokes, told = counted(kind, doses, failures)
    for person in range(2):
        expected = delivered(kind, told[person], len(doses))
        assert [int(one[person]) for one in strokes] == expected


def test_a_pump_that_runs_dry_within_the_day_stops_where_the_pump_package_stops() -> None:
    kind = small(150_000)
    strokes, told = counted(kind, [np.array([60.0])] * 3, Failures.none(1))
    assert int(strokes[0][0]) == 150_000 // kind.hardware.stroke_nl
    assert [int(one[0]) for one in strokes] == delivered(kind, told[0], 3)


def test_what_a_stroke_moves_is_what_the_plant_of_the_pump_package_moves() -> None:
    made = pumps()
    made.order(np.array([1.0]))
    for day in range(5):
        made.deliver(day)
    profile = load_catheter("ascenda-8780")
    plant = KIND.plant.build(
        CatheterFigures.read(profile.exact_number, 200_000),
        Random(1),  # noqa: S311  (an experiment that must be repeatable)
        start_nl=KIND.hardware.reservoir_nl,
        individual=Individual(int(made.gain_pcm[0])),
    )
    strokes = int(made.strokes[0])
    plant.push(Permit(1, strokes, plant.now_s + 1), strokes, plant.now_s)
    assert plant.delivered_nl(plant.now_s) == int(made.left_nl[0])


# Programs -----------------------------------------------------------------------------------------


@given(st.floats(1e-4, 30.0))
def test_a_program_is_within_the_limits_and_never_above_the_order(mg: float) -> None:
    made = pumps()
    made.order(np.array([mg]))
    made.deliver(0)
    flow, strength = (int(one[0]) for one in made.program)
    assert KIND.lowest_nl_per_day <= flow <= KIND.highest_nl_per_day
    assert mg * 1e9 - strength <= flow * strength <= mg * 1e9 * (1.0 + 1e-12)


def test_a_dose_too_small_for_any_solution_is_not_given() -> None:
    made = pumps()
    made.order(np.array([1e-6]))
    assert made.deliver(0).tolist() == [0.0]


def test_a_dose_below_the_lowest_flow_brings_a_weaker_solution() -> None:
    made = pumps()
    made.order(np.array([5.0]))
    made.deliver(0)
    before = made.program[1].copy()
    made.order(np.array([0.05]))
    made.deliver(1)
    assert made.program[1][0] < before[0]
    assert made.program[0][0] >= KIND.lowest_nl_per_day


def test_a_dose_above_the_highest_flow_is_held_there() -> None:
    made = pumps()
    made.order(np.array([10_000.0]))
    made.deliver(0)
    assert made.program[0].tolist() == [KIND.highest_nl_per_day]


def test_a_solution_is_no_stronger_than_is_advised() -> None:
    limits = load_formulary().drug("morphine").highest_concentration
    strongest = min(limit.highest for limit in limits).to("mcg/mL")
    assert KIND.strengths.max() == strongest


def test_the_flow_of_a_usual_dose_is_within_advice() -> None:
    figure = pump_figures()[1]["flow"]
    strength = KIND.strength_for(np.array([2.0]))
    flow = int(KIND.flow_for(np.array([2.0]), strength)[0]) / 1e6
    assert figure.number("mL/day", "low") <= flow <= figure.number("mL/day", "high")


# Volumes ------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(histories, st.integers(1, 5), st.sampled_from([150_000, 3_000_000, USABLE_NL]))
def test_what_was_filled_is_held_or_was_drawn_or_has_left(
    history: list[list[float]], each: int, reservoir_nl: int
) -> None:
    made = pumps(2, small(reservoir_nl))
    for day, one in enumerate(one for one in history for _ in range(each)):
        made.order(np.array(one))
        made.deliver(day)
    assert (made.held_nl >= 0.0).all()
    np.testing.assert_allclose(
        made.filled_nl, made.held_nl + made.drawn_nl + made.left_nl, rtol=1e-12
    )


def test_a_refill_is_planned_as_the_pump_package_plans_it() -> None:
    made = pumps()
    made.order(np.array([1.0]))
    days = [day for day in range(200) if refilled(made, day)]
    flow = int(made.program[0][0])
    due = pump.forecast_refill(
        volume_now_nl=KIND.hardware.reservoir_nl,
        low_nl=KIND.hardware.low_reservoir_nl,
        typical_nl_per_day=flow,
        worst_nl_per_day=flow,
        lead_days=KIND.lead_days,
        stability_days=KIND.kept_days,
    ).typical.refill_by_day
    assert due is not None
    assert days == [0, *range(due, 200, due)]


def test_a_solution_is_renewed_before_it_spoils() -> None:
    kind = replace(KIND, kept_days=10)
    made = pumps(kind=kind)
    made.order(np.array([1.0]))
    assert [day for day in range(35) if refilled(made, day)] == [0, 10, 20, 30]


def refilled(made: Pumps, day: int) -> bool:
    before = made.filled_nl
    made.deliver(day)
    return bool((made.filled_nl > before).any())


def test_an_empty_reservoir_gives_nothing() -> None:
    made = pumps(2)
    made.order(np.array([1.0, 1.0]))
    missed = replace(stall(2, 0, 5, 9), stops=np.array([False]), misses=np.array([True]))
    made.suffer(missed)
    given_mg = np.array([made.deliver(day) for day in range(12)])
    assert (given_mg[5:9, 0] == 0.0).all()
    assert (given_mg[[*range(5), 9, 10, 11], 0] > 0.0).all()
    assert (given_mg[:, 1] > 0.0).all()


# Single pumps -------------------------------------------------------------------------------------


def test_pumps_differ_as_is_on_record() -> None:
    people = 20_000
    profile = load_pump("synchromed-ii-20")
    share = pumps(people).gain_pcm / 1000.0
    assert share.mean() == pytest.approx(percent(profile.figures["delivered_share"]), abs=0.05)
    assert share.std() == pytest.approx(
        percent(profile.figures["delivered_share_spread"]), rel=0.03
    )


def percent(figure: Figure) -> float:
    return figure.number("percent")


def test_over_a_month_the_share_of_the_order_that_arrives_is_that_of_the_pump() -> None:
    made = pumps(50)
    made.order(np.full(50, 2.0))
    total = sum(made.deliver(day) for day in range(30))
    np.testing.assert_allclose(total / 60.0, made.gain_pcm / 1e5, rtol=1e-4)


def test_a_pump_that_comes_to_over_infuse_gives_more_by_the_day() -> None:
    rotor = KIND.plant.own
    assert isinstance(rotor, RotorFigures)
    always = replace(KIND.plant, own=replace(rotor, over_infusing_pcm=WHOLE_PCM))
    made = pumps(kind=replace(KIND, plant=always))
    made.order(np.array([2.0]))
    daily = np.array([made.deliver(day)[0] for day in range(2600)])
    assert daily[-1] > 1.2 * daily[0]


def test_no_order_no_flow() -> None:
    made = pumps(3)
    assert not any(made.deliver(day).any() for day in range(5))
    assert not made.filled_nl.any()


def test_the_same_seed_gives_the_same_bytes() -> None:
    def course() -> bytes:
        made = pumps(20, seed=7)
        made.order(np.linspace(0.0, 9.0, 20))
        return b"".join(made.deliver(day).tobytes() for day in range(60))

    assert course() == course()


@pytest.mark.parametrize("drug", ["morphine", "ziconotide", "hydromorphone"])
def test_every_drug_of_a_pump_has_a_kind(drug: str) -> None:
    made = pumps(kind=pump_kind(drug))
    made.order(np.array([0.01]))
    assert made.deliver(0)[0] > 0.0


def test_another_pump_may_be_taken() -> None:
    kind = kind_of(load_pump("prometra-ii-20"), load_formulary().drug("morphine"), 0.5)
    made = pumps(kind=kind)
    made.order(np.array([1.0]))
    assert made.deliver(0)[0] == pytest.approx(1.0, rel=0.15)
