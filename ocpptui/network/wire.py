"""What carries the messages of a connection: a WebSocket, or for SOAP the requests of both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ocpptui.timeline.connection_detail import ConnectionDetail

if TYPE_CHECKING:
    from websockets.frames import Close


class Wire(Protocol):
    """What carries the messages of a connection. Pings and what makes a peer wait are those of a WebSocket; where there
    are none, they do nothing."""

    @property
    def is_open(self) -> bool: ...

    def queue_text(self, data: bytes) -> None: ...

    def send_queued(self, *, at_once: bool) -> None: ...

    async def wait_writable(self) -> None: ...

    async def wait_lost(self) -> None: ...

    def close(self, code: int, reason: str = "") -> None: ...

    def abort(self) -> None: ...

    def give_up(self) -> None: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...

    def wait_for(self, work: Callable[[], Callable[[], None]]) -> None:
        """Run this in a thread, then on the event loop what it returns; read nothing meanwhile."""

    def send_ping(self, data: bytes) -> None: ...

    def answer_pings(self) -> None: ...

    def leave_pings_alone(self) -> None: ...

    def fail(self, code: int, reason: str) -> None: ...

    def clock_set(self, by: int) -> None: ...

    def how_it_ended(self, error: Exception | None, *, ping_unanswered: bool) -> ConnectionDetail:
        """Close code, reason and side, and the problem if the end was not clean."""


class RelayWire(Wire, Protocol):
    """What a leg of a relayed connection needs besides."""

    @property
    def subprotocol(self) -> str | None:
        """The one that the handshake agreed on; None without a handshake."""

    @property
    def received_close(self) -> Close | None:
        """The Close frame of the peer; None as long as it has sent none."""

    def attach(self, receiver: Any) -> None:
        """Hand everything that arrives to this."""

    def couple(self, other: Any) -> None:
        """Read only as fast as the peer of another wire of the same kind reads what is passed on."""

    def queue_binary(self, data: bytes) -> None: ...

    def send_pong(self, data: bytes) -> None: ...

    def close(self, code: int | None, reason: str = "") -> None: ...
