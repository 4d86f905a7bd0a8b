from __future__ import annotations

from pathlib import Path

import pytest

from thecal.errors import KnowledgeError
from thecal.therapy.care.record import DAYS_PER_MONTH, load_record


def test_counts_give_a_share_more_exactly_than_the_printed_percentage() -> None:
    assert load_record().share("headache") == 73 / 319


def test_a_time_in_months_is_given_in_days() -> None:
    assert load_record().at_days("free_of_complication") == 9 * DAYS_PER_MONTH


def test_a_figure_without_a_time_is_not_dated() -> None:
    with pytest.raises(KnowledgeError, match="no time on record"):
        load_record().at_days("headache")


def test_every_figure_that_is_named_may_be_used() -> None:
    record = load_record()
    for name, figure in record.published.items():
        assert not figure.refused, name
        assert figure.confidence != "low", name


def test_a_name_that_the_library_does_not_hold_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "complications.toml"
    file.write_text('[evidence]\nheadache = "NOBODY1999-01"\n', encoding="utf-8")
    with pytest.raises(KnowledgeError, match="NOBODY1999-01"):
        load_record(file)
