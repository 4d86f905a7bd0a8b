"""The pump's telemetry: thecal's own protocol, which no real device speaks, and both ends of it.

Nothing that changes therapy is taken without mutual authentication with the pump's own key, a
session bound to pump, patient and operator, a counter, a fresh challenge, somebody at the pump and
a confirmation (PC-80 to PC-87). The only package of the pump that imports cryptography. See
``docs/telemetry.md``.
"""

from thecal.pump.implant.chain import Head
from thecal.pump.implant.status import Status
from thecal.pump.telemetry.campaign import Campaign, attacks
from thecal.pump.telemetry.commands import Command, Kind, programming
from thecal.pump.telemetry.flood import Flooded, flood, junk
from thecal.pump.telemetry.frames import FrameError, Splitter
from thecal.pump.telemetry.handshake import Claim
from thecal.pump.telemetry.keys import Identity, Key, Role, patient_digest
from thecal.pump.telemetry.label import Labels
from thecal.pump.telemetry.link import (
    Exchange,
    Link,
    LinkLostError,
    RefusedError,
    read_in_emergency,
)
from thecal.pump.telemetry.programmer import (
    Interrogation,
    LogTruncatedError,
    Order,
    Programmer,
    Progress,
    ReadBackError,
)
from thecal.pump.telemetry.receiver import Peer, Receiver
from thecal.pump.telemetry.reports import Emergency
from thecal.pump.telemetry.witness import Witness

__all__ = [
    "Campaign",
    "Claim",
    "Command",
    "Emergency",
    "Exchange",
    "Flooded",
    "FrameError",
    "Head",
    "Identity",
    "Interrogation",
    "Key",
    "Kind",
    "Labels",
    "Link",
    "LinkLostError",
    "LogTruncatedError",
    "Order",
    "Peer",
    "Programmer",
    "Progress",
    "ReadBackError",
    "Receiver",
    "RefusedError",
    "Role",
    "Splitter",
    "Status",
    "Witness",
    "attacks",
    "flood",
    "junk",
    "patient_digest",
    "programming",
    "read_in_emergency",
]
