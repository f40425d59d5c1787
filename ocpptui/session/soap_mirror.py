"""A second central system of OCPP-S that gets a copy of what a charge point posts; its answers are compared and go
nowhere.

A copy names no address at which the charge point takes requests: the second central system would post its own there.
"""

from __future__ import annotations

import asyncio
from functools import partial

from ocpptui.describe.network_problems import words_of
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.http_exchange import HttpAnswer, HttpRequest
from ocpptui.network.problems import NetworkError, NetworkProblem
from ocpptui.network.soap_addresses import sender_unaddressed
from ocpptui.network.soap_charge_point import ANSWER_TIMEOUT
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.soap_relay import SoapRelayLeg
from ocpptui.network.soap_wire import plain_answer
from ocpptui.network.tls import client_context
from ocpptui.network.upstream import joined_url
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.faulty_link import Note
from ocpptui.session.mirrored_answers import MirroredAnswers
from ocpptui.timeline.record import Record, message_record

MOST_POSTS = 100
"""Copies that wait for their answers; what comes after them is not copied."""


class SoapMirror(MirroredAnswers):
    """The copies of the requests of one connection."""

    def __init__(self, connection: SoapRelayLeg, settings: ClientSettings, note: Note, clock: Clock) -> None:
        super().__init__(connection, note)
        self._leg = connection
        self._settings = settings
        self._clock = clock
        self._posts: SoapPosts | None = None
        self._beginning = asyncio.Lock()
        self._under_way = 0
        self._said = ""
        self._tasks = Tasks("mirror of OCPP-S")

    def copy(self, record: Record) -> None:
        request, frame = self._leg.request_at_hand, record.frame
        if request is None or not isinstance(frame, Message):  # what cannot be read may name an address
            return
        if self._under_way >= MOST_POSTS:
            self._say_once(f"{MOST_POSTS:,} requests wait for the mirror: it does not get those that come meanwhile.")
            return
        self._called(record)
        self._under_way += 1
        self._tasks.start(self._compare_with(request), "copy")

    async def _compare_with(self, request: HttpRequest) -> None:
        try:
            answer = await self._answer(request)
        finally:
            self._under_way -= 1
        if isinstance(answer, NetworkProblem):
            self._say_once(f"The mirror gave no answer to compare: {words_of(answer).sentence}")
            return
        self._said = ""
        self._heard(
            message_record(
                answer.body,
                time=self._clock(),
                connection=self._leg.number,
                direction=Direction.TO_CHARGE_POINT,
                transport=Transport.SOAP,
            )
        )

    async def _answer(self, request: HttpRequest) -> HttpAnswer | NetworkProblem:
        try:
            posts = await self._begun()
            url = joined_url(self._settings.url, request.url)
        except NetworkError as error:
            return error.problem
        text = sender_unaddressed(request.body)
        found = await posts.relay(HttpRequest(url, b"", request.headers).with_text(text))
        return found if isinstance(found, NetworkProblem) else plain_answer(url, found, self._settings.max_size)

    async def _begun(self) -> SoapPosts:
        """Raises UnusableCertificate."""
        async with self._beginning:
            if self._posts is None:
                asked, context = self._settings, None
                if is_encrypted(asked.url):
                    files = asked.ca, asked.insecure, asked.certificate, asked.key
                    context = await asyncio.to_thread(partial(client_context, *files, terms=asked.tls_terms))
                self._posts = SoapPosts(ANSWER_TIMEOUT, asked.max_size, context=context)
            return self._posts

    def _say_once(self, text: str) -> None:
        """A note, unless it was the last one already."""
        if text != self._said:
            self._said = text
            self._say(text, {})

    async def close(self) -> None:
        await self._tasks.cancel()
        if self._posts is not None:
            await self._posts.close()
