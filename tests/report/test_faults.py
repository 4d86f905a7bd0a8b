"""The report of a course in which the pump fails."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from tests.therapy.courses import result
from thecal.report import print_summary
from thecal.report.delivery import daily_dose, daily_dose_parts, reservoir
from thecal.report.faults import alarm_lines, fault_lines, fault_sentences
from thecal.report.key_figures import key_figures
from thecal.report.page import render_report

STALL = "motor-stall"
STROKE_MCG = 2.5
"""250 nL at 10 mg/mL."""


def test_each_fault_is_told_with_its_size_and_its_end() -> None:
    assert [one.text for one in fault_lines(result(STALL))] == [
        "Scan: a magnetic resonance scan (45 min).",
        "Stall: the motor stands, until Wed 14 Jan 2026, 20:00.",
    ]


def test_the_dose_that_came_is_told_against_the_one_ordered() -> None:
    assert fault_sentences(result(STALL))[0] == (
        "Ordered were 33.6 mg of morphine in the whole course; 29.9 mg left the catheter tip, "
        "3.68 mg (11 %) too little."
    )


def test_alarms_are_told_with_their_first_time() -> None:
    first = alarm_lines(result(STALL))[0]
    assert first.when == "Fri 9 Jan 2026, 08:03"
    assert first.text.startswith("The motor does not turn: no drug is delivered. (stall; critical")


def test_what_faults_did_to_the_dose_is_the_first_key_figure() -> None:
    first = key_figures(result(STALL))[0]
    assert (first.value, first.beside) == (
        "11 % too little",
        "29.9 mg of 33.6 mg of morphine in the whole course",
    )


def test_what_went_wrong_stands_before_all_pictures() -> None:
    page = render_report(result(STALL))
    assert page.index("What went wrong") < page.index("The spine through time")


def test_a_course_without_faults_tells_of_none() -> None:
    plain = result("cancer-pain")
    assert (fault_lines(plain), alarm_lines(plain), fault_sentences(plain)) == ([], [], [])


def test_the_page_has_a_section_on_what_went_wrong_only_with_faults() -> None:
    assert "What went wrong" in render_report(result(STALL))
    assert "What went wrong" not in render_report(result("cancer-pain"))


def test_the_terminal_tells_faults_and_alarms() -> None:
    out = StringIO()
    print_summary(result(STALL), console=Console(file=out, width=80, highlight=False))
    assert "Faults, and what the pump said" in out.getvalue()
    assert "Alarm: The motor does not turn" in out.getvalue()


def test_the_days_of_a_stall_are_short_and_the_ordered_ones_are_not() -> None:
    pumped = result(STALL).pumped
    assert pumped is not None
    days = daily_dose_parts(pumped, "morphine")["in all"]
    assert days[8] < STROKE_MCG
    ordered = daily_dose(result(STALL)).data[1]
    assert ordered.name == "ordered"
    assert min(ordered.y) > 2.3


def test_the_reservoir_is_drawn_as_computed_and_in_truth() -> None:
    assert [one.name for one in reservoir(result(STALL)).data[:2]] == ["in the course", "in truth"]
