"""The summary in the terminal: complete, narrow, readable without colour."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from tests.report.courses import ALL, ANIMALS, HOSTILE, hostile, of, run_dry
from thecal import NOTICE
from thecal.report import print_summary
from thecal.report.phrasing import hours

REPORT = Path("build/a report.html")


def printed(name: str, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False)
    print_summary(of(name), seconds=1.23, report=REPORT, console=console)
    return out.getvalue()


@pytest.mark.parametrize("name", ALL)
def test_the_notice_is_the_first_line(name: str) -> None:
    assert printed(name).splitlines()[0] == NOTICE


@pytest.mark.parametrize("name", ALL)
def test_the_path_of_the_report_is_the_last_line(name: str) -> None:
    assert printed(name).splitlines()[-1] == f"Report: {REPORT}"


@pytest.mark.parametrize("name", ALL)
def test_no_line_is_wider_than_80_columns(name: str) -> None:
    assert max(len(line) for line in printed(name, width=200).splitlines()) <= 80


@pytest.mark.parametrize("name", ALL)
def test_plain_text_is_ascii_without_colour_codes_or_trailing_blanks(name: str) -> None:
    text = printed(name)
    assert text.isascii()
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "given on the last day   2.4 mg of morphine",
        "patient's button        28 granted, 0 refused",
        "low-reservoir alarm     Thu 5 Mar 2026; typical Sat 21 Mar 2026",
        "refill by               Thu 26 Feb 2026",
        "on the pump             1.4 ng/mL",
        "on the tablets          34 ng/mL, 24 times as much",
        "75 : 1                  2.67 mg/day  (high confidence)",
        "300 : 1                 0.67 mg/day  (medium confidence)",
    ],
)
def test_the_cancer_patient_s_facts_are_there(line: str) -> None:
    assert f"  {line}\n" in printed("cancer-pain")


@pytest.mark.parametrize(
    "line",
    [
        "intrathecal, L3         300 mcg of morphine, at the start",
        r"CSF at L3               \S+ mcg/mL, just after the dose",
        r"Blood                   \S+ ng/mL, .* after the dose",
        r"csf L3                  \S+ mcg/mL at 15 min, of 11 samples",
    ],
)
def test_a_single_dose_s_facts_are_there(line: str) -> None:
    assert re.search(rf"^  {line}$", printed("lumbar-bolus"), re.MULTILINE)


def test_the_time_to_a_new_level_is_that_of_the_result() -> None:
    rise = of("cancer-pain").primary.rise
    assert rise is not None
    assert f"  CSF at the tip          {hours(rise.tip)}\n" in printed("cancer-pain")


def test_a_course_without_pump_and_tablets_has_no_mean_of_the_last_day() -> None:
    assert "mean of the last day" not in printed("lumbar-bolus")


def test_what_does_not_apply_is_left_out() -> None:
    text = printed("tablets-only")
    assert "Pump\n" not in text
    assert "CSF" not in text


def test_square_brackets_in_a_title_stay_text() -> None:
    out = io.StringIO()
    print_summary(hostile(), console=Console(file=out, width=80))
    assert HOSTILE in out.getvalue().replace("\n", " ")


def test_an_empty_reservoir_is_told_with_its_hour() -> None:
    out = io.StringIO()
    print_summary(run_dry(), console=Console(file=out, width=80))
    assert "  reservoir empty since   " in out.getvalue()


@pytest.mark.parametrize("name", ANIMALS)
def test_the_summary_of_an_animal_says_which_body_and_tells_no_blood(name: str) -> None:
    text = " ".join(printed(name).split())
    assert f"Body: {of(name).primary.body.anatomy.name}. Its blood is not shown" in text
    assert "ng/mL" not in text
    assert "mcg/mL" in text
