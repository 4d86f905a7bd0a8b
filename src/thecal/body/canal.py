"""The spinal canal cut into cells, and how drug moves between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body.network import NetworkBuilder
from thecal.body.transport import face_clearances, net_flow
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Canal:
    """A canal of n cells from the foramen magnum down to the closed end of the sac.

    Attributes
    ----------
    edges_cm
        Faces of the cells, cm below the foramen magnum, shape (n + 1,).
    area_cm2
        Fluid cross-section of each cell, shape (n,).
    cord_area_cm2
        Cross-section of the cord in each cell, zero where there is none, shape (n,).
    root_area_cm2
        Cross-section of all nerve roots in each cell, zero where there are none, shape (n,).
    dispersion_cm2_per_h
        Axial dispersion at each face, shape (n + 1,).
    level
        Index of the vertebral level of each cell, shape (n,).
    """

    edges_cm: Array
    area_cm2: Array
    cord_area_cm2: Array
    root_area_cm2: Array
    dispersion_cm2_per_h: Array
    level: Index

    @property
    def middles_cm(self) -> Array:
        """The middle of each cell, cm below the foramen magnum, shape (n,)."""
        return (self.edges_cm[:-1] + self.edges_cm[1:]) / 2.0

    @property
    def length_cm(self) -> Array:
        """The height of each cell, cm, shape (n,)."""
        return np.diff(self.edges_cm)

    @property
    def volume_ml(self) -> Array:
        """The fluid in each cell, mL, shape (n,)."""
        return self.area_cm2 * self.length_cm

    def cell_at(self, depth_cm: float) -> int:
        """Return the index of the cell that holds a depth below the foramen magnum.

        Raises
        ------
        ValidityError
            If the depth lies outside the canal.
        """
        if not self.edges_cm[0] <= depth_cm <= self.edges_cm[-1]:
            raise ValidityError(
                f"a depth of {depth_cm:.1f} cm lies outside the canal, "
                f"which ends at {self.edges_cm[-1]:.1f} cm"
            )
        last = len(self.area_cm2) - 1
        return min(int(np.searchsorted(self.edges_cm, depth_cm, side="right")) - 1, last)

    def cells_of_level(self, level: int) -> Index:
        """Return the indices of the cells of a vertebral level."""
        return np.flatnonzero(self.level == level)


def add_canal(
    builder: NetworkBuilder,
    canal: Canal,
    absorbed_ml_per_h: Array,
    infused_ml_per_h: Array,
    *,
    drift_cm_per_h: float = 0.0,
) -> tuple[Index, Array]:
    """Add the canal's cells and the links between them; its upper end stays open.

    Parameters
    ----------
    absorbed_ml_per_h, infused_ml_per_h
        Fluid that leaves and enters each cell other than through faces, shape (n,).
    drift_cm_per_h
        How fast the drug itself sinks towards the sac, relative to the fluid.

    Returns
    -------
    tuple
        The cells' indices, shape (n,), and the net flow through the faces, mL/h, shape (n + 1,).

    Notes
    -----
    Finite volumes with exponential fitting. What becomes of the drug in the absorbed fluid is for
    the caller to link.
    """
    cells = builder.add("csf", canal.volume_ml)
    flow = net_flow(absorbed_ml_per_h, infused_ml_per_h)
    between = np.diff(canal.middles_cm)
    area = (canal.area_cm2[:-1] + canal.area_cm2[1:]) / 2.0
    conductance = area * canal.dispersion_cm2_per_h[1:-1] / between
    down, up = face_clearances(conductance, flow[1:-1] + area * drift_cm_per_h)
    builder.link(cells[:-1], cells[1:], down)
    builder.link(cells[1:], cells[:-1], up)
    return cells, flow


def top_clearances(canal: Canal, flow_ml_per_h: float) -> tuple[float, float]:
    """Return the clearances (down, up) through the foramen magnum, mL/h.

    The cistern counts as well mixed up to the foramen, so that only half a cell lies between.
    """
    half = canal.length_cm[0] / 2.0
    conductance = canal.area_cm2[0] * canal.dispersion_cm2_per_h[0] / half
    down, up = face_clearances(np.array([conductance]), np.array([flow_ml_per_h]))
    return float(down[0]), float(up[0])
