"""What becomes of everything that happens on the connections of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpptui.describe.network_problems import worded, words_of
from ocpptui.network.problems import NetworkProblem
from ocpptui.session.connection_drivers import ConnectionDrivers
from ocpptui.session.open_connections import OpenConnections
from ocpptui.session.record_intake import RecordIntake
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:  # opened files need no sockets
    from ocpptui.network.connection import Connection
    from ocpptui.session.proxy import Proxy
    from ocpptui.timeline.connection_detail import ConnectionDetail


class ConnectionObserver:
    """The `Observer` of the connections of a session: masks, stores and shows what happens, then has it handled."""

    def __init__(
        self, timeline: Timeline, intake: RecordIntake, drivers: ConnectionDrivers, connections: OpenConnections
    ) -> None:
        self.proxy: Proxy | None = None
        """What becomes of the messages that pass, if the session is a proxy."""
        self._timeline = timeline
        self._intake = intake
        self._drivers = drivers
        self._connections = connections
        self._last_connection = 0

    def next_connection(self) -> int:
        self._last_connection += 1
        return self._last_connection

    def words_for(self, problem: NetworkProblem) -> str:
        return words_of(problem).sentence

    def about_to_send(self) -> None:
        self._intake.flush()

    def opened(self, connection: Connection) -> None:
        driver = self._drivers.begin(connection) if connection.is_ours else None
        self._connections.add(connection)
        if connection.is_relayed and self.proxy is not None:
            self.proxy.opened(connection)
        if driver is not None:
            driver.start()

    def legs_changed(self, connection: Connection, detail: ConnectionDetail) -> None:
        if self.proxy is not None:
            self.proxy.legs_changed(connection, detail)
        if not connection.is_ours:
            self._drivers.end(connection)
            return
        driver = self._drivers.begin(connection)
        driver.start()
        held = set() if self.proxy is None else self.proxy.held.keys()
        for index in self._timeline.in_flight(connection.number, connection.sends.opposite):
            if (frame := self._timeline.frame(index)) is not None and index not in held:
                driver.behave(index, frame)

    def closed(self, connection: Connection) -> None:
        if not self._connections.remove(connection):
            return
        self._drivers.end(connection)
        if self.proxy is not None:
            self.proxy.closed(connection)

    def as_kept(self, record: Record) -> Record:
        return self._intake.as_kept(record)

    def observed(
        self,
        record: Record,
        connection: Connection | None,
        kept: Record | None = None,
        stored: Callable[[], None] | None = None,
    ) -> int:
        frame = record.frame
        driver = self._drivers.by_number.get(record.connection) if frame is not None else None
        if driver is None or frame is None:
            given_up = self._given_up(record) if "undelivered" in record.detail else None
            index = self._intake.append(worded(record), kept, stored)
            if given_up is not None and (driver := self._drivers.get(record.connection)) is not None:
                driver.undelivered(given_up)
            return index
        if record.direction is driver.connection.sends:
            index = self._intake.append(record, None, stored)
            driver.wrote(index, frame)
        else:
            if record.kind.is_answer:
                driver.give_up(record.time)
            index = self._intake.append(record, kept)
            driver.received(index, frame)
        return index

    def _given_up(self, note: Record) -> int | None:
        """The call that was not delivered, for whose answer nobody waits any longer."""
        if note.direction is None:
            return None
        return self._timeline.give_up(note.connection, note.direction, note.detail["undelivered"])
