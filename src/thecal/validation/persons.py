"""Virtual persons: how far a prediction moves within what is known of the differences in a body.

Person k draws the same for every drug, so that drugs are compared in the same person; an animal
counts as a person here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from thecal.body import draw, load_anatomy, parameters_of, stream
from thecal.body.anatomy import CELL_CM
from thecal.formulary import load_formulary
from thecal.validation.trial import Subject, typical

SEED = 1
"""The seed of the virtual persons."""

COUNT = 40
"""How many persons an interval rests on."""

COARSE = 2.0
"""Height of their canal's cells in ordinary ones: four times as fast. What this changes in a
prediction is taken out again: only the ratio to the typical body, cut as coarsely, is used."""

STATED = (
    f"from the 5th to the 95th percentile of {COUNT} virtual persons, or animals (seed {SEED}), "
    "who differ as docs/bodies.md tells, dispersion with a geometric SD of 2.3 to 3"
)
"""What the interval of a prediction is, in words."""


def coarse(body: str, drug: str) -> Subject:
    """Return the typical body, cut as coarsely as those of the virtual persons."""
    return replace(typical(body, drug), cell_cm=COARSE * CELL_CM)


def person(number: int, seed: int = SEED) -> Callable[[str, str], Subject]:
    """Return who a body is, for a drug, if it is that person's."""

    def subject(body: str, drug: str) -> Subject:
        anatomy, record = load_anatomy(body), load_formulary().drug(drug)
        cell_cm = COARSE * CELL_CM
        individual = draw(parameters_of(record, anatomy), anatomy, stream(seed, number))
        fine = individual.anatomy.canal(cell_cm=individual.cell_cm).edges_cm
        edges = individual.anatomy.canal(cell_cm=cell_cm).edges_cm
        return Subject(
            individual.anatomy,
            individual.parameters,
            dispersion=np.interp(edges, fine, individual.dispersion),
            cell_cm=cell_cm,
        )

    return subject
