"""Whether pump, catheter and fills fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.checks.said import alike, basis
from thecal.prescription.findings import Finding, refused, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.devices import PumpProfile
    from thecal.prescription.course import Course
    from thecal.quantity import Quantity


def check(course: Course) -> Iterator[Finding]:
    """Yield what does not fit the catheter's length or the reservoir's volume."""
    implant = course.implant
    if implant is None:
        return
    longest = implant.catheter.total_length_cm
    if implant.implanted_length_cm > longest:
        figure = implant.catheter.figures["total_length"]
        yield refused(
            "implant.implanted_length",
            f"{implant.implanted_length_cm} cm of catheter cannot be implanted, because there "
            f"are {longest} cm before trimming ({implant.catheter.name}; source: {figure.source}; "
            f"confidence {figure.confidence})",
            figure.source,
        )
    yield from _volume("implant.fill", "a first fill", implant.fill, implant.pump)
    for index, refill in enumerate(course.refills):
        yield from _volume(f"refill[{index}].volume", "a refill", refill.volume, implant.pump)


def _volume(field: str, what: str, volume: Quantity, pump: PumpProfile) -> Iterator[Finding]:
    residual, low, full = (
        pump.figures["residual_volume"],
        pump.figures["low_reservoir_volume"],
        pump.figures["reservoir_volume"],
    )
    if volume > pump.reservoir_volume:
        shown, limit = alike(volume, pump.reservoir_volume)
        yield refused(
            field,
            f"{what} of {shown} is more than {limit}, the {full.label} of {pump.name} "
            f"{basis(full)}; an overfilled pump may deliver too much",
            full.source,
        )
    elif volume <= pump.residual_volume:
        shown, limit = alike(volume, pump.residual_volume)
        yield refused(
            field,
            f"{what} of {shown} gives nothing, because {limit} cannot be drawn out of the "
            f"reservoir {basis(residual)}; write more than that",
            residual.source,
        )
    elif volume <= pump.low_reservoir_volume:
        shown, limit = alike(volume, pump.low_reservoir_volume)
        yield warned(
            field,
            f"{what} of {shown} sounds the low-reservoir alarm at once, which is set to {limit} "
            f"{basis(low)}",
            low.source,
        )
