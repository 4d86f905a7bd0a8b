"""The hours of the day: what the words mean, what is refused, and what they do to the drug."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.body.bodies import DAY, HOUR, adult, depth, morphine
from thecal.body import (
    Body,
    DayBody,
    Piece,
    Rate,
    Schedule,
    build_body,
    build_day,
    choose_propagator,
    load_anatomy,
    load_day,
    parameters_of,
)
from thecal.body.cohort import Member, Wanted, follow
from thecal.body.pieces import PiecewiseSystem
from thecal.errors import InputError, ValidityError
from thecal.formulary import load_formulary
from thecal.knowledge import Which

Array = NDArray[np.float64]

FIGURES = load_day()
UPRIGHT = Piece.of(7 * HOUR, posture="upright")
NIGHT = Piece.of(23 * HOUR, csf_formation="night")


def day(*pieces: Piece, at_s: int = 0) -> DayBody:
    return build_day(load_anatomy("adult"), morphine(), pieces, at_s=at_s)


def infused(body: Body, days: int = 3, level: str = "L3") -> Array:
    """Return the amounts after days of an infusion."""
    channel = body.channel("intrathecal", level)[:, None]
    schedule = Schedule.of(channel, [Rate(0, 0, days * DAY, 10.0)], end_s=days * DAY)
    return body.system.solve(schedule).end()


def test_the_night_is_its_figure_over_the_mean_of_the_day() -> None:
    # Nilsson 1992: 42 mL/h at night, 12 in the evening, 650 mL a day
    night, evening = (FIGURES[f"csf_formation_{word}"].number("1") for word in ("night", "evening"))
    assert (night, evening) == pytest.approx((42 / (650 / 24), 12 / (650 / 24)), abs=0.006)


def test_eight_hours_of_evening_and_of_night_keep_the_mean_formation() -> None:
    night, evening = (FIGURES[f"csf_formation_{word}"].number("1") for word in ("night", "evening"))
    assert (8 * night + 8 * evening + 8) / 24 == pytest.approx(1.0, abs=0.01)


def test_upright_is_the_square_of_the_measured_stroke_in_the_share_of_the_heart() -> None:
    anatomy = load_anatomy("adult").figures
    heart = anatomy["heart_rate"].number("1/s") * anatomy["stroke_volume"].number("mL") ** 2
    breath = anatomy["breathing_rate"].number("1/s") * anatomy["breathing_volume"].number("mL") ** 2
    upright = (heart / 1.576**2 + breath) / (heart + breath)
    assert FIGURES["upright_dispersion"].number("1") == pytest.approx(upright, abs=0.01)


def test_moving_is_the_ends_of_the_ranges_of_heart_and_breath() -> None:
    anatomy = load_anatomy("adult").figures

    def pulsation(which: Which) -> float:
        heart = anatomy["heart_rate"].number("1/s", which)
        breath = anatomy["breathing_rate"].number("1/s", which)
        stroke = anatomy["stroke_volume"].number("mL")
        return heart * stroke**2 + breath * anatomy["breathing_volume"].number("mL") ** 2

    moving = FIGURES["moving_dispersion"].number("1")
    assert moving == pytest.approx(pulsation("high") / pulsation("value"), abs=0.01)


def test_the_highest_drift_gives_what_was_seen_in_monkeys_that_lay_or_sat() -> None:
    # Blaney 1995: upright at once, or prone for an hour first; 23 times the exposure of ventricles
    monkey = load_anatomy("cynomolgus")
    drug = parameters_of(load_formulary().drug("methotrexate"), monkey)
    drift = FIGURES["upright_drift"].number("cm/h", "high")
    lying = build_body(monkey, drug)
    upright = build_body(monkey, replace(drug, drift_cm_per_h=drift))
    systems = tuple(choose_propagator(one.network) for one in (lying, upright))
    dose = lying.channel("intrathecal", "L5", bolus=True) * 1000.0
    nothing = Schedule.of(np.zeros((len(dose), 1)), [], end_s=DAY)
    exposure = []
    for first in (HOUR, 1):
        solution = PiecewiseSystem(systems, (0, first), DAY).solve(nothing, dose)
        row = lying.row("ventricle")[None]
        exposure.append(solution.read_integral(np.array([DAY]), row)[0, 0])
    assert 23.5 / 1.5 < exposure[0] / exposure[1] < 23.5 * 1.5


@pytest.mark.parametrize(("cm_per_h", "kept"), [(2.0, True), (6.0, False)])
def test_a_strong_drift_all_day_would_break_the_gradient_of_patients(
    cm_per_h: float, *, kept: bool
) -> None:
    # Kroin 1993: tracer at T2 over T12 is 0.43 after 72 h of lumbar infusion
    anatomy = load_anatomy("adult")
    tracer = parameters_of(load_formulary().drug("in-dtpa"), anatomy)
    body = build_body(anatomy, replace(tracer, drift_cm_per_h=cm_per_h))
    amounts = infused(body, level="L2")
    gradient = (body.row("csf T2") @ amounts) / (body.row("csf T12") @ amounts)
    assert (gradient > 0.43 / 1.5) == kept
    assert cm_per_h != 2.0 or FIGURES["upright_drift"].number("cm/h") == cm_per_h


def test_words_that_change_nothing_rest_on_no_figure() -> None:
    assert Piece.of(0, posture="lying", activity="resting", csf_formation="usual") == Piece(0)


def test_a_piece_names_the_figures_that_it_rests_on() -> None:
    piece = Piece.of(0, posture="upright", activity="moving", csf_formation=1.2)
    assert set(piece.figures) == {
        "csf_formation_bounds",
        "moving_dispersion",
        "upright_dispersion",
        "upright_drift",
    }


def test_upright_and_moving_act_together_on_the_dispersion() -> None:
    piece = Piece.of(0, posture="upright", activity=1.5)
    assert piece.dispersion == pytest.approx(1.5 * FIGURES["upright_dispersion"].number("1"))


@pytest.mark.parametrize(
    ("key", "word", "known"),
    [
        ("posture", "standing", "lying, upright"),
        ("activity", "running", "resting, moving"),
        ("csf_formation", "noon", "usual, night, evening"),
    ],
)
def test_an_unknown_word_is_refused_with_the_known_ones(key: str, word: str, known: str) -> None:
    with pytest.raises(InputError, match=f'"{word}" is not known here; write one of {known}') as no:
        Piece.of(0, **{key: word})
    assert no.value.field == key


@pytest.mark.parametrize(
    ("key", "factor"),
    [("csf_formation", 1.7), ("csf_formation", 0.1), ("activity", 3.5), ("activity", np.nan)],
)
def test_a_factor_outside_what_is_on_record_is_refused(key: str, factor: float) -> None:
    with pytest.raises(InputError, match=r"times is outside .* for which the model answers") as no:
        Piece.of(0, **{key: factor})  # type: ignore[arg-type]
    assert no.value.field == key


def test_more_dispersion_than_is_possible_is_refused_with_the_time_of_the_day() -> None:
    with pytest.raises(ValidityError, match=r"the day from 07:30 on: .* physically possible"):
        day(Piece.of(7 * HOUR + 1800, activity=2.9), NIGHT)


def test_less_fluid_than_the_spine_absorbs_is_refused_with_the_time_of_the_day() -> None:
    with pytest.raises(
        ValidityError, match=r"the day from 23:00 on: only 2\.1 mL/h of CSF is made"
    ):
        day(UPRIGHT, Piece(23 * HOUR, formation=0.1))


def test_a_body_of_which_nothing_is_on_record_is_refused() -> None:
    child = load_anatomy("child")
    drug = parameters_of(load_formulary().drug("morphine"), child)
    with pytest.raises(ValidityError, match='not on record for the body "child"'):
        build_day(child, drug, [UPRIGHT, NIGHT])


@pytest.mark.parametrize("pieces", [(), (NIGHT,)], ids=["none", "one"])
def test_a_day_of_fewer_than_two_pieces_is_refused(pieces: tuple[Piece, ...]) -> None:
    with pytest.raises(InputError, match="two pieces or more"):
        day(*pieces)


def test_pieces_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match="must rise"):
        _ = day(NIGHT, UPRIGHT).system


def test_pieces_that_are_alike_are_taken_apart_once() -> None:
    body = day(UPRIGHT, NIGHT, replace(UPRIGHT, from_s=23 * HOUR + 1))
    first, night, last = body.system.systems
    assert first is last
    assert first is not night


def test_a_day_that_changes_nothing_is_the_plain_body() -> None:
    anatomy = load_anatomy("adult")
    body = build_day(
        anatomy,
        morphine(),
        [Piece(0), Piece(12 * HOUR)],
        tip_cm=depth("T10"),
        pump_ml_per_h=0.01,
    )
    assert np.array_equal(body.networks[0].matrix, adult().network.matrix)
    assert infused(body) == pytest.approx(infused(adult()), rel=1e-10)


def test_only_the_fluid_is_changed_by_the_day() -> None:
    body = day(UPRIGHT, NIGHT)
    for one in body.networks:
        assert np.array_equal(one.volume, body.network.volume)
        assert one.exits.keys() == body.network.exits.keys()
        assert all(np.array_equal(one.exits[k], body.network.exits[k]) for k in one.exits)


def test_what_is_given_upright_sinks() -> None:
    cells = adult().network.groups["csf"]
    middles = adult().canal.middles_cm
    usual = infused(adult())[cells]
    upright = infused(day(replace(UPRIGHT, from_s=0), UPRIGHT))[cells]
    assert middles @ upright / upright.sum() > middles @ usual / usual.sum() + 1.0


def test_more_fluid_at_night_washes_the_head() -> None:
    always = replace(NIGHT, from_s=0)
    night, usual = day(always, NIGHT), adult()
    row = usual.row("cisterna magna")
    assert row @ infused(night) < 0.95 * (row @ infused(usual))


def test_the_ways_out_carry_what_is_given_and_what_comes_back_from_blood() -> None:
    body = day(UPRIGHT, NIGHT)
    tip = body.channel("intrathecal", "T10")
    ways = [way for way in body.network.routes if not way.startswith(("to ", "dura inwards"))]
    carried = body.carried(tip)
    plasma = body.network.at("plasma")
    tissue = [
        body.network.groups[one] for one in ("cord", "roots", "brain") if one in body.network.groups
    ]
    back = body.network.matrix[np.concatenate(tissue), plasma].sum()
    mean = body.system.steady_state(tip)
    out = sum(carried[way] for way in ways)
    assert out - back * mean[plasma] == pytest.approx(1.0, rel=1e-9)


def test_the_engine_for_cohorts_refuses_a_body_that_changes() -> None:
    body = day(UPRIGHT, NIGHT)
    channel = body.channel("intrathecal", "T10")[:, None]
    member = Member(body.network, body.row("csf T10")[None], Schedule.of(channel, [], end_s=DAY))
    with pytest.raises(InputError, match="this body changes with the time of the day"):
        list(follow([member], Wanted(np.array([DAY])), threads=1))


def test_the_usual_hours_alone_are_not_taken_for_the_body() -> None:
    with pytest.raises(InputError, match="this body changes with the time of the day"):
        choose_propagator(day(UPRIGHT, NIGHT).network)
