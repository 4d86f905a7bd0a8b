"""The risks of a pump as uncertain as the counts that they rest on.

A share of so many people is drawn from its posterior under Jeffreys' prior; a figure that was
published with an interval is drawn from that interval. Figures with neither stay as they are, the
bounds of the registry among them, so that the result is somewhat too sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from scipy.special import expit, logit

from thecal.errors import InputError
from thecal.evidence import Published
from thecal.therapy.care.record import Record, load_record, share_of
from thecal.therapy.care.risks import Risks, risks_of

if TYPE_CHECKING:
    import numpy as np

_PERCENT: Final = 100.0
_JEFFREYS: Final = 0.5
_CENTRAL_95: Final = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % range."""
_AS_COUNTED: Final = frozenset({"granulomas_seen"})
"""Read as a number of people, not as a share of them."""


def draw_risks(generator: np.random.Generator, explants: str) -> Risks:
    """Return the risks of a pump with every figure drawn that was published with its uncertainty.

    Parameters
    ----------
    explants
        The study that gives the rate of explants.

    Raises
    ------
    InputError
        If that study gives none.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = draw_risks(np.random.default_rng(1), "ROBERTS2001")
    >>> [one.name for one in drawn.causes][:3]
    ['procedure', 'infection', 'headache']
    """
    record = load_record()
    # Refuses the study if it gives no rate.
    risks_of(record, explants)
    while True:
        try:
            return risks_of(_drawn(generator, record), explants)
        except InputError:
            # Shares drawn apart from each other can contradict each other, as fewer pumps taken
            # out for any reason than for infection.
            continue


def _drawn(generator: np.random.Generator, record: Record) -> Record:
    published: Mapping[str, Published] = {
        role: one if role in _AS_COUNTED else _one(generator, one)
        for role, one in record.published.items()
    }
    explants = {
        cohort: (_one(generator, share), follow_up)
        for cohort, (share, follow_up) in record.explants.items()
    }
    return replace(record, published=published, explants=explants)


def _one(generator: np.random.Generator, one: Published) -> Published:
    people = one.of or one.n
    if one.unit == "%" and people:
        share = share_of(one)
        drawn = _PERCENT * generator.beta(
            people * share + _JEFFREYS, people * (1.0 - share) + _JEFFREYS
        )
    elif one.interval == "ci95" and one.low is not None and one.high is not None:
        low, high = float(one.low), float(one.high)
        normal = generator.standard_normal() / (2.0 * _CENTRAL_95)
        if one.unit == "%":
            ends = logit(high / _PERCENT) - logit(low / _PERCENT)
            drawn = _PERCENT * float(expit(logit(share_of(one)) + normal * ends))
        else:
            drawn = one.number() + normal * (high - low)
    else:
        return one
    return replace(one, value=Decimal(repr(float(drawn))), events=None, of=None)
