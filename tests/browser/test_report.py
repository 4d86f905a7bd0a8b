"""The finished page in a real browser: no request, no error, a slider that works, and paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.report.courses import ALL, hostile, of
from thecal import NOTICE
from thecal.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = (360, 900, 1600)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    written = {name: write_report(of(name), folder / f"{name}.html") for name in ALL}
    return written | {"hostile": write_report(hostile(), folder / "hostile.html")}


class Opened:
    """A report in a browser window, with all that it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, width: int = 900) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 1000})
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.route(re.compile(r"^(?!file:|data:|blob:)"), lambda route: route.abort())
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        # Waiting by an expression would need eval, which the page forbids.
        expect(self.page.locator(".chart:not([data-ready])")).to_have_count(0)

    def stops(self) -> list[str]:
        """Return the colours of the canal, read from the drawing."""
        colours: list[str] = self.page.evaluate(
            "() => { const canal = document.querySelector('#spine .xy .trace .fills path');"
            "const id = getComputedStyle(canal).fill.match(/#([^\"')]+)/)[1];"
            "return [...document.getElementById(id).children]"
            ".map(stop => stop.getAttribute('stop-color')); }"
        )
        return colours

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()


@pytest.fixture(scope="module")
def windows(browser: Browser, reports: dict[str, Path]) -> Iterator[dict[str, Opened]]:
    # Each page is opened once: drawing seven charts takes a browser without graphics seconds.
    opened = {name: Opened(browser, path) for name, path in reports.items()}
    yield opened
    for one in opened.values():
        one.page.close()


def settled(page: Page) -> None:
    """Wait until each drawing is as wide as its place: it follows a window a moment later."""
    for chart in page.locator(".chart").all():
        place = chart.bounding_box()
        assert place is not None
        expect(chart.locator(".main-svg").first).to_have_attribute(
            "width", re.compile(rf"^{place['width']:.0f}(\.\d+)?$")
        )


@pytest.fixture
def cancer_pain(windows: dict[str, Opened]) -> Opened:
    opened = windows["cancer-pain"]
    opened.page.emulate_media(media="screen")
    opened.page.set_viewport_size({"width": 900, "height": 1000})
    # From one before the end, so that something is drawn whatever came before.
    opened.page.locator("#time").press("End")
    opened.page.locator("#time").press("ArrowLeft")
    opened.page.locator("#time").press("End")
    expect(opened.page.locator("#now-name")).to_have_text("14 days")
    return opened


@pytest.mark.parametrize("name", ALL)
def test_a_report_asks_for_nothing_but_itself_and_complains_of_nothing(
    windows: dict[str, Opened], reports: dict[str, Path], name: str
) -> None:
    opened = windows[name]
    asked = [url for url in opened.requests if not url.startswith(("data:", "blob:"))]
    assert asked == [reports[name].as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ALL)
def test_no_window_scrolls_sideways_and_no_chart_is_cut(
    windows: dict[str, Opened], name: str, width: int
) -> None:
    page = windows[name].page
    page.set_viewport_size({"width": width, "height": 1000})
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_figure_shows_the_notice(cancer_pain: Opened) -> None:
    charts = cancer_pain.page.locator(".chart")
    assert charts.count() == 7
    for index in range(charts.count()):
        assert charts.nth(index).locator(f"svg text:text-is('{NOTICE}')").count() == 1


def test_charts_are_vector_drawings(cancer_pain: Opened) -> None:
    assert cancer_pain.page.locator(".chart canvas").count() == 0


def test_the_slider_moves_with_the_arrow_keys_and_the_colours_follow(cancer_pain: Opened) -> None:
    page, spine = cancer_pain.page, cancer_pain.page.locator("#spine")
    expect(spine).to_have_attribute("data-shown", "14 days")
    last = cancer_pain.stops()
    page.locator("#time").focus()
    page.keyboard.press("Home")
    expect(spine).to_have_attribute("data-shown", "0 h")
    first = cancer_pain.stops()
    page.keyboard.press("ArrowRight")
    expect(spine).to_have_attribute("data-shown", "15 min")
    second = cancer_pain.stops()
    assert len(set(first)) == 1
    assert len({tuple(first), tuple(second), tuple(last)}) == 3


