from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.studies.small import FILE, SMALL
from thecal.cli import app
from thecal.errors import InputError
from thecal.studies import built_in, campaign


@pytest.fixture(autouse=True)
def small_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "default_trial", lambda: SMALL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "small.toml"
    made.write_text(FILE, encoding="utf-8")
    return made


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_json_holds_each_endpoint_beside_what_was_published(file: Path) -> None:
    first = json.loads(run(file, "--json"))["endpoints"][0]
    assert {"name", "arm", "published", "mean", "low", "high", "inside"} <= first.keys()
    assert first["published"] == 84.5


def test_json_holds_the_share_of_replicates_with_p_below_05(file: Path) -> None:
    shares = [one["share_p_below_05"] for one in json.loads(run(file, "--json"))["endpoints"]]
    assert [share is None for share in shares] == [True, False, True, True]


def test_json_holds_the_time_of_a_replicate(file: Path) -> None:
    assert json.loads(run(file, "--json"))["seconds_per_replicate"] > 0.0


def test_another_seed_gives_other_results(file: Path) -> None:
    mine, other = (json.loads(run(file, "--json", "--seed", seed)) for seed in ("1", "2"))
    assert mine["endpoints"] != other["endpoints"]


def test_the_table_says_how_many_published_figures_lie_inside(file: Path) -> None:
    assert "of 2 published figures lie in the simulated 95 % range" in run(file)


def test_the_table_carries_the_notice(file: Path) -> None:
    assert run(file).startswith("Simulation - not for patient care")


def test_results_are_kept_where_out_says(file: Path, tmp_path: Path) -> None:
    run(file, "--out", tmp_path / "kept")
    names = sorted(one.name for one in (tmp_path / "kept").iterdir())
    assert names == ["courses.parquet", "endpoints.parquet", "people.parquet", "study.json"]


def test_the_list_names_all_that_is_built_in() -> None:
    listed = run("--list")
    assert all(name in listed for name in built_in())


def test_no_study_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="say which study"):
        run()


def test_no_replicates_are_refused(file: Path) -> None:
    with pytest.raises(InputError, match="0 replicates are nothing to run"):
        run(file, "--replicates", "0")


def test_a_study_stopped_at_the_keyboard_says_where_the_rest_is(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign, "run_part", stop)
    result = CliRunner().invoke(app, ["study", str(file), "--out", str(tmp_path / "kept")])
    assert (result.exit_code, "is kept in" in result.stderr) == (130, True)
