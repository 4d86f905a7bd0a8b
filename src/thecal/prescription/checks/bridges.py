"""What a change of solution forces: a refill, a decision on the bridge, and a bridge that fits."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.prescription.checks import doses, flow, guards
from thecal.prescription.checks.said import alike, moment, place
from thecal.prescription.findings import Finding, refused, warned
from thecal.prescription.orders import Bridge, Flex, SimpleContinuous
from thecal.prescription.rates import ONE_DAY, mean_dose
from thecal.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Formulary
    from thecal.prescription.course import Course, Implant
    from thecal.prescription.orders import Prescription


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield what is wrong with the changes of solution."""
    implant = course.implant
    if implant is None:
        return
    yield from _stability(course, formulary)
    if course.prescriptions[0].bridge is not None:
        yield refused(
            "prescription[0].bridge",
            "there is no older solution to bridge from; leave the bridge out",
        )
    refilled = {refill.at_s for refill in course.refills}
    for index, (old, new) in enumerate(pairwise(course.prescriptions), start=1):
        if old.solution == new.solution:
            if new.bridge is not None:
                yield refused(
                    f"{place(index)}.bridge",
                    "the solution stays the same, so there is nothing to bridge; leave it out",
                )
            continue
        if new.at_s not in refilled:
            yield refused(
                f"{place(index)}.solution",
                f"the solution changes at {moment(new.at_s)} but nothing fills the reservoir with "
                f"it; add [[refill]] at {moment(new.at_s)} or keep the solution",
            )
        if new.bridge is None:
            yield refused(
                f"{place(index)}.solution",
                "the solution changes while the old one still fills tubing and catheter, so a "
                'decision is needed; write bridge = { dose = "..." } to give the old solution at '
                'that dose first, or bridge = "none"',
            )
        elif new.bridge == "none":
            yield from _without(old, new, index, implant)
        else:
            until_s = (
                course.prescriptions[index + 1].at_s
                if index + 1 < len(course.prescriptions)
                else course.length_s
            )
            yield from _limits(old, new.bridge, index, formulary)
            yield from _bridge(old, new, new.bridge, index, until_s, implant)


def old_volume(implant: Implant) -> Quantity:
    """Return the volume of old solution in tubing and catheter, which a bridge has to clear."""
    return implant.pump.tubing_volume + implant.catheter.implanted_volume(
        implant.implanted_length_cm
    )


def bridge_time(implant: Implant, old: Prescription, bridge: Bridge) -> Quantity:
    """Return how long a bridge takes: the old volume at (dose / old concentration)."""
    return old_volume(implant) / (bridge.dose / old.solution.primary_concentration)


def _bridge(
    old: Prescription,
    new: Prescription,
    bridge: Bridge,
    index: int,
    until_s: int,
    implant: Implant,
) -> Iterator[Finding]:
    field = f"{place(index)}.bridge.dose"
    primary = old.solution.primary
    if isinstance(old.pattern, SimpleContinuous | Flex):
        before = mean_dose(old, implant.pump, primary)
        if before:
            what = f"the dose of {primary} in the bridge"
            yield from guards.change(field, what, before, bridge.dose)
    outside = list(flow.rate(field, bridge.dose, old.solution.primary_concentration, implant.pump))
    yield from outside
    if outside:
        return
    lasts = bridge_time(implant, old, bridge)
    end_s = new.at_s + lasts.to("s")
    if end_s > until_s:
        yield refused(
            field,
            f"a bridge of {bridge.dose.show()} takes {lasts.show('h', decimals=1)} and would still "
            f"run when its prescription ends at {moment(until_s)}; leave it time to finish",
        )
    for number, bolus in enumerate(new.boluses):
        if bolus.at_s < end_s:
            yield warned(
                f"{place(index)}.bolus[{number}].at",
                f"a bolus at {moment(bolus.at_s)} falls into the bridge, which ends after "
                f"{lasts.show('h', decimals=1)}; the pump refuses boluses until then",
            )


def _limits(
    old: Prescription, bridge: Bridge, index: int, formulary: Formulary
) -> Iterator[Finding]:
    bridge_flow = bridge.dose / old.solution.primary_concentration
    for drug_id, concentration in old.solution.concentrations.items():
        drug = formulary.drug(drug_id)
        dose = bridge_flow * concentration
        for limit in drug.highest_daily_dose:
            if dose > limit.highest:
                what = f"{dose.show()} of {drug.name} in the bridge"
                yield doses.above(f"{place(index)}.bridge.dose", limit, what)


def _without(
    old: Prescription, new: Prescription, index: int, implant: Implant
) -> Iterator[Finding]:
    if not isinstance(new.pattern, SimpleContinuous | Flex):
        return
    drug = old.solution.primary
    new_flow = mean_dose(new, implant.pump, new.solution.primary) / (
        new.solution.primary_concentration
    )
    if not new_flow:
        return
    given = new_flow * old.solution.concentrations[drug]
    lasts = old_volume(implant) / new_flow
    days = (lasts / ONE_DAY).magnitude
    ordered = (
        mean_dose(new, implant.pump, drug)
        if drug in new.solution.concentrations
        else Quantity.zero(given.dimension)
    )
    shown_given, shown_ordered = alike(given, ordered)
    yield warned(
        f"{place(index)}.bridge",
        f"without a bridge the old solution left in tubing and catheter is given at the new rate: "
        f"{shown_given} of {drug} instead of {shown_ordered} for "
        f"{Quantity.of(days, 'day').show('h', decimals=1)}",
    )


def _stability(course: Course, formulary: Formulary) -> Iterator[Finding]:
    fills = sorted({0, *(refill.at_s for refill in course.refills)})
    ends = [*fills[1:], course.length_s]
    unknown: set[tuple[int, str]] = set()
    for start_s, end_s in zip(fills, ends, strict=True):
        held = [
            (index, one) for index, one in enumerate(course.prescriptions) if one.at_s <= start_s
        ]
        index, prescription = held[-1]
        for drug_id in prescription.solution.concentrations:
            drug = formulary.drug(drug_id)
            figure = drug.stability
            if figure is None:
                # Said once for a solution, however often it is filled.
                if (index, drug_id) not in unknown:
                    unknown.add((index, drug_id))
                    yield warned(
                        f"{place(index)}.solution.{drug_id}",
                        f"how long {drug.name} keeps in the pump is not on record, so that no "
                        "refill date rests on it; ask the pharmacy that makes the solution",
                    )
                continue
            kept = Quantity.of(end_s - start_s, "s")
            if kept > figure.exact():
                yield warned(
                    f"{place(index)}.solution.{drug_id}",
                    f"the solution filled at {moment(start_s)} stays in the pump for "
                    f"{kept.show('day', decimals=1)}, longer than {figure.stated()}, the "
                    f"{figure.label} (source: {figure.source}; confidence {figure.confidence})",
                    figure.source,
                )
