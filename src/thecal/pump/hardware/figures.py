"""What a plant is made of, in whole numbers, and where in the record each figure stands.

A share is in parts per 100,000 (``pcm``). Nothing here has a value of its own: a profile is read
through the function that is handed in, so that the pump knows no files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import ClassVar, Final, Literal, NamedTuple, Protocol, Self, TypeVar

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, check_whole

WHOLE_PCM: Final = 100_000
PL_PER_NL: Final = 1_000
YEAR_S: Final = 31_557_600
_PCM_PER_PERCENT: Final = 1_000
_HOUR_S: Final = 3_600
_MINUTE_S: Final = 60

Which = Literal["value", "low", "high"]
LookUp = Callable[[str, str, Which], Fraction]
"""Gives a figure of a profile, by name, in the unit asked for."""


def check_share(name: str, share_pcm: int) -> None:
    """Refuse anything but whole parts per 100,000 from nothing to all.

    Raises
    ------
    InputError
        When it is no such number.

    Examples
    --------
    >>> check_share("the leak", 30_000)
    """
    check_whole(name, share_pcm)
    if share_pcm > WHOLE_PCM:
        raise InputError(
            f"{name} is {share_pcm} parts per 100,000, but must be at most {WHOLE_PCM}, the whole"
        )


class Row(NamedTuple):
    """Where a field's number stands: the figure, its unit there, and what one of it is here."""

    figure: str
    unit: str
    worth: int = 1
    which: Which = "value"


class _Kind(Protocol):
    ROWS: ClassVar[Mapping[str, Row]]

    def __init__(self, **numbers: int) -> None: ...


_Figures = TypeVar("_Figures", bound=_Kind)


def read_figures(kind: type[_Figures], look_up: LookUp) -> _Figures:
    """Return the figures of one kind from a profile.

    Parameters
    ----------
    kind
        `PumpFigures`, `RotorFigures`, `ValveFigures`, `SensorFigures` or `StudyFigures`.
    look_up
        ``PumpProfile.exact_number`` or anything that answers as it does.

    Raises
    ------
    InputError
        When a figure is no whole number of the unit that the plant counts in.
    """
    return kind(**{name: _whole(row, look_up) for name, row in kind.ROWS.items()})


def _whole(row: Row, look_up: LookUp) -> int:
    number = look_up(row.figure, row.unit, row.which) * row.worth
    if number.denominator != 1:
        raise InputError(
            f'the figure "{row.figure}" is {number / row.worth} {row.unit}, but the plant counts '
            f"in steps of 1/{row.worth} {row.unit}"
        )
    return number.numerator


def _percent(figure: str, per: str = "", which: Which = "value") -> Row:
    return Row(figure, f"percent{per}", _PCM_PER_PERCENT, which)


class _Checked:
    """Refuses what is no whole number, or is negative without a reason."""

    __slots__ = ()
    SIGNED: ClassVar[frozenset[str]] = frozenset()
    ABOVE_ZERO: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        for one in fields(self):  # type: ignore[arg-type]  # the heirs are dataclasses
            least = int(one.name in self.ABOVE_ZERO)
            if one.name in self.SIGNED:
                least = -WHOLE_PCM
            check_whole(f'"{one.name}" of the plant', getattr(self, one.name), least=least)


