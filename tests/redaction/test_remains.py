"""What a redaction leaves that may still identify someone is counted, and never called anonymous."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.redaction.redact import redaction_of
from ocpptui.redaction.remains import RemainKind, Remains, says_position
from ocpptui.timeline.record import Record, RecordKind
from tests.exporting.extracts import START, timeline_of
from tests.redaction.planted_identities import plain_call, plain_record

V = {"vendorId": "V"}
LEFT = {
    RemainKind.TEXT: [
        plain_call("StatusNotification", {"connectorId": 1, "info": "the tall man at post three"}),
        plain_record(json.dumps([4, "1", "GenericError", "the tall man left", {}])),
        Record(START, 0, RecordKind.NOTE, detail={"text": "the tall man called"}),
    ],
    RemainKind.VENDOR_DATA: [
        plain_call("DataTransfer", {**V, "data": "parked at level 3"}),
        plain_call("DataTransfer", {**V, "data": {"spot": "Level 3"}}),
        plain_call("Heartbeat", {"customData": {**V, "spot": "Level 3"}}),
    ],
    RemainKind.UNKNOWN_FIELD: [plain_call("Heartbeat", {"zone": "Nordhof-7"})],
    RemainKind.LOCATION: [
        plain_call("DataTransfer", {**V, "data": {"lat": 52.51631, "lon": 13.37777}}),
        plain_call("StatusNotification", {"connectorId": 1, "info": "52.51631, 13.37777"}),
    ],
    RemainKind.FILE: [
        plain_call("GetDiagnostics", {"fileName": "diag_JaneDoe.zip"}),
        plain_call("GetLog", {"filename": "nordhof7.log"}),
    ],
    RemainKind.MALFORMED: [plain_record("it was the tall man")],
}


def redaction_after(records: list[Record], **options: Any) -> Any:
    timeline = timeline_of(records)
    redaction = redaction_of(timeline, **options)
    for index in range(len(timeline)):
        redaction.record(timeline.record(index), timeline.action(index), index)
    return redaction


@pytest.mark.parametrize("kind", LEFT)
def test_each_kind_is_counted_with_its_first_record(kind: RemainKind) -> None:
    """The user would take a redacted file for anonymous."""
    for record in LEFT[kind]:
        found = redaction_after([plain_call("Heartbeat", {}), record]).remains.found
        assert found[kind].count >= 1
        assert found[kind].first == 2


def test_nothing_is_reported_where_nothing_is_left() -> None:
    """A report that is never empty is not read."""
    records = [
        plain_call("Authorize", {"idTag": "04A1B2C3D4E5F6"}),
        plain_call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}),
        plain_call("Heartbeat", {}),
    ]
    assert redaction_after(records).remains.found == {}


def test_a_record_that_is_exported_twice_counts_once() -> None:
    """A page shows a call again beside its answer."""
    timeline = timeline_of(LEFT[RemainKind.TEXT])
    redaction = redaction_of(timeline)
    for index in (0, 0, 1, 0, 1):
        redaction.record(timeline.record(index), timeline.action(index), index)
    assert redaction.remains.found[RemainKind.TEXT].count == 2


def test_the_report_is_bounded() -> None:
    """A vendor that makes up a field for each message would fill the terminal."""
    remains = Remains()
    remains.begin(0)
    for number in range(10_000):
        remains.note(RemainKind.TEXT, f"field {number}")
    assert remains.found[RemainKind.TEXT].count == 10_000
    assert len(remains.found[RemainKind.TEXT].places) <= 50


def test_texts_are_replaced_on_request() -> None:
    """The message on the display of a charge point may be to one driver alone."""
    message = {"id": 1, "priority": "AlwaysFront", "message": {"format": "UTF8", "content": "Happy birthday Tom"}}
    records = [
        *LEFT[RemainKind.TEXT],
        plain_call("SetDisplayMessage", {"message": message}),
        plain_call("Authorize", {"idTokenInfo": {"status": "Accepted", "personalMessage": {"content": "Tom"}}}),
        plain_call("DataTransfer", {**V, "data": json.dumps({"message": "Happy birthday Tom", "state": "Charging"})}),
    ]
    timeline = timeline_of(records)
    redaction = redaction_of(timeline, texts=True)
    after = [redaction.record(timeline.record(index), timeline.action(index), index) for index in range(len(records))]
    output = " ".join(f"{record.raw!s} {record.detail}" for record in after).lower()
    assert "tall man" not in output
    assert "birthday" not in output
    assert "tom" not in output
    assert "alwaysfront" in output
    assert "charging" in output
    assert RemainKind.TEXT not in redaction.remains.found
    assert [record.kind for record in after] == [record.kind for record in records]
    assert [len(str(one.raw)) for one in after] == [len(str(one.raw)) for one in records]


_DEGREES = st.floats(-89, 89).map(lambda degrees: round(degrees, 5))
_POSITIONS = (
    "lat={0},lng={1}",
    "latitude: {0}; longitude: {1}",
    '{{"latitude":{0},"longitude":{1}}}',
    '{{"spot":{{"Lat":"{0}","Lon":"{1}"}}}}',
    '{{\\"gps_lat\\":{0}}}',
    "LAT{0} LON{1}",
    "{0:.6f},{1:.6f}",
    "{0:.6f} {1:.6f}",
    "geo:{0},{1}",
    "GPS({0},{1})",
    '{{"type":"Point","coordinates":[{1},{0}]}}',
    "POINT({1} {0})",
    "gps {0:.2f}/{1:.2f}",
    "{0:+08.4f}{1:+09.4f}/",
)


@given(_DEGREES, _DEGREES, st.sampled_from(_POSITIONS))
def test_a_position_in_the_data_of_a_vendor_is_one_of_the_places_on_the_map(
    latitude: float, longitude: float, notation: str
) -> None:
    """The user would share where a private charge point is, and be told of a vendor's value only."""
    text = notation.format(latitude, longitude)
    found = redaction_after([plain_call("DataTransfer", {**V, "data": text})]).remains.found
    assert RemainKind.LOCATION in found, text


@pytest.mark.parametrize(
    "text",
    [
        "52°31'12\"N 13°24'18\"E",
        "N52.5200 E13.4050",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
        "+52.5200+013.4050/",
    ],
)
def test_a_position_in_a_notation_of_its_own_is_known(text: str) -> None:
    """The same."""
    assert says_position(text)


@pytest.mark.parametrize(
    "text", ["voltage=230.1,current=16.0", "23.5,12.1", "v1.2.3, 4.5.6", "230.1234,16.1234", "as long as 5", "plate: 7"]
)
def test_readings_and_versions_are_no_positions(text: str) -> None:
    """A report that names everything is not read."""
    assert not says_position(text)
