"""HTTP archives (HAR 1.2) with WebSocket messages in `_webSocketMessages`, as Chromium and mitmproxy write them, and
with SOAP envelopes in requests and responses."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.found_envelope import found_envelope
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.recorded_handshake import Headers, RecordedHandshake
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.row_order import merged_by_time
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import text_if_utf8, without_surrogates
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.version import Direction

LARGEST = 2**30
"""The most bytes of an archive, which is held in memory as a whole."""
LONGEST_WITHOUT_ENTRIES = 2**20
"""Characters of an archive without entries that is read to say what is wrong with it."""
BINARY = 2
_URL = lazily(r"(?P<scheme>[A-Za-z]+)://(?P<host>[^/?#]*)(?P<path>[^#]*)")
_ENTRIES = lazily(r'"entries"\s*:\s*\[')
_BETWEEN = lazily(r"[\s,]*")
_DECODER = json.JSONDecoder()
_HEAD = lazily(rb'\s*\{\s*"log"\s*:\s*\{')


class HttpArchive:
    """The reader for HAR files. The client of the WebSocket is the charge point."""

    name = "har"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf")
        return _HEAD.match(start) is not None and any(key in start for key in (b'"creator"', b'"entries"', b'"pages"'))

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        yield from merged_by_time(([found] for found in self._frames(material, tally)), tally)

    def _frames(self, material: Material, tally: ImportTally) -> Iterator[FoundFrame]:
        """The messages of one connection after those of another, as the file has them."""
        text = material.stream.read(LARGEST).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        number = 0
        for stream, entry in enumerate(entries_of(text, tally), 1):
            number += 1
            for found in _in_entry(entry, stream, number, tally):
                number += found.event is None
                yield found


def entries_of(text: str, tally: ImportTally) -> Iterator[Any]:
    """The entries of an archive, up to the damage if there is one. Each is decoded when it is its turn, because all of
    them together would take five times the memory of the text."""
    found = _ENTRIES.search(text)
    if found is None and len(text) > LONGEST_WITHOUT_ENTRIES:
        tally.skip(1, "", "this HAR file has no entries")
        return
    first = place = len(text) if found is None else found.end()
    try:
        while (begin := _BETWEEN.match(text, place)) is not None and text[begin.end() : begin.end() + 1] not in (
            "",
            "]",
        ):
            entry, place = _DECODER.raw_decode(text, begin.end())
            yield entry
        json.loads(text[:first] + text[place:])
    except (ValueError, RecursionError) as error:
        tally.skip(1, "", f"this HAR file is incomplete: {error}")


def _in_entry(entry: Any, stream: int, number: int, tally: ImportTally) -> Iterator[FoundFrame]:
    """A request with the messages that followed it, if it opened a WebSocket."""
    request, response, messages = _get(entry, "request"), _get(entry, "response"), _get(entry, "_webSocketMessages")
    url = _URL.match(_text(_get(request, "url")))
    if type(messages) is not list:
        yield from _envelopes(entry, number, tally)
        return
    status = f"{_get(response, 'status') or ''} {_text(_get(response, 'statusText'))}".strip()
    handshake = RecordedHandshake(
        url["path"] if url else "",
        _headers(request),
        _headers(response),
        status,
        url is not None and url["scheme"].lower() in ("wss", "https"),
        url["host"] if url else "",
    )
    common: dict[str, Any] = {
        "charge_point": handshake.charge_point,
        "version": handshake.version,
        "connection": str(stream),
    }
    opened = FoundFrame("", number, event=handshake.event, detail=handshake.detail(), **common)
    yield _timed(opened, _get(entry, "startedDateTime"))
    for place, message in enumerate(messages, number):
        way, data = _get(message, "type"), _get(message, "data")
        if type(data) is not str or way not in ("send", "receive"):
            tally.skip(place, json.dumps(message)[:1000], "not a message")
            continue
        tally.with_frame += 1
        direction = Direction.TO_CSMS if way == "send" else Direction.TO_CHARGE_POINT
        raw = _bytes(data) if _get(message, "opcode") == BINARY else without_surrogates(data)
        yield _timed(FoundFrame(raw, place, direction=direction, **common), _get(message, "time"))


def _envelopes(entry: Any, number: int, tally: ImportTally) -> Iterator[FoundFrame]:
    """The SOAP envelopes in a request and its response, if there are any."""
    request, response = _get(entry, "request"), _get(entry, "response")
    asked, answered = _text(_get(_get(request, "postData"), "text")), _text(_get(_get(response, "content"), "text"))
    if not may_be_envelope(asked):
        tally.skip(number, _text(_get(request, "url")))
        return
    tally.with_frame += 1
    call = found_envelope(asked, number, None)
    yield _timed(call, _get(entry, "startedDateTime"))
    if answered.strip():
        answer = found_envelope(answered, number, call, is_response=True)
        took = _get(entry, "time")
        if call.time is not None:
            wait = took if isinstance(took, int | float) and 0 <= took < 1e9 else 0
            answer.time, answer.zoned = call.time + int(wait * 1000), call.zoned
        yield answer


def _timed(found: FoundFrame, value: Any) -> FoundFrame:
    moment = moment_of(value)
    if moment is not None and moment.dated:
        found.at(moment)
    return found


def _bytes(data: str) -> str | bytes:
    """A binary message, which is stored in base64."""
    try:
        return text_if_utf8(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return without_surrogates(data)


def _headers(message: Any) -> Headers:
    headers = _get(message, "headers")
    pairs = headers if type(headers) is list else []
    return [(_text(_get(pair, "name")), _text(_get(pair, "value"))) for pair in pairs]


def _text(value: Any) -> str:
    return without_surrogates(value) if isinstance(value, str) else ""


def _get(value: Any, key: str) -> Any:
    return value.get(key) if type(value) is dict else None
