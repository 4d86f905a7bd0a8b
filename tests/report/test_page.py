"""The page: self-contained, the same bytes each time, nothing that does not apply."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from tests.report.courses import ALL, ANIMALS, HOSTILE, WITH_PUMP, dosed, hostile, of, run_dry
from tests.therapy.courses import result
from thecal import NOTICE
from thecal.report import render_report, write_report
from thecal.report.phrasing import level

VOID = {"meta", "link", "input", "br"}


@cache
def page(name: str) -> str:
    """Return a page without plotly's own text, which is not ours to test."""
    return render_report(of(name)).replace(get_plotlyjs(), "")


class Outline(HTMLParser):
    """Collects headings, tags left open, ids and what the page would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in {"src", "href", "data", "action", "poster"} and value:
                self.loads.append(value)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


@pytest.mark.parametrize("name", ALL)
def test_a_page_loads_nothing(name: str) -> None:
    loads = Outline(page(name)).loads
    assert all(one.startswith("#") or one == "data:," for one in loads), loads


@pytest.mark.parametrize("name", ALL)
def test_a_page_asks_for_no_font_and_no_other_style(name: str) -> None:
    assert not re.search(r"@import|@font-face|url\(", page(name))


@pytest.mark.parametrize("name", ALL)
def test_a_page_forbids_the_browser_every_request(name: str) -> None:
    assert "default-src 'none'" in page(name)


@pytest.mark.parametrize("name", ALL)
def test_every_tag_is_closed(name: str) -> None:
    outline = Outline(page(name))
    assert (outline.open, outline.crossed) == ([], [])


@pytest.mark.parametrize("name", ALL)
def test_headings_go_down_one_step_at_a_time(name: str) -> None:
    headings = Outline(page(name)).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))


@pytest.mark.parametrize("name", ALL)
def test_no_id_comes_twice(name: str) -> None:
    ids = Outline(page(name)).ids
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", ALL)
def test_the_notice_stands_at_the_top_at_the_foot_and_in_the_title(name: str) -> None:
    text = page(name)
    assert f'<p class="notice" role="note"><strong>{NOTICE}</strong></p>' in text
    assert f'<footer class="notice"><strong>{NOTICE}</strong></footer>' in text
    assert re.search(rf"<title>[^<]*{NOTICE}</title>", text)


def test_print_carries_the_notice_on_every_page() -> None:
    assert re.search(rf'@page \{{[^@]*@bottom-left \{{ content: "{NOTICE}"', page("cancer-pain"))


@pytest.mark.parametrize("name", ALL)
def test_every_chart_has_words_for_those_who_cannot_see_it(name: str) -> None:
    text = page(name)
    charts = re.findall(r'<div class="chart"[^>]*>', text)
    assert charts
    assert all(re.search(r'role="img" aria-label="[^"]{20,}"', chart) for chart in charts)


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write_report(result("cancer-pain"), tmp_path / name / "r.html").read_bytes()
        for name in ("a", "b")
    )
    assert first == second


def test_a_report_replaces_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    write_report(result("flex-nights"), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_plotly_is_inside_once() -> None:
    assert render_report(result("flex-nights")).count(get_plotlyjs()) == 1


@pytest.mark.parametrize("name", WITH_PUMP)
def test_a_page_is_small_enough_to_send(name: str) -> None:
    assert len(render_report(of(name)).encode()) < 7_000_000


def test_markup_in_a_title_stays_text() -> None:
    text = render_report(hostile())
    assert HOSTILE not in text
    assert "&lt;script&gt;document.title" in text


def headings(name: str) -> list[str]:
    return re.findall(r"<h2>([^<]*)</h2>", page(name))


def test_a_course_with_pump_and_tablets_has_every_section() -> None:
    assert headings("cancer-pain") == [
        "The spine through time",
        "CSF by level and time",
        "Blood: pump against tablets",
        "The dose of each day",
        "Reservoir and refill",
        "The last day, level by level",
        "Where the drug goes",
        "From tablets to the pump: a disputed range",
        "Pump log",
        "What this rests on",
        "To make this again",
    ]


def test_without_tablets_nothing_is_converted() -> None:
    assert "disputed" not in " ".join(headings("flex-nights"))


def test_without_a_pump_only_what_applies_is_left() -> None:
    assert headings("tablets-only") == [
        "Blood",
        "From tablets to the pump: a disputed range",
        "What this rests on",
        "To make this again",
    ]


def test_a_course_of_one_dose_has_its_own_sections() -> None:
    assert headings("lumbar-bolus") == [
        "The spine through time",
        "CSF by level and time",
        "Place by place through time",
        "Blood",
        "Level by level",
        "Samples",
        "What this rests on",
        "To make this again",
    ]


def test_every_sample_has_its_row() -> None:
    table = page("lumbar-bolus").split('<table class="numbers samples">')[1].split("</table>")[0]
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", table)
    assert len(rows) == sum(len(one.values) for one in result("lumbar-bolus").samples)
    held = level(float(result("lumbar-bolus").samples[0].values[0]), "mcg/mL").split()[0]
    assert rows[0] == (f'<th scope="row">csf L3</th><td>15 min</td><td>{held}</td><td>mcg/mL</td>')


def test_a_course_without_a_pump_speaks_of_no_catheter() -> None:
    ours = page("lumbar-bolus").split("<header>")[1].split('<section class="assumptions">')[0]
    assert not re.search(r"catheter|reservoir|from the pump", ours)


@pytest.mark.parametrize(
    ("route", "site"),
    [("epidural", "L2"), ("cisternal", ""), ("intraventricular", ""), ("intravenous", "")],
)
def test_a_dose_by_any_route_has_a_page(route: str, site: str) -> None:
    text = render_report(dosed(route, site))
    assert ("The spine through time" in text) == (route != "intravenous")
    assert "1 mg of morphine is injected" in text


def test_a_dose_beside_the_pump_is_told_and_pictured_with_it() -> None:
    text = render_report(dosed("intrathecal", "L3", pump=True))
    assert "1 mg</span> of morphine is injected into the spinal fluid at L3, <span" in text
    assert "from the pump and the doses together" in text


def test_a_page_without_a_pump_says_why_it_shows_no_spinal_fluid() -> None:
    assert "no drug enters CSF where it is made" in page("tablets-only")


def test_the_dose_rate_is_drawn_for_a_flex_pattern_only() -> None:
    assert 'data-figure="rate"' in page("flex-nights")
    assert 'data-figure="rate"' not in page("cancer-pain")


def test_the_disputed_range_names_its_ratios_and_refuses_to_be_a_dose() -> None:
    text = page("cancer-pain")
    for ratio in ("75 : 1", "100 : 1", "300 : 1"):
        assert f'<th scope="row">{ratio}</th>' in text
    assert "no single one of them is a dose to program" in text


def test_every_assumption_is_on_the_page_with_its_source() -> None:
    text = page("cancer-pain")
    rows = text.count('<td data-label="source"><a href="#source-')
    assert rows == len(result("cancer-pain").assumptions)
    linked = set(re.findall(r'href="#source-(\d+)"', text))
    listed = set(re.findall(r'id="source-(\d+)"', text))
    assert linked == listed


def test_no_line_breaks_between_a_number_and_its_unit() -> None:
    assert '<span class="q">34 ng/mL</span>' in page("cancer-pain")


@pytest.mark.parametrize("name", ALL)
def test_micrograms_are_written_so_that_nobody_misreads_them(name: str) -> None:
    ours = re.sub(r"<script.*?</script>|<style.*?</style>", "", page(name), flags=re.DOTALL)
    assert not re.search(r"\d\s?ug\b|\u00b5g|\u03bcg|\d[mn]g\b|\d\.\d*0 m", ours)


def test_a_pump_that_ran_dry_has_a_page_that_says_so() -> None:
    text = render_report(run_dry())
    assert "On the last day of the course the pump gave no morphine." in text
    assert "Its reservoir has been empty since " in text


@pytest.mark.parametrize("name", ANIMALS)
def test_the_page_of_an_animal_says_which_body_and_shows_no_blood(name: str) -> None:
    shown = page(name)
    assert "Its blood is not shown" in shown
    assert of(name).primary.body.anatomy.name in shown
    assert "blood" not in Outline(shown).ids
    assert "ng/mL" not in shown


@pytest.mark.parametrize("name", ["cancer-pain", "lumbar-bolus"])
def test_the_page_of_a_person_says_which_body_and_shows_the_blood(name: str) -> None:
    shown = page(name)
    assert "Body: Adult, reference anatomy." in shown
    assert "blood" in Outline(shown).ids
