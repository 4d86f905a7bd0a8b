"""The report of a study in a real browser: no text is cut, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.studies.small import FILE, SMALL, small_study
from thecal.studies.campaign import run_study
from thecal.studies.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LONG = "change of the mean toxicity at 4 weeks, comprehensive management"
PAPER_PX = 673  # an A4 page of 210 mm less two margins of 16 mm, at 96 pixels an inch

CUT = """() => [...document.querySelectorAll(".main-svg text")].filter((text) => {
  const one = text.getBoundingClientRect();
  const all = text.closest(".chart").getBoundingClientRect();
  return one.width > 0 && (one.right > all.right + 1 || one.left < all.left - 1);
}).map((text) => text.textContent)"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = small_study(FILE.replace('"success, pump"', f'"{LONG}"'))
    found = run_study(study, trial=SMALL)
    return write_report(found, tmp_path_factory.mktemp("study") / "study.html")


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 360, "height": 900})
    opened.goto(report.as_uri())
    expect(opened.locator(".chart:not([data-ready])")).to_have_count(0)
    expect(opened.locator("#forest .main-svg text").first).to_be_visible()
    yield opened
    opened.close()


def test_on_a_phone_no_word_of_a_picture_is_cut(page: Page) -> None:
    assert LONG.rsplit(maxsplit=1)[-1] in page.locator("#forest").inner_text()
    assert page.evaluate(CUT) == []


def test_on_paper_the_pictures_are_as_wide_as_the_paper(page: Page) -> None:
    page.set_viewport_size({"width": 1200, "height": 900})
    page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")
    expect(page.locator("#forest .main-svg").first).to_have_attribute("width", "660")
    widths = page.evaluate(
        "() => [...document.querySelectorAll('.main-svg')].map((one) => one.clientWidth)"
    )
    assert max(widths) <= PAPER_PX


def test_after_printing_the_pictures_are_as_wide_as_the_screen(page: Page) -> None:
    page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")
    expect(page.locator("#forest .main-svg").first).to_have_attribute("width", "660")
    page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
    expect(page.locator("#forest .main-svg").first).to_have_attribute("width", "328")
