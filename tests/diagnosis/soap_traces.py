"""The records of a trace as envelopes of OCPP-S, as our own sides write them."""

from __future__ import annotations

import json
from dataclasses import replace

from ocpptui.diagnosis.trace import Trace
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.service_types import VERSIONS
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.version import Direction, Role, Transport
from ocpptui.timeline.record import Record, message_record

CHARGE_POINT, CENTRAL_SYSTEM = "http://192.0.2.7:8080/cp", "http://192.0.2.1/ocpp"


def over_soap(trace: Trace) -> Trace | None:
    """The same conversation over SOAP; None if it has a message that no envelope can be made of: one that is not
    well formed, an answer without its call, a SEND."""
    calls: dict[tuple[int, Direction | None, str], Message] = {}
    records: list[Record] = []
    for record in trace.records:
        if record.raw is None:
            records.append(replace(record, transport=Transport.SOAP))
            continue
        frame = record.frame
        if record.version not in VERSIONS or not isinstance(frame, Message) or record.direction is None:
            return None
        is_up, payload = record.direction is Direction.TO_CSMS, json.dumps(frame.payload)
        addresses = (CHARGE_POINT, CENTRAL_SYSTEM) if is_up else (CENTRAL_SYSTEM, CHARGE_POINT)
        role = Role.CHARGE_POINT if is_up else Role.CENTRAL_SYSTEM
        dialect = SoapDialect(record.version, role, record.charge_point, *addresses)
        if frame.kind is MessageKind.CALL:
            calls[record.connection, record.direction, frame.id] = frame
            raw = dialect.call(frame.id, frame.action or "", payload)
        else:
            of = calls.get((record.connection, record.direction.opposite, frame.id))
            if of is None or not frame.kind.is_answer:
                return None
            is_error = frame.kind.is_error
            raw = dialect.error(of, frame.error_code, frame.error_description, payload) if is_error else ""
            raw = raw or dialect.result(of, payload)
        records.append(enveloped(record, record.direction, raw))
    return replace(trace, records=records)


def enveloped(record: Record, direction: Direction, envelope: str) -> Record:
    """The record with this envelope as its message."""
    written = message_record(
        envelope,
        time=record.time,
        connection=record.connection,
        direction=direction,
        charge_point=record.charge_point,
        version=record.version,
        transport=Transport.SOAP,
    )
    return replace(written, detail=record.detail)
