"""No export of an opened file has a secret that the file has, redacted or not."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Version
from ocpptui.redaction.redact import redaction_of
from ocpptui.replay.recording_diff import diff
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.timeline import Timeline
from tests.kit.planted_secrets import headers, leaked, log_with_secrets, planted, recording_with_secrets

VERSIONS = [Version.V16, Version.V201, Version.V21]


def read(path: Path, *, keep_secrets: bool = False) -> FileSession:
    opening = FileSession([path], keep_secrets=keep_secrets)
    while not opening.advance(1):
        pass
    return opening


@pytest.fixture(params=[*VERSIONS, None], ids=str)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileSession]:
    """A recording with secrets of each version, and a log of another tool."""
    path = tmp_path / "theirs"
    opening = read(log_with_secrets(path) if request.param is None else recording_with_secrets(path, request.param))
    yield opening
    asyncio.run(opening.close())


def exported(timeline: Timeline, format_: Format, redacts: bool = False, vendor: bool = False) -> str:
    out = io.BytesIO()
    redaction = redaction_of(timeline, vendor=vendor) if redacts else None
    format_.exporter(Extract(Selection(timeline), redaction), out)
    return out.getvalue().decode()


def test_no_export_of_an_opened_file_has_a_secret(opened: FileSession) -> None:
    """Support hands on what a customer has sent, in whatever format."""
    timeline = opened.session.timeline
    assert len(timeline) > 300
    for format_ in Format:
        assert leaked(exported(timeline, format_)) == [], format_
    assert leaked(exported(timeline, Format.RECORDING, redacts=True)) == []
    assert leaked(exported(timeline, Format.HTML, redacts=True, vendor=True)) == []
    assert leaked("\n".join(map(str, opened.skipped))) == []


def har() -> str:
    named = [dict(zip(("name", "value"), header.split(": ", 1), strict=True)) for header in headers()]
    subprotocol = {"name": "Sec-WebSocket-Protocol", "value": "ocpp1.6"}
    request = {
        "method": "GET",
        "url": "wss://u:S0001CRETq9@h/CP1?token=S0002CRETq9",
        "headers": [*named, subprotocol],
        "queryString": [{"name": "token", "value": "S0002CRETq9"}],
    }
    messages = [{"type": "send", "time": 1767225600.0, "opcode": 1, "data": raw} for raw in planted()]
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": request,
        "response": {"status": 101, "headers": [subprotocol, *named]},
        "_webSocketMessages": messages,
    }
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}})


def trace() -> str:
    """A trace of another tool, with the payload beside the raw text."""
    common = {"schemaVersion": "1.1", "timestamp": "2026-01-01T00:00:00Z", "ocppVersion": "1.6", "transport": "json"}
    call = {"chargePointId": "CP1", "direction": "csms-to-cp", "messageType": "CALL", "messageId": "x"}
    payload = {"action": "ChangeConfiguration", "payload": {"key": "AuthorizationKey", "value": "S0001CRETq9"}}
    return "\n".join(json.dumps({**common, **call, **payload, "raw": raw}) for raw in planted())


FORMATS: dict[str, Callable[[], str]] = {
    "har": har,
    "jsonl": trace,
    "json": lambda: json.dumps([{"time": "2026-01-01T00:00:00Z", "message": raw} for raw in planted()]),
    "csv": lambda: (
        "time,direction,message\n"
        + "\n".join(f'2026-01-01T00:00:00Z,in,"{raw.replace(chr(34), chr(34) * 2)}"' for raw in planted())
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_no_secret_of_another_tools_file_leaves(name: str, tmp_path: Path) -> None:
    """A HAR of a browser has the headers, a table quotes in its own way."""
    path = tmp_path / f"theirs.{name}"
    path.write_text(FORMATS[name]())
    opening = read(path)
    assert len(opening.session.timeline) > 300
    for format_ in (Format.RECORDING, Format.HTML, Format.HAR):
        assert leaked(exported(opening.session.timeline, format_)) == [], format_
    said = [*opening.skipped, *opening.problems, *opening.evidence, *opening.tallies]
    assert leaked("\n".join(map(str, said))) == []
    asyncio.run(opening.close())


def test_what_the_records_say_of_a_charge_point_has_no_secret(opened: FileSession) -> None:
    """The table of its configuration is on the screen."""
    while not opened.session.learn(1):
        pass
    known = opened.session.knowledge
    if opened.session.timeline.event(0) is not None and opened.session.timeline.version(0) is Version.V16:
        assert set(known["CP1"].configuration.values()) == {"***"}
    assert leaked(repr([asdict(known[name]) for name in known])) == []


def test_a_comparison_has_no_secret(tmp_path: Path) -> None:
    """It quotes both values where two recordings differ."""
    one = read(recording_with_secrets(tmp_path / "one", Version.V16))
    other = tmp_path / "other"
    other.write_text((tmp_path / "one").read_text().replace("CRETq9", "CRETq9x").replace("HeartbeatI", "H"))
    result = diff(one.session.timeline, read(other).session.timeline)
    assert leaked(f"{result.to_text()}\n{result.to_dict()}") == []


def test_secrets_stay_where_that_is_asked_for(tmp_path: Path) -> None:
    """The way to look for a wrong password in a file."""
    opening = read(recording_with_secrets(tmp_path / "theirs", Version.V16), keep_secrets=True)
    assert len(leaked(exported(opening.session.timeline, Format.RECORDING))) > 300
