"""From the profiles on record to what an implant is built of: whole numbers, nothing of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.devices.alarms import load_alarms
from thecal.pump.hardware import PumpFigures, read_figures
from thecal.pump.implant.alarms import AlarmTable, Condition, Harm, Onset
from thecal.pump.implant.battery import Battery
from thecal.pump.implant.detection import Detection
from thecal.pump.implant.profile import Profile
from thecal.quantity import Quantity
from thecal.therapy.programming import hardware

if TYPE_CHECKING:
    from thecal.devices import PumpProfile
    from thecal.devices.alarms import AlarmProfile
    from thecal.knowledge import Which
    from thecal.pump.hardware import CatheterFigures

_SMALL_RESERVOIR_ML = 20
"""The name of the narrower band of disagreement; the band itself is data."""


def implant_profile(
    pump: PumpProfile, catheter: CatheterFigures, alarms: AlarmProfile | None = None
) -> Profile:
    """Return all that an implant must know of the pump that it is.

    Parameters
    ----------
    pump
        The pump on record.
    catheter
        As it lies in the patient; what a hectopascal stores in it.
    alarms
        Conditions and thresholds; thecal's own when left out.

    Raises
    ------
    KnowledgeError
        When a figure is not on record.

    Examples
    --------
    >>> from thecal.devices import load_catheter, load_pump
    >>> from thecal.pump.hardware import CatheterFigures
    >>> catheter = CatheterFigures.read(load_catheter("ascenda-8780").exact_number, 150_000)
    >>> implant_profile(load_pump("reference-20"), catheter).detection.cannot()
    ()
    """
    record = alarms or load_alarms()
    figures = read_figures(PumpFigures, pump.exact_number)
    lead_s = record.whole("replacement_notice", "s")
    fall_mv = figures.full_mv - figures.end_mv
    return Profile(
        hardware=hardware(pump),
        alarms=_table(record),
        detection=_detection(pump, figures, catheter, record),
        battery=Battery(
            capacity_s=figures.idle_life_s,
            stroke_s=figures.stroke_cost_s,
            full_mv=figures.full_mv,
            end_mv=figures.end_mv,
            # What the voltage has come down to when the notice is due.
            low_mv=figures.end_mv + fall_mv * lead_s // figures.idle_life_s,
            life_s=figures.service_life_s,
            lead_s=lead_s,
            agree_s=record.whole("service_agreement", "s"),
        ),
        staged_s=record.whole("staged_life", "s"),
        watchdog_s=record.whole("watchdog", "s"),
        ride_s=record.whole("storage_ride", "s"),
        least_low_nl=record.whole("least_low_volume", "nL"),
    )


def _table(record: AlarmProfile) -> AlarmTable:
    rows = record.rows()
    conditions = tuple(
        Condition(name, code, Harm(harm), Onset(onset), words, latching, every_s)
        for name, code, harm, onset, words, latching, every_s in rows.conditions
    )
    return AlarmTable(
        rows.priorities,
        conditions,
        rows.critical_every_s,
        rows.other_every_s,
        rows.silence_s,
        rows.cycles,
        rows.cycle_s,
    )


def _detection(
    pump: PumpProfile, figures: PumpFigures, catheter: CatheterFigures, record: AlarmProfile
) -> Detection:
    def of(name: str, unit: str, sensor: str, which: Which = "value") -> int:
        """Return a figure of a sensor, 0 where the pump has none."""
        return int(pump.exact_number(name, unit, which)) if pump.has(sensor) else 0

    is_small = pump.reservoir_volume <= Quantity.of(_SMALL_RESERVOIR_ML, "mL")
    return Detection(
        has_turned=int(pump.has("turn")),
        has_flow=int(pump.has("flow")),
        has_fill=int(pump.has("fill")),
        has_battery=1,
        has_pressure=int(pump.has("pressure")),
        sample_s=record.whole("sample_interval", "s"),
        over_percent=record.whole("over_infusion", "percent"),
        under_percent=record.whole("under_infusion", "percent"),
        window_s=record.whole("flow_window", "s"),
        window_strokes=record.whole("flow_window_strokes", "1"),
        bolus_over_s=record.whole("bolus_over_window", "s"),
        bolus_under_s=record.whole("bolus_under_window", "s"),
        # A sensor is read between two strokes: it may see one more or one less.
        flow_error_nl=figures.stroke_nl,
        free_flow_percent=record.whole("free_flow_share", "percent"),
        free_flow_nl=record.whole("free_flow_strokes", "1") * figures.stroke_nl,
        stall_strokes=record.whole("stall_strokes", "1"),
        stall_s=record.whole("stall_time", "s"),
        occlusion_hpa=of("occlusion_pressure", "hPa", "pressure"),
        occlusion_s=record.whole("occlusion_time", "s"),
        stored_nl_per_hpa=catheter.stored_nl_per_hpa,
        lowest_hpa=of("pressure_sensor_range", "hPa", "pressure", "low"),
        highest_hpa=of("pressure_sensor_range", "hPa", "pressure", "high"),
        lowest_mv=int(pump.exact_number("battery_sensor_range", "mV", "low")),
        highest_mv=int(pump.exact_number("battery_sensor_range", "mV", "high")),
        reservoir_nl=figures.capacity_nl,
        residual_nl=figures.residual_nl,
        empty_nl=record.whole("empty_volume", "nL"),
        band_nl=record.whole("volume_band_20" if is_small else "volume_band_40", "nL"),
        fill_sigma_nl=of("fill_sensor_noise", "nL", "fill"),
        band_s=record.whole("volume_band_time", "s"),
    )
