"""The samples of a course as a CSV file, to be read by other programs."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from thecal import NOTICE, __version__
from thecal.errors import InputError
from thecal.prescription import Course
from thecal.therapy.simulating import CourseResult

COLUMNS = ("time_h", "site", "drug", "value", "unit")
HOUR_S = 3_600


def require_samples(course: Course) -> None:
    """Refuse a course that asks for no samples, before the work of simulating it.

    Raises
    ------
    InputError
        If there is no sample in the course.
    """
    if not course.samples:
        msg = 'the course asks for no samples; add [[sample]] with a site, as "csf L3", and times'
        raise InputError(msg, field="--samples")


def samples_csv(result: CourseResult) -> str:
    """Return the samples of a course as CSV text.

    Returns
    -------
    str
        Two comment lines that begin with ``#`` (the notice; the course), the names of the columns,
        and one row for each time and site, in the order of the course file. Numbers are written
        so that reading them gives the same binary number back. Values below zero are rounding,
        far below what the model resolves.

    Raises
    ------
    InputError
        If the course asks for no samples.
    """
    require_samples(result.course)
    text = StringIO()
    # A title may be written over several lines; the comment must stay one.
    title = " ".join(result.course.title.split())
    text.write(f"# thecal {__version__}. {NOTICE}.\n# {title}\n")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in result.samples:
        for at_s, value in zip(one.times_s.tolist(), one.values.tolist(), strict=True):
            table.writerow((repr(at_s / HOUR_S), one.site, one.drug, repr(value), one.unit))
    return text.getvalue()


def write_samples(result: CourseResult, path: str | Path) -> Path:
    """Write the samples of a course, one CSV file as `samples_csv` describes it.

    Parameters
    ----------
    path
        Where to; missing folders are made, an older file is replaced.

    Returns
    -------
    Path
        The file. The same result gives the same bytes.

    Raises
    ------
    InputError
        If the course asks for no samples.
    OSError
        If the file cannot be written.
    """
    text = samples_csv(result)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target
