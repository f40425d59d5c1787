"""The endpoints at which the charge points of one session take requests of OCPP-S: those with the same address and port
share one, and the last segment of the path, or else the envelope, says which of them is meant.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from ocpptui.network.addresses import url_host
from ocpptui.network.connection import Observer
from ocpptui.network.http_exchange import HttpAnswer
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.soap_endpoint import SoapEndpoint, SoapRefusal, SoapRequest, Take
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.service_types import CHARGE_POINT
from ocpptui.ocpp.version import Version
from ocpptui.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class ServedChargePoint:
    """A charge point that takes requests."""

    name: str
    """Its id."""
    take: Take
    version: Callable[[], Version]
    """The one that it speaks at the moment."""


@dataclass(slots=True, eq=False)
class SharedEndpoint:
    """One endpoint, and who takes requests there."""

    endpoint: SoapEndpoint
    by_name: dict[str, ServedChargePoint] = field(default_factory=dict)
    url: str = ""

    async def take(self, request: SoapRequest) -> HttpAnswer | SoapRefusal | None:
        """Answer a request, by the charge point that is meant."""
        named = "" if request.envelope is None else request.envelope.charge_point
        known = self.by_name
        meant = known.get(identity_in_path(request.path)) or known.get(named)
        if meant is None and len(known) == 1:
            meant = next(iter(known.values()))
        if meant is None:
            names = ", ".join(list(known)[:5])
            problem = NetworkProblem(ProblemCode.SOAP_FOR_ANOTHER, name=named[:100], expected=names)
            return SoapRefusal(404, problem, named)
        return await meant.take(request)

    def url_of(self, name: str) -> str:
        """Where a charge point takes requests."""
        return f"{self.url}/{quote(name, safe='')}"

    def versions(self) -> tuple[Version, ...]:
        """Those of all that take requests here."""
        return tuple(dict.fromkeys(one.version() for one in self.by_name.values()))


class SharedEndpoints:
    """All of a session, by address and port."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], SharedEndpoint] = {}
        self._opening = asyncio.Lock()

    async def join(
        self,
        served: ServedChargePoint,
        host: str,
        port: int,
        observer: Observer,
        clock: Clock,
        *,
        context: ssl.SSLContext | None,
        max_size: int,
    ) -> SharedEndpoint:
        """Take the requests for a charge point at an address, port 0: any free one, which nobody shares. `context` is
        for HTTPS; that of the first who joins counts. Raises CannotListen."""
        async with self._opening:
            shared = self._open.get((host, port)) if port else None
            if shared is None:
                shared = await self._opened(host, port, observer, clock, context, max_size)
                if port:
                    self._open[host, port] = shared
            shared.by_name[served.name] = served
            return shared

    async def _opened(
        self, host: str, port: int, observer: Observer, clock: Clock, context: ssl.SSLContext | None, max_size: int
    ) -> SharedEndpoint:
        endpoint = SoapEndpoint(
            lambda request: shared.take(request),
            observer,
            clock,
            service=CHARGE_POINT,
            versions=lambda: shared.versions(),
            secure=context is not None,
            max_size=max_size,
        )
        shared = SharedEndpoint(endpoint)
        given = await endpoint.listen(host, port, context)
        scheme = "http" if context is None else "https"
        shared.url = f"{scheme}://{url_host(host)}:{given}/{CHARGE_POINT}"
        return shared

    async def leave(self, shared: SharedEndpoint, name: str) -> None:
        """Take no requests for a charge point any more; the last one ends the endpoint."""
        async with self._opening:
            shared.by_name.pop(name, None)
            if shared.by_name:
                return
            self._open = {key: one for key, one in self._open.items() if one is not shared}
            await shared.endpoint.close()
