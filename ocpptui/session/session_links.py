"""The links of a session: those that connect as charge points, and the servers that charge points connect to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.ocpp.version import Transport
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session_notes import SessionNotes
from ocpptui.timeline.masking import Masking

if TYPE_CHECKING:  # imported where they are first used: opened files need no sockets
    from ocpptui.network.central_system_server import CentralSystemServer
    from ocpptui.network.charge_point_link import ChargePointLink
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.connection import Observer
    from ocpptui.network.relayed_connection import Intercept
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.network.shared_endpoints import SharedEndpoints
    from ocpptui.network.upgrade_policy import Gate
    from ocpptui.network.upstream import SoapUpstream


class SessionLinks:
    """Makes links, whose connections report to `observer`; their secrets are masked before anything is recorded."""

    def __init__(
        self,
        observer: Observer,
        clients: list[ChargePointLink],
        *,
        clock: Clock,
        masking: Masking,
        notes: SessionNotes,
        tasks: Tasks,
    ) -> None:
        """`clients` takes those that connect; `tasks` owns what they do."""
        self.clients = clients
        self.servers: list[CentralSystemServer] = []
        self._observer = observer
        self._clock = clock
        self._masking = masking
        self._notes = notes
        self._tasks = tasks

    @cached_property
    def _soap_endpoints(self) -> SharedEndpoints:
        """Where the charge points of OCPP-S take requests."""
        from ocpptui.network.shared_endpoints import SharedEndpoints

        return SharedEndpoints()

    async def connect(self, settings: ClientSettings, prepare: Callable[[ChargePointLink], None]) -> ChargePointLink:
        """Connect as a charge point, in the background, after `prepare`. Raises InvalidUrl."""
        self._masking.know(settings.secrets)
        link: ChargePointLink
        if settings.transport is Transport.SOAP:
            from ocpptui.network.soap_charge_point import SoapChargePoint

            link = SoapChargePoint(settings, self._observer, self._clock, endpoints=self._soap_endpoints)
        else:
            from ocpptui.network.charge_point_client import ChargePointClient

            link = ChargePointClient(settings, self._observer, self._clock)
        self.clients.append(link)
        prepare(link)
        if is_encrypted(link.url):
            self._notes.tell_weakened(settings.tls_terms)
        self._tasks.start(link.run(), "client link")
        await self._notes.tell_out_of_date([settings.certificate])
        return link

    async def listen(
        self,
        settings: ServerSettings,
        *,
        gate: Gate | None,
        intercept: Intercept | None,
        soap_upstream: SoapUpstream | None,
        names_of: Callable[[str], Collection[str]],
    ) -> CentralSystemServer:
        """Listen as a central system. Raises CannotListen.

        `names_of` says what a charge point may call itself in its certificate.
        """
        from ocpptui.network.central_system_server import CentralSystemServer

        self._masking.know(settings.credentials.secrets if settings.credentials is not None else ())
        link = CentralSystemServer(
            settings, self._observer, self._clock, gate=gate, intercept=intercept, soap_upstream=soap_upstream
        )
        if settings.client_ca is not None:
            link.know_names(names_of)
        await link.start()
        self.servers.append(link)
        if settings.certificate is not None:
            self._notes.tell_weakened(settings.tls_terms)
            await self._notes.tell_out_of_date([settings.certificate, settings.second_certificate])
        return link

    @property
    def urls(self) -> list[str]:
        """Every URL that a charge point could use to reach us; empty if we do not listen."""
        return [url for link in self.servers for url in link.urls]

    @property
    def soap_urls(self) -> list[str]:
        """The same for charge points of OCPP-S, where those have no port of their own."""
        return [url for link in self.servers for url in link.soap_urls]

    def set_lenient(self, on: bool) -> None:
        """Accept what is slightly wrong from now on, or refuse it."""
        for server in self.servers:
            server.set_lenient(on)
        for client in self.clients:
            client.lenient = on

    async def close(self, *, in_haste: bool) -> None:
        """Close every connection cleanly, all at once: a dead peer is given some seconds each."""
        clients = [link.close(going_away=in_haste) for link in self.clients]
        await asyncio.gather(*clients, *(link.close() for link in self.servers))
