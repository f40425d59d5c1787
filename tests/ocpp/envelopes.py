"""SOAP envelopes as charge points and central systems of OCPP 1.2, 1.5 and 1.6 write them."""

from __future__ import annotations

CS_12, CS_15, CS_16 = "urn://Ocpp/Cs/2010/08/", "urn://Ocpp/Cs/2012/06/", "urn://Ocpp/Cs/2015/10/"
CP_12, CP_15, CP_16 = "urn://Ocpp/Cp/2010/08/", "urn://Ocpp/Cp/2012/06/", "urn://Ocpp/Cp/2015/10/"


def envelope(header: str, body: str, service: str = CS_16) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        f' xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:o="{service}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def request(
    action: str, payload: str = "", *, service: str = CS_16, message_id: str = "uuid:1", identity: str = "CP001"
) -> str:
    """A request; `payload` is the content of its element, whose names have the prefix `o`."""
    element = f"{action[:1].lower()}{action[1:]}Request"
    header = (
        f"<o:chargeBoxIdentity>{identity}</o:chargeBoxIdentity><a:Action>/{action}</a:Action>"
        f"<a:MessageID>{message_id}</a:MessageID>"
        "<a:From><a:Address>http://192.0.2.7:8080/ChargePointService</a:Address></a:From>"
    )
    return envelope(header, f"<o:{element}>{payload}</o:{element}>", service)


def response(action: str, payload: str = "", *, service: str = CS_16, relates_to: str = "uuid:1") -> str:
    """A response; without RelatesTo where that is empty."""
    element = f"{action[:1].lower()}{action[1:]}Response"
    related = f"<a:RelatesTo>{relates_to}</a:RelatesTo>" if relates_to else ""
    header = f"<a:Action>/{action}Response</a:Action><a:MessageID>uuid:2</a:MessageID>{related}"
    return envelope(header, f"<o:{element}>{payload}</o:{element}>", service)


def fault(code: str, reason: str, *, service: str = CS_16, relates_to: str = "uuid:1") -> str:
    """A fault with one of the sub-codes of OCPP-S."""
    return envelope(
        f"<a:RelatesTo>{relates_to}</a:RelatesTo>",
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>o:{code}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>',
        service,
    )
