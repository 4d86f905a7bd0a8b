from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outcomes.people import made, random_records
from thecal.errors import InputError
from thecal.outcomes import Records, records_of_table, records_to_table


def same(first: Records, second: Records) -> bool:
    names: tuple[str, ...] = ("days", "pain", "worst_pain", "grades", "oral_mg_per_day")
    names = (*names, "intrathecal_mcg_per_day", "death_day", "end_day")
    return (
        (first.arm, first.items) == (second.arm, second.items)
        and all(
            np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)
            for name in names
        )
        and all(np.array_equal(first.events[name], second.events[name]) for name in first.events)
        and all(np.array_equal(first.traits[name], second.traits[name]) for name in first.traits)
    )


@given(st.integers(0, 1000), st.integers(1, 9), st.integers(1, 9))
def test_a_table_gives_back_what_went_in(seed: int, people: int, others: int) -> None:
    arms = (random_records(seed, people), random_records(seed + 1, others, "tablets"))
    back = records_of_table(records_to_table(arms))
    assert len(back) == 2
    assert all(same(one, other) for one, other in zip(arms, back, strict=True))


def test_a_file_of_parquet_gives_back_what_went_in() -> None:
    records = random_records(7, 20)
    file = io.BytesIO()
    pq.write_table(records_to_table([records]), file)
    assert same(records, records_of_table(pq.read_table(file))[0])


def test_a_table_has_a_row_for_each_person_and_visit() -> None:
    table = records_to_table([made(2)])
    assert (table.num_rows, table.column("day").to_pylist()) == (6, [0, 28, 182] * 2)


def test_what_did_not_happen_is_empty() -> None:
    assert records_to_table([made()]).column("death_day").null_count == 3


def test_records_without_side_effects_come_back() -> None:
    bare = made(2, items=(), grades=np.empty((2, 3, 0)))
    assert records_of_table(records_to_table([bare]))[0].grades.shape == (2, 3, 0)


def test_two_arms_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="have the same name"):
        records_to_table([made(), made()])


def test_arms_with_other_events_are_refused() -> None:
    with pytest.raises(InputError, match="have other side effects, events or traits"):
        records_to_table([made(), made(arm="tablets", events={})])


def test_no_arm_is_refused() -> None:
    with pytest.raises(InputError, match="no records to store"):
        records_to_table([])


def test_a_missing_column_is_named() -> None:
    table = records_to_table([made()]).drop_columns(["pain"])
    with pytest.raises(InputError, match="needs the column pain"):
        records_of_table(table)


def test_an_unknown_column_is_named() -> None:
    table = records_to_table([made()])
    with pytest.raises(InputError, match='has no column "mood"'):
        records_of_table(table.append_column("mood", pa.array([1.0] * 3)))


@pytest.mark.parametrize("rows", [[0, 1, 2, 3, 4], [0, 1, 2, 3, 5, 4], [3, 4, 5, 0, 1, 2]])
def test_a_table_with_rows_lost_or_moved_is_refused(rows: list[int]) -> None:
    with pytest.raises(InputError, match="must all have the same visits, in order"):
        records_of_table(records_to_table([made(2)]).take(rows))


def test_an_arm_in_two_places_is_refused() -> None:
    table = records_to_table([made(), made(arm="tablets")]).take([0, 3, 4, 5, 1, 2])
    with pytest.raises(InputError, match="must stand together"):
        records_of_table(table)
