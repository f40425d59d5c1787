"""A record in one line, for the log and every readable report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpptui.describe.network_problems import recorded_words
from ocpptui.describe.payload_summary import of_answer, of_call, of_details
from ocpptui.describe.payload_words import MAX_LENGTH
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import ConnectionEvent, Passage, Record, RecordKind
from ocpptui.timeline.timeline import Timeline

LARGE = 200_000
"""From this many characters on, only the beginning of a message is shown: parsing it would block the screen."""


def name_of(timeline: Timeline, index: int) -> str:
    """What a record is: its action, that of the answered call, the event, or else its kind."""
    kind = timeline.kind(index)
    action = printable(timeline.action(index))
    if kind.is_call:
        return action or "(no action)"
    if kind.is_answer:
        call = timeline.other_half(index)
        if not action and call is not None and timeline.kind(call) is RecordKind.MALFORMED:
            return "malformed"
        return action or ("orphan answer" if call is None else "(no action)")
    event = timeline.event(index)
    if event is not None:
        return event.value
    return kind.name.lower()


def summary_of(record: Record, frame: Message | Malformed | None, action: str = "") -> str:
    """The content of a record, in one line that is safe for a terminal.

    `frame` is its parsed message, None if there is none or it is too long to be parsed for this; `action` is that of
    the exchange, since an answer does not name it.
    """
    return printable(_summary(record, frame, action)[:MAX_LENGTH])


def summary_words(record: Record, action: str = "", *, without_defect: bool = False) -> str:
    """The same, unescaped, with all that a terminal would interpret; of a malformed one `without_defect` its text."""
    frame = record.frame if record.raw is None or len(record.raw) <= LARGE else None
    if without_defect and isinstance(frame, Malformed):
        return _beginning(frame.raw)
    return _summary(record, frame, action)[:MAX_LENGTH]


def _summary(record: Record, frame: Message | Malformed | None, action: str) -> str:
    if isinstance(frame, Malformed):
        return f"{frame.defect.text}: {_beginning(frame.raw)}"
    if isinstance(frame, Message):
        if frame.kind.is_error:
            parts = (frame.error_code, frame.error_description[:MAX_LENGTH], of_details(frame.payload))
            return " ".join(part for part in parts if part)
        if frame.kind.is_answer:
            return of_answer(action, frame.payload)
        return of_call(frame.action or "", frame.payload, record.version)
    if record.raw is not None:
        unit = "characters" if isinstance(record.raw, str) else "bytes"
        return f"{len(record.raw):,} {unit}: {_beginning(record.raw)}"
    match record.kind:
        case RecordKind.CONNECTION:
            return _connection_summary(record)
        case RecordKind.PONG if "roundTripMs" in record.detail:
            return f"round trip {_milliseconds(record.detail['roundTripMs'])}"
        case RecordKind.NOTE:
            return str(record.detail.get("text", "")) or passage_words(record.detail)
    return ""


def passage_words(detail: Mapping[str, Any]) -> str:
    """What a proxy did instead of passing a message on; empty for anything else."""
    words = _PASSAGES.get(detail.get("change", ""))
    if not words:
        return ""
    waited = f", after {_milliseconds(detail['waitedMs'])}" if "waitedMs" in detail else ""
    return f"{words}{waited}.".replace("#", str(detail.get("insteadOf", "?")))


_PASSAGES: Mapping[object, str] = {
    Passage.CHANGED: "Sent in place of frame #",
    Passage.DROPPED: "Frame # was not passed on",
    Passage.ANSWERED: "An answer to frame #, which was not passed on",
    Passage.PASSED_LATER: "Frame # was passed on later",
    Passage.REPEATED: "Frame # once more",
    Passage.OURS: "It answers a call of ours, and was not passed on",
}


def _connection_summary(record: Record) -> str:
    detail = record.detail
    again = f"again in {_number(detail['retryInSeconds'])} s" if "retryInSeconds" in detail else ""
    match detail.get("event"):
        case ConnectionEvent.LISTENING:
            urls = detail.get("urls")
            return "on " + ", ".join(str(url) for url in urls) if isinstance(urls, list | tuple) else ""
        case ConnectionEvent.OPENING:
            return str(detail.get("url", ""))
        case ConnectionEvent.OPENED if "stated" not in detail:
            is_soap = detail.get("transport") == Transport.SOAP
            parts = ["SOAP" if is_soap else str(detail.get("subprotocol") or "no subprotocol")]
            parts.append(str(detail.get("url", "")))
            tls = detail.get("tls")
            if isinstance(tls, dict):
                parts.append(f"{tls.get('version')} {tls.get('cipher')}")
            if detail.get("insecure"):
                parts.insert(0, "CERTIFICATE NOT VERIFIED")
            return "  ".join(parts)
        case ConnectionEvent.CLOSED:
            if detail.get("error"):
                return "  ".join(part for part in (str(detail["error"]), again) if part)
            by = ENDED_BY.get(str(detail.get("closedBy")), "")
            parts = [by, str(detail.get("closeCode") or ""), str(detail.get("closeReason") or ""), again]
            return "  ".join(part for part in (*parts, str(detail.get("stated") or "")) if part)
    if "stated" in detail:
        return str(detail["stated"])
    return " ".join(part for part in (*recorded_words(detail), again) if part)


ENDED_BY = {
    "peer": "by the other side",
    "us": "by this side",
    "charge-point": "by the charge point",
    "central-system": "by the central system",
}
"""Who closed a connection, by the `closedBy` of its detail; the last two are those of captures."""


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _milliseconds(value: object) -> str:
    return duration_text(value * 1000) if isinstance(value, int | float) else str(value)


def _beginning(raw: str | bytes) -> str:
    return raw[:MAX_LENGTH] if isinstance(raw, str) else raw[:MAX_LENGTH].decode("utf-8", "backslashreplace")
