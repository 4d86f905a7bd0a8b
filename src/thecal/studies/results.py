"""What all replicates of a study say together, beside what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from thecal import NOTICE, __version__
from thecal.studies.outcome import FOLLOWED, Array
from thecal.studies.study import Endpoint, Study

if TYPE_CHECKING:
    # Needs pyarrow, and who only lists studies need not have it.
    from thecal.studies.storage import Store

SIGNIFICANT: Final = 0.05
"""The P value below which papers call a difference significant."""

_RANGE: Final = (0.025, 0.975)
"""The shares below the ends of a 95 % range."""


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint over all replicates, in its own unit; ``None`` where there is no number.

    Attributes
    ----------
    counted
        In how many replicates it had a value.
    mean
        Of all replicates.
    low, high
        The ends of the range that holds 95 % of them.
    significant
        The share of replicates with P < .05, 0 to 1; ``None`` for one arm.
    """

    endpoint: Endpoint
    counted: int
    mean: float | None
    low: float | None
    high: float | None
    significant: float | None

    @property
    def inside(self) -> bool | None:
        """Whether the published figure lies in the range; ``None`` where there is none."""
        if self.endpoint.published is None or self.low is None or self.high is None:
            return None
        return self.low <= self.endpoint.published.value <= self.high

    @property
    def accepted(self) -> bool | None:
        """Whether the mean lies in the band of acceptance; ``None`` where there is none."""
        if self.endpoint.band is None or self.mean is None:
            return None
        return self.endpoint.band[0] <= self.mean <= self.endpoint.band[1]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One thing followed in one arm: mean and 95 % range of the replicates at each visit (v,)."""

    arm: str
    name: str
    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """A study after all its replicates.

    Attributes
    ----------
    ran
        How many replicates were run now; the others were kept from before.
    """

    study: Study
    replicates: int
    ran: int
    endpoints: tuple[Found, ...]
    courses: tuple[Course, ...]


def results_of(store: Store, replicates: int, ran: int) -> Results:
    """Return what the first replicates of a finished store say together."""
    study = store.study
    return Results(
        study,
        replicates,
        ran,
        tuple(_found(one, *store.values(one.name, replicates)) for one in study.endpoints),
        tuple(
            _course(arm.name, name, store.course(arm.name, name, replicates))
            for arm in study.arms
            for name in FOLLOWED
        ),
    )


def as_object(results: Results) -> dict[str, Any]:
    """Return the results as numbers and texts that JSON can hold."""
    study = results.study
    return {
        "notice": NOTICE,
        "thecal": __version__,
        "study": study.name,
        "title": study.title,
        "evidence": study.evidence or None,
        "seed": study.seed,
        "replicates": results.replicates,
        "ran": results.ran,
        "arms": [{"name": one.name, "size": one.size, "policy": one.policy} for one in study.arms],
        "endpoints": [_as_object(one) for one in results.endpoints],
        "courses": [
            {
                "arm": one.arm,
                "what": one.name,
                "days": list(study.days),
                "mean": _plain(one.mean),
                "low": _plain(one.low),
                "high": _plain(one.high),
            }
            for one in results.courses
        ],
    }


def _as_object(found: Found) -> Mapping[str, Any]:
    one = found.endpoint
    return {
        "name": one.name,
        "arm": one.arm,
        "measure": one.measure,
        "day": one.day,
        "unit": one.unit,
        "better": one.better,
        "published": one.published.value if one.published is not None else None,
        "figure": (one.published.figure or None) if one.published is not None else None,
        "source": one.published.source if one.published is not None else None,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "inside": found.inside,
        "band": list(one.band) if one.band is not None else None,
        "accepted": found.accepted,
        "published_p": one.published_p,
        "share_p_below_05": found.significant,
        "counted": found.counted,
    }


def _found(endpoint: Endpoint, values: Array, p_values: Array) -> Found:
    known = values[~np.isnan(values)]
    tested = p_values[~np.isnan(p_values)]
    low, high = (_finite(_ordered(known, share)) for share in _RANGE)
    return Found(
        endpoint,
        len(known),
        _finite(float(known.mean()) if len(known) else np.nan),
        low,
        high,
        float((tested < SIGNIFICANT).mean()) if len(tested) else None,
    )


def _ordered(known: Array, share: float) -> float:
    # A value that occurred, not one between two: a median time may be infinite.
    return float(np.quantile(known, share, method="inverted_cdf")) if len(known) else np.nan


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _course(arm: str, name: str, values: Array) -> Course:
    """Return the course of (replicates, visits); NaN at visits where no replicate saw anybody."""
    seen = ~np.isnan(values)
    columns = [values[seen[:, visit], visit] for visit in range(values.shape[1])]

    def each(say: Callable[[Array], float]) -> Array:
        return np.array([say(one) if len(one) else np.nan for one in columns])

    return Course(
        arm,
        name,
        each(lambda one: float(one.mean())),
        each(lambda one: _ordered(one, _RANGE[0])),
        each(lambda one: _ordered(one, _RANGE[1])),
    )


def _plain(values: Array) -> list[float | None]:
    return [_finite(float(one)) for one in values]
