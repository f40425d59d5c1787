"""An envelope that asks a central system for nothing: every service of SOAP answers it with a fault.

Its body has an operation that no version of OCPP has, so that nothing is done. Source: SOAP 1.2 Part 1 section 5.4.
"""

from __future__ import annotations

from html import escape

from ocpptui.ocpp.header_faults import ADDRESSING
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM, services
from ocpptui.ocpp.soap_dialect import ANONYMOUS
from ocpptui.ocpp.soap_encoding import SOAP_12
from ocpptui.ocpp.version import Version

OPERATION = "ocpptuiProbe"
"""What it asks for."""


def probe_envelope(version: Version, charge_point: str, url: str) -> str:
    """The envelope, with the namespace of a version, for the service at a URL.

    It names no address of the charge point, which the central system would remember.
    """
    space = services(version)[CENTRAL_SYSTEM].namespace
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soap:Envelope xmlns:soap="{SOAP_12}" xmlns:wsa="{ADDRESSING}" xmlns:ocpp="{space}"><soap:Header>'
        f"<ocpp:chargeBoxIdentity>{escape(charge_point, quote=False)}</ocpp:chargeBoxIdentity>"
        f"<wsa:Action>/{OPERATION}</wsa:Action><wsa:MessageID>urn:uuid:00000000-0000-4000-8000-000000000000"
        f"</wsa:MessageID><wsa:ReplyTo><wsa:Address>{ANONYMOUS}</wsa:Address></wsa:ReplyTo>"
        f"<wsa:To>{escape(url, quote=False)}</wsa:To></soap:Header>"
        f"<soap:Body><ocpp:{OPERATION}/></soap:Body></soap:Envelope>"
    )
