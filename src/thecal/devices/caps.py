"""What a pump guards for each drug: rolling caps, and what it does after a fault."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, get_args

from thecal.devices.shelf import amount_of, number_of
from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Table, load_document
from thecal.knowledge.loading import read_toml
from thecal.quantity import VOLUME

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure
    from thecal.quantity import Quantity

Action = Literal["hold", "minimum", "stop"]
_ACTIONS: dict[str, Action] = {word: word for word in get_args(Action)}
_CONFIDENCES = ("high", "medium", "low")
_KEYS = {"action", "withdrawal", "source", "confidence"}
_SHARES = (
    "day_share_of_refusing_limit",
    "day_share_of_warning_limit",
    "four_hours_share",
    "hour_share",
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """The row of one drug.

    Parameters
    ----------
    action
        What the pump does after a fault that does not threaten over-delivery (PC-11).
    withdrawal
        Whether a sudden stop harms.
    source, confidence
        Where that is from, and how sure it is.
    """

    action: Action
    withdrawal: bool
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Caps:
    """What the pump guards.

    Parameters
    ----------
    figures
        The shares and volumes, by name.
    drugs
        The row of each drug that may be run.

    Raises
    ------
    KnowledgeError
        When a figure is missing, in another unit, or the shares contradict each other.
    """

    figures: Table[Figure]
    drugs: Table[Guarded]

    def __post_init__(self) -> None:
        day, warned, four_hours, hour = (self._share(name) for name in _SHARES)
        if not 0 < hour <= four_hours <= 1 or not 0 < day <= warned:
            raise KnowledgeError("caps: each share must be above 0, and a shorter time's no larger")
        if self.withdrawal_low_reservoir.magnitude <= 0:
            raise KnowledgeError('caps: "withdrawal_low_reservoir" must be above 0')

    def drug(self, drug_id: str) -> Guarded:
        """Return the row of a drug.

        Raises
        ------
        InputError
            When it has none: without a safe action no drug is run (PC-11).

        Examples
        --------
        >>> load_caps().drug("baclofen").action
        'hold'
        """
        if drug_id not in self.drugs:
            raise InputError(
                f'there is no safe action on record for "{drug_id}", so no pump runs it; '
                f"known are {', '.join(self.drugs)}"
            )
        return self.drugs[drug_id]

    def day_share(self, *, refuses: bool) -> Fraction:
        """Return the 24 h cap as a share of the highest daily dose on record.

        Parameters
        ----------
        refuses
            Whether going above that dose is refused, and not only warned of.
        """
        return self._share(_SHARES[0] if refuses else _SHARES[1])

    @property
    def four_hours_share(self) -> Fraction:
        """The 4 h cap as a share of the 24 h cap."""
        return self._share("four_hours_share")

    @property
    def hour_share(self) -> Fraction:
        """The 1 h cap as a share of the 24 h cap."""
        return self._share("hour_share")

    @property
    def withdrawal_low_reservoir(self) -> Quantity:
        """The usable volume at which the alarm sounds for a drug whose sudden stop harms."""
        return amount_of(self.figures, "withdrawal_low_reservoir", VOLUME, "caps")

    def _share(self, name: str) -> Fraction:
        return Fraction(number_of(self.figures, name, "1", "caps"))


def load_caps(file: Traversable | Path | None = None) -> Caps:
    """Return what pumps guard.

    Parameters
    ----------
    file
        Another data file; ``None`` for the one that comes with thecal, which is read once.

    Raises
    ------
    KnowledgeError
        When the file is incomplete or wrong.

    Examples
    --------
    >>> load_caps().figures["hour_share"].stated()
    '0.25'
    """
    return _own() if file is None else _read(file)


@cache
def _own() -> Caps:
    return _read(resources.files("thecal.devices") / "data" / "caps.toml")


def _read(file: Traversable | Path) -> Caps:
    document, figures = load_document(file, other_keys=("drugs",))
    rows = document.get("drugs", {})
    if not isinstance(rows, dict) or not rows:
        raise KnowledgeError(f"{file.name}: has no [drugs.NAME]")
    sources = read_toml(file)["sources"]
    return Caps(
        figures, Table({name: _row(name, row, sources, file.name) for name, row in rows.items()})
    )


def _row(name: str, row: object, sources: Mapping[str, str], place: str) -> Guarded:
    here = f'{place}, drug "{name}"'
    if not isinstance(row, dict) or row.keys() != _KEYS:
        raise KnowledgeError(f"{here}: must have the keys {', '.join(sorted(_KEYS))} and no other")
    return Guarded(
        action=_ACTIONS[_one_of(row, "action", _ACTIONS, here)],
        withdrawal=_truth(row["withdrawal"], here),
        source=sources[_one_of(row, "source", sources, here)],
        confidence=_one_of(row, "confidence", _CONFIDENCES, here),
    )


def _one_of(row: Mapping[str, Any], key: str, allowed: Collection[str], place: str) -> str:
    if row[key] not in allowed:
        raise KnowledgeError(f'{place}: the {key} "{row[key]}" is none of {", ".join(allowed)}')
    return str(row[key])


def _truth(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise KnowledgeError(f'{place}: "withdrawal" must be true or false')
    return value
