from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tests.studies.small import SMALL, small_study
from thecal.cli import app
from thecal.studies.acceptance import Carried, explanations, page, verdict
from thecal.studies.campaign import run_study
from thecal.studies.results import Results
from thecal.studies.sensitivity import Part, Swing


@pytest.fixture(scope="module")
def results() -> Results:
    return run_study(small_study(), replicates=4, trial=SMALL)


def with_band(results: Results, band: tuple[float, float]) -> Results:
    first, *others = results.endpoints
    moved = replace(first, endpoint=replace(first.endpoint, band=band))
    return replace(results, endpoints=(moved, *others))


def test_a_mean_within_its_band_holds(results: Results) -> None:
    assert verdict(with_band(results, (0.0, 100.0))) == "all bands hold"


def test_a_mean_outside_its_band_is_told(results: Results) -> None:
    assert verdict(with_band(results, (-2.0, -1.0))) == "0 of 1 bands hold"


def test_the_page_holds_every_endpoint_and_the_notice(results: Results) -> None:
    text = page([results], [])
    assert "Simulation - not for patient care" in text
    missing = [one.endpoint.name for one in results.endpoints if one.endpoint.name not in text]
    assert missing == []


def test_the_page_tells_what_carries_a_result(results: Results) -> None:
    carried = Carried(
        "small", "pain", "points", 4.0, (Swing("placebo", 5.0, 4.0),), (Part("placebo", 0.9, 1.0),)
    )
    text = page([results], [carried])
    assert "| placebo | 5 | 4 |" in text
    assert "| placebo | 0.90 | 1.00 |" in text


def test_every_explanation_belongs_to_a_study() -> None:
    from thecal.studies import built_in

    assert set(explanations()) <= {"page", *built_in()}


def test_a_page_is_written_only_of_all_studies() -> None:
    refused = CliRunner().invoke(app, ["study", "smith2002", "--record", "page.md"])
    assert refused.exit_code != 0
    assert "goes with --validate" in str(refused.exception)
