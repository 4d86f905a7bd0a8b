"""Drug in the spinal cord: concentric rings that exchange with CSF at the pia and with blood.

The cord is a cylinder of the level's cross-section. Concentrations are "CSF-equivalent": the
concentration of CSF that would be in balance with the tissue; the amount in a ring is the tissue
partition coefficient x volume x that concentration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CordTissue:
    """What decides how a drug enters, crosses and leaves cord tissue.

    Parameters
    ----------
    partition
        Apparent volume of distribution per tissue volume, mL/mL.
    extracellular_fraction
        Share of the tissue through which the drug diffuses.
    diffusivity_cm2_per_h
        In tissue (molecular diffusivity over tortuosity squared), cm2/h.
    pial_transfer_cm_per_h
        Transfer coefficient of the pia, cm/h.
    capillary_efflux_per_h
        Loss to blood from the extracellular fluid, 1/h.
    """

    partition: float
    extracellular_fraction: float
    diffusivity_cm2_per_h: float
    pial_transfer_cm_per_h: float
    capillary_efflux_per_h: float


@dataclass(frozen=True, slots=True)
class Rings:
    """Volumes and clearances of the rings of one or more cord slices, from the centre outwards.

    Attributes
    ----------
    tissue_volume
        mL, shape (slices, rings).
    between
        Clearance between ring m and m + 1, mL/h, shape (slices, rings - 1).
    surface
        Clearance between CSF and the outermost ring, mL/h, shape (slices,).
    capillary
        Clearance from each ring to blood, mL/h, shape (slices, rings).
    """

    tissue_volume: Array
    between: Array
    surface: Array
    capillary: Array


def rings(cord_area: Array, length: Array, tissue: CordTissue, count: int) -> Rings:
    """Cut cord slices into rings of equal area, so that they are thinnest where drug enters.

    Parameters
    ----------
    cord_area
        Cross-section of the cord, cm2, positive, shape (slices,).
    length
        Height of each slice, cm, shape (slices,).
    count
        Number of rings.

    Notes
    -----
    Finite volumes for (1/r) d/dr(r phi D* ds/dr); at the pia the transfer coefficient stands in
    series with half of the outermost ring. As the rings become thin this is the Bessel solution
    s(r) / s(a) = I0(r/d) / I0(a/d), d = sqrt(D* / k_cap).
    """
    radius = np.sqrt(cord_area / np.pi)
    edges = radius[:, None] * np.sqrt(np.linspace(0.0, 1.0, count + 1))[None, :]
    middles = (edges[:, 1:] + edges[:, :-1]) / 2.0
    volume = np.pi * np.diff(edges**2, axis=1) * length[:, None]
    through = tissue.extracellular_fraction * tissue.diffusivity_cm2_per_h
    between = 2.0 * np.pi * edges[:, 1:-1] * length[:, None] * through / np.diff(middles, axis=1)
    resistance = 1.0 / tissue.pial_transfer_cm_per_h + (radius - middles[:, -1]) / through
    return Rings(
        tissue_volume=volume,
        between=between,
        surface=2.0 * np.pi * radius * length / resistance,
        capillary=volume * tissue.extracellular_fraction * tissue.capillary_efflux_per_h,
    )
