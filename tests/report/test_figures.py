"""Figures: each stands alone, carries the notice, and shows the numbers of the result."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.report.courses import WITH_PUMP, tablets_only
from tests.therapy.courses import result
from thecal import NOTICE
from thecal.report import (
    blood_levels,
    daily_dose,
    daily_dose_parts,
    dose_rate,
    level_profile,
    level_time_map,
    reservoir,
    spine,
    ways_out,
)
from thecal.report.theme import DEEP, LogScale, colours

FIGURES = (
    blood_levels,
    daily_dose,
    dose_rate,
    level_profile,
    level_time_map,
    reservoir,
    spine,
    ways_out,
)


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("course", WITH_PUMP)
@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_every_figure_carries_the_notice(draw: object, course: str) -> None:
    assert callable(draw)
    assert texts(draw(result(course))).count(NOTICE) == 1


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_a_figure_of_one_result_is_always_the_same(draw: object) -> None:
    assert callable(draw)
    done = result("cancer-pain")
    assert draw(done).to_json() == draw(done).to_json()


@pytest.mark.parametrize("draw", [daily_dose, dose_rate, reservoir])
def test_a_figure_of_the_pump_refuses_a_course_without_one(draw: object) -> None:
    assert callable(draw)
    with pytest.raises(ValueError, match="no pump"):
        draw(tablets_only())


def test_the_spine_begins_at_the_start_and_ends_at_the_end() -> None:
    frames = spine(result("cancer-pain")).frames
    assert (frames[0].name, frames[-1].name) == ("0 h", "14 days")


def test_the_spine_has_frames_enough_and_not_too_many() -> None:
    for course in WITH_PUMP:
        assert 25 <= len(spine(result(course)).frames) <= 70


def test_no_two_frames_of_the_spine_have_the_same_name() -> None:
    names = [frame.name for frame in spine(result("concentration-change")).frames]
    assert len(set(names)) == len(names)


def test_the_spine_is_pale_at_the_start() -> None:
    first = spine(result("cancer-pain")).frames[0].data[0]
    assert {stop[1] for stop in first.fillgradient.colorscale} == {DEEP[0]}


def test_the_spine_is_darkest_at_the_tip() -> None:
    done = result("cancer-pain")
    last = spine(done).frames[-1].data[0]
    lightness = [
        sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) for _, c in last.fillgradient.colorscale
    ]
    # The gradient runs upwards, the levels run downwards.
    level = len(lightness) - 1 - int(np.argmin(lightness))
    assert done.primary.body.anatomy.level_names[level] == "T10"


def test_the_levels_of_the_spine_are_as_long_as_the_anatomy_says() -> None:
    done = result("cancer-pain")
    drawn = spine(done).data[0]
    anatomy = done.primary.body.anatomy
    x, y = np.asarray(drawn.x), np.asarray(drawn.y)
    half = (len(x) - 1) // 2
    middle_x, middle_y = (
        (x[:half] + x[half : 2 * half][::-1]) / 2,
        (y[:half] + y[half : 2 * half][::-1]) / 2,
    )
    length = float(np.hypot(np.diff(middle_x), np.diff(middle_y)).sum())
    assert length == pytest.approx(sum(level.length_cm for level in anatomy.levels), rel=0.02)


def test_the_spine_marks_the_tip() -> None:
    assert "<b>tip T11</b>" in texts(spine(result("flex-nights")))


def test_the_map_has_a_row_for_each_level_with_c1_on_top() -> None:
    figure = level_time_map(result("cancer-pain"))
    assert len(figure.data[0].z) == 26
    assert figure.layout.yaxis.ticktext[0] == "C1"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_blood_shows_both_routes_and_the_course_as_lived() -> None:
    names = {trace.name for trace in blood_levels(result("cancer-pain")).data}
    assert names == {"pump alone", "tablets alone, had they gone on", "as lived"}


def test_blood_states_the_mean_of_the_last_day_by_route() -> None:
    notes = " ".join(texts(blood_levels(result("cancer-pain"))))
    assert "tablets, last day: <b>34 ng/mL</b>" in notes
    assert "pump, last day: <b>1.4 ng/mL</b>" in notes


def test_blood_with_one_route_shows_one_line_in_each_panel() -> None:
    figure = blood_levels(result("flex-nights"))
    assert [trace.yaxis for trace in figure.data] == ["y", "y2", "y3"]


def test_the_parts_of_a_day_add_up_to_what_left_the_tip() -> None:
    for course in WITH_PUMP:
        pumped = result(course).pumped
        assert pumped is not None
        parts = daily_dose_parts(pumped, "morphine")
        day_s, until_s = 86_400, pumped.delivery.until_s
        given = [
            float(pumped.at_tip_mcg("morphine", start, start + day_s))
            for start in range(0, until_s, day_s)
        ]
        assert np.sum(list(parts.values()), axis=0) == pytest.approx(given, rel=1e-9)


def test_patient_boluses_are_counted_apart_from_the_basal_dose() -> None:
    pumped = result("cancer-pain").pumped
    assert pumped is not None
    parts = daily_dose_parts(pumped, "morphine")
    assert parts["patient boluses"] == pytest.approx([400.0] * 14, rel=1e-6)
    assert parts["basal"] == pytest.approx([2000.0] * 14, rel=1e-6)


def test_the_day_of_a_bridge_gives_the_usual_dose() -> None:
    # The pump pushes 5.7 mg of the new mixture that day; the patient gets the old solution first.
    pumped = result("concentration-change").pumped
    assert pumped is not None
    parts = daily_dose_parts(pumped, "morphine")
    assert sum(part[20] for part in parts.values()) == pytest.approx(4000.0, rel=0.05)


def test_the_reservoir_is_drawn_without_its_residual_volume() -> None:
    assert reservoir(result("cancer-pain")).data[0].y[0] == pytest.approx(20.0)


def test_a_refill_is_a_step_up() -> None:
    levels = reservoir(result("concentration-change")).data[0].y
    assert max(np.diff(levels)) == pytest.approx(8.0)


def test_two_lines_lead_on_where_the_button_makes_a_difference() -> None:
    assert len(reservoir(result("cancer-pain")).data) == 3
    assert len(reservoir(result("flex-nights")).data) == 2


def test_the_reservoir_names_the_day_of_the_refill() -> None:
    assert any("Thu 26 Feb 2026" in text for text in texts(reservoir(result("cancer-pain"))))


def test_the_ways_out_are_shown_as_shares_of_one_whole() -> None:
    # A little more than the whole: what comes back with the blood leaves once again.
    total = sum(trace.x[0] for trace in ways_out(result("cancer-pain")).data)
    assert 100.0 <= total < 100.2


def test_the_dose_rate_of_a_flex_pattern_has_its_steps() -> None:
    rates = {round(float(rate)) for rate in dose_rate(result("flex-nights")).data[0].y}
    assert rates == {50, 60, 100}


def test_colours_fall_in_lightness_all_the_way() -> None:
    # So that the scale can be read without colour.
    shades = colours(np.linspace(0.0, 1.0, 50))
    weights = (0.2126, 0.7152, 0.0722)
    light = [
        sum(w * int(c[i : i + 2], 16) for w, i in zip(weights, (1, 3, 5), strict=True))
        for c in shades
    ]
    assert all(later < earlier for earlier, later in pairwise(light))


@pytest.mark.parametrize(("highest", "top"), [(0.0, 1.0), (0.9, 2.0), (9.6, 20.0), (1.5, 2.0)])
def test_a_scale_ends_at_a_round_number_above_the_highest_value(highest: float, top: float) -> None:
    assert LogScale(highest).top == pytest.approx(top)