@dataclass(frozen=True, slots=True)
class PumpFigures(_Checked):
    """What every plant needs.

    Parameters
    ----------
    reservoir_nl, residual_nl
        What can be used of a full reservoir, and what can be neither pumped nor drawn out.
    fading_nl
        The usable volume from which on a stroke shrinks, because the reservoir's pressure falls.
    stroke_nl, tubing_nl
        The quantum, and the volume between reservoir and catheter.
    gain_pcm, drift_pcm_per_year, spread_pcm
        What a stroke moves of its volume: mean, change with age, standard deviation between pumps.
    fever_pcm, altitude_pcm, risk_pcm
        By how much that changes in a fever, at altitude, and after a listed risk of over-infusion.
    highest_hpa
        The pressure against which a stroke moves nothing any more.
    idle_life_s, stroke_cost_s, telemetry_cost_s, full_mv, end_mv
        The battery, in time: its life without a stroke, and how much of it a stroke and a minute
        of telemetry cost; its voltage when full and at its end.
    service_life_s, notice_s
        The age at which the pump ends, and how long before an end it asks for a replacement.
    reading_short_nl, reading_spread_nl
        By how much the volume read at a refill is too low: mean, and standard deviation.
    """

    reservoir_nl: int
    residual_nl: int
    fading_nl: int
    stroke_nl: int
    tubing_nl: int
    gain_pcm: int
    drift_pcm_per_year: int
    spread_pcm: int
    fever_pcm: int
    altitude_pcm: int
    risk_pcm: int
    highest_hpa: int
    idle_life_s: int
    stroke_cost_s: int
    telemetry_cost_s: int
    full_mv: int
    end_mv: int
    service_life_s: int
    notice_s: int
    reading_short_nl: int
    reading_spread_nl: int

    SIGNED: ClassVar[frozenset[str]] = frozenset(
        {"drift_pcm_per_year", "fever_pcm", "altitude_pcm"}
    )
    ABOVE_ZERO: ClassVar[frozenset[str]] = frozenset(
        {"reservoir_nl", "stroke_nl", "gain_pcm", "highest_hpa", "idle_life_s", "service_life_s"}
    )
    ROWS: ClassVar[Mapping[str, Row]] = {
        "reservoir_nl": Row("reservoir_volume", "nL"),
        "residual_nl": Row("residual_volume", "nL"),
        "fading_nl": Row("fading_volume", "nL"),
        "stroke_nl": Row("stroke_volume", "nL"),
        "tubing_nl": Row("tubing_volume", "nL"),
        "gain_pcm": _percent("delivered_share"),
        "drift_pcm_per_year": _percent("delivered_share_drift", "/year"),
        "spread_pcm": _percent("delivered_share_spread"),
        "fever_pcm": _percent("flow_change_in_fever"),
        "altitude_pcm": _percent("flow_change_at_altitude"),
        "risk_pcm": _percent("over_infusion_after_risk"),
        "highest_hpa": Row("highest_pressure", "hPa"),
        "idle_life_s": Row("battery_idle_life", "year", YEAR_S),
        "stroke_cost_s": Row("battery_per_stroke", "s"),
        "telemetry_cost_s": Row("battery_per_telemetry_minute", "s"),
        "full_mv": Row("battery_full_voltage", "mV"),
        "end_mv": Row("battery_end_voltage", "mV"),
        "service_life_s": Row("service_life", "year", YEAR_S),
        "notice_s": Row("end_of_service_delay", "day", DAY_S),
        "reading_short_nl": Row("refill_reading_shortfall", "nL"),
        "reading_spread_nl": Row("refill_reading_spread", "nL"),
    }

    def __post_init__(self) -> None:
        # The zero-argument form does not work in a dataclass with slots.
        _Checked.__post_init__(self)
        if self.end_mv >= self.full_mv:
            raise InputError(
                f"the battery ends at {self.end_mv} mV, but must end below the {self.full_mv} mV "
                "at which it is full"
            )

    @property
    def capacity_nl(self) -> int:
        """The most that the reservoir holds, its residual volume included."""
        return self.reservoir_nl + self.residual_nl


@dataclass(frozen=True, slots=True)
class RotorFigures(_Checked):
    """How a rotor stands in a magnet, and what a long stop may lead to.

    Parameters
    ----------
    soon_s
        The longest usual time from the end of a scan to the next stroke.
    late_pcm, late_from_s, late_until_s
        The share of scans after which it takes longer, and how long then.
    risk_stop_s
        A stop or stall of more than this is a listed risk of over-infusion.
    failing_pcm, failing_off_label_pcm, failure_horizon_s
        The share of motors that have failed by then, with drugs that the label names and others.
    over_infusing_pcm, over_infusion_from_s, over_infusion_pcm, over_infusion_pcm_per_day
        The share of pumps that over-infuse, the earliest onset, the first excess and its growth.
    """

    soon_s: int
    late_pcm: int
    late_from_s: int
    late_until_s: int
    risk_stop_s: int
    failing_pcm: int
    failing_off_label_pcm: int
    failure_horizon_s: int
    over_infusing_pcm: int
    over_infusion_from_s: int
    over_infusion_pcm: int
    over_infusion_pcm_per_day: int

    ABOVE_ZERO: ClassVar[frozenset[str]] = frozenset({"failing_pcm", "failing_off_label_pcm"})
    ROWS: ClassVar[Mapping[str, Row]] = {
        "soon_s": Row("mri_usual_recovery", "min", _MINUTE_S, "high"),
        "late_pcm": _percent("mri_late_recoveries"),
        "late_from_s": Row("mri_rare_recovery", "h", _HOUR_S, "low"),
        "late_until_s": Row("mri_rare_recovery", "h", _HOUR_S, "high"),
        "risk_stop_s": Row("over_infusion_risk_stop", "h", _HOUR_S),
        "failing_pcm": _percent("failed_motors"),
        "failing_off_label_pcm": _percent("failed_motors_off_label"),
        "failure_horizon_s": Row("failure_horizon", "year", YEAR_S),
        "over_infusing_pcm": _percent("over_infusing_pumps", which="high"),
        "over_infusion_from_s": Row("over_infusion_earliest", "day", DAY_S),
        "over_infusion_pcm": _percent("over_infusion_first_excess"),
        "over_infusion_pcm_per_day": _percent("over_infusion_growth", "/day"),
    }


