"""Guards against the slips that kill: mg for mcg, a point that moved, a conversion misread.

The factors are thecal's own (a change of ten times or more refuses, of more than two warns); they
are no figures of a drug. A pump's field record knows both slips.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.prescription.checks.said import alike, basis, dose_place, place
from thecal.prescription.findings import Finding, refused, warned
from thecal.prescription.orders import Flex, SimpleContinuous
from thecal.prescription.rates import boluses_in_a_day, mean_dose
from thecal.quantity import Quantity, show_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.devices import PumpProfile
    from thecal.formulary import Drug, Formulary
    from thecal.prescription.course import Course
    from thecal.prescription.orders import Prescription

SLIP = 10
DOUBLE = 2
GUARD = "guard of thecal against slips of ten times"

_UNITS_MIXED = "mg and mcg look mixed up"
_POINT_SLIPPED = "a decimal point seems to have slipped"
_CORRECTIONS = tuple(
    (factor, why)
    for size, why in ((1000, _UNITS_MIXED), (10, _POINT_SLIPPED), (100, _POINT_SLIPPED))
    for factor in (Fraction(size), Fraction(1, size))
)


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield each concentration or dose that is ten times off, and doses more than twice off."""
    for index, prescription in enumerate(course.prescriptions):
        for drug_id, concentration in prescription.solution.concentrations.items():
            field = f"{place(index)}.solution.{drug_id}"
            yield from _concentration(field, concentration, formulary.drug(drug_id))
    if course.implant is None:
        return
    # Minimum rate and stopped state no dose; they are neither guarded nor compared with.
    dosing = [
        (index, prescription)
        for index, prescription in enumerate(course.prescriptions)
        if isinstance(prescription.pattern, SimpleContinuous | Flex) or _periodic(prescription)
    ]
    for drug_id in {
        drug: None for _, prescription in dosing for drug in prescription.solution.concentrations
    }:
        drug = formulary.drug(drug_id)
        yield from _one_drug(course, drug, dosing, course.implant.pump)
    yield from _patient_boluses(course)


def change(
    field: str, what: str, old: Quantity, new: Quantity, hint: str = ""
) -> Iterator[Finding]:
    """Yield a finding when ``new`` is ten times off ``old`` (refused) or twice (warned).

    Parameters
    ----------
    field
        Where the new amount stands.
    what
        What the amount is, as ``the daily dose of morphine``.
    old, new
        Two amounts above zero of one dimension.
    hint
        A better guess at the slip than the amounts themselves allow; may be empty.
    """
    ratio = (new / old).magnitude
    shown_old, shown_new = alike(old, new)
    goes = f"{what} goes from {shown_old} to {shown_new}, {said_ratio(ratio)} as much"
    if is_slip(ratio):
        hint = hint or meant(new, old / DOUBLE, old * DOUBLE)
        yield refused(
            field, f"{goes}; a change of ten times or more is refused as a likely slip{hint}", GUARD
        )
    elif not Fraction(1, DOUBLE) <= ratio <= DOUBLE:
        yield warned(field, f"{goes}; check that more than a doubling or halving is meant", GUARD)


def is_slip(ratio: Fraction) -> bool:
    """Return whether two amounts differ ten times or more."""
    return ratio >= SLIP or ratio <= Fraction(1, SLIP)


def said_ratio(ratio: Fraction) -> str:
    """Return a ratio as a sentence says it.

    Examples
    --------
    >>> said_ratio(Fraction(25, 2)), said_ratio(Fraction(1, 10))
    ('12.5 times', '1/10')
    """
    return f"{show_number(ratio)} times" if ratio >= 1 else f"1/{show_number(1 / ratio)}"


def meant(amount: Quantity, low: Quantity, high: Quantity) -> str:
    """Return the question after a slip that one correction would explain; else nothing."""
    for factor, why in _CORRECTIONS:
        corrected = amount * factor
        if low <= corrected <= high:
            return f": {why}, did you mean {alike(corrected, amount)[0]}?"
    return ""


def _concentration(field: str, concentration: Quantity, drug: Drug) -> Iterator[Finding]:
    weakest, strongest = drug.product_strengths[0], drug.product_strengths[-1]
    low, high = weakest.exact(), strongest.exact()
    said = refused
    if concentration >= high * SLIP:
        which, product, comparison = strongest, high, "ten times or more the strongest product"
    elif concentration <= low / SLIP**2:
        which, product, comparison = weakest, low, "a hundredth or less of the weakest product"
    elif concentration <= low / SLIP:
        # Diluting tenfold is done on purpose, for very small doses; it only makes the flow faster.
        said = warned
        which, product, comparison = weakest, low, "a tenth or less of the weakest product"
    else:
        return
    yield said(
        field,
        f"{concentration.show()} of {drug.name} is {comparison} for pumps, {product.show()} "
        f"{basis(which)}{meant(concentration, low, high)}",
        which.source,
    )


