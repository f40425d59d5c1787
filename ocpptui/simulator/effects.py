"""The interface of a behaviour, and the effects that it requests as values and the session carries out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message
from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.simulator.connection_plan import ConnectionPlan


@dataclass(frozen=True, slots=True)
class SendCall:
    """Send a CALL (or the SEND of that name) once none of our calls is in flight; the session assigns the id."""

    action: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """Answer `call` with a CALLRESULT."""

    call: Message
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SendError:
    """Answer with a CALLERROR: to `call` or, if it could not be read as a call, with `id`."""

    call: Message | None
    code: str
    description: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    id: str = UNREADABLE_ID


@dataclass(frozen=True, slots=True)
class SendResultError:
    """Refuse `result`, a CALLRESULT of the peer, with a CALLRESULTERROR (OCPP 2.1 only)."""

    result: Message
    code: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Close the connection once everything before it is sent; a charge point then connects again."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class LoseConnection:
    """Cut the connection without a word, at once, and stay away: as if the power or the line were gone."""

    seconds: float | None
    """For how long; None: until `Reconnect`."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Connect again now."""


@dataclass(frozen=True, slots=True)
class ConnectWith:
    """From the next connection on, try these in turn; where none works, connect as it worked last."""

    plans: tuple[ConnectionPlan, ...]


@dataclass(frozen=True, slots=True)
class TrustRoots:
    """From the next connection on, these root certificates (PEM) verify the central system too."""

    pems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PingEvery:
    """Send WebSocket pings at this interval, on this connection and on those that follow."""

    seconds: int
    """0: none."""


@dataclass(frozen=True, slots=True)
class TransferFile:
    """Upload or download a file in the background; the behaviour then gets a `TransferOutcome` with the same number."""

    number: int
    url: str
    name: str
    """The name of an uploaded file."""
    content: bytes | None
    """What to upload; None: download."""


@dataclass(frozen=True, slots=True)
class CancelTransfer:
    """Give up a `TransferFile`; it has no outcome then."""

    number: int


@dataclass(frozen=True, slots=True)
class AskResponder:
    """Ask over HTTP whether a certificate was revoked; the behaviour gets a `ResponderOutcome`."""

    number: int
    url: str
    request: bytes
    """An OCSP request in DER; empty to fetch a revocation list."""


@dataclass(frozen=True, slots=True)
class ResponderOutcome:
    """What came of an `AskResponder`."""

    number: int
    data: bytes = b""
    failure: str = ""
    """Why nothing came, as a clause."""


@dataclass(frozen=True, slots=True)
class AddNote:
    """Say something in the log and the recording."""

    text: str


@dataclass(frozen=True, slots=True)
class TransferOutcome:
    """How a file transfer ended."""

    number: int
    failure: str = ""
    """Empty if all bytes have arrived; `protocol`: we do not speak it; `permission`: the server refuses; `failed`."""
    size: int = 0
    """Bytes."""
    digest: bytes = b""
    """SHA-256 of a downloaded file."""


Effect = (
    SendCall
    | SendAnswer
    | SendError
    | SendResultError
    | CloseConnection
    | LoseConnection
    | Reconnect
    | TransferFile
    | CancelTransfer
    | ConnectWith
    | TrustRoots
    | PingEvery
    | AskResponder
    | AddNote
)


class Behaviour(Protocol):
    """A state machine that plays one side of a connection. It has no clock and never waits.

    `now` is microseconds since 1970-01-01 UTC. Effects are carried out in their order: a `SendCall` may wait for the
    call in flight, everything else is sent at once.
    """

    @property
    def settings(self) -> RefusalSettings:
        """How it is set up, and how strict it is."""
        ...

    def opened(self, now: int) -> list[Effect]:
        """The connection is open (again)."""
        ...

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        """A CALL, a SEND or a malformed message came from the peer; `action` is "" if there is none."""
        ...

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """The answer to one of our calls, sent automatically or by hand; None if none came in time."""
        ...

    def tick(self, now: int) -> list[Effect]:
        """The time that `wakeup` gave has come."""
        ...

    def wakeup(self) -> int | None:
        """When `tick` is next due, in microseconds since 1970; None if nothing is planned."""
        ...

    def closed(self, now: int) -> None:
        """The connection is gone."""
        ...

    def clock_set(self, by: int) -> None:
        """The clock that gives `now` was set by so many microseconds (negative: back), and no time has passed.

        What is planned after a span of time moves with it; what is planned for a time of day does not.
        """
        ...

    def set_strict(self, strict: bool) -> None:
        """From now on, refuse invalid messages of the peer, or answer them as well as possible."""
        ...
