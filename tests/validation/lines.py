"""A sound line of a rows file, to be spoilt one cell at a time."""

from __future__ import annotations

import csv
import io
from functools import cache

from thecal.validation import Target, Validation, calibration, read_targets_text, validate
from thecal.validation.reading import NEEDED, OPTIONAL

SOUND = {
    "id": "B1",
    "quantity": "dose over concentration after 1 h",
    "drug": "morphine",
    "route": "intrathecal",
    "site": "L3",
    "amount": "0.3 mg",
    "statistic": "dose over concentration",
    "at": "csf L3",
    "times": "1 h",
    "observed": "50",
    "spread": "10",
    "spread_kind": "SD",
    "unit": "mL",
    "rule": "factor 1.5",
    "source": "an example of 2020",
    "confidence": "low",
}


def text(*rows: dict[str, str]) -> str:
    """Return a rows file of the sound line with some cells changed, one for each argument."""
    out = io.StringIO()
    writer = csv.DictWriter(out, (*NEEDED, *OPTIONAL), lineterminator="\n")
    writer.writeheader()
    for changed in rows:
        writer.writerow({**SOUND, **changed})
    return out.getvalue()


def targets(*rows: dict[str, str]) -> tuple[Target, ...]:
    return read_targets_text(text(*rows), name="own.csv")


def target(**changed: str) -> Target:
    (one,) = targets(changed)
    return one


def predicted(**changed: str) -> float:
    """Return what the typical body says of one row."""
    (row,) = validate(targets(changed), persons=0).rows
    (finding,) = row.findings
    assert finding.predicted is not None, finding.reason
    return finding.predicted


@cache
def calibrated() -> Validation:
    """Return the calibration rows held against the body, as the command does it."""
    return validate(calibration())
