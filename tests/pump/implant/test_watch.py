"""What detection remembers: when nothing is amiss, and when something seems to begin."""

from __future__ import annotations

import pytest

from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.watch import Stretch, Watch

pytestmark = pytest.mark.requirement("PC-27")

CALM = Watch(at_s=100, over=Stretch(100), under=Stretch(100))


def test_a_watch_with_a_reading_and_nothing_amiss_is_calm() -> None:
    assert CALM.is_calm


@pytest.mark.parametrize(
    "amiss",
    [
        Watch(),
        CALM._replace(unseen=1),
        CALM._replace(over=Stretch(90, 600, 500)),
        CALM._replace(under=Stretch(90, 0, 250)),
        CALM._replace(missed=1, missed_s=100),
        CALM._replace(pressed_s=90),
        CALM._replace(apart_s=90),
        CALM._replace(present=(Cause.SENSOR,)),
    ],
    ids=["no reading", "blind", "over", "under", "missed", "pressed", "apart", "present"],
)
def test_whatever_is_amiss_or_begins_is_not_calm(amiss: Watch) -> None:
    assert not amiss.is_calm
