"""What a stop brings, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.effects import drugs_with_effects, drugs_with_stops, stop_of, withdrawal
from thecal.errors import InputError, KnowledgeError

DRUGS = drugs_with_stops()

GOOD = """
[sources]
study = "a study of 2020"

[[stop]]
drugs = ["x"]
gravity = "unpleasant"
brings = "signs"
onset = "onset"

[figures.signs]
label = "signs"
words = "shivering"
source = "study"
confidence = "high"

[figures.onset]
label = "begins"
low = 1
high = 2
unit = "h"
source = "study"
confidence = "high"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "stops.toml"
    monkeypatch.setattr(withdrawal, "_FILE", path)
    monkeypatch.setattr(withdrawal, "_stops", withdrawal._stops.__wrapped__)
    return path


def test_every_drug_with_effects_has_a_word_on_its_stop() -> None:
    assert set(drugs_with_effects()) <= set(DRUGS)


def test_the_stops_of_baclofen_and_clonidine_are_the_dangerous_ones() -> None:
    assert {drug for drug in DRUGS if stop_of(drug).gravity == "dangerous"} == {
        "baclofen",
        "clonidine",
    }


@pytest.mark.parametrize("drug", DRUGS)
def test_a_withdrawal_has_an_onset_and_nothing_else_has_one(drug: str) -> None:
    stop = stop_of(drug)
    assert (stop.onset is None) == (stop.gravity == "none")


@pytest.mark.parametrize("drug", DRUGS)
def test_a_clock_runs_forward(drug: str) -> None:
    stop = stop_of(drug)
    times = [one.number("h", "low") for one in (stop.onset, stop.peak, stop.end) if one]
    assert times == sorted(times)


def test_the_clock_of_an_opioid() -> None:
    phases = [stop_of("morphine").phase(hours) for hours in (0.0, 7.9, 8.0, 240.0, 240.1)]
    assert phases == ["before", "before", "begun", "begun", "over"]


def test_a_withdrawal_whose_end_is_not_on_record_is_never_over() -> None:
    assert stop_of("baclofen").phase(10_000.0) == "begun"


def test_a_drug_without_a_withdrawal_is_over_at_once() -> None:
    assert stop_of("ziconotide").phase(0.0) == "over"


def test_a_report_on_baclofen_begins_with_how_grave_it_is() -> None:
    assert stop_of("baclofen").sentences()[0].startswith("A stop of baclofen is dangerous: itch")


def test_a_report_on_baclofen_tells_its_figures_with_their_units() -> None:
    assert stop_of("baclofen").sentences()[1:4] == (
        "First signs after the stop: 12 to 72 h.",
        "Untreated, from the stop to breakdown of muscle or failure of organs: 24 to 72 h.",
        "Interruptions that take the severe form: 3 to 5 %.",
    )


def test_a_report_on_baclofen_ends_with_what_is_not_answered() -> None:
    assert stop_of("baclofen").sentences()[-1].startswith("Not answered: thecal follows where")


def test_what_a_report_says_of_a_drug_without_a_withdrawal() -> None:
    assert stop_of("bupivacaine").sentences() == (
        "A stop of bupivacaine: no withdrawal; the pain comes back.",
    )


@pytest.mark.parametrize("hours", [-1.0, float("nan")])
def test_a_time_before_the_stop_is_refused(hours: float) -> None:
    with pytest.raises(InputError, match="it must be 0 or more"):
        stop_of("morphine").phase(hours)


def test_a_drug_of_which_nothing_is_on_record_is_refused() -> None:
    with pytest.raises(InputError, match='what a stop of "sugar" brings; there are baclofen, bup'):
        stop_of("sugar")


def test_the_file_that_is_broken_below_loads_whole(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    assert stop_of("x").brings.words == "shivering"


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("[figures.onset]", "[figures.o]", "there is no figure onset"),
        ('onset = "onset"', "", "no part is played by onset"),
        ('["x"]', '["x", "x"]', "two stops of x"),
        ('"unpleasant"', '"awful"', "is none, unpleasant, dangerous"),
        ('brings = "signs"', "", "a stop has the keys"),
        ('brings = "signs"', 'brings = "signs"\nmiddle = "onset"', "a stop has the keys"),
    ],
)
def test_an_incomplete_file_is_refused(file: Path, old: str, new: str, match: str) -> None:
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=match):
        drugs_with_stops()
