from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.studies.small import FILE, SMALL, small_study
from thecal import NOTICE
from thecal.studies.campaign import run_study
from thecal.studies.printing import print_results
from thecal.studies.report import render_report, write_report
from thecal.studies.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return run_study(small_study(), trial=SMALL)


@pytest.fixture(scope="module")
def page(results: Results) -> str:
    return render_report(results)


def test_the_page_carries_the_notice(page: str) -> None:
    assert f"<strong>{NOTICE}</strong>" in page


def test_each_picture_carries_the_notice(page: str) -> None:
    pictures = re.findall(r"<script type=.application/json. data-figure=.*?</script>", page)
    assert len(pictures) == 5
    assert all(NOTICE in one for one in pictures)


def test_the_page_loads_nothing(page: str) -> None:
    own = page.split("</main>", maxsplit=1)[0]
    assert not re.search(r"(src|href)=\"(?!data:,)", own)


def test_the_page_shows_what_was_published_beside_each_endpoint(page: str) -> None:
    assert "84.5 %" in page
    assert "SMITH2002-02" in page


def test_the_page_says_the_rule_of_entry_in_words(page: str) -> None:
    assert "average pain as reported at entry: at least 5 points" in page


def test_a_rule_of_yes_or_no_is_said_as_a_statement() -> None:
    rule = '[[population.include]]\nany_of = [{ trait = "intolerable", at_least = 1 }]\n'
    asked = FILE.replace("[[arm]]", f"{rule}\n[[arm]]", 1)
    found = run_study(small_study(asked), replicates=1, trial=SMALL)
    assert "and side effects forbid a higher dose." in render_report(found)


def test_a_dose_that_nobody_had_has_no_picture(page: str) -> None:
    assert "Intrathecal dose" not in page


def test_the_same_results_give_the_same_page(results: Results, tmp_path: Path) -> None:
    first, second = (write_report(results, tmp_path / name) for name in ("a.html", "b/c.html"))
    assert first.read_bytes() == second.read_bytes()


def test_a_title_is_text_and_not_a_tag() -> None:
    odd = small_study(FILE.replace("A small trial", "A <b>[bold]</b> trial"))
    found = run_study(odd, replicates=1, trial=SMALL)
    assert "A &lt;b&gt;[bold]&lt;/b&gt; trial" in render_report(found)


def test_a_title_in_square_brackets_is_printed_as_it_is() -> None:
    odd = small_study(FILE.replace("A small trial", "A [bold] trial"))
    console = Console(record=True, width=120, file=StringIO())
    print_results(run_study(odd, replicates=1, trial=SMALL), console)
    assert "A [bold] trial" in console.export_text()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_name_of_an_endpoint_breaks_in_a_terminal(results: Results, width: int) -> None:
    console = Console(record=True, width=width, file=StringIO())
    print_results(results, console)
    lines = console.export_text().splitlines()
    assert {one.endpoint.name for one in results.endpoints} <= set(lines)
