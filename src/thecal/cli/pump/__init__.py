"""``thecal pump ...``: a pump in service, and a programmer held to it.

Every order is shown first as the pump itself has understood it, and sent only when it was
confirmed. Simulation - not for patient care.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal import NOTICE
from thecal.cli.pump.scenario import scenario
from thecal.cli.pump.sessions import session
from thecal.cli.pump.soaking import soak

if TYPE_CHECKING:
    from thecal.cli.pump.home import Home
    from thecal.cli.pump.ordering import Proposal
    from thecal.pump.telemetry import Interrogation, Order, Programmer

app = typer.Typer(
    name="pump",
    help=f"A virtual implanted pump, and its programmer. {NOTICE}.",
    no_args_is_help=True,
)

app.command()(soak)
app.command()(scenario)

NOT_SENT = 1
"""Exit code when the operator said no."""
UNCERTAIN = 3
"""Exit code when the link was lost and nobody knows yet whether an order was carried out."""

Store = Annotated[
    Path, typer.Option(help="The folder of the pump: its memory, its keys, where it listens.")
]
Operator = Annotated[str, typer.Option(help="Who orders; the session is bound to it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Confirm at once, for scripts.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
HERE = Path("thecal-pump")
SOMEBODY = "operator"


@app.command()
def serve(
    *,
    store: Store = HERE,
    speed: Annotated[
        int, typer.Option(min=1, max=100_000, help="Seconds of the pump in one second.")
    ] = 1,
    listen: Annotated[
        str, typer.Option(help="127.0.0.1:PORT; a socket in the folder when left out.")
    ] = "",
    profile: Annotated[str, typer.Option(help="The pump on record, at the first run.")] = "",
    course: Annotated[
        Path | None,
        typer.Option(help="At the first run: implant, fill and program as in this course file."),
    ] = None,
    patient: Annotated[
        str, typer.Option(help="The patient's id at the clinic, at the first run.")
    ] = "",
    far: Annotated[
        bool, typer.Option("--far", help="Nobody holds a programmer at the pump: orders fail.")
    ] = False,
) -> None:
    """Let a pump run, in its own time or faster, and listen for programmers."""
    from thecal.cli.pump.running import Wishes, serve_pump

    serve_pump(store, Wishes(speed, listen, profile, course, patient, near=not far))


@app.command()
def interrogate(
    *, store: Store = HERE, operator: Operator = SOMEBODY, as_json: AsJson = False
) -> None:
    """Read all that the pump says of itself, and check its log."""
    from thecal.cli.pump.showing import as_object, status_lines

    home = _home(store)
    with session(home, operator, quiet=as_json) as programmer:
        found = programmer.interrogate()
    if as_json:
        _print_json(as_object(home.implanted(), found))
    else:
        _print(status_lines(home.implanted(), found))


@app.command()
def program(
    file: Annotated[Path, typer.Argument(help="The course file (TOML).", show_default=False)],
    *,
    number: Annotated[
        int, typer.Option(min=1, help="Which [[prescription]] of the file, counted from 1.")
    ] = 1,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Program the pump with a prescription of a course file.

    The program in force runs on until the new one is confirmed, and nothing lies between the two.
    """
    from thecal.cli.pump.ordering import prescribed
    from thecal.cli.pump.tables import change_of_daily_dose, rows, side_by_side
    from thecal.pump.telemetry import Interrogation

    home = _home(store)
    with session(home, operator, quiet=as_json) as programmer:
        before = programmer.interrogate()
        command = prescribed(file, number, home.implanted(), before.status.now_s)
        order = programmer.prepare(command)
        after = Interrogation(before.status, order.command)
        if not as_json:
            _print(
                [
                    f"What pump {home.implanted().serial} has understood. Check every row.",
                    "",
                    *side_by_side(rows(before), rows(after)),
                    "",
                    f"Mean dose a day, {change_of_daily_dose(before, after)}.",
                ]
            )
        _finish(programmer, order, yes=yes, as_json=as_json)


