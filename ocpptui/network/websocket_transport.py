"""One TCP or TLS connection that speaks WebSocket: bytes on one side, whole messages and control frames on the other.

It uses the Sans-I/O layer of `websockets` directly, because the layer above hides what a debugger must show: the time
of the read, pings and pongs, the first bytes of a peer that speaks something else, who ended the connection.
"""

from __future__ import annotations

import asyncio
import re
from math import inf
from time import perf_counter
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from ocpptui.network.addresses import address_text
from ocpptui.network.callbacks import HandshakeCallbacks, HeadTooLong, HttpNotSpoken, Receiver, TlsOnPlainPort
from ocpptui.network.explain_close import closing_detail
from ocpptui.network.foreign_protocol import foreign_protocol
from ocpptui.network.frame_writer import FrameWriter, write_eof
from ocpptui.network.silent_libraries import silent_logger
from ocpptui.network.tls_layer import TlsLayer
from ocpptui.network.whole_frame import is_between_frames, read_masked, read_unmasked
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.end_of_turn import EndOfTurn
from ocpptui.timeline.connection_detail import ConnectionDetail

MAX_HEAD = 65536
"""The most bytes of an opening handshake."""

READ_AT_ONCE = 65536
"""The most bytes of one read of the socket. For each read asyncio allocates that much memory; its default of 256 KiB
costs 4 µs, as much as the read itself."""

TLS_HANDSHAKE = b"\x16\x03"
"""What a TLS handshake begins with (RFC 8446 section 5.1)."""

POST = b"POST "
"""What a request of OCPP-S begins with."""
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)
_ASKS_FOR_WSDL = re.compile(rb"GET [^\s?]*+\?(?>(?:[^\s&]*+&)*)wsdl", re.IGNORECASE)
MOST_OF_A_BEGINNING = 1024
"""The bytes by which another protocol than HTTP is recognized."""

LOGGER = silent_logger("ocpptui.network")
"""For the output of `websockets`; everything important is a record."""


