"""Doses beside the pump and samples: what is read from a file, and what Python may build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prescription.example import EXAMPLES, edited
from tests.prescription.formularies import formulary_of
from thecal.errors import InputError
from thecal.prescription import (
    ROUTES,
    SITE_FORMS,
    Course,
    Dose,
    Patient,
    Sample,
    read_course,
    read_course_text,
    sample_site,
)
from thecal.quantity import Quantity

MG = Quantity.of(1, "mg")
HOUR = 3600
LUMBAR = read_course(EXAMPLES / "lumbar-bolus.toml")
ALPHINE = {"weak": 1.0, "strong": 10.0, "advised": 5.0, "highest": 20.0}
SPINAL = '[[dose]]\ndrug = "morphine"\nroute = "intrathecal"\nsite = "L3"\namount = "0.3 mg"\n'


def read(add: str) -> Course:
    return read_course_text(edited(add=add))


def course(*doses: Dose, samples: tuple[Sample, ...] = (), length_s: int = 24 * HOUR) -> Course:
    patient = Patient("nobody")
    start = datetime(2026, 1, 5)
    return Course("A course", start, length_s, patient, doses=doses, samples=samples)


def given_at(at_s: int, **more: int) -> Dose:
    return Dose("morphine", "intrathecal", "L3", Quantity.of("0.3", "mg"), at_s, **more)


def test_the_single_dose_study_is_one_bolus_of_three_tenths_of_a_milligram() -> None:
    assert LUMBAR.doses == (given_at(0),)
    assert LUMBAR.implant is None


def test_samples_in_steps_run_from_the_start_to_the_end_of_the_course() -> None:
    plasma = LUMBAR.samples[-1]
    assert plasma.times_s == tuple(range(0, 24 * HOUR + 1, HOUR // 2))


def test_samples_at_times_keep_their_times() -> None:
    assert LUMBAR.samples[0].times_s[:3] == (900, 1800, 3600)


def test_a_dose_beside_a_pump_is_read() -> None:
    course = read(f'{SPINAL}at = "2 h"\nover = "10 min"\nevery = "6 h"\ntimes = 3\n')
    assert course.doses == (given_at(2 * HOUR, over_s=600, every_s=6 * HOUR, count=3),)
    assert course.implant is not None


@pytest.mark.parametrize(("until", "doses"), [("24 h", 4), ("25 h", 5), ("1 h", 1)])
def test_a_repeat_ends_before_its_end(until: str, doses: int) -> None:
    (dose,) = read(f'{SPINAL}at = "0 h"\nevery = "6 h"\nuntil = "{until}"\n').doses
    assert dose.count == doses


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(1, 200))
def test_repeated_doses_begin_one_interval_apart(at_s: int, every_s: int, doses: int) -> None:
    dose = given_at(at_s, every_s=every_s, count=doses)
    assert list(dose.starts_s) == [at_s + number * every_s for number in range(doses)]
    assert dose.last_s == dose.starts_s[-1]


@pytest.mark.parametrize(
    ("route", "site"), [("intraventricular", "ventricle"), ("cisternal", "cisterna magna")]
)
def test_the_only_place_of_a_route_may_be_left_out(route: str, site: str) -> None:
    assert Dose("morphine", route, "", MG, 0) == Dose("morphine", route, site, MG, 0)


def test_doses_alone_make_a_course_without_a_warning() -> None:
    vein = Dose("morphine", "intravenous", "", MG, 0, over_s=HOUR)
    tablet = Dose("morphine", "oral", "solution", MG, HOUR)
    spinal = Dose("morphine", "cisternal", "", MG, HOUR)
    assert course(vein, tablet, spinal).checks() == ()


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Dose("morphine", "oral", "solution", Quantity.of(1, "mg/day"), 0), "amount"),
        (lambda: Dose("morphine", "oral", "solution", MG - MG, 0), "amount"),
        (lambda: given_at(0, over_s=-1), "over"),
        (lambda: given_at(0, every_s=0), "every"),
        (lambda: given_at(0, count=0), "times"),
        (lambda: given_at(0, count=2), "times"),
        (lambda: Sample("plasma", ()), "times"),
    ],
    ids=map(str, count()),
)
def test_an_order_without_a_meaning_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        make()
    assert refusal.value.field == field


def test_a_dose_before_the_course_is_refused() -> None:
    (finding,) = course(given_at(-HOUR)).checks()
    assert finding.severity == "refused"
    assert finding.sentence == "a dose at -1 h is before the course, which starts at 0 h"


def test_a_sample_before_the_course_is_refused() -> None:
    (finding,) = course(given_at(0), samples=(Sample("plasma", (-HOUR, 0)),)).checks()
    assert (finding.severity, finding.field) == ("refused", "sample[0].times[0]")


def test_a_sample_may_be_taken_as_the_course_ends() -> None:
    assert course(given_at(0), samples=(Sample("plasma", (24 * HOUR,)),)).checks() == ()


def test_an_infusion_that_the_end_of_the_course_cuts_short_is_warned_of() -> None:
    (finding,) = course(given_at(23 * HOUR, over_s=2 * HOUR)).checks()
    assert (finding.severity, finding.field) == ("warning", "dose[0].over")
    assert "still running when the course ends at 1 day" in finding.sentence


@pytest.mark.parametrize(("mg", "warned"), [("0.09", 1), ("0.1", 0), ("0.5", 0), ("30", 1)])
def test_a_bolus_outside_the_advised_range_is_warned_of_and_never_refused(
    mg: str, warned: int
) -> None:
    findings = course(replace(given_at(0), amount=Quantity.of(mg, "mg"))).checks()
    assert [(one.severity, one.field) for one in findings] == [
        ("warning", "dose[0].amount")
    ] * warned


def test_an_infusion_is_not_held_against_the_range_of_a_bolus() -> None:
    dose = replace(given_at(0), amount=Quantity.of(30, "mg"), over_s=HOUR)
    assert course(dose).checks() == ()


def test_an_epidural_dose_of_a_drug_without_its_figures_is_refused(tmp_path: Path) -> None:
    known = formulary_of(tmp_path, alphine=ALPHINE)
    (finding,) = course(Dose("alphine", "epidural", "L3", MG, 0)).checks(known)
    assert (finding.severity, finding.field) == ("refused", "dose[0].route")
    assert "no epidural_share_to_csf and dural_crossing_half_life" in finding.sentence


def test_a_drug_without_oral_forms_is_not_swallowed(tmp_path: Path) -> None:
    known = formulary_of(tmp_path, alphine=ALPHINE)
    (finding,) = course(Dose("alphine", "oral", "solution", MG, 0)).checks(known)
    assert finding.sentence == 'there is no oral form "solution" of alphine; none is known'


def test_a_sample_says_its_drug_where_there_are_two(tmp_path: Path) -> None:
    known = formulary_of(tmp_path, alphine=ALPHINE, betaine=ALPHINE)
    doses = [Dose(drug, "intravenous", "", MG, 0) for drug in ("alphine", "betaine")]
    of_one = course(*doses, samples=(Sample("plasma", (0,), "betaine"),))
    of_none = course(*doses, samples=(Sample("plasma", (0,)),))
    assert of_one.checks(known) == ()
    (finding,) = of_none.checks(known)
    assert finding.sentence == (
        "the course gives alphine and betaine, so a sample must say of which drug it is; add drug"
    )


def test_the_drugs_of_a_course_are_those_of_pump_doses_and_tablets() -> None:
    cancer = read_course(EXAMPLES / "cancer-pain.toml")
    beside = replace(cancer, doses=(Dose("alphine", "intravenous", "", MG, 0),))
    assert beside.drugs == ("morphine", "alphine")


@pytest.mark.parametrize("form", SITE_FORMS)
def test_every_form_of_a_site_names_a_site(form: str) -> None:
    assert sample_site(form) is not None


@pytest.mark.parametrize(
    "name",
    ["", "csf", "csf t10", "csf  T10", "CSF T10", "cord middle T10", "plasma ", "T10", "brain"],
)
def test_anything_else_names_no_site(name: str) -> None:
    assert sample_site(name) is None


def test_the_page_names_every_route_and_every_form_of_a_site() -> None:
    page = (EXAMPLES.parent / "docs" / "course-file.md").read_text(encoding="utf-8")
    assert [name for name in (*ROUTES, *SITE_FORMS) if f'`"{name}"`' not in page] == []
