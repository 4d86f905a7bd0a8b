"""The pump of virtual trials: a profile on record, and the solutions it is filled with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.devices import PumpProfile, load_pump
from thecal.formulary import Drug, load_formulary
from thecal.knowledge import Figure, Table, load_document
from thecal.pump import NL_PER_ML, Hardware
from thecal.pump.hardware import PlantKind, read_kind
from thecal.therapy.programming import hardware
from thecal.therapy.refilling import shortest_days

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

NEVER: Final = np.iinfo(np.int64).max // 2
"""A day that does not come."""

NL_PER_MG_AT_1_MCG_PER_ML: Final = 1e9
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, eq=False)
class PumpKind:
    """One kind of pump, filled with one drug.

    Attributes
    ----------
    hardware
        Its limits, as the pump counts them.
    plant
        What single pumps are drawn from: what a stroke really moves.
    lowest_nl_per_day, highest_nl_per_day
        The flows that can be programmed as a dose.
    lead_days
        How long before the low-reservoir alarm a refill is planned.
    kept_days
        How long the solution keeps in the pump; `NEVER` where no limit is on record.
    strengths
        Of the solutions that are made of the drug, mcg/mL, rising.
    advised_nl_per_day
        The flow that a solution is chosen for.
    """

    hardware: Hardware
    plant: PlantKind
    lowest_nl_per_day: int
    highest_nl_per_day: int
    lead_days: int
    kept_days: int
    strengths: Whole
    advised_nl_per_day: float

    def strength_for(self, mg_per_day: Array) -> Whole:
        """Return the weakest solution whose flow is within advice, mcg/mL, else the strongest.

        Examples
        --------
        >>> pump_kind("morphine").strength_for(np.array([0.1, 1.0, 2.0, 15.0])).tolist()
        [200, 2000, 5000, 20000]
        """
        needed = mg_per_day * (NL_PER_MG_AT_1_MCG_PER_ML / self.advised_nl_per_day)
        place = np.searchsorted(self.strengths, needed)
        return np.asarray(self.strengths[np.minimum(place, len(self.strengths) - 1)])

    def flow_for(self, mg_per_day: Array, mcg_per_ml: Whole) -> Whole:
        """Return the flow of a dose, nL/day, rounded down, as it would be; limits not applied."""
        needed = mg_per_day * NL_PER_MG_AT_1_MCG_PER_ML / mcg_per_ml
        # A quotient such as 0.3 over 2 must not fall just below the whole nL that it is.
        return np.floor(np.nextafter(needed, np.inf)).astype(np.int64)

    def runs(self, nl_per_day: Whole) -> NDArray[np.bool_]:
        """Return which flows can be programmed as a dose."""
        return (nl_per_day >= self.lowest_nl_per_day) & (nl_per_day <= self.highest_nl_per_day)


@cache
def pump_figures() -> tuple[str, Table[Figure]]:
    """Return the id of the pump of virtual trials, and the figures of `data/pumps.toml`."""
    rest, figures = load_document(
        files("thecal.therapy.care") / "data" / "pumps.toml", other_keys=("pump",)
    )
    return rest["pump"], figures


@cache
def pump_kind(drug: str) -> PumpKind:
    """Return the pump of virtual trials, filled with a drug.

    Raises
    ------
    InputError
        If there is no such drug.
    """
    name, figures = pump_figures()
    return kind_of(
        load_pump(name), load_formulary().drug(drug), figures["flow"].number("mL/day", "high")
    )


def kind_of(profile: PumpProfile, drug: Drug, advised_ml_per_day: float) -> PumpKind:
    """Return the kind that a profile describes, with the solutions of a drug."""
    strongest = min(limit.highest for limit in drug.highest_concentration)
    kept = drug.stability
    return PumpKind(
        hardware=hardware(profile),
        plant=read_kind(profile.mechanism, profile.exact_number),
        lowest_nl_per_day=floor(profile.lowest_rate.to("nL/day")),
        highest_nl_per_day=floor(profile.highest_rate.to("nL/day")),
        lead_days=profile.alarm_lead_days,
        kept_days=NEVER if kept is None else shortest_days(kept),
        strengths=_strengths(floor(strongest.to("mcg/mL"))),
        advised_nl_per_day=advised_ml_per_day * NL_PER_ML,
    )


def _strengths(strongest: int) -> Whole:
    # Round numbers, as people make solutions; and the strongest that is allowed.
    decades = 10 ** np.arange(len(str(strongest)), dtype=np.int64)
    steps = (decades[:, None] * np.array(_STEPS)).ravel()
    return np.append(steps[steps < strongest], strongest)
