from __future__ import annotations

import html
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from thecal.assurance.register import read_register
from thecal.pump.simulation.scenarios_stage import Order
from thecal.report.scenario import render_scenarios, write_scenarios
from thecal.report.scenario_course import given_mcg, meant_mcg
from thecal.report.scenario_figure import scene_figure
from thecal.report.scenario_words import began, dose, timeline_rows
from thecal.therapy.rehearsing import Rehearsal, rehearse, scenario_names

ROOT = Path(__file__).parents[2]
NOTICE = "Simulation - not for patient care"
DAY_S = 86_400
ONE = "mri-stall"


@cache
def run(name: str) -> Rehearsal:
    return rehearse(name)


@cache
def page(name: str) -> str:
    """The page without plotly itself, as text."""
    text = render_scenarios([run(name)])
    return html.unescape(text[: text.index("<footer")])


@pytest.mark.parametrize("name", scenario_names())
def test_a_page_has_every_sentence_of_the_text_with_its_numbers(name: str) -> None:
    found, text = run(name), page(name)
    told = [found.headline, found.scenario.event, found.scenario.lesson, *found.told.cannot]
    told += [sentence for part in found.parts.values() for sentence in part]
    assert [sentence for sentence in told if sentence not in text] == []


@pytest.mark.parametrize("name", scenario_names())
def test_a_page_has_every_moment_with_its_number_in_the_picture(name: str) -> None:
    text = page(name)
    for moments in run(name).timelines.values():
        assert [row.words for row in timeline_rows(moments) if row.words not in text] == []


@pytest.mark.parametrize("name", scenario_names())
def test_no_second_of_the_log_is_left_to_the_nurse_to_reckon(name: str) -> None:
    assert not re.search(r"\b(?:second|again by) \d{3,}", page(name))


@pytest.mark.parametrize("name", scenario_names())
def test_each_picture_carries_the_notice(name: str) -> None:
    scenes = run(name).told.scenes.values()
    assert all(NOTICE in str(scene_figure(scene, began(list(scenes)))) for scene in scenes)


def test_the_sum_in_the_picture_is_the_number_of_the_headline() -> None:
    (scene,) = run(ONE).told.scenes.values()
    began_s = began([scene])
    given = scene.samples[-1].tip_mcg - given_mcg(scene.samples, began_s)
    meant = meant_mcg(scene.orders, began_s, scene.samples[-1].at_s)
    assert f"got {dose(given)} of baclofen, {dose(meant)} were meant" in run(ONE).headline


def test_what_was_meant_follows_the_orders() -> None:
    orders = [Order(0, Fraction(100)), Order(DAY_S, Fraction(200))]
    assert meant_mcg(orders, DAY_S // 2, 2 * DAY_S) == 50 + 200


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_scenarios([rehearse(ONE)], tmp_path / "one" / "page.html")
    second = write_scenarios([rehearse(ONE)], tmp_path / "two.html")
    assert first.read_bytes() == second.read_bytes()


def test_several_scenarios_make_one_page_with_a_list_of_them() -> None:
    text = render_scenarios([run(ONE), run("double-bolus")])
    assert text.count('<article class="event"') == 2
    assert '<a href="#double-bolus">' in text


@pytest.mark.parametrize("name", scenario_names())
def test_hazards_and_requirements_of_a_scenario_are_on_record(name: str) -> None:
    register = read_register(ROOT / "requirements")
    scenario = run(name).scenario
    assert {one.id for one in scenario.checks} <= {one.id for one in register.requirements}
    assert set(scenario.hazards) <= {one.id for one in register.hazards}
