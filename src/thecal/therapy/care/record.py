"""The published figures that care over the years rests on, by the names of its data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from thecal.errors import KnowledgeError
from thecal.evidence import Published, load_library
from thecal.knowledge import Figure, load_document
from thecal.outcomes import DAYS_PER_YEAR

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DAYS_PER_MONTH: Final = DAYS_PER_YEAR / 12
DAYS_PER_WEEK: Final = 7
_DAYS: Final = {
    "days": 1.0,
    "weeks": float(DAYS_PER_WEEK),
    "months": DAYS_PER_MONTH,
    "years": DAYS_PER_YEAR,
}


@dataclass(frozen=True, slots=True)
class Record:
    """The figures that the package rests on, by the names of its data file.

    Attributes
    ----------
    published
        Figures of the evidence library.
    figures
        Those that the library does not hold.
    explants
        For each cohort, the share explanted and how long it was followed.
    testosterone
        Serum testosterone of men by time, nmol/L.
    """

    published: Mapping[str, Published]
    figures: Mapping[str, Figure]
    explants: Mapping[str, tuple[Published, Published]]
    testosterone: tuple[Published, ...]

    def share(self, name: str) -> float:
        """Return a published percentage as a share."""
        return share_of(self.published[name])

    def days(self, name: str) -> float:
        """Return a published time in days."""
        return days_of(self.published[name])

    def at_days(self, name: str) -> float:
        """Return when a published figure was measured, in days."""
        months = self.published[name].months
        if months is None:
            raise KnowledgeError(f"{self.published[name].id} was measured at no time on record")
        return float(months) * DAYS_PER_MONTH


def share_of(figure: Published) -> float:
    """Return a published percentage as a share of 1; counts are exacter where they are known."""
    if figure.events is not None and figure.of:
        return figure.events / figure.of
    return figure.number() / 100.0


def days_of(figure: Published) -> float:
    """Return a published time in days."""
    return figure.number() * _DAYS[figure.unit]


@cache
def load_record(file: Traversable | None = None) -> Record:
    """Return the figures of `data/complications.toml` and those that it names in the library.

    Raises
    ------
    KnowledgeError
        When the file is wrong, or names a figure that the library does not hold.
    """
    file = file or files("thecal.therapy.care") / "data" / "complications.toml"
    tables = ("evidence", "explants", "testosterone")
    rest, figures = load_document(file, other_keys=tables)
    library = load_library().figures

    def named(key: str) -> Published:
        if key not in library:
            raise KnowledgeError(f'{file.name}: the evidence library holds no figure "{key}"')
        return library[key]

    return Record(
        published={role: named(key) for role, key in rest["evidence"].items()},
        figures=figures,
        explants={
            cohort: (named(row["share"]), named(row["follow_up"]))
            for cohort, row in rest["explants"].items()
        },
        testosterone=tuple(named(key) for key in rest["testosterone"]["rows"]),
    )
