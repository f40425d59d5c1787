"""A log in another version: whoever migrates reads what their side will have to send, and nobody sends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import pytest

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.exporting.translated_timeline import TranslatedTimeline
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.line_format import from_line
from ocpptui.replay.plan import PlanError, plan
from ocpptui.timeline.record import ConnectionEvent, Origin, Record
from tests.kit.talk import Talk

BACK = Direction.TO_CHARGE_POINT
TIME = "2026-01-01T00:00:00Z"
START = f'{{"connectorId":1,"idTag":"A","meterStart":5,"timestamp":"{TIME}"}}'


def _extract(talk: Talk) -> Extract:
    selection = Selection(talk.timeline)
    assert selection.advance(60)
    return Extract(selection)


def _talk() -> Talk:
    talk = Talk()
    talk.happened(ConnectionEvent.OPENED)
    talk.exchange("Authorize", '{"idTag":"A"}', '{"idTagInfo":{"status":"Accepted"}}')
    talk.exchange("StartTransaction", START, '{"idTagInfo":{"status":"Accepted"},"transactionId":7}')
    refused = talk.call("Reset", '{"type":"Hard"}', direction=BACK)
    talk.raw(f'[4,"{json.loads(talk.timeline.record(refused).raw)[1]}","FormationViolation","",{{}}]')
    talk.exchange("StatusNotification", '{"connectorId":0,"status":"Available","errorCode":"NoError"}')
    return talk


OPEN: list[TranslatedTimeline] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def translated(talk: Talk, version: Version = Version.V201) -> TranslatedTimeline:
    found = TranslatedTimeline(_extract(talk), version)
    OPEN.append(found)
    return found


def test_each_message_is_there_in_the_other_version_or_counted() -> None:
    """A message that is silently missing would be missing in the migrated charge point."""
    found = translated(_talk())
    timeline = found.timeline
    assert [timeline.action(index) for index in range(len(timeline))] == [
        "Authorize", "Authorize", "TransactionEvent", "TransactionEvent", "Reset", "Reset"
    ]  # fmt: skip
    assert {timeline.version(index) for index in range(len(timeline))} == {Version.V201}
    assert timeline.other_half(3) == 2
    assert json.loads(str(timeline.record(5).raw))[2] == "FormatViolation"
    assert dict(found.kept_out) == {"CONNECTION": 1, "StatusNotification": 2}
    told = "\n".join(found.lines())
    assert told.startswith("6 messages translated to OCPP 2.0.1, for looking: never send them\nkept out,")
    assert "missing:" not in told and "$.transactionId: the other version has no such field" not in told


def test_a_line_says_what_it_comes_from_and_what_is_lost() -> None:
    """Who reads the file later would take it for what a charge point has sent."""
    found = translated(_talk())
    selection = Selection(found.timeline)
    assert selection.advance(60)
    out = BytesIO()
    Format.RECORDING.exporter(Extract(selection), out)
    line = out.getvalue().splitlines()[2]
    meta = json.loads(line)["meta"]["ocpptui"]
    assert meta["origin"] == "translated"
    assert (meta["translated"]["from"], meta["translated"]["action"]) == ("1.6", "StartTransaction")
    assert "$.seqNo: counted from the start of the transaction in the log" in meta["translated"]["assumed"]
    record = from_line(line)
    assert isinstance(record, Record)
    assert record.origin is Origin.TRANSLATED and record.detail["translated"] == meta["translated"]


def test_open_ocpp_trace_says_it_too_and_is_read_again_as_translated() -> None:
    """Another tool, or ocpptui itself later, would show what was never sent as sent."""
    selection = Selection(translated(_talk()).timeline)
    assert selection.advance(60)
    out = BytesIO()
    Format.OPEN_OCPP_TRACE.exporter(Extract(selection), out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 6
    for line in lines:
        record = from_line(line)
        assert isinstance(record, Record) and record.origin is Origin.TRANSLATED
        assert record.detail["translated"]["from"] == "1.6"


def test_nothing_translated_is_sent() -> None:
    """A charge point would get messages that nobody has ever meant to send."""
    timeline = translated(_talk()).timeline
    with pytest.raises(PlanError, match="translated from another version"):
        plan(timeline, Role.CHARGE_POINT)
    selection = Selection(timeline)
    assert selection.advance(60)
    exported = Format.SEND.exporter(Extract(selection), BytesIO())
    assert exported.written == 0 and exported.left_out["translated CALL"] == 2


def test_what_has_the_version_already_stays_as_it_was() -> None:
    """A mixed log would show as translated what its charge point has really sent."""
    talk = _talk()
    found = translated(talk, Version.V16)
    assert found.translated == 0
    assert [found.timeline.record(index).raw for index in range(8)] == [
        talk.timeline.record(index).raw for index in range(1, 9)
    ]
    assert found.timeline.origin(0) is Origin.WIRE


def test_a_password_stays_masked_under_its_other_name() -> None:
    """The password of every charge point would be in the file that is handed on."""
    talk = Talk()
    key = '{"key":"AuthorizationKey","value":"5365637265745061737377"}'
    talk.exchange("ChangeConfiguration", key, '{"status":"Accepted"}')
    talk.timeline.masks_when_read = True
    found = translated(talk)
    raw = str(found.timeline.record(0).raw)
    assert '"BasicAuthPassword"' in raw and "***" in raw and "5365637265745061737377" not in raw
