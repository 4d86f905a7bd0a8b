"""The battery: two independent estimates of the end of service, and the dates that follow (PC-30).

One estimate counts the charge that was drawn, the other reads the mean voltage. The notice comes
when the earlier one is near, and the end of service never less than the same time after the notice
(H40; pump.md F15).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import check_whole

READINGS: Final = 10
"""PC-30: the voltage is the mean of so many."""


@dataclass(frozen=True, slots=True)
class Battery:
    """What a profile says of the battery; charge is counted in seconds of idling.

    Parameters
    ----------
    capacity_s
        For how long a new battery lasts when nothing moves.
    stroke_s
        What a stroke takes of that.
    full_mv, end_mv
        The voltage falls evenly with the charge, from the one to the other.
    low_mv
        At or below it the battery is low.
    life_s
        The pump stops for good at this age.
    lead_s
        How long before the end of service the notice comes.
    agree_s
        The two estimates may be apart by so much.
    """

    capacity_s: int
    stroke_s: int
    full_mv: int
    end_mv: int
    low_mv: int
    life_s: int
    lead_s: int
    agree_s: int

    def __post_init__(self) -> None:
        for field in fields(self):
            least = 0 if field.name in {"stroke_s", "low_mv", "end_mv"} else 1
            check_whole(f"{field.name} of the battery", getattr(self, field.name), least=least)
        if self.end_mv >= self.full_mv:
            raise InputError(
                f"a full battery has {self.full_mv} mV, but must have more than an empty one, "
                f"{self.end_mv} mV"
            )


class Service(NamedTuple):
    """When the service ends, by each estimate; seconds on the pump's counter."""

    by_charge_s: int
    by_voltage_s: int
    life_s: int

    @property
    def end_s(self) -> int:
        """The earliest of all."""
        return min(self)

    def agree(self, battery: Battery) -> bool:
        """Say whether the two estimates are close enough to be believed."""
        return abs(self.by_charge_s - self.by_voltage_s) <= battery.agree_s


def mean_mv(readings: tuple[int, ...]) -> int:
    """Return the mean of the readings in mV, rounded down; of none at all it is 0.

    Examples
    --------
    >>> mean_mv((2900, 2901))
    2900
    """
    return sum(readings) // len(readings) if readings else 0


def estimate(now_s: int, strokes: int, voltage_mv: int, battery: Battery) -> Service:
    """Return the ends of service that charge and voltage foretell.

    Both assume that the pump goes on drawing as it did on average so far.

    Parameters
    ----------
    now_s
        The age of the pump.
    strokes
        How many it has made.
    voltage_mv
        The mean voltage; 0 where nothing is known of it, and the charge then stands alone.
    battery
        The profile.
    """
    assert now_s >= 0 <= strokes, "a battery cannot be younger than new"
    age_s = max(now_s, 1)
    used_s = age_s + battery.stroke_s * strokes
    charge_s = max(0, battery.capacity_s - used_s)
    left_s = charge_s
    if voltage_mv:
        above_mv = min(max(0, voltage_mv - battery.end_mv), battery.full_mv - battery.end_mv)
        left_s = battery.capacity_s * above_mv // (battery.full_mv - battery.end_mv)
    return Service(
        now_s + charge_s * age_s // used_s, now_s + left_s * age_s // used_s, battery.life_s
    )
