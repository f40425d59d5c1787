"""HTTP archives (HAR 1.2) with WebSocket messages, as Chrome and mitmproxy write them in `_webSocketMessages`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from ocpptui.capture.importers.found import Found, Material, Options, Tally
from ocpptui.capture.importers.json_context import told_moment
from ocpptui.capture.importers.prefix import version_in
from ocpptui.protocol.version import Direction, Version
from ocpptui.timeline.record import Event

LARGEST = 2**30


class HttpArchive:
    """The reader for HAR files. The client of the WebSocket is the charge point."""

    name = "har"

    def detects(self, head: bytes, name: str) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return start.startswith(b"{") and b'"log"' in start[:200] and b'"creator"' in head

    def read(self, material: Material, tally: Tally, options: Options) -> Iterator[Found]:
        try:
            archive: Any = orjson.loads(material.stream.read(LARGEST).removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            tally.skip(1, "", f"this is no whole HAR file: {error}")
            return
        entries = _get(_get(archive, "log"), "entries")
        number = 0
        for stream, entry in enumerate(entries if type(entries) is list else [], 1):
            messages = _get(entry, "_webSocketMessages")
            if type(messages) is not list:
                number += 1
                tally.skip(number, str(_get(_get(entry, "request"), "url") or ""))
                continue
            opened = _opened(entry, str(stream))
            yield opened
            for message in messages:
                number += 1
                found = _message(message, opened)
                if found is None:
                    tally.skip(number, str(message))
                    continue
                found.line = number
                tally.with_frame += 1
                yield found


def _opened(entry: Any, stream: str) -> Found:
    """The upgrade request as the event of an opened connection."""
    request = _get(entry, "request")
    url = _get(request, "url")
    url = url if type(url) is str else ""
    moment = told_moment(_get(entry, "startedDateTime")) or (None, False)
    identity = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    subprotocol = _header(_get(entry, "response"), "sec-websocket-protocol")
    detail = {"url": url, **({"subprotocol": subprotocol} if subprotocol else {})}
    version = Version.from_subprotocol(subprotocol) or version_in(_header(request, "sec-websocket-protocol"))
    return Found(
        "", time=moment[0], zoned=moment[1], charge_point=identity, version=version, connection=stream,
        event=Event.OPENED, detail=detail,
    )  # fmt: skip


def _message(message: Any, opened: Found) -> Found | None:
    data = _get(message, "data")
    if type(data) is not str or _get(message, "type") not in ("send", "receive"):
        return None
    raw: str | bytes = data
    if _get(message, "opcode") == 2:
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raw = data
    moment = told_moment(_get(message, "time")) or (None, False)
    way = Direction.TO_CSMS if _get(message, "type") == "send" else Direction.TO_CHARGE_POINT
    return Found(
        raw, time=moment[0], zoned=moment[1], direction=way, charge_point=opened.charge_point, version=opened.version,
        connection=opened.connection,
    )  # fmt: skip


def _header(message: Any, name: str) -> str:
    headers = _get(message, "headers")
    for header in headers if type(headers) is list else []:
        if str(_get(header, "name")).lower() == name:
            return str(_get(header, "value"))
    return ""


def _get(value: Any, key: str) -> Any:
    return value.get(key) if type(value) is dict else None
