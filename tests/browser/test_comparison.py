"""The pages of a comparison and of an expectation in a real browser, at three widths."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_report import WIDTHS, Opened
from tests.therapy.care.small_runs import small_comparison, small_expectation
from thecal.report.comparison import write_comparison
from thecal.report.expectation import write_expectation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def comparison(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("comparison") / "comparison.html"
    return Opened(browser, write_comparison(small_comparison(), path))


@pytest.fixture(scope="module")
def expectation(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("expectation") / "expectation.html"
    return Opened(browser, write_expectation(small_expectation(), path))


@pytest.fixture(scope="module")
def back_pain(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("back_pain") / "expectation.html"
    return Opened(browser, write_expectation(small_expectation("low-back"), path))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["comparison", "expectation", "back_pain"])
def test_no_window_scrolls_sideways(request: pytest.FixtureRequest, name: str, width: int) -> None:
    page = request.getfixturevalue(name).page
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["comparison", "expectation", "back_pain"])
def test_nothing_is_asked_of_a_network(request: pytest.FixtureRequest, name: str) -> None:
    opened = request.getfixturevalue(name)
    assert not [one for one in opened.requests if not one.startswith(("file:", "data:", "blob:"))]
    assert opened.complaints == []


def test_on_a_phone_the_panels_stand_one_below_the_other(comparison: Opened) -> None:
    page, chart = comparison.page, comparison.page.locator("#comparison")
    tall = re.compile(r"height: 1\d{3}px")
    page.set_viewport_size({"width": 360, "height": 1000})
    expect(chart).to_have_attribute("style", tall)
    page.set_viewport_size({"width": 900, "height": 1000})
    expect(chart).not_to_have_attribute("style", tall)


@pytest.mark.parametrize("name", ["comparison", "expectation"])
def test_a_print_is_a4(request: pytest.FixtureRequest, name: str, tmp_path: Path) -> None:
    page = request.getfixturevalue(name).page
    printed = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}
