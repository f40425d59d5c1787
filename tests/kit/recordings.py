"""Recordings and logs of any size."""

from __future__ import annotations

from pathlib import Path

RECORD = (
    '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03.120456Z","ocppVersion":"1.6","transport":"json",'
    '"chargePointId":"CP001","direction":"cp-to-csms","messageType":"CALL","messageId":"%d","action":"Heartbeat",'
    '"raw":"[2,\\"%d\\",\\"Heartbeat\\",{}]","meta":{"ocpptui":{"connection":1,"origin":"wire"}}}\n'
)


def recording_of(folder: Path, records: int) -> Path:
    """A recording of this many heartbeats of CP001, in this folder."""
    path = folder / "recording.jsonl"
    path.write_text("".join(RECORD % (number, number) for number in range(records)), encoding="utf-8")
    return path


def log_of(folder: Path, lines: int) -> Path:
    """A log of another tool with this many heartbeats, in this folder."""
    path = folder / "customer.log"
    line = '2026-11-22 10:00:%02d CP1 [2,"%d","Heartbeat",{}]\n'
    path.write_text("".join(line % (number % 60, number) for number in range(lines)), encoding="utf-8")
    return path
