"""What is known of a drug's effects, as it stands in its data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, Table, load_document

Site = Literal["plasma", "cord", "cisterna"]

_DATA = files("thecal.effects") / "data"
_TABLES: Final = ("relief", "tolerance", "withdrawal", "harm", "item")
_ITEM_KEYS: Final = {"id", "words", "oral", "intrathecal", "site", "tolerates"}


@dataclass(frozen=True, slots=True)
class Item:
    """A side effect that is graded.

    Attributes
    ----------
    oral, intrathecal
        The figures that say how often it is seen by each route; empty where the route has none.
    site
        Where the drug of the pump causes it.
    tolerates
        Whether people grow used to it as to the relief; else hardly.
    """

    id: str
    words: str
    site: Site
    tolerates: bool
    oral: str = ""
    intrathecal: str = ""


@dataclass(frozen=True, slots=True)
class KnownEffects:
    """A drug's effects: its figures, and the part that each of them plays.

    Attributes
    ----------
    roles
        By ``relief``, ``tolerance``, ``withdrawal`` or ``harm``: from the part to the name of a
        figure, as the data file has it.
    """

    drug: str
    figures: Table[Figure]
    roles: Mapping[str, Mapping[str, Any]]
    items: tuple[Item, ...]

    @property
    def by_conversion(self) -> bool:
        """Whether the spinal effect is known only by conversion from oral doses."""
        return bool(self.roles["relief"].get("by_conversion", False))

    def role(self, table: str, part: str) -> str:
        """Return the name of the figure that plays a part; empty if none does."""
        return str(self.roles.get(table, {}).get(part, ""))


def drugs_with_effects() -> tuple[str, ...]:
    """Return the drugs whose effects are on record, by name."""
    names = (one.name for one in _DATA.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_effects(drug: str) -> KnownEffects:
    """Return what is known of a drug's effects.

    Raises
    ------
    InputError
        If nothing is on record of it.
    KnowledgeError
        If the data file is incomplete.

    Examples
    --------
    >>> [item.words for item in load_effects("morphine").items][:3]
    ['nausea', 'vomiting', 'constipation']
    """
    allowed = drugs_with_effects()
    if drug not in allowed:
        raise InputError(f'no effects are on record of "{drug}"; there are {", ".join(allowed)}')
    file = _DATA / f"{drug}.toml"
    rest, figures = load_document(file, other_keys=_TABLES)
    roles = {table: dict(rest.get(table, {})) for table in _TABLES if table != "item"}
    items = tuple(_item(entry, file.name) for entry in rest.get("item", []))
    if len({item.id for item in items}) != len(items):
        raise KnowledgeError(f"{file.name}: two items have the same id")
    named = {name for table in roles.values() for name in _names(table)}
    named |= {name for item in items for name in (item.oral, item.intrathecal) if name}
    _compare(named, set(figures), file.name)
    return KnownEffects(drug, figures, Table(roles), items)


def _item(entry: Mapping[str, Any], file: str) -> Item:
    if not set(entry) <= _ITEM_KEYS or not {"id", "words", "site", "tolerates"} <= set(entry):
        raise KnowledgeError(f"{file}: an item has the keys {', '.join(sorted(_ITEM_KEYS))}")
    item = Item(**entry)
    if item.site not in get_args(Site):
        raise KnowledgeError(f'{file}: the item "{item.id}" has the unknown site "{item.site}"')
    if not item.oral and not item.intrathecal:
        raise KnowledgeError(f'{file}: the item "{item.id}" is caused by no route')
    return item


def _names(table: Mapping[str, Any]) -> list[str]:
    listed = [name for value in table.values() if isinstance(value, list) for name in value]
    return [*listed, *(value for value in table.values() if isinstance(value, str))]


def _compare(named: set[str], figures: set[str], file: str) -> None:
    if missing := sorted(named - figures):
        raise KnowledgeError(f"{file}: there is no figure {', '.join(missing)}")
    if unused := sorted(figures - named):
        raise KnowledgeError(f"{file}: no part is played by {', '.join(unused)}")
