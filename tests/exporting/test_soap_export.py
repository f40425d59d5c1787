"""SOAP records in every format: the recipient of the file sees what was on the wire."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocpptui.exporting import Format
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import Record, RecordKind
from tests.exporting.extracts import export, message
from tests.importing.reading import read
from tests.ocpp.envelopes import CS_15, fault, request, response
from tests.timeline.example_session import NOON, SECOND, soap

BOOT = request("BootNotification", "<o:chargePointVendor>A</o:chargePointVendor>", service=CS_15, message_id="uuid:1")
ACCEPTED = response("BootNotification", "<o:status>Accepted</o:status>", service=CS_15, relates_to="")
REFUSED = fault("IdentityMismatch", "not me", service=CS_15, relates_to="uuid:2")


def records() -> list[Record]:
    """A heartbeat over JSON, a boot over SOAP with its answer, and a call that gets a fault."""
    answer = soap(ACCEPTED, Direction.TO_CHARGE_POINT, NOON + 2 * SECOND)
    assert answer.frame is not None
    answer.parsed = replace(answer.frame, id="uuid:1")
    return [
        message('[2,"1","Heartbeat",{}]'),
        soap(BOOT, at=NOON + SECOND),
        answer,
        soap(request("Heartbeat", service=CS_15, message_id="uuid:2"), at=NOON + 3 * SECOND),
        soap(REFUSED, Direction.TO_CHARGE_POINT, NOON + 4 * SECOND),
    ]


@pytest.mark.parametrize("form", [form for form in Format if form not in (Format.HAR, Format.SEND)])
def test_the_envelope_is_in_the_file(form: Format) -> None:
    out, exported = export(form, records())
    assert exported.written == 5 - exported.left_out.total()
    assert b"chargePointVendor" in out
    assert b"IdentityMismatch" in out


def test_open_ocpp_trace_names_the_transport() -> None:
    out, _ = export(Format.OPEN_OCPP_TRACE, records())
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["transport"] for line in lines] == ["json", "soap", "soap", "soap", "soap"]
    assert (lines[1]["ocppVersion"], lines[1]["payload"], lines[1]["raw"]) == ("1.5", {"chargePointVendor": "A"}, BOOT)
    assert lines[4]["error"]["code"] == "IdentityMismatch"


def test_har_has_requests_and_responses_and_is_read_again(tmp_path: Path) -> None:
    """A browser shows them as what they were: HTTP."""
    out, exported = export(Format.HAR, records())
    assert exported.written == 5
    entries = json.loads(out)["log"]["entries"]
    over_http = [entry for entry in entries if "_webSocketMessages" not in entry]
    assert [entry["response"]["status"] for entry in over_http] == [200, 500]
    assert over_http[0]["request"]["postData"]["text"] == BOOT
    assert over_http[0]["time"] == 1000
    path = tmp_path / "soap.har"
    path.write_bytes(out)
    again = read(path).timeline
    soap_ones = [index for index in range(len(again)) if again.transport(index) is Transport.SOAP]
    assert [again.record(index).raw for index in soap_ones] == [record.raw for record in records()[1:]]
    assert [again.kind(index) for index in soap_ones] == [
        RecordKind.CALL,
        RecordKind.CALLRESULT,
        RecordKind.CALL,
        RecordKind.CALLERROR,
    ]
    assert again.counts.orphans == 0
    assert {again.version(index) for index in soap_ones} == {Version.V15}


def test_a_script_sends_to_the_url_of_each_transport() -> None:
    out, exported = export(Format.SEND, records())
    assert exported.written == 3
    assert out.decode().count("ocpptui send --anyway --version 1.5 --id ") == out.decode().count('-- "$soap"') == 2


def test_csv_has_the_payload_as_it_was(tmp_path: Path) -> None:
    out, _ = export(Format.CSV, records())
    rows = list(csv.DictReader(out.decode().splitlines()))
    assert rows[1]["action"] == "BootNotification"
    assert "<o:chargePointVendor>A</o:chargePointVendor>" in rows[1]["text"]
