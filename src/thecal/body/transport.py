"""How drug moves along a fluid-filled canal: dispersion, net flow and the faces between cells.

Coordinates: ``z`` runs from the foramen magnum down the canal, in cm. Flows are in mL/h and count
positive towards the sac; dispersion is in cm2/h. A "clearance" is what one side of a link sends to
the other per unit of its concentration, in mL/h; it is never negative, so that concentrations
cannot become negative either.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SERIES_BELOW = 1e-5
"""Below this Peclet number the Bernoulli function is taken from its series (error under 1e-20)."""


def bernoulli(peclet: Array) -> Array:
    """Return x / (exp(x) - 1), the weight of the exponential-fitting face.

    Parameters
    ----------
    peclet
        Dimensionless, any shape and sign.

    Notes
    -----
    Scharfetter and Gummel 1969: the face that is exact for steady transport through it.

    >>> bernoulli(np.array([0.0, 1.0])).round(6).tolist()
    [1.0, 0.581977]
    """
    small = np.abs(peclet) < SERIES_BELOW
    safe = np.where(small, 1.0, peclet)
    # Written so that neither branch overflows: for x > 0 the exponential is taken of -x.
    positive = safe * np.exp(-np.abs(safe)) / -np.expm1(-np.abs(safe))
    negative = -safe / -np.expm1(-np.abs(safe))
    series = 1.0 - peclet / 2.0 + peclet**2 / 12.0
    return np.where(small, series, np.where(safe > 0.0, positive, negative))


def face_clearances(conductance: Array, flow: Array) -> tuple[Array, Array]:
    """Return the clearances (down, up) through faces, in mL/h.

    Parameters
    ----------
    conductance
        Area x dispersion / distance between the cell middles, mL/h, positive.
    flow
        Net fluid flow through the face, mL/h, positive downwards.

    Notes
    -----
    ``down - up == flow``, so that a constant concentration is carried as the fluid is; both are
    positive for any Peclet number, so that no over-shoot can arise.
    """
    peclet = flow / conductance
    return conductance * bernoulli(-peclet), conductance * bernoulli(peclet)


def net_flow(absorbed: Array, infused: Array) -> Array:
    """Return the net fluid flow through each face of a canal that is closed at the sac, mL/h.

    Parameters
    ----------
    absorbed
        Fluid absorbed in each cell, mL/h, from the head down; shape (n,).
    infused
        Fluid infused into each cell, mL/h; shape (n,).

    Returns
    -------
    Array
        Shape (n + 1,): through the foramen magnum, between the cells, and zero at the sac's end.
        The first is what is absorbed in the spine less what the pump adds.
    """
    return np.append(np.cumsum((absorbed - infused)[::-1])[::-1], 0.0)
