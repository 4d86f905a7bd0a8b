"""The way from the command line to a served pump: one frame out, one frame back."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from thecal.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

_PATIENCE_S: Final = 30
_AT_ONCE: Final = 1 << 16
_OWNER_ALONE: Final = 0o600


class Address:
    """Where a pump listens: a port of this machine, or a socket in its folder.

    Parameters
    ----------
    text
        ``127.0.0.1:4711``, or the path of a socket.

    Raises
    ------
    InputError
        When it is another machine's: there is no near field over a network.

    Examples
    --------
    >>> str(Address("127.0.0.1:4711"))
    '127.0.0.1:4711'
    """

    def __init__(self, text: str) -> None:
        host, colon, port = text.rpartition(":")
        self._port = int(port) if colon and port.isdecimal() else None
        self._path = text
        if self._port is None:
            return
        if host not in {"127.0.0.1", "localhost"}:
            raise InputError(
                f"a pump listens on this machine alone, so the address must be "
                f"127.0.0.1:{self._port}, but is {text}"
            )

    def __str__(self) -> str:
        return self._path if self._port is None else f"127.0.0.1:{self._port}"

    def connected(self) -> socket.socket:
        """Return a socket that is connected to the pump.

        Raises
        ------
        OSError
            When nobody listens.
        """
        if self._port is not None:
            return socket.create_connection(("127.0.0.1", self._port), _PATIENCE_S)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_PATIENCE_S)
        try:
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise
        return connection

    def listening(self) -> socket.socket:
        """Return a socket that listens; what a killed pump has left of one is removed."""
        if self._port is not None:
            return socket.create_server(("127.0.0.1", self._port))
        path = Path(self._path)
        path.unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(self._path)
        path.chmod(_OWNER_ALONE)
        server.listen()
        return server

    def of(self, server: socket.socket) -> Address:
        """Return the address at which a server really listens; port 0 lets the system choose."""
        return self if self._port is None else Address(f"127.0.0.1:{server.getsockname()[1]}")


class Wire:
    """A connection to a served pump.

    Parameters
    ----------
    address
        Where it listens.

    Raises
    ------
    InputError
        When nobody listens there.
    """

    def __init__(self, address: Address) -> None:
        from thecal.pump.telemetry import Splitter

        try:
            self._socket = address.connected()
        except OSError as wrong:
            raise InputError(
                f"no pump answers at {address} ({wrong.strerror or wrong}); is it running? "
                "begin it with: thecal pump serve"
            ) from wrong
        self._splitter = Splitter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def exchange(self, frame: bytes) -> bytes:
        """Return the frame that the pump sends back.

        Raises
        ------
        LinkLostError
            When none comes.
        """
        from thecal.pump.telemetry import LinkLostError

        try:
            self._socket.sendall(frame)
            while True:
                heard = self._socket.recv(_AT_ONCE)
                if not heard:
                    raise LinkLostError("the pump has hung up")
                frames = self._splitter.feed(heard)
                if frames:
                    return frames[0]
        except OSError as wrong:
            raise LinkLostError(
                f"the link to the pump is lost: {wrong.strerror or wrong}"
            ) from wrong
