"""A pump in service: its counter driven by the clock on the wall, its link by sockets.

One thread and one loop. What the pump has to do comes before what anybody sends to it, and a
connection can neither make it wait nor fill its memory (PC-87, H44).
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from thecal.pump.telemetry import FrameError, Peer, Receiver, Splitter

if TYPE_CHECKING:
    from thecal.cli.pump.pace import Counter, Pace
    from thecal.pump.implant.implant import Implant

MOST_CONNECTIONS: Final = 8
_AT_ONCE: Final = 1 << 16
_LONGEST_WAIT_S: Final = 0.2
_WAKES_AT_ONCE: Final = 256
_ORIGIN: Final = "this machine"


@dataclass(slots=True)
class _Connection:
    """One programmer that is connected."""

    socket: socket.socket
    peer: Peer
    heard: int = 0
    splitter: Splitter = field(default_factory=Splitter)


class Service:
    """One pump in service.

    Parameters
    ----------
    implant
        The pump.
    receiver
        Its end of the link.
    pace
        How fast its time runs.
    counter
        The second that it has reached.
    server
        The socket that listens.
    near
        Whether somebody holds a programmer at the pump.
    """

    def __init__(
        self,
        implant: Implant,
        receiver: Receiver,
        pace: Pace,
        counter: Counter,
        server: socket.socket,
        *,
        near: bool = True,
    ) -> None:
        self._implant = implant
        self._receiver = receiver
        self._pace = pace
        self._counter = counter
        self._near = near
        self._count = 0
        self._due_s = counter.now_s
        self._is_stop_asked = False
        self._selector = selectors.DefaultSelector()
        self.server = server
        """The socket that listens."""
        server.settimeout(0)
        self._selector.register(server, selectors.EVENT_READ)

    def stop_at_the_pump(self) -> None:
        """Stop delivery at the next turn of the loop: the switch on the pump, which needs no link.

        May be called from a signal.
        """
        self._is_stop_asked = True

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Serve for as long as ``goes_on`` says; delivery comes first in every turn."""
        while goes_on():
            self._catch_up()
            heard = self._selector.select(min(self._pace.wait_s(self._due_s), _LONGEST_WAIT_S))
            self._catch_up()
            for key, _ in heard:
                if key.data is None:
                    self._accept()
                elif key.fd in self._selector.get_map():
                    self._read(key.data)
            self._pace.mind_session(is_open=self._receiver.in_session(self._arrive()))

    def close(self) -> None:
        """Close every connection and the server."""
        for connection in self._connections():
            connection.socket.close()
        self.server.close()
        self._selector.close()

    def _arrive(self) -> int:
        """Let the counter go as far as the wall says and nothing is left undone; return it."""
        self._counter.now_s = max(self._counter.now_s, min(self._pace.now_s(), self._due_s))
        return self._counter.now_s

    def _wake(self) -> None:
        self._due_s = self._implant.wake(self._counter.now_s)

    def _catch_up(self) -> None:
        """Do what is due, each at its own second."""
        for _ in range(_WAKES_AT_ONCE):
            now_s = self._arrive()
            if self._is_stop_asked:
                self._is_stop_asked = False
                self._implant.stop(now_s)
                self._wake()
            if now_s < self._due_s:
                return
            self._wake()
        # A machine that cannot keep up makes a slower pump, never one that leaves something out.
        self._pace.hold_back(self._due_s)

    def _connections(self) -> list[_Connection]:
        return [key.data for key in self._selector.get_map().values() if key.data is not None]

    def _accept(self) -> None:
        try:
            new, _ = self.server.accept()
        except OSError:
            return  # it has hung up already
        new.settimeout(0)
        connections = self._connections()
        if len(connections) >= MOST_CONNECTIONS:
            self._hang_up(min(connections, key=lambda one: one.heard))
        self._count += 1
        connection = _Connection(new, Peer(_ORIGIN, self._count), self._count)
        self._selector.register(new, selectors.EVENT_READ, connection)

    def _read(self, connection: _Connection) -> None:
        goes_on = self._answer(connection)
        # An order may have changed what is due next.
        self._wake()
        if not goes_on:
            self._hang_up(connection)

    def _answer(self, connection: _Connection) -> bool:
        """Answer what has arrived; return whether the connection may stay."""
        try:
            data = connection.socket.recv(_AT_ONCE)
            frames = connection.splitter.feed(data)
        except BlockingIOError:
            return True
        except (OSError, FrameError):
            return False
        self._count += 1
        connection.heard = self._count
        for frame in frames:
            now_s = self._arrive()
            answer = self._receiver.receive(frame, connection.peer, now_s, near=self._near)
            try:
                sent = connection.socket.send(answer)
            except OSError:
                return False
            if sent < len(answer):
                return False  # it does not read what it is sent, and nothing waits for it
        return bool(data)

    def _hang_up(self, connection: _Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()
        self._receiver.hang_up(connection.peer, self._arrive())
