"""Virtual persons: how far a prediction moves within what is not known of a body.

Of adults the differences between people are on record. Of other bodies each figure is drawn from a
log-normal about its value that has its reported range as the middle 95 %, and is never outside it.
Person k draws the same for every drug, so that drugs are compared in the same person.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from thecal.body import Anatomy, draw, load_anatomy, load_spread, parameters_of, stream
from thecal.body.anatomy import CELL_CM
from thecal.body.variability import truncated_lognormal
from thecal.formulary import Drug, load_formulary
from thecal.knowledge import Figure, Table
from thecal.validation.trial import Subject, typical

Array = NDArray[np.float64]

SEED = 1
"""The seed of the virtual persons."""

COUNT = 40
"""How many persons an interval rests on."""

COARSE = 2.0
"""Height of their canal's cells in ordinary ones: four times as fast. What this changes in a
prediction is taken out again: only the ratio to the typical body, cut as coarsely, is used."""

MIDDLE = 0.95
"""Share of the log-normal that lies within a figure's reported range."""

STATED = (
    f"from the 5th to the 95th percentile of {COUNT} virtual persons (seed {SEED}): adults as "
    "people are known to differ, dispersion with a geometric SD of 3; animals within the reported "
    "ranges of their figures and of the drug's loss from the CSF"
)
"""What the interval of a prediction is, in words."""

LOSS = "csf_loss_rate"
_DISPERSION = "dispersion"
_UNBOUND = ("dispersion_floor", "dispersion_ceiling")


def coarse(body: str, drug: str) -> Subject:
    """Return the typical body, cut as coarsely as those of the virtual persons."""
    return replace(typical(body, drug), cell_cm=COARSE * CELL_CM)


def person(number: int, seed: int = SEED) -> Callable[[str, str], Subject]:
    """Return who a body is, for a drug, if it is that person's."""

    def subject(body: str, drug: str) -> Subject:
        anatomy, record = load_anatomy(body), load_formulary().drug(drug)
        cell_cm = COARSE * CELL_CM
        if body not in load_spread().bodies:
            anatomy = _ranged(anatomy, seed, number)
            record = _with_loss(record, seed, number)
            return Subject(anatomy, parameters_of(record, anatomy), cell_cm=cell_cm)
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


def _ranged(anatomy: Anatomy, seed: int, number: int) -> Anatomy:
    figures = {
        name: figure
        if name in _UNBOUND
        # One factor for the whole canal: what moves the fluid moves all of it.
        else _drawn(figure, seed, number, _DISPERSION if name.startswith(_DISPERSION) else name)
        for name, figure in anatomy.figures.items()
    }
    return replace(anatomy, figures=Table(figures))


def _with_loss(drug: Drug, seed: int, number: int) -> Drug:
    figures = dict(drug.figures)
    if LOSS in figures:
        figures[LOSS] = _drawn(figures[LOSS], seed, number, LOSS)
    return replace(drug, figures=Table(figures))


def _drawn(figure: Figure, seed: int, number: int, key: str) -> Figure:
    value, low, high = figure.value, figure.low, figure.high
    if value is None or high is None or value <= 0 or high <= value:
        return figure
    lowest = 0.0 if low is None else float(low)
    # A range that begins at nothing has no logarithm: then its upper half tells the width.
    below = lowest if lowest > 0.0 else float(value) ** 2 / float(high)
    sigma = log(float(high) / below) / (2.0 * float(ndtri((1.0 + MIDDLE) / 2.0)))
    # The stream belongs to the name, so that a new figure changes no other draw.
    quantile = np.random.default_rng([seed, number, zlib.crc32(key.encode())]).random()
    found = truncated_lognormal(float(value), sigma, lowest, float(high), float(quantile))
    return replace(figure, value=Decimal(repr(found)))
