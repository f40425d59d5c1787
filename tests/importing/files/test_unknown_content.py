"""Files without a frame: the user learns what the file seems to be, and what to do."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path
from time import process_time

import pytest

from ocpptui.importing.files.packing_marks import HEAD
from ocpptui.importing.files.unknown_content import kind_of_content
from tests.importing.reading import read

CONTENTS = {
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40,
    "PDF": b"%PDF-1.7\n",
    "SQLite": b"SQLite format 3\0" + b"\0" * 40,
    "binary": bytes(range(256)) * 4,
    "picture": b"GIF89a" + bytes(range(256)),
    "Outlook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40,
    "Parquet": b"PAR1\x15\x04\x15\x10",
    "Avro": b"Obj\x01\x04\x16avro.schema\0",
    "program": b"\x7fELF\x02\x01\x01" + b"\0" * 40,
    "journal of systemd": b"LPKSHHRH" + b"\0" * 40,
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(range(128, 256)),
    "lzma": lzma.compress(b"hello" * 99, format=lzma.FORMAT_ALONE),
    "lzip": b"LZIP\x01\x0c" + bytes(range(128, 256)),
    "snappy": b"\xff\x06\0\0sNaPpY" + bytes(range(128, 256)),
    "compressed by compress": b"\x1f\x9d\x90" + bytes(range(128, 256)),
    "zlib": zlib.compress(b"hello" * 9 + bytes(range(256))),
    "compressed by zlib": zlib.compress(b"hello" * 9 + bytes(range(256)), 9),
    "by zlib": zlib.compress(b"hello" * 9 + bytes(range(256)), 1),
    "film": b"\0\0\0\x20ftypisom" + b"\0" * 40,
    "RTF": b"{\\rtf1 hello}",
    "certificate in PEM": b"-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQsw\n",
    "private key in PEM": b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n",
    "Excel 2003": b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>\n',
    "web page": b"<!DOCTYPE html>\n<html><body>Hello</body></html>\n",
    "a mail": b"From: a@example.com\nTo: b@example.com\nSubject: Logs\nMIME-Version: 1.0\n\nSee attached.\n",
    "description of an API": b'{"openapi": "3.0.0", "info": {"title": "x"}}\n',
    "description of an API ": b"asyncapi: 2.0.0\ninfo:\n  title: x\n",
    "JSON schema of OCPP": b'{"$schema": "http://json-schema.org/draft-04/schema#", "id": "urn:OCPP:1.6:2019:12:X"}\n',
    "JSON schema of OCPP, not": b'{\n "$id": "urn:OCPP:Cp:2:2020:3:X",\n "comment": "OCPP 2.0.1 FINAL"\n}\n',
    "NetLog": b'{"constants": {"logEventTypes": {}}, "events": []}\n',
    "OCTT": b"Test case TC_B_01_CS Cold Boot - PASS\nBootNotificationRequest received\n",
    "JSON without frames or their parts (its keys: name, version)": b'{"name": "x", "version": "1"}\n',
    "XML without": b'<?xml version="1.0"?>\n<root><item/></root>\n',
    "YAML": b"server:\n  port: 9000\nchargers:\n  - id: CP-1\n",
    "hexadecimal dump": b"00000000: 6865 6c6c 6f20 776f 726c 6420 6865 6c6c  hello world hell\n" * 4,
    "Java": b"recv BootNotificationRequest(chargePointVendor=Acme, chargePointModel=X)\n",
    "Python": b"recv call.BootNotification(charge_point_model='X', charge_point_vendor='Acme')\n",
    "Rust": b'recv BootNotificationRequest { charge_point_vendor: "Acme", charge_point_model: "X" }\n',
    "PHP": b'array(4) {\n  [0]=>\n  int(2)\n  [1]=>\n  string(2) "a1"\n}\n',
    "as PHP": b"Array\n(\n    [0] => 2\n    [1] => a1\n    [2] => Heartbeat\n)\n",
    "arrays as PHP prints": b"recv array (\n  0 => 2,\n  1 => 'a1',\n  2 => 'Heartbeat',\n)\n",
    "OCPP.Core": b"OCPPMiddleware.Receive16 => OCPP-Message: Type=2 / ID=a1 / Action=Heartbeat)\n",
    "Go": b"recv &{Acme X <nil>}\n",
    "what is in messages": b'got Authorize = {"idTag":"5B985B44"}\nres = {"idTagInfo":{"status":"Accepted"}}\n',
    "in messages, without their frames": b"server got StartTransactionRequest from CP-7:\n{\n  connectorId: 1,\n}\n",
    "in hexadecimal": b"recv " + b"5a322c2231222c22486561727462656174222c7b7d5d" * 2 + b"\n",
    "base64": b"recv VzIsIjEiLCJCb290Tm90aWZpY2F0aW9uIix7ImNoYXJnZVBvaW50VmVuZG9yIjoiQWNtZSJ9XQ==\n",
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_not_understood_is_named(tmp_path: Path, kind: str) -> None:
    """Nothing of it may become a row, and the user would not know what to do next."""
    path = tmp_path / "capture"
    path.write_bytes(CONTENTS[kind])
    found = read(path)
    assert not found.records
    (failure,) = found.importer.failures
    assert kind.strip() in failure


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("word/document.xml", "Word document"),
        ("content.xml", "OpenDocument file"),
        ("ppt/presentation.xml", "presentation"),
        ("Index/Document.iwa", "Apple Numbers"),
        ("META-INF/MANIFEST.MF", "Java program"),
    ],
)
def test_a_document_is_no_archive_of_logs(tmp_path: Path, member: str, words: str) -> None:
    """Pieces of its XML would become frames without their columns."""
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "<x/>")
        archive.writestr("xl/sharedStrings.xml", '<t>[2,"1","Heartbeat",{}]</t>')
    found = read(path)
    assert not found.records and words in found.importer.failures[0]


def test_an_ordinary_text_seems_to_be_nothing_else() -> None:
    assert kind_of_content(b"starting up\n2026-01-01 10:00:00 ready\n") == ""


@pytest.mark.parametrize("piece", ["\t", " \n", "a: b\n", "{ ", '{"a":', "<a ", "From: x\n", "5b 32 ", "-----BEGIN "])
def test_it_is_decided_in_linear_time(piece: str) -> None:
    """The beginning of a file of white space would take seconds to name."""
    data = (piece * HEAD)[:HEAD].encode()
    start = process_time()
    kind_of_content(data)
    assert process_time() - start < 0.3
