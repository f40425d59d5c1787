"""A conversation over SOAP of two charge points with their central system, whose every detail is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ocpptui.ocpp.version import Version
from tests.importing.conversation import BEGIN, Exchanged

_YEARS = {Version.V12: "2010/08", Version.V15: "2012/06", Version.V16: "2015/10"}
STYLES = ("soap", "S", "s", "soapenv", "SOAP-ENV", "env12", "")
"""Prefixes of the namespace of SOAP; without one it is the default."""
ADDRESSES = ("http://10.0.0.5:8080/cp", "http://10.0.0.6:8080/cp")


def envelopes(
    names: tuple[str, str], version: Version = Version.V15, style: str = "soap", *, pretty: bool = False
) -> list[Exchanged]:
    """Requests of both sides, their responses (one without RelatesTo), a fault that names no service, a repeated
    request and one that is cut off."""
    frames: list[Exchanged] = []
    calls: dict[str, int] = {}
    for number, (who, up, message_id, content) in enumerate(_STEPS):
        time = BEGIN + timedelta(seconds=1.5 * number, milliseconds=number)
        is_call = not content.startswith("/")
        service = "Cs" if up == is_call else "Cp"
        raw = _envelope(style, service, version, names[who], ADDRESSES[who], message_id, content, pretty=pretty)
        half = None if is_call else calls.pop(message_id)
        if content != "cut":
            calls[message_id] = number if is_call else -1
        frames.append(Exchanged(time, names[who], up, raw, half))
        if half is not None:
            frames[half] = replace(frames[half], half=number)
    return frames


def _envelope(
    style: str, side: str, version: Version, name: str, address: str, message_id: str, content: str, *, pretty: bool
) -> str:
    prefix = f"{style}:" if style else ""
    is_answer = content.startswith("/")
    action, _, payload = content.removeprefix("/").partition(" ")
    element = f"{action[:1].lower()}{action[1:]}{'Response' if is_answer else 'Request'}"
    attribute = f"xmlns:{style}" if style else "xmlns"
    lines = [
        (
            f'<{prefix}Envelope {attribute}="http://www.w3.org/2003/05/soap-envelope"'
            f' xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:cs="urn://Ocpp/{side}/{_YEARS[version]}/">'
        ),
        f"  <{prefix}Header>",
    ]
    if is_answer:
        lines += ["    <a:MessageID>uuid:answer</a:MessageID>"]
        lines += [] if message_id == "m-beat" else [f"    <a:RelatesTo>{message_id}</a:RelatesTo>"]
    else:
        lines += [
            f'    <cs:chargeBoxIdentity {prefix}mustUnderstand="true">{name}</cs:chargeBoxIdentity>',
            f"    <a:MessageID>{message_id}</a:MessageID>",
        ]
    to = "http://csms.example/services" if side == "Cs" else address
    lines += [
        f"    <a:From><a:Address>{address}</a:Address></a:From>" if side == "Cs" else "",
        f"    <a:To>{to}</a:To>",
        f"    <a:Action>/{action}{'Response' if is_answer else ''}</a:Action>",
        f"  </{prefix}Header>",
        f"  <{prefix}Body>",
    ]
    if action == "Fault":
        lines[0] = lines[0].replace(f' xmlns:cs="urn://Ocpp/{side}/{_YEARS[version]}/"', "")
        lines += [
            f"    <{prefix}Fault><{prefix}Code><{prefix}Value>{prefix}Receiver</{prefix}Value></{prefix}Code>",
            f'      <{prefix}Reason><{prefix}Text xml:lang="en">no idea</{prefix}Text></{prefix}Reason>',
            f"    </{prefix}Fault>",
        ]
    else:
        lines += [f"    <cs:{element}>", f"      {payload}" if payload else "", f"    </cs:{element}>"]
    lines += [f"  </{prefix}Body>", f"</{prefix}Envelope>"]
    lines = [line for line in lines if line.strip()]
    text = "\n".join(lines) if pretty else "".join(line.strip() for line in lines)
    if message_id == "m-cut":
        text = text[: text.index("<cs:idTag>") + 13]
    return text


_STATUS = "<cs:status>Accepted</cs:status>"
_BOOT = "<cs:chargePointVendor>A &amp; B</cs:chargePointVendor><cs:chargePointModel>X</cs:chargePointModel>"
_TIME = "<cs:currentTime>2026-03-14T09:30:01Z</cs:currentTime>"
_STEPS: list[tuple[int, bool, str, str]] = [
    (0, True, "m-1", f"BootNotification {_BOOT}"),
    (1, True, "m-2", f"BootNotification {_BOOT}"),
    (0, False, "m-1", f"/BootNotification {_STATUS}{_TIME}<cs:heartbeatInterval>300</cs:heartbeatInterval>"),
    (1, False, "m-2", f"/BootNotification {_STATUS}{_TIME}<cs:heartbeatInterval>300</cs:heartbeatInterval>"),
    (1, True, "m-beat", "Heartbeat"),
    (1, False, "m-beat", f"/Heartbeat {_TIME}"),
    (0, False, "m-3", "Reset <cs:type>Soft</cs:type>"),
    (0, True, "m-3", f"/Reset {_STATUS}"),
    (1, True, "m-4", "Authorize <cs:idTag>T9</cs:idTag>"),
    (1, False, "m-4", "/Fault"),
    (0, True, "m-5", "StatusNotification <cs:connectorId>1</cs:connectorId><cs:status>Available</cs:status>"),
    (0, True, "m-5b", "StatusNotification <cs:connectorId>1</cs:connectorId><cs:status>Available</cs:status>"),
    (0, False, "m-5b", "/StatusNotification"),
    (1, True, "m-cut", "Authorize <cs:idTag>TRUNCATED</cs:idTag>"),
    (1, False, "m-6", "UnlockConnector <cs:connectorId>1</cs:connectorId>"),
    (1, True, "m-6", f"/UnlockConnector {_STATUS}"),
]
