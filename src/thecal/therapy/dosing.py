"""From the doses of a course to what enters a body: channels, and rates or doses into them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thecal import prescription
from thecal.body import Body, Dose, Rate

Array = NDArray[np.float64]

HOUR_S = 3_600


def epidural_levels(doses: Sequence[prescription.Dose]) -> tuple[str, ...]:
    """Return the levels at which doses are given epidurally, each once."""
    return tuple(dict.fromkeys(one.site for one in doses if one.route == "epidural"))


def channel_name(dose: prescription.Dose) -> str:
    """Return what the channel of a dose is called, as ``"intrathecal L3 bolus"``.

    An intrathecal bolus mixes at once over some length of the canal, an infusion does not; hence
    they are two channels.
    """
    words = [dose.route]
    if dose.route in {"intrathecal", "epidural", "oral"}:
        words.append(dose.site)
    if dose.route == "intrathecal" and not dose.over_s:
        words.append("bolus")
    return " ".join(words)


def dose_inputs(
    body: Body,
    doses: Sequence[prescription.Dose],
    names: list[str],
    channels: list[Array],
) -> list[Rate | Dose]:
    """Return what doses put into a body, mcg or mcg/h.

    Parameters
    ----------
    doses
        Of the body's drug.
    names, channels
        The channels there are; those that the doses need besides are added at the end.
    """
    inputs: list[Rate | Dose] = []
    for one in doses:
        name = channel_name(one)
        if name not in names:
            names.append(name)
            channels.append(body.channel(one.route, one.site, bolus=not one.over_s))
        channel = names.index(name)
        mcg = float(one.amount.to("mcg"))
        if one.over_s:
            per_h = mcg / (one.over_s / HOUR_S)
            inputs += [Rate(channel, at_s, at_s + one.over_s, per_h) for at_s in one.starts_s]
        else:
            lag_s = body.parameters.oral[one.site].lag_s if one.route == "oral" else 0
            inputs += [Dose(channel, at_s + lag_s, mcg) for at_s in one.starts_s]
    return inputs
