"""What a sensor says of the truth: with a bias, a drift, noise, stuck, or nothing at all."""

from __future__ import annotations

from random import Random

from thecal.pump.amounts import DAY_S
from thecal.pump.hardware.figures import WHOLE_PCM
from thecal.pump.hardware.individual import scatter


class Sensor:
    """What is wrong with a sensor; by itself nothing is.

    Parameters
    ----------
    noise
        One standard deviation of a single reading, in the sensor's own unit.

    Attributes
    ----------
    bias_pcm
        Share by which every reading is too high.
    offset
        By how much every reading is too high, in the sensor's own unit.
    extra_noise
        A further standard deviation, as a fault adds it.
    is_stuck, is_silent
        Whether it repeats its last reading, or gives none.
    """

    def __init__(self, noise: int) -> None:
        self._noise = noise
        self.bias_pcm = 0
        self.offset = 0
        self.extra_noise = 0
        self.is_stuck = False
        self.is_silent = False
        self._drift_pcm_per_day = 0
        self._drift_from_s = 0
        self._last: int | None = None

    def drift(self, pcm_per_day: int, now_s: int) -> None:
        """Let the reading go off by so much a day from now on; 0 ends it and forgets it."""
        self._drift_pcm_per_day, self._drift_from_s = pcm_per_day, now_s

    def error_pcm(self, now_s: int) -> int:
        """Return bias and drift together."""
        drift = self._drift_pcm_per_day * max(0, now_s - self._drift_from_s) // DAY_S
        return self.bias_pcm + drift

    def scatter(self, random: Random) -> int:
        """Return the noise of one reading."""
        noise = scatter(random, self._noise) if self._noise else 0
        return noise + scatter(random, self.extra_noise) if self.extra_noise else noise

    def show(self, true: int, now_s: int, random: Random) -> int | None:
        """Return the reading of a level, or ``None`` when the sensor is silent."""
        if self.is_silent:
            return None
        if not self.is_stuck or self._last is None:
            shown = true + self.offset + self.scatter(random)
            if self.bias_pcm or self._drift_pcm_per_day:
                shown += true * self.error_pcm(now_s) // WHOLE_PCM
            self._last = shown
        return self._last


class FlowSensor(Sensor):
    """Counts the volume that passes; its noise is a share of what passed since the last reading.

    Parameters
    ----------
    noise_pcm
        One standard deviation of that share.
    """

    def __init__(self, noise_pcm: int) -> None:
        super().__init__(noise_pcm)
        self._shown = 0
        self._seen = 0

    def show(self, true: int, now_s: int, random: Random) -> int | None:
        """Return the count, or ``None`` when the sensor is silent; it never falls."""
        passed, self._seen = true - self._seen, true
        if not self.is_stuck and passed > 0:
            share_pcm = WHOLE_PCM + self.scatter(random)
            if self.bias_pcm or self._drift_pcm_per_day:
                share_pcm += self.error_pcm(now_s)
            self._shown += passed * max(0, share_pcm) // WHOLE_PCM
        return None if self.is_silent else self._shown
