"""Exports to a shell script of `ocpptui send` commands, which repeats the calls of the charge point."""

from __future__ import annotations

import shlex
from typing import BinaryIO

from ocpptui.describe.safe_text import single_line
from ocpptui.exporting.exported_records import Exported, ExportedRecord, Extract
from ocpptui.jsontext.text import compact
from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.identity import path_segment
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.timeline.record import Origin, RecordKind

_HEAD = """#!/bin/sh
# The calls of a charge point, in the order of the recording. Usage: sh FILE [BASE_URL [URL_OF_SOAP]]
# The base URL is that of the central system without the id of the charge point. Answers go to standard output.
# Each call uses its own connection; `ocpptui replay` sends them all on one. The last failure gives the exit code.
base=${1:-ws://localhost:9000}
base=${base%/}
soap=${2:-http://localhost:9000/}
code=0
"""
_TAIL = "\nexit $code\n"


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One command per CALL of the charge point; what a charge point cannot send as a call is counted."""
    exported = Exported()
    out.write(_HEAD.encode())
    for index in extract.indexes:
        kind = extract.timeline.kind(index)
        if kind is not RecordKind.CALL:
            exported.left_out[kind.name] += 1
            continue
        if extract.timeline.direction(index) is not Direction.TO_CSMS:
            exported.left_out["CALL of the central system"] += 1
            continue
        if extract.timeline.origin(index) is Origin.TRANSLATED:
            exported.left_out["translated CALL"] += 1
            continue
        entry = extract.entry(index)
        frame = entry.frame
        if not isinstance(frame, Message):
            exported.left_out[kind.name] += 1
        elif entry.record.version is not None and entry.record.transport not in entry.record.version.spoken_on:
            exported.left_out[f"CALL of OCPP {entry.record.version}, which ocpptui does not speak"] += 1
        elif UNSAFE.search(frame.action or ""):
            exported.left_out["CALL with a character that a shell script cannot hold"] += 1
        else:
            out.write(_command(entry, frame).encode("utf-8", "backslashreplace"))
            exported.written += 1
    out.write(_TAIL.encode())
    return exported


def _command(entry: ExportedRecord, frame: Message) -> str:
    record = entry.record
    options = ["--anyway"]
    if record.version is not None:
        options += ["--version", record.version.value]
    url = f'"$base"/{shlex.quote(path_segment(record.charge_point))}'
    if record.transport is Transport.SOAP:  # the URL has no id
        options += ["--id", shlex.quote(record.charge_point or "CP001")]
        url = '"$soap"'
    payload = frame.payload_text
    if UNSAFE.search(payload):  # the same value, for a file that is shown with `cat`
        payload = escaped(compact(payload))
    masked = f", masked: {single_line(' '.join(record.masked))}" if record.masked else ""
    return (
        f"\n# {rfc3339_text(record.time)}, {single_line(record.charge_point)}{masked}\n"
        f"printf %s {shlex.quote(payload)} | \\\n"
        f"  ocpptui send {' '.join(options)} --json - -- {url} {shlex.quote(frame.action or '')} || code=$?\n"
    )
