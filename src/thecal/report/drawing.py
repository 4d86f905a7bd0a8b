"""The shapes of the spine drawing: outlines in cm, level by level as long as the anatomy says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from thecal.body import HUMAN, Anatomy

Array = NDArray[np.float64]
Outline = tuple[Array, Array]
"""x and y of a line or of closed shapes; not-a-number parts one shape from the next."""

_STEPS = 800
_CORNER = 3.6  # exponent of the rounded boxes: 2 is an ellipse, large is a box
_WAIST = 0.08
_ANGLES = ("process_slope",)
_BONE_GAP_CM = 0.25
_AROUND = np.linspace(0.0, 2.0 * np.pi, 41)


@dataclass(frozen=True, slots=True)
class SpineDrawing:
    """A spine seen from the left side: the head on top, the face to the left.

    Attributes
    ----------
    bodies, discs, processes, canal, cord
        Closed shapes.
    level_x, level_y
        The middle of the canal at each level.
    label_x, label_y
        Where the label of each level ends, in front of its body.
    catheter
        The line from the pump's side up to the tip; ``None`` without a pump.
    """

    bodies: Outline
    discs: Outline
    processes: Outline
    canal: Outline
    cord: Outline
    level_x: Array
    level_y: Array
    label_x: Array
    label_y: Array
    catheter: Outline | None


def draw_spine(anatomy: Anatomy, tip_level: int | None) -> SpineDrawing:
    """Return the shapes of a spine with a catheter up to a level.

    Only the lengths and the cross-sections of the levels come from the anatomy; the curves and the
    bones are an illustration (``data/spine_drawing.toml``).
    """
    line = _Canal(anatomy)
    level_x, level_y = line.at(line.middles)
    front = line.radius(line.middles) + _BONE_GAP_CM + line.measure("body_depth", line.middles)
    label_x, label_y = line.at(line.middles, -front)
    return SpineDrawing(
        bodies=_joined([_body(line, k) for k in range(len(anatomy.levels))]),
        discs=_joined([_disc(line, k) for k in range(1, len(anatomy.levels))]),
        processes=_joined([_process(line, k) for k in range(len(anatomy.levels))]),
        canal=_tube(line, line.radius, 0.0, line.edges[-1]),
        cord=_tube(line, line.cord_radius, 0.0, line.cord_end),
        level_x=level_x,
        level_y=level_y,
        label_x=label_x - 0.35,
        label_y=label_y,
        catheter=None if tip_level is None else _catheter(line, anatomy, tip_level),
    )


class _Canal:
    """The line of the canal, followed along its length, so that each level keeps its own."""

    def __init__(self, anatomy: Anatomy) -> None:
        lengths = np.array([level.length_cm for level in anatomy.levels])
        self.edges = np.append(0.0, np.cumsum(lengths))
        self.middles = (self.edges[:-1] + self.edges[1:]) / 2.0
        self._names = anatomy.level_names
        self.size = float(self.edges[-1]) / _drawing()["canal_length"]
        cord = np.array([level.cord_area_cm2 for level in anatomy.levels])
        csf = np.array([level.csf_area_cm2 for level in anatomy.levels])
        self._cord = cord
        self._whole = csf + cord
        self.cord_end = float(self.edges[1:][cord > 0.0].max()) if cord.any() else 0.0
        self._s = np.linspace(0.0, self.edges[-1], _STEPS)
        bend = 1.0 if anatomy.species == HUMAN else 0.0
        self._x = bend * _smooth(self.measure("curve", self._s))
        slope = np.gradient(self._x, self._s)
        down = np.sqrt(np.maximum(1.0 - slope**2, 0.1))
        steps = np.diff(self._s) * (down[:-1] + down[1:]) / 2.0
        self._y = -np.append(0.0, np.cumsum(steps))
        self._tangent = (slope, -down)

    def measure(self, name: str, s: Array) -> Array:
        """Return a measure of the drawing at a depth, smoothly between its knots.

        Lengths are in proportion to the canal.
        """
        rows = [row for row in _drawing()[name] if row[0] in self._names]
        depths = [self.middles[self._names.index(row[0])] for row in rows]
        between = PchipInterpolator(depths, [float(row[1]) for row in rows])
        scale = 1.0 if name in _ANGLES else self.size
        return np.asarray(scale * between(np.clip(s, depths[0], depths[-1])))

    def radius(self, s: Array) -> Array:
        """Return half the drawn width of the canal at a depth, cm; the sac ends round."""
        taper = np.clip((self.edges[-1] - s) / 1.6 + 0.05, 0.0, 1.0) ** 0.5
        return np.asarray(self._half_width(self._whole, s) * taper)

    def cord_radius(self, s: Array) -> Array:
        """Return half the drawn width of the cord at a depth, cm; it tapers to its end."""
        taper = np.clip((self.cord_end - s) / 3.0, 0.0, 1.0) ** 0.6
        held = np.where(self._cord > 0.0, self._cord, self._cord[self._cord > 0.0].min())
        return self._half_width(held, s) * taper

    def _half_width(self, areas: Array, s: Array) -> Array:
        area = np.interp(s, self.middles, areas)
        return np.asarray(_drawing()["widening"] * np.sqrt(area / np.pi))

    def at(self, s: Array, back: Array | float = 0.0) -> Outline:
        """Return the points at depths along the canal, so far behind its middle (cm)."""
        x, y = np.interp(s, self._s, self._x), np.interp(s, self._s, self._y)
        tangent_x, tangent_y = (np.interp(s, self._s, part) for part in self._tangent)
        return x - back * tangent_y, y + back * tangent_x


def _body(line: _Canal, level: int) -> Outline:
    top, bottom = line.edges[level], line.edges[level + 1]
    half = (bottom - top) * (1.0 - _drawing()["disc_share"]) / 2.0
    v = np.sign(np.sin(_AROUND)) * np.abs(np.sin(_AROUND)) ** (2.0 / _CORNER)
    u = np.sign(np.cos(_AROUND)) * np.abs(np.cos(_AROUND)) ** (2.0 / _CORNER)
    u = u * (1.0 - _WAIST * (1.0 - v**2))
    return _box(line, level, (top + bottom) / 2.0 + half * v, u)


def _disc(line: _Canal, level: int) -> Outline:
    edge = line.edges[level]
    around = (line.middles[level] - line.middles[level - 1]) * _drawing()["disc_share"]
    return _box(line, level, edge + around * 0.42 * np.sin(_AROUND), 0.9 * np.cos(_AROUND))


def _box(line: _Canal, level: int, s: Array, u: Array) -> Outline:
    middle = np.full_like(s, line.middles[level])
    depth = line.measure("body_depth", middle)
    back = -(line.radius(middle) + _BONE_GAP_CM + depth / 2.0)
    return line.at(s, back + u * depth / 2.0)


def _process(line: _Canal, level: int) -> Outline:
    middle = line.middles[level : level + 1]
    reach, thickness, slope = (
        float(line.measure(f"process_{name}", middle)[0])
        for name in ("reach", "thickness", "slope")
    )
    along = np.array([0.0, 0.35, 0.75, 1.0, 1.08, 1.0, 0.75, 0.35, 0.0]) * reach
    across = np.array([0.62, 0.42, 0.5, 0.42, 0.0, -0.42, -0.5, -0.42, -0.62]) * thickness
    angle = np.radians(slope)
    x, y = line.at(middle, line.radius(middle) + _BONE_GAP_CM)
    outline_x = x + along * np.cos(angle) + across * np.sin(angle)
    outline_y = y - along * np.sin(angle) + across * np.cos(angle)
    return _rounded(outline_x, outline_y)


def _rounded(x: Array, y: Array) -> Outline:
    # Chaikin's corner cutting: each corner gives way to two points a quarter in from it.
    points = np.stack([x, y], axis=1)
    for _ in range(3):
        following = np.roll(points, -1, axis=0)
        cut = [0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following]
        points = np.stack(cut, axis=1).reshape(-1, 2)
    closed = np.vstack([points, points[:1]])
    return closed[:, 0], closed[:, 1]


def _tube(line: _Canal, radius: Callable[[Array], Array], start: float, end: float) -> Outline:
    s = np.linspace(start, end, 160)
    half = radius(s)
    front, back = line.at(s, -half), line.at(s, half)
    x = np.concatenate([front[0], back[0][::-1], front[0][:1]])
    y = np.concatenate([front[1], back[1][::-1], front[1][:1]])
    return x, y


def _catheter(line: _Canal, anatomy: Anatomy, tip_level: int) -> Outline:
    names = anatomy.level_names
    usual = _drawing()["catheter_entry"]
    entry = names.index(usual) if usual in names else len(names) - 2
    entry = min(max(entry, tip_level + 1), len(names) - 1)
    inside = np.linspace(line.edges[entry] - 0.5, line.middles[tip_level], 80)
    within_x, within_y = line.at(inside, 0.62 * line.radius(inside))
    outer = line.edges[entry + 1]
    radius = float(line.radius(np.array([outer]))[0])
    # Between two processes, slanting up into the canal.
    bends = line.size * np.array([(7.6, 2.6), (5.2, 2.0), (3.0, 1.3), (1.4, 0.55), (0.4, 0.0)])
    s = np.array([min(outer + down, line.edges[-1]) for _, down in bends])
    outside_x, outside_y = line.at(np.full_like(s, outer))
    outside_x = outside_x + radius + np.array([back for back, _ in bends])
    outside_y = outside_y - np.array([down for _, down in bends])
    x = np.concatenate([outside_x, within_x])
    y = np.concatenate([outside_y, within_y])
    return _eased(x, y, len(bends) + 2)


def _eased(x: Array, y: Array, first: int) -> Outline:
    """Round the bends of the first points."""
    points = np.stack([x[: first + 1], y[: first + 1]], axis=1)
    for _ in range(3):
        pairs = [0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]]
        points = np.vstack([points[:1], np.stack(pairs, axis=1).reshape(-1, 2), points[-1:]])
    return np.append(points[:, 0], x[first + 1 :]), np.append(points[:, 1], y[first + 1 :])


def _smooth(values: Array, width: int = 101) -> Array:
    # The interpolant has no overshoot but corners in its slope; a moving mean rounds them.
    padded = np.pad(values, width // 2, mode="reflect", reflect_type="odd")
    return np.convolve(padded, np.full(width, 1.0 / width), mode="valid")


def _joined(shapes: list[Outline]) -> Outline:
    gap = np.array([np.nan])
    xs = [part for x, _ in shapes for part in (x, gap)]
    ys = [part for _, y in shapes for part in (y, gap)]
    return np.concatenate(xs[:-1]), np.concatenate(ys[:-1])


@cache
def _drawing() -> dict[str, Any]:
    file = files("thecal.report") / "data" / "spine_drawing.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
