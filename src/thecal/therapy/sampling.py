"""Samples of a solved course: what is read at a site at the times that the course asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body import Body, Solution
from thecal.errors import InputError, ValidityError
from thecal.prescription import Course

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sampled:
    """What one ``[[sample]]`` table of a course found.

    Attributes
    ----------
    number
        Which table, counted from 0.
    site, drug
        As the table says.
    unit
        mcg/mL; ng/mL in plasma.
    times_s
        In seconds from the start of the course, shape (t,).
    values
        Shape (t,). At the second of a bolus: just after it.
    """

    number: int
    site: str
    drug: str
    unit: str
    times_s: NDArray[np.int64]
    values: Array


def sampled(course: Course, drug: str, body: Body, solution: Solution) -> tuple[Sampled, ...]:
    """Return the samples of one drug.

    Parameters
    ----------
    drug
        The drug of the body.
    solution
        The course as it is lived.

    Raises
    ------
    InputError
        If the body has no such site, as cord below the end of the cord.
    """
    found = []
    for number, sample in enumerate(course.samples):
        if course.drug_of(sample) != drug:
            continue
        try:
            row = body.row(sample.site)
        except (InputError, ValidityError) as error:
            raise InputError(str(error), field=f"sample[{number}].site") from error
        times = np.array(sample.times_s, dtype=np.int64)
        values = solution.read(times, row[None])[:, 0]
        found.append(Sampled(number, sample.site, drug, body.unit(sample.site), times, values))
    return tuple(found)
