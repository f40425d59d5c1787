"""The tables of `ocpptui sql`: which columns they have, and the rows that a timeline has for them.

Times are TIMESTAMP in UTC, latencies milliseconds, energy Wh. A record has the number that it has in all JSON output,
from 0. What is not known is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.exported_records import Extract
from ocpptui.exporting.reported_finding import PlaceOf
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.version import Transport
from ocpptui.reporting.follower import ChargingSession
from ocpptui.reporting.meter_rows import meter_rows
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.runtime.standard_input import input_name
from ocpptui.timeline.columns import TIMELESS
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

Row = tuple[Any, ...]


class SqlTable(NamedTuple):
    """A table."""

    columns: dict[str, str]
    """Their types by their names. The values of a TIMESTAMP are µs since 1970 UTC, those of JSON are texts."""
    rows: Callable[[Timeline, PlaceOf], Iterator[Row]]


def _records(timeline: Timeline, place_of: PlaceOf) -> Iterator[Row]:
    for entry in Extract(Selection(timeline)):
        record, index, kind = entry.record, entry.index, entry.record.kind
        message = entry.frame if isinstance(entry.frame, Message) else None
        other = timeline.others[index] if timeline.others[index] >= 0 else None
        path, line = place_of(index)
        yield (
            index,
            _time(timeline, index),
            record.charge_point,
            record.connection or None,
            "" if record.version is None else record.version.value,
            record.transport.value,
            "" if record.direction is None else record.direction.value,
            record.origin.value,
            kind.name,
            entry.message_id,
            entry.action,
            _detail(record.detail) if message is None else _payload(message),
            timeline.answering(index).name.lower() if kind.is_answer else "",
            other if kind.is_answer else None,
            None if kind.is_answer else other,
            entry.latency_ms,
            "" if message is None else message.error_code,
            "" if message is None else message.error_description,
            refused_with(message.payload) if message is not None and kind is RecordKind.CALLRESULT else "",
            None if entry.verdict is Verdict.UNKNOWN else entry.verdict is Verdict.VALID,
            entry.severity.word,
            entry.text if kind.is_message or kind is RecordKind.NOTE else "",
            input_name(path),
            line or None,
        )


def _time(timeline: Timeline, index: int) -> int | None:
    is_timeless = timeline.kinds[index] <= RecordKind.SEND and timeline.flags[index] & TIMELESS
    return None if is_timeless else timeline.times[index]


def _payload(frame: Message) -> str:
    return frame.payload_text if frame.transport is Transport.JSON else orjson.dumps(frame.payload).decode()


def _detail(detail: Any) -> str:
    try:
        return orjson.dumps(detail).decode() if detail else ""
    except TypeError:  # it holds what JSON has no word for
        return ""


def _findings(timeline: Timeline, place_of: PlaceOf) -> Iterator[Row]:
    for one in CheckReport(timeline, place_of=place_of).findings:
        yield (
            one.index,
            _time(timeline, one.index),
            one.charge_point,
            one.connection or None,
            one.version,
            one.action,
            one.rule,
            one.severity.word,
            one.text,
            one.remedy,
            one.source,
            [other.index for other in one.related],
            one.file,
            one.line or None,
        )


def _transactions(timeline: Timeline, place_of: PlaceOf) -> Iterator[Row]:
    sessions: list[ChargingSession] = []
    report = OperatingReport(timeline, sessions.append)
    while not report.advance(1.0):
        pass
    sessions += report.open_sessions()
    for one in sessions:
        yield (
            one.charge_point,
            one.transaction,
            one.evse,
            one.connector,
            one.id_token,
            one.start,
            one.started,
            one.end,
            one.ended,
            None if one.lasted is None else one.lasted / 1e6,
            one.energy,
            one.reason,
        )


def _meter_values(timeline: Timeline, place_of: PlaceOf) -> Iterator[Row]:
    for one in meter_rows(timeline):
        reading = one.reading
        yield (
            one.record,
            one.time,
            one.charge_point,
            one.evse,
            one.connector,
            one.transaction,
            reading.measurand,
            reading.phase,
            reading.location,
            reading.context,
            reading.value,
            reading.unit,
        )


TABLES = {
    "records": SqlTable(
        {
            "record": "BIGINT",
            "time": "TIMESTAMP",
            "charge_point": "VARCHAR",
            "connection": "BIGINT",
            "version": "VARCHAR",
            "transport": "VARCHAR",
            "direction": "VARCHAR",
            "origin": "VARCHAR",
            "kind": "VARCHAR",
            "message_id": "VARCHAR",
            "action": "VARCHAR",
            "payload": "JSON",
            "answering": "VARCHAR",
            "answers": "BIGINT",
            "answered_by": "BIGINT",
            "latency_ms": "DOUBLE",
            "error_code": "VARCHAR",
            "error_description": "VARCHAR",
            "refused": "VARCHAR",
            "valid": "BOOLEAN",
            "severity": "VARCHAR",
            "raw": "VARCHAR",
            "file": "VARCHAR",
            "line": "BIGINT",
        },
        _records,
    ),
    "findings": SqlTable(
        {
            "record": "BIGINT",
            "time": "TIMESTAMP",
            "charge_point": "VARCHAR",
            "connection": "BIGINT",
            "version": "VARCHAR",
            "action": "VARCHAR",
            "rule": "VARCHAR",
            "severity": "VARCHAR",
            "text": "VARCHAR",
            "remedy": "VARCHAR",
            "source": "VARCHAR",
            "related": "BIGINT[]",
            "file": "VARCHAR",
            "line": "BIGINT",
        },
        _findings,
    ),
    "transactions": SqlTable(
        {
            "charge_point": "VARCHAR",
            "transaction_id": "VARCHAR",
            "evse": "BIGINT",
            "connector": "BIGINT",
            "id_token": "VARCHAR",
            "start_record": "BIGINT",
            "started": "TIMESTAMP",
            "end_record": "BIGINT",
            "ended": "TIMESTAMP",
            "duration_s": "DOUBLE",
            "energy_wh": "DOUBLE",
            "reason": "VARCHAR",
        },
        _transactions,
    ),
    "meter_values": SqlTable(
        {
            "record": "BIGINT",
            "time": "TIMESTAMP",
            "charge_point": "VARCHAR",
            "evse": "BIGINT",
            "connector": "BIGINT",
            "transaction_id": "VARCHAR",
            "measurand": "VARCHAR",
            "phase": "VARCHAR",
            "location": "VARCHAR",
            "context": "VARCHAR",
            "value": "DOUBLE",
            "unit": "VARCHAR",
        },
        _meter_values,
    ),
}
"""By name. An empty text is NULL."""
VIEWS = {
    "calls": """
        SELECT record, time, charge_point, connection, version, direction, origin, message_id, action, payload,
               answered_by, valid, severity, file, line
        FROM records WHERE kind IN ('CALL', 'SEND')""",
    "answers": """
        SELECT record, time, charge_point, connection, version, direction, origin, kind, message_id, action, payload,
               answering, answers, latency_ms, error_code, error_description, refused, valid, severity, file, line
        FROM records WHERE kind IN ('CALLRESULT', 'CALLERROR', 'CALLRESULTERROR')""",
    "exchanges": """
        SELECT call.record AS call, answer.record AS answer, call.time, answer.time AS answered, answer.latency_ms,
               call.charge_point, call.connection, call.version, call.direction, call.action, call.message_id,
               call.payload AS request, answer.payload AS response, answer.kind AS answer_kind, answer.error_code,
               answer.error_description, answer.refused
        FROM calls AS call LEFT JOIN answers AS answer ON answer.record = call.answered_by""",
}
"""What is a part of the records, or joins them, by name."""