def _one_drug(
    course: Course, drug: Drug, dosing: list[tuple[int, Prescription]], pump: PumpProfile
) -> Iterator[Finding]:
    previous: Quantity | None = None
    for index, prescription in dosing:
        if drug.id not in prescription.solution.concentrations:
            continue
        dose = mean_dose(prescription, pump, drug.id)
        if not dose:
            continue
        reference = previous if previous is not None else _expected(drug, course)
        field, hint = dose_place(prescription, index), ""
        if reference is not None and is_slip((dose / reference).magnitude):
            basal = mean_dose(replace(prescription, boluses=()), pump, drug.id)
            if not basal or not is_slip((basal / reference).magnitude):
                field, hint = _bolus_slip(prescription, index)
        if previous is not None:
            yield from change(field, f"the daily dose of {drug.name}", previous, dose, hint)
        elif reference is not None:
            yield from _against_oral(field, dose, drug, course, hint)
        previous = dose


def _periodic(prescription: Prescription) -> list[int]:
    return [n for n, bolus in enumerate(prescription.boluses) if bolus.every is not None]


def _bolus_slip(prescription: Prescription, index: int) -> tuple[str, str]:
    """Return field and hint when the periodic boluses and not the basal rate make the slip."""
    numbers = _periodic(prescription)
    if not numbers:
        return dose_place(prescription, index), ""
    bolus = prescription.boluses[numbers[0]]
    assert bolus.every is not None
    daily = bolus.dose * boluses_in_a_day(bolus)
    dose, total = alike(bolus.dose, daily)
    return (
        f"{place(index)}.bolus[{numbers[0]}].every",
        (
            f": {dose} every {bolus.every.show()} alone is {total} a day, are the minutes meant "
            "to be hours?"
        ),
    )


def _oral_dose(drug: Drug, course: Course) -> Quantity | None:
    taken = [one.dose for one in course.oral if one.drug == drug.id and one.established]
    return sum(taken[1:], start=taken[0]) if taken else None


def _expected(drug: Drug, course: Course) -> Quantity | None:
    oral, ratios = _oral_dose(drug, course), drug.oral_to_intrathecal
    if oral is None or ratios is None:
        return None
    return oral / ratios.central.exact().magnitude


def _against_oral(
    field: str, dose: Quantity, drug: Drug, course: Course, hint: str
) -> Iterator[Finding]:
    oral, ratios = _oral_dose(drug, course), drug.oral_to_intrathecal
    if oral is None or ratios is None:
        return
    central, low, high = (
        ratio.exact().magnitude for ratio in (ratios.central, ratios.low, ratios.high)
    )
    expected, least, most = oral / central, oral / high, oral / low
    ratio = (dose / expected).magnitude
    shown_dose, shown_expected, shown_least, shown_most = alike(dose, expected, least, most)
    against = (
        f"{shown_dose} of {drug.name} as the first pump dose is {said_ratio(ratio)}"
        f"{'' if ratio >= 1 else ' of'} what {oral.show('mg/day')} by mouth comes to at "
        f"{show_number(central)}:1, {shown_expected} (the disputed range {show_number(low)}:1 to "
        f"{show_number(high)}:1 gives {shown_least} to {shown_most}; source: "
        f"{ratios.central.source}; confidence {ratios.central.confidence})"
    )
    if is_slip(ratio):
        hint = hint or meant(dose, least, most)
        yield refused(
            field, f"{against}; ten times off or more is refused as a likely slip{hint}", GUARD
        )
    elif not least <= dose <= most:
        yield warned(
            field,
            f"{against}; check that a dose outside the range is meant",
            ratios.central.source,
        )


def _patient_boluses(course: Course) -> Iterator[Finding]:
    previous: dict[str, Quantity] = {}
    for index, prescription in enumerate(course.prescriptions):
        if prescription.patient_bolus is None:
            continue
        drug, dose = prescription.solution.primary, prescription.patient_bolus.dose
        if drug in previous:
            yield from change(
                f"{place(index)}.patient_bolus.dose",
                f"the patient bolus of {drug}",
                previous[drug],
                dose,
            )
        previous[drug] = dose
