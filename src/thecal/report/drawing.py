"""The shapes of the spine drawing: polygons in cm, from the lengths that the anatomy gives."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator, make_interp_spline

from thecal.body import Anatomy

Array = NDArray[np.float64]

_STEPS = 600
_CORNER = 3.4  # exponent of the rounded boxes: 2 is an ellipse, large is a box
_WAIST = 0.07
_GAP = 0.28  # cm between canal and bone


@cache
def _drawing() -> dict[str, Any]:
    file = files("thecal.report") / "data" / "spine_drawing.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class SpineDrawing:
    """A spine seen from the left, the head on top and the face to the left.

    Attributes
    ----------
    bodies, discs, processes
        Outlines of many shapes, parted by not-a-number.
    canal, cord
        One outline each.
    level_x, level_y
        The middle of the canal at each level.
    label_x
        Where a level's label ends.
    catheter
        The line from the pump's side to the tip; ``None`` without a pump.
    """

    bodies: tuple[Array, Array]
    discs: tuple[Array, Array]
    processes: tuple[Array, Array]
    canal: tuple[Array, Array]
    cord: tuple[Array, Array]
    level_x: Array
    level_y: Array
    label_x: Array
    catheter: tuple[Array, Array] | None
    x_range: tuple[float, float]
    y_range: tuple[float, float]


class _Curve:
    """The line of the canal, followed by its length, so that each level keeps its own."""

    def __init__(self, anatomy: Anatomy) -> None:
        lengths = np.array([level.length_cm for level in anatomy.levels])
        self.edges = np.append(0.0, np.cumsum(lengths))
        self.middles = (self.edges[:-1] + self.edges[1:]) / 2.0
        self._names = anatomy.level_names
        depths, offsets = self._knots("curve")
        back = make_interp_spline(depths, offsets, k=3)
        self._s = np.linspace(0.0, self.edges[-1], _STEPS)
        self._x = np.asarray(back(self._s))
        slope = np.clip(np.gradient(self._x, self._s), -0.95, 0.95)
        down = np.sqrt(1.0 - slope**2)
        step = np.diff(self._s)
        self._y = -np.append(0.0, np.cumsum((down[:-1] + down[1:]) / 2.0 * step))
        self._tangent = (slope, -down)

    def _knots(self, name: str) -> tuple[Array, Array]:
        rows = [row for row in _drawing()[name] if row[0] in self._names]
        depths = [self.middles[self._names.index(row[0])] for row in rows]
        return np.array(depths), np.array([row[1] for row in rows], dtype=float)

    def measure(self, name: str, s: Array | float) -> Array:
        """Return a measure of the drawing at a depth, smoothly between its knots."""
        depths, values = self._knots(name)
        inside = np.clip(s, depths[0], depths[-1])
        return np.asarray(PchipInterpolator(depths, values)(inside))

    def at(self, s: Array | float, back: Array | float = 0.0) -> tuple[Array, Array]:
        """Return the points at depths along the canal, so far behind its middle (cm)."""
        x, y = np.interp(s, self._s, self._x), np.interp(s, self._s, self._y)
        tx, ty = (np.interp(s, self._s, part) for part in self._tangent)
        return x - back * ty, y + back * tx


@cache
def draw_spine(anatomy_lengths: tuple[str, ...]) -> None:  # pragma: no cover
    """Unused."""


def _radius(area: Array) -> Array:
    return np.asarray(_drawing()["widening"] * np.sqrt(np.maximum(area, 0.0) / np.pi))


def _joined(shapes: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    gap = np.array([np.nan])
    xs = [part for x, _ in shapes for part in (x, gap)]
    ys = [part for _, y in shapes for part in (y, gap)]
    return np.concatenate(xs[:-1]), np.concatenate(ys[:-1])
