"""The scenarios by name: what happens in each is code, its words and figures are data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from thecal.pump.simulation import scenarios_hardware as hardware
from thecal.pump.simulation import scenarios_programming as programming
from thecal.pump.simulation.scenarios_stage import Cast, Told

Act = Callable[[Sequence[Cast]], Told]

ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "unfinished-update": programming.unfinished_update,
        "forgotten-bridge-up": programming.forgotten_bridge,
        "forgotten-bridge-down": programming.forgotten_bridge,
        "wrong-tubing-constant": programming.wrong_tubing,
        "mri-stall": hardware.mri_stall,
        "mri-valve-pump": hardware.valve_scan,
        "over-infusion": hardware.over_infusion,
        "pocket-refill": hardware.pocket_refill,
        "clock-change": programming.clock_change,
        "double-bolus": programming.double_bolus,
        "silent-stop": programming.silent_stop,
    }
)
"""Each takes the pumps of its data file, in their order."""
