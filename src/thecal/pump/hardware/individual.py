"""One pump of many: its own gain, and the faults that it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from thecal.pump.amounts import check_whole
from thecal.pump.hardware.figures import WHOLE_PCM, PumpFigures, RotorFigures
from thecal.pump.implant.values import FAR

_BITS: Final = 20
_MASK: Final = (1 << _BITS) - 1
_HALF: Final = 1 << (_BITS - 1)


@dataclass(frozen=True, slots=True)
class Individual:
    """How one pump differs from the next.

    Parameters
    ----------
    gain_pcm
        What a stroke moves of its volume when the pump is new, in parts per 100,000.
    fails_s
        The second at which the motor stalls for good with a drug that the label names.
    over_infuses_s, excess_pcm, excess_pcm_per_day
        The second from which on it over-infuses, by how much at first, and how that grows.
    """

    gain_pcm: int
    fails_s: int = FAR
    over_infuses_s: int = FAR
    excess_pcm: int = 0
    excess_pcm_per_day: int = 0

    def __post_init__(self) -> None:
        check_whole("the gain in parts per 100,000", self.gain_pcm)
        check_whole("the second of failure", self.fails_s, least=1)
        check_whole("the second of over-infusion", self.over_infuses_s, least=1)


def nominal(figures: PumpFigures) -> Individual:
    """Return the mean pump, which never fails."""
    return Individual(figures.gain_pcm)


def drawn(figures: PumpFigures, random: Random, rotor: RotorFigures | None = None) -> Individual:
    """Return one pump of the population.

    Parameters
    ----------
    figures
        The kind of pump.
    random
        The source of chance; each call takes the same number of draws from it.
    rotor
        For a rotor, how many of them fail and over-infuse; of other pumps nothing is on record.

    Notes
    -----
    The share of failed motors grows evenly with age, through the one published point. The onset of
    over-infusion is even between its earliest second and the end of service.
    """
    gain_pcm = max(0, figures.gain_pcm + scatter(random, figures.spread_pcm))
    if rotor is None:
        return Individual(gain_pcm)
    rank = random.randrange(WHOLE_PCM) + 1
    over_infuses = random.randrange(WHOLE_PCM) < rotor.over_infusing_pcm
    latest_s = max(rotor.over_infusion_from_s, figures.service_life_s)
    onset_s = random.randint(rotor.over_infusion_from_s, latest_s) + 1
    return Individual(
        gain_pcm,
        max(1, rotor.failure_horizon_s * rank // rotor.failing_pcm),
        onset_s if over_infuses else FAR,
        rotor.over_infusion_pcm,
        rotor.over_infusion_pcm_per_day,
    )


def scatter(random: Random, deviation: int) -> int:
    """Return a whole number with mean 0 and this standard deviation, at most three of them.

    The sum of three even numbers has nearly the shape of a normal one; all three come from one
    draw, and no float is needed.

    Examples
    --------
    >>> scatter(Random(1), 0)
    0
    """
    if not deviation:
        return 0
    bits = random.getrandbits(3 * _BITS)
    total = (bits & _MASK) + (bits >> _BITS & _MASK) + (bits >> 2 * _BITS)
    # Twice the sum less its mean has the deviation 2 ** _BITS.
    return ((2 * total - 3 * _MASK) * deviation + _HALF) >> _BITS
