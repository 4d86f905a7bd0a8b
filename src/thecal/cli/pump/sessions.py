"""One session of the command line with a pump: begun, checked, and left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from thecal.cli.pump.home import Home
    from thecal.pump.telemetry import Programmer, Role


@contextmanager
def session(
    home: Home, operator: str, *, role: Role | None = None, quiet: bool = False
) -> Iterator[Programmer]:
    """Hold a programmer to a pump for as long as the block lasts.

    First what became of an order whose fate was not known is found out, and the log is held
    against that of the last session.

    Parameters
    ----------
    operator
        Who speaks.
    role
        With whose key; a clinician's when left out.
    quiet
        Whether nothing is said but alarms.
    """
    import secrets

    from thecal.cli.pump.wire import Wire
    from thecal.pump.telemetry import Claim, Link, Programmer, Role

    role = role or Role.CLINICIAN
    is_clinician = role is Role.CLINICIAN
    with Wire(home.address()) as wire:
        link = Link(
            wire.exchange,
            home.key(role),
            role,
            Claim(home.identity(), operator),
            secrets.token_bytes,
        )
        programmer = Programmer(
            link,
            log_key=home.log_key() if is_clinician else None,
            remembered=home.head() if is_clinician else None,
            journal=home.remember_order if is_clinician else lambda _: None,
        )
        if is_clinician:
            _resolve(home, programmer, quiet=quiet)
            _check_log(programmer)
            home.remember_head(programmer.head)
        yield programmer
        programmer.leave()


def _check_log(programmer: Programmer) -> None:
    """Alarm when the log is not that of the last session; whoever must stop a pump still can."""
    from thecal.pump.telemetry import LogTruncatedError

    try:
        programmer.check_log()
    except LogTruncatedError as found:
        typer.echo(f"ALARM: {found}. The pump alarms as well; tell the clinic.", err=True)


def _resolve(home: Home, programmer: Programmer, *, quiet: bool) -> None:
    """Find out what became of an order whose fate was not known, and say it."""
    from thecal.cli.pump.showing import order_words
    from thecal.pump.telemetry import Progress

    order = home.order()
    if order is None or order.progress not in {Progress.STARTED, Progress.UNCERTAIN}:
        return
    order = programmer.resolve(order)
    if not quiet:
        typer.echo(f"The last order was interrupted: {order_words(order)}. {order.words}.")
