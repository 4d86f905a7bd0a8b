"""The published page of the virtual trials: what was predicted, what missed, and why.

Nine published studies are run; the means of their replicates are held against the bands in which
they should lie. The page is written anew from the results, so that a miss cannot be left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from thecal import NOTICE, __version__
from thecal.studies.printing import cells
from thecal.studies.results import Found, Results
from thecal.studies.sensitivity import Part, Swing

_FILE = files("thecal.studies") / "data" / "explanations.toml"


@dataclass(frozen=True, slots=True)
class Carried:
    """What carries one endpoint of a study: its value at all set points, swings and parts."""

    study: str
    endpoint: str
    unit: str
    value: float
    swings: tuple[Swing, ...]
    parts: tuple[Part, ...]


def banded(results: Results) -> tuple[Found, ...]:
    """Return the endpoints of a study that have a band of acceptance."""
    return tuple(one for one in results.endpoints if one.endpoint.band is not None)


def verdict(results: Results) -> str:
    """Return how many of a study's bands hold, in words.

    Examples
    --------
    A study with three bands of which one fails gives ``"2 of 3 bands hold"``.
    """
    bands = banded(results)
    held = sum(one.accepted is True for one in bands)
    if not bands:
        return "no band"
    return "all bands hold" if held == len(bands) else f"{held} of {len(bands)} bands hold"


def page(all_results: Sequence[Results], carried: Sequence[Carried]) -> str:
    """Return the page as Markdown."""
    explained = explanations()
    replicates = sorted({one.replicates for one in all_results})
    counts = " and ".join(str(one) for one in replicates)
    lines = [
        "# Virtual trials beside published ones",
        "",
        (
            f"{NOTICE}. Written by `thecal study --validate --record docs/validation/response.md` "
            f"(thecal {__version__}, {counts} replicates a study); do not edit by hand."
        ),
        "",
        *explained["page"]["intro"].strip().splitlines(),
        "",
        "| study | acceptance | published inside the 95 % range |",
        "|---|---|---|",
    ]
    for results in all_results:
        compared = [one for one in results.endpoints if one.inside is not None]
        inside = sum(one.inside is True for one in compared)
        name = results.study.name
        lines.append(f"| [{name}](#{name}) | {verdict(results)} | {inside} of {len(compared)} |")
    for results in all_results:
        lines += ["", *_section(results, explained.get(results.study.name, {}).get("text", ""))]
    if carried:
        lines += ["", "## Which assumption carries a result", ""]
        lines += explained["page"]["carried"].strip().splitlines()
    for one in carried:
        lines += ["", *_carried(one)]
    return "\n".join(lines) + "\n"


def explanations() -> dict[str, dict[str, str]]:
    """Return what is said of each study and of the page, by name."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _section(results: Results, text: str) -> list[str]:
    lines = [f"## {results.study.name}", "", f"{results.study.title}. {verdict(results)}.", ""]
    if text:
        lines += [*text.strip().splitlines(), ""]
    lines += [
        "| endpoint | published | simulated | 95 % range | inside | in its band | P < .05 |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(cells(one)) + " |" for one in results.endpoints]
    return lines


def _carried(one: Carried) -> list[str]:
    unit = f" {one.unit}" if one.unit else ""
    lines = [
        f"### {one.study}: {one.endpoint}",
        "",
        f"At all set points: {one.value:.3g}{unit}.",
        "",
        "| figure | at the low end | at the high end |",
        "|---|---|---|",
    ]
    lines += [f"| {swing.figure} | {swing.low:.3g} | {swing.high:.3g} |" for swing in one.swings]
    if one.parts:
        lines += [
            "",
            "| figure | alone (first order) | with interactions (total) |",
            "|---|---|---|",
        ]
        lines += [f"| {part.figure} | {part.first:.2f} | {part.total:.2f} |" for part in one.parts]
    return lines
