"""What a pump is made of: its data, and the protocol of its motor and sensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from thecal.pump.implant.alarms import AlarmTable
from thecal.pump.implant.battery import Battery
from thecal.pump.implant.detection import Detection
from thecal.pump.implant.values import Permit, Reading
from thecal.pump.program import Hardware


class Plant(Protocol):
    """The motor and the sensors."""

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        """Make so many strokes, if the permit allows them."""
        ...

    def halt(self, now_s: int) -> None:
        """Stand still at once."""
        ...

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say."""
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is data about one kind of pump, in whole numbers.

    Parameters
    ----------
    hardware
        The pump's limits.
    alarms, detection, battery
        The conditions, the thresholds and the battery.
    staged_s
        How long a staged program waits for its commit (PC-85).
    watchdog_s
        A wake that is later than promised by more is a silent task (PC-23).
    ride_s
        How long delivery goes on from working memory when nothing can be stored (PC-44).
    least_low_nl
        The lowest low-reservoir volume for drugs that must not stop (PC-29, H15).
    """

    hardware: Hardware
    alarms: AlarmTable
    detection: Detection
    battery: Battery
    staged_s: int
    watchdog_s: int
    ride_s: int
    least_low_nl: int
