"""Where the results of a study are kept: Parquet files that grow part by part and end as one.

A folder holds ``study.json`` (whose results they are), ``endpoints.parquet``, ``courses.parquet``
and ``people.parquet``; while a study runs, what is done lies in ``parts`` below it, each file
complete or not there. Nothing in the files depends on who computed what when.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from thecal import NOTICE, __version__
from thecal.errors import InputError
from thecal.studies.outcome import FOLLOWED, Array, Outcome
from thecal.studies.sources import data_fingerprint
from thecal.studies.study import Study

ENDPOINTS: Final = "endpoints"
COURSES: Final = "courses"
PEOPLE: Final = "people"
GROUP: Final = 100
"""Replicates in a row group."""

_REPLICATE: Final = "replicate"
_PARTS: Final = "parts"
_WHOLE: Final = ""
_COMPRESSION: Final = "zstd"
_NOTICE: Final = {"notice": NOTICE}
_SCHEMAS: Final = {
    ENDPOINTS: pa.schema(
        [
            pa.field(_REPLICATE, pa.int32(), nullable=False),
            pa.field("endpoint", pa.string(), nullable=False),
            pa.field("arm", pa.string(), nullable=False),
            pa.field("unit", pa.string(), nullable=False),
            pa.field("value", pa.float64()),
            pa.field("p_value", pa.float64()),
        ],
        metadata=_NOTICE,
    ),
    COURSES: pa.schema(
        [
            pa.field(_REPLICATE, pa.int32(), nullable=False),
            pa.field("arm", pa.string(), nullable=False),
            pa.field("day", pa.int32(), nullable=False),
            *(pa.field(name, pa.float64()) for name in FOLLOWED),
        ],
        metadata=_NOTICE,
    ),
}


@dataclass(frozen=True, slots=True)
class Store:
    """The results of a study in a folder.

    Parameters
    ----------
    study
        Whose results they are.
    folder
        Where they lie.
    """

    study: Study
    folder: Path

    @classmethod
    def open(cls, study: Study, folder: Path) -> Store:
        """Return the store in a folder, which is made where it is not there.

        Raises
        ------
        InputError
            When the folder holds the results of another study, version, seed or state of the data.
        OSError
            If it cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        mine = {
            "notice": NOTICE,
            "thecal": __version__,
            "study": study.name,
            "seed": study.seed,
            "fingerprint": study.fingerprint(),
            "data": data_fingerprint(study),
        }
        head = folder / "study.json"
        if not head.exists():
            if any(folder.glob("*.parquet")):
                raise InputError(
                    f"{folder} holds Parquet files of something else; choose a new folder"
                )
            _replace(head, lambda new: new.write_text(json.dumps(mine, indent=2) + "\n", "utf-8"))
            return cls(study, folder)
        _check_head(head, mine)
        return cls(study, folder)

    def kept(self) -> frozenset[int]:
        """Return the replicates that need not be run again."""
        return frozenset(self._places())

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Keep the outcomes of replicates that follow each other."""
        parts = self.folder / _PARTS
        parts.mkdir(exist_ok=True)
        last_name = f"-{outcomes[0].replicate:07d}.parquet"
        # The endpoints come last: where they are, the others are too.
        for name, rows in (
            (PEOPLE, self._people),
            (COURSES, self._courses),
            (ENDPOINTS, self._endpoints),
        ):
            _replace(parts / f"{name}{last_name}", partial(_write, rows(outcomes)))

    def finish(self) -> None:
        """Write what is kept in order into one file for each table, and remove the parts."""
        places = self._places()
        if any(place != _WHOLE for place in places.values()):
            for name in (PEOPLE, COURSES, ENDPOINTS):
                _replace(self._path(name, _WHOLE), partial(self._merge, name, places))
        parts = self.folder / _PARTS
        for part in sorted(parts.glob("*.parquet")):
            part.unlink()
        if parts.exists():
            parts.rmdir()

    def values(self, endpoint: str, replicates: int) -> tuple[Array, Array]:
        """Return an endpoint's values and P values in the first replicates, NaN where none is."""
        table = self._read(ENDPOINTS, ["value", "p_value"], ("endpoint", endpoint), replicates)
        return _numbers(table, "value"), _numbers(table, "p_value")

    def course(self, arm: str, name: str, replicates: int) -> Array:
        """Return what `FOLLOWED` calls so in an arm (replicates, visits), NaN where nobody is."""
        table = self._read(COURSES, [name], ("arm", arm), replicates)
        return _numbers(table, name).reshape(replicates, len(self.study.days))

    def _read(
        self, name: str, columns: list[str], where: tuple[str, str], replicates: int
    ) -> pa.Table:
        key, value = where
        chosen = [(key, "==", value), (_REPLICATE, "<", replicates)]
        return pq.read_table(self._path(name, _WHOLE), columns=columns, filters=chosen)

    def _path(self, name: str, place: str) -> Path:
        return self.folder / (f"{name}.parquet" if place == _WHOLE else f"{_PARTS}/{name}-{place}")

    def _places(self) -> dict[int, str]:
        """Return in which file each kept replicate lies, by its number."""
        parts = sorted((self.folder / _PARTS).glob(f"{ENDPOINTS}-*.parquet"))
        places = [one.name.removeprefix(f"{ENDPOINTS}-") for one in parts]
        if self._path(ENDPOINTS, _WHOLE).exists():
            places.append(_WHOLE)
        found = {}
        for place in places:
            column = pq.read_table(self._path(ENDPOINTS, place), columns=[_REPLICATE])[_REPLICATE]
            found.update(dict.fromkeys(np.unique(column.to_numpy()).tolist(), place))
        return found

    def _merge(self, name: str, places: Mapping[int, str], target: Path) -> None:
        replicates = sorted(places)
        schema = pq.read_schema(self._path(name, places[replicates[0]]))
        with pq.ParquetWriter(target, schema, compression=_COMPRESSION) as writer:
            for first in range(0, len(replicates), GROUP):
                group = replicates[first : first + GROUP]
                chosen = [(_REPLICATE, "in", group)]
                table = pa.concat_tables(
                    pq.read_table(self._path(name, place), filters=chosen)
                    for place in sorted({places[one] for one in group})
                )
                order = np.argsort(table[_REPLICATE].to_numpy(), kind="stable")
                writer.write_table(table.take(pa.array(order)), row_group_size=len(order))

    def _people(self, outcomes: Sequence[Outcome]) -> pa.Table:
        arms = [one.name for one in self.study.arms]
        each = [
            (one, arm, size) for one in outcomes for arm, size in zip(arms, one.sizes, strict=True)
        ]
        sizes = [size for *_, size in each]
        columns: dict[str, Any] = {
            _REPLICATE: np.repeat([one.replicate for one, *_ in each], sizes),
            "arm": np.repeat([arm for _, arm, _ in each], sizes),
            "person": np.concatenate([np.arange(size) for size in sizes]),
        }
        traits = outcomes[0].people
        for name in traits:
            columns[name] = np.concatenate([one.people[name] for one in outcomes])
        schema = pa.schema(
            [
                pa.field(_REPLICATE, pa.int32(), nullable=False),
                pa.field("arm", pa.string(), nullable=False),
                pa.field("person", pa.int32(), nullable=False),
                *(pa.field(name, pa.float32()) for name in traits),
            ],
            metadata=_NOTICE,
        )
        return _table(schema, columns)

    def _endpoints(self, outcomes: Sequence[Outcome]) -> pa.Table:
        endpoints, times = self.study.endpoints, len(outcomes)
        return _table(
            _SCHEMAS[ENDPOINTS],
            {
                _REPLICATE: np.repeat([one.replicate for one in outcomes], len(endpoints)),
                "endpoint": [one.name for one in endpoints] * times,
                "arm": [one.arm for one in endpoints] * times,
                "unit": [one.unit for one in endpoints] * times,
                "value": np.concatenate([one.values for one in outcomes]),
                "p_value": np.concatenate([one.p_values for one in outcomes]),
            },
        )

    def _courses(self, outcomes: Sequence[Outcome]) -> pa.Table:
        arms, days, times = self.study.arms, self.study.days, len(outcomes)
        followed = np.concatenate([one.courses.reshape(-1, len(FOLLOWED)) for one in outcomes])
        return _table(
            _SCHEMAS[COURSES],
            {
                _REPLICATE: np.repeat([one.replicate for one in outcomes], len(arms) * len(days)),
                "arm": [one.name for one in arms for _ in days] * times,
                "day": list(days) * len(arms) * times,
                **{name: followed[:, place] for place, name in enumerate(FOLLOWED)},
            },
        )


