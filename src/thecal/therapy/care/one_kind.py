"""A world in which everybody has one kind of pain, with the relief that the kind allows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from thecal.errors import InputError
from thecal.knowledge import Settled, Table
from thecal.patients.pain import KINDS, kind_means, kind_shares, spread_within
from thecal.therapy.care.setting import Quantiles, Setting, World

_GROUP: Final = "population"


def world_of_kind(setting: Setting, quantiles: Quantiles, kind: str) -> World:
    """Return the replicate of a setting whose people all have one kind of pain.

    What the kind can be relieved is that of its people in the whole population, so that nobody has
    to be drawn in vain where the kind is rare.

    Parameters
    ----------
    quantiles
        Of the setting's uncertain figures; those of the kinds decide what this kind allows.
    kind
        One of `KINDS`.

    Raises
    ------
    InputError
        If nobody in the population has such a pain.
    """
    population = setting.population
    own = setting.quantiles_of(_GROUP, population.figures, quantiles)
    settled = Settled.of(population.figures, own)
    place = KINDS.index(kind)
    if not kind_shares(settled)[place] > 0.0:
        raise InputError(
            f"{kind} pain is not on record for the population {population.id}", field="kind"
        )
    means = kind_means(settled, settled.number("responsiveness"))
    within = spread_within(settled, means, settled.number("responsiveness_spread"))
    numbers = {
        "responsiveness": float(means[place]),
        "responsiveness_spread": within,
        **{f"{one}_share": float(one == kind) for one in KINDS},
    }
    fixed = {
        name: replace(
            population.figures[name], value=Decimal(repr(number)), unit="1", low=None, high=None
        )
        for name, number in numbers.items()
    }
    kept = {
        name: quantile
        for name, quantile in quantiles.items()
        if name not in {f"{_GROUP}.{one}" for one in fixed}
    }
    figures = Table({**population.figures, **fixed})
    return World.of(replace(setting, population=replace(population, figures=figures)), kept)
