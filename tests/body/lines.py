"""Plain canals for comparison with textbook solutions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thecal.body import Canal, Dose, ModalSystem, Network, NetworkBuilder, Rate, Schedule
from thecal.body.canal import add_canal

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A canal alone, with first-order loss."""

    canal: Canal
    network: Network

    @cached_property
    def system(self) -> ModalSystem:
        """Return the canal taken apart into modes."""
        return ModalSystem.of(self.network.matrix, self.network.volume)

    def source(self, cell: int) -> Array:
        """Return the channel of one cell."""
        channel = np.zeros(self.network.size)
        channel[cell] = 1.0
        return channel

    def steady(self, cell: int, rate: float) -> Array:
        """Return the steady concentrations under a rate into one cell, mcg/mL."""
        return np.linalg.solve(self.network.matrix, -self.source(cell) * rate) / self.network.volume

    def after_dose(self, cell: int, dose: float, times_s: list[int]) -> Array:
        """Return concentrations at some times after a dose at time 0, shape (t, n)."""
        schedule = Schedule.of(
            self.source(cell)[:, None], [Dose(0, 0, dose)], end_s=max(times_s), marks_s=times_s
        )
        rows = np.diag(1.0 / self.network.volume)
        return self.system.solve(schedule).read(np.array(times_s), rows)

    def during(self, cell: int, rate: Rate, times_s: list[int]) -> Array:
        """Return concentrations at some times of an infusion, shape (t, n)."""
        schedule = Schedule.of(self.source(cell)[:, None], [rate], end_s=max(times_s))
        rows = np.diag(1.0 / self.network.volume)
        return self.system.solve(schedule).read(np.array(times_s), rows)


def line(
    length_cm: float,
    cells: int,
    *,
    area_cm2: float | Array = 1.3,
    dispersion: float | Array = 30.0,
    loss_per_h: float | Array = 0.25,
    flow_ml_per_h: float = 0.0,
) -> Line:
    """Return a closed canal; a flow enters at its top and is absorbed in its last cell.

    ``dispersion`` in cm2/h, a number or one for each face; ``area_cm2`` and ``loss_per_h`` a
    number or one for each cell.
    """
    canal = Canal(
        edges_cm=np.linspace(0.0, length_cm, cells + 1),
        area_cm2=np.broadcast_to(np.asarray(area_cm2, dtype=np.float64), (cells,)).copy(),
        cord_area_cm2=np.zeros(cells),
        root_area_cm2=np.zeros(cells),
        dispersion_cm2_per_h=np.broadcast_to(
            np.asarray(dispersion, dtype=np.float64), (cells + 1,)
        ).copy(),
        level=np.zeros(cells, dtype=np.intp),
    )
    absorbed = np.zeros(cells)
    absorbed[-1] = flow_ml_per_h
    builder = NetworkBuilder()
    indices, _ = add_canal(builder, canal, absorbed, np.zeros(cells))
    builder.exit(indices, loss_per_h * canal.volume_ml, "loss")
    network = builder.build()
    return Line(canal, network)