class WebSocketTransport(FrameWriter, asyncio.Protocol):
    """A socket with the WebSocket protocol on it. Times are microseconds since 1970."""

    def __init__(
        self,
        protocol: ClientProtocol | ServerProtocol,
        clock: Clock,
        handshake: HandshakeCallbacks,
        *,
        tls: TlsLayer | None,
        open_timeout: float,
        close_timeout: float,
        queue_depth: int,
        end_of_turn: EndOfTurn,
    ) -> None:
        """`end_of_turn` is best shared by all connections of one event loop."""
        super().__init__(protocol, tls, queue_depth, end_of_turn)
        self.head = bytearray()
        """The first bytes that arrived: those of TLS until it is open, then those of HTTP until the connection is."""
        self.answer: Response | None = None
        """The server's half of the handshake, once we as a client have received it."""
        self.ended_by_peer = False
        """The peer ended the TCP connection."""
        self.timed_out = False
        """We ended the TCP connection because the peer did not finish the closing handshake."""
        self._clock = clock
        self._handshake = handshake
        self._open_timeout = open_timeout
        self._close_timeout = close_timeout
        self._timer: asyncio.TimerHandle | None = None  # of the opening handshake, later of the closing one
        self._ending = False
        self._early = b""  # what arrived after a request that is not answered yet
        self._broken: Exception | None = None
        self._unwanted = False
        largest = protocol.max_message_size
        self._max_size = READ_AT_ONCE if largest is None else largest
        self._between_frames = False  # the next byte is the first of a message
        self._lost = asyncio.Event()

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self.protocol.state is State.OPEN and self._broken is None and self._loss is None

    @property
    def subprotocol(self) -> str | None:
        """The one that the handshake agreed on."""
        return self.protocol.subprotocol

    @property
    def received_close(self) -> Close | None:
        """The Close frame of the peer."""
        return self.protocol.close_rcvd

    @property
    def remote_address(self) -> str:
        """`address:port` of the peer."""
        return address_text(self.transport.get_extra_info("peername") if self.transport is not None else None)

    def how_it_ended(self, error: Exception | None, *, ping_unanswered: bool = False) -> ConnectionDetail:
        return closing_detail(self, error, ping_unanswered)

    async def wait_lost(self) -> None:
        """Wait until the TCP connection has ended."""
        await self._lost.wait()

    # -- opening ------------------------------------------------------------------------------------------------

    def request(self, request: Request) -> None:
        """Send the client's half of the handshake."""
        assert isinstance(self.protocol, ClientProtocol)
        self.protocol.send_request(request)
        self._flush()

    def respond(self, response: Response) -> None:
        """Send the server's half of the handshake; any status but 101 ends the connection."""
        assert isinstance(self.protocol, ServerProtocol)
        self.protocol.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._end_soon()

    def attach(self, receiver: Receiver) -> None:
        """The handshake is over: hand everything from here on to `receiver`."""
        self._receiver = receiver
        self.head.clear()
        self._cancel_timer()

    def let_go(self) -> asyncio.Transport | None:
        """Read nothing more and have no time-out any more: another protocol takes over. None if the peer has left."""
        self._cancel_timer()
        if self.transport is None or self.transport.is_closing():
            return None
        self.transport.pause_reading()
        return self.transport

    def hold(self) -> None:
        """As of every reader; meanwhile the handshake has no time-out, since a gate decides it."""
        self._cancel_timer()
        super().hold()

    def release(self) -> None:
        """Pass on what waited, and continue to read."""
        self._held_back = False
        early, self._early = self._early, b""
        if early:
            self._feed(early)
        super().release()

    def leave_pings_alone(self) -> None:
        """Do not answer the peer's pings: they are passed on."""
        protocol = self.protocol
        answering = protocol.recv_frame

        def recv_frame(frame: Frame) -> None:
            if frame.opcode is Opcode.PING:
                protocol.events.append(frame)
            else:
                answering(frame)

        setattr(protocol, "recv_frame", recv_frame)  # noqa: B010 - for this connection only, without cost for others

    def answer_pings(self) -> None:
        """Answer the peer's pings again, after `leave_pings_alone`."""
        delattr(self.protocol, "recv_frame")

    # -- closing ------------------------------------------------------------------------------------------------

    def close(self, code: int | None, reason: str = "") -> None:
        """Begin the closing handshake, with None without a code; the receiver's `lost` reports the end.

        Raises ValueError for a wrong code.
        """
        if not self.is_open:
            return
        try:
            self.protocol.send_close(code, reason.encode()[:123].decode(errors="ignore"))
        except ProtocolError:
            raise ValueError(f"{code} is not a close code that may be sent (RFC 6455 section 7.4)") from None
        self._flush()
        self._end_soon()

    def fail(self, code: int, reason: str) -> None:
        """Give up the connection, with a reason."""
        if self.is_open:
            self.protocol.fail(code, reason)
            self._flush()
            self._end_soon()

    def abort(self) -> None:
        """End the TCP connection at once, or as soon as it exists."""
        self._unwanted = True
        if self.transport is not None:
            self.transport.abort()

    def give_up(self) -> None:
        """End the TCP connection of a peer that takes too long for the closing handshake."""
        self._cancel_timer()
        self.timed_out = True
        self.abort()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        setattr(transport, "max_size", READ_AT_ONCE)  # noqa: B010 - other loops than asyncio's own ignore it
        if self._unwanted:
            self.transport.abort()
            return
        self._timer = asyncio.get_running_loop().call_later(self._open_timeout, self._open_timed_out)
        if self.tls is None:
            self._handshake.ready()
        else:
            self._decrypt(self.tls, b"")

    def data_received(self, data: bytes) -> None:
        if self._broken is not None:
            return
        if self.tls is None:
            self._read(data)
        else:
            self._decrypt(self.tls, data)

    def eof_received(self) -> None:
        self.ended_by_peer = True
        if self.tls is not None and not self.tls.is_open:
            return
        self.protocol.receive_eof()
        self._flush()
        self._dispatch()

    def connection_lost(self, exc: Exception | None) -> None:
        self.protocol.receive_eof()
        self._cancel_timer()
        self._loss = (exc,)
        self._report_loss(exc)

    def _report_loss(self, exc: Exception | None) -> None:
        """Report the end, after what was read before it, and only then that the connection has ended."""
        self._writable.set()
        self._held_back = False
        self._take_backlog(inf)
        if self._is_waiting:  # for a message that came before the end
            return
        self._lost.set()
        if self._receiver is not None:
            self._receiver.lost(self._broken or exc)
        else:
            self._handshake.lost(self._broken or exc)

    # -- reading ------------------------------------------------------------------------------------------------

    def _decrypt(self, tls: TlsLayer, data: bytes) -> None:
        was_open = tls.is_open
        if not was_open:
            self.head += data[: MAX_HEAD - len(self.head)]
        plain = tls.receive(data)
        self._write_encrypted(tls)
        if tls.is_open and not was_open:
            self.head.clear()
            self._handshake.ready()
        if plain:
            self._read(plain)
        if tls.error is not None:
            self._break(tls.error)
        elif tls.ended and self.transport is not None:
            self.eof_received()
            self.transport.close()

    def _read(self, data: bytes) -> None:
        if self._receiver is None:
            data = self._open(data)
        if data:
            self._feed(data)

    def _open(self, data: bytes) -> bytes:
        """Read the handshake; return what remains to be read as frames."""
        known = len(self.head)
        self.head += data[: MAX_HEAD + 1 - known]
        if isinstance(self.protocol, ClientProtocol):
            return data
        if self.tls is None and self.head.startswith(TLS_HANDSHAKE):
            self._handshake.broken(TlsOnPlainPort())
            self.abort()
            return b""
        if known < MOST_OF_A_BEGINNING and foreign_protocol(bytes(self.head[:MOST_OF_A_BEGINNING])) is not None:
            self._handshake.broken(HttpNotSpoken())
            self.abort()
            return b""
        end = self.head.find(b"\r\n\r\n", max(0, known - 3))
        if end < 0:
            if len(self.head) > MAX_HEAD:
                self._handshake.broken(HeadTooLong())
                self.abort()
                return b""
            return b"" if self.head.startswith(POST) else data
        if self.head.startswith(POST):
            if not _UPGRADE.search(self.head, 0, end):
                self._handshake.posted(bytes(self.head[:known]) + data)
                return b""
            self._feed(bytes(self.head[:known]))
        elif _ASKS_FOR_WSDL.match(self.head) and not _UPGRADE.search(self.head, 0, end):
            self._handshake.posted(bytes(self.head[:known]) + data)
            return b""
        # What a hasty peer sends after its request is read after the answer; otherwise the states would differ.
        before = end + 4 - known
        self._feed(data[:before])
        if self._held_back:
            self._early = data[before:]
        return data[before:] if self._receiver is not None else b""

    def _feed(self, data: bytes) -> None:
        protocol = self.protocol
        is_free = not (self._held_back or self._is_waiting or self._backlog)
        if self._between_frames and is_free and protocol.state is State.OPEN:
            message = (read_masked if self._is_server else read_unmasked)(data, self._max_size)
            if message is not None and self._receiver is not None:
                self._receiver.message(message, True, self._clock())
                self._pace()
                return
        protocol.receive_data(data)
        self._between_frames = is_between_frames(protocol)
        self._flush()
        self._dispatch()
        if protocol.state is State.CLOSING:
            self._end_soon()

    def _dispatch(self) -> None:
        events = self.protocol.events_received()
        if self._receiver is None and events and isinstance(events[0], Response):
            self.answer = events[0]
        if self._receiver is None and self.protocol.handshake_exc is not None:
            self._handshake.broken(self.protocol.handshake_exc)
            self._end_soon()
            return
        if not events:
            return
        time, end = self._clock(), self._slice_end()
        try:
            for event in events:
                if not isinstance(event, Frame):
                    self._handshake.received(event)
                elif self._held_back or self._is_waiting or self._backlog or perf_counter() > end:
                    self._backlog.append((event, time))
                else:
                    self._frame(event, time)
        finally:
            self._ask_for_turn()

    # -- ending -------------------------------------------------------------------------------------------------

    def _break(self, error: Exception) -> None:
        """TLS has failed: nothing more can be read, and the peer gets time to read our alert."""
        self._broken = error
        if self._receiver is None:
            self._handshake.broken(error)
        if self.transport is not None and not self.transport.is_closing():
            write_eof(self.transport)
        self._end_soon()

    def _open_timed_out(self) -> None:
        self._timer = None
        self._handshake.broken(TimeoutError())
        self.abort()

    def _end_soon(self) -> None:
        """End the TCP connection if the peer does not do its part in time; a second call does not extend that time."""
        if self._ending or self._lost.is_set():
            return
        self._ending = True
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(self._close_timeout, self.give_up)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
