"""``thecal pump serve``: the pump of a folder, built from the record, run by the wall's clock."""

from __future__ import annotations

import fcntl
import secrets
import signal
import time
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import typer

from thecal import NOTICE
from thecal.cli.pump.attended import Attended
from thecal.cli.pump.home import Home, Implanted
from thecal.cli.pump.ordering import prescribed
from thecal.cli.pump.pace import Counter, Pace
from thecal.cli.pump.serving import Service
from thecal.cli.pump.tables import clock
from thecal.cli.pump.wire import Address
from thecal.devices import load_catheter, load_pump
from thecal.errors import InputError, ThecalError
from thecal.prescription import read_course
from thecal.pump.hardware import CatheterFigures, read_kind
from thecal.pump.implant.codec import decode_state
from thecal.pump.implant.files import FileStore
from thecal.pump.implant.keeping import Keeper
from thecal.pump.implant.values import Reply
from thecal.pump.telemetry import Labels, Receiver, Role
from thecal.therapy.implanting import implant_profile
from thecal.therapy.programming import hardware, nanolitres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.pump.implant.alarms import Sound
    from thecal.pump.implant.implant import Implant

PROFILE = "reference-20"
CATHETER = "ascenda-8780"
_SERIAL_BYTES = 3
_DAY_S = 86_400


class Wishes(NamedTuple):
    """What was asked for on the command line; empty where nothing was said."""

    speed: int
    listen: str
    profile: str
    course: Path | None
    patient: str
    near: bool


class _Start(NamedTuple):
    """Where a pump goes on."""

    now_s: int
    reservoir_nl: int
    week_offset_s: int


class _Voice:
    """Prints every sound with the pump's own day and time."""

    def __init__(self, week_offset_s: int) -> None:
        self._week_offset_s = week_offset_s
        self.implant: Implant | None = None

    def say(self, sound: Sound) -> None:
        if self.implant is not None:
            self._week_offset_s = self.implant.status(sound.at_s).week_offset_s
        tones = "two tones" if sound.critical else "one tone"
        at = clock(sound.at_s + self._week_offset_s)
        typer.echo(f"{at}  ALARM, {tones}: {', '.join(sound.codes)}")


def serve_pump(folder: Path, wishes: Wishes) -> None:
    """Run the pump of a folder until somebody ends the process.

    Raises
    ------
    InputError
        When another pump lies in the folder, or it runs already.
    """
    home = Home(folder)
    is_new = home.is_new
    if is_new:
        home.settle(_implanted(wishes), secrets.token_bytes)
    elif wishes.profile or wishes.course or wishes.patient:
        raise InputError(
            f"a pump is implanted in {folder} already ({home.implanted().serial}); leave out "
            "--profile, --course and --patient, or choose another --store"
        )
    with _alone(home):
        _serve(home, wishes, is_new=is_new)


def _implanted(wishes: Wishes) -> Implanted:
    serial = f"SIM-{secrets.token_hex(_SERIAL_BYTES).upper()}"
    patient = wishes.patient or "training patient"
    if wishes.course is None:
        pump, catheter = load_pump(wishes.profile or PROFILE), load_catheter(CATHETER)
        return Implanted(
            serial=serial,
            patient=patient,
            profile=pump.id,
            catheter=catheter.id,
            implanted_length_cm=str(catheter.total_length_cm),
            start_nl=hardware(pump).reservoir_nl,
            week_offset_s=_second_of_week(),
        )
    course = read_course(wishes.course)
    implant = course.implant
    if implant is None:
        raise InputError(f"{wishes.course.name} has no [implant], so there is no pump to run")
    if wishes.profile not in {"", implant.pump.id}:
        raise InputError(
            f"{wishes.course.name} implants a {implant.pump.id}, so --profile {wishes.profile} "
            "contradicts it; leave it out"
        )
    return Implanted(
        serial=serial,
        patient=patient,
        profile=implant.pump.id,
        catheter=implant.catheter.id,
        implanted_length_cm=str(implant.implanted_length_cm),
        start_nl=nanolitres(implant.fill) + nanolitres(implant.pump.residual_volume),
        week_offset_s=course.week_offset_s,
    )


