"""The people of the ziconotide trials tell the published pain before the infusion."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thecal.effects import load_effects, respond
from thecal.evidence import load_library
from thecal.knowledge import Settled
from thecal.patients import PUMP, Kinetics, People, draw_people, load_population, reported_pain
from thecal.patients.kinetics import DAYS

MM_A_POINT = 10.0
PEOPLE = 5_000


def people_of(name: str) -> People:
    population = load_population(name)
    kinetics = Kinetics("ziconotide", {PUMP: np.ones((4, 3, DAYS + 1))})
    response = respond(load_effects("ziconotide"), kinetics.reference())
    settled = Settled.of(population.figures)
    rng = np.random.default_rng(1)
    return draw_people(population, settled, response, kinetics, rng, PEOPLE)


def told_mm(name: str) -> NDArray[np.float64]:
    people = people_of(name)
    noise = people.settled.number("pain_noise")
    told = reported_pain(people.traits.untreated_pain, noise, np.random.default_rng(2))
    return MM_A_POINT * told


def test_severe_chronic_pain_has_the_published_mean() -> None:
    published = load_library().figures["RAUCK2006-03"].number()
    assert told_mm("severe-chronic").mean() == pytest.approx(published, abs=1.0)


def test_severe_chronic_pain_has_the_published_spread() -> None:
    assert told_mm("severe-chronic").std() == pytest.approx(15.0, abs=1.0)


def test_pain_of_cancer_or_aids_has_the_mean_of_both_published_arms() -> None:
    figures = load_library().figures
    arms = [figures["STAATS2004-02"], figures["STAATS2004-03"]]
    sizes = [68, 40]
    published = np.average([arm.number() for arm in arms], weights=sizes)
    assert told_mm("cancer-aids").mean() == pytest.approx(published, abs=1.0)


def test_pain_of_cancer_or_aids_spreads_as_people_and_not_as_a_standard_error() -> None:
    published = load_library().figures["STAATS2004-16"].number()
    assert told_mm("cancer-aids").std() == pytest.approx(published, abs=1.0)


@pytest.mark.parametrize("figure", ["responsiveness", "responsiveness_spread"])
def test_in_cancer_the_drug_is_taken_to_relieve_as_in_other_severe_pain(figure: str) -> None:
    cancer, other = (load_population(name).figures for name in ("cancer-aids", "severe-chronic"))
    assert cancer[figure].value == other[figure].value


@pytest.mark.parametrize("name", ["severe-chronic", "cancer-aids"])
def test_people_without_a_drug_by_mouth_need_no_more_than_others(name: str) -> None:
    assert (people_of(name).tolerance == 1.0).all()
