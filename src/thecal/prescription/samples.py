"""What is looked at: a site and the times at which a sample is taken there."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.errors import InputError
from thecal.quantity import show_number

MOST_SAMPLES = 100_000
"""The most samples of a course, all sites together: what is held and written at once."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Samples of one drug at one site.

    Parameters
    ----------
    site
        One of the forms in :data:`thecal.prescription.sites.SITE_FORMS`, as ``"csf L3"``.
    times_s
        When, in seconds from the start of the course, rising.
    drug
        Of which drug; ``None`` where the course gives only one.
    """

    site: str
    times_s: tuple[int, ...]
    drug: str | None = None

    def __post_init__(self) -> None:
        if not self.times_s:
            msg = "a sample needs at least one time"
            raise InputError(msg, field="times")


def too_many(count: int) -> str:
    """Return the sentence that refuses so many samples."""
    return (
        f"{show_number(count)} samples are more than {show_number(MOST_SAMPLES)}, the most of a "
        "course; take them less often"
    )
