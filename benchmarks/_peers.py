"""The peers of the benchmarks: SciPy's solvers, set up as well as they can be, and the truth.

The equations are d(amounts)/dt = matrix @ amounts + channel x rate, in mcg and h. The reference is
the matrix exponential of each step, with the constant input as one more compartment: it shares no
code with thecal and chooses no step either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import odeint, solve_ivp
from scipy.linalg import expm
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

Array = NDArray[np.float64]
Seconds = NDArray[np.int64]
Slope = Callable[[float, Array], Array]

HOUR_S = 3600
DAY_S = 24 * HOUR_S

ODEINT = "odeint (LSODA), banded Jacobian"
BANDED = "solve_ivp LSODA, banded Jacobian"
DENSE = "solve_ivp LSODA, dense Jacobian"
BDF = "solve_ivp BDF, sparse Jacobian"

HUB_LINKS = 20
"""A compartment with more links than this cannot be in a band."""

ABSOLUTE = 1e-3
"""Each peer's absolute tolerance in mcg, as a share of its relative one; finer only costs time."""


@dataclass(frozen=True, slots=True)
class Equations:
    """d(amounts)/dt = matrix @ amounts + channel x rate, in the order that peers like best.

    The band holds what lies near the diagonal when compartments with many links stand last. What
    it leaves out are those links: LSODA then iterates with a Jacobian that is nearly right.
    """

    matrix: Array
    channel: Array
    rows: Array
    row_matrix: csr_array
    column_matrix: csc_array
    band: Array
    width: int

    @classmethod
    def of(cls, matrix: Array, channel: Array, rows: Array) -> Equations:
        """Bring a system into that order."""
        links = np.count_nonzero(matrix, axis=0) + np.count_nonzero(matrix, axis=1)
        hubs, others = np.flatnonzero(links > HUB_LINKS), np.flatnonzero(links <= HUB_LINKS)
        pattern = csr_array(matrix[np.ix_(others, others)] != 0.0)
        inner = others[reverse_cuthill_mckee(pattern + pattern.T, symmetric_mode=True)]
        order = np.append(inner, hubs)
        to, source = np.nonzero(matrix[np.ix_(inner, inner)])
        width = int(np.abs(to - source).max())
        ordered = matrix[np.ix_(order, order)]
        band = np.zeros((2 * width + 1, len(order)))
        for offset in range(-width, width + 1):
            diagonal = np.diagonal(ordered, -offset)
            first = max(0, -offset)
            band[width + offset, first : first + len(diagonal)] = diagonal
        return cls(
            ordered,
            channel[order],
            rows[:, order],
            csr_array(ordered),
            csc_array(ordered),
            band,
            width,
        )


@dataclass(frozen=True, slots=True)
class Course:
    """Rates that are constant between edges, and the times of the outputs; whole seconds."""

    edges_s: Seconds
    mcg_per_h: Array
    times_s: Seconds

    def first(self, days: int) -> Course:
        """Return its first days; an edge must fall on their end."""
        end = days * DAY_S
        kept = self.edges_s[self.edges_s <= end]
        return Course(kept, self.mcg_per_h[: len(kept) - 1], self.times_s[self.times_s <= end])

    @property
    def days(self) -> int:
        """Its length."""
        return int(self.edges_s[-1]) // DAY_S


def go_on(
    solver: str, slope: Slope, x: Array, hours: Array, equations: Equations, rtol: float
) -> Array:
    """Return the amounts at all ``hours`` but the first, at which they are ``x``."""
    width = equations.width
    shared: dict[str, Any] = {"rtol": rtol, "atol": rtol * ABSOLUTE}
    banded = partial(_constant, equations.band)
    if solver == ODEINT:
        shared |= {"Dfun": banded, "ml": width, "mu": width, "tfirst": True, "mxstep": 10**6}
        return np.asarray(odeint(slope, x, hours, **shared))[1:]
    shared |= {
        BDF: {"method": "BDF", "jac": equations.column_matrix},
        DENSE: {"method": "LSODA", "jac": partial(_constant, equations.matrix)},
        BANDED: {"method": "LSODA", "jac": banded, "lband": width, "uband": width},
    }[solver]
    answer = solve_ivp(slope, (hours[0], hours[-1]), x, t_eval=hours[1:], **shared)
    if not answer.success:
        raise RuntimeError(answer.message)
    return np.asarray(answer.y.T)


