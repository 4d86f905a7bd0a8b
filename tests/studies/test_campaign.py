from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

from tests.studies import small
from tests.studies.small import FILE, SMALL, small_study
from thecal.errors import InputError
from thecal.outcomes import Records
from thecal.studies import Study, campaign, storage
from thecal.studies.campaign import run_study, versions
from thecal.studies.outcome import Trial
from thecal.studies.results import Results, as_object


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    folder = tmp_path_factory.mktemp("alone")
    return folder, run_study(small_study(), folder=folder, replicates=23, trial=SMALL)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made.scheduler_address


def test_two_workers_write_the_same_bytes(alone: tuple[Path, Results], tmp_path: Path) -> None:
    run_study(small_study(), folder=tmp_path, replicates=23, workers=2, trial=SMALL)
    assert files_of(tmp_path) == files_of(alone[0])


def test_a_cluster_of_two_workers_writes_the_same_bytes(
    alone: tuple[Path, Results], tmp_path: Path, cluster: str
) -> None:
    run_study(small_study(), folder=tmp_path, replicates=23, cluster=cluster, trial=SMALL)
    assert files_of(tmp_path) == files_of(alone[0])


def test_results_without_a_folder_are_the_same(alone: tuple[Path, Results]) -> None:
    kept_nowhere = run_study(small_study(), replicates=23, trial=SMALL)
    assert as_object(kept_nowhere) == as_object(alone[1])


def test_results_have_a_row_for_each_replicate_and_endpoint_in_order(
    alone: tuple[Path, Results],
) -> None:
    table = pq.read_table(alone[0] / "endpoints.parquet")
    names = [one.name for one in small_study().endpoints]
    assert table["replicate"].to_pylist() == np.repeat(np.arange(23), len(names)).tolist()
    assert table["endpoint"].to_pylist() == names * 23


def test_people_have_a_row_for_each_replicate_and_person_in_order(
    alone: tuple[Path, Results],
) -> None:
    table = pq.read_table(alone[0] / "people.parquet")
    assert table.column_names == ["replicate", "arm", "person", "age"]
    assert table["replicate"].to_pylist() == np.repeat(np.arange(23), 70).tolist()
    assert table["arm"].to_pylist() == (["pump"] * 40 + ["tablets"] * 30) * 23
    assert table["person"].to_pylist() == [*range(40), *range(30)] * 23


def test_people_are_those_of_the_records(alone: tuple[Path, Results]) -> None:
    study = small_study()
    made = small.run_replicate(study, small.prepare(study), 5)["tablets"]
    chosen = [("replicate", "==", 5), ("arm", "==", "tablets")]
    table = pq.read_table(alone[0] / "people.parquet", filters=chosen)
    np.testing.assert_array_equal(table["age"].to_numpy(), made.traits["age"].astype(np.float32))


def test_row_groups_are_of_a_hundred_replicates(tmp_path: Path) -> None:
    run_study(small_study(), folder=tmp_path, replicates=201, trial=SMALL)
    found = pq.ParquetFile(tmp_path / "endpoints.parquet").metadata
    rows = [found.row_group(one).num_rows for one in range(found.num_row_groups)]
    assert rows == [400, 400, 4]


class Stopped(BaseException):
    """Stands for a key press; no code catches it by chance."""


def stopping_at(replicate: int) -> Trial:
    def run(study: Study, setting: Mapping[str, float], number: int) -> dict[str, Records]:
        if number == replicate:
            raise Stopped
        return small.run_replicate(study, setting, number)

    return Trial(small.prepare, run)


