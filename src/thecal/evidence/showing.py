"""The library in the terminal and as plain objects for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thecal.evidence.claims import MEANINGS

if TYPE_CHECKING:
    from rich.console import Console

    from thecal.evidence.claims import Claim
    from thecal.evidence.figures import Published
    from thecal.evidence.library import Library
    from thecal.evidence.studies import Study

ROLES = ("supports", "limits", "contradicts")


def print_contents(library: Library, console: Console) -> None:
    """Print what the library holds: the claims and the studies."""
    console.print(
        f"[bold]{len(library.figures)} figures from {len(library.studies)} studies[/], "
        f"{len(library.claims)} claims, {len(library.cautions)} warnings."
    )
    claims = _table("claim", "", "grade")
    for claim in library.claims:
        claims.add_row(str(claim.number), claim.claim, claim.grade)
    console.print(claims)
    studies = _table("study", "author", "kind", "in whom", "figures")
    for study in library.studies.values():
        count = len(library.of_study(study.id))
        studies.add_row(study.id, study.title, study.kind, study.population, str(count))
    console.print(studies)


def print_study(library: Library, study: Study, console: Console) -> None:
    """Print a study and all its figures."""
    console.print(f"[bold]{study.title}[/]: {study.design}, {study.population}")
    if study.says:
        console.print(study.says)
    if study.funding == "maker":
        console.print("Money or authors of a pump's maker were seen.")
    table = _table("figure", "arm", "n", "when", "what", "published", "confidence")
    for one in library.of_study(study.id):
        marks = "" if not library.cautions_on(one.id) else " *"
        number = "" if one.n is None else str(one.n)
        table.add_row(
            one.id.rsplit("-", 1)[1],
            one.arm,
            number,
            one.occasion(),
            one.outcome,
            one.stated() + marks,
            one.confidence,
        )
    console.print(table)
    warned = [
        caution
        for caution in library.cautions
        if any(library.figures[figure].study == study.id for figure in caution.figures)
    ]
    for caution in warned:
        console.print(f"* {caution.id} ({caution.effect}): {caution.text}")


def print_claim(library: Library, claim: Claim, console: Console) -> None:
    """Print a claim with what bears on it, its grade and how to see it."""
    console.print(f"[bold]Claim {claim.number}[/]: {claim.claim}")
    console.print(f"Grade: {claim.grade} ({MEANINGS[claim.grade]})")
    console.print(claim.says)
    for role in ROLES:
        ids = getattr(claim, role)
        if not ids:
            continue
        table = _table(role, "study", "in whom", "what", "published")
        for figure in ids:
            one = library.figures[figure]
            study = library.studies[one.study]
            what = " ".join(word for word in (one.outcome + ",", one.arm, one.occasion()) if word)
            table.add_row(one.id, study.title, study.population, what, one.stated())
        console.print(table)
    console.print(f"To see it: {claim.command or 'thecal cannot show it yet'}")


def _table(*columns: str) -> Any:  # noqa: ANN401 - rich is imported late
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def contents_object(library: Library) -> dict[str, Any]:
    """Return what the library holds as plain objects."""
    return {
        "studies": [study_object(library, one) for one in library.studies.values()],
        "claims": [claim_object(library, one) for one in library.claims],
        "warnings": [
            {"id": one.id, "effect": one.effect, "text": one.text, "figures": list(one.figures)}
            for one in library.cautions
        ],
    }


def study_object(library: Library, study: Study) -> dict[str, Any]:
    """Return a study and its figures as plain objects."""
    return {
        "id": study.id,
        "first_author": study.first_author,
        "year": study.year,
        "kind": study.kind,
        "design": study.design,
        "population": study.population,
        "funding": study.funding,
        "says": study.says,
        "figures": [figure_object(library, one) for one in library.of_study(study.id)],
    }


def claim_object(library: Library, claim: Claim) -> dict[str, Any]:
    """Return a claim and the figures that bear on it as plain objects."""
    return {
        "number": claim.number,
        "claim": claim.claim,
        "grade": claim.grade,
        "meaning": MEANINGS[claim.grade],
        "says": claim.says,
        "command": claim.command,
        **{
            role: [figure_object(library, library.figures[one]) for one in getattr(claim, role)]
            for role in ROLES
        },
    }


def figure_object(library: Library, one: Published) -> dict[str, Any]:
    """Return a figure as a plain object; numbers are as printed, in text."""
    return {
        "id": one.id,
        "arm": one.arm,
        "n": one.n,
        "months": _text(one.months),
        "when": one.occasion(),
        "outcome": one.outcome,
        "instrument": one.instrument,
        "statistic": one.statistic,
        "value": _text(one.value),
        "low": _text(one.low),
        "high": _text(one.high),
        "interval": one.interval,
        "spread": _text(one.spread),
        "spread_kind": one.spread_kind,
        "events": one.events,
        "of": one.of,
        "unit": one.unit,
        "confidence": one.confidence,
        "source": one.source,
        "note": one.note,
        "refused": one.refused,
        "warnings": [caution.id for caution in library.cautions_on(one.id)],
    }


def _text(number: object) -> str | None:
    return None if number is None else str(number)
