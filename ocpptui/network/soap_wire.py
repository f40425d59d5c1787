"""The requests of both sides of OCPP-S as one connection: what a peer posts, and what is posted to it.

A request of the peer waits for the answer that names it in RelatesTo. A request of ours is posted to the
address of the peer; what comes back is a message of the peer. Source: OCPP-S 1.6 section 2.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, Protocol

from ocpptui.network.http_exchange import CUT_OFF, HttpAnswer, settle
from ocpptui.network.large_messages import thread_of_large_messages
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.soap_headers import plain_body
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.soap_encoding import Envelope, SoapMessage, read_envelope
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail

UNNAMED = "\0"
"""What the key of a request without a message id begins with."""
MAX_WAITING = 64
"""The most requests of a peer that wait for an answer; an older one gets none any more."""


class Poster(Protocol):
    """Posts an envelope."""

    def __call__(self, url: str, body: bytes, action: str) -> Coroutine[Any, Any, HttpAnswer | NetworkProblem]:
        """The answer, or why there is none. Raises nothing."""
        ...


class SoapReceiver(Protocol):
    """Receives what arrives; a `Connection`."""

    def message(self, data: bytes | bytearray, is_text: bool, time: int) -> None: ...

    def lost(self, error: Exception | None) -> None: ...


class _Arrival(NamedTuple):
    """What a peer has sent."""

    body: bytes
    time: int
    read: Callable[[], None]
    """Called once the receiver has read it."""


class SoapWire:
    """A `Wire` of OCPP-S, for one charge point."""

    def __init__(
        self,
        post: Poster,
        clock: Clock,
        *,
        peer_address: str,
        answer_timeout: float,
        undelivered: Callable[[str, NetworkProblem, str], None],
        delivered: Callable[[], None] = lambda: None,
    ) -> None:
        """`peer_address` is where the peer takes requests, empty as long as it is unknown. `undelivered` learns of each
        request of ours that could not be posted, with its action and message id, `delivered` of each answer."""
        self.peer_address = peer_address
        self._post = post
        self._clock = clock
        self._answer_timeout = answer_timeout
        self._undelivered = undelivered
        self._delivered = delivered
        self._receiver: SoapReceiver | None = None
        self._unread: deque[_Arrival] = deque()
        self._reading: _Arrival | None = None  # that of the thread
        self._is_held = False
        self._is_waiting = False  # for the thread that reads a large message
        self._waiting: dict[str, asyncio.Future[HttpAnswer | None]] = {}  # the requests of the peer, by message id
        self._queued: list[Callable[[], None]] = []
        self._tasks = Tasks("SOAP requests")
        self._end: ConnectionDetail | None = None
        self._ended = asyncio.Event()

    def attach(self, receiver: SoapReceiver) -> None:
        """Hand everything that arrives to this."""
        self._receiver = receiver

    async def exchange(
        self,
        body: bytes,
        key: str,
        arrived: Callable[[], None],
        answer: asyncio.Future[HttpAnswer | None] | None = None,
    ) -> HttpAnswer | None:
        """A request of the peer: the answer to it, CUT_OFF, or None if there is none in time.

        `key` is its message id; where it has none, anything that begins with `UNNAMED`. `arrived` is called when the
        receiver has read the request but has not answered yet. `answer` is what it waits for, if that is known
        elsewhere.
        """
        if self._end is not None:
            return None
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
        self._give_up_older()
        if (repeated := self._waiting.pop(key, None)) is not None:
            settle(repeated, None)
        self._waiting[key] = answer

        def read() -> None:
            if not answer.done():
                arrived()

        self._arrive(body, read)
        try:
            async with asyncio.timeout(self._answer_timeout):
                return await answer
        except TimeoutError:
            return None
        finally:
            if self._waiting.get(key) is answer:
                del self._waiting[key]

    def awaits(self, key: str) -> bool:
        """Whether a request of the peer with this key waits for its answer."""
        return key in self._waiting

    def _give_up_older(self) -> None:
        while len(self._waiting) >= MAX_WAITING:
            settle(self._waiting.pop(next(iter(self._waiting))), None)

    def _arrive(self, body: bytes, read: Callable[[], None] = lambda: None) -> None:
        self._unread.append(_Arrival(body, self._clock(), read))
        self._read_on()

    def _read_on(self) -> None:
        while self._unread and not (self._is_held or self._is_waiting) and self._end is None:
            arrival = self._reading = self._unread.popleft()
            if self._receiver is not None:
                self._receiver.message(arrival.body, True, arrival.time)
            if not self._is_waiting:
                arrival.read()

    # -- as a wire ----------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._end is None

    def queue_text(self, data: bytes) -> None:
        self._queued.append(partial(self._send, data))

    def send_queued(self, *, at_once: bool) -> None:
        queued, self._queued = self._queued, []
        for send in queued:
            send()

    def _send(self, data: bytes) -> None:
        message, envelope = read_envelope(data)
        answered = self._answered(message, envelope)
        if answered is not None:
            settle(answered, HttpAnswer(fault_status(data), data) if data else None)
        elif _is_answer(message):
            self._undelivered("An answer", NetworkProblem(ProblemCode.SOAP_NOBODY_WAITS), "")
        else:
            action = (message.action or "") if isinstance(message, Message) else ""
            self._tasks.start(self._call(data, action, message.id or ""), f"post {action}")

    def _answered(self, message: object, envelope: Envelope | None) -> asyncio.Future[HttpAnswer | None] | None:
        """The request that a text of ours answers; one that names none that waits answers the first without a message
        id, or the only one."""
        if isinstance(message, SoapMessage):
            if message.kind is MessageKind.CALL:
                return None
            key = message.id
        else:
            key = "" if envelope is None else envelope.relates_to
        if key not in self._waiting:
            unnamed = (one for one in self._waiting if one.startswith(UNNAMED))
            key = next(unnamed, next(iter(self._waiting), "") if len(self._waiting) == 1 else "")
        return self._waiting.pop(key, None)

    async def _call(self, data: bytes, action: str, message_id: str) -> None:
        if not self.peer_address:
            self._undelivered(action, NetworkProblem(ProblemCode.SOAP_ADDRESS_UNKNOWN), message_id)
            return
        answer = await self._post(self.peer_address, data, action)
        if self._end is not None:
            return
        if isinstance(answer, NetworkProblem):
            self._undelivered(action, answer, message_id)
        elif is_no_envelope(answer):
            self._undelivered(action, without_envelope(self.peer_address, answer), message_id)
        else:
            self._delivered()
            self._arrive(answer.body)

    async def wait_writable(self) -> None:
        """Requests of ours do not wait for each other."""

    async def wait_lost(self) -> None:
        await self._ended.wait()

    def close(self, code: int, reason: str = "") -> None:
        self._finish({"closedBy": "us", "closeReason": reason})

    def fail(self, code: int, reason: str) -> None:
        self.close(code, reason)

    def abort(self) -> None:
        """End the connection, and the TCP connections of the requests that wait for an answer."""
        self._finish({"closedBy": "us", "closeReason": ""}, CUT_OFF)

    def give_up(self) -> None:
        self.close(0)

    def expire(self, problem: NetworkProblem) -> None:
        """The peer is gone."""
        self._finish({"closedBy": "nobody", **problem.detail})

    def _finish(self, how: ConnectionDetail, last: HttpAnswer | None = None) -> None:
        if self._end is not None:
            return
        self._end = how
        for answer in self._waiting.values():
            settle(answer, last)
        self._waiting.clear()
        asyncio.get_running_loop().call_soon(self._lose)

    def _lose(self) -> None:
        if self._receiver is not None:
            self._receiver.lost(None)
        self._ended.set()

    async def release_tasks(self) -> None:
        """Cancel the requests that are under way."""
        await self._tasks.cancel()

    def how_it_ended(self, error: Exception | None, *, ping_unanswered: bool = False) -> ConnectionDetail:
        return self._end or {"closedBy": "nobody"}

    def hold(self) -> None:
        self._is_held = True

    def release(self) -> None:
        self._is_held = False
        self._read_on()

    def wait_for(self, work: Callable[[], Callable[[], None]]) -> None:
        self._is_waiting = True
        self._tasks.start(self._work(work), "large message")

    async def _work(self, work: Callable[[], Callable[[], None]]) -> None:
        try:
            (await asyncio.get_running_loop().run_in_executor(thread_of_large_messages(), work))()
            if self._reading is not None and self._end is None:
                self._reading.read()
        finally:
            self._is_waiting = False
            self._read_on()

    def send_ping(self, data: bytes) -> None:
        """There are no pings."""

    def answer_pings(self) -> None:
        """There are no pings."""

    def leave_pings_alone(self) -> None:
        """There are no pings."""

    def clock_set(self, by: int) -> None:
        self._unread = deque(one._replace(time=one.time + by) for one in self._unread)


def _is_answer(message: Message | Malformed) -> bool:
    if isinstance(message, Malformed):
        return not message.may_be_call
    return message.kind.is_answer


def is_no_envelope(answer: HttpAnswer) -> bool:
    """Whether an answer, without its compression, is that of something else than OCPP-S."""
    return not answer.body.strip() or (answer.status >= 300 and not _is_envelope(answer.body))


def without_envelope(address: str, answer: HttpAnswer) -> NetworkProblem:
    """The problem of such an answer."""
    return NetworkProblem(ProblemCode.SOAP_ANSWER_WITHOUT_ENVELOPE, address=address, status=answer.status)


def plain_answer(address: str, found: HttpAnswer, max_size: int) -> HttpAnswer | NetworkProblem:
    """An answer from this address with an envelope, without its compression, or why there is none."""
    headers = {name.title(): value for name, value in found.headers or ()}
    body = plain_body(found.body, headers, max_size)
    if isinstance(body, NetworkProblem):
        return body
    plain = replace(found, body=body)
    return without_envelope(address, found) if is_no_envelope(plain) else plain


def _is_envelope(body: bytes) -> bool:
    message, envelope = read_envelope(body)
    return isinstance(message, SoapMessage) or (envelope is not None and bool(envelope.relates_to))


def fault_status(answer: bytes) -> int:
    """The HTTP status of an answer: 400 and 500 for the faults of either side (SOAP 1.2 Part 2 section 7.5.2.2)."""
    message, _ = read_envelope(answer)
    if not isinstance(message, SoapMessage) or not message.kind.is_error:
        return 200
    return 400 if b":Sender<" in answer else 500
