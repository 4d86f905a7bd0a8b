"""thecal's own reference pump: a motor that is watched by sensors of flow, fill and pressure."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from thecal.pump.hardware.figures import PL_PER_NL, PumpFigures, SensorFigures
from thecal.pump.hardware.individual import Individual
from thecal.pump.hardware.line import Line
from thecal.pump.hardware.plant import Plant
from thecal.pump.hardware.sensors import FlowSensor, Sensor
from thecal.pump.hardware.stock import Stock
from thecal.pump.implant.values import Reading


class ReferencePump(Plant):
    """Measures what it does by sensors that do not depend on its motor (PC-20, PC-26, PC-28).

    Its outlet valve is closed unless a stroke opens it, so `halt` ends a free flow.

    Parameters
    ----------
    figures, individual, line, stock, random
        As of `Plant`.
    sensors
        Their noise.
    """

    detects_over_infusion: ClassVar[bool] = True

    def __init__(
        self,
        figures: PumpFigures,
        individual: Individual,
        line: Line,
        stock: Stock,
        random: Random,
        sensors: SensorFigures,
    ) -> None:
        super().__init__(figures, individual, line, stock, random)
        self.flow_sensor = FlowSensor(sensors.flow_noise_pcm)
        self.fill_sensor = Sensor(sensors.fill_noise_nl)
        self.pressure_sensor = Sensor(sensors.pressure_noise_hpa)
        self.turn_sensor = Sensor(0)

    def halt(self, now_s: int) -> None:
        """Stop the motor and close the outlet valve, which also ends a free flow."""
        super().halt(now_s)
        self.run_free(0)

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say at a second."""
        self.pass_to(now_s)
        now_s, random = self._now_s, self.random
        flow_pl = self.flow_sensor.show(self._pumped_pl, now_s, random)
        return Reading(
            self.turn_sensor.show(self.turned, now_s, random),
            None if flow_pl is None else flow_pl // PL_PER_NL,
            self.fill_sensor.show(self.stock.volume_pl // PL_PER_NL, now_s, random),
            self.battery.millivolts(now_s),
            self.pressure_sensor.show(self._pressure_hpa(), now_s, random),
        )

    def _pressure_hpa(self) -> int:
        """Return the pressure in the line; with an empty reservoir there is none to fill it."""
        return 0 if self.stock.is_dry else self.line.pressure_hpa
