"""Drawn people: spread as stated, reproducible, and never beyond what is possible."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import exp, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import truncnorm

from tests.body.bodies import Array, morphine
from thecal.body import Anatomy, body_ids, build_body, load_anatomy, parameters_of
from thecal.body.people import BOUNDS, DRAWN, PERSONAL, Person, load_spread
from thecal.body.variability import Individual, draw, stream, truncated_lognormal
from thecal.errors import ValidityError
from thecal.formulary import load_formulary

MANY = 10_000
TALL = Person("male", height_cm=193.0, weight_kg=110.0, age_y=70.0)


OTHERS = tuple(body for body in body_ids() if body != "adult")
FEW = 2_000


@cache
def cohort(body: str = "adult") -> tuple[Individual, ...]:
    anatomy = load_anatomy(body)
    p = parameters_of(load_formulary().drug("morphine"), anatomy)
    count = MANY if body == "adult" else FEW
    return tuple(draw(p, anatomy, stream(3, patient)) for patient in range(count))


def one(patient: int = 0, *, person: Person | None = None, seed: int = 3) -> Individual:
    return draw(morphine(), load_anatomy("adult"), stream(seed, patient), person=person)


def logs(name: str, body: str = "adult") -> Array:
    return np.log([each.factors[name] for each in cohort(body)])


def along(anatomy: Anatomy, of: str) -> float:
    return sum(level.length_cm * float(getattr(level, of)) for level in anatomy.levels)


def kept(name: str, body: str = "adult") -> tuple[float, float]:
    """Return mean and SD that the logarithm of a truncated factor must have."""
    spread, anatomy = load_spread(body), load_anatomy(body)
    sigma = spread.sigmas[name]
    p = parameters_of(load_formulary().drug("morphine"), anatomy)
    fluid = p.fluid
    median = {
        "csf_formation": fluid.formation_ml_per_h,
        "spinal_csf_volume": along(anatomy, "csf_area_cm2"),
        "cranial_csf_volume": fluid.ventricle_ml + fluid.cistern_ml + fluid.convexity_ml,
        "spinal_absorption": fluid.spinal_absorption_ml_per_h,
        "cistern_convexity_mixing": fluid.convexity_mixing_ml_per_h,
        "bolus_mixing_volume": fluid.bolus_mixing_ml,
        "root_volume": along(anatomy, "root_area_cm2"),
        "bioavailability": max(form.bioavailability for form in p.oral.values()),
    }.get(name, 1.0)
    most = 1.0 - sum(made.first_pass_share for made in p.metabolites)
    bounds = {**spread.bounds, "bioavailability": (0.0, most), "dispersion": (0.0, inf)}
    low, high = (log(end / median) / sigma if end > 0.0 else -inf for end in bounds[name])
    return sigma * float(truncnorm.mean(low, high)), sigma * float(truncnorm.std(low, high))


# The spread --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_the_geometric_mean_is_that_of_the_truncated_distribution(name: str) -> None:
    mean, deviation = kept(name)
    assert logs(name).mean() == pytest.approx(mean, abs=4.0 * deviation / sqrt(MANY))


@pytest.mark.parametrize("name", DRAWN)
def test_the_geometric_sd_is_the_stated_one(name: str) -> None:
    _, deviation = kept(name)
    assert logs(name).std() == pytest.approx(deviation, rel=0.03)


@pytest.mark.parametrize("name", [name for name in DRAWN if name != "spinal_absorption"])
def test_the_bounds_hardly_touch_the_stated_geometric_sd(name: str) -> None:
    # A truncation that bites would make the record's spread a lie.
    _, deviation = kept(name)
    assert deviation == pytest.approx(load_spread().sigmas[name], rel=0.05)


@pytest.mark.parametrize("body", OTHERS)
@pytest.mark.parametrize("name", DRAWN)
def test_the_geometric_sd_of_every_body_is_the_stated_one(name: str, body: str) -> None:
    _, deviation = kept(name, body)
    assert logs(name, body).std() == pytest.approx(deviation, rel=0.06)


@pytest.mark.parametrize("body", OTHERS)
def test_nobody_of_any_body_absorbs_more_than_is_formed_or_mixes_beyond_the_ceiling(
    body: str,
) -> None:
    ceiling = load_anatomy(body).figures["dispersion_ceiling"].number("cm^2/h")
    for each in cohort(body):
        fluid = each.parameters.fluid
        assert fluid.spinal_absorption_ml_per_h <= fluid.formation_ml_per_h
        assert each.dispersion.max() <= ceiling


@pytest.mark.parametrize("body", OTHERS)
def test_an_individual_of_any_body_can_be_built(body: str) -> None:
    each = cohort(body)[4]
    built = build_body(
        each.anatomy, each.parameters, dispersion=each.dispersion, cell_cm=each.cell_cm
    )
    settled = built.system.steady_state(built.channel("intrathecal", "L2"))
    assert built.exit_row() @ settled == pytest.approx(1.0, rel=1e-9)


def test_what_is_drawn_for_one_name_tells_nothing_of_another() -> None:
    names = [name for name in DRAWN if name not in ("spinal_absorption", "bolus_mixing_volume")]
    found = np.corrcoef([logs(name) for name in names])
    assert np.abs(found - np.eye(len(names))).max() < 0.05


def test_everything_that_is_drawn_is_finite_and_positive() -> None:
    for each in cohort():
        p = each.parameters
        numbers = [
            *each.factors.values(),
            *(getattr(p.fluid, name) for name in p.fluid.__slots__),
            p.csf_loss_per_h,
            p.blood.clearance_ml_per_h,
            p.blood.central_ml,
            *(
                value
                for form in p.oral.values()
                for value in (form.rate_per_h, form.bioavailability)
            ),
            *(level.csf_area_cm2 for level in each.anatomy.levels),
            *(level.root_area_cm2 for level in each.anatomy.levels),
            *each.dispersion,
        ]
        assert np.isfinite(numbers).all()
        assert min(numbers) > 0.0


def test_nobody_lies_outside_what_can_occur() -> None:
    bounds = load_spread().bounds
    for each in cohort():
        fluid = each.parameters.fluid
        found = {
            **each.factors,
            "csf_formation": fluid.formation_ml_per_h,
            "spinal_csf_volume": along(each.anatomy, "csf_area_cm2"),
            "cranial_csf_volume": fluid.ventricle_ml + fluid.cistern_ml + fluid.convexity_ml,
            "spinal_absorption": fluid.spinal_absorption_ml_per_h,
            "cistern_convexity_mixing": fluid.convexity_mixing_ml_per_h,
            "bolus_mixing_volume": fluid.bolus_mixing_ml,
            "root_volume": along(each.anatomy, "root_area_cm2"),
        }
        for name in bounds.keys() - PERSONAL.keys():
            low, high = bounds[name]
            assert low <= found[name] * (1.0 + 1e-12), name
            assert found[name] <= high * (1.0 + 1e-12), name


def test_nobody_absorbs_more_fluid_along_the_spine_than_is_formed() -> None:
    fluids = [each.parameters.fluid for each in cohort()]
    assert all(f.spinal_absorption_ml_per_h <= f.formation_ml_per_h for f in fluids)


def test_nobody_absorbs_more_than_the_whole_tablet() -> None:
    made = sum(one.first_pass_share for one in morphine().metabolites)
    shares = [form.bioavailability for each in cohort() for form in each.parameters.oral.values()]
    assert max(shares) + made <= 1.0


# Dispersion --------------------------------------------------------------------------------------


def test_no_dispersion_lies_beyond_the_ceiling() -> None:
    ceiling = load_anatomy("adult").figures["dispersion_ceiling"].number("cm^2/h")
    assert max(each.dispersion.max() for each in cohort()) <= ceiling


def test_the_cut_faces_are_counted() -> None:
    reference = load_anatomy("adult")
    ceiling = reference.figures["dispersion_ceiling"].number("cm^2/h")
    along = reference.canal().dispersion_cm2_per_h
    for each in cohort()[:500]:
        beyond = along * each.factors["dispersion"] > ceiling
        assert each.faces_cut == np.count_nonzero(beyond)


def test_one_person_in_five_is_cut_somewhere() -> None:
    # ln(0.2 / 0.08) / ln 3 = 0.834 SD: 20 %
    share = np.mean([each.faces_cut > 0 for each in cohort()])
    assert share == pytest.approx(0.202, abs=0.015)


def test_one_factor_holds_for_the_whole_canal_of_a_person() -> None:
    along = load_anatomy("adult").canal().dispersion_cm2_per_h
    uncut = [each for each in cohort()[:200] if each.faces_cut == 0]
    for each in uncut:
        assert each.dispersion / along == pytest.approx(each.factors["dispersion"], rel=1e-9)


def test_a_person_can_be_built() -> None:
    each = one(4, person=TALL)
    body = build_body(
        each.anatomy, each.parameters, dispersion=each.dispersion, cell_cm=each.cell_cm
    )
    settled = body.system.steady_state(body.channel("intrathecal", "T10"))
    assert body.exit_row() @ settled == pytest.approx(1.0, rel=1e-9)


@given(st.floats(130.0, 220.0))
def test_all_people_of_one_body_have_as_many_cells(height_cm: float) -> None:
    each = one(person=Person("male", height_cm, 70.0, 50.0))
    assert each.dispersion.shape == load_anatomy("adult").canal().dispersion_cm2_per_h.shape


# Streams -----------------------------------------------------------------------------------------


def test_a_patient_is_the_same_in_a_cohort_of_any_size() -> None:
    few, many = (np.random.SeedSequence(11).spawn(size)[6] for size in (7, 300))
    draws = [np.random.default_rng(sequence).random(4).tolist() for sequence in (few, many)]
    assert draws[0] == draws[1] == stream(11, 6).random(4).tolist()


def test_a_patient_is_the_same_in_every_order_of_drawing() -> None:
    there = [dict(one(patient).factors) for patient in (0, 1, 2)]
    back = [dict(one(patient).factors) for patient in (2, 1, 0)]
    assert there == back[::-1]


def test_two_patients_differ() -> None:
    first, second = (one(patient).factors for patient in (0, 1))
    assert all(first[name] != second[name] for name in DRAWN)


def test_two_seeds_make_two_patients() -> None:
    assert one(0, seed=1).factors["dispersion"] != one(0, seed=2).factors["dispersion"]


def test_every_person_consumes_as_many_numbers() -> None:
    plain, sized = stream(5, 0), stream(5, 0)
    draw(morphine(), load_anatomy("adult"), plain)
    draw(morphine(), load_anatomy("adult"), sized, person=TALL)
    assert plain.random() == sized.random()


# Size --------------------------------------------------------------------------------------------


def test_the_length_of_the_canal_follows_the_height() -> None:
    lengths = [
        sum(level.length_cm for level in one(person=person).anatomy.levels)
        for person in (None, TALL)
    ]
    assert lengths[1] / lengths[0] == pytest.approx(193.0 / 170.0)


def test_blood_follows_the_weight() -> None:
    small, large = one().parameters.blood, one(person=TALL).parameters.blood
    assert large.clearance_ml_per_h / small.clearance_ml_per_h == pytest.approx((110 / 70) ** 0.75)
    assert large.central_ml / small.central_ml == pytest.approx(110 / 70)
    assert small.deep is not None
    assert large.deep is not None
    assert large.deep.flow_ml_per_h / small.deep.flow_ml_per_h == pytest.approx((110 / 70) ** 0.75)


def test_body_mass_takes_fluid_from_the_loins_and_not_from_the_neck() -> None:
    slim, fat = (one(person=Person("male", 170.0, weight, 49.0)) for weight in (60.0, 110.0))
    ratio = [
        b.csf_area_cm2 / a.csf_area_cm2
        for a, b in zip(slim.anatomy.levels, fat.anatomy.levels, strict=True)
    ]
    neck, loins = slim.anatomy.level_index("C4"), slim.anatomy.level_index("L3")
    wanted = exp(-0.28 * load_spread().sigmas["spinal_csf_volume"] * log(110 / 60) / log(1.2))
    assert ratio[loins] / ratio[neck] == pytest.approx(wanted)


def test_volume_and_body_mass_are_correlated_as_published() -> None:
    # Sullivan 2006: r = -0.28 over people whose body-mass index spreads as on record
    spread = load_spread()
    random = np.random.default_rng(8)
    bmi = 25.0 * np.exp(spread.sigmas["bmi"] * random.standard_normal(3000))
    bmi = bmi[(bmi > 14.0) & (bmi < 80.0)]
    volume = []
    for patient, index in enumerate(bmi):
        each = one(patient, person=Person("female", 170.0, index * 1.7**2, 49.0))
        first = each.anatomy.level_index("T12")
        volume.append(
            sum(level.length_cm * level.csf_area_cm2 for level in each.anatomy.levels[first:])
        )
    assert np.corrcoef(np.log(bmi), np.log(volume))[0, 1] == pytest.approx(-0.28, abs=0.06)
    assert np.log(volume).std() == pytest.approx(spread.sigmas["spinal_csf_volume"], rel=0.05)


def test_a_known_body_mass_index_takes_its_part_out_of_the_spread_of_the_volume() -> None:
    reference = Person("male", 170.0, 25.0 * 1.7**2, 49.0)
    name = "spinal_csf_volume"
    known = [log(one(patient, person=reference).factors[name]) for patient in range(200)]
    ratio = np.std(known) / logs(name)[:200].std()
    assert ratio == pytest.approx(sqrt(1.0 - 0.28**2), rel=0.01)


def test_what_is_switched_off_stays_off() -> None:
    p = morphine()
    still = replace(p, fluid=replace(p.fluid, spinal_absorption_ml_per_h=0.0))
    drawn = draw(still, load_anatomy("adult"), stream(1, 1))
    assert drawn.parameters.fluid.spinal_absorption_ml_per_h == 0.0


def test_a_drug_without_tablets_can_be_drawn() -> None:
    drawn = draw(replace(morphine(), oral={}), load_anatomy("adult"), stream(1, 1))
    assert dict(drawn.parameters.oral) == {}


def test_the_spread_of_another_body_is_refused() -> None:
    with pytest.raises(ValidityError, match='of the body "adult" and says nothing of "dog"'):
        draw(morphine(), load_anatomy("dog"), stream(1, 1), spread=load_spread("adult"))


# Truncation --------------------------------------------------------------------------------------


@given(
    st.floats(1e-3, 1e3),
    st.floats(0.05, 2.0),
    st.floats(-12.0, 12.0),
    st.floats(0.05, 5.0),
    st.floats(0.0, 1.0, exclude_max=True),
)
def test_a_truncated_draw_lies_between_its_bounds(
    median: float, sigma: float, start: float, width: float, quantile: float
) -> None:
    lowest = median * exp(sigma * start)
    highest = median * exp(sigma * (start + width))
    found = truncated_lognormal(median, sigma, lowest, highest, quantile)
    assert lowest <= found <= highest
    scale = truncnorm.ppf(quantile, start, start + width)
    assert log(found / median) == pytest.approx(sigma * scale, abs=1e-6 * sigma)


def test_bounds_that_hold_nothing_are_refused() -> None:
    with pytest.raises(ValidityError, match="cannot lie between"):
        truncated_lognormal(1.0, 0.1, 1e9, 1e10, 0.5)


def test_all_bounds_have_a_unit() -> None:
    assert set(load_spread().bounds) == {*BOUNDS, *PERSONAL}
