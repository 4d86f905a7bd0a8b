"""Axial dispersion from what moves the fluid: the heartbeat and breathing.

An alternative to the figures fitted to tracers: D(z) = D_m + eta (f_c x_c(z)^2 + f_r x_r(z)^2) / 2,
with x the peak-to-peak displacement of the fluid by each beat or breath. With an efficiency eta of
one this is a random walk of full steps, the physical ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import Anatomy
from thecal.body.canal import Canal
from thecal.errors import ValidityError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pulsation:
    """What moves CSF to and fro: mL a stroke at the neck, and strokes an hour.

    Attributes
    ----------
    efficiency
        Share of the random-walk dispersion that the motion really makes, above 0 up to 1.
    """

    stroke_ml: float
    strokes_per_h: float
    breath_ml: float
    breaths_per_h: float
    efficiency: float

    def __post_init__(self) -> None:
        if not 0.0 < self.efficiency <= 1.0:
            raise ValidityError(
                f"a mixing efficiency of {self.efficiency} is impossible; it is above 0 and at "
                "most 1, where each stroke mixes completely"
            )


def pulsation_of(anatomy: Anatomy) -> Pulsation:
    """Return the pulsation that an anatomy has on record."""
    figures = anatomy.figures
    return Pulsation(
        stroke_ml=figures["stroke_volume"].number("mL"),
        strokes_per_h=figures["heart_rate"].number("1/h"),
        breath_ml=figures["breathing_volume"].number("mL"),
        breaths_per_h=figures["breathing_rate"].number("1/h"),
        efficiency=figures["mixing_efficiency"].number("1"),
    )


def displacement_cm(canal: Canal, stroke_ml: float) -> Array:
    """Return the peak-to-peak displacement at the canal's faces, cm, shape (n + 1,).

    The volume moved falls towards the closed end as the fluid below a face does: the walls give
    everywhere alike, so that at the sac's end nothing moves.
    """
    volume = canal.volume_ml
    below = np.append(np.cumsum(volume[::-1])[::-1], 0.0)
    area = canal.area_cm2
    faces = np.concatenate([area[:1], (area[:-1] + area[1:]) / 2.0, area[-1:]])
    return np.asarray(stroke_ml * (below / below[0]) / faces)


def pulsatile_dispersion(canal: Canal, pulsation: Pulsation, molecular_cm2_per_h: float) -> Array:
    """Return the axial dispersion at the canal's faces, cm2/h, shape (n + 1,).

    Parameters
    ----------
    molecular_cm2_per_h
        Free diffusivity of the drug; the lowest value anywhere.
    """
    heart = pulsation.strokes_per_h * displacement_cm(canal, pulsation.stroke_ml) ** 2
    breath = pulsation.breaths_per_h * displacement_cm(canal, pulsation.breath_ml) ** 2
    return molecular_cm2_per_h + pulsation.efficiency * (heart + breath) / 2.0
