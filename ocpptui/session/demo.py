"""A simulated charge point and a central system on loopback in one process."""

from __future__ import annotations

from ocpptui.network.central_system_server import ServerSettings
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.session.station_profiles import with_connectors
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.demo_script import DEMO_STATION, DemoCentralSystem, DemoChargePoint
from ocpptui.simulator.effects import Behaviour

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
    ) -> None:
        """`built` is what the charge point is; it gets a second connector if it has only one."""
        self.session = Session(
            role=Role.CENTRAL_SYSTEM, writer=writer, settings=settings, behaviour=self._central_system
        )
        """The side that the user sees: the user can send to the simulated charge point as to a real one."""
        self._charge_point = Session(role=Role.CHARGE_POINT, behaviour=self._simulated)
        self.session.operated = self._charge_point
        self._version = version
        self._pace = pace
        self._built = with_connectors(built, max(2, built.connectors))

    async def start(self) -> None:
        """Listen on a free port of the loopback and connect the charge point. Raises CannotListen."""
        link = await self.session.listen(ServerSettings(host="127.0.0.1", port=0, versions=(self._version,)))
        settings = ClientSettings(url=link.urls[0], charge_point=CHARGE_POINT_ID, versions=(self._version,))
        await self._charge_point.connect(settings)

    async def close(self) -> None:
        """Disconnect the charge point, then close the central system."""
        await self._charge_point.close()
        await self.session.close()

    def _central_system(self, connection: Connection) -> Behaviour | None:
        memory = self.session.central_system.memory
        return DemoCentralSystem(self._version, self._pace, memory=memory, charge_point=CHARGE_POINT_ID)

    def _simulated(self, connection: Connection) -> Behaviour | None:
        return DemoChargePoint(self._version, self._pace, self._built)
