"""What it means that a peer of a central system speaks another protocol."""

from __future__ import annotations

from ocpptui.network.foreign_protocol import ForeignProtocol

_SCAN = "That is {name}: a port scan, or a device that is set to the wrong port."
_ADVICE = {
    ForeignProtocol.PROXY: "That is {name} of a load balancer in between; turn it off there (HAProxy: send-proxy; AWS: "
    "the attribute proxy_protocol_v2).",
    ForeignProtocol.HTTP_2: "That is {name}; a proxy in between must use HTTP/1.1 towards this port.",
    ForeignProtocol.FRAME: "That is {name}: the charge point, or a proxy in between, takes an old connection for open.",
    ForeignProtocol.MESSAGE: "That is {name}: the charge point must open a WebSocket first (OCPP-J section 3).",
    ForeignProtocol.SSL_2: "That is a TLS stack from before 2000, or one that greets like it; update the charge point.",
    ForeignProtocol.MQTT: "That is {name}: is the device set to this port for a message broker?",
    ForeignProtocol.AMQP: "That is {name}: is the device set to this port for a message broker?",
    ForeignProtocol.STOMP: "That is {name}: is the device set to this port for a message broker?",
    ForeignProtocol.IEC_104: "That is {name}: the control system of a grid operator is set to this address and port.",
    ForeignProtocol.MODBUS: "That is {name}: a meter or an energy manager is set to this address and port.",
    ForeignProtocol.XML: "That is {name}: OCPP-S needs an HTTP request around it.",
}


def foreign_advice(name: object) -> str:
    """What the protocol of this name means, and what to do; empty if it is not known."""
    try:
        protocol = ForeignProtocol(str(name))
    except ValueError:
        return ""
    return _ADVICE.get(protocol, _SCAN).format(name=protocol)