@dataclass(frozen=True, slots=True)
class ValveFigures(_Checked):
    """What a pump of two valves does when both are forced open.

    Parameters
    ----------
    free_flow_nl_per_day
        The flow through both open valves.
    one_open_nl
        What passes in each stroke on top of it when one valve is stuck open.
    has_flow_activated_valve, escape_nl
        1 where a further valve closes on high flow, and the most that escapes before it does.
    """

    free_flow_nl_per_day: int
    one_open_nl: int
    has_flow_activated_valve: int
    escape_nl: int

    ROWS: ClassVar[Mapping[str, Row]] = {
        "free_flow_nl_per_day": Row("free_flow", "nL/day"),
        "one_open_nl": Row("one_valve_open_extra", "nL"),
        "has_flow_activated_valve": Row("flow_activated_valve", "1"),
        "escape_nl": Row("mri_highest_escape", "nL", 1, "high"),
    }


@dataclass(frozen=True, slots=True)
class SensorFigures(_Checked):
    """The noise of the sensors of the reference pump, one standard deviation each.

    Parameters
    ----------
    flow_noise_pcm
        Of the volume through the flow sensor between two readings.
    fill_noise_nl, pressure_noise_hpa
        Of a single reading.
    """

    flow_noise_pcm: int
    fill_noise_nl: int
    pressure_noise_hpa: int

    ROWS: ClassVar[Mapping[str, Row]] = {
        "flow_noise_pcm": _percent("flow_sensor_noise"),
        "fill_noise_nl": Row("fill_sensor_noise", "nL"),
        "pressure_noise_hpa": Row("pressure_sensor_noise", "hPa"),
    }


@dataclass(frozen=True, slots=True)
class StudyFigures(_Checked):
    """How the accuracy of implanted pumps was measured, as far as thecal has to assume it.

    Parameters
    ----------
    refills
        How many of each pump were measured.
    least_nl, most_nl
        The programmed volume between two of them.
    """

    refills: int
    least_nl: int
    most_nl: int

    ABOVE_ZERO: ClassVar[frozenset[str]] = frozenset({"refills", "least_nl", "most_nl"})
    ROWS: ClassVar[Mapping[str, Row]] = {
        "refills": Row("study_refills", "1"),
        "least_nl": Row("study_programmed_volume", "nL", 1, "low"),
        "most_nl": Row("study_programmed_volume", "nL", 1, "high"),
    }


@dataclass(frozen=True, slots=True)
class CatheterFigures(_Checked):
    """The catheter as it lies in the patient.

    Parameters
    ----------
    catheter_nl
        What it holds after trimming, the truth and not the record.
    mixing_cell_nl, mixing_nl_per_day
        At flows from the second on, fluids mix as in cells of the first; 0 nL never mixes. Below,
        the interface stays sharp.
    stored_nl_per_hpa
        By how much tubing and catheter swell with the pressure.
    """

    catheter_nl: int
    mixing_cell_nl: int
    mixing_nl_per_day: int
    stored_nl_per_hpa: int

    ROWS: ClassVar[Mapping[str, Row]] = {
        "mixing_cell_nl": Row("mixing_cell", "nL"),
        "mixing_nl_per_day": Row("mixing_flow", "nL/day"),
        "stored_nl_per_hpa": Row("stored_volume", "nL/hPa"),
    }

    @classmethod
    def read(cls, look_up: LookUp, catheter_nl: int) -> Self:
        """Return the figures of a catheter that holds so many nL after trimming.

        Parameters
        ----------
        look_up
            ``CatheterProfile.exact_number`` or anything that answers as it does.
        catheter_nl
            ``CatheterProfile.implanted_volume`` in nL.

        Raises
        ------
        InputError
            When a figure is no whole number of the unit that the plant counts in.
        """
        numbers = {name: _whole(row, look_up) for name, row in cls.ROWS.items()}
        return cls(catheter_nl=catheter_nl, **numbers)
