"""Figures that a calibration found, put into the data files: numbers alone, nothing else moves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from thecal.errors import InputError, KnowledgeError
from thecal.studies.calibration import POPULATION

if TYPE_CHECKING:
    from thecal.knowledge import Figure
    from thecal.studies.calibrating import Fitted

_KEYS: Final = ("value", "low", "high")


def place_of(group: str, name: str) -> Path:
    """Return the file of a population or a policy, as ``group`` says."""
    folder = (
        files("thecal.patients") / "data"
        if group == POPULATION
        else files("thecal.therapy.care") / "data" / "policies"
    )
    return Path(str(folder / f"{name}.toml"))


def write_figures(fitted: Fitted) -> list[Path]:
    """Write what a calibration found into all data files that hold it, and return those changed.

    Set points and ranges alone are written; comments, notes, sources and order stay.

    Raises
    ------
    InputError
        If a file cannot be read or written; no file is changed unless all can be read.
    """
    texts: dict[Path, str] = {}
    try:
        for free, figure in zip(fitted.calibration.frees, fitted.figures, strict=True):
            group, _, name = free.name.partition(".")
            for place in free.places:
                file = place_of(group, place)
                text = texts.get(file) or file.read_text(encoding="utf-8")
                texts[file] = with_figure(text, name, figure)
        changed = [file for file, text in texts.items() if file.read_text(encoding="utf-8") != text]
        for file in changed:
            new = file.with_name(f"{file.name}.new")
            new.write_text(texts[file], encoding="utf-8")
            new.replace(file)
    except OSError as error:
        raise InputError(f"the data files cannot be written: {error}") from error
    return changed


def with_figure(text: str, name: str, figure: Figure) -> str:
    r"""Return the text of a data file with the numbers of one figure replaced.

    Raises
    ------
    KnowledgeError
        If the text has no such figure with these numbers, each on a line of its own.

    Examples
    --------
    >>> from thecal.patients import load_population
    >>> age = load_population("advanced-cancer").figures["age"]
    >>> print(with_figure("[figures.age]\nvalue = 50 # years\n", "age", age), end="")
    [figures.age]
    value = 57 # years
    """
    wanted: Mapping[str, Decimal | None] = {key: getattr(figure, key) for key in _KEYS}
    lines = text.splitlines(keepends=True)
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("["):
            inside = line.split("#")[0].strip() == f"[figures.{name}]"
        for key in _KEYS:
            if inside and re.match(rf"{key}\s*=", line):
                lines[number] = re.sub(r"=\s*[^\s#]+", f"= {wanted[key]}", line, count=1)
    made = "".join(lines)
    its = tomllib.loads(made, parse_float=Decimal).get("figures", {}).get(name, {})
    for key in _KEYS:
        if key in its and its[key] != wanted[key]:
            raise KnowledgeError(f'the figure "{name}" has no line of its own for its {key}')
    if not its:
        raise KnowledgeError(f'there is no figure "{name}" to write')
    return made