def _constant(value: Array, _t: float, _x: Array) -> Array:
    return value


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to use SciPy: ``told`` restarts at every change of the rate, else nothing is said."""

    solver: str
    rtol: float
    days: int
    told: bool = True

    @property
    def installed(self) -> bool:
        """SciPy always is."""
        return True

    def ready(self, equations: Equations) -> Callable[[Course], Array]:
        """Return `follow` for these equations; nothing is compiled."""
        return partial(self.follow, equations)

    def follow(self, equations: Equations, course: Course) -> Array:
        """Return what the rows read at the course's times, shape (t, r)."""
        amounts = np.zeros(len(equations.channel))
        if not self.told:
            edges_h, rates = (course.edges_s / HOUR_S).tolist(), course.mcg_per_h.tolist()
            last = len(rates) - 1

            def changing(t_h: float, x: Array) -> Array:
                rate = rates[min(bisect_right(edges_h, t_h) - 1, last)]
                return np.asarray(equations.row_matrix @ x + rate * equations.channel)

            hours = course.times_s / HOUR_S
            after = go_on(self.solver, changing, amounts, hours, equations, self.rtol)
            return np.asarray(np.vstack([amounts, after]) @ equations.rows.T)
        found = [equations.rows @ amounts[:, None]]
        for start, end, rate in zip(
            course.edges_s[:-1], course.edges_s[1:], course.mcg_per_h, strict=True
        ):
            wanted = course.times_s[(course.times_s > start) & (course.times_s <= end)]
            hours = np.union1d([start, end], wanted) / HOUR_S
            constant = rate * equations.channel

            def slope(_: float, x: Array, constant: Array = constant) -> Array:
                return np.asarray(equations.row_matrix @ x + constant)

            states = go_on(self.solver, slope, amounts, hours, equations, self.rtol)
            found.append(equations.rows @ states[: len(wanted)].T)
            amounts = states[-1]
        return np.asarray(np.hstack(found).T)

    @property
    def label(self) -> str:
        """Return what it is, how precise it is asked to be and what it is told."""
        rtol = f"{self.rtol:.0e}".replace("e-0", "e-")
        return f"{self.solver}, rtol {rtol}" + ("" if self.told else ", not restarted")


def reference(matrix: Array, channel: Array, rows: Array, course: Course) -> Array:
    """Return what the rows read at the course's times, from the matrix exponential of each step."""
    size = len(channel)
    augmented = np.zeros((size + 1, size + 1))
    augmented[:size, :size] = matrix
    augmented[:size, size] = channel
    stops = np.union1d(course.edges_s, course.times_s)
    steps = np.diff(stops).tolist()
    over = {step: expm(augmented * (step / HOUR_S)) for step in set(steps)}
    interval = np.searchsorted(course.edges_s, stops, side="right") - 1
    amounts = np.zeros((len(stops), size + 1))
    for k, step in enumerate(steps):
        before = amounts[k]
        before[size] = course.mcg_per_h[interval[k]]
        amounts[k + 1] = over[step] @ before
    return np.asarray(amounts[np.isin(stops, course.times_s), :size] @ rows.T)


def errors(values: Array, truth: Array) -> Array:
    """Return the largest error at each site relative to its peak, shape (r,).

    Raises
    ------
    RuntimeError
        If an output is missing or is not a number.
    """
    if values.shape != truth.shape or not bool(np.isfinite(values).all()):
        raise RuntimeError(f"outputs of shape {values.shape}, {truth.shape} finite ones wanted")
    return np.asarray(np.abs(values - truth).max(axis=0) / np.abs(truth).max(axis=0))
