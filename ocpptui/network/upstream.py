"""The upstream side of a proxied connection: asks the upstream central system first, and repeats its response."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from urllib.parse import urlunsplit

from websockets.datastructures import Headers
from websockets.http11 import Request

from ocpptui.network.charge_point_client import ChargePointClient
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Observer
from ocpptui.network.http_exchange import passing_headers
from ocpptui.network.outgoing_handshake import Dialled
from ocpptui.network.problems import ConnectionFailed, NetworkError
from ocpptui.network.upgrade_policy import Admission, Rejection, offered_subprotocols
from ocpptui.network.url import DEFAULT_PORTS, SOAP_PORTS, split_url
from ocpptui.ocpp.version import Version
from ocpptui.runtime.clock import Clock, now


class WhenDown(StrEnum):
    """What becomes of a charge point whose upstream central system cannot be reached."""

    CLOSE = "close"
    """It is refused with status 502, or its connection ends as the upstream one did."""
    HOLD = "hold"
    """It stays connected, and what it sends waits."""
    ANSWER = "answer"
    """It stays connected, and we answer it."""


@dataclass(frozen=True, slots=True)
class SoapUpstream:
    """Where requests of OCPP-S go on."""

    settings: ClientSettings
    """The central system, by a URL of http or https; credentials and headers as for a WebSocket. Its `callback`, if
    set, is what `From` names there, so that its requests come through here."""
    when_down: WhenDown = WhenDown.CLOSE


@dataclass(frozen=True, slots=True)
class UpstreamGate:
    """A `Gate` that accepts a charge point if the upstream central system does, and otherwise refuses it alike."""

    settings: ClientSettings
    """How to connect there. The path of a charge point is appended to the path of this URL; its subprotocols and
    headers go along, and so do its credentials, unless there are some here."""
    observer: Observer
    clock: Clock = now
    when_down: WhenDown = WhenDown.CLOSE

    async def admit(self, admission: Admission, request: Request) -> Admission | Rejection:
        if self.when_down is not WhenDown.CLOSE:
            admission = replace(
                admission,
                again=partial(self._dial_again, admission, request),
                answers_alone=self.when_down is WhenDown.ANSWER,
            )
        try:
            dialled = await self.dial(admission, request)
        except NetworkError as error:
            if admission.again is not None and not _is_refusal(error):
                return replace(admission, subprotocol=_likely_subprotocol(request))
            return _mirrored(error, admission.charge_point)
        return replace(
            admission, version=dialled.version or admission.version, subprotocol=dialled.subprotocol, upstream=dialled
        )

    async def dial(self, admission: Admission, request: Request) -> Dialled:
        """Connect there as this charge point. Raises NetworkError."""
        settings = passed_on_settings(self.settings, admission, request)
        return await ChargePointClient(settings, self.observer, self.clock).dial()

    async def _dial_again(self, admission: Admission, request: Request) -> Dialled:
        for wait in self.settings.backoff.waits(random.random):
            await asyncio.sleep(wait)
            try:
                return await self.dial(admission, request)
            except NetworkError:
                continue
        raise AssertionError("a back-off has no end")


def passed_on_settings(settings: ClientSettings, admission: Admission, request: Request) -> ClientSettings:
    """How to connect as a charge point that has sent this request. Raises NetworkError."""
    passed = _passed_headers(request.headers, own_credentials=settings.all_credentials is not None)
    extensions = ",".join(request.headers.get_all("Sec-WebSocket-Extensions"))
    return replace(
        settings,
        url=joined_url(settings.url, request.path),
        url_exact=True,
        charge_point=admission.charge_point,
        versions=(admission.version,),
        subprotocols=tuple(offered_subprotocols(request.headers)),
        credentials=settings.all_credentials,
        headers=(*passed, *settings.headers),
        compression=settings.compression and "permessage-deflate" in extensions,
    )


def joined_url(base: str, target: str) -> str:
    """The URL upstream for a charge point that requests this path, perhaps with a query: it follows the path of the
    base, as the charge point has written it. Raises InvalidUrl.
    """
    parts = split_url(base, (*DEFAULT_PORTS, *SOAP_PORTS))
    path, _, query = target.partition("?")
    both = "&".join(filter(None, (parts.query, query)))
    if path == "/" and parts.path and parts.scheme.lower() in SOAP_PORTS:  # the URL of a service is complete
        return urlunsplit(parts._replace(query=both))
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + path, query=both))


def _passed_headers(headers: Headers, *, own_credentials: bool) -> Iterator[tuple[str, str]]:
    """The headers of a charge point that go on: those that are not about its own leg and its handshake."""
    for name, value in passing_headers(tuple(headers.raw_items())):
        folded = name.lower()
        is_own = folded.startswith(("sec-websocket-", "content-")) or (own_credentials and folded == "authorization")
        if not is_own:
            yield name, value


def _likely_subprotocol(request: Request) -> str | None:
    """The subprotocol that the upstream central system will probably choose, once it is there."""
    offered = offered_subprotocols(request.headers)
    return next((name for name in offered if Version.from_subprotocol(name) is not None), None)


def _is_refusal(error: NetworkError) -> bool:
    """Whether the upstream central system was there and has decided."""
    return isinstance(error, ConnectionFailed) and error.refused and error.detail.get("httpStatus") not in OF_GATEWAYS


OF_GATEWAYS = (502, 503, 504)
"""What a gateway answers whose server is down (RFC 9110 section 15.6)."""


REPEATED = ("location", "retry-after", "content-type", "content-encoding", "content-language")
"""Headers of a refusal that the charge point needs to read and to follow it, besides the challenge."""


def _mirrored(error: NetworkError, charge_point: str) -> Rejection:
    """The answer to the charge point; 502 if the upstream central system was not reached (RFC 9110 section 15.6.3)."""
    if not isinstance(error, ConnectionFailed) or not error.refused:
        return Rejection(HTTPStatus.BAD_GATEWAY, error.problem, charge_point, upstream=error.problem.detail)
    try:
        status = HTTPStatus(error.detail.get("httpStatus", 502))
    except ValueError:
        status = HTTPStatus.BAD_GATEWAY
    lines = [line.partition(":") for line in error.detail.get("responseHeaders", [])]
    headers = [(name.strip(), value.strip()) for name, _, value in lines]
    challenges = [value for name, value in headers if name.lower() == "www-authenticate"]
    return Rejection(
        status,
        error.problem,
        charge_point,
        upstream={**error.problem.detail, **error.detail},
        body=error.body,
        challenge=challenges[0] if challenges else None,
        headers=tuple((name, value) for name, value in headers if name.lower() in REPEATED),
    )
