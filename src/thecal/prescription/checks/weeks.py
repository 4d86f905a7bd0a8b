"""Whether the steps of a flex pattern make a week that the pump can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.checks.said import basis, place
from thecal.prescription.clock import clock_text
from thecal.prescription.findings import Finding, refused
from thecal.prescription.names import WEEKDAYS_IN_FULL
from thecal.prescription.orders import MINUTE_S, Flex
from thecal.prescription.week import (
    busiest_day,
    first_overlap,
    gap_text,
    gaps,
    step_text,
    stretches,
    time_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.devices import PumpProfile
    from thecal.prescription.course import Course


def check(course: Course) -> Iterator[Finding]:
    """Yield what is wrong with the shape of each flex pattern."""
    if course.implant is None:
        return
    for index, prescription in enumerate(course.prescriptions):
        if isinstance(prescription.pattern, Flex):
            yield from _flex(prescription.pattern, place(index), course.implant.pump)


def _flex(flex: Flex, field: str, pump: PumpProfile) -> Iterator[Finding]:
    if not flex.steps:
        yield refused(f"{field}.mode", "a flex pattern needs steps that cover the whole week")
        return
    for number, step in enumerate(flex.steps):
        for name, second in (("from", step.start_s), ("to", step.end_s)):
            if second % MINUTE_S:
                yield refused(
                    f"{field}.step[{number}].{name}",
                    f"{clock_text(second)} is not on a whole minute, the step of the pump's clock",
                )
    pieces = stretches(flex)
    overlap = first_overlap(pieces)
    if overlap is not None:
        earlier, later = (step_text(flex.steps[piece.step]) for piece in overlap)
        shared = time_text(overlap[1].start_s, min(overlap[0].end_s, overlap[1].end_s))
        yield refused(
            f"{field}.step[{max(piece.step for piece in overlap)}]",
            f'the steps "{earlier}" and "{later}" overlap on {shared}; '
            "each minute of the week belongs to one step",
        )
        return
    if open_times := gaps(pieces):
        yield refused(
            f"{field}.step",
            f"no step covers {gap_text(open_times)}; the steps must cover the whole week, so add "
            "one for that time",
        )
    day, most = busiest_day(pieces)
    figure = pump.figures["flex_steps_per_day"]
    if most > pump.flex_steps_per_day:
        yield refused(
            f"{field}.step",
            f"{WEEKDAYS_IN_FULL[day]} has {most} steps, more than "
            f"{pump.flex_steps_per_day}, the {figure.label} of {pump.name} {basis(figure)}",
            figure.source,
        )
