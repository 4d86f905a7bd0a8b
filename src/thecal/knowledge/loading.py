"""Reading a data file of figures, and refusing an incomplete one."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from thecal.errors import KnowledgeError
from thecal.knowledge.figure import Confidence, Figure
from thecal.knowledge.table import Table
from thecal.knowledge.units import NUMBER_UNIT, is_known_unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

_SUFFIX = ".toml"
_NUMBER_KEYS = ("value", "low", "high")
_TEXT_KEYS = ("label", "unit", "source", "confidence", "note", "words")
_NEEDED_KEYS = ("label", "source", "confidence")
_FIGURE_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CONFIDENCES: dict[str, Confidence] = {word: word for word in get_args(Confidence)}


def load_figures(file: Traversable | Path) -> Table[Figure]:
    """Return the figures of a file that holds nothing but sources and figures.

    Parameters
    ----------
    file
        A TOML file with the tables ``[sources]`` and ``[figures.NAME]``.

    Raises
    ------
    KnowledgeError
        When the file cannot be read, or anything in it is missing, wrong or unknown.
    """
    return load_document(file)[1]


def load_document(
    file: Traversable | Path,
    *,
    other_keys: Collection[str] = (),
    inherited: Mapping[str, Figure] | None = None,
) -> tuple[dict[str, Any], Table[Figure]]:
    """Return the rest of a data file, and its figures.

    Parameters
    ----------
    file
        A TOML file with the tables ``[sources]`` and ``[figures.NAME]``.
    other_keys
        The further top-level keys that the caller understands; it checks their content.
    inherited
        Figures that stand before those of the file; one of the same name in the file replaces it.

    Returns
    -------
    tuple
        The entries under ``other_keys`` as TOML gives them (numbers with a point as ``Decimal``),
        and the figures by name. A key ``source`` anywhere in those entries must name a source.

    Raises
    ------
    KnowledgeError
        When the file cannot be read, or anything in it is missing, wrong or unknown.
    """
    document = read_toml(file)
    place = file.name
    _refuse_unknown(document, ("sources", "figures", *other_keys), place)
    sources = _sources(_table(document, "sources", place), place)
    figures = dict(inherited or {})
    used: set[str] = set()
    for name, entry in _table(document, "figures", place).items():
        here = f'{place}, figure "{name}"'
        figures[name] = _figure(name, entry, sources, here)
        used.add(entry["source"])
    rest = {key: document[key] for key in other_keys if key in document}
    # A table of another kind may cite too, as the table of vertebral levels does.
    cited = set(_cited(rest))
    unknown = sorted(cited - sources.keys())
    if unknown:
        raise KnowledgeError(f"{place}: not in the table [sources]: {_named('source', unknown)}")
    unused = sorted(sources.keys() - used - cited)
    if unused:
        raise KnowledgeError(f"{place}: nothing cites the {_named('source', unused)}")
    return rest, Table(figures)


def ids_in(folder: Traversable | Path) -> tuple[str, ...]:
    """Return the ids of the data files in a folder, their names without the end, in order."""
    names = sorted(entry.name for entry in folder.iterdir())
    return tuple(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


def read_toml(file: Traversable | Path) -> dict[str, Any]:
    """Return the content of a TOML file, with every number that has a point as ``Decimal``.

    Raises
    ------
    KnowledgeError
        When there is no such file or it is not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{file.name}: cannot be read as TOML: {error}") from error


def _cited(entry: object) -> Iterator[str]:
    if isinstance(entry, dict):
        if isinstance(entry.get("source"), str):
            yield entry["source"]
        for inner in entry.values():
            yield from _cited(inner)
    elif isinstance(entry, list):
        for inner in entry:
            yield from _cited(inner)


def _table(document: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    table = document.get(key, {})
    if not isinstance(table, dict):
        raise KnowledgeError(f'{place}: "{key}" must be a table')
    return table


def _sources(table: Mapping[str, Any], place: str) -> dict[str, str]:
    for key, text in table.items():
        # A bare word names nothing that a reader could look up.
        if not isinstance(text, str) or " " not in text.strip():
            raise KnowledgeError(
                f'{place}, source "{key}": must say in words what the source is and where'
            )
    return dict(table)


def _figure(name: str, entry: object, sources: Mapping[str, str], place: str) -> Figure:
    if not _FIGURE_NAME.fullmatch(name):
        raise KnowledgeError(f"{place}: the name must be lower-case words joined by underscores")
    if not isinstance(entry, dict):
        raise KnowledgeError(f"{place}: must be a table")
    _refuse_unknown(entry, (*_NUMBER_KEYS, *_TEXT_KEYS), place)
    texts = {key: _text(entry, key, place) for key in _TEXT_KEYS}
    for key in _NEEDED_KEYS:
        if not texts[key]:
            raise KnowledgeError(f'{place}: has no "{key}"')
    if texts["source"] not in sources:
        raise KnowledgeError(
            f'{place}: the source "{texts["source"]}" is not in the table [sources]'
        )
    if texts["confidence"] not in _CONFIDENCES:
        allowed = ", ".join(_CONFIDENCES)
        raise KnowledgeError(
            f'{place}: the confidence "{texts["confidence"]}" is none of {allowed}'
        )
    value, low, high = (_number(entry, key, place) for key in _NUMBER_KEYS)
    figure = Figure(
        name=name,
        label=texts["label"],
        value=value,
        low=low,
        high=high,
        unit=_unit(texts["unit"], texts["words"], place),
        source=sources[texts["source"]],
        confidence=_CONFIDENCES[texts["confidence"]],
        note=texts["note"],
        words=texts["words"],
    )
    _check_content(figure, place)
    return figure


def _check_content(figure: Figure, place: str) -> None:
    numbers = [n for n in (figure.low, figure.value, figure.high) if n is not None]
    if figure.words and numbers:
        raise KnowledgeError(f'{place}: has both numbers and "words"; a figure is one or the other')
    if not figure.words and not numbers:
        raise KnowledgeError(f"{place}: has neither value, low, high nor words")
    if numbers != sorted(numbers):
        raise KnowledgeError(f"{place}: low, value and high must not fall in this order")


def _unit(unit: str, words: str, place: str) -> str:
    if not unit and words:
        return NUMBER_UNIT
    if not unit:
        raise KnowledgeError(f'{place}: has no "unit"; a pure number has the unit "{NUMBER_UNIT}"')
    if not is_known_unit(unit):
        raise KnowledgeError(f'{place}: the unit "{unit}" is unknown')
    return unit


def _text(entry: Mapping[str, Any], key: str, place: str) -> str:
    text = entry.get(key, "")
    if not isinstance(text, str):
        raise KnowledgeError(f'{place}: "{key}" must be text')
    return text.strip()


def _number(entry: Mapping[str, Any], key: str, place: str) -> Decimal | None:
    if key not in entry:
        return None
    number = entry[key]
    # In Python a bool is an int, but "value = true" is a slip of the pen.
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise KnowledgeError(f'{place}: "{key}" must be a number')
    exact = Decimal(number)
    if not exact.is_finite():
        raise KnowledgeError(f'{place}: "{key}" must be a finite number')
    return exact


def _refuse_unknown(entry: Iterable[str], known: Collection[str], place: str) -> None:
    unknown = sorted(set(entry) - set(known))
    if unknown:
        raise KnowledgeError(
            f"{place}: unknown {_named('key', unknown)}; known are {', '.join(known)}"
        )


def _named(noun: str, names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{noun} {quoted}" if len(names) == 1 else f"{noun}s {quoted}"
