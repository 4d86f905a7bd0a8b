"""On what doses people enter, by mouth and by a pump that they have had for long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.patients.bodies import drawn
from thecal.errors import KnowledgeError
from thecal.patients import PUMP, entry_doses, load_population, population


def test_people_of_a_population_without_a_pump_enter_without_one() -> None:
    assert not entry_doses(drawn("chronic-noncancer").traits)[PUMP].any()


def test_people_with_an_established_pump_enter_on_a_dose_of_it() -> None:
    assert (entry_doses(drawn("established-pump").traits)[PUMP] > 0.0).all()


def test_the_dose_at_entry_has_the_median_on_record() -> None:
    doses = entry_doses(drawn("established-pump", people=4000).traits)[PUMP]
    on_record = load_population("established-pump").figures["entry_pump_dose"].number("mg/day")
    assert np.median(doses) == pytest.approx(on_record, rel=0.1)


def test_people_are_used_to_the_dose_of_the_pump() -> None:
    # Naive people would have many times the effect; tolerance leaves what the record says.
    assert np.median(drawn("established-pump").tolerance) > 1.0


@pytest.mark.parametrize("missing", ["entry_pump_dose", "entry_pump_dose_spread"])
def test_half_of_what_is_known_of_a_pump_at_entry_is_refused(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (Path(population.__file__).parent / "data" / "established-pump.toml").read_text()
    misspelt = whole.replace(f"[figures.{missing}]", "[figures.misspelt]")
    (tmp_path / "half.toml").write_text(misspelt)
    monkeypatch.setattr(population, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match=f"missing {missing}"):
        load_population("half")
