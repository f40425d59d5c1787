"""What an examination posts to a central system of OCPP-S, and what came of it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from ocpptui.doctor.counted_attempts import CountedAttempts
from ocpptui.network.http_exchange import HttpAnswer, HttpRequest
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.network.soap_headers import CONTENT_TYPE
from ocpptui.network.soap_posts import SoapPosts
from ocpptui.network.tls import client_context
from ocpptui.ocpp.http_headers import header_lines
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.soap_encoding import read_envelope
from ocpptui.ocpp.soap_fault_probe import probe_envelope
from ocpptui.ocpp.version import Version

_SHOWN = 500
"""Characters of a body that are shown."""


@dataclass(frozen=True, slots=True)
class PostAttempt:
    """One request over HTTP, and what came of it."""

    problem: NetworkProblem | None
    """Why no envelope came; None: one did."""
    status: int | None = None
    """Of the HTTP answer; None if there was none."""
    headers: tuple[str, ...] = ()
    """The lines of the answer."""
    body: str = ""
    message: Message | Malformed | None = None
    """The envelope."""
    version: Version | None = None
    """Whose namespace the envelope has."""

    @property
    def outcome(self) -> str:
        """In a few words."""
        if self.status is None:
            return str(self.problem.code) if self.problem is not None else "no answer"
        if not isinstance(self.message, Message):
            return f"{self.status}, no envelope"
        if not self.message.kind.is_error:
            return f"{self.status}, an envelope"
        reason = self.message.error_description.strip()
        return f"{self.status}, fault {self.message.error_code}{f': {reason[:120]}' if reason else ''}"


class SoapAttempts:
    """Makes the requests, each over a connection of its own."""

    def __init__(self, attempts: CountedAttempts) -> None:
        self._attempts = attempts
        self._refusal: PostAttempt | None = None  # the server asked for no more requests: none is made

    async def probe(self, version: Version, url: str = "", *, bare: bool = False) -> PostAttempt:
        """What comes of an envelope that asks for nothing, `bare` without credentials."""
        settings = self._attempts.settings
        text = probe_envelope(version, settings.charge_point, url or settings.url)
        return await self.post(text, url=url, bare=bare)

    async def post(self, text: str, action: str = "", *, url: str = "", bare: bool = False) -> PostAttempt:
        """What comes of an envelope."""
        attempts = self._attempts
        kind = f"{CONTENT_TYPE}; charset=utf-8" + (f'; action="/{action}"' if action else "")
        headers = [("Content-Type", kind), *attempts.settings.headers]
        credentials = None if bare else attempts.credentials
        if credentials is not None:
            headers.append(("Authorization", credentials.header(attempts.settings.charge_point)))
            attempts.report.logins += 1
        request = HttpRequest(url or attempts.settings.url, text.encode(), tuple(headers))
        found = await self._made(request)
        if found.problem is None:
            attempts.report.is_connected = True
        return found

    async def look(self, url: str) -> PostAttempt:
        """What comes of a GET, without credentials."""
        return await self._made(HttpRequest(url, b"", ()), is_get=True)

    async def _made(self, request: HttpRequest, *, is_get: bool = False) -> PostAttempt:
        if self._refusal is not None:
            return self._refusal
        attempts = self._attempts
        attempts.report.connections += 1
        given = attempts.given
        posts = SoapPosts(given.open_timeout, given.max_size, context=await self._context())
        try:
            found = await (posts.look(request.url) if is_get else posts.relay(request))
        finally:
            await posts.close()
        if isinstance(found, NetworkProblem):
            return PostAttempt(found)
        attempt = _attempt(request.url, found)
        attempts.note_time(list(attempt.headers))
        if attempt.status == 429:  # RFC 6585 section 4
            self._refusal = attempt
        return attempt

    async def _context(self) -> ssl.SSLContext | None:
        settings = self._attempts.settings
        if not self._attempts.is_secure:
            return None
        files = settings.ca, settings.insecure, settings.certificate, settings.key
        return await asyncio.to_thread(
            lambda: client_context(*files, own_pair=settings.own_pair, terms=settings.tls_terms)
        )


def _attempt(url: str, answer: HttpAnswer) -> PostAttempt:
    message, envelope = read_envelope(answer.body)
    is_envelope = isinstance(message, Message) or (envelope is not None and b"Envelope" in answer.body)
    problem = None if is_envelope else NetworkProblem(P.SOAP_ANSWER_WITHOUT_ENVELOPE, address=url, status=answer.status)
    body = answer.body.decode("utf-8", "replace")
    lines = tuple(header_lines(answer.headers or ()))
    version = None if envelope is None else envelope.version
    return PostAttempt(problem, answer.status, lines, body, message if is_envelope else None, version)
