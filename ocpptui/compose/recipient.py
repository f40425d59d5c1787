"""The peer that a composed message goes to, and what can be said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.actions import Action
from ocpptui.ocpp.encoding import SpokenEncoding
from ocpptui.ocpp.error_codes import error_codes
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.version import Role, Transport, Version

if TYPE_CHECKING:
    from ocpptui.session.session import Session


class Recipient:
    """The peer of a connection, open or not. Its name is remembered, so that a message goes to its newest connection
    after a reconnect.
    """

    def __init__(self, session: Session, connection: int | None, role: Role | None = None) -> None:
        """`connection` is the number of a connection, `role` the side that we take in one that runs through us."""
        self._session = session
        self._number = connection
        self.charge_point, self.version, found = _peer_of(session, connection)
        self.role = role or found
        """Our side."""

    @property
    def connection(self) -> int | None:
        """Number of the open connection that a message would go to now; None if there is none."""
        if self._number in self._session.connections:
            return self._number
        found = self._session.connection_of(self.charge_point)
        return found.number if found is not None else None

    def open_connection(self) -> int:
        """The same. Raises NotConnected if there is none."""
        connection = self.connection
        if connection is None:
            name = self.charge_point or "The peer"
            raise NotConnected(NetworkProblem(ProblemCode.NOT_CONNECTED, name=name))
        return connection

    @property
    def encoding(self) -> SpokenEncoding:
        """That of the connection, or of OCPP-J where there is none any more."""
        number = self.connection
        return JSON if number is None else self._session.connections[number].encoding

    def actions(self, everything: bool = False) -> tuple[Action, ...]:
        """The actions that our role may send, or every action of the version; over SOAP those that it has there."""
        version = self.version
        if version is None:
            return ()
        found = catalog.actions(version, None if everything else self.role)
        if self.encoding.transport is Transport.JSON:
            return found
        from ocpptui.ocpp.service_types import element_type

        return tuple(one for one in found if element_type(version, one.name, is_response=False) is not None)

    def action(self, name: str) -> Action | None:
        """The action of this name in the version's catalogue; None if the version does not know it."""
        return catalog.find_action(self.version, name) if self.version is not None else None

    @property
    def error_codes(self) -> tuple[str, ...]:
        """The CALLERROR codes of the version, in its spelling; over SOAP the sub-codes of a fault."""
        if self.encoding.transport is Transport.SOAP:
            from ocpptui.ocpp.soap_encoding import ERROR_CODES

            return ERROR_CODES
        return error_codes(self.version or Version.V16)


def _peer_of(session: Session, connection: int | None) -> tuple[str, Version | None, Role | None]:
    """Charge point, version and our role of a connection, also of a closed one or one in a file."""
    if connection is None:
        return "", None, session.role
    found = session.connections.get(connection)
    if found is not None:
        return found.charge_point, found.version, found.role
    parties = [party for party in session.timeline.party_table if party.connection == connection]
    charge_point = parties[-1].charge_point if parties else ""
    return charge_point, next((party.version for party in reversed(parties) if party.version), None), session.role
