"""Figures of doses without a pump: where they stand, what they show, the samples on them."""

from __future__ import annotations

from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.report.courses import dosed
from tests.therapy.courses import result
from thecal import NOTICE
from thecal.report import blood_levels, level_time_map, level_waves, site_levels, spine
from thecal.report.doses import peak_of, pictured_route
from thecal.report.phrasing import elapsed, level
from thecal.report.sites import series
from thecal.report.spine_through_time import moments
from thecal.report.theme import LogScale

SITES = ["csf L3", "cisterna magna"]


@cache
def drawn(name: str) -> go.Figure:
    done = result("lumbar-bolus")
    if name == "sites":
        return site_levels(done, SITES)
    figures = {
        "blood": blood_levels,
        "map": level_time_map,
        "spine": spine,
        "waves": level_waves,
    }
    return figures[name](done)


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("name", ["blood", "map", "sites", "spine", "waves"])
def test_every_figure_of_a_dose_carries_the_notice(name: str) -> None:
    assert texts(drawn(name)).count(NOTICE) == 1


def test_the_spine_marks_where_a_dose_was_given_and_draws_no_catheter() -> None:
    said = " ".join(texts(drawn("spine")))
    assert "<b>dose L3</b>" in said
    assert "tip" not in said


@pytest.mark.parametrize(
    ("route", "site", "words"),
    [
        ("epidural", "L2", "epidural dose L2"),
        ("cisternal", "", "dose cisterna magna"),
        ("intraventricular", "", "dose ventricle"),
    ],
)
def test_a_dose_by_another_route_is_marked_in_its_own_place(
    route: str, site: str, words: str
) -> None:
    figure = spine(dosed(route, site))
    mark = next(note for note in figure.layout.annotations if note.text == f"<b>{words}</b>")
    canal = np.asarray(figure.data[0].x), np.asarray(figure.data[0].y)
    if site:
        at_level = np.abs(canal[1] - mark.y) < 0.5
        assert mark.x > canal[0][at_level].max()
    else:
        assert mark.y > canal[1].max()


def test_frames_are_dense_after_each_dose() -> None:
    hours = [one.at_s / 3_600 for one in moments(dosed("intrathecal", "L3"))]
    assert [hour for hour in hours if 2 <= hour <= 4] == [2, 2.25, 2.5, 2.75, 3, 3.5, 4]


def test_many_doses_do_not_make_too_many_frames() -> None:
    assert len(moments(dosed("intrathecal", "L3", every_h=6))) <= 70


def test_a_dose_beside_a_pump_is_pictured_as_lived() -> None:
    assert pictured_route(dosed("intrathecal", "L3", pump=True)) == "course"
    assert pictured_route(dosed("intravenous", pump=True)) == "pump"


def test_the_samples_stand_on_their_line() -> None:
    line, rings = drawn("sites").data[:2]
    assert rings.mode == "markers"
    assert len(rings.x) == 11
    on_line = np.interp(rings.x, line.x, line.y)
    assert np.asarray(rings.y) == pytest.approx(on_line, rel=1e-5)


def test_samples_of_plasma_stand_on_the_blood_chart() -> None:
    rings = [trace for trace in drawn("blood").data if trace.mode == "markers"]
    assert [len(trace.x) for trace in rings] == [49]


def test_blood_of_a_dose_states_its_highest_level_and_when() -> None:
    peak = peak_of(series(result("lumbar-bolus"), "plasma"))
    words = f"<b>{level(peak.value, 'ng/mL')}</b> at {elapsed(peak.at_s)}"
    assert words in texts(drawn("blood"))


def test_the_second_metabolite_is_shown_without_words() -> None:
    notes = [note for note in drawn("blood").layout.annotations if note.yref == "y3"]
    assert [trace.yaxis for trace in drawn("blood").data][-1] == "y3"
    assert notes == []


def test_the_map_shows_when_a_dose_was_given() -> None:
    marks = next(trace for trace in drawn("map").data if trace.name == "dose")
    assert list(marks.x) == [0.0]
    assert "300 mcg of morphine into the spinal fluid at L3" in marks.hovertext[0]


def test_the_waves_are_counted_from_the_last_dose() -> None:
    names = [trace.name for trace in level_waves(dosed("intrathecal", "L3")).data]
    assert names[:3] == ["2 h 15 min", "3 h", "5 h"]


def test_a_site_s_line_goes_through_all_its_samples() -> None:
    found = series(result("lumbar-bolus"), "csf L3")
    sample = result("lumbar-bolus").samples[0]
    held = dict(zip(found.times_s.tolist(), found.values.tolist(), strict=True))
    assert [held[at_s] for at_s in sample.times_s.tolist()] == pytest.approx(sample.values)


def test_a_long_scale_labels_every_other_decade() -> None:
    assert LogScale(20.0, 4).colour_bar()["ticktext"] == ["0.1", "10"]
