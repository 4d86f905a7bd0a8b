"""The menu of what can go wrong with pump and catheter, each fault by its name (PC-12, H01, H08).

Faults of controller, storage, clock and link are not here: they are not the plant's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.hardware.line import OPEN, Place
from thecal.pump.hardware.plant import Plant
from thecal.pump.hardware.reference import ReferencePump
from thecal.pump.hardware.rotor import Rotor
from thecal.pump.hardware.valves import ValvePump
from thecal.pump.implant.values import FAR


class PlantFault(NamedTuple):
    """One fault that can be switched on, and off where it can end.

    Parameters
    ----------
    name
        How the menu calls it.
    words
        What happens, for people.
    size
        What the size counts; empty where there is only on (1) and off (0).
    usual
        A size to begin with.
    plants
        The kinds of plant that can have it.
    switch
        Sets the size; 0 is off.
    ends
        Whether it can be switched off; if not, it passes by itself or stays for good.
    """

    name: str
    words: str
    size: str
    usual: int
    plants: tuple[type[Plant], ...]
    switch: Callable[[Plant, int], None]
    ends: bool

    def apply(self, plant: Plant, size: int) -> None:
        """Switch the fault on, from the last second that the plant has seen.

        Raises
        ------
        InputError
            When this kind of plant cannot have it, or not of this size.
        """
        if not isinstance(plant, self.plants):
            raise InputError(f'a {type(plant).__name__} cannot have the fault "{self.name}"')
        if not size:
            raise InputError(f'the fault "{self.name}" needs a size other than 0, as {self.usual}')
        self.switch(plant, size)
        plant.note(f"fault: {self.name}")

    def clear(self, plant: Plant) -> None:
        """Switch the fault off.

        Raises
        ------
        InputError
            When it cannot be switched off.
        """
        if not self.ends:
            raise InputError(f'the fault "{self.name}" cannot be undone')
        self.switch(plant, 0)
        plant.note(f"fault: {self.name}, over")


def faults_of(plant: Plant) -> tuple[PlantFault, ...]:
    """Return the faults that a plant can have."""
    return tuple(fault for fault in FAULTS if isinstance(plant, fault.plants))


def fault_named(name: str) -> PlantFault:
    """Return a fault of the menu.

    Raises
    ------
    InputError
        When there is none of that name; the sentence lists those that there are.

    Examples
    --------
    >>> fault_named("stall").words
    'the motor stands'
    """
    for fault in FAULTS:
        if fault.name == name:
            return fault
    known = ", ".join(fault.name for fault in FAULTS)
    raise InputError(f'there is no plant fault "{name}"; known are {known}')


# -- how each is switched ---------------------------------------------------------------------


def _wear(plant: Plant, size: int) -> None:
    plant.set_ramp(-size)


def _stall(plant: Plant, size: int) -> None:
    (plant.stall if size else plant.unstall)()


def _slip(plant: Plant, size: int) -> None:
    plant.slip(is_slipping=size > 0)


def _chill(plant: Plant, size: int) -> None:
    plant.chill(is_cold=size > 0)


def _occlude(plant: Plant, size: int) -> None:
    plant.block(FAR if size else OPEN)


def _kink(plant: Plant, size: int) -> None:
    plant.block(size or OPEN)


def _disconnect(plant: Plant, size: int) -> None:
    plant.disconnect(is_off=size > 0)


def _move_tip(plant: Plant, size: int) -> None:
    plant.move_tip(Place.TISSUE if size else Place.CSF)


def _draw_at_port(plant: Plant, size: int) -> None:
    plant.draw_at_port(plant.now_s, size)


def _scan(plant: Plant, size: int) -> None:
    plant.enter_field(plant.now_s, plant.now_s + size)


def _scan_alarming(plant: Plant, size: int) -> None:
    plant.enter_field(plant.now_s, plant.now_s + size, is_alarming=True)


def _off_label(plant: Plant, size: int) -> None:
    assert isinstance(plant, Rotor)
    plant.use_drug(is_off_label=size > 0)


def _stick_open(plant: Plant, size: int) -> None:
    assert isinstance(plant, ValvePump)
    plant.hold_open(size)


def _stick_closed(plant: Plant, size: int) -> None:
    assert isinstance(plant, ValvePump)
    plant.hold_closed(is_closed=size > 0)


def _take_flow_valve(plant: Plant, size: int) -> None:
    assert isinstance(plant, ValvePump)
    plant.has_flow_valve = not size


def _ending(
    name: str,
    words: str,
    size: str,
    usual: int,
    switch: Callable[[Plant, int], None],
    *plants: type[Plant],
) -> PlantFault:
    return PlantFault(name, words, size, usual, plants or (Plant,), switch, ends=True)


def _lasting(
    name: str,
    words: str,
    size: str,
    usual: int,
    switch: Callable[[Plant, int], None],
    *plants: type[Plant],
) -> PlantFault:
    return PlantFault(name, words, size, usual, plants or (Plant,), switch, ends=False)


_PCM: Final = "parts per 100,000"
_REF: Final = ReferencePump
_DAILY: Final = "it is off by more each day"


def _wrong(sensor: str, field: str) -> Callable[[Plant, int], None]:
    def switch(plant: Plant, size: int) -> None:
        setattr(getattr(plant, sensor), field, size > 0 if field.startswith("is_") else size)

    return switch


def _drift(sensor: str) -> Callable[[Plant, int], None]:
    def switch(plant: Plant, size: int) -> None:
        getattr(plant, sensor).drift(size, plant.now_s)

    return switch


def _sensor_faults(name: str, *rows: tuple[str, str, str, int, str]) -> list[PlantFault]:
    """Return a sensor's own faults, and the two that every one can have."""
    both = (
        ("stuck", "it repeats its last reading", "", 1, "is_stuck"),
        ("silent", "it gives no reading", "", 1, "is_silent"),
    )
    return [
        _ending(f"{name} sensor {what}", words, size, usual, _wrong(f"{name}_sensor", field), _REF)
        for what, words, size, usual, field in (*rows, *both)
    ]


