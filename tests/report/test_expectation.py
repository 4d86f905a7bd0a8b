from __future__ import annotations

from tests.therapy.care.small_runs import small_expectation
from thecal import NOTICE
from thecal.report.expectation import render_expectation
from thecal.report.expectation_words import groups


def test_the_page_carries_the_notice_above_and_below() -> None:
    assert render_expectation(small_expectation()).count(f"<strong>{NOTICE}</strong>") == 2


def test_the_page_needs_no_script() -> None:
    assert "<script" not in render_expectation(small_expectation())


def test_each_answer_stands_beside_a_published_figure() -> None:
    for lines in groups(small_expectation()).values():
        assert all(line.sources for line in lines)


def test_where_nothing_was_published_the_page_says_so() -> None:
    found = small_expectation("low-back")
    without = sum(not line.sources for lines in groups(found).values() for line in lines)
    assert without > 0
    assert render_expectation(found).count("nothing was found that may be set beside") == without


def test_the_page_says_what_is_not_known() -> None:
    page = render_expectation(small_expectation("low-back"))
    assert "What is not known" in page
    assert "No trial has drawn lots between the two in pain that is not from cancer." in page


def test_the_same_expectation_gives_the_same_page() -> None:
    first = render_expectation(small_expectation("chronic-noncancer"))
    small_expectation.cache_clear()
    assert render_expectation(small_expectation("chronic-noncancer")) == first


def test_a_chance_is_told_in_people() -> None:
    first = groups(small_expectation())["Pain"][0]
    assert " of 100 people (" in first.pump


def test_a_bar_stays_within_its_scale() -> None:
    for lines in groups(small_expectation()).values():
        for bar in (bar for line in lines for bar in (line.pump_bar, line.mouth_bar) if bar):
            assert 0.0 <= bar.low <= bar.middle <= bar.high <= 100.0


def test_the_page_says_that_the_source_of_the_pain_stays() -> None:
    assert "The source of the pain stays." in render_expectation(small_expectation())


def test_the_page_says_which_given_number_changes_nothing() -> None:
    assert "The age picks nobody" in render_expectation(small_expectation())
