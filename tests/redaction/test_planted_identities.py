"""None of the people, cars, cards and machines of a conversation is in what a redaction writes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.version import Transport, Version
from ocpptui.redaction.places import choices
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import timeline_of
from tests.kit.linear_time import assert_linear
from tests.redaction.planted_identities import NAMED, UNNAMED, Planted, conversations, plain_call, plain_record


def redacted(timeline: Timeline, format_: Format, **options: Any) -> str:
    out = io.BytesIO()
    format_.exporter(Extract(Selection(timeline), redaction_of(timeline, **options)), out)
    return out.getvalue().decode()


def left(planted: list[Planted], output: str) -> list[str]:
    """The planted values that are in an output, in any case."""
    plain = output.lower()
    return [part for one in planted for part in one.parts if part.lower() in plain]


@given(conversations(), st.sampled_from(sorted(Format)))
def test_nothing_planted_comes_out(conversation: tuple[list[Planted], list[Record]], format_: Format) -> None:
    """The user would hand on the card, the car or the name of a customer."""
    planted, records = conversation
    timeline = timeline_of(records)
    for wanted in (Format.RECORDING, format_):
        assert left(planted, redacted(timeline, wanted)) == [], wanted


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("unnamed", UNNAMED)
@pytest.mark.parametrize("first", [True, False])
def test_each_place_is_searched_before_and_after_the_field(named: str, unnamed: str, first: bool) -> None:
    """A whole place could be left out, and a random conversation would seldom show it."""
    planted = [Planted("04A1B2C3D4E5F6", ("rfid",)), Planted("Barbel Zorn", ("user",))]
    records = [NAMED[named](one.names[0], one.value) for one in planted]
    echoes = [UNNAMED[unnamed](one.value) for one in planted]
    timeline = timeline_of([*records, *echoes] if first else [*echoes, *records])
    output = redacted(timeline, Format.RECORDING)
    assert left(planted, output) == []
    assert "zorn" not in output.lower()


def test_the_same_identity_is_the_same_everywhere() -> None:
    """A reader could not follow a driver through the file."""
    records = [
        NAMED["JSON"]("user", "Jane Doe"),
        UNNAMED["info"]("Jane Doe"),
        UNNAMED["data"]("Doe"),
        UNNAMED["info"]("Jane"),
    ]
    timeline = timeline_of(records)
    redaction = redaction_of(timeline)
    raws = [str(redaction.record(timeline.record(index), timeline.action(index)).raw) for index in range(4)]
    (name,) = json.loads(json.loads(raws[0])[3]["data"]).values()
    first, last = name.split()
    assert (len(first), len(last)) == (4, 3)
    assert f"seen {name}, left" in raws[1]
    assert f"({last})" in raws[2]
    assert f"seen {first}, left" in raws[3]


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("idTag", "04A1B2C3D4E5F6", "04:A1:B2:C3:D4:E5:F6"),
        ("idTag", "04A1B2C3D4E5F6", "04-a1-b2-c3-d4-e5-f6"),
        ("uid", "04:A1:B2:C3", "04A1B2C3"),
        ("emaid", "DE*ACM*C00471108*K", "DEACMC00471108K"),
        ("card", "4111 1111 1111 1111", "4111111111111111"),
        ("evccid", "001b44113ab7", "00:1B:44:11:3A:B7"),
    ],
)
def test_an_id_in_another_notation_is_the_same_id(name: str, value: str, written: str) -> None:
    """The reader of a card writes its number in pairs, the central system without anything between them."""
    timeline = timeline_of([UNNAMED["info"](written), NAMED["JSON"](name, value)])
    redaction = redaction_of(timeline)
    echo, named = (str(redaction.record(timeline.record(index), "").raw) for index in range(2))
    assert written.lower() not in echo.lower()
    (new,) = json.loads(json.loads(named)[3]["data"]).values()
    seen = json.loads(echo)[3]["info"].removeprefix("seen ").removesuffix(", left")
    assert [len(part) for part in re.split("[^0-9A-Za-z]", seen)] == [
        len(part) for part in re.split("[^0-9A-Za-z]", written)
    ]
    assert re.sub(r"\W", "", seen).lower() == re.sub(r"\W", "", new).lower()


@pytest.mark.parametrize(
    "file",
    [
        "diag_SN998877_JaneDoe.zip", "log-sn998877.doe_jane.tar.gz", "/var/jane.doe/SN998877/x.log",
        "DOE-JANE_SN998877", "Jane Doe, SN998877.csv",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["a file", "info", "no message"])
def test_a_file_that_is_called_after_them_has_their_pseudonyms(file: str, place: str) -> None:
    """A recording without a card or a name would be handed on with both in the name of a file."""
    records = [NAMED["JSON"]("user", "Jane Doe"), NAMED["JSON"]("serialNumber", "SN998877"), UNNAMED[place](file)]
    timeline = timeline_of(records)
    redaction = redaction_of(timeline)
    user, serial, named = (str(redaction.record(timeline.record(index), "").raw) for index in range(3))
    (name,) = json.loads(json.loads(user)[3]["data"]).values()
    (number,) = json.loads(json.loads(serial)[3]["data"]).values()
    # Whole words: by chance, the pseudonym of one may have the letters of the other in it, such as `Bdoe` for Jane.
    assert not {"jane", "doe", "998877"} & {word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+|[0-9]+", named)}
    assert all(part.lower() in named.lower() for part in name.split())
    assert number.lower() in named.lower()


PLAIN = [
    plain_call(action, payload)
    for action, payload in (
        ("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "Box 22", "firmwareVersion": "1.2.3.4"}),
        (
            "StatusNotification",
            {
                "connectorId": 1,
                "errorCode": "EVCommunicationError",
                "status": "SuspendedEVSE",
                "info": "RCD tripped, 32 A on L1-L2-L3",
                "vendorErrorCode": "E-4711",
                "timestamp": "2026-11-22T10:02:03.123+01:00",
            },
        ),
        (
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": 123456789,
                "meterValue": [
                    {
                        "timestamp": "2026-11-22T10:02:03Z",
                        "sampledValue": [
                            {"value": "+12345678", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                            {"value": "230.5", "measurand": "Voltage", "phase": "L1-N", "location": "Outlet"},
                        ],
                    }
                ],
            },
        ),
        ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "Energy.Active.Import.Register,SoC"}),
        ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}),
        ("TriggerMessage", {"requestedMessage": "StatusNotification"}),
        ("DataTransfer", {"vendorId": "org.openchargealliance.iso15118pnc", "messageId": "Get15118EVCertificate"}),
        (
            "DataTransfer",
            {
                "vendorId": "V",
                "data": {
                    "state": "Charging",
                    "temperature": 41.5,
                    "at": "2026-11-22T10:02:03Z",
                    "version": "v2.13.4",
                    "cardReader": "ok",
                    "user": None,
                    "card": True,
                    "uid": 3,
                    "name": "temperature",
                    "tag": "Accepted",
                    "energy": "1234567890",
                },
            },
        ),
        ("DataTransfer", {"vendorId": "V", "data": "card: removed; state=Charging; user: unknown; t=10:02:03"}),
    )
] + [
    plain_record(raw)
    for raw in (
        '[3,"6b1f0b1e-5a5a-4a4a-9a9a-0123456789ab",{"currentTime":"2026-11-22T10:02:03Z","status":"Accepted"}]',
        '[2,"1795341723000","Heartbeat",{}]',
        '[4,"1795341723123456","NotSupported","Requested Action is recognized but not supported",{}]',
    )
]


def test_what_identifies_nobody_is_unchanged() -> None:
    """The file is shared for its states, errors, measurands, units, times and settings."""
    timeline = timeline_of(PLAIN)
    redaction = redaction_of(timeline)
    for index, record in enumerate(PLAIN):
        assert redaction.record(timeline.record(index), timeline.action(index)).raw == record.raw


@given(st.sampled_from(Version.offered(Transport.JSON)), st.data())
def test_no_value_that_a_schema_lists_is_replaced(version: Version, data: st.DataObject) -> None:
    """A redacted file would have violations that its original does not have."""
    action = data.draw(st.sampled_from(actions(version))).name
    words = sorted({word for one in choices(version, action, RecordKind.CALL).values() for word in one})
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    texts = [word, f"it is {word} now", f"status={word}", f"[{word}]"]
    records = [
        plain_call("DataTransfer", {"vendorId": "V", "data": texts}),
        plain_call("DataTransfer", {"vendorId": "V", "data": json.dumps({"card": word, "user": word, "state": word})}),
    ]
    timeline = timeline_of(records)
    redaction = redaction_of(timeline)
    for index, record in enumerate(records):
        assert redaction.record(timeline.record(index), timeline.action(index)).raw == record.raw


@given(conversations())
def test_the_findings_stay(conversation: tuple[list[Planted], list[Record]]) -> None:
    """The problem that the file is shared for would be gone, or another one would be in it."""
    before = diagnosed(conversation[1])
    redaction = redaction_of(before)
    after = diagnosed(
        redaction.record(before.record(index), before.action(index), index) for index in range(len(before))
    )
    assert after.counts == before.counts
    assert list(after.others) == list(before.others)
    for index in range(len(before)):
        assert after.verdict(index) is before.verdict(index)
        assert after.broken_rules(index) == before.broken_rules(index)


def diagnosed(records: Iterable[Record]) -> Timeline:
    """A timeline of these records with all their findings."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in records:
        timeline.append(record)
    while not diagnosis.advance(1):
        pass
    return timeline


