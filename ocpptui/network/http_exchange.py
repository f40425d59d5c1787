"""Requests of OCPP-S and their answers as HTTP carries them, and those that pass through us."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
OF_ONE_LEG = frozenset({"host", "connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding"})
"""Headers that are about one connection (RFC 9110 section 7.6.1), in small letters."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to post."""

    url: str
    """Where to; empty as long as nothing says so."""
    body: bytes
    headers: Headers

    def with_text(self, text: bytes) -> HttpRequest:
        """The same with another text, which is not compressed."""
        return replace(self, body=text, headers=_of_plain_text(self.headers))


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to a request."""

    status: int
    body: bytes
    headers: Headers | None = None
    """Those that go with it; None: those of an envelope of ours."""

    def with_text(self, text: bytes, status: int) -> HttpAnswer:
        """The same with another text, which is not compressed, and the status that this has."""
        return HttpAnswer(status, text, _of_plain_text(self.headers or ()))


CUT_OFF = HttpAnswer(0, b"")
"""In place of an answer: the TCP connection of the request ends at once."""


@dataclass(eq=False, slots=True)
class PassingExchange:
    """A request of a peer that passes through us, and what it waits for."""

    request: HttpRequest
    """As it goes on: to the other side, with the headers that are not about the leg of the peer."""
    action: str
    came: HttpRequest
    """As the peer has sent it, without its compression, and with its path alone as the URL."""
    answer: asyncio.Future[HttpAnswer | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    """What the peer gets; None: nothing came in time."""

    @property
    def is_over(self) -> bool:
        """Whether the peer has its answer, or has none to expect any more."""
        return self.answer.done()


class PassingText(bytes):
    """The text of a request or an answer that passes, without its compression, and what it came as."""

    exchange: PassingExchange
    came_as: HttpRequest | HttpAnswer

    @classmethod
    def of(cls, text: bytes, exchange: PassingExchange, came_as: HttpRequest | HttpAnswer) -> PassingText:
        made = cls(text)
        made.exchange, made.came_as = exchange, came_as
        return made


def passing_headers(headers: Headers) -> Headers:
    """Those that go on with a message: all that are not about one leg, by their names or by what `Connection` says
    (RFC 9110 section 7.6.1), nor the length of the body, which is counted anew."""
    named = {
        part.strip().lower() for name, value in headers if name.lower() == "connection" for part in value.split(",")
    }
    own = OF_ONE_LEG | named | {"content-length", "expect"}
    return tuple((name, value) for name, value in headers if _goes_on(name.lower(), own))


def _goes_on(name: str, own: frozenset[str] | set[str]) -> bool:
    return name not in own and not name.startswith("proxy-")


def _of_plain_text(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() != "content-encoding")


def settle(answer: asyncio.Future[HttpAnswer | None], given: HttpAnswer | None) -> None:
    """Answer a request, unless it was answered before."""
    if not answer.done():
        answer.set_result(given)
