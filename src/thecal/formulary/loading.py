"""Reading the data files of the drugs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from thecal.errors import InputError, KnowledgeError
from thecal.formulary.drug_file import read_drug
from thecal.knowledge import Table

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.formulary.drug import Drug

_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Formulary:
    """All the drugs on record.

    Parameters
    ----------
    drugs
        The drugs, by id.
    """

    drugs: Table[Drug]

    def drug(self, drug_id: str) -> Drug:
        """Return one drug.

        Parameters
        ----------
        drug_id
            Its name in course files.

        Raises
        ------
        InputError
            When there is no such drug; the sentence lists those that there are.
        """
        if drug_id not in self.drugs:
            raise InputError(f'there is no drug "{drug_id}"; known are {", ".join(self.drugs)}')
        return self.drugs[drug_id]


def load_formulary(directory: Path | None = None) -> Formulary:
    """Return all the drugs of a folder.

    Parameters
    ----------
    directory
        A folder with one data file for each drug, named by the drug's id; ``None`` for those that
        come with thecal, which are read once.

    Raises
    ------
    KnowledgeError
        When a data file is incomplete or wrong, or there is none.

    Examples
    --------
    >>> load_formulary().drug("morphine").figure("systemic_clearance").stated()
    '71.6 L/h'
    """
    return _read_own() if directory is None else _read(directory)


@cache
def _read_own() -> Formulary:
    return _read(resources.files("thecal.formulary") / "data")


def _read(folder: Traversable | Path) -> Formulary:
    files = [file for file in folder.iterdir() if file.name.endswith(_SUFFIX)]
    if not files:
        raise KnowledgeError(f"{folder.name}: holds no data file of a drug")
    drugs = [
        read_drug(file, file.name.removesuffix(_SUFFIX))
        for file in sorted(files, key=lambda file: file.name)
    ]
    return Formulary(Table({drug.id: drug for drug in drugs}))
