"""Profiles of intrathecal catheters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.devices.shelf import exact_number_of, load_profile, number_of, shelf
from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import ids_in
from thecal.quantity import Quantity

if TYPE_CHECKING:
    from decimal import Decimal
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure, Table, Which

_KIND = "catheters"


@dataclass(frozen=True, slots=True)
class CatheterProfile:
    """What the record says of one kind of catheter.

    Parameters
    ----------
    id
        The name in course files, as ``ascenda-8780``.
    name
        The name for people.
    figures
        Every figure on record, by name.

    Raises
    ------
    KnowledgeError
        When the length or the volume per length is missing, zero or in another unit.
    """

    id: str
    name: str
    figures: Table[Figure]

    def __post_init__(self) -> None:
        if self.total_length_cm <= 0 or self.volume_per_cm.magnitude <= 0:
            raise KnowledgeError(f"{self.id}: length and volume per length must be above zero")

    @property
    def total_length_cm(self) -> Decimal:
        """The length as supplied, before trimming, in cm."""
        return number_of(self.figures, "total_length", "cm", self.id)

    @property
    def volume_per_cm(self) -> Quantity:
        """The volume that one centimetre of the catheter holds."""
        return Quantity.of(number_of(self.figures, "volume_per_length", "mL/cm", self.id), "mL")

    def implanted_volume(self, implanted_length_cm: Decimal) -> Quantity:
        """Return the volume that the catheter holds after trimming.

        Parameters
        ----------
        implanted_length_cm
            What is left of the catheter in the patient, in cm.

        Raises
        ------
        InputError
            When the length is not above zero or is more than the catheter has.

        Notes
        -----
        Volume = (total - trimmed) x volume per length, as the Prometra manual has it.

        Examples
        --------
        >>> from decimal import Decimal
        >>> load_catheter("prometra-11823").implanted_volume(Decimal(88)).show("mL", decimals=4)
        '0.2288 mL'
        """
        usable = implanted_length_cm.is_finite()
        if not usable or not 0 < implanted_length_cm <= self.total_length_cm:
            raise InputError(
                f"the implanted length of {implanted_length_cm} cm must be above 0 and at most "
                f"{self.total_length_cm} cm, the whole length of {self.name}"
            )
        return self.volume_per_cm * Fraction(implanted_length_cm)

    def exact_number(self, name: str, unit: str, which: Which = "value") -> Fraction:
        """Return a number of a figure, exact, in the unit in which it stands or a dosing unit.

        Parameters
        ----------
        name
            The figure.
        unit
            The unit wanted.
        which
            The set point or one end of the range.

        Raises
        ------
        KnowledgeError
            When that number is not on record, or the units measure different things.

        Examples
        --------
        >>> load_catheter("prometra-11823").exact_number("mixing_cell", "nL")
        Fraction(1600, 1)
        """
        return exact_number_of(self.figures, name, unit, which, self.id)


def catheter_ids(folder: Traversable | Path | None = None) -> tuple[str, ...]:
    """Return the ids of the catheters on record, in alphabetical order.

    Parameters
    ----------
    folder
        Another folder of catheter profiles; ``None`` for those that come with thecal.

    Examples
    --------
    >>> catheter_ids()
    ('ascenda-8780', 'ascenda-8781', 'indura-8709sc', 'prometra-11823')
    """
    return ids_in(folder or shelf(_KIND))


def load_catheter(catheter_id: str, folder: Traversable | Path | None = None) -> CatheterProfile:
    """Return the profile of a catheter.

    Parameters
    ----------
    catheter_id
        One of :func:`catheter_ids`.
    folder
        Another folder of catheter profiles; ``None`` for those that come with thecal.

    Raises
    ------
    InputError
        When there is no such catheter; the sentence lists those that there are.
    KnowledgeError
        When its data file is incomplete or wrong.

    Examples
    --------
    >>> load_catheter("ascenda-8780").total_length_cm
    Decimal('114')
    """
    name, figures = load_profile(folder or shelf(_KIND), catheter_id, "catheter")
    return CatheterProfile(catheter_id, name, figures)
