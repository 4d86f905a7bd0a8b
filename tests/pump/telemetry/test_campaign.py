"""The attack campaign: nothing gets through, and it would notice if something did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pump.telemetry.ward import chance
from thecal.pump.telemetry import Campaign, Key, Role, attacks, frames, ordering, session
from thecal.pump.telemetry import campaign as campaigning
from thecal.pump.telemetry.frames import Frame, FrameType
from thecal.pump.telemetry.receiver import Receiver
from thecal.pump.telemetry.sealing import TAG_BYTES, Opener, Sealer
from thecal.pump.telemetry.session import ASKED_BY, ORDERED_BY, Prepared, Session

QUICK = 20_000
CLASSES = {
    "answer forged",
    "bit flipped",
    "downgraded",
    "forged",
    "idle",
    "nobody at the pump",
    "not prepared",
    "old session",
    "other pump",
    "patient's key as clinician's",
    "patient's key orders",
    "reflected",
    "reordered",
    "replayed",
    "stale",
    "truncated",
    "wrong key",
    "wrong patient or pump",
}


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return attacks(QUICK, seed=1)


@pytest.mark.requirement("PC-80", "PC-81", "PC-88")
def test_no_attack_is_accepted(campaign: Campaign) -> None:
    assert [one for one in campaign.classes if one.accepted] == []
    assert campaign.accepted == 0


def test_every_class_was_tried(campaign: Campaign) -> None:
    assert {one.name for one in campaign.classes} == CLASSES
    assert min(one.tried for one in campaign.classes) >= 20


def test_as_many_were_tried_as_were_asked_for(campaign: Campaign) -> None:
    assert campaign.tried == sum(one.tried for one in campaign.classes) >= QUICK


def test_the_same_seed_gives_the_same_campaign() -> None:
    assert attacks(500, seed=3) == attacks(500, seed=3)


# -- a campaign that cannot fail proves nothing: each check is taken out, and must be missed -------


def plain_seal(self: Sealer, kind: FrameType, body: bytes) -> bytes:
    self._counter += 1
    sealed = body + bytes(TAG_BYTES)
    return Frame(kind, self._direction, self._session, self._counter, sealed).encoded()


def plain_open(self: Opener, frame: Frame) -> bytes:
    self.check_place(frame)
    self.check_counter(frame)
    self._last = frame.counter
    return frame.body[:-TAG_BYTES]


def nothing(*_: object, **__: object) -> None:
    """Check nothing."""


def confirmed_whatever(self: Session, *_: object) -> Prepared:
    assert self.prepared is not None
    return self.prepared


def one_key(mind: pytest.MonkeyPatch) -> None:
    known = Key(chance(5).randbytes(32))
    mind.setattr(campaigning, "Key", lambda _secret: known)


def no_encryption(mind: pytest.MonkeyPatch) -> None:
    mind.setattr(Sealer, "seal", plain_seal)
    mind.setattr(Opener, "open", plain_open)


def no_roles(mind: pytest.MonkeyPatch) -> None:
    mind.setitem(ASKED_BY, Role.PATIENT, ASKED_BY[Role.CLINICIAN])
    mind.setitem(ORDERED_BY, Role.PATIENT, ORDERED_BY[Role.CLINICIAN])


def no_version(mind: pytest.MonkeyPatch) -> None:
    real = frames.body_length

    def lenient(data: bytes) -> int:
        version = len(frames.MAGIC)
        return real(data[:version] + bytes((frames.VERSION,)) + data[version + 1 :])

    mind.setattr(frames, "body_length", lenient)


MUTATIONS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], set[str]]] = {
    "no encryption": (
        no_encryption,
        {"bit flipped", "forged", "wrong key", "old session", "other pump", "answer forged"},
    ),
    "no counter": (
        lambda mind: mind.setattr(Opener, "check_counter", nothing),
        {"replayed", "reordered", "answer forged"},
    ),
    "no version": (no_version, {"downgraded"}),
    "no freshness": (lambda mind: mind.setattr(session, "FRESH_S", 10**6), {"stale"}),
    "no challenge": (
        lambda mind: mind.setattr(Session, "check_fresh", nothing),
        {"stale", "not prepared"},
    ),
    "no confirmation": (
        lambda mind: mind.setattr(Session, "confirmed", confirmed_whatever),
        {"stale", "not prepared"},
    ),
    "no presence": (
        lambda mind: mind.setattr(ordering, "check_presence", nothing),
        {"nobody at the pump"},
    ),
    "no roles": (
        no_roles,
        {"patient's key orders"},
    ),
    "one key for all": (one_key, {"patient's key as clinician's", "wrong key"}),
    "no identity": (
        lambda mind: mind.setattr(Receiver, "_mistaken", lambda *_: ""),
        {"wrong patient or pump"},
    ),
    "no idling": (lambda mind: mind.setattr(session, "IDLE_S", 10**6), {"idle"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_check_that_is_taken_out_is_missed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate, missed = MUTATIONS[name]
    mutate(monkeypatch)
    found = attacks(5_000, seed=2)
    assert missed <= {one.name for one in found.classes if one.accepted}
