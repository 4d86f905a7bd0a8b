"""The label of a reservoir: drugs and concentrations, written for people and read back exactly."""

from __future__ import annotations

from thecal.errors import InputError
from thecal.prescription.orders import Solution
from thecal.quantity import CONCENTRATION, Quantity, parse

_BETWEEN = "; "
_DECIMALS = 6


def label_of(solution: Solution) -> str:
    """Return the label of a solution, the primary drug first.

    Raises
    ------
    InputError
        When a concentration has too many digits to be written and read back exactly.

    Examples
    --------
    >>> label_of(Solution({"morphine": Quantity.of(10, "mg/mL")}))
    'morphine 10 mg/mL'
    """
    label = _BETWEEN.join(
        f"{drug} {strength.show(decimals=_DECIMALS)}"
        for drug, strength in solution.concentrations.items()
    )
    if solution_of(label) != solution:
        raise InputError(f"the concentrations of {label} have too many digits for a label")
    return label


def solution_of(label: str) -> Solution | None:
    """Return the solution of a label; None when the pump knows none.

    Examples
    --------
    >>> solution_of("morphine 10 mg/mL; clonidine 100 mcg/mL").primary
    'morphine'
    """
    try:
        pairs = (one.split(" ", 1) for one in label.split(_BETWEEN))
        return Solution({drug: parse(strength, CONCENTRATION) for drug, strength in pairs})
    except (ValueError, InputError):
        return None


def dose(volume: Quantity, solution: Solution | None) -> str:
    """Return what is in a volume, or flows in a flow, of each drug; the volume when none is known.

    Examples
    --------
    >>> dose(Quantity.of(200_000, "nL/day"), solution_of("morphine 10 mg/mL"))
    'morphine 2 mg/day'
    """
    if solution is None:
        return volume.show()
    return ", ".join(
        f"{drug} {(volume * strength).show()}" for drug, strength in solution.concentrations.items()
    )