def _serve(home: Home, wishes: Wishes, *, is_new: bool) -> None:
    one = home.implanted()
    store = FileStore(home.memory)
    begin = _beginning(store, one)
    counter = Counter(begin.now_s)
    implant = _built(home, one, store, begin, counter)
    labels = Labels(store)
    if is_new and wishes.course is not None:
        _program_in_theatre(implant, labels, wishes.course, one)
    keys = {role: home.key(role) for role in Role}
    receiver = Receiver(implant, keys, home.identity(), labels, secrets.token_bytes)
    pace = Pace(wishes.speed, counter.now_s, time.monotonic_ns)
    address = Address(wishes.listen or str(home.socket.resolve()))
    service = Service(implant, receiver, pace, counter, address.listening(), near=wishes.near)
    home.remember_address(address.of(service.server))
    ended: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda given, _frame: ended.append(given))
    signal.signal(signal.SIGUSR1, lambda _given, _frame: service.stop_at_the_pump())
    typer.echo(
        f"{NOTICE}.\n\n"
        f"Pump {one.serial} ({one.profile}) runs at {wishes.speed} times the wall's pace, its "
        f"clock says {clock(begin.now_s + begin.week_offset_s)}.\n"
        f"It listens at {address.of(service.server)}. End it with Ctrl-C: that is a loss of power."
    )
    try:
        service.run(lambda: not ended)
    finally:
        service.close()
        store.close()


def _beginning(store: FileStore, one: Implanted) -> _Start:
    """Return the second and the volume at which the pump goes on; damage is told by the pump."""
    try:
        kept = Keeper(store).load()
        if kept is not None:
            state = decode_state(kept.state)
            return _Start(state.now_s, kept.ledger.reservoir_nl, state.week_offset_s)
    except ThecalError:
        pass  # the implant finds the same damage, alarms, and stands still
    return _Start(0, one.start_nl, one.week_offset_s)


def _built(
    home: Home, one: Implanted, store: FileStore, begin: _Start, counter: Counter
) -> Implant:
    pump, catheter = load_pump(one.profile), load_catheter(one.catheter)
    catheter_nl = nanolitres(catheter.implanted_volume(Decimal(one.implanted_length_cm)))
    figures = CatheterFigures.read(catheter.exact_number, catheter_nl)
    noise = Random(secrets.randbits(64))  # noqa: S311  (of sensors; it guards no secret)
    kind = read_kind(pump.mechanism, pump.exact_number)
    plant = kind.build(figures, noise, start_nl=begin.reservoir_nl)

    voice = _Voice(begin.week_offset_s)
    implant = Attended(
        implant_profile(pump, figures),
        store,
        plant,
        log_key=home.log_key(),
        own_clock=counter.read,
        now_s=begin.now_s,
        speaker=voice.say,
        reservoir_nl=one.start_nl,
        week_offset_s=one.week_offset_s,
    )
    implant.reservoir = plant
    voice.implant = implant
    return implant


def _program_in_theatre(implant: Implant, labels: Labels, course: Path, one: Implanted) -> None:
    """Give the pump its first program, as it leaves the theatre."""
    program, limits, label = prescribed(course, 1, one, now_s=0).parts
    staged = implant.stage(program, limits, 0)
    if isinstance(staged, Reply):
        raise InputError(f"the pump refuses the first prescription: {staged.reason}")
    labels.propose(label.decode("ascii"), commits=0)
    reply = implant.commit(staged.digest, 0)
    if not reply.accepted:
        raise InputError(f"the pump refuses the first prescription: {reply.reason}")


def _second_of_week() -> int:
    now = datetime.now()  # noqa: DTZ005  (the patient's own clock on the wall)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return now.weekday() * _DAY_S + int((now - midnight).total_seconds())


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the folder: a second process on the same memory would be a second pump in one body."""
    with (home.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise InputError(f"the pump in {home.folder} runs already") from taken
        yield
