"""Uptake that saturates as SBML: its rate law, its figures, and libRoadRunner's answer."""

from __future__ import annotations

import re
from functools import cache

import libsbml
import numpy as np
import pytest
import roadrunner

from tests.interop.courses import DAY, HOUR, Exported
from tests.interop.reading import document
from tests.therapy.courses import example
from thecal import InputError
from thecal.body import SaturatingBody
from thecal.formulary import load_formulary
from thecal.interop import places, sbml_text
from thecal.prescription import Course, read_course_text
from thecal.therapy import body_of, intakes

COURSE = """
[course]
title = "An oligonucleotide, by needle and by infusion"
start = 2026-01-05T08:00:00
length = "2 day"

[patient]
description = "Adult"
saturable_uptake = true

[[dose]]
drug = "aso"
route = "intrathecal"
site = "L3"
amount = "12 mg"
at = "1 h"

[[dose]]
drug = "aso"
route = "intraventricular"
amount = "2 mg"
at = "20 h"
over = "10 min"
"""

AGREED = 1e-6
"""Of the peak of each site."""

TOLERANCE = 1e-10


@cache
def course() -> Course:
    return read_course_text(COURSE)


@cache
def exported() -> Exported:
    drug = load_formulary().drug("aso")
    body = body_of(course(), drug, None)
    intake = intakes(body, course(), drug, None)["course"]
    return Exported(course(), drug, body, intake, sbml_text(course()))


def test_roadrunner_agrees_at_all_sites_within_a_millionth_of_the_peak() -> None:
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    one = exported()
    runner = roadrunner.RoadRunner(one.text)
    runner.setIntegrator("cvode")
    runner.integrator.relative_tolerance = TOLERANCE
    runner.integrator.absolute_tolerance = TOLERANCE
    runner.timeCourseSelections = ["time", *one.site_names()]
    times_s = np.arange(0, 2 * DAY + 1, HOUR, dtype=np.int64)
    found = np.array(runner.simulate(0, 2 * DAY / HOUR, len(times_s)))[:, 1:]
    off = one.error(times_s, found)
    assert "c_cord_taken_up_T10" in off
    assert {site: error for site, error in off.items() if not error <= AGREED} == {}


def test_libsbml_finds_no_fault_not_even_in_the_units() -> None:
    read = document(exported().text)
    read.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)  # noqa: FBT003
    read.checkConsistency()
    assert [read.getError(k).getMessage() for k in range(read.getNumErrors())] == []


def test_each_place_of_tissue_has_a_law_that_saturates() -> None:
    body = exported().body
    assert isinstance(body, SaturatingBody)
    found = document(exported().text)  # a model does not outlive its document
    model = found.getModel()
    named = places(body)
    wanted = exported().drug.figure("uptake_half_saturation").number("mcg/mL")
    for source, target in zip(body.links.source, body.links.target, strict=True):
        here, there = named[source].id, named[target].id
        law = model.getReaction(f"{here}_to_{there}").getKineticLaw().getFormula()
        assert law.count(f"{here} / V_{here}") == 2
        assert law.startswith(f"Vmax_{here}_to_{there} * ")
        half = model.getParameter(f"Km_{here}_to_{there}").getValue()
        assert half == pytest.approx(wanted)


def test_the_law_cites_its_figures_and_the_file_lists_their_sources() -> None:
    text = exported().text
    cited = re.findall(r'id="Vmax_cord_T10_1_ring4[^>]*>.*?<p>(Rests on .*?)</p>', text, re.DOTALL)
    assert "the most that a millilitre of nerve tissue takes up: 0.1 mcg/mL/h" in cited[0]
    for name in ("uptake_capacity", "uptake_half_saturation", "uptake_return"):
        assert exported().drug.figure(name).label in text
    listed = re.findall(r"<p>\[([0-9]+)\] ", text)
    assert {int(one) for one in re.findall(r"confidence \[([0-9]+)\]", text)} <= {
        int(one) for one in listed
    }


def test_no_rate_rests_on_the_partition_that_uptake_replaces() -> None:
    assert load_formulary().drug("aso").figure("cord_partition").label not in exported().text


def test_the_file_says_that_it_is_exploratory() -> None:
    assert "exploratory: nerve tissue takes up aso" in exported().text


def test_what_was_taken_up_is_named_after_its_ring() -> None:
    names = [one.id for one in places(exported().body)]
    assert "taken_up_cord_T10_1_ring4" in names
    assert "taken_up_brain" in names
    assert len(set(names)) == len(names)


def test_a_body_that_changes_with_the_day_is_not_written() -> None:
    with pytest.raises(InputError, match="changes with the time of the day is not written") as no:
        sbml_text(example("day-and-night"))
    assert no.value.field == "patient.day"