def test_the_slider_tells_a_screen_reader_time_and_levels(cancer_pain: Opened) -> None:
    cancer_pain.page.locator("#time").press("ArrowLeft")
    said = cancer_pain.page.locator("#time").get_attribute("aria-valuetext")
    assert said is not None
    assert re.fullmatch(r"13 days from the start\. At the tip: CSF .* mcg/mL, cord .* mcg/mL", said)


def test_play_runs_from_the_start_and_can_be_paused(cancer_pain: Opened) -> None:
    page = cancer_pain.page
    button, name = page.locator("#play"), page.locator("#now-name")
    button.click()
    expect(button).to_have_text("Pause")
    expect(name).not_to_have_text(re.compile("^(14 days|0 h)$"))
    button.click()
    paused = name.inner_text()
    expect(button).to_have_text("Play")
    assert paused != "14 days"


def test_pointing_at_a_level_tells_its_numbers(cancer_pain: Opened) -> None:
    page = cancer_pain.page
    page.locator("#spine").scroll_into_view_if_needed()
    page.locator("#spine .x2y .trace.scatter .point").nth(16).hover(force=True)
    expect(page.locator("#spine .hoverlayer")).to_contain_text(
        re.compile("T10.*CSF .* mcg/mL.*cord .* mcg/mL")
    )


@pytest.mark.parametrize("name", ["cancer-pain", "tablets-only"])
def test_a_print_is_a4_with_the_notice_on_every_page(
    windows: dict[str, Opened], name: str, tmp_path: Path
) -> None:
    page = windows[name].page
    # Compressed text cannot be searched; what is printed is the page's own margin box.
    shown = page.evaluate(
        "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules])"
        ".filter(rule => rule instanceof CSSPageRule).map(rule => rule.cssText).join()"
    )
    printed = page.pdf(path=tmp_path / "r.pdf", prefer_css_page_size=True)
    assert f'content: "{NOTICE}"' in shown
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert sizes
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}


def test_on_paper_there_is_no_slider_and_the_time_is_told(cancer_pain: Opened) -> None:
    cancer_pain.page.emulate_media(media="print")
    assert not cancer_pain.page.locator("#time").is_visible()
    assert not cancer_pain.page.locator("#play").is_visible()
    assert "14 days from the start" in cancer_pain.text(".now")


def test_charts_are_drawn_for_paper_and_back(cancer_pain: Opened) -> None:
    page = cancer_pain.page
    drawing = page.locator("#blood .main-svg").first
    settled(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(drawing).to_have_attribute("width", "660")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(drawing).not_to_have_attribute("width", "660")
    settled(page)


def test_markup_in_a_course_is_never_run(windows: dict[str, Opened]) -> None:
    opened = windows["hostile"]
    assert opened.page.title() != "harmed"
    assert opened.text("h1").startswith("<script>")


def test_the_page_is_readable_without_scripts(browser: Browser, reports: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["cancer-pain"].as_uri())
    assert "34 ng/mL" in page.locator(".lead").inner_text()
    context.close()


def test_a_dose_is_shown_soon_after_it_was_given(windows: dict[str, Opened]) -> None:
    opened = windows["lumbar-bolus"]
    assert opened.text("#now-name") == "1 h"
    assert opened.page.locator("#time").input_value() not in {"0", ""}
    assert opened.text("#now-levels").startswith("At L3: CSF ")


def test_many_samples_are_folded_and_unfold(windows: dict[str, Opened]) -> None:
    page = windows["lumbar-bolus"].page
    table = page.locator("table.samples")
    assert not table.is_visible()
    page.get_by_text("All 67 samples").click()
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 67
