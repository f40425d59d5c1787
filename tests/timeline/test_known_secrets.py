"""A secret that is masked in one record of a file is masked in all of them, before and after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.known_secrets import KnownSecrets, is_worth_a_search
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.secret_search import SecretSearch
from ocpptui.timeline.timeline import Timeline

START = 1_795_341_723_000_000
SECRET = "hunter2secret"


def message(raw: str | bytes, connection: int = 1) -> Record:
    return message_record(
        raw,
        time=START,
        connection=connection,
        direction=Direction.TO_CSMS,
        charge_point=f"CP{connection}",
        version=Version.V16,
    )


def call(action: str, payload: object, number: str = "1", connection: int = 1) -> Record:
    return message(json.dumps([2, number, action, payload]), connection)


REVEALING = {
    "ChangeConfiguration": call("ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}),
    "GetConfiguration": message(
        json.dumps([3, "1", {"configurationKey": [{"key": "WiFiPassword", "readonly": False, "value": SECRET}]}])
    ),
    "DataTransfer": call("DataTransfer", {"vendorId": "V", "data": json.dumps({"pwd": SECRET})}),
    "a pair": call("DataTransfer", {"vendorId": "V", "data": f"user=x;AuthorizationKey={SECRET}"}),
    "a URL": call("UpdateFirmware", {"location": f"ftp://u:{SECRET}@h/x", "retrieveDate": "2026-01-01T00:00:00Z"}),
    "a URL of a connection": Record(
        START, 1, RecordKind.CONNECTION, detail={"event": ConnectionEvent.OPENED, "url": f"wss://u:{SECRET}@h/CP1"}
    ),
    "a header": Record(
        START, 1, RecordKind.CONNECTION,
        detail={"event": ConnectionEvent.OPENED, "requestHeaders": ["Authorization: Basic Q1AxOmh1bnRlcjJzZWNyZXQ="]},
    ),
    "an error": message(json.dumps([4, "1", "GenericError", f"password={SECRET}", {}])),
    "a truncated message": message(
        json.dumps([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}])[:-1]
    ),
}  # fmt: skip
ECHOES = {
    "info": call("StatusNotification", {"connectorId": 1, "info": f"set {SECRET} now"}, connection=2),
    "data": call("DataTransfer", {"vendorId": "V", "data": {"x": [f"<{SECRET}>"]}}, connection=2),
    "a key": call("DataTransfer", {"vendorId": "V", "data": {SECRET: 1}}, connection=2),
    "an error": message(json.dumps([4, "9", "GenericError", f"not {SECRET}", {"at": SECRET}]), 2),
    "an id": call("Heartbeat", {}, f"x-{SECRET}-1", connection=2),
    "an action": call(f"Set{SECRET}", {}, connection=2),
    "a text": message(f"it was {SECRET}, I think", 2),
    "bytes": message(f"it was {SECRET}".encode() + b"\xff", 2),
    "an escape": message(json.dumps([2, "9", "StatusNotification", {"info": SECRET}]).replace("h", "\\u0068"), 2),
    "a note": Record(START, 0, RecordKind.NOTE, detail={"text": f"it was {SECRET}"}),
    "a close": Record(START, 2, RecordKind.CONNECTION, detail={"event": "closed", "closeReason": f"no {SECRET}"}),
}


def timeline_of(records: list[Record]) -> Timeline:
    timeline = Timeline()
    timeline.masks_when_read = True
    for record in records:
        timeline.append(record)
    search = SecretSearch(timeline)
    while not search.advance(1):
        pass
    return timeline


@pytest.mark.parametrize("revealing", REVEALING)
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("first", [True, False])
def test_it_is_masked_before_and_after_the_record_that_shows_it(revealing: str, echo: str, first: bool) -> None:
    """The password of an earlier free text, of another connection, would be handed on with the file."""
    records = [ECHOES[echo], REVEALING[revealing]]
    timeline = timeline_of(records if first else records[::-1])
    for index in range(len(timeline)):
        record = timeline.record(index)
        raw = record.raw.decode("latin-1") if isinstance(record.raw, bytes) else str(record.raw)
        shown = f"{raw.replace(chr(92) + 'u0068', 'h')} {record.detail} {record.masked}"
        assert SECRET not in shown
    kinds = [timeline.record(index).kind for index in range(len(timeline))]
    assert sorted(kinds) == sorted(record.kind for record in records)


@pytest.mark.parametrize("as_log", [False, True])
def test_a_file_that_is_read_has_no_secret_in_front_of_its_name(tmp_path: Path, as_log: bool) -> None:
    records = [ECHOES["info"], ECHOES["data"], REVEALING["ChangeConfiguration"]]
    path = tmp_path / "theirs"
    if as_log:
        lines = [
            f"2026-11-22 10:00:00.{place} {one.charge_point} received: {one.raw!s}" for place, one in enumerate(records)
        ]
        path.write_text("\n".join([f"a line with {SECRET}", *lines]))
    else:
        writer = RecordingWriter(path)
        for record in records:
            writer.keep(record)
        writer.close()
    opening = FileSession([path])
    opening.read_whole()
    timeline = opening.session.timeline
    assert len(timeline) == len(records)
    assert not [index for index in range(len(timeline)) if SECRET in str(timeline.record(index).raw)]
    assert SECRET not in "\n".join(map(str, opening.skipped))
    opening._intake.close()


def test_a_row_that_was_read_before_is_masked_too() -> None:
    """The screen shows the first rows before the rest of the file is read."""
    timeline = Timeline()
    timeline.masks_when_read = True
    timeline.append(ECHOES["info"])
    assert SECRET in str(timeline.record(0).raw)
    known = timeline.secrets_known
    timeline.know_secrets([SECRET])
    assert SECRET not in str(timeline.record(0).raw)
    assert timeline.secrets_known > known
    assert SECRET in str(timeline.as_stored(0).raw)


@pytest.mark.parametrize(
    "secret", ["Accepted", "Available", "abc", "abcdef", "12345", "1234567", "***", "2026-11-22T10:00:00Z", "        "]
)
def test_what_would_be_found_by_chance_is_not_looked_for(secret: str) -> None:
    """A password that is a word of OCPP would make the file illegible."""
    assert not is_worth_a_search(secret)


def test_the_name_of_the_charge_point_stays() -> None:
    known = KnownSecrets()
    known.add(["CP2-secret"])
    record = message('[2,"1","Heartbeat",{"x":"CP2-secret"}]')
    assert "CP2-secret" not in str(known.masked(record).raw)
    record.charge_point = "CP2-secret"
    assert "CP2-secret" in str(known.masked(record).raw)


@given(st.lists(st.text('abAB01$"\\<&é', min_size=8, max_size=14), min_size=1, max_size=30, unique=True))
def test_secrets_of_any_characters_are_found_as_they_come(secrets: list[str]) -> None:
    """More than one search would be needed, or a quote in the password would hide it."""
    secrets = list(filter(is_worth_a_search, secrets))
    known = KnownSecrets()
    for secret in secrets:
        known.add([secret])
        record = known.masked(call("StatusNotification", {"info": f"it is {secret}."}))
        assert record.frame is not None
        assert secret not in str(getattr(record.frame, "payload", ""))
    for secret in secrets:
        assert secret not in known.masked_text(f"it is {secret}.")
