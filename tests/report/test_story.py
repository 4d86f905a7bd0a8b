"""The course in words: the numbers of the result, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

from tests.report.courses import dosed, tablets_only
from tests.therapy.courses import example, result
from thecal.report import story
from thecal.report.doses import peak_of
from thecal.report.key_figures import key_figures
from thecal.report.phrasing import elapsed
from thecal.report.sites import series
from thecal.therapy import simulate


def test_the_paragraph_compares_the_routes() -> None:
    said = story.paragraph(result("cancer-pain"))
    assert "2.4 mg of morphine a day, the blood holds 1.4 ng/mL" in said
    assert "on the tablets, 200 mg a day, it holds 34 ng/mL: 24 times as much" in said


def test_the_paragraph_says_hours_not_minutes() -> None:
    assert "hours, not minutes" in story.paragraph(result("cancer-pain"))


def test_the_paragraph_of_a_course_without_tablets_speaks_of_none() -> None:
    assert "tablets" not in story.paragraph(result("flex-nights"))


def test_the_paragraph_of_a_course_without_a_pump_says_so() -> None:
    assert "There is no pump in this course" in story.paragraph(tablets_only())


def test_key_figures_are_few() -> None:
    assert len(key_figures(result("cancer-pain"))) == 6


def test_the_refill_names_what_sets_its_date() -> None:
    assert "the low-reservoir alarm." in story.refill_sentences(result("cancer-pain"))[-1]
    assert "the drug's stability." in story.refill_sentences(result("flex-nights"))[-1]


def test_the_worst_case_is_the_one_to_plan_by() -> None:
    said = " ".join(story.refill_sentences(result("cancer-pain")))
    assert said.index("Thu 5 Mar 2026") < said.index("Sat 21 Mar 2026") < said.index("Plan by")


def test_boluses_that_come_again_and_again_are_told_once() -> None:
    lines = story.folded_log(result("cancer-pain"))
    assert len(lines) == 2
    assert "28 patient boluses granted" in lines[1].text


def test_what_came_once_keeps_its_own_line() -> None:
    kinds = [line.text.split(":")[0] for line in story.folded_log(result("concentration-change"))]
    assert "Bridge bolus started" in kinds


def test_refused_presses_are_counted() -> None:
    course = example("cancer-pain")
    every_hour = tuple(hour * 3600 for hour in range(24))
    busy = replace(course, patient=replace(course.patient, presses=every_hour))
    assert story.presses(simulate(busy, days=2)) == (
        "The patient pressed the button 48 times: 12 granted, 36 refused."
    )


def test_a_ratio_of_the_disputed_range_leads_to_levels_in_proportion() -> None:
    rows = story.conversion_rows(result("cancer-pain"))
    assert [row.pump_dose for row in rows] == ["2.67 mg/day", "2 mg/day", "0.67 mg/day"]
    assert [row.plasma for row in rows] == ["1.6 ng/mL", "1.2 ng/mL", "0.39 ng/mL"]


def test_a_dose_is_told_with_place_and_time() -> None:
    said = story.paragraph(result("lumbar-bolus"))
    assert (
        "300 mcg of morphine is injected into the spinal fluid at L3, at the start "
        "(Mon 5 Jan 2026, 08:00)."
    ) in said


def test_a_dose_s_highest_levels_are_told_with_their_times() -> None:
    done = result("lumbar-bolus")
    fluid, blood = (peak_of(series(done, site)) for site in ("csf L3", "plasma"))
    said = story.paragraph(done)
    words = f"The spinal fluid at L3 is highest just after the dose, at {fluid.value:.0f} mcg/mL"
    assert words in said
    assert f"The blood is highest {elapsed(blood.at_s)} after the dose, at " in said


def test_the_highest_sample_of_each_site_is_told() -> None:
    said = story.paragraph(result("lumbar-bolus"))
    for one in result("lumbar-bolus").samples:
        assert f"{one.site} at " in said


def test_doses_that_come_again_and_again_are_told_once() -> None:
    said = story.paragraph(dosed("intrathecal", "L3", every_h=6))
    assert "6 times, first 2 h from the start, then every 6 h" in said
    assert said.count("is injected") == 1


def test_a_dose_into_a_vein_leaves_the_spinal_fluid_alone() -> None:
    said = story.paragraph(dosed("intravenous"))
    assert "Nothing is given into the spinal fluid." in said
    assert "The spinal fluid at" not in said


def test_key_figures_of_a_dose_are_six() -> None:
    assert [one.label for one in key_figures(result("lumbar-bolus"))] == [
        "Given",
        "CSF at L3, highest",
        "Cord, at L1, highest",
        "CSF at C1, highest",
        "Blood, highest",
        "CSF at L3, at the end",
    ]
