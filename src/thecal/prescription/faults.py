"""What shall go wrong with a pump in a course, by the name that the pump's menu of faults has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a course.

    What its name means, and which sizes there are, is the business of the pump's own menu.

    Parameters
    ----------
    name
        Its class, as ``"stall"``.
    at_s
        When it begins, seconds from the start of the course.
    until_s
        When it ends; ``None`` where it passes by itself or stays.
    size
        How much, as ``"20 %"``; empty for the usual size, and where it has none.
    """

    name: str
    at_s: int
    until_s: int | None = None
    size: str = ""
