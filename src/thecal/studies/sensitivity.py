"""Which assumption carries a result: one figure at a time, then the strongest together (Sobol).

Everything but the figures is held still: the same people, the same chances, in one large replicate.
So what moves is what the figures move. First each uncertain figure goes to both ends of the middle
90 % of its range while the others stay at their set points. Then the strongest are drawn together,
and the variance of the endpoint is shared out among them (Sobol's indices by Saltelli's sampling,
from SciPy): first order is what each does alone, total what it does with all its interactions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError
from thecal.studies.outcome import outcome_of
from thecal.studies.trial import Setting, run_replicate

if TYPE_CHECKING:
    from thecal.studies.study import Endpoint, Study

Array = NDArray[np.float64]
Done = Callable[[int, int], None]

ENDS: Final = (0.05, 0.95)
"""Quantiles of a figure's range that are compared."""

LARGER: Final = 5
"""Arms are so many times larger, so that chance hides less of what the figures do."""

_REPLICATE: Final = 0


@dataclass(frozen=True, slots=True)
class Swing:
    """What one figure does to an endpoint: its value at both ends of the figure's range."""

    figure: str
    low: float
    high: float

    @property
    def size(self) -> float:
        """How far the endpoint moves, without sign."""
        return abs(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Part:
    """A figure's part of the variance: alone, and with its interactions; 0 to 1 but for noise."""

    figure: str
    first: float
    total: float


def swings(
    study: Study, setting: Setting, endpoint: Endpoint, done: Done | None = None
) -> tuple[float, list[Swing]]:
    """Return the endpoint at all set points, and what each figure does to it, strongest first.

    Returns
    -------
    tuple
        The endpoint in its own unit, and the swings.
    """
    value = _endpoint_of(study, setting, endpoint)
    names = setting.uncertain()
    found = []
    for place, name in enumerate(names):
        low, high = (value({name: end}) for end in ENDS)
        found.append(Swing(name, low, high))
        if done is not None:
            done(place + 1, len(names))
    return value({}), sorted(found, key=lambda one: (-one.size, one.figure))


def sobol(
    study: Study,
    setting: Setting,
    endpoint: Endpoint,
    figures: Sequence[str],
    *,
    points: int = 64,
    done: Done | None = None,
) -> list[Part]:
    """Return each figure's part of the variance when these figures alone are uncertain.

    Parameters
    ----------
    points
        A power of 2; the endpoint is computed ``points * (len(figures) + 2)`` times.

    Raises
    ------
    InputError
        If there are no figures, one is not uncertain in this study, or points is no power of 2.
    """
    from scipy import stats

    unknown = sorted(set(figures) - set(setting.uncertain()))
    if unknown or not figures:
        raise InputError(f"not an uncertain figure of this study: {', '.join(unknown) or 'none'}")
    if points < 2 or points & (points - 1):  # noqa: PLR2004
        raise InputError(f"Sobol's sampling takes a power of 2 as points, not {points}")
    value = _endpoint_of(study, setting, endpoint)
    total = points * (len(figures) + 2)
    counted = 0

    def values(quantiles: Array) -> Array:
        nonlocal counted
        found = []
        for row in quantiles.T:
            found.append(value(dict(zip(figures, row.tolist(), strict=True))))
            counted += 1
            if done is not None:
                done(counted, total)
        return np.array(found)

    even: Any = stats.uniform()  # its stubs do not know themselves as a distribution
    indices = stats.sobol_indices(
        func=values,
        n=points,
        dists=[even] * len(figures),
        rng=np.random.default_rng(study.seed),
    )
    parts = [
        Part(name, float(first), float(whole))
        for name, first, whole in zip(
            figures, indices.first_order, indices.total_order, strict=True
        )
    ]
    return sorted(parts, key=lambda one: (-one.total, one.figure))


def _endpoint_of(
    study: Study, setting: Setting, endpoint: Endpoint
) -> Callable[[dict[str, float]], float]:
    """Return the endpoint as a function of the quantiles of some figures."""
    arms = tuple(replace(arm, size=arm.size * LARGER) for arm in study.arms)
    last = max(endpoint.day, min(day for day in study.days if day >= endpoint.day))
    days = tuple(day for day in study.days if day <= last)
    large = replace(study, arms=arms, days=days, endpoints=(endpoint,))

    def value(quantiles: dict[str, float]) -> float:
        records = run_replicate(large, setting, _REPLICATE, quantiles)
        return float(outcome_of(large, records, _REPLICATE).values[0])

    return value
