"""The hard limits that a pump is handed with a program: from the formulary and the caps on record.

Every cap is a volume of the solution, and the smallest one of its drugs counts; all is rounded
down, so that a cap is never passed by half a nanolitre.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from thecal.devices.caps import load_caps
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.pump.implant.values import Limits, SafeAction
from thecal.therapy.programming import nanolitres

if TYPE_CHECKING:
    from thecal.devices import PumpProfile
    from thecal.devices.caps import Caps
    from thecal.formulary import Drug, Formulary
    from thecal.prescription import Solution
    from thecal.quantity import Quantity

_STRENGTH = {"hold": SafeAction.HOLD, "minimum": SafeAction.MINIMUM, "stop": SafeAction.STOP}
"""What to do after a fault, the action that matters most to a drug first."""


def limits(
    solution: Solution,
    profile: PumpProfile,
    formulary: Formulary | None = None,
    caps: Caps | None = None,
) -> Limits:
    """Return the hard limits of a solution in a pump (PC-06, PC-11, PC-29).

    The 24 h cap of a drug is a share of the highest daily dose on record; the 4 h and the 1 h cap
    are shares of that. Of a mixture's safe actions the one of the drug with most to lose counts:
    hold before minimum rate before stop.

    Parameters
    ----------
    formulary, caps
        What is known of the drugs, and of what pumps guard; thecal's own when left out.

    Raises
    ------
    InputError
        When a drug has no safe action or no highest daily dose on record, or the solution is so
        strong that a cap would be no volume at all.

    Examples
    --------
    20 mg/day of morphine at 10 mg/mL are 2 mL:

    >>> from thecal.devices import load_pump
    >>> from thecal.prescription import Solution
    >>> from thecal.quantity import Quantity
    >>> found = limits(
    ...     Solution({"morphine": Quantity.of(10, "mg/mL")}), load_pump("synchromed-ii-20")
    ... )
    >>> found.day_nl, found.four_hours_nl, found.hour_nl
    (2000000, 1000000, 500000)
    """
    record, guarded = formulary or load_formulary(), caps or load_caps()
    rows = [guarded.drug(drug_id) for drug_id in solution.concentrations]
    day = min(
        _day_cap(record.drug(drug_id), strength, guarded)
        for drug_id, strength in solution.concentrations.items()
    )
    hour_nl = floor(day * guarded.hour_share)
    if hour_nl < 1:
        raise InputError("the solution is so strong that its 1 h cap is below 1 nL; dilute it")
    low = nanolitres(profile.low_reservoir_volume)
    if any(row.withdrawal for row in rows):
        low = max(low, ceil(guarded.withdrawal_low_reservoir.to("nL")))
    return Limits(
        safe_action=min(_STRENGTH[row.action] for row in rows),
        hour_nl=hour_nl,
        four_hours_nl=floor(day * guarded.four_hours_share),
        day_nl=floor(day),
        minimum_nl_per_day=floor(profile.minimum_rate_mode.to("nL/day")),
        low_reservoir_nl=low,
    )


def _day_cap(drug: Drug, strength: Quantity, caps: Caps) -> Fraction:
    if not drug.highest_daily_dose:
        raise InputError(f"no highest daily dose of {drug.name} is on record, so no pump runs it")
    refusing = [limit for limit in drug.highest_daily_dose if limit.refuses]
    limit = refusing[0] if refusing else drug.highest_daily_dose[-1]
    share = caps.day_share(refuses=limit.refuses)
    return (limit.highest / strength).to("nL/day") * share
