from __future__ import annotations

import pytest

from thecal.errors import InputError
from thecal.pump.implant.records import KINDS
from thecal.pump.implant.values import Record
from thecal.pump.implant.words import SENTENCES, words

EXAMPLE = {"event": 6, "denial": 1, "refusal": 1}


def example(kind: str) -> Record:
    return Record(kind, tuple(EXAMPLE.get(field, 3) for field in KINDS[kind].fields))


def test_every_kind_has_a_sentence_and_no_other_has() -> None:
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_sentence_never_begins_small_and_ends_with_a_point(kind: str) -> None:
    said = words(example(kind))
    assert not said[0].islower()
    assert said.endswith(".")
    assert said.isascii()


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (Record("delivered", (0, 250)), "0.00025 mL was delivered for the basal flow."),
        (
            Record("bolus denied", (1, 5_000, 3)),
            (
                "A patient bolus of 0.005 mL was denied: with the basal flow to come, some 24 h "
                "would hold more than the drug's cap."
            ),
        ),
        (Record("phase", (2, 1)), "The pump, which was running, is now stopped."),
        (
            Record("refused", (6, 13)),
            "A patient bolus was refused: the lockout since the last patient bolus is not over.",
        ),
        (Record("fault", (3,)), "A fault was found: clocks disagree."),
        (Record("stopped", (300,)), "The pump has been stopped for 5 min."),
        (
            Record("clock set", (0, 3_600, 240_000, 120_000, -5_000)),
            (
                "The pump's clock was moved on by 1 h: the flow goes from 0.24 mL/day to "
                "0.12 mL/day, and the next 24 h change by -0.005 mL."
            ),
        ),
        (
            Record("clock set", (3_600, 0, 0, 0, 0)),
            (
                "The pump's clock was moved back by 1 h: the flow goes from 0 mL/day to 0 mL/day, "
                "and the next 24 h change by 0 mL."
            ),
        ),
        (Record("committed", (1 << 60, 0, 0, 0)), "The program 10000000 took effect."),
        (
            Record("rolled", (7, 1 << 60, *(0,) * 17)),
            "Records before number 7 make room; their digest is 10000000.",
        ),
    ],
)
def test_a_nurse_can_read_it(record: Record, sentence: str) -> None:
    assert words(record) == sentence


@pytest.mark.parametrize("record", [Record("nonsense"), Record("phase", (1,))])
def test_no_known_kind_has_no_words(record: Record) -> None:
    with pytest.raises(InputError, match="is no kind of record"):
        words(record)


@pytest.mark.parametrize(
    "record", [Record("phase", (99, 0)), Record("alarm raised", (999,)), Record("refused", (0, 0))]
)
def test_a_number_without_a_meaning_has_no_words(record: Record) -> None:
    with pytest.raises(InputError, match="cannot have the values"):
        words(record)
