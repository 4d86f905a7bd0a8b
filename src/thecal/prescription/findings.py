"""What the checks say: one sentence each, refused or warned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EXPLORATORY = "exploratory: "
"""How a warning begins that tells of a part of the model that is there to be tried."""

Severity = Literal["refused", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of the checks on a course.

    Parameters
    ----------
    severity
        ``"refused"``: the course cannot be used; ``"warning"``: it can, and somebody should know.
    field
        The dotted name, as ``prescription[0].patient_bolus.dose``.
    sentence
        What is wrong with which value, what is allowed and why.
    source
        Where the limit comes from; empty where the reason is arithmetic.
    """

    severity: Severity
    field: str
    sentence: str
    source: str = ""


def refused(field: str, sentence: str, source: str = "") -> Finding:
    """Return a finding for which the course cannot be used."""
    return Finding("refused", field, sentence, source)


def warned(field: str, sentence: str, source: str = "") -> Finding:
    """Return a finding that leaves the course usable."""
    return Finding("warning", field, sentence, source)
