"""What a session has, for scripts: the reply to the request `list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocpptui.ocpp.payload import Payload
from ocpptui.session.session import Session

if TYPE_CHECKING:
    from ocpptui.simulator.connector_view import ConnectorView


def session_listing(session: Session) -> Payload:
    """Its side, its URLs, its connections, its simulated charge points, the calls that wait, and its recording."""
    connections = [
        {
            "connection": number,
            "chargePoint": connection.charge_point,
            "ocppVersion": None if connection.version is None else str(connection.version),
        }
        for number, connection in session.connections.items()
    ]
    stations = [
        {"chargePoint": name, "connectors": [_connector(view) for view in session.behaviours.connector_views(name)]}
        for name in session.behaviours.charge_points()
    ]
    waiting = [
        {
            "record": call.index,
            "chargePoint": call.charge_point,
            "action": call.action,
            **({} if call.direction is None else {"kind": call.kind.name, "direction": call.direction.value}),
            "ageSeconds": round(call.age, 3),
            "timeLeftSeconds": round(call.time_left, 3),
        }
        for call in session.held.list()
    ]
    path = session.recording_path
    return {
        "role": session.name if session.is_live else None,
        "listening": session.listening_urls,
        **({} if session.proxy is None else {"upstream": session.proxy.url}),
        "connections": connections,
        "stations": stations,
        "waiting": waiting,
        "automatic": session.automatic,
        "records": len(session.timeline),
        "recording": None if path is None else str(path.resolve()),
    }


def _connector(view: ConnectorView) -> Payload:
    return {
        "connector": view.number,
        "status": view.status,
        "soc": view.soc,
        "powerW": round(view.power, 1),
        "token": view.token,
        "transaction": view.transaction,
        "faults": list(view.faults),
    }
