"""A shared recording identifies no people, machines or networks, and it still replays."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.redaction.pseudonyms import Pseudonyms
from ocpptui.redaction.redact import Redaction, redaction_of
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import DOWN, START, event, message, timeline_of
from tests.recording.records import RECORDS

PEM = "-----BEGIN CERTIFICATE-----\nMIIBSecretBodyOfTheCertificate0123456789\n-----END CERTIFICATE-----\n"
SECRETS = [
    "DE-ACME-1701", "04A1B2C3D4E5F6", "ParentTag77", "SN-88231", "BOX-4711", "METER-0815", "8949020000012345678",
    "262010123456789", "csms.acme-power.de", "hunter2hunter2hunter2", "operator7", "10.44.7.19", "jane.doe@acme.de",
    "SecretBodyOfTheCertificate", "CsrBodyCsrBodyCsrBody", "e5:1f:22:9a:bc:01", "DE*ACM*C00012345*X",
    "internet.acme.apn",
    "2001:470:1f0b::17", "token-in-query", "ftpuser", "ftppass", "CONTRACT-991", "fallback.acme-power.de",
]  # fmt: skip
"""What must not come out. None is shorter than what running text is searched for."""


def call(action: str, payload: dict[str, Any], *, number: str = "1", **others: Any) -> Record:
    return message(json.dumps([2, number, action, payload]), charge_point="DE-ACME-1701", **others)


def v201(action: str, payload: dict[str, Any], **others: Any) -> Record:
    return call(action, payload, version=Version.V201, **others)


def recording() -> list[Record]:
    """A secret of each kind, in its own field first or last, and again in unexpected places."""
    return [
        event(
            ConnectionEvent.OPENED,
            url="wss://operator7:hunter2hunter2hunter2@csms.acme-power.de:8443/tenant9/DE-ACME-1701?key=token-in-query",
            requestLine="GET /tenant9/DE-ACME-1701?key=token-in-query HTTP/1.1",
            requestHeaders=["Host: csms.acme-power.de:8443", "Authorization: Basic DE-ACME-1701:***", "Cookie: a=b"],
            responseHeaders=["X-Forwarded-For: 10.44.7.19", "Server: nginx/1.2.3.4"],
            remoteAddress="10.44.7.19:42247",
            user="operator7",
            tls={"certificate": {"subject": "CN=DE-ACME-1701,O=Acme Power", "names": ["csms.acme-power.de"]}},
            error="no route from 2001:470:1f0b::17 to csms.acme-power.de",
        ),
        message("idTag=04A1B2C3D4E5F6 came before any field named it", charge_point="DE-ACME-1701"),
        message(
            '[2,"x","Authorize",{"idTag":"04A1B2C3D4E5F6","parentIdTag":"ParentTag77"', charge_point="DE-ACME-1701"
        ),
        message(b'[2,"x","Authorize",{"idTag":"04A1B2C3D4E5F6"}]\xff', charge_point="DE-ACME-1701"),
        call(
            "BootNotification",
            {
                "chargePointVendor": "ACME",
                "chargePointModel": "Wallbox 22",
                "chargePointSerialNumber": "SN-88231",
                "chargeBoxSerialNumber": "BOX-4711",
                "meterSerialNumber": "METER-0815",
                "iccid": "8949020000012345678",
                "imsi": "262010123456789",
                "firmwareVersion": "1.2.3.4",
            },
        ),
        message('[3,"1",{"currentTime":"2026-11-22T10:02:03Z","interval":300,"status":"Accepted"}]', DOWN),
        call("Authorize", {"idTag": "04A1B2C3D4E5F6"}, number="2"),
        message('[3,"2",{"idTagInfo":{"status":"Accepted","parentIdTag":"ParentTag77"}}]', DOWN),
        call(
            "StatusNotification",
            {
                "connectorId": 1,
                "errorCode": "NoError",
                "status": "Available",
                "info": "tag 04a1b2c3d4e5f6 of jane.doe@acme.de",
                "vendorErrorCode": "mac e5:1f:22:9a:bc:01",
            },
            number="3",
        ),
        call(
            "UpdateFirmware",
            {"location": "ftp://ftpuser:ftppass@10.44.7.19/SN-88231.bin", "retrieveDate": "2026-11-22T10:02:03Z"},
            number="4",
            direction=DOWN,
        ),
        call(
            "ChangeConfiguration",
            {"key": "AuthorizationKey", "value": "hunter2hunter2hunter2"},
            number="5",
            direction=DOWN,
        ),
        call("ChangeConfiguration", {"key": "SimIccid", "value": "8949020000012345678"}, number="6", direction=DOWN),
        call(
            "DataTransfer",
            {"vendorId": "ACME", "data": '{"contract":1,"idTag":"CONTRACT-991","at":"csms.acme-power.de"}'},
            number="7",
        ),
        call("SignCertificate", {"csr": "CsrBodyCsrBodyCsrBody"}, number="8"),
        call("CertificateSigned", {"certificateChain": PEM}, number="9", direction=DOWN),
        v201(
            "SetNetworkProfile",
            {
                "configurationSlot": 1,
                "connectionData": {
                    "ocppVersion": "OCPP20",
                    "ocppTransport": "JSON",
                    "ocppCsmsUrl": "wss://fallback.acme-power.de/DE-ACME-1701",
                    "messageTimeout": 30,
                    "securityProfile": 2,
                    "ocppInterface": "Wired0",
                    "apn": {"apn": "internet.acme.apn", "apnAuthentication": "AUTO"},
                },
            },
            number="10",
            direction=DOWN,
        ),
        v201("Authorize", {"idToken": {"idToken": "DE*ACM*C00012345*X", "type": "eMAID"}}, number="11"),
        v201("Heartbeat", {"customData": {"vendorId": "ACME", "who": "04A1B2C3D4E5F6"}}, number="12"),
        message("HTTP/1.1 400 from csms.acme-power.de for <idTag>CONTRACT-991</idTag>\r\n" + PEM),
        Record(START, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "SN-88231 is Jane's, see 10.44.7.19"}),
    ]


def redacted(records: list[Record], **options: Any) -> tuple[Redaction, list[Record]]:
    timeline = timeline_of(records)
    redaction = redaction_of(timeline, **options)
    return redaction, [redaction.record(timeline.record(i), timeline.action(i)) for i in range(len(timeline))]


def frames(records: list[Record]) -> list[Message]:
    return [record.frame for record in records if isinstance(record.frame, Message)]


def test_nothing_confidential_is_left() -> None:
    """A string of the redacted file would contain a secret of the original, in some case."""
    lines = b"".join(map(to_line, redacted(recording())[1])).decode().lower()
    original = b"".join(map(to_line, recording())).decode().lower()
    for secret in SECRETS:
        assert secret.lower() in original
        assert secret.lower() not in lines, secret
    assert "tenant9" not in lines


def test_the_bytes_of_a_malformed_message_are_redacted_too() -> None:
    """base64 hides a token from a search, but from nobody else."""
    raws = [record.raw for record in redacted(recording())[1] if isinstance(record.raw, bytes)]
    assert len(raws) == 1
    assert b"04A1B2C3D4E5F6" not in raws[0]
    assert raws[0].endswith(b"\xff")


def test_data_that_identifies_nothing_is_unchanged() -> None:
    """A recording is shared for its vendor, model, versions, times, states and text formats."""
    before, after = recording(), redacted(recording())[1]
    assert [record.kind for record in after] == [record.kind for record in before]
    assert [(r.time, r.connection, r.direction, r.version, r.origin) for r in after] == [
        (r.time, r.connection, r.direction, r.version, r.origin) for r in before
    ]
    boot = frames(after)[0].payload
    assert boot["chargePointVendor"] == "ACME"
    assert boot["chargePointModel"] == "Wallbox 22"
    assert boot["firmwareVersion"] == "1.2.3.4"
    assert re.fullmatch(r"\d{19}", boot["iccid"])
    assert re.fullmatch(r"[A-Z]{2}-\d{5}", boot["chargePointSerialNumber"])
    assert after[5].raw == before[5].raw
    assert "Server: nginx/1.2.3.4" in after[0].detail["responseHeaders"]
    assert after[0].detail["url"].startswith("wss://")
    assert ":8443/" in after[0].detail["url"]


def test_valid_messages_stay_valid() -> None:
    """A check of the redacted file would find other violations than in the original."""
    before, after = timeline_of(recording()), timeline_of(redacted(recording())[1])
    assert bytes(after.verdicts) == bytes(before.verdicts)
    # What a rule says of a password or of signed meter values cannot be said of a pseudonym.
    assert after.counts._replace(problems=before.counts.problems) == before.counts


def test_the_same_value_gets_the_same_pseudonym_everywhere() -> None:
    """The user could not follow a token through fields, malformed frames and free text."""
    after = redacted(recording())[1]
    token = next(frame.payload["idTag"] for frame in frames(after) if frame.action == "Authorize")
    assert token != "04A1B2C3D4E5F6"
    assert re.fullmatch(r"[0-9A-F]{14}", token)
    assert f"idTag={token} came" in str(after[1].raw)
    assert f'"idTag":"{token}"' in str(after[2].raw)
    assert token.lower() in str(after[8].raw)
    identity = after[1].charge_point
    assert f"/{identity}?" in after[0].detail["requestLine"]
    assert identity in after[0].detail["tls"]["certificate"]["subject"]


def test_a_charge_point_named_like_a_service_is_replaced_in_the_path() -> None:
    opened = event(ConnectionEvent.OPENED, url="ws://localhost/steve/websocket/api")
    (_, after) = redacted([message("[]", charge_point="steve"), opened])[1]
    assert re.fullmatch(r"ws://localhost/[a-z]{5}/websocket/api", after.detail["url"])
    assert "steve" not in after.detail["url"]


def test_each_run_has_its_own_key() -> None:
    """A reader who knows a token could look up its pseudonym in another file."""
    one, other = (redacted(recording())[1][6].raw for _ in range(2))
    assert one != other


def test_passwords_get_no_pseudonym() -> None:
    after = redacted(recording())[1]
    change = next(r for r in after if isinstance(r.frame, Message) and r.frame.action == "ChangeConfiguration")
    assert change.frame.payload == {"key": "AuthorizationKey", "value": "***"}  # type: ignore[union-attr]
    assert change.masked == ("$.value",)
    assert "Cookie: ***" in after[0].detail["requestHeaders"]


def test_replacements_are_listed() -> None:
    """The list would reveal values, or omit where and how often they were replaced."""
    redaction, _ = redacted(recording())
    assert redaction.replaced["Authorize $.idTag"] == 1
    assert redaction.replaced["chargePointId"] == sum(bool(record.charge_point) for record in recording())
    assert redaction.replaced["detail.url"] == 1
    told = " ".join(redaction.replaced).lower()
    assert not [secret for secret in SECRETS if secret.lower() in told]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("idTag", "04A1B2C3D4E5F6"),
        ("$.idTag", "04A1B2C3D4E5F6"),
        ("chargePointId", "DE-ACME-1701"),
        ("$.chargePointSerialNumber", "SN-88231"),
        ("idTagInfo.parentIdTag", "ParentTag77"),
    ],
)
def test_a_kept_path_keeps_its_values(path: str, kept: str) -> None:
    """Values would be replaced in a URL or a text, or others would be kept with them."""
    lines = b"".join(map(to_line, redacted(recording(), keep=[path])[1])).decode()
    assert lines.count(kept) >= 1
    others = [secret for secret in SECRETS if secret != kept]
    assert not [secret for secret in others if secret in lines]


def test_vendor_data_is_redacted_on_request() -> None:
    records = [
        call("DataTransfer", {"vendorId": "ACME", "messageId": "m", "data": "meaning known to nobody"}),
        v201("DataTransfer", {"vendorId": "ACME", "data": {"deep": ["unknown 42", 4711, True]}}, number="2"),
        v201("Heartbeat", {"customData": {"vendorId": "ACME", "x": "private"}}, number="3"),
    ]
    plain = redacted(records)[1]
    assert [record.raw for record in plain] == [record.raw for record in records]
    text, tree, custom = (frame.payload for frame in frames(redacted(records, vendor=True)[1]))
    assert text["vendorId"] == "ACME"
    assert text["messageId"] == "m"
    assert re.fullmatch(r"[a-z]{7} [a-z]{5} [a-z]{2} [a-z]{6}", text["data"])
    assert text["data"] != "meaning known to nobody"
    assert "unknown" not in tree["data"]["deep"][0]
    assert tree["data"]["deep"][1] != 4711
    assert tree["data"]["deep"][2] is True
    assert custom["customData"]["vendorId"] == "ACME"
    assert custom["customData"]["x"] != "private"


def test_numbers_in_place_of_texts_are_redacted() -> None:
    """A peer that sends its idTag as a number would reveal it."""
    (after,) = frames(redacted([call("Authorize", {"idTag": 123456789})])[1])
    assert after.payload["idTag"] != 123456789
    assert type(after.payload["idTag"]) is int


def test_everything_except_the_values_is_kept_byte_for_byte() -> None:
    raw = '[ 2 ,"1", "Authorize",{"x" : 1.50,\t"idTag":"TAG-\\u0041BCD", "y":"\\/é"} ]'
    after = str(redacted([message(raw)])[1][0].raw)
    assert re.sub(r'(?<="idTag":")[^"]*', "T", after) == re.sub(r'(?<="idTag":")[^"]*', "T", raw)
    assert "BCD" not in after


def test_the_redacted_file_replays(tmp_path: Path) -> None:
    """The replay would lose steps of the original in one of the roles."""
    from ocpptui.exporting.exported_records import Extract
    from ocpptui.exporting.recording_copy import export
    from ocpptui.filter.selection import Selection
    from ocpptui.ocpp.version import Role
    from ocpptui.replay.plan import plan
    from tests.recording.indexing import index_all

    folder = Path(__file__).parents[2] / "recordings"
    for path in (folder / "charge-1.6.jsonl", folder / "charge-2.0.1.jsonl"):
        original, after = Timeline(), Timeline()
        first = index_all(path, original)
        target = tmp_path / path.name
        with target.open("wb") as out:
            export(Extract(Selection(original), redaction_of(original)), out)
        second = index_all(target, after)
        assert after.counts == original.counts
        assert bytes(after.verdicts) == bytes(original.verdicts)
        assert list(after.others) == list(original.others)
        assert b"CP001" not in target.read_bytes()
        for role in Role:
            expected, found = plan(original, role), plan(after, role)
            assert [(step.does, step.action) for step in found.steps] == [
                (step.does, step.action) for step in expected.steps
            ]
            assert found.sends == expected.sends > 0
        first.close()
        second.close()


@given(st.lists(RECORDS, max_size=4))
def test_any_record_survives(records: list[Record]) -> None:
    """A message of a peer would make redaction hang, lose the kind of the record, or write an unreadable one."""
    _, after = redacted(records, vendor=True)
    assert [record.kind for record in after] == [record.kind for record in records]
    assert [from_line(to_line(record)) for record in after] == after


@given(st.text("ABCdef019-_*:.é", min_size=4, max_size=20), st.text("ABCdef019-_*:.", max_size=20))
def test_an_id_tag_is_replaced_wherever_it_occurs(tag: str, other: str) -> None:
    """Two tags would get one pseudonym, or length and case would change."""
    if sum(map(str.isalnum, tag)) < 4:
        return
    names = Pseudonyms(b"k" * 32)
    pseudonym = names.of(tag)
    assert len(pseudonym) == len(tag)
    assert pseudonym.casefold() != tag.casefold()
    assert names.of(tag.upper()).casefold() == pseudonym.casefold()
    if any(map(str.isalnum, other)) and other.casefold() != tag.casefold():
        assert names.of(other).casefold() != pseudonym.casefold()


def test_short_tags_do_not_share_a_pseudonym() -> None:
    names = Pseudonyms(b"k" * 32)
    short = [str(number) for number in range(100)]
    assert len({names.of(tag) for tag in short} | set(short)) == 200


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("csms.acme.de", r"h[0-9a-f]{8}\.example"),
        ("10.1.2.3", r"198\.1[89]\.\d+\.\d+"),
        ("[2a00::1]", r"\[2001:db8::[0-9a-f]+:[0-9a-f]+\]"),
        ("localhost", "localhost"),
        ("127.0.0.1", r"127\.0\.0\.1"),
        ("0.0.0.0", r"0\.0\.0\.0"),
    ],
)
def test_addresses_are_those_reserved_for_examples(name: str, form: str) -> None:
    """A replay of a redacted file would reach a real machine."""
    assert re.fullmatch(form, Pseudonyms().host(name))


def test_a_redacted_answer_still_matches_its_schema() -> None:
    payload = {"configurationKey": [{"key": "ChargePointSerial", "readonly": True, "value": "SN-88231"}]}
    records = [
        call("GetConfiguration", {}, direction=DOWN),
        message(json.dumps([3, "1", payload]), charge_point="DE-ACME-1701"),
    ]
    after = frames(redacted(records)[1])[1].payload
    assert after["configurationKey"][0]["value"] != "SN-88231"
    assert after["configurationKey"][0]["key"] == "ChargePointSerial"
    assert is_valid(Version.V16, "GetConfiguration", Part.RESPONSE, after)


TAG = "DEADBEEF01TAG"
AUTHORIZE = json.dumps([2, "1", "Authorize", {"idTag": TAG}])


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps([2, "1", "Authorize", {"IdTag": TAG}]),
        json.dumps([2, "1", "Authorize", {"id_tag": TAG}]),
        json.dumps([2, "1", "BootNotification", {"ChargePointSerialNumber": TAG}]),
        json.dumps([2, "1", "ChangeConfiguration", {"Key": "FreevendIdTag", "Value": TAG}]),
        json.dumps(
            [2, "1", "SetVariables", {"setVariableData": [{"attributeValue": TAG, "variable": "MasterIdToken"}]}]
        ),
        json.dumps([2, "1", "DataTransfer", {"vendorId": "x", "data": json.dumps({"IDTAG": TAG})}]),
        json.dumps([2, "1", "DataTransfer", {"vendorId": "x", "data": AUTHORIZE}]),
        json.dumps([4, "1", "GenericError", f"idTag {TAG} is unknown", {}]),
        AUTHORIZE.replace('"', "'"),
        AUTHORIZE[:-3],
        json.dumps(AUTHORIZE),
        json.dumps(json.dumps(AUTHORIZE)),
    ],
)
@pytest.mark.parametrize("vendor", [False, True])
def test_a_token_is_found_in_whatever_shape_it_is(raw: str, vendor: bool) -> None:
    """A wrong implementation is what such a recording is shared for."""
    timeline = timeline_of([message(raw)])
    record = redaction_of(timeline, vendor=vendor).record(timeline.record(0), timeline.action(0))
    assert TAG not in str(record.raw)


HALF = [
    *(one.encode("utf-8", "surrogatepass") for one in ("\ud800", "\udc80", "\udfff")),
    rb"\ud800",
    rb"\udfff",
    b"\xff",
]


@pytest.mark.parametrize("first", HALF)
@pytest.mark.parametrize("second", HALF)
@pytest.mark.parametrize(
    "shape", [b'[2,"1","Authorize",{"idTag":"%s","x":"%s"}]', b'[2,"%s","%s",{', b"ftp://h/%s?a=%s"]
)
def test_no_half_of_a_surrogate_pair_ends_the_redaction(shape: bytes, first: bytes, second: bytes) -> None:
    """The log of a charge point that cuts its texts could not be handed on."""
    data = shape % (first, second)
    for raw in (data, data.decode("utf-8", "surrogateescape"), data.decode("utf-8", "replace")):
        record = message(raw)
        redaction = Redaction()
        redaction.learn(record, "Authorize")
        redaction.finish()
        redacted = redaction.record(record, "Authorize").raw
        assert redacted is not None
        assert isinstance(redacted, bytes) or redacted.encode()


def test_a_text_in_more_texts_than_are_searched_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that quotes itself hundreds of times would end the redaction with a traceback, or keep its token."""
    from ocpptui.redaction import free_text

    monkeypatch.setattr(free_text, "DEEPEST", 3)
    text = json.dumps({"idTag": "D3ADB33F"})
    for _ in range(7):
        text = json.dumps({"data": text})
    raw = json.dumps([2, "1", "DataTransfer", {"vendorId": "x", "data": text}])
    record = message_record(raw, time=0, connection=1, direction=Direction.TO_CSMS, charge_point="CP1")
    _, (kept,) = redacted([record])
    assert "D3ADB33F" not in str(kept.raw)
    assert isinstance(json.loads(str(kept.raw)), list)
