"""Courses of doses, with and without a pump: what enters the body, and what the samples find."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.therapy.courses import DAY, EXAMPLES, HOUR, example
from thecal import NOTICE, InputError
from thecal.cli import app
from thecal.prescription import Course, Dose, OralMedicine, Patient, Sample
from thecal.quantity import Quantity
from thecal.therapy import CourseResult, lasting, samples_csv, simulate, summary, write_samples

ROUTES = {
    "intrathecal": "L3",
    "epidural": "L3",
    "intraventricular": "",
    "cisternal": "",
    "intravenous": "",
    "oral": "solution",
}
SITES = ("csf L3", "csf C1", "cisterna magna", "ventricle", "plasma", "plasma m6g", "cord T10")


def mg(amount: str) -> Quantity:
    return Quantity.of(amount, "mg")


def given_by(route: str, amount: str = "1", at_s: int = 0, **more: int) -> Dose:
    return Dose("morphine", route, ROUTES[route], mg(amount), at_s, **more)


def course(
    *doses: Dose, sites: tuple[str, ...] = SITES, times_s: tuple[int, ...] = (HOUR, 6 * HOUR)
) -> Course:
    samples = tuple(Sample(site, times_s) for site in sites)
    start, patient = datetime(2026, 1, 5), Patient("nobody")
    return Course("Doses", start, DAY, patient, doses=doses, samples=samples)


def found(course: Course) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([one.values for one in simulate(course).samples])


@cache
def lumbar() -> CourseResult:
    return simulate(example("lumbar-bolus"))


def test_the_published_single_dose_is_followed_without_a_pump() -> None:
    result = lumbar()
    assert result.pumped is None
    assert result.primary.main_route == "doses"
    assert result.mass_error <= 1e-10


def test_the_lumbar_level_of_a_bolus_falls_and_the_cistern_rises_first() -> None:
    fluid, cistern, _ = lumbar().samples
    assert (np.diff(fluid.values) < 0).all()
    assert 0 < int(np.argmax(cistern.values)) < len(cistern.values) - 1


def test_a_bolus_is_mixed_over_a_length_and_an_infusion_is_not() -> None:
    sites = ("csf L3", "csf L2")
    bolus, infusion = (
        found(course(given_by("intrathecal", over_s=over_s), sites=sites, times_s=(60, 120)))
        for over_s in (0, 60)
    )
    assert bolus[1, 0] > 0.5 * bolus[0, 0]
    assert infusion[1, 0] < 0.2 * infusion[0, 0]


@pytest.mark.parametrize("route", ROUTES)
def test_the_mass_balance_closes_by_every_route(route: str) -> None:
    assert simulate(course(given_by(route))).mass_error <= 1e-10


@pytest.mark.parametrize("route", ROUTES)
def test_twice_the_dose_is_twice_the_level_at_every_site(route: str) -> None:
    one, two = found(course(given_by(route, "1"))), found(course(given_by(route, "2")))
    assert np.allclose(two, 2 * one, rtol=1e-12, atol=1e-12 * one.max())


def test_an_epidural_dose_reaches_the_fluid_with_the_share_on_record() -> None:
    # Over a day nearly all has gone, so that the areas are as the doses that arrive.
    times_s = tuple(range(0, DAY + 1, 300))
    doses = [given_by("epidural"), given_by("intrathecal", over_s=HOUR)]
    through, into = (found(course(one, sites=("csf L3",), times_s=times_s)).sum() for one in doses)
    share = simulate(course(doses[0], sites=())).primary.drug.figure("epidural_share_to_csf")
    assert through / into == pytest.approx(share.number("1"), rel=0.1)


def test_an_infusion_into_a_vein_ends_where_its_clearance_says() -> None:
    dose = given_by("intravenous", "24", over_s=DAY)
    long = replace(course(dose, sites=("plasma",), times_s=(30 * DAY,)), length_s=30 * DAY)
    long = replace(long, doses=(replace(dose, amount=mg("720"), over_s=30 * DAY),))
    result = simulate(long)
    assert result.primary.clearance_l_per_h is not None
    wanted = 1000.0 / result.primary.clearance_l_per_h  # mcg/h over L/h is ng/mL
    assert result.samples[0].values[0] == pytest.approx(wanted, rel=1e-3)


def test_a_repeat_is_its_doses_one_by_one() -> None:
    repeated = course(given_by("intrathecal", every_s=2 * HOUR, count=3))
    single = course(*(given_by("intrathecal", at_s=at_s) for at_s in (0, 2 * HOUR, 4 * HOUR)))
    assert np.array_equal(found(repeated), found(single))


def test_a_dose_does_nothing_before_its_time() -> None:
    late = found(course(given_by("intravenous", at_s=3 * HOUR), sites=("plasma",)))
    assert late[0, 0] == pytest.approx(0.0, abs=1e-12 * late[0, 1])


def test_a_sample_at_the_second_of_a_bolus_is_taken_just_after_it() -> None:
    result = simulate(course(given_by("intravenous"), sites=("plasma",), times_s=(0,)))
    central_l = result.primary.body.parameters.blood.central_ml / 1000.0
    assert result.samples[0].values[0] == pytest.approx(1000.0 / central_l)


def test_a_dose_of_tablets_is_the_same_by_either_table() -> None:
    tablet = course(given_by("oral", "10", every_s=6 * HOUR, count=4), sites=("plasma",))
    daily = OralMedicine(
        "morphine", "solution", mg("40") / Quantity.of(1, "day"), Quantity.of(6, "h")
    )
    assert np.allclose(found(tablet), found(replace(tablet, doses=(), oral=(daily,))), rtol=1e-12)


def test_a_dose_beside_the_pump_adds_to_it() -> None:
    pump = replace(
        example("cancer-pain"),
        oral=(),
        samples=(Sample("csf T10", (12 * HOUR, DAY)),),
        length_s=DAY,
    )
    both = replace(pump, doses=(given_by("intrathecal", "0.5"),))
    alone = replace(course(given_by("intrathecal", "0.5"), sites=()), samples=pump.samples)
    # The pump's fluid changes the flow of CSF a little, hence not exactly.
    assert np.allclose(found(both), found(pump) + found(alone), rtol=1e-3)
    data = simulate(both).primary.data
    together = data["csf"].sel(route="pump") + data["csf"].sel(route="doses")
    assert np.allclose(data["csf"].sel(route="course"), together, rtol=1e-9, atol=1e-12)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(ROUTES)),
            st.integers(0, DAY - 1),
            st.integers(0, 12 * HOUR),
            st.integers(1, 10**6),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_drug_is_lost_or_made_whatever_is_given(doses: list[tuple[str, int, int, int]]) -> None:
    orders = [
        Dose(
            "morphine",
            route,
            ROUTES[route],
            Quantity.of(mcg, "mcg"),
            at_s,
            over_s=0 if route == "oral" else over_s,
        )
        for route, at_s, over_s, mcg in doses
    ]
    assert simulate(course(*orders)).mass_error <= 1e-10


def test_a_tracer_beside_the_pump_is_sampled_in_the_order_of_the_tables() -> None:
    tracer = Dose("gadobutrol", "intrathecal", "L3", mg("300"), 0)
    asked = [("plasma", "gadobutrol"), ("plasma m6g", "morphine"), ("csf L3", "gadobutrol")]
    beside = replace(
        example("cancer-pain"),
        doses=(tracer,),
        samples=tuple(Sample(site, (HOUR, DAY), drug) for site, drug in asked),
    )
    result = simulate(beside, days=1)
    assert [(one.site, one.drug) for one in result.samples] == asked
    assert all((one.values > 0).all() for one in result.samples)
    assert result.exposures["gadobutrol"].main_route == "doses"
    assert result.primary.main_route == "pump"


def test_a_site_without_cord_is_refused() -> None:
    with pytest.raises(InputError, match=r"sample\[0\]\.site: there is no cord at L4"):
        simulate(course(given_by("intravenous"), sites=("cord L4",)))


def test_a_shorter_course_keeps_the_doses_and_samples_before_its_end() -> None:
    long = replace(
        course(
            given_by("intrathecal", "0.3", every_s=12 * HOUR, count=10),
            given_by("oral", at_s=3 * DAY),
            sites=("plasma",),
            times_s=(HOUR, DAY, 4 * DAY),
        ),
        length_s=6 * DAY,
    )
    short = lasting(long, 2)
    assert [one.count for one in short.doses] == [4]
    assert short.samples[0].times_s == (HOUR, DAY)
    assert short.checks() == ()


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO("".join(text.splitlines(keepends=True)[2:]))))


def test_the_sample_file_holds_one_row_for_each_time_and_site() -> None:
    header, *body = rows(samples_csv(lumbar()))
    assert header == ["time_h", "site", "drug", "value", "unit"]
    wanted = [
        (at_s / HOUR, sample.site)
        for sample in example("lumbar-bolus").samples
        for at_s in sample.times_s
    ]
    assert [(float(row[0]), row[1]) for row in body] == wanted


def test_the_sample_file_keeps_every_digit() -> None:
    values = [float(row[3]) for row in rows(samples_csv(lumbar()))[1:]]
    assert values == np.concatenate([one.values for one in lumbar().samples]).tolist()


def test_plasma_is_in_ng_and_fluid_in_mcg() -> None:
    units = {row[1]: row[4] for row in rows(samples_csv(lumbar()))[1:]}
    assert units == {"csf L3": "mcg/mL", "cisterna magna": "mcg/mL", "plasma": "ng/mL"}


def test_the_sample_file_begins_with_the_notice_and_a_title_of_one_line() -> None:
    titled = replace(course(given_by("intravenous")), title="Two\nlines,\ttwo")
    lines = samples_csv(simulate(titled)).splitlines()
    assert NOTICE in lines[0]
    assert lines[1] == "# Two lines, two"
    assert lines[2].startswith("time_h,")


def test_a_course_without_samples_has_no_sample_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="asks for no samples"):
        write_samples(simulate(course(given_by("intravenous"), sites=())), tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_the_samples(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.csv"
    file = EXAMPLES / "lumbar-bolus.toml"
    ran = CliRunner().invoke(app, ["simulate", str(file), "--json", "--samples", str(out)])
    assert ran.exit_code == 0, ran.output
    assert out.read_text(encoding="utf-8") == samples_csv(lumbar())


def test_the_command_line_refuses_samples_that_nothing_asks_for(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    file = EXAMPLES / "cancer-pain.toml"
    ran = CliRunner().invoke(app, ["simulate", str(file), "--json", "--samples", str(out)])
    assert isinstance(ran.exception, InputError)
    assert not out.exists()


def test_the_summary_of_doses_alone_tells_their_blood_level() -> None:
    told = summary(lumbar())["exposure"]
    assert told["route_of_levels"] == "doses"
    assert told["plasma_mean_ng_per_ml"]["doses"] > 0
    assert told["plasma_mean_ng_per_ml"]["pump"] is None
