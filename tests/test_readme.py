"""What the README says is what a run says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.therapy.courses import result

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SENTENCES = " ".join(README[README.index("- **Blood.**") : README.index("## Use it")].split())


def _stated(pattern: str) -> float:
    found = re.search(pattern, SENTENCES)
    assert found, f"the README no longer says: {pattern}"
    return float(found[1])


def test_the_blood_levels_are_those_of_the_run() -> None:
    last = result("cancer-pain").primary.last_day.plasma_ng_per_ml
    assert _stated(r"blood holds ([0-9.]+) ng/mL") == round(last["oral"], 1)
    assert _stated(r"on the pump ([0-9.]+) ng/mL") == round(last["pump"], 1)


def test_the_ratio_is_that_of_the_run() -> None:
    ratio = result("cancer-pain").primary.oral_to_pump_plasma_ratio
    assert ratio is not None
    assert _stated(r"ng/mL, ([0-9.]+) times less") == round(ratio, 1)


def test_the_times_to_90_percent_are_those_of_the_run() -> None:
    rise = result("cancer-pain").primary.rise
    assert rise is not None
    assert _stated(r"tip needs ([0-9.]+) hours") == round(rise.tip, 1)
    assert _stated(r"beside it ([0-9.]+) hours") == round(rise.cord, 1)


def test_the_share_that_arrives_and_the_dose_are_those_of_the_run() -> None:
    found = result("cancer-pain")
    share = found.primary.body.parameters.oral["extended-release"].bioavailability
    assert _stated(r"swallowed ([0-9.]+) % arrives") == round(100.0 * share, 1)
    assert _stated(r"all of the ([0-9.]+) mg a day") == float(found.last_day_mcg("morphine")) / 1e3
