"""The scales that outcomes are read on: their ends, which way is better, what change matters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np

from thecal.errors import InputError, KnowledgeError
from thecal.evidence import load_library
from thecal.knowledge import Figure, Table, load_document
from thecal.outcomes.records import Array

Better = Literal["lower", "higher"]
_BETTER: Final[dict[str, Better]] = {"lower": "lower", "higher": "higher"}
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Instrument:
    """One scale.

    Attributes
    ----------
    id
        Its name in the data file.
    words
        What people read.
    lowest, highest
        The ends of the scale.
    better
        Which way is better.
    important
        Figures of the evidence library with the change that people call important, the one to use
        first; empty where none was found.
    """

    id: str
    words: str
    lowest: float
    highest: float
    better: Better
    important: tuple[str, ...]

    def important_change(self) -> float:
        """Return the least change that people call important, in units of the scale.

        Raises
        ------
        InputError
            When the evidence library holds none.

        Examples
        --------
        >>> find_instrument("odi").important_change()
        10.0
        """
        if not self.important:
            raise InputError(f"no change of {self.words} that people call important is on record")
        return load_library().figures[self.important[0]].number()

    def improvement(self, before: Array, now: Array) -> Array:
        """Return by how much it is better, in units of the scale; worse is negative.

        Raises
        ------
        InputError
            When a score is not on the scale.
        """
        for scores in (before, now):
            check_scores(self.words, scores, self.lowest, self.highest)
        return before - now if self.better == "lower" else now - before

    def importantly_better(self, before: Array, now: Array) -> Array:
        """Return 1 for people who are better by what counts as important, 0 for others.

        NaN where one of the two scores is not known.
        """
        gained = self.improvement(before, now)
        better = (gained >= self.important_change() - _ROUNDING).astype(np.float64)
        return np.where(np.isnan(gained), np.nan, better)


def check_scores(words: str, scores: Array, lowest: float, highest: float) -> None:
    """Refuse scores that are not on the scale; NaN, not answered, is.

    Raises
    ------
    InputError
        When one is too low or too high.
    """
    off = scores[(scores < lowest) | (scores > highest)]
    if off.size:
        raise InputError(
            f"{words} of {off.flat[0]:g} is not on the scale, which goes from {lowest:g} to "
            f"{highest:g}"
        )


def find_instrument(name: str) -> Instrument:
    """Return a scale by its name.

    Raises
    ------
    InputError
        When there is none of that name; the sentence lists what there is.
    """
    known = load_instruments()
    if name not in known:
        raise InputError(f'there is no scale "{name}"; there are {", ".join(known)}')
    return known[name]


def load_instruments() -> dict[str, Instrument]:
    """Return all scales by name.

    Raises
    ------
    KnowledgeError
        When the data file is incomplete, or names a figure that the evidence library has not.
    """
    return dict(_load()[0])


def scoring_figure(name: str) -> Figure:
    """Return a figure that a scoring rule needs, with its source."""
    return _load()[1][name]


@cache
def _load() -> tuple[Table[Instrument], Table[Figure]]:
    file = files("thecal.outcomes") / "data" / "instruments.toml"
    rest, figures = load_document(file, other_keys=("instruments",))
    library = load_library()
    found = {}
    for name, entry in rest["instruments"].items():
        if entry["better"] not in _BETTER:
            raise KnowledgeError(f'{file.name}, scale "{name}": better must be lower or higher')
        for figure in entry["important"]:
            if figure not in library.figures:
                raise KnowledgeError(f'{file.name}, scale "{name}": no figure {figure}')
        found[name] = Instrument(
            id=name,
            words=entry["words"],
            lowest=float(entry["lowest"]),
            highest=float(entry["highest"]),
            better=_BETTER[entry["better"]],
            important=tuple(entry["important"]),
        )
    return Table(found), figures
