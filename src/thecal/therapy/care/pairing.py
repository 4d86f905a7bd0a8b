"""The same people in two treatments: who is counted, so that both speak of the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from thecal.outcomes import Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from thecal.therapy.care.policy import Policy


def without_pump(pump: Records, policy: Policy) -> NDArray[np.bool_]:
    """Return whom a policy of pumps does not go on with, shape (n,); nobody where it keeps all.

    Those are the people who did not pass the trial, or never had the pump.
    """
    if policy.follows == "everybody":
        return np.zeros(pump.people, dtype=np.bool_)
    return np.isinf(pump.events["implanted"])


def hidden(records: Records, absent: NDArray[np.bool_]) -> Records:
    """Return records in which people are not seen at the visits where they are to be absent.

    Parameters
    ----------
    absent
        Of each person and visit, shape (n, visits).
    """
    return replace(
        records,
        pain=np.where(absent, np.nan, records.pain),
        worst_pain=np.where(absent, np.nan, records.worst_pain),
        grades=np.where(absent[:, :, None], np.nan, records.grades),
        oral_mg_per_day=np.where(absent, np.nan, records.oral_mg_per_day),
        intrathecal_mcg_per_day=np.where(absent, np.nan, records.intrathecal_mcg_per_day),
    )
