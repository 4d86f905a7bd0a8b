"""A drug, its limits and its oral forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from thecal.errors import InputError, KnowledgeError

if TYPE_CHECKING:
    from thecal.knowledge import Figure, Table
    from thecal.quantity import Quantity

Kind = Literal["drug", "tracer", "comparator"]
"""A drug may be in a pump; a tracer or a comparator is on record to validate the body only."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An upper limit of a dose or a concentration.

    Parameters
    ----------
    figure
        The figure; its value is the limit, and the limit itself is still allowed.
    refuses
        Whether going above it is refused, and not only warned of.
    """

    figure: Figure
    refuses: bool

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """Return the limit that a figure sets: only one of high confidence refuses."""
        return cls(figure, refuses=figure.confidence == "high")

    @property
    def highest(self) -> Quantity:
        """The highest amount allowed, exactly."""
        return self.figure.exact()


@dataclass(frozen=True, slots=True)
class OralForm:
    """How one oral form of a drug reaches the blood.

    Parameters
    ----------
    id
        The name in course files, as ``immediate-release``.
    absorption_rate
        First-order rate from gut to blood, per time.
    lag
        Time from swallowing until absorption begins.
    bioavailability
        Share of the dose that reaches the blood unchanged, 0 to 1.
    """

    id: str
    absorption_rate: Figure
    lag: Figure
    bioavailability: Figure


@dataclass(frozen=True, slots=True)
class RouteRatio:
    """The disputed ratio between the doses of two routes, and the range of the dispute.

    Parameters
    ----------
    central
        The ratio to start from.
    low, high
        The ends of the range that is defended in print.
    """

    central: Figure
    low: Figure
    high: Figure


@dataclass(frozen=True, slots=True)
class Drug:
    """What the record says of one drug.

    Parameters
    ----------
    id
        The name in course files, as ``morphine``.
    name
        The name for people.
    kind
        Only a ``drug`` may stand in a pump's solution or be taken by mouth.
    figures
        Every figure on record, by name.
    oral_forms
        The forms taken by mouth, by id; empty where there are none.
    product_strengths
        The concentrations sold or compounded for pumps, the weakest first; none of a tracer.
    highest_concentration, highest_daily_dose
        The limits for the pump, the lowest first; none of a tracer.
    start_dose
        Ranges of daily doses to start with, by whom they are for; none of a tracer.
    oral_to_intrathecal
        Oral dose for the same effect as one intrathecal; ``None`` where the drug has no such ratio.
    stability
        Days that the solution keeps in the pump; ``None`` where nothing is on record.
    metabolites
        What the body makes of it and is followed too, as ``m6g``; the figures of each begin with
        its name.
    """

    id: str
    name: str
    kind: Kind
    figures: Table[Figure]
    oral_forms: Table[OralForm]
    product_strengths: tuple[Figure, ...]
    highest_concentration: tuple[Limit, ...]
    highest_daily_dose: tuple[Limit, ...]
    start_dose: Table[Figure]
    oral_to_intrathecal: RouteRatio | None
    stability: Figure | None
    metabolites: tuple[str, ...]

    def figure(self, name: str) -> Figure:
        """Return one figure.

        Parameters
        ----------
        name
            Its key in the data file.

        Raises
        ------
        KnowledgeError
            When nothing of that name is on record for this drug.
        """
        if name not in self.figures:
            raise KnowledgeError(f'{self.id}: no figure "{name}" is on record')
        return self.figures[name]

    def oral_form(self, form_id: str) -> OralForm:
        """Return one oral form.

        Parameters
        ----------
        form_id
            Its name in course files.

        Raises
        ------
        InputError
            When there is no such form; the sentence lists those that there are.
        """
        if form_id in self.oral_forms:
            return self.oral_forms[form_id]
        known = f"known are {', '.join(self.oral_forms)}" if self.oral_forms else "none is known"
        raise InputError(f'there is no oral form "{form_id}" of {self.name}; {known}')
