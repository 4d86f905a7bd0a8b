"""How exact a pump is: weighed, and as a clinic reads it from its syringes (PC-02, PC-03)."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from thecal.pump.amounts import rounded_up
from thecal.pump.hardware.figures import WHOLE_PCM, StudyFigures
from thecal.pump.hardware.plant import Plant
from thecal.pump.implant.values import Permit


class Deviations(NamedTuple):
    """By how much a pump gave more than was programmed, in parts per 100,000 of that."""

    weighed: int
    """By the true volume."""
    cumulative: int
    """By the volumes read at the refills, all of them together."""
    per_refill: int
    """The mean of what each refill says for itself."""


def study(plant: Plant, figures: StudyFigures, random: Random) -> Deviations:
    """Return what a study of implanted pumps would find with this one.

    The pump is filled, used, drawn empty and filled again. The syringe shows less than was drawn,
    by the same volume whether much or little was delivered; so small volumes between two refills
    deviate more, and the mean of the refills is above that of their sum (pump.md, Wesemann 2014).

    Parameters
    ----------
    plant
        A new one, with a full reservoir.
    figures
        How many refills, and how much was programmed between them.
    random
        The source of chance for the volumes.
    """
    stroke_nl, full_nl = plant.figures.stroke_nl, plant.figures.reservoir_nl
    programmed_nl = measured_nl = ratios = 0
    for serial in range(1, figures.refills + 1):
        strokes = rounded_up(random.randint(figures.least_nl, figures.most_nl), stroke_nl)
        plant.push(Permit(serial, strokes, plant.now_s + 1), strokes, plant.now_s)
        read_nl = plant.refill(plant.now_s, 0, full_nl).read_nl
        programmed_nl += strokes * stroke_nl
        measured_nl += full_nl - read_nl
        ratios += deviation_pcm(full_nl - read_nl, strokes * stroke_nl)
    return Deviations(
        deviation_pcm(plant.delivered_nl(plant.now_s), programmed_nl),
        deviation_pcm(measured_nl, programmed_nl),
        ratios // figures.refills,
    )


def deviation_pcm(delivered_nl: int, programmed_nl: int) -> int:
    """Return by how much more was delivered than programmed, in parts per 100,000, rounded down.

    Examples
    --------
    >>> deviation_pcm(976, 1_000)
    -2400
    """
    return (delivered_nl - programmed_nl) * WHOLE_PCM // programmed_nl
