"""Whether each drug is within its limits at the flow that the primary drug sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.checks.said import alike, basis, dose_place, place, times
from thecal.prescription.findings import Finding, refused, warned
from thecal.prescription.rates import (
    ONE_DAY,
    boluses_in_a_day,
    mean_dose,
    patient_boluses_in_a_day,
    worst_day,
)
from thecal.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.devices import PumpProfile
    from thecal.formulary import Drug, Formulary, Limit
    from thecal.prescription.course import Course
    from thecal.prescription.orders import Prescription

# An interval typed in minutes for hours has killed: model 8870 software card, 22 September 2004.
_SHORT_INTERVAL = Quantity.of(1, "h")
_SHORT_INTERVAL_SOURCE = "recall of the model 8870 software card, 22 September 2004"


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield each concentration and daily dose above a limit, and boluses worth a second look."""
    if course.implant is None:
        return
    pump = course.implant.pump
    for index, prescription in enumerate(course.prescriptions):
        for drug_id, concentration in prescription.solution.concentrations.items():
            drug = formulary.drug(drug_id)
            for limit in drug.highest_concentration:
                if concentration > limit.highest:
                    yield above(
                        f"{place(index)}.solution.{drug_id}",
                        limit,
                        f"{concentration.show()} of {drug.name}",
                    )
            yield from _daily(prescription, index, drug, pump)
        yield from _large_boluses(prescription, index, pump)


def above(field: str, limit: Limit, what: str) -> Finding:
    """Return the finding that something is above a limit; only a well-founded limit refuses."""
    find = refused if limit.refuses else warned
    figure = limit.figure
    return find(
        field,
        f"{what} is more than {limit.highest.show()}, the {figure.label} {basis(figure)}",
        figure.source,
    )


def _daily(
    prescription: Prescription, index: int, drug: Drug, pump: PumpProfile
) -> Iterator[Finding]:
    worst = worst_day(prescription, pump)
    concentration = prescription.solution.concentrations[drug.id]
    basal = worst.basal * concentration
    total = worst.total * concentration
    primary = prescription.solution.primary
    follows = "" if drug.id == primary else f" at the flow that {primary} sets"
    for limit in drug.highest_daily_dose:
        highest = limit.highest * ONE_DAY
        if basal > highest:
            what = f"{(basal / ONE_DAY).show()} of {drug.name}{follows}"
            yield above(dose_place(prescription, index), limit, what)
        elif total > highest:
            parts = _parts(prescription, drug, basal, total)
            what = f"the most that any 24 hours can bring of {drug.name}{follows}, {parts},"
            yield above(_sum_place(prescription, index), limit, what)


def _parts(prescription: Prescription, drug: Drug, basal: Quantity, total: Quantity) -> str:
    share = (
        prescription.solution.concentrations[drug.id] / prescription.solution.primary_concentration
    ).magnitude
    button = prescription.patient_bolus
    doses = [bolus.dose * share for bolus in prescription.boluses]
    if button is not None:
        doses.append(button.dose * share)
    shown_total, shown_basal, *shown = alike(total, basal, *doses)
    parts = [f"{shown_basal} basal"]
    for bolus, dose in zip(prescription.boluses, shown, strict=False):
        if bolus.every is None:
            parts.append(f"a bolus of {dose}")
        else:
            count = times(boluses_in_a_day(bolus))
            parts.append(f"{count} of {dose}, one every {bolus.every.show()}")
    if button is not None:
        count = times(patient_boluses_in_a_day(button)).replace("bolus", "patient bolus")
        parts.append(f"{count} of {shown[-1]}")
    return f"{shown_total} ({' + '.join(parts)})"


def _sum_place(prescription: Prescription, index: int) -> str:
    periodic = [n for n, bolus in enumerate(prescription.boluses) if bolus.every is not None]
    if periodic:
        return f"{place(index)}.bolus[{periodic[0]}].every"
    if prescription.patient_bolus is not None:
        return f"{place(index)}.patient_bolus.dose"
    return f"{place(index)}.bolus[0].dose"


def _large_boluses(prescription: Prescription, index: int, pump: PumpProfile) -> Iterator[Finding]:
    primary = prescription.solution.primary
    day = mean_dose(prescription, pump, primary) * ONE_DAY
    boluses = [
        (f"{place(index)}.bolus[{number}].dose", bolus.dose)
        for number, bolus in enumerate(prescription.boluses)
    ]
    if prescription.patient_bolus is not None:
        boluses.append((f"{place(index)}.patient_bolus.dose", prescription.patient_bolus.dose))
    for field, dose in boluses:
        if day and dose >= day:
            shown, whole = alike(dose, day)
            yield warned(
                field,
                f"one bolus of {shown} is as much as the ordered dose of a whole day, {whole}, or "
                "more; check that it is meant",
            )
    for number, bolus in enumerate(prescription.boluses):
        if bolus.every is not None and bolus.every < _SHORT_INTERVAL:
            count = boluses_in_a_day(bolus)
            yield warned(
                f"{place(index)}.bolus[{number}].every",
                f"a bolus of {bolus.dose.show()} every {bolus.every.show()} is {times(count)} and "
                f"{(bolus.dose * count).show()} a day; check that minutes are meant and not hours",
                _SHORT_INTERVAL_SOURCE,
            )
