"""The page of a scenario in a real browser, at three widths."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_report import WIDTHS, Opened
from thecal.report.scenario import write_scenarios
from thecal.therapy.rehearsing import rehearse

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("scenario") / "mri-stall.html"
    return Opened(browser, write_scenarios([rehearse("mri-stall")], path))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_window_scrolls_sideways(stall: Opened, width: int) -> None:
    stall.page.set_viewport_size({"width": width, "height": 1000})
    assert stall.page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_is_asked_of_a_network(stall: Opened) -> None:
    assert not [one for one in stall.requests if not one.startswith(("file:", "data:", "blob:"))]
    assert stall.complaints == []


def test_the_picture_is_drawn_with_its_five_panels(stall: Opened) -> None:
    chart = stall.page.locator("#mri-stall-1")
    expect(chart).to_have_attribute("data-ready", "yes")
    assert chart.locator(".cartesianlayer > .subplot").count() == 5


def test_a_print_is_a4_and_the_picture_is_on_it_whole(stall: Opened, tmp_path: Path) -> None:
    printed = stall.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}
    assert len(sizes) <= 5
