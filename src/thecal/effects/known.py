"""What is known of a drug's effects, as it stands in its data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, Table, ids_in, load_document

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
    return ids_in(_DATA)


@cache
def load_effects(drug: str) -> KnownEffects:
    """Return what is known of a drug's effects.

    A file may say ``same_as`` another drug: then its figures, parts and items stand wherever the
    file says nothing else, as for what is known of opioids as a class.

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
    rest, own = load_document(file, other_keys=("same_as", *_TABLES))
    model = _model(rest.get("same_as"), drug, file.name)
    inherited = model.roles if model else {}
    roles = {
        table: {**inherited.get(table, {}), **rest.get(table, {})}
        for table in _TABLES
        if table != "item"
    }
    items = tuple(_item(entry, file.name) for entry in rest.get("item", []))
    if len({item.id for item in items}) != len(items):
        raise KnowledgeError(f"{file.name}: two items have the same id")
    items = items or (model.items if model else ())
    named = {name for table in roles.values() for name in _names(table)}
    named |= {name for item in items for name in (item.oral, item.intrathecal) if name}
    figures = {**(model.figures if model else {}), **own}
    if missing := sorted(named - set(figures)):
        raise KnowledgeError(f"{file.name}: there is no figure {', '.join(missing)}")
    if unused := sorted(set(own) - named):
        raise KnowledgeError(f"{file.name}: no part is played by {', '.join(unused)}")
    used = {name: figure for name, figure in figures.items() if name in named}
    return KnownEffects(drug, Table(used), Table(roles), items)


def _model(name: str | None, drug: str, file: str) -> KnownEffects | None:
    if name is None:
        return None
    if name == drug or name not in drugs_with_effects():
        raise KnowledgeError(f'{file}: "same_as" must name another drug, but there is no "{name}"')
    return load_effects(name)


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
