"""The alarms on record: complete, sourced, and fit for the pump."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pump.implant.alarm_data import TABLE
from thecal.devices.alarms import HARMS, ONSETS, PRIORITIES, AlarmProfile, load_alarms
from thecal.errors import KnowledgeError
from thecal.pump.implant.alarms import Cause, Harm, Onset, Priority

FILE = Path(__file__).parents[2] / "src" / "thecal" / "devices" / "data" / "alarms.toml"
ORIGINAL = FILE.read_text("utf-8")
ALARMS = load_alarms()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in ORIGINAL
    file = tmp_path / "alarms.toml"
    file.write_text(ORIGINAL.replace(old, new), "utf-8")
    return file


def test_every_condition_that_the_pump_can_raise_is_on_record() -> None:
    assert set(ALARMS.conditions) == set(Cause)


@pytest.mark.requirement("PC-60")
def test_the_words_of_the_record_are_the_numbers_of_the_pump() -> None:
    assert [name.upper() for name in HARMS] == [one.name for one in Harm]
    assert [name.upper() for name in ONSETS] == [one.name for one in Onset]
    assert [name.upper() for name in PRIORITIES] == [one.name for one in Priority]


@pytest.mark.requirement("PC-60")
@pytest.mark.parametrize("name", sorted(ALARMS.conditions))
def test_the_pump_computes_the_priority_of_the_record(name: str) -> None:
    condition = ALARMS.conditions[name]
    written = ALARMS.priorities[condition.harm][condition.onset]
    assert TABLE.priority(name).name.lower() == written


def test_every_condition_says_in_a_sentence_what_it_is() -> None:
    assert all(one.words[0].isupper() and one.words.endswith(".") for one in TABLE.conditions)


@pytest.mark.requirement("PC-62")
def test_the_longest_silence_is_two_minutes() -> None:
    assert ALARMS.whole("silence", "s") == 120


@pytest.mark.parametrize(
    ("name", "unit", "value"),
    [
        ("critical_every", "s", 600),
        ("non_critical_every", "s", 3_600),
        ("over_infusion", "percent", 110),
        ("under_infusion", "percent", 90),
        ("flow_window", "s", 900),
        ("bolus_over_window", "s", 10),
        ("bolus_under_window", "s", 60),
        ("volume_band_20", "nL", 1_000_000),
        ("volume_band_40", "nL", 2_000_000),
        ("empty_volume", "nL", 500_000),
        ("default_low_volume", "nL", 4_000_000),
        ("replacement_notice", "day", 90),
        ("staged_life", "s", 180),
    ],
)
def test_a_figure_is_that_of_the_requirements(name: str, unit: str, value: int) -> None:
    assert ALARMS.whole(name, unit) == value


def test_a_figure_that_is_missing_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='"loudness" is missing'):
        ALARMS.whole("loudness", "1")


def test_a_figure_without_a_number_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='"critical_sound" has no value'):
        ALARMS.whole("critical_sound", "s")


def test_a_figure_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no whole number of day"):
        ALARMS.whole("flow_window", "day")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('code = "EOS"\n', "", 'has no "code"'),
        ('code = "EOS"', "code = 7", 'has no "code"'),
        ('harm = "irreversible"', 'harm = "bad"', '"harm" must be one of minor, reversible'),
        ('onset = "prompt"', 'onset = "soon"', '"onset" must be one of delayed, prompt'),
        ('code = "EOS"', 'code = "EOS"\ncolour = "red"', "unknown"),
        ("latching = true", 'latching = "yes"', '"latching" must be true or false'),
        ("every_s = 300", "every_s = -1", '"every_s" must be a whole number'),
        ("every_s = 300", "every_s = 1.5", '"every_s" must be a whole number'),
        ('delayed = "none"', 'delayed = "quiet"', "must say for delayed, prompt, immediate"),
        ('prompt = "low", delayed', "delayed", "must say for delayed, prompt, immediate"),
        (
            'source = "priority_table"\nconfidence = "medium"',
            'source = "priority_table"\nconfidence = "sure"',
            '"confidence" must be one of',
        ),
        (
            'note = "That pumps were left stopped',
            'confidence = "sure"\nnote = "That pumps were left stopped',
            "cannot be read as TOML",
        ),
        ('[conditions."end of service"]', '[figures."end of service"]', "lower-case words"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        load_alarms(changed(tmp_path, old, new))


@pytest.mark.parametrize("key", ["conditions", "priorities"])
def test_a_file_without_a_table_is_refused(tmp_path: Path, key: str) -> None:
    file = tmp_path / "alarms.toml"
    kept = "conditions = {}\n" if key == "priorities" else ""
    file.write_text(f'{kept}id = "alarms"\nname = "Alarms"\n[sources]\n', "utf-8")
    with pytest.raises(KnowledgeError, match=f"{key}: must be a table"):
        load_alarms(file)


def test_a_condition_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "alarms.toml"
    file.write_text('id = "alarms"\nname = "Alarms"\n[conditions]\nstall = 1\n', "utf-8")
    with pytest.raises(KnowledgeError, match='condition "stall": must be a table'):
        load_alarms(file)


def test_the_record_can_be_hashed() -> None:
    assert isinstance(ALARMS, AlarmProfile)
    assert hash(ALARMS) == hash(load_alarms())