def _table(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.Table:
    # "From pandas" means that NaN becomes null: nothing was measured.
    arrays = [pa.array(columns[one.name], one.type, from_pandas=True) for one in schema]
    return pa.table(arrays, schema=schema)


def _write(table: pa.Table, target: Path) -> None:
    pq.write_table(table, target, compression=_COMPRESSION)


def _numbers(table: pa.Table, column: str) -> Array:
    return np.asarray(table[column].to_numpy(), dtype=np.float64)


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and then put it there, whole or not at all."""
    new = target.with_name(f"{target.name}.new")
    write(new)
    new.replace(target)


def _check_head(head: Path, mine: Mapping[str, object]) -> None:
    try:
        its = json.loads(head.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{head} cannot be read; choose a new folder") from error
    for key, what in (
        ("study", "the study"),
        ("thecal", "thecal"),
        ("seed", "the seed"),
    ):
        if its.get(key) != mine[key]:
            raise InputError(
                f"{head.parent} holds results of {what} {its.get(key)}, and this is "
                f"{mine[key]}; choose a new folder"
            )
    if its.get("fingerprint") != mine["fingerprint"]:
        raise InputError(
            f"{head.parent} holds results of another {mine['study']}: its population, arms, visits "
            "or endpoints differ from this one; choose a new folder"
        )
    if its.get("data") != mine["data"]:
        raise InputError(
            f"{head.parent} holds results of other data files: since it was begun, a figure that "
            f"{mine['study']} reads (of people, policies, drugs, the body or the evidence) has "
            "changed; choose a new folder"
        )
