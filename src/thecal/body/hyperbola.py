"""The inverse Laplace transform by a few dozen points on a hyperbola.

A response f(t) is the integral of exp(z t) F(z) / (2 pi i) along any path that passes to the right
of all that the body does by itself. On a hyperbola that opens to the left, exp(z t) dies out at
both ends so fast that the trapezoidal rule converges geometrically; one set of points serves all
times from a shortest to a longest one, and only its size grows - like the logarithm of their ratio.

Source: Weideman and Trefethen 2007, Parabolic and hyperbolic contours for computing the Bromwich
integral, Math. Comp. 76:1341, doi 10.1090/S0025-5718-07-01945-X, section 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

EDGE = 1e-6
"""How near the angle may come to the ends of its interval, where the formulas are singular."""


@dataclass(frozen=True, slots=True)
class Hyperbola:
    """Points and weights: f(t) = Re sum(weights * exp(points * t) * F(points)).

    Attributes
    ----------
    points
        1/h, shape (m,); the first is real, the others stand for themselves and their conjugates.
    weights
        1/h, shape (m,).
    shortest_h, longest_h
        The times for which it serves, h.
    """

    points: ComplexArray
    weights: ComplexArray
    shortest_h: float
    longest_h: float

    @property
    def every_other(self) -> Array:
        """What turns the weights into those of the rule with half as many points, shape (m,).

        Halving the step of a geometrically convergent rule squares its error: the square of the
        difference between the two rules is the error of the finer one.
        """
        factors = np.zeros(len(self.points))
        factors[::2] = 2.0
        return factors


def hyperbola(shortest_h: float, longest_h: float, error: float) -> Hyperbola:
    """Return the points for all times from a shortest to a longest one.

    Parameters
    ----------
    shortest_h, longest_h
        h, positive.
    error
        What is aimed at, relative to the input; for responses whose rates are real and negative.

    Examples
    --------
    The response 1 / (z + 2) is exp(-2 t):

    >>> path = hyperbola(0.5, 2.0, 1e-12)
    >>> terms = path.weights * np.exp(path.points * 1.5) / (path.points + 2.0)
    >>> bool(abs(terms.sum().real - np.exp(-3.0)) < 1e-12)
    True
    """
    if not 0.0 < shortest_h <= longest_h:
        raise ValueError(f"no times from {shortest_h} h to {longest_h} h")
    angle, spread = _best_angle(longest_h / shortest_h)
    gain = (math.pi**2 - 2.0 * math.pi * angle) / spread
    count = math.ceil(-math.log(error) / gain)
    count += count % 2  # so that the last point belongs to the coarser rule too
    step = spread / count
    size = (4.0 * math.pi * angle - math.pi**2) / spread * count / longest_h
    along = step * np.arange(count + 1)
    points = size * (1.0 + np.sin(1j * along - angle))
    weights = step / math.pi * size * np.cos(1j * along - angle)
    weights[0] /= 2.0
    return Hyperbola(points, weights, shortest_h, longest_h)


def _best_angle(ratio: float) -> tuple[float, float]:
    """Return the angle for which the error falls fastest, and A of the source's equation 4.7."""

    def spread(angle: float) -> float:
        top = (math.pi - 2.0 * angle) * ratio + 4.0 * angle - math.pi
        return math.acosh(top / ((4.0 * angle - math.pi) * math.sin(angle)))

    def slowness(angle: float) -> float:
        return -(math.pi**2 - 2.0 * math.pi * angle) / spread(angle)

    best = minimize_scalar(
        slowness,
        bounds=(math.pi / 4.0 + EDGE, math.pi / 2.0 - EDGE),
        method="bounded",
        options={"xatol": EDGE},
    )
    angle = float(best.x)
    return angle, spread(angle)
