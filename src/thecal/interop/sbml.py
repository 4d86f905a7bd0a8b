"""A course as SBML Level 3 Version 2: the body of one drug, and what enters it when.

Amounts in mcg, volumes in mL, time in h. Every link of the body is a reaction with a rate constant
of its own; every change of what is given is an event. The same course gives the same bytes.
Simulation - not for patient care.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from pathlib import Path

import numpy as np

from thecal import NOTICE, __version__
from thecal.body import Anatomy, Body, DayBody, SaturatingBody, Schedule
from thecal.body.model import NG_PER_ML
from thecal.errors import InputError, ValidityError
from thecal.formulary import Drug, Formulary
from thecal.interop.grounds import Grounds
from thecal.interop.places import Place, Site, identifier, places, sites
from thecal.interop.sbml_parts import HOUR_S, Model
from thecal.prescription import EXPLORATORY, Course
from thecal.therapy import Intake, body_of, intakes, prepared, simplifications

SAME_RATE = 1e-12
"""Rates that differ by less than this share count as one; a change so small is rounding."""

WITHOUT_CELLS = {"cord_partition": "cord_extracellular_fraction"}
"""What counts where cells take drug up by links of their own."""

START_DIGITS = 8
"""Significant digits of the amounts at time 0. What an established medicine has built up comes from
eigenvectors, whose last digits change with the number of threads; the file should not."""


def sbml_text(
    course: Course,
    *,
    drug: str | None = None,
    days: int | None = None,
    formulary: Formulary | None = None,
) -> str:
    """Return a course, as it is lived, as the text of an SBML document for one drug.

    Parameters
    ----------
    drug
        Which drug, where the course gives more than one; the primary drug when left out.
    days
        So many whole days instead of the course's own length.
    formulary
        What is known of the drugs; thecal's own when left out.

    Raises
    ------
    InputError
        If the course is refused by a check, does not give the drug, or its body changes with the
        time of the day.
    ValidityError
        If the model may not answer for this drug or flow.

    Examples
    --------
    >>> from thecal.prescription import read_course
    >>> text = sbml_text(read_course("examples/cancer-pain.toml"), days=1)
    >>> '<species id="csf_T10_2"' in text
    True
    """
    ready = prepared(course, days=days, formulary=formulary)
    name = next(iter(ready.drugs)) if drug is None else drug
    if name not in ready.drugs:
        raise InputError(
            f'the course does not give "{name}"; it gives {", ".join(ready.drugs)}', field="--drug"
        )
    chosen = ready.drugs[name]
    body = body_of(ready.course, chosen, ready.pumped)
    by_route = intakes(body, ready.course, chosen, ready.pumped)
    if "course" not in by_route:
        raise ValidityError(f"the course gives no {chosen.name}; there is nothing to export")
    about = _preface(ready.course, chosen, body.anatomy, by_route["course"].schedule)
    return document(
        f"{ready.course.title} ({chosen.name})", about, chosen, body, by_route["course"]
    )


def write_sbml(
    course: Course,
    path: Path,
    *,
    drug: str | None = None,
    days: int | None = None,
    formulary: Formulary | None = None,
) -> None:
    """Write a course as an SBML document; parameters and errors as in `sbml_text`."""
    text = sbml_text(course, drug=drug, days=days, formulary=formulary)
    path.write_text(text, encoding="utf-8", newline="\n")


def document(title: str, about: Sequence[str], drug: Drug, body: Body, intake: Intake) -> str:
    """Return one body, and what enters it, as the text of an SBML document.

    Parameters
    ----------
    about
        Paragraphs for the model's notes; the sources of the figures follow them.
    """
    model = Model(title)
    if isinstance(body, DayBody):
        raise InputError(
            "a body that changes with the time of the day is not written as SBML; leave "
            "[patient] day out, or follow the course here",
            field="patient.day",
        )
    saturates = isinstance(body, SaturatingBody)
    grounds = Grounds(drug, body.anatomy, instead=WITHOUT_CELLS if saturates else {})
    named = places(body)
    begin = intake.start + intake.schedule.channels @ intake.schedule.boluses[0]
    for place, volume, mcg in zip(named, body.network.volume, begin, strict=True):
        model.compartment(place.id, place.name, float(volume), float(f"{mcg:.{START_DIGITS}g}"))
    _links(model, body, named, grounds)
    if isinstance(body, SaturatingBody):
        _saturable_links(model, body, named, grounds)
    _inputs(model, [place.id for place in named], intake)
    for site in sites(body):
        _site(model, body, named, site)
    cited = [f"[{k}] {source}" for k, source in enumerate(grounds.sources, start=1)]
    model.notes([*about, "Sources:", *cited])
    return model.text()


def _links(model: Model, body: Body, named: Sequence[Place], grounds: Grounds) -> None:
    matrix = body.network.matrix
    # By source: what leaves one compartment stands together.
    for source, target in np.argwhere(matrix.T > 0.0).tolist():
        here, there = named[source], named[target]
        model.link(
            f"{here.id}_to_{there.id}",
            f"{here.name} -> {there.name}",
            (here.id, there.id),
            float(matrix[target, source]),
            grounds.citation(here.group, there.group),
        )
    for way, rates in body.network.exits.items():
        for source in np.flatnonzero(rates).tolist():
            here = named[source]
            model.link(
                f"{here.id}_to_{identifier(way)}",
                f"{here.name} -> out of the body: {way}",
                (here.id, None),
                float(rates[source]),
                grounds.citation(here.group),
            )


def _saturable_links(
    model: Model, body: SaturatingBody, named: Sequence[Place], grounds: Grounds
) -> None:
    links = body.links
    # The half saturation is an amount of the source here, and a concentration in the file.
    halves = links.half / body.network.volume[links.source]
    ends = zip(links.source.tolist(), links.target.tolist(), strict=True)
    for (source, target), most, half in zip(ends, links.capacity, halves, strict=True):
        here, there = named[source], named[target]
        model.saturable(
            f"{here.id}_to_{there.id}",
            (here.id, there.id),
            (here.name, there.name),
            (float(most), float(half)),
            grounds.citation(here.group, there.group),
        )


def _inputs(model: Model, ids: Sequence[str], intake: Intake) -> None:
    """Lay the schedule out as one rate for each channel, and events that change it or add to it."""
    schedule = intake.schedule
    shares = [
        {ids[k]: float(share) for k, share in enumerate(column.tolist()) if share}
        for column in schedule.channels.T
    ]
    running = schedule.rates[0].copy()
    infused = np.flatnonzero(schedule.rates.any(axis=0)).tolist()
    names = _different([identifier(name) for name in intake.channels])
    for channel in infused:
        mcg_per_h = float(running[channel])
        model.infusion(names[channel], intake.channels[channel], mcg_per_h, shares[channel])
    # After the end nothing more is given.
    rates = np.vstack([schedule.rates, np.zeros(len(names))])
    for k, at_s in enumerate(schedule.edges_s.tolist()[1:], start=1):
        changes: dict[str, float] = {}
        doses: dict[str, float] = {}
        words = []
        for channel, name in enumerate(intake.channels):
            rate, bolus = float(rates[k, channel]), float(schedule.boluses[k, channel])
            if not isclose(rate, running[channel], rel_tol=SAME_RATE):
                changes[names[channel]] = running[channel] = rate
                words.append(f"{name} now {rate:.6g} mcg/h")
            if bolus:
                for where, share in shares[channel].items():
                    doses[where] = doses.get(where, 0.0) + share * bolus
                words.append(f"{name} {bolus:.6g} mcg at once")
        if words:
            model.event(at_s, "; ".join(words), changes, doses)


def _different(names: Sequence[str]) -> list[str]:
    """Return names, those that stand more than once with numbers, as of two alike oral forms."""
    return [
        name if names.count(name) == 1 else f"{name}_{names[: k + 1].count(name)}"
        for k, name in enumerate(names)
    ]


def _site(model: Model, body: Body, named: Sequence[Place], site: Site) -> None:
    """Add what is read at a site: the amounts over the volumes, in the site's unit."""
    members = np.flatnonzero(site.row).tolist()
    volume = float(body.network.volume[members].sum())
    # A body reads mcg/mL, or ng/mL of a substance that may weigh more or less than the drug.
    factor = float(site.row[members[0]]) * volume
    nanograms = site.unit == "ng/mL"
    ratio = factor / (NG_PER_ML if nanograms else 1.0)
    model.reading(
        site.id,
        site.name,
        [named[k].id for k in members],
        nanograms=nanograms,
        mass_ratio=None if isclose(ratio, 1.0, rel_tol=SAME_RATE) else ratio,
    )


def _preface(course: Course, drug: Drug, anatomy: Anatomy, schedule: Schedule) -> list[str]:
    hours = float(schedule.edges_s[-1]) / HOUR_S
    return [
        f"{NOTICE}.",
        f'Written by thecal {__version__}: "{course.title}", {drug.name}, as lived by all routes.',
        (
            f"Time 0 is {course.start.isoformat(sep=' ')} on the patient's clock. "
            f"Simulate from 0 to {hours:.12g} h; after that nothing more is given."
        ),
        (
            "Amounts are in mcg, volumes in mL, time in h. A metabolite counts as the mass of the "
            "drug that it was made from; its concentration (c_plasma_...) is in its own mass."
        ),
        (
            "Each rate constant is the clearance of a link over the volume of its source. The "
            "volumes of tissue include the drug's partition; those of the gut and of a depot "
            "of an epidural dose are set to 1 mL, as only their amounts matter."
        ),
        "The mean flow of the pump's fluid is part of the flow of CSF, and so of its constants.",
        *simplifications(anatomy),
        *(one.sentence for one in course.warnings if one.sentence.startswith(EXPLORATORY)),
    ]
