from __future__ import annotations

from pathlib import Path

from tests.therapy.care.small_runs import small_comparison
from thecal import NOTICE
from thecal.report.comparison import comparison_figure, render_comparison, write_comparison
from thecal.report.comparison_words import lead, rows

PANELS = 6


def test_each_panel_has_a_line_and_a_band_of_each_treatment() -> None:
    axes = [one.xaxis for one in comparison_figure(small_comparison()).data]
    assert {axes.count(axis) for axis in axes} == {4}
    assert len(set(axes)) == PANELS


def test_the_treatments_differ_in_dashes_and_not_in_colour_alone() -> None:
    lines = [one for one in comparison_figure(small_comparison()).data if one.fill is None]
    assert {one.line.dash for one in lines} == {"dash", "solid"}


def test_the_picture_carries_the_notice() -> None:
    texts = [one.text for one in comparison_figure(small_comparison()).layout.annotations]
    assert NOTICE in texts


def test_on_a_narrow_page_the_panels_stand_one_below_the_other() -> None:
    narrow = comparison_figure(small_comparison()).layout.meta["narrow"]
    domains = [value for key, value in narrow.items() if key.startswith("xaxis")]
    assert [one for one in domains if isinstance(one, list)] == [[0.0, 1.0]] * PANELS


def test_no_two_panels_overlap() -> None:
    for placed in comparison_figure(small_comparison()).layout.meta.values():
        ends = {
            (tuple(placed[f"xaxis{k}.domain"]), tuple(placed[f"yaxis{k}.domain"]))
            for k in ("", 2, 3, 4, 5, 6)
        }
        assert len(ends) == PANELS


def test_the_first_sentence_tells_of_fewer_side_effects() -> None:
    assert "fewer side effects by pump" in lead(small_comparison())[0]


def test_the_dose_of_the_pump_is_told_in_mg() -> None:
    assert rows(small_comparison())[-1].unit == "mg/day"


def test_the_same_comparison_gives_the_same_page(tmp_path: Path) -> None:
    first = write_comparison(small_comparison(), tmp_path / "new" / "a.html").read_bytes()
    assert first == render_comparison(small_comparison()).encode()


def test_outside_cancer_the_page_says_that_there_is_no_such_trial() -> None:
    page = render_comparison(small_comparison(1, "low-back"))
    assert "For the people of this page there is no such trial." in page
    assert "thecal study" not in page
