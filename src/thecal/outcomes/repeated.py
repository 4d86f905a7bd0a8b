"""Pain over all visits at once: a mixed model of repeated measures, by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.compare import Difference
from thecal.outcomes.records import Records


@dataclass(frozen=True, slots=True)
class RepeatedPain:
    """What a mixed model says of pain in two arms.

    Attributes
    ----------
    by_day
        At each visit after the baseline the pain of the first arm less that of the second, at equal
        baseline, points of 10.
    between_people, within_people
        Standard deviations of people around the model and of visits around people, points of 10.
    converged
        Whether the fit came to an end; if not, believe nothing of it.
    """

    by_day: dict[int, Difference]
    between_people: float
    within_people: float
    converged: bool


def repeated_pain(first: Records, second: Records) -> RepeatedPain:
    """Return a mixed model of pain: arm by visit and baseline as fixed, people as random.

    People count with the visits at which they were seen. That is fair where being seen does not
    depend on the pain they would have had; death in advanced cancer is hardly that.

    Raises
    ------
    InputError
        When the arms have not the same visits, there is none after the baseline, or nobody of an
        arm was seen at one of them.
    """
    import statsmodels.api as sm

    days = [int(one) for one in first.days[1:]]
    if not days or not np.array_equal(first.days, second.days):
        raise InputError(
            f"{first.arm} and {second.arm} must have the same visits, one after the baseline"
        )
    pain = np.concatenate([first.pain, second.pain])
    arm = np.repeat([1.0, 0.0], [first.people, second.people])
    person, visit = np.nonzero(~np.isnan(pain[:, 1:]) & ~np.isnan(pain[:, :1]))
    for records, code in ((first, 1.0), (second, 0.0)):
        seen = set(visit[arm[person] == code].tolist())
        unseen = [day for place, day in enumerate(days) if place not in seen]
        if unseen:
            raise InputError(f"nobody of {records.arm} was seen on day {unseen[0]}")
    at_visit = np.eye(len(days))[visit]
    baseline = pain[person, 0] - np.nanmean(pain[:, 0])
    design = np.column_stack([at_visit, at_visit * arm[person, None], baseline])
    model = sm.MixedLM(pain[person, visit + 1], design, groups=person)
    # A fit that does not converge says so in the result; a warning besides would stop the caller.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(reml=True)
        ends = fitted.conf_int()
    by_day = {
        day: Difference(
            float(fitted.fe_params[place]),
            float(ends[place][0]),
            float(ends[place][1]),
            float(fitted.pvalues[place]),
            "mixed model",
        )
        for place, day in enumerate(days, start=len(days))
    }
    return RepeatedPain(
        by_day=by_day,
        between_people=float(np.sqrt(fitted.cov_re[0, 0])),
        within_people=float(np.sqrt(fitted.scale)),
        converged=bool(fitted.converged),
    )
