"""A simulated charge point and a central system on loopback in one process."""

from __future__ import annotations

from dataclasses import replace

from ocpptui.network.connection import Connection
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.demo_security import DemoSecurity
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.session.station_profiles import with_connectors
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.demo_script import DEMO_STATION, DemoCentralSystem, DemoChargePoint
from ocpptui.simulator.effects import Behaviour
from ocpptui.simulator.simulated_version import simulated_as

CHARGE_POINT_ID = "DEMO-1"


class Demo:
    """Two sessions over a real connection: the user sees the central system's."""

    def __init__(
        self,
        version: Version,
        *,
        writer: RecordingWriter | None = None,
        settings: SessionSettings | None = None,
        pace: float = 1.0,
        built: ChargePointSettings = DEMO_STATION,
        security_profile: int | None = None,
        transport: Transport | None = None,
    ) -> None:
        """`built` is what the charge point is; it gets a second connector if it has only one.

        Without `transport`, it is OCPP-J where the version has that. From security profile 2 on, there is a CA, which
        also signs what the charge point asks for.
        """
        self._security = DemoSecurity(security_profile)
        bench = self._security.bench
        self._authority = None if bench is None else bench.authority
        if self._authority is not None:
            own = CentralSystemSettings(authority=self._authority)
            settings = replace(settings or SessionSettings(), central_system=own)
        self.session = Session(
            role=Role.CENTRAL_SYSTEM, writer=writer, settings=settings, behaviour=self._central_system
        )
        """The side that the user sees: the user can send to the simulated charge point as to a real one."""
        self._charge_point = Session(role=Role.CHARGE_POINT, behaviour=self._simulated)
        self.session.operated = self._charge_point
        self._version = version
        self._transport = transport or min(version.spoken_on)
        self._pace = pace
        self._built = with_connectors(built, max(2, built.connectors))

    async def start(self) -> None:
        """Listen on a free port of the loopback and connect the charge point. Raises CannotListen."""
        link = await self.session.listen(self._security.server(self._version, self._transport))
        url = link.urls[0] if self._transport is Transport.JSON else link.urls[-1]
        await self._charge_point.connect(self._security.client(url, CHARGE_POINT_ID, self._version))

    async def close(self) -> None:
        """Disconnect the charge point, then close the central system."""
        await self._charge_point.close()
        await self.session.close()
        self._security.close()

    def _central_system(self, connection: Connection) -> Behaviour | None:
        memory = self.session.central_system.memory
        return DemoCentralSystem(
            simulated_as(self._version),
            self._pace,
            memory=memory,
            charge_point=CHARGE_POINT_ID,
            authority=self._authority,
        )

    def _simulated(self, connection: Connection) -> Behaviour | None:
        return DemoChargePoint(simulated_as(self._version), self._pace, self._built)
