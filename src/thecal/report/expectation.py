"""The expectation page: what a given person may expect of a pump, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.report.expectation_words import (
    counted,
    graded,
    groups,
    like_this_one,
    no_matter,
    sources_of,
)
from thecal.report.sheet import render_sheet, write_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from thecal.report.expectation_words import Source
    from thecal.therapy.care.expecting import Expectation
    from thecal.therapy.care.questions import Statement


def render_expectation(found: Expectation) -> str:
    """Return the expectation page as the text of one HTML file, without a script."""
    return render_sheet(
        "expectation.html.j2",
        {
            "found": found,
            "groups": groups(found),
            "like_this_one": like_this_one(found),
            "no_matter": no_matter(found),
            "counted": counted(found),
            "outside": [_told(one) for one in found.outside],
            "operation": [_told(one) for one in found.operation],
            "unchanged": [_told(one) for one in found.unchanged],
            "unknown": [_told(one) for one in found.unknown],
        },
    )


def _told(one: Statement) -> tuple[str, tuple[Source, ...], str]:
    return one.words, sources_of(one.figures), graded(one.claim)


def write_expectation(found: Expectation, path: str | Path) -> Path:
    """Write the expectation page; the same expectation gives the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    return write_sheet(render_expectation(found), path)