def test_an_interrupted_study_runs_only_what_it_has_not(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run_study(small_study(), folder=tmp_path, replicates=23, trial=stopping_at(12))
    assert run_study(small_study(), folder=tmp_path, replicates=23, trial=SMALL).ran == 13


def test_an_interrupted_study_ends_with_the_same_bytes(
    alone: tuple[Path, Results], tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        run_study(small_study(), folder=tmp_path, replicates=23, trial=stopping_at(12))
    run_study(small_study(), folder=tmp_path, replicates=23, trial=SMALL)
    assert files_of(tmp_path) == files_of(alone[0])


def test_more_replicates_later_give_the_same_bytes(
    alone: tuple[Path, Results], tmp_path: Path
) -> None:
    run_study(small_study(), folder=tmp_path, replicates=8, trial=SMALL)
    run_study(small_study(), folder=tmp_path, replicates=23, trial=SMALL)
    assert files_of(tmp_path) == files_of(alone[0])


def test_a_file_that_was_being_written_is_not_taken_for_results(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run_study(small_study(), folder=tmp_path, replicates=23, trial=stopping_at(12))
    (tmp_path / "parts" / "endpoints-0000010.parquet.new").write_bytes(b"half")
    assert run_study(small_study(), folder=tmp_path, replicates=23, trial=SMALL).ran == 13


def test_a_finished_study_runs_nothing_again(alone: tuple[Path, Results]) -> None:
    again = run_study(small_study(), folder=alone[0], replicates=23, trial=SMALL)
    assert again.ran == 0


def test_fewer_replicates_than_are_kept_count_alone(alone: tuple[Path, Results]) -> None:
    fewer = run_study(small_study(), folder=alone[0], replicates=4, trial=SMALL)
    assert fewer.endpoints[0].counted == 4


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (replace(small_study(), seed=8), "holds results of the seed 7, and this is 8"),
        (replace(small_study(), name="other"), "holds results of the study small"),
        (small_study(FILE.replace("size = 40", "size = 41")), "holds results of another small"),
    ],
)
def test_results_of_another_study_are_not_mixed_in(
    alone: tuple[Path, Results], study: Study, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        run_study(study, folder=alone[0], trial=SMALL)


def test_results_of_another_version_are_not_mixed_in(tmp_path: Path) -> None:
    run_study(small_study(), folder=tmp_path, replicates=1, trial=SMALL)
    head = tmp_path / "study.json"
    version = versions()["thecal"]
    head.write_text(head.read_text("utf-8").replace(f'"{version}"', '"0.0.1"'), "utf-8")
    with pytest.raises(InputError, match=f"holds results of thecal 0.0.1, and this is {version}"):
        run_study(small_study(), folder=tmp_path, trial=SMALL)


def test_results_of_other_data_files_are_not_mixed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(small_study(), folder=tmp_path, replicates=1, trial=SMALL)
    monkeypatch.setattr(storage, "data_fingerprint", lambda _: "another")
    with pytest.raises(InputError, match="holds results of other data files"):
        run_study(small_study(), folder=tmp_path, trial=SMALL)


def test_a_cluster_with_other_data_files_is_refused(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "fingerprint_here", lambda _: "another")
    with pytest.raises(InputError, match="has other data files than this process for small"):
        run_study(small_study(), replicates=3, cluster=cluster, trial=SMALL)


def test_a_folder_with_other_parquet_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.parquet").write_bytes(b"mine")
    with pytest.raises(InputError, match="something else"):
        run_study(small_study(), folder=tmp_path, trial=SMALL)


def test_no_replicates_are_refused() -> None:
    with pytest.raises(InputError, match="0 replicates are nothing to run"):
        run_study(small_study(), replicates=0, trial=SMALL)


def test_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match="0 workers cannot run a study"):
        run_study(small_study(), workers=0, trial=SMALL)


def test_a_wrong_address_of_a_cluster_is_refused() -> None:
    with pytest.raises(InputError, match='no Dask scheduler at "nowhere://here"'):
        run_study(small_study(), cluster="nowhere://here", trial=SMALL)


def test_an_endpoint_that_was_not_recorded_is_refused_by_its_name() -> None:
    odd = small_study(FILE.replace("median_time:explant", "median_time:joy"))
    with pytest.raises(InputError, match='"median time to an explant": "joy" is no event'):
        run_study(odd, replicates=1, trial=SMALL)


def test_a_setting_is_made_once_for_all_replicates() -> None:
    made = []

    def prepare(study: Study) -> Mapping[str, float]:
        made.append(study.name)
        return small.prepare(study)

    run_study(small_study(), replicates=12, trial=Trial(prepare, small.run_replicate))
    assert made == ["small"]


def test_progress_counts_what_was_kept_before(tmp_path: Path) -> None:
    run_study(small_study(), folder=tmp_path, replicates=5, trial=SMALL)
    told: list[tuple[int, int]] = []
    run_study(
        small_study(),
        folder=tmp_path,
        replicates=12,
        trial=SMALL,
        done=lambda finished, wanted: told.append((finished, wanted)),
    )
    assert told == [(5, 12), (10, 12), (12, 12)]
