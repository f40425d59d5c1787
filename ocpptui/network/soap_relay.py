"""OCPP-S through us: what a charge point posts goes on to its central system, and the reverse.

A charge point has one relayed connection. A request of either side and its answer are two messages on it; both go on
byte for byte, with the headers that are not about one leg, and an answer goes to the request that it came for, whatever
it says. Source: OCPP-S 1.6 section 2.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, TypeAlias
from urllib.parse import quote

from ocpptui.network.connection import Connection, Observer
from ocpptui.network.http_exchange import (
    HttpAnswer,
    HttpRequest,
    PassingExchange,
    PassingText,
    passing_headers,
    settle,
)
from ocpptui.network.intervention import Intervention
from ocpptui.network.problems import InvalidUrl, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.relayed_connection import Intercept, Relay, RelayLeg
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.soap_addresses import recipient_readdressed, sender_readdressed
from ocpptui.network.soap_central_system import SoapService
from ocpptui.network.soap_endpoint import SoapRefusal, SoapRequest
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.soap_wire import UNNAMED, SoapWire, fault_status, plain_answer
from ocpptui.network.tls import client_context
from ocpptui.network.upstream import OF_GATEWAYS, SoapUpstream, WhenDown, joined_url
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.runtime.clock import Clock
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import Passage, Record

Failed: TypeAlias = Callable[[NetworkProblem, HttpAnswer | None], None]
"""Learns that a request could not go on, and of the answer of a gateway."""
_UNREACHED = (ProblemCode.SOAP_POST_FAILED, ProblemCode.SOAP_POST_TIMED_OUT)
_NUMBERS = count(1)


class SoapRelayWire(SoapWire):
    """What carries the messages of one leg."""

    subprotocol = None
    received_close = None

    def __init__(self, posts: SoapPosts, max_size: int, clock: Clock, **options: Any) -> None:
        """`posts` reach the peer of this leg; `options` are those of a `SoapWire`."""
        super().__init__(posts.post, clock, **options)
        self._posts = posts
        self._max_size = max_size

    def queue_request(self, exchange: PassingExchange, request: HttpRequest, failed: Failed) -> None:
        """Post a request of the other side when what is queued is sent."""

        def post() -> None:
            self._tasks.start(self._pass(exchange, request, failed), f"pass on {exchange.action}")

        self._queued.append(post)

    def queue_answer(self, exchange: PassingExchange, answer: HttpAnswer) -> None:
        """Answer a request of the peer when what is queued is sent."""
        self._queued.append(partial(settle, exchange.answer, answer))

    async def _pass(self, exchange: PassingExchange, request: HttpRequest, failed: Failed) -> None:
        if not request.url:
            failed(NetworkProblem(ProblemCode.SOAP_ADDRESS_UNKNOWN), None)
            return
        found = await self._posts.relay(request)
        if isinstance(found, NetworkProblem):
            failed(found, None)
            return
        answer = HttpAnswer(found.status, found.body, passing_headers(found.headers or ()))
        plain = plain_answer(request.url, found, self._max_size)
        if isinstance(plain, NetworkProblem):
            failed(plain, answer)
        else:
            self._arrive(PassingText.of(plain.body, exchange, answer))

    def couple(self, other: Any) -> None:
        """Requests do not wait for each other."""

    def queue_binary(self, data: bytes) -> None:
        """All that is sent is text."""
        self.queue_text(data)

    def send_pong(self, data: bytes) -> None:
        """There are no pings."""

    def close(self, code: int | None, reason: str = "") -> None:
        super().close(code or 0, reason)


class SoapRelayLeg(RelayLeg):
    """One leg of a relayed connection of OCPP-S."""

    _wire: SoapRelayWire

    named = ""
    """Of the leg to the charge point: where that takes requests, as it has said last."""

    def __init__(self, *given: Any, callback: str, **options: Any) -> None:
        """`callback` is where the central system is to post requests for the charge point; empty: to the address that
        the charge point names, as it names it."""
        super().__init__(*given, **options)
        self._callback = callback
        self.request_at_hand: HttpRequest | None = None
        """The request that the `Intercept` decides about, as it came; None while it decides about something else."""
        self._passing: dict[int, PassingText] = {}  # what was read here and may still go on, by its number

    def _decided(self, record: Record, content: bytes) -> Intervention | None:
        frame = record.detail["frame"]
        self.request_at_hand = None
        if isinstance(content, PassingText) and isinstance(content.came_as, HttpRequest):
            self.request_at_hand = content.exchange.came
        decided = super()._decided(record, content)
        if not isinstance(content, PassingText):
            return Intervention(Passage.OURS)  # it came for a request of ours
        if content.exchange.is_over:
            return Intervention(Passage.DROPPED)
        self._passing[frame] = content
        content.exchange.answer.add_done_callback(lambda _: self._passing.pop(frame, None) and None)
        return decided

    def _is_awaited(self, frame: int) -> bool:
        return frame in self._passing and not self._passing[frame].exchange.is_over

    def _queue(self, other: RelayLeg, frame: int, content: bytes, is_text: bool) -> dict[str, Any]:
        assert isinstance(other, SoapRelayLeg)
        passing = self._passing[frame]
        exchange, came_as = passing.exchange, passing.came_as
        if isinstance(came_as, HttpAnswer):
            is_changed = content != passing
            answer = came_as.with_text(content, _status(content, came_as)) if is_changed else came_as
            other._wire.queue_answer(exchange, answer)
            return {}
        text, headers = self._readdressed(content)
        request = came_as if text == passing else came_as.with_text(text)
        other._wire.queue_request(exchange, request, partial(self._unreached, other, frame, content))
        return {"readdressed": headers} if headers else {}

    def _readdressed(self, content: bytes) -> tuple[bytes, dict[str, str]]:
        """A request that was read here, with the addresses that the other side knows, and the headers that differ."""
        if not self._callback:
            return content, {}
        if self is self.relay.charge_point:
            text, self.named, headers = sender_readdressed(content, self._callback)
            return text, headers
        near = self.relay.charge_point
        assert isinstance(near, SoapRelayLeg)
        return recipient_readdressed(content, self._callback, near.named or near._wire.peer_address)

    def _queue_answer(self, frame: int, content: bytes) -> None:
        settled = HttpAnswer(fault_status(content), content)
        self._wire.queue_answer(self._passing[frame].exchange, settled)

    def _unreached(
        self, other: RelayLeg, frame: int, content: bytes, problem: NetworkProblem, answer: HttpAnswer | None
    ) -> None:
        """The other side did not get what was read here, or has not answered it."""
        passing = self._passing.get(frame)
        if passing is None or passing.exchange.is_over:
            return
        relay, is_gone = self.relay, problem.code in _UNREACHED or (answer is not None and answer.status in OF_GATEWAYS)
        if is_gone and self is relay.charge_point and relay.outlives_central_system:
            if not relay.answers_alone:
                self._wait(frame, content, True)
            if relay.central_system is other:
                relay.goes_on_alone(problem.detail)
            return
        message_id = self.encoding.read(content).id or ""
        self.remark(problem, passing.exchange.action or "A text", undelivered=message_id, direction=self._receives)
        words = f"{self._observer.words_for(problem)}\n".encode()
        plain = (("Content-Type", "text/plain; charset=utf-8"),)
        settle(passing.exchange.answer, answer or HttpAnswer(502, words, plain))


def _status(text: bytes, came_as: HttpAnswer) -> int:
    """The status of an answer that has another text now."""
    meant = fault_status(text)
    return came_as.status if (meant >= 400) == (came_as.status >= 400) else meant


class SoapRelayService(SoapService):
    """Takes the requests of charge points, and those of the central system for them; each charge point is one
    connection of the session."""

    def __init__(
        self,
        settings: ServerSettings,
        observer: Observer,
        clock: Clock,
        *,
        upstream: SoapUpstream,
        intercept: Intercept,
        **options: Any,
    ) -> None:
        super().__init__(settings, observer, clock, **options)
        self._upstream = upstream
        self._intercept = intercept
        self._beyond: SoapPosts | None = None  # to the central system
        self._beginning = asyncio.Lock()
        self._wires_beyond: dict[int, list[SoapRelayWire]] = {}  # by connection

    async def close(self) -> None:
        await super().close()
        for wires in self._wires_beyond.values():
            for wire in wires:
                await wire.release_tasks()
        if self._beyond is not None:
            await self._beyond.close()

    async def _take(self, request: SoapRequest) -> HttpAnswer | SoapRefusal | None:
        try:
            await self._begin()
        except UnusableCertificate as error:
            return SoapRefusal(502, error.problem)
        return await (self._take_from_beyond(request) if self._is_from_beyond(request) else super()._take(request))

    async def _begin(self) -> None:
        """Raises UnusableCertificate."""
        async with self._beginning:
            if self._beyond is None:
                asked = self._upstream.settings
                context = None
                if is_encrypted(asked.url):
                    files = asked.ca, asked.insecure, asked.certificate, asked.key
                    context = await asyncio.to_thread(partial(client_context, *files, terms=asked.tls_terms))
                self._beyond = SoapPosts(
                    self.settings.answer_timeout, self.settings.max_size, context=context, headers=asked.headers
                )

    # -- requests of the central system -------------------------------------------------------------------------

    def _is_from_beyond(self, request: SoapRequest) -> bool:
        """Whether it is for a charge point: by its service or, where that cannot be read, by what it requests."""
        direction = None if request.envelope is None else request.envelope.direction
        if direction is not None:
            return direction is Direction.TO_CHARGE_POINT
        return any(_path(self._callback(name)) == request.path for name in self._wires if self._callback(name))

    async def _take_from_beyond(self, request: SoapRequest) -> HttpAnswer | SoapRefusal | None:
        named = "" if request.envelope is None else request.envelope.charge_point
        charge_point = named or identity_in_path(request.path)
        if charge_point not in self._wires and not self.settings.callback:
            problem = NetworkProblem(ProblemCode.SOAP_CHARGE_POINT_UNKNOWN, name=charge_point[:100])
            return SoapRefusal(503, problem, charge_point)
        known = self._wires.get(charge_point)
        connection, wire = self._connection(request, charge_point) if known is None else known
        assert isinstance(connection, SoapRelayLeg)
        relay = connection.relay
        if relay.central_system is None:  # it has just shown that it is there
            self._resume(relay)
        leg = relay.central_system
        assert isinstance(leg, SoapRelayLeg)
        headers = passing_headers(request.sent.headers)
        sent = HttpRequest(wire.peer_address, request.sent.body, headers)
        return await self._passed(request, leg, leg._wire, sent)

    # -- requests of charge points ------------------------------------------------------------------------------

    async def _exchanged(self, request: SoapRequest, connection: Connection, wire: SoapWire) -> HttpAnswer | None:
        asked = self._upstream.settings
        headers = passing_headers(request.sent.headers)
        if (own := asked.all_credentials) is not None:
            headers = tuple(one for one in headers if one[0].lower() != "authorization")
            headers = (*headers, ("Authorization", own.header(connection.charge_point)))
        headers = (*headers, *asked.headers)
        sent = HttpRequest(self._url_beyond(request.path), request.sent.body, headers)
        return await self._passed(request, connection, wire, sent)

    async def _passed(
        self, request: SoapRequest, leg: Connection, wire: SoapWire, sent: HttpRequest
    ) -> HttpAnswer | None:
        for problem in request.problems:
            leg.remark(problem)
        message = request.message
        action = (message.action or "") if isinstance(message, Message) else ""
        came = HttpRequest(request.path, request.body, passing_headers(request.sent.headers))
        exchange = PassingExchange(sent, action, came)
        key = message.id or ""
        if not key or wire.awaits(key):
            key = f"{UNNAMED}{next(_NUMBERS)}"
        text = PassingText.of(request.body, exchange, sent)
        answer = await wire.exchange(text, key, lambda: None, exchange.answer)
        if answer is None and leg.open:
            problem = NetworkProblem(ProblemCode.SOAP_NO_ANSWER_PASSED, timeout=self.settings.answer_timeout)
            direction = leg.sends.opposite
            leg.remark(problem, action or "A text", undelivered=message.id or "", direction=direction)
        return answer

    def _url_beyond(self, path: str) -> str:
        """Where the central system takes what was requested here."""
        with suppress(InvalidUrl):
            return joined_url(self._upstream.settings.url, path)
        return self._upstream.settings.url

    def _callback(self, charge_point: str) -> str:
        """Where the central system is to post requests for a charge point; empty: where it names itself."""
        return self._upstream.settings.callback.replace("{id}", quote(charge_point, safe=""))

    # -- connections --------------------------------------------------------------------------------------------

    def _made(
        self, number: int, url: str, charge_point: str, version: Version, address: str
    ) -> tuple[Connection, SoapWire, ConnectionDetail]:
        beyond = self._url_beyond(url_parts(url).path)

        def leg(role: Role) -> SoapRelayLeg:
            is_near = role is Role.CENTRAL_SYSTEM
            posts = self._posts if is_near else self._beyond
            assert posts is not None
            wire = SoapRelayWire(
                posts,
                self.settings.max_size,
                self._clock,
                peer_address=address if is_near else beyond,
                answer_timeout=self.settings.answer_timeout,
                undelivered=lambda action, problem, of: made.remark(problem, action or "A text", undelivered=of),
            )
            callback = self._callback(charge_point)
            own = url if is_near else callback or address
            made: SoapRelayLeg = SoapRelayLeg(
                wire,
                self._observer,
                self._clock,
                number=number,
                charge_point=charge_point,
                version=version,
                role=role,
                url=url if is_near else beyond,
                at_end=self._ended,
                encoding=SoapDialect(version, role, charge_point, own, address if is_near else beyond),
                callback=callback,
            )
            if not is_near:
                self._wires_beyond.setdefault(number, []).append(wire)
            return made

        def missed(relay: Relay) -> None:
            self._tasks.start(self._look_for(relay, beyond), "upstream again")

        is_kept = self._upstream.when_down is not WhenDown.CLOSE
        relay = Relay(
            leg(Role.CENTRAL_SYSTEM),
            leg(Role.CHARGE_POINT),
            self._intercept,
            missed=missed if is_kept else None,
            answers_alone=self._upstream.when_down is WhenDown.ANSWER,
        )
        relay.made_again = partial(leg, Role.CHARGE_POINT)
        near = relay.charge_point
        assert isinstance(near, SoapRelayLeg)
        return near, near._wire, {"upstream": {"url": beyond}}

    def _start(self, connection: Connection, wire: SoapWire, detail: ConnectionDetail) -> None:
        assert isinstance(connection, SoapRelayLeg)
        connection.relay.start(detail)

    def _resume(self, relay: Relay) -> None:
        """The central system is there again."""
        assert relay.made_again is not None
        relay.resume(relay.made_again(), {})

    async def _look_for(self, relay: Relay, url: str) -> None:
        """Resume as soon as something answers at the address of the central system."""
        assert self._beyond is not None
        for wait in self._upstream.settings.backoff.waits(random.random):
            await asyncio.sleep(wait)
            if relay.is_over or relay.central_system is not None:
                return
            found = await self._beyond.look(url)
            if isinstance(found, HttpAnswer) and found.status not in OF_GATEWAYS:
                if not relay.is_over and relay.central_system is None:
                    self._resume(relay)
                return

    def _ended(self, connection: Connection) -> ConnectionDetail:
        for wire in self._wires_beyond.pop(connection.number, ()):
            self._tasks.start(wire.release_tasks(), "requests of a connection that has ended")
        return super()._ended(connection)


def _path(url: str) -> str:
    return url_parts(url).path
