"""What answers the peers of the open connections of a session, and calls them: a driver for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.session.behaviours import Behaviours, interpreter_for
from ocpptui.session.open_connections import OpenConnections
from ocpptui.session.outside_effects import OutsideEffects
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:  # a session that only opens files has none
    from ocpptui.network.connection import Connection
    from ocpptui.runtime.clock import Clock
    from ocpptui.session.connection_driver import ConnectionDriver
    from ocpptui.session.faults_in_force import FaultsInForce
    from ocpptui.simulator.effects import Behaviour


class ConnectionDrivers:
    """The drivers of the open connections, by their numbers."""

    def __init__(
        self,
        timeline: Timeline,
        behaviours: Behaviours,
        effects: OutsideEffects,
        connections: OpenConnections,
        faults: Callable[[], FaultsInForce | None],
        *,
        clock: Clock,
        new_id: Callable[[], str],
        automatic: bool,
    ) -> None:
        """`faults` are those in force now, None as long as there are none."""
        self.waiting: dict[int, ConnectionDriver] = {}
        """The calls of peers that wait for the user, by timeline index; indexes only grow."""
        self.by_number: dict[int, ConnectionDriver] = {}
        """By the number of their connection; to be read only."""
        self._timeline = timeline
        self._behaviours = behaviours
        self._effects = effects
        self._connections = connections
        self._faults = faults
        self._clock = clock
        self._new_id = new_id
        self._automatic = automatic

    def __iter__(self) -> Iterator[ConnectionDriver]:
        return iter(self.by_number.values())

    def get(self, connection: int) -> ConnectionDriver | None:
        """The driver of a connection with this number."""
        return self.by_number.get(connection)

    def of(self, connection: int) -> ConnectionDriver:
        """The same. Raises NotConnected."""
        try:
            return self.by_number[connection]
        except KeyError:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_OPEN, connection=connection)) from None

    def of_behaviour(self, behaviour: Behaviour) -> ConnectionDriver | None:
        """The driver of a behaviour that has a connection."""
        return next((driver for driver in self if driver.behaviour is behaviour), None)

    def begin(self, connection: Connection) -> ConnectionDriver:
        """The driver of a connection that is new; it has to be started."""
        from ocpptui.session.connection_driver import ConnectionDriver

        behaviour = self._behaviour_for(connection)
        self._effects.tell(connection, behaviour)
        driver = self.by_number[connection.number] = ConnectionDriver(
            connection,
            self._timeline,
            behaviour,
            self.waiting,
            clock=self._clock,
            new_id=self._new_id,
            automatic=self._automatic,
            outside=partial(self._effects.of_connection, connection),
            interpreter=interpreter_for(connection.version, connection.role),
        )
        faults = None if connection.is_relayed else self._faults()
        if faults is not None:
            driver.faults = faults.of(connection, driver)
        return driver

    def _behaviour_for(self, connection: Connection) -> Behaviour | None:
        """The behaviour for a new connection: that of the charge point's last connection, which loses it."""
        behaviour = self._behaviours.of(connection)
        for number in self._connections.numbers_of(connection.charge_point):
            driver = self.by_number.get(number)
            if driver is not None and behaviour is not None and driver.behaviour is behaviour:
                driver.give_up_behaviour()
        return behaviour

    def end(self, connection: Connection) -> None:
        """The connection has no driver any more, and its behaviour is free."""
        driver = self.by_number.pop(connection.number, None)
        if driver is not None:
            behaviour = driver.behaviour
            driver.end()
            self._behaviours.released(behaviour)

    def set_automatic(self, on: bool) -> None:
        """Switch the behaviours, also those of connections to come."""
        self._automatic = on
        for driver in self:
            driver.set_automatic(on)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for driver in self:
            driver.clock_set(by)
