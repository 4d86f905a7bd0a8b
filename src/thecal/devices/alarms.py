"""The alarms of the virtual implant as data: conditions, priorities, sounds, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from thecal.devices.shelf import figure_of
from thecal.errors import KnowledgeError
from thecal.knowledge import Confidence, Figure, Table, load_document
from thecal.knowledge.units import conversion_factor

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

HARMS = ("minor", "reversible", "irreversible")
ONSETS = ("delayed", "prompt", "immediate")
PRIORITIES = ("none", "low", "medium", "high")
"""Each from the mildest up; the pump knows them by their place here."""

_NEEDED = ("code", "harm", "onset", "words", "source", "confidence")
_KEYS = (*_NEEDED, "latching", "every_s", "note")


@dataclass(frozen=True, slots=True)
class AlarmCondition:
    """One condition on record; its priority follows from `harm` and `onset`."""

    name: str
    code: str
    harm: str
    onset: str
    words: str
    latching: bool
    every_s: int
    """Its own time between two sounds in s; 0 for that of its class."""
    source: str
    confidence: str
    note: str


class AlarmRows(NamedTuple):
    """The same as plain numbers, field by field as the pump's own table of alarms wants it."""

    priorities: tuple[tuple[int, int, int], ...]
    conditions: tuple[tuple[str, str, int, int, str, bool, int], ...]
    critical_every_s: int
    other_every_s: int
    silence_s: int
    cycles: int
    cycle_s: int


@dataclass(frozen=True, slots=True)
class AlarmProfile:
    """What the record says of alarms.

    Parameters
    ----------
    conditions
        Every condition on record, by name.
    priorities
        The priority by harm and, in it, by onset.
    figures
        Intervals and thresholds, by name.
    """

    conditions: Table[AlarmCondition]
    priorities: Table[Table[str]]
    figures: Table[Figure]

    def whole(self, name: str, unit: str) -> int:
        """Return the set point of a figure as a whole number in the unit asked for.

        Raises
        ------
        KnowledgeError
            When there is no such figure, or it is no whole number in that unit.

        Examples
        --------
        >>> load_alarms().whole("silence", "s")
        120
        """
        figure = figure_of(self.figures, name, "alarms")
        exact = figure.value and figure.value * conversion_factor(figure.unit, unit).numerator
        if exact is None:
            raise KnowledgeError(f'alarms: the figure "{name}" has no value')
        number, rest = divmod(exact, conversion_factor(figure.unit, unit).denominator)
        if rest:
            raise KnowledgeError(f'alarms: the figure "{name}" is no whole number of {unit}')
        return int(number)

    def rows(self) -> AlarmRows:
        """Return the table in the plain numbers that the pump takes.

        Examples
        --------
        >>> load_alarms().rows().priorities
        ((0, 1, 2), (1, 2, 3), (2, 3, 3))
        """
        return AlarmRows(
            tuple(
                (
                    self._rank(harm, "delayed"),
                    self._rank(harm, "prompt"),
                    self._rank(harm, "immediate"),
                )
                for harm in HARMS
            ),
            tuple(
                (
                    one.name,
                    one.code,
                    HARMS.index(one.harm),
                    ONSETS.index(one.onset),
                    one.words,
                    one.latching,
                    one.every_s,
                )
                for one in self.conditions.values()
            ),
            self.whole("critical_every", "s"),
            self.whole("non_critical_every", "s"),
            self.whole("silence", "s"),
            self.whole("repeat_cycles", "1"),
            self.whole("repeat_window", "s"),
        )

    def _rank(self, harm: str, onset: str) -> int:
        return PRIORITIES.index(self.priorities[harm][onset])


def load_alarms(file: Traversable | Path | None = None) -> AlarmProfile:
    """Return the alarms on record.

    Parameters
    ----------
    file
        Another file of alarms; ``None`` for the one that comes with thecal.

    Raises
    ------
    KnowledgeError
        When the file is incomplete or wrong.

    Examples
    --------
    >>> alarms = load_alarms()
    >>> low = alarms.conditions["low reservoir, computed"]
    >>> alarms.priorities[low.harm][low.onset]
    'medium'
    """
    file = file or resources.files("thecal.devices") / "data" / "alarms.toml"
    keys = ("id", "name", "conditions", "priorities")
    document, figures = load_document(file, other_keys=keys)
    entries = _table(document.get("conditions"), f"{file.name}, conditions")
    conditions = {name: _condition(name, entry, file.name) for name, entry in entries.items()}
    place = f"{file.name}, priorities"
    priorities = _table(document.get("priorities"), place)
    _check_confidence(priorities, place)
    table = Table({harm: _priorities(priorities, harm, place) for harm in HARMS})
    return AlarmProfile(Table(conditions), table, figures)


def _table(entry: object, place: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise KnowledgeError(f"{place}: must be a table")
    return entry


def _condition(name: str, entry: object, file: str) -> AlarmCondition:
    place = f'{file}, condition "{name}"'
    table = _table(entry, place)
    if unknown := sorted(set(table) - set(_KEYS)):
        raise KnowledgeError(f"{place}: unknown {unknown}; known are {', '.join(_KEYS)}")
    for key in _NEEDED:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise KnowledgeError(f'{place}: has no "{key}"')
    for key, allowed in (("harm", HARMS), ("onset", ONSETS)):
        if table[key] not in allowed:
            raise KnowledgeError(f'{place}: "{key}" must be one of {", ".join(allowed)}')
    _check_confidence(table, place)
    latching, every_s = table.get("latching", False), table.get("every_s", 0)
    if not isinstance(latching, bool):
        raise KnowledgeError(f'{place}: "latching" must be true or false')
    if type(every_s) is not int or every_s < 0:
        raise KnowledgeError(f'{place}: "every_s" must be a whole number of seconds')
    return AlarmCondition(
        name,
        table["code"],
        table["harm"],
        table["onset"],
        table["words"],
        latching,
        every_s,
        table["source"],
        table["confidence"],
        str(table.get("note", "")),
    )


def _priorities(table: dict[str, Any], harm: str, place: str) -> Table[str]:
    row = _table(table.get(harm), f"{place}, {harm}")
    if set(row) != set(ONSETS) or any(row[onset] not in PRIORITIES for onset in ONSETS):
        raise KnowledgeError(
            f"{place}, {harm}: must say for {', '.join(ONSETS)} one of {', '.join(PRIORITIES)}"
        )
    return Table(row)


def _check_confidence(table: dict[str, Any], place: str) -> None:
    if table.get("confidence") not in get_args(Confidence):
        raise KnowledgeError(f'{place}: "confidence" must be one of {get_args(Confidence)}')