FAULTS: Final[tuple[PlantFault, ...]] = (
    _ending("gain", "every stroke moves more, or less, by this", _PCM, 20_000, Plant.set_gain),
    _ending("over-infusion grows", "a stroke moves more", f"{_PCM} a day", 1_000, Plant.set_ramp),
    _ending("wear", "a stroke moves less", f"{_PCM} a day", 1_000, _wear),
    _ending("strokes lost", "this share does not happen", _PCM, 20_000, Plant.lose_strokes),
    _ending("stall", "the motor stands", "", 1, _stall),
    _ending("slip", "the motor turns and moves nothing", "", 1, _slip),
    _ending("cold implant", "the cold valve of the reservoir stays closed", "", 1, _chill),
    _ending("fever", "the flow changes with the temperature", _PCM, 2_000, Plant.set_ambient),
    _ending("altitude", "the flow changes with the air", _PCM, 2_000, Plant.set_ambient),
    _ending("free flow", "fluid runs without strokes", "nL a day", 24_000_000, Plant.run_free),
    _ending("reservoir leak", "it leaks into the pocket", "nL a day", 500_000, Plant.leak),
    _lasting("back-flow", "CSF is pressed into the reservoir", "nL", 500_000, Plant.draw_back),
    _lasting("deformation", "pressure takes capacity for ever", "nL", 2_000_000, Plant.deform),
    _ending("occlusion", "the catheter is blocked", "", 1, _occlude),
    _ending("kink", "the catheter opens only at this pressure, then closes", "hPa", 200, _kink),
    _ending("catheter leak", "lost at the connector", _PCM, 30_000, Plant.leak_at_connector),
    _ending("disconnection", "the catheter is off the pump", "", 1, _disconnect),
    _ending("tip in tissue", "the tip has left the CSF", "", 1, _move_tip),
    _lasting("catheter aspirated", "drawn at the port, not primed", "nL", 250_000, _draw_at_port),
    _ending("pocket fill", "this share of the next refill is astray", _PCM, 100_000, Plant.misfill),
    _ending("overfill", "the next refill is more than is told", "nL", 3_000_000, Plant.overfill),
    _ending("battery dip", "the voltage falls", "mV", 500, Plant.dip_battery),
    _lasting("battery film", "a share of its life is lost", _PCM, 30_000, Plant.drain_battery),
    _lasting("scan", "a magnetic resonance scan", "s", 2_700, _scan, Rotor, ValvePump),
    _lasting("scan while alarming", "a scan that may latch it", "s", 2_700, _scan_alarming, Rotor),
    _ending("off-label drug", "motors fail sooner", "", 1, _off_label, Rotor),
    _ending("valves stuck open", "one (1) or both (2)", "valves", 2, _stick_open, ValvePump),
    _ending("valve stuck closed", "the chamber stays as it is", "", 1, _stick_closed, ValvePump),
    _ending("no flow valve", "high flow closes nothing", "", 1, _take_flow_valve, ValvePump),
    _ending("flow sensor drifts", _DAILY, f"{_PCM} a day", -2_000, _drift("flow_sensor"), _REF),
    *_sensor_faults(
        "flow",
        ("biased", "it reads too much or too little", _PCM, -20_000, "bias_pcm"),
        ("noisy", "it scatters", _PCM, 10_000, "extra_noise"),
    ),
    _ending("fill sensor drifts", _DAILY, f"{_PCM} a day", 2_000, _drift("fill_sensor"), _REF),
    *_sensor_faults(
        "fill",
        ("biased", "it reads too much or too little", _PCM, 20_000, "bias_pcm"),
        ("noisy", "it scatters", "nL", 2_000_000, "extra_noise"),
    ),
    *_sensor_faults(
        "pressure",
        ("biased", "it reads too much or too little", "hPa", 500, "offset"),
        ("noisy", "it scatters", "hPa", 50, "extra_noise"),
    ),
    *_sensor_faults("turn", ("miscounting", "it counts too many", _PCM, 10_000, "bias_pcm")),
)
"""What the menu of a simulation offers for a plant."""
