"""Which data files a study reads, and one fingerprint of all that stands in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from thecal.evidence import load_library
from thecal.knowledge.loading import read_toml
from thecal.therapy.care import load_policy

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from thecal.studies.study import Study

_SHARED: Final = (
    ("thecal.patients", "pain"),
    ("thecal.outcomes", ""),
    ("thecal.body", "adult.toml"),
    ("thecal.therapy.care", "complications.toml"),
    ("thecal.therapy.care", "screening.toml"),
)
"""Package, and file or folder below its data: read by every study."""


def data_files(study: Study) -> tuple[Traversable, ...]:
    """Return the data files that the results of a study depend on.

    Examples
    --------
    >>> from thecal.studies import find_study
    >>> [one.name for one in data_files(find_study("smith2002"))][-3:]
    ['medical-management.toml', 'morphine.toml', 'morphine.toml']
    """
    policies = list(dict.fromkeys(one.policy for one in study.arms))
    drugs = list(dict.fromkeys(load_policy(one).drug for one in policies))
    named = (
        *_SHARED,
        ("thecal.patients", f"{study.population.name}.toml"),
        *(("thecal.therapy.care", f"policies/{one}.toml") for one in policies),
        *(("thecal.effects", f"{one}.toml") for one in drugs),
        *(("thecal.formulary", f"{one}.toml") for one in drugs),
    )
    found: list[Traversable] = []
    for package, name in named:
        place = files(package) / "data" / name
        found += [place] if place.is_file() else _files_in(place)
    return tuple(found)


def data_fingerprint(study: Study) -> str:
    """Return what differs as soon as a data file of the study, or a figure it cites, differs.

    Comments and spaces in the files do not count. Of the evidence library the figures count that
    the files name; those that the study names are part of its own fingerprint.
    """
    documents = [(one.name, read_toml(one)) for one in data_files(study)]
    figures = load_library().figures
    cited = sorted({text for text in _texts(documents) if text in figures})
    content = [documents, [asdict(figures[one]) for one in cited]]
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _files_in(folder: Traversable) -> list[Traversable]:
    return sorted((one for one in folder.iterdir() if one.is_file()), key=lambda one: one.name)


def _texts(entry: object) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for inner in entry.values():
            yield from _texts(inner)
    elif isinstance(entry, list | tuple):
        for inner in entry:
            yield from _texts(inner)
