"""What 1 mg/day shows in a person of round numbers, for any drug."""

from __future__ import annotations

from functools import cache

import numpy as np

from thecal.effects import Reference, Response, Sites, load_effects, respond

RATIO = 100.0
"""Of oral to intrathecal doses, in these tests."""

REFERENCE = Reference(
    oral=Sites(*(np.asarray(one) for one in (0.2, 0.06, 0.03))),
    pump=Sites(*(np.asarray(one) for one in (0.6, 900.0, 260.0))),
)


@cache
def response_of(drug: str = "morphine") -> Response:
    """Return a drug's effects in that person, every figure at its set point."""
    return response_at(drug, {})


def response_at(drug: str, quantiles: dict[str, float]) -> Response:
    """Return a drug's effects at quantiles of its figures; morphine's by a ratio of 100."""
    ratio = RATIO if drug == "morphine" else None
    return respond(load_effects(drug), REFERENCE, oral_to_intrathecal=ratio, quantiles=quantiles)


def sites_of(oral: float = 0.0, pump: float = 0.0) -> Sites:
    """Return what doses show there, mg/day; one person."""
    assert REFERENCE.oral is not None
    return Sites(
        *(
            np.array(
                [oral * float(REFERENCE.oral.at(site)) + pump * float(REFERENCE.pump.at(site))]
            )
            for site in ("plasma", "cord", "cisterna")
        )
    )


def everywhere(numbers: np.typing.NDArray[np.float64]) -> Sites:
    """Return the same concentrations at every site."""
    return Sites(numbers, numbers, numbers)
