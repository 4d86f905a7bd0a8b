"""Records for tests: small ones by hand, and any that could be."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from thecal.outcomes import Records
from thecal.outcomes.records import Array

DAYS = (0, 28, 182)


def made(people: int = 1, *, arm: str = "pump", **changed: Any) -> Records:  # noqa: ANN401 - any field
    """Return records of people seen at all visits with pain 8, nausea 2 and sedation 1."""
    days = np.array(changed.pop("days", DAYS), np.int64)
    shape = (people, len(days))
    fields: dict[str, Any] = {
        "pain": np.full(shape, 8.0),
        "worst_pain": np.full(shape, 9.0),
        "items": ("nausea", "sedation"),
        "grades": np.tile([2.0, 1.0], (*shape, 1)),
        "oral_mg_per_day": np.full(shape, 300.0),
        "intrathecal_mcg_per_day": np.zeros(shape),
        "death_day": np.full(people, np.inf),
        "end_day": np.full(people, np.inf),
        "events": {"infection": np.full(people, np.inf)},
        "traits": {"age": np.full(people, 57.0)},
    }
    return Records(arm=arm, days=days, **{**fields, **changed})


def with_pain(*courses: tuple[float, ...], **changed: Any) -> Records:  # noqa: ANN401 - any field
    """Return records of people with these courses of pain; a visit a number."""
    return made(len(courses), pain=np.array(courses, np.float64), **changed)


def random_records(seed: int, people: int, arm: str = "pump") -> Records:
    """Return people with everything that records may hold, some dead, lost or not seen."""
    rng = np.random.default_rng(seed)
    shape = (people, len(DAYS))
    death = np.where(rng.random(people) < 0.4, rng.integers(1, 182, people), np.inf)
    end = np.where(rng.random(people) < 0.3, rng.integers(1, 182, people), np.inf)
    unseen = (np.array(DAYS) > np.minimum(death, end)[:, None]) | (rng.random(shape) < 0.1)

    def seen(values: Array) -> Array:
        mask = unseen if values.ndim == 2 else unseen[:, :, None]
        return np.where(mask, np.nan, values)

    return made(
        people,
        arm=arm,
        pain=seen(rng.integers(0, 101, shape) / 10.0),
        worst_pain=seen(rng.uniform(0.0, 10.0, shape)),
        grades=seen(rng.integers(0, 5, (*shape, 2)).astype(np.float64)),
        oral_mg_per_day=seen(rng.choice([0.0, 100.0, 250.0], shape)),
        intrathecal_mcg_per_day=seen(rng.choice([0.0, 1000.0, 2500.0], shape)),
        death_day=death.astype(np.float64),
        end_day=end.astype(np.float64),
        events={
            "infection": np.where(rng.random(people) < 0.3, rng.integers(0, 182, people), np.inf)
        },
        traits={"age": rng.uniform(30.0, 90.0, people)},
    )


@st.composite
def any_records(draw: st.DrawFn) -> Records:
    """Draw records of one to thirty people."""
    return random_records(draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 30)))