WRITTEN = {
    "user=jane.roe;pass=abc123;tel=0049 151 1234567;plate=M-AB 1234;phone=0151 12345678": (
        ["jane.roe", "abc123", "1234567", "M-AB", "12345678"],
        "tel=",
    ),
    "RFID 04A1B2C3 read; card no. 99887766; UID:04 A1 B2 C3 D4; contract ID DE-ABC-C12345678-9": (
        ["04A1B2C3", "99887766", "04 A1", "C3 D4", "C12345678"],
        "contract ID",
    ),
    "user:Emil Erpel|rfid:FF00AA12|vin:WVWZZZ1JZXW000011": (["Emil", "Erpel", "FF00AA12", "1JZXW0000"], "|rfid:"),
    "<user>Karl Otto</user><card>AB12CD34</card>": (["Karl", "Otto", "AB12CD34"], "</user><card>"),
    "{'user': 'Emil Erpel', 'rfid': 'FF00AA11'}": (["Emil", "Erpel", "FF00AA11"], "'rfid': '"),
    "Session of Mrs. Bolt and Driver Erna Tolz": (["Bolt", "Erna", "Tolz"], "Session of Mrs. "),
    "Tel. 0171-9876543, Kennzeichen M-AB 987": (["0171", "9876543", "M-AB", "987"], "Kennzeichen "),
    "RFID: 0x04 0xA2 0xB3 0xC4 at 0x40": (["0x04", "A2", "B3", "C4"], " at 0x40"),
    "Hello (555) 123-4567, 555-223-4567": (["123-4567", "223-4567"], "Hello ("),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_running_text_names_its_values_in_many_ways(text: str) -> None:
    """A vendor writes lists of pairs, elements, or objects of Python, and numbers in groups."""
    gone, stays = WRITTEN[text]
    timeline = timeline_of([plain_call("DataTransfer", {"vendorId": "V", "data": text})])
    output = str(redaction_of(timeline).record(timeline.record(0), "DataTransfer").raw)
    assert [one for one in gone if one.lower() in output.lower()] == []
    assert stays in output


@pytest.mark.parametrize(
    ("data", "gone", "stays"),
    [
        ({"customer": {"name": "Zorn", "id": "C-99", "city": "Berlin"}}, ["Zorn", "C-99", "Berlin"], []),
        ({"persons": [{"name": "Zoe Smith"}]}, ["Zoe", "Smith"], []),
        ({"user": {"first": "Jana", "last": "Foe"}}, ["Jana", "Foe"], []),
        ({"address": "Hauptstr. 5, 10999 Berlin"}, ["Hauptstr", "10999", "Berlin"], []),
        ({"address": "0x40"}, [], ["0x40"]),
        ({"location": "Outlet"}, [], ["Outlet"]),
        ({"userId": 471188, "customerNo": 881234}, ["471188", "881234"], []),
    ],
)
def test_an_object_of_a_vendor_may_be_about_a_person(data: Any, gone: list[str], stays: list[str]) -> None:
    timeline = timeline_of([plain_call("DataTransfer", {"vendorId": "V", "data": data})])
    output = str(redaction_of(timeline).record(timeline.record(0), "DataTransfer").raw)
    assert [one for one in gone if one in output] == []
    assert [one for one in stays if one not in output] == []


@pytest.mark.parametrize("text", ["hello world 12:34 a=b; user=x1 +49 151 123 ", '"user": "Jane Doe", ', "04A1B2C3 "])
def test_a_long_text_takes_linear_time(text: str) -> None:
    """The diagnostics of a charge point in one DataTransfer would keep the conversion from ending."""

    def seconds(times: int) -> float:
        records = [
            plain_call("DataTransfer", {"vendorId": "V", "data": text * times}),
            plain_call("Authorize", {"idTag": "04A1B2C3"}),
        ]
        timeline = timeline_of(records)
        before = process_time()
        redaction = redaction_of(timeline)
        redaction.record(timeline.record(0), "DataTransfer", 0)
        return process_time() - before

    assert_linear(seconds, 400)
