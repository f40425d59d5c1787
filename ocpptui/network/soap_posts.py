"""Posts envelopes over HTTP or HTTPS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

from ocpptui import __version__
from ocpptui.network.http_exchange import HttpAnswer, HttpRequest
from ocpptui.network.limits import OPEN_TIMEOUT
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.soap_headers import CONTENT_TYPE

if TYPE_CHECKING:  # imported with the first request
    from aiohttp import ClientSession


class SoapPosts:
    """Posts requests; connections stay open between them."""

    def __init__(
        self,
        timeout: float,
        max_size: int,
        *,
        context: ssl.SSLContext | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`timeout` is in seconds, `max_size` the most bytes of an answer; `context` is used for https, `headers` are
        sent with each request."""
        self._timeout = timeout
        self._max_size = max_size
        self._context = context
        self._headers = headers
        self._session: ClientSession | None = None

    async def connect(self, sock: socket.socket, host: str | None) -> ssl.SSLObject | None:
        """Have the first request go over this socket, which is connected; `host` is the one to verify, with TLS alone.
        Returns the TLS connection. Raises OSError, ssl.SSLError among them."""
        connector: Any = self._begun().connector
        loop, context = asyncio.get_running_loop(), None if host is None else self._context
        transport, connector.first = await loop.create_connection(
            connector.handler, sock=sock, ssl=context, server_hostname=host if context is not None else None
        )
        found: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        return found

    def _begun(self) -> ClientSession:
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

        from ocpptui.network.first_connection import FirstConnection

        if self._session is None:
            limits = ClientTimeout(total=self._timeout, sock_connect=OPEN_TIMEOUT)
            self._session = ClientSession(connector=FirstConnection(), timeout=limits, cookie_jar=DummyCookieJar())
        return self._session

    async def post(self, url: str, body: bytes, action: str) -> HttpAnswer | NetworkProblem:
        """The answer to an envelope, or why there is none. Raises nothing."""
        kind = f'{CONTENT_TYPE}; charset=utf-8; action="/{action}"'
        headers = {"Content-Type": kind, "User-Agent": f"ocpptui/{__version__}", **dict(self._headers)}
        return await self._asked("POST", HttpRequest(url, body, tuple(headers.items())))

    async def relay(self, request: HttpRequest) -> HttpAnswer | NetworkProblem:
        """The answer to a request that goes on with its headers and no others, both as they are on the wire. Raises
        nothing."""
        return await self._asked("POST", request, skip_auto_headers=_ADDED, auto_decompress=False)

    async def look(self, url: str) -> HttpAnswer | NetworkProblem:
        """What is there, asked without a message. Raises nothing."""
        return await self._asked("GET", HttpRequest(url, b"", self._headers))

    async def _asked(self, method: str, request: HttpRequest, **options: Any) -> HttpAnswer | NetworkProblem:
        from aiohttp import ClientError

        url = request.url
        try:
            async with self._begun().request(
                method,
                url,
                data=request.body or None,
                headers=request.headers,
                ssl=True if self._context is None else self._context,
                allow_redirects=False,
                **options,
            ) as answer:
                content = await answer.content.read(self._max_size + 1)
                while not answer.content.at_eof() and len(content) <= self._max_size:
                    content += await answer.content.read(self._max_size + 1 - len(content))
                if len(content) > self._max_size:
                    return NetworkProblem(ProblemCode.MESSAGE_TOO_LARGE, limit=self._max_size)
                return HttpAnswer(answer.status, content, tuple(answer.headers.items()))
        except asyncio.TimeoutError:  # noqa: UP041 - the one of aiohttp
            return NetworkProblem(ProblemCode.SOAP_POST_TIMED_OUT, url=url, timeout=self._timeout)
        except (ClientError, OSError, ValueError) as error:
            return NetworkProblem(ProblemCode.SOAP_POST_FAILED, url=url, reason=str(error) or type(error).__name__)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp adds to a request that lacks it."""
