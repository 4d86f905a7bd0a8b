"""Drug in the nerve roots that hang in the fluid: a well-mixed pool beside each cell of the canal.

The roots of a cell are a bundle of equal round strands. Concentrations are "CSF-equivalent", as in
the cord: the amount is the tissue's partition coefficient x volume x that concentration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body.cord import CordTissue

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Roots:
    """Volumes and clearances of the roots beside one or more cells of the canal.

    Attributes
    ----------
    tissue_volume
        mL, shape (cells,).
    surface
        Clearance between CSF and the pool, mL/h, shape (cells,).
    capillary
        Clearance from the pool to blood, mL/h, shape (cells,).
    """

    tissue_volume: Array
    surface: Array
    capillary: Array


def roots(root_area: Array, length: Array, tissue: CordTissue, diameter_cm: float) -> Roots:
    """Return the pools of nerve roots.

    Parameters
    ----------
    root_area
        Cross-section of all roots of a cell together, cm2, positive, shape (cells,).
    length
        Height of each cell, cm, shape (cells,).
    tissue
        As of the cord.
    diameter_cm
        Of one strand.

    Notes
    -----
    The surface of round strands is 4 x volume / diameter. The pia's transfer coefficient stands in
    series with the strand itself, which lets through 8 phi D* / diameter between its surface and
    its mean: the linear driving force (Glueckauf 1955), exact for a slow uptake throughout the
    cross-section.

    Examples
    --------
    >>> tissue = CordTissue(0.75, 0.2, 0.0084, 0.3, 0.5)
    >>> pools = roots(np.array([0.5]), np.array([1.0]), tissue, diameter_cm=0.1)
    >>> pools.tissue_volume.tolist(), pools.surface.round(2).tolist()
    ([0.5], [1.86])
    """
    volume = root_area * length
    through = tissue.extracellular_fraction * tissue.diffusivity_cm2_per_h
    resistance = 1.0 / tissue.pial_transfer_cm_per_h + diameter_cm / (8.0 * through)
    return Roots(
        tissue_volume=volume,
        surface=4.0 * volume / diameter_cm / resistance,
        capillary=volume * tissue.extracellular_fraction * tissue.capillary_efflux_per_h,
    )
