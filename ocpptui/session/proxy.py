"""A session between charge points and their central system passes on what each sends, unless the user intervenes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from websockets.http11 import Request

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.intervention import Intervention
from ocpptui.network.relayed_connection import RelayLeg
from ocpptui.network.upgrade_policy import Admission, Rejection
from ocpptui.network.upstream import SoapUpstream, UpstreamGate, WhenDown, passed_on_settings
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.faulty_link import Note
from ocpptui.session.mirror import Mirror
from ocpptui.session.mirrored_answers import MirroredAnswers
from ocpptui.session.relayed_traffic import RelayedTraffic
from ocpptui.simulator.fault_plan import Deed, FaultRule, RuleSubject
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import Record

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection, Observer
    from ocpptui.session.faults_in_force import FaultsInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """Where a proxy passes on what charge points send."""

    upstream: ClientSettings
    """The central system; the path of each charge point follows that of the URL."""
    soap_upstream: ClientSettings | None = None
    """The central system for OCPP-S; None: requests of OCPP-S are refused."""
    when_down: WhenDown = WhenDown.CLOSE
    mirror: ClientSettings | None = None
    """A second central system, which gets a copy of what charge points send."""
    soap_mirror: ClientSettings | None = None
    """The same for OCPP-S, by a URL of http or https."""
    breakpoints: tuple[FaultRule, ...] = ()
    """The rules with which it begins, before those of the rules file."""
    named: str = ""
    """The central system as the user has named it; empty: by the URL of `upstream`."""


class Proxy:
    """The gate of the charge points, and what becomes of their messages. The session owns it."""

    def __init__(
        self,
        settings: ProxySettings,
        observer: Observer,
        faults: Callable[[], FaultsInForce | None],
        *,
        clock: Clock,
        new_id: Callable[[], str],
        note: Note,
    ) -> None:
        """`faults` are the rules in force; None while nobody has asked for any."""
        self.settings = settings
        self.held: dict[int, RelayedTraffic] = {}
        """The traffic that each message belongs to that waits for the user, by timeline index, oldest first."""
        self._tasks = Tasks("proxy")
        self._gate = UpstreamGate(settings.upstream, observer, clock, settings.when_down)
        self._faults = faults
        self._clock = clock
        self._new_id = new_id
        self._note = note
        self._traffic: dict[int, RelayedTraffic] = {}
        self._mirrors: dict[int, MirroredAnswers] = {}
        self._leaving: set[MirroredAnswers] = set()  # those whose charge point has gone
        self._differences = 0  # of those that have ended
        self._copies: dict[str, ClientSettings] = {}  # how the newest connection of a charge point is mirrored

    @property
    def url(self) -> str:
        """The central system beyond, without a password."""
        return mask_own_text(self.settings.named or self.settings.upstream.url)

    @property
    def soap_upstream(self) -> SoapUpstream | None:
        """Where requests of OCPP-S go on."""
        settings = self.settings
        return None if settings.soap_upstream is None else SoapUpstream(settings.soap_upstream, settings.when_down)

    def traffic(self, connection: int) -> RelayedTraffic | None:
        """That of an open connection."""
        return self._traffic.get(connection)

    def differences(self) -> int:
        """How often an answer of the mirror differed."""
        return self._differences + sum(mirror.differences for mirror in self._mirrors.values())

    def missing(self) -> int:
        """How many charge points are connected without their central system."""
        return sum(len(traffic.connection.relay.legs) < 2 for traffic in self._traffic.values())

    # -- a gate, and an intercept -------------------------------------------------------------------------------

    async def admit(self, admission: Admission, request: Request) -> Admission | Rejection:
        judgement = await self._gate.admit(admission, request)
        if isinstance(judgement, Admission) and self.settings.mirror is not None:
            copied = passed_on_settings(self.settings.mirror, judgement, request)
            self._copies[judgement.charge_point] = replace(copied, reconnect=True)
        return judgement

    def intercept(self, leg: RelayLeg, record: Record) -> Intervention | None:
        """Decide about a message that was read."""
        traffic = self._traffic.get(leg.number)
        if traffic is None:
            return None
        if leg is traffic.connection and leg.number in self._mirrors:
            self._mirrors[leg.number].copy(record)
        elif leg.number in self._mirrors:
            self._mirrors[leg.number].compare(record)
        return traffic.intercept(leg, record)

    # -- the connections ----------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        """A relayed connection is open."""
        assert isinstance(connection, RelayLeg)
        self._traffic[connection.number] = RelayedTraffic(
            connection,
            self._faults,
            self.held,
            clock=self._clock,
            new_id=self._new_id,
            note=self._note,
        )
        self._traffic[connection.number].start_link()
        copied = self._copies.pop(connection.charge_point, None)
        if copied is not None:
            self._mirrors[connection.number] = Mirror(connection, copied, self._note, self._clock)
        if connection.encoding.transport is Transport.SOAP:
            self._opened_soap(connection)

    def _opened_soap(self, connection: RelayLeg) -> None:
        """Say in the log where the central system posts its requests, and begin the copy."""
        beyond = self.settings.soap_upstream
        if beyond is not None and beyond.callback:
            text = f"From names {beyond.callback} to the central system, so that its requests come through here."
        else:
            text = "From goes on as it is: the central system posts its requests to the charge point, not through here."
        self._note(connection, text, {})
        if self.settings.soap_mirror is not None:
            from ocpptui.network.soap_relay import SoapRelayLeg  # with the first charge point of OCPP-S
            from ocpptui.session.soap_mirror import SoapMirror

            assert isinstance(connection, SoapRelayLeg)
            copied = self.settings.soap_mirror
            self._mirrors[connection.number] = SoapMirror(connection, copied, self._note, self._clock)

    def closed(self, connection: Connection) -> None:
        """It has ended."""
        if (traffic := self._traffic.pop(connection.number, None)) is not None:
            traffic.end()
        if (mirror := self._mirrors.pop(connection.number, None)) is not None:
            self._differences += mirror.differences
            self._leaving.add(mirror)
            self._tasks.start(self._end(mirror), "mirror leaves")

    async def _end(self, mirror: MirroredAnswers) -> None:
        await mirror.close()
        self._leaving.discard(mirror)

    def links_changed(self) -> None:
        """The faults of the link that are in force are others now."""
        for traffic in self._traffic.values():
            traffic.start_link()

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        """Say in the log that the central system beyond is gone, or back."""
        if len(connection.legs) > 1:
            text = "The central system is back; messages pass again."
        elif connection.is_ours:
            text = "The central system is gone; until it is back, we answer in its place."
        else:
            text = "The central system is gone; until it is back, messages of the charge point wait."
        shown: Mapping[str, Any] = {"upstream": dict(detail.get("upstream", {}))}
        self._note(connection, text, shown)

    async def close(self) -> None:
        """End the copies."""
        mirrors = [*self._mirrors.values(), *self._leaving]
        await asyncio.gather(*(mirror.close() for mirror in mirrors))
        await self._tasks.cancel()


def breakpoint_for(expression: str, direction: Direction | None = None) -> FaultRule:
    """The rule that holds every message that matches a filter, and goes in a direction."""
    return FaultRule(
        name=f"breakpoint {expression}".strip(),
        deed=Deed.HOLD,
        message=RuleSubject.ANY,
        direction=direction,
        filter=expression,
    )
