"""Where the profiles lie: one data file for each device, named by its id."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING, Any

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import ids_in, load_document

if TYPE_CHECKING:
    from decimal import Decimal
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure, Table, Which
    from thecal.quantity import Dimension, Quantity

_SUFFIX = ".toml"


def shelf(kind: str) -> Traversable:
    """Return the folder of the profiles that come with thecal, as ``pumps``."""
    return resources.files("thecal.devices") / "data" / kind


def load_profile(
    folder: Traversable | Path, profile_id: str, noun: str
) -> tuple[str, Table[Figure]]:
    """Return the name and the figures of one device.

    Parameters
    ----------
    folder
        Where its file lies.
    profile_id
        The file's name without the suffix.
    noun
        What the device is called in a refusal, as ``pump``.

    Returns
    -------
    tuple
        The name for people, and the figures; those of the profile named by ``same_as`` stand
        wherever the file says nothing else.

    Raises
    ------
    InputError
        When there is no such device; the sentence lists those that there are.
    KnowledgeError
        When the data file is incomplete or wrong.
    """
    known = ids_in(folder)
    if profile_id not in known:
        raise InputError(f'there is no {noun} "{profile_id}"; known are {", ".join(known)}')
    file = folder / f"{profile_id}{_SUFFIX}"
    document, figures = load_document(file, other_keys=("id", "name", "same_as"))
    name = _text(document, "name", file.name)
    if _text(document, "id", file.name) != profile_id:
        raise KnowledgeError(f'{file.name}: its id must be "{profile_id}", as the file is called')
    if "same_as" not in document:
        return name, figures
    model = _text(document, "same_as", file.name)
    if model not in known or model == profile_id:
        raise KnowledgeError(
            f'{file.name}: "same_as" must name another {noun}, but there is no "{model}"'
        )
    # The model may not lean on a further one, so that no ring can arise.
    _, inherited = load_document(folder / f"{model}{_SUFFIX}", other_keys=("id", "name"))
    return name, load_document(file, other_keys=tuple(document), inherited=inherited)[1]


def figure_of(figures: Table[Figure], name: str, owner: str) -> Figure:
    """Return one figure of a device.

    Raises
    ------
    KnowledgeError
        When the device's file does not give it.
    """
    if name not in figures:
        raise KnowledgeError(f'{owner}: the figure "{name}" is missing')
    return figures[name]


def amount_of(figures: Table[Figure], name: str, dimension: Dimension, owner: str) -> Quantity:
    """Return the set point of one figure of a device as an exact amount.

    Raises
    ------
    KnowledgeError
        When the device's file does not give it, or gives it in a unit of another kind.
    """
    figure = figure_of(figures, name, owner)
    amount = figure.exact()
    if amount.dimension != dimension:
        raise KnowledgeError(f'{owner}: the figure "{name}" cannot be in {figure.unit}')
    return amount


def number_of(figures: Table[Figure], name: str, unit: str, owner: str) -> Decimal:
    """Return the set point of one figure of a device as written, in the one unit allowed for it.

    Raises
    ------
    KnowledgeError
        When the device's file does not give it, or gives it in another unit.
    """
    figure = figure_of(figures, name, owner)
    if figure.unit != unit or figure.value is None:
        raise KnowledgeError(f'{owner}: the figure "{name}" must have a value in {unit}')
    return figure.value


def exact_number_of(
    figures: Table[Figure], name: str, unit: str, which: Which, owner: str
) -> Fraction:
    """Return one number of a figure of a device, exact, in the unit asked for.

    Parameters
    ----------
    figures, name
        Which figure.
    unit
        The one in which it is stored, or any other of the same kind that doses are stated in.
    which
        The set point or one end of the range.
    owner
        The device, for the refusal.

    Raises
    ------
    KnowledgeError
        When the device's file does not give that number, or the units measure different things.
    """
    figure = figure_of(figures, name, owner)
    number = {"value": figure.value, "low": figure.low, "high": figure.high}[which]
    if number is None:
        raise KnowledgeError(f'{owner}: the figure "{name}" has no {which}')
    if figure.unit == unit:
        return Fraction(number)
    try:
        return figure.exact(which).to(unit)
    except (InputError, KnowledgeError) as error:
        raise KnowledgeError(
            f'{owner}: the figure "{name}" cannot be in {figure.unit}, but must be in {unit}'
        ) from error


def words_of(figures: Table[Figure], name: str, owner: str) -> str:
    """Return the words of a figure that is no number.

    Raises
    ------
    KnowledgeError
        When the device's file does not give it, or gives a number.
    """
    figure = figure_of(figures, name, owner)
    if not figure.words:
        raise KnowledgeError(f'{owner}: the figure "{name}" must be words')
    return figure.words


def _text(document: dict[str, Any], key: str, place: str) -> str:
    text = document.get(key)
    if not isinstance(text, str) or not text.strip():
        raise KnowledgeError(f'{place}: has no "{key}"')
    return text