@app.command()
def bolus(
    dose: Annotated[str, typer.Argument(help="Of the primary drug, as 0.2 mg.")],
    *,
    over: Annotated[str, typer.Option(help="How long it takes, as 10 min.")],
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give a single bolus now."""
    from thecal.cli.pump.ordering import single_bolus

    _order(store, operator, lambda found: single_bolus(dose, over, found), yes, as_json)


@app.command()
def stop(
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Stop delivery; the pump alarms after 5 min and again until it is started."""
    from thecal.cli.pump.ordering import stopping

    _order(store, operator, stopping, yes, as_json)


@app.command()
def start(
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Let the program run again after a stop or a fault."""
    from thecal.cli.pump.ordering import starting

    _order(store, operator, starting, yes, as_json)


@app.command()
def prime(
    volume: Annotated[str, typer.Argument(help="To move, as 0.3 mL.")],
    flow: Annotated[str, typer.Argument(help="At which flow, as 1 mL/h.")],
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Move fluid at a high flow, to fill tubing and catheter."""
    from thecal.cli.pump.ordering import priming

    _order(store, operator, lambda found: priming(volume, flow, found), yes, as_json)


@app.command()
def refill(
    aspirated: Annotated[str, typer.Argument(help="Drawn out of the reservoir, as 3.2 mL.")],
    filled: Annotated[str, typer.Argument(help="Filled in, as 20 mL.")],
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Tell the pump the volumes of a refill; it compares them with what it has computed."""
    from thecal.cli.pump.ordering import refilling

    _order(store, operator, lambda found: refilling(aspirated, filled, found), yes, as_json)


@app.command("set-clock")
def set_clock(
    to: Annotated[str, typer.Argument(help='Day and time, as "Tue 14:05".')],
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Set the pump's day and time; steps and boluses of the day move with it."""
    from thecal.cli.pump.ordering import setting_clock

    _order(store, operator, lambda found: setting_clock(to, found), yes, as_json)


@app.command()
def silence(
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Silence what sounds, for two minutes at most."""
    from thecal.cli.pump.ordering import silencing

    _order(store, operator, silencing, yes, as_json)


@app.command()
def acknowledge(
    condition: Annotated[str, typer.Argument(help="As the list of alarms names it.")],
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Say that an alarm was seen; it stays in the list while its cause is there."""
    from thecal.cli.pump.ordering import acknowledging

    _order(store, operator, lambda found: acknowledging(condition, found), yes, as_json)


@app.command()
def press(*, store: Store = HERE, as_json: AsJson = False) -> None:
    """Press the patient's button, with the patient's own key."""
    from thecal.pump.telemetry import Command, Kind, Role

    home = _home(store)
    with session(home, "patient", role=Role.PATIENT, quiet=as_json) as programmer:
        order = programmer.prepare(Command(Kind.PRESS))
        _finish(programmer, order, yes=True, as_json=as_json)


@app.command()
def emergency(*, store: Store = HERE, as_json: AsJson = False) -> None:
    """Read drug and flow without a key, for whoever stands beside the patient."""
    from thecal.cli.pump.showing import emergency_lines
    from thecal.cli.pump.wire import Wire
    from thecal.pump.telemetry import read_in_emergency

    with Wire(_home(store).address()) as wire:
        found = read_in_emergency(wire.exchange)
    if as_json:
        _print_json(found._asdict())
    else:
        _print(emergency_lines(found))


@app.command()
def log(
    *,
    store: Store = HERE,
    operator: Operator = SOMEBODY,
    last: Annotated[int, typer.Option(min=1, help="Print so many records.")] = 40,
    as_json: AsJson = False,
) -> None:
    """Print the pump's log, after every record of it was checked."""
    from thecal.cli.pump.showing import log_lines, log_object

    home = _home(store)
    with session(home, operator, quiet=as_json) as programmer:
        entries = programmer.read_log()
    if as_json:
        _print_json(log_object(entries))
    else:
        _print(log_lines(entries, last))


def _home(store: Path) -> Home:
    from thecal.cli.pump.home import Home

    home = Home(store)
    home.implanted()
    return home


def _order(
    store: Path,
    operator: str,
    propose: Callable[[Interrogation], Proposal],
    yes: bool,
    as_json: bool,
) -> None:
    home = _home(store)
    with session(home, operator, quiet=as_json) as programmer:
        proposal = propose(programmer.interrogate())
        order = programmer.prepare(proposal.command)
        if not as_json:
            _print([f"Pump {home.implanted().serial}.", *proposal.lines])
        _finish(programmer, order, yes=yes, as_json=as_json)


def _finish(programmer: Programmer, order: Order, *, yes: bool, as_json: bool) -> None:
    """Ask, confirm, and say what came of it."""
    from thecal.cli.pump.showing import order_words
    from thecal.pump.telemetry import Progress, RefusedError

    ask = "Hold the programmer at the pump. Send this?"
    if not yes and not typer.confirm(ask, err=as_json):
        typer.echo("Nothing was sent; the pump goes on as it was.", err=as_json)
        raise typer.Exit(NOT_SENT)
    order = programmer.confirm(order)
    if order.progress is Progress.FAILED:
        raise RefusedError(f"{order.words}; nothing was changed")
    if as_json:
        _print_json({"order": order_words(order), "progress": str(order.progress)})
    elif order.progress is Progress.FINISHED:
        typer.echo(f"Done, and read back from the pump: {order_words(order)}.")
    else:
        typer.echo(
            f"UNCERTAIN: {order_words(order)}: {order.words}. Do not order it again: interrogate "
            "the pump, which finds out what became of it.",
            err=True,
        )
    if order.progress is Progress.UNCERTAIN:
        raise typer.Exit(UNCERTAIN)


def _print(lines: list[str]) -> None:
    typer.echo("\n".join([f"{NOTICE}.", "", *lines]))


def _print_json(entry: dict[str, Any]) -> None:
    typer.echo(json.dumps({"notice": NOTICE, **entry}, indent=2))
