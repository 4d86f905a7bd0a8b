"""The rows held against the body."""

from __future__ import annotations

import json

import pytest

from tests.validation.lines import calibrated, predicted, targets
from thecal import NOTICE
from thecal.validation import MEASURES, as_object, calibration, load_explanations, validate

EXAMPLES: dict[str, dict[str, str]] = {
    "concentration": {"times": "1 h", "unit": "mcg/mL"},
    "peak concentration": {"times": "24 h", "unit": "mcg/mL"},
    "time of peak": {"times": "24 h", "unit": "min", "at": "cisterna magna"},
    "time to share of peak": {
        "times": "24 h",
        "share": "0.5",
        "unit": "min",
        "at": "cisterna magna",
    },
    "half-life": {"times": "1 h to 4 h", "unit": "min"},
    "volume at time zero": {"times": "15 min; 30 min", "unit": "mL"},
    "share left in volume at time zero": {"times": "15 min; 30 min; 6 h", "unit": "percent"},
    "dose over concentration": {"times": "1 h", "unit": "mL"},
    "dose over AUC": {"unit": "mL/min"},
    "dose over AUC over formation": {"unit": "1"},
    "dose over AUC over CSF volume": {"unit": "1/h"},
    "AUC over dose": {"unit": "h/mL"},
    "mean residence time": {"unit": "min"},
    "volume at steady state": {"unit": "mL"},
    "volume of the last phase": {"times": "6 h to 24 h", "unit": "mL"},
    "rate over concentration": {"amount": "1 mg/day", "unit": "mL/h"},
    "ratio of two sites": {"at": "csf L3; csf T10", "times": "2 h", "unit": "1"},
    "ratio of AUC at two sites": {"at": "csf L3; csf T10", "unit": "1"},
    "ratio of two ways": {"drug": "morphine | fentanyl", "times": "1 h", "unit": "1"},
    "ratio of AUC of two ways": {"route": "intrathecal | cisternal", "unit": "1"},
    "ratio of two times": {"times": "1 h; 2 h", "unit": "1"},
    "share of dose": {"at": "amount in csf", "times": "1 h", "unit": "percent"},
    "length scale": {"at": "", "times": "8 h", "unit": "mm"},
    "mean depth": {"at": "", "times": "8 h", "unit": "cm"},
    "volume of CSF": {"at": "", "unit": "mL"},
}


def test_there_is_an_example_of_every_statistic() -> None:
    assert sorted(EXAMPLES) == sorted(MEASURES)


@pytest.mark.parametrize("statistic", EXAMPLES)
def test_every_statistic_runs_from_a_file(statistic: str) -> None:
    found = predicted(**{"statistic": statistic, "times": "", **EXAMPLES[statistic]})
    assert 0.0 < found < 1e6


def test_clearance_is_the_same_in_any_unit() -> None:
    by_hour = predicted(statistic="dose over AUC", times="", unit="mL/h")
    by_minute = predicted(statistic="dose over AUC", times="", unit="mL/min")
    assert by_hour == pytest.approx(60.0 * by_minute)


def test_plasma_settles_at_rate_over_clearance() -> None:
    # csf.md 2.13: whatever happens in the canal; 71.6 L/h of morphine
    found = predicted(
        statistic="rate over concentration", amount="1 mg/day", at="plasma", times="", unit="L/h"
    )
    assert found == pytest.approx(71.6, rel=1e-6)


def test_two_drugs_given_together_keep_the_order_of_the_file() -> None:
    one = predicted(statistic="ratio of two ways", drug="morphine | fentanyl", unit="1")
    other = predicted(statistic="ratio of two ways", drug="fentanyl | morphine", unit="1")
    assert one * other == pytest.approx(1.0)


def test_places_can_be_ranked() -> None:
    rank = {"statistic": "AUC over dose", "times": "", "unit": "h/mL", "rule": "rising"}
    free = {"observed": "", "spread": "", "spread_kind": ""}
    assert predicted(**rank, **free, at="csf C5; csf T10; csf L3") > 1.0
    assert predicted(**rank, **free, at="csf L3; csf T10") < 1.0


def test_a_question_without_an_answer_is_a_miss_with_its_reason() -> None:
    asked = {"route": "epidural", "drug": "baclofen"}
    (row,) = validate(targets(asked), persons=2).rows
    (finding,) = row.findings
    assert (finding.predicted, row.within) == (None, False)
    assert "cannot be followed" in finding.reason


def test_the_interval_holds_the_typical_body() -> None:
    outside = [
        one.target.id
        for one in calibrated().findings
        if one.predicted is not None
        and one.low is not None
        and one.high is not None
        and not one.low <= one.predicted <= one.high
    ]
    assert outside == []


def test_the_persons_are_the_same_at_every_run() -> None:
    wanted = targets({}, {"id": "B2", "body": "pig"})
    assert validate(wanted, persons=3) == validate(wanted, persons=3)


def test_a_row_more_changes_no_other() -> None:
    alone = validate(targets({}), persons=3)
    among = validate(targets({}, {"id": "B2", "drug": "fentanyl"}), persons=3)
    assert among.rows[0] == alone.rows[0]


def test_a_row_is_within_when_all_of_its_quantities_are() -> None:
    wrong = {"id": "B1b", "observed": "5000"}
    found = validate(targets({"id": "B1a"}, wrong, {"id": "B2"}), persons=0)
    assert [(row.id, row.within) for row in found.rows] == [("B1", False), ("B2", True)]
    assert found.rows[0].deciding.target.id == "B1b"


def test_the_object_has_what_a_program_reads() -> None:
    found = json.loads(json.dumps(as_object(calibrated())))
    assert (found["total"], found["notice"]) == (20, NOTICE)
    assert found["within"] == sum(row["within"] for row in found["rows"])
    needed = {"id", "observed", "spread", "predicted", "low", "high", "within", "source", "unit"}
    assert all(needed | {"quantity"} <= row.keys() for row in found["rows"])


def test_every_miss_is_explained() -> None:
    missed = {one.target.id for one in calibrated().findings if not one.within}
    assert missed - load_explanations().keys() == set()


def test_every_explanation_is_of_a_row_that_there_is() -> None:
    assert load_explanations().keys() - {one.id for one in calibration()} == set()
