"""Wrong envelopes and headers of OCPP-S, each with the name that it gets.

A technician reads the name in the log; without it, a charger that is refused elsewhere looks right here.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from ocpptui.describe.network_problems import words_of
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.soap_headers import header_problems, is_web_address, plain_body
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.soap_encoding import read_envelope
from tests.ocpp.envelopes import CS_12, CS_15, CS_16, envelope, fault, request, response

URL = "http://csms.example:9000/ocpp"
TO = f"<a:To>{URL}</a:To>"
BOOT = request(
    "BootNotification",
    "<o:chargePointVendor>A</o:chargePointVendor><o:chargePointModel>B</o:chargePointModel>",
    service=CS_15,
).replace("<s:Header>", f"<s:Header>{TO}")
RIGHT = {"Content-Type": "application/soap+xml; charset=utf-8"}
FROM = "http://192.0.2.7:8080/ChargePointService"

Change = Callable[[str], str]


def put(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


ENVELOPES: list[tuple[str, str | bytes]] = [
    ("empty", ""),
    ("empty", " \r\n"),
    ("not-utf8", b"<a>\xff</a>"),
    ("not-xml", "hello"),
    ("not-xml", BOOT.replace("</s:Header>", "</s:Head>")),
    ("not-xml", BOOT.replace("<o:chargePointVendor>", "<o:chargePointVendor &>")),
    ("truncated", BOOT[:-20]),
    ("document-type", '<!DOCTYPE x [<!ENTITY a "b">]>' + BOOT.partition("?>\n")[2]),
    (
        "document-type",
        '<?xml version="1.0"?>\n<!-- a --><!DOCTYPE x SYSTEM "file:///x">' + BOOT.partition("?>")[2],
    ),
    ("not-xml", BOOT.replace(">A<", ">&undefined;<")),
    ("not-an-envelope", "<html><body/></html>"),
    ("not-an-envelope", BOOT.replace("2003/05/soap-envelope", "2003/05/other")),
    ("missing-parts", envelope("", "")),
    ("missing-parts", BOOT.replace("s:Body", "s:Bod")),
    ("no-operation", envelope("", "<o:something/>")),
    ("no-operation", envelope("<a:Action>/Heartbeat</a:Action>", "<o:Request/>")),
    ("too-many-values", "<a>" + "<b/>" * 250_001 + "</a>"),
    ("soap-1.1", BOOT.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")),
    ("extra-elements", BOOT.replace("</s:Body>", "<o:heartbeatRequest/></s:Body>")),
    ("missing-message-id", BOOT.replace("<a:MessageID>uuid:1</a:MessageID>", "")),
    ("missing-message-id", BOOT.replace("uuid:1", " ")),
    ("missing-identity", BOOT.replace("<o:chargeBoxIdentity>CP001</o:chargeBoxIdentity>", "")),
    ("missing-action", BOOT.replace("<a:Action>/BootNotification</a:Action>", "")),
    ("action-mismatch", BOOT.replace("/BootNotification<", "/Heartbeat<")),
    ("repeated-header", BOOT.replace("</s:Header>", "<o:chargeBoxIdentity>CP002</o:chargeBoxIdentity></s:Header>")),
    ("repeated-header", BOOT.replace("</s:Header>", "<a:MessageID>uuid:2</a:MessageID></s:Header>")),
    ("header-namespace", BOOT.replace("www.w3.org/2005/08/addressing", "schemas.xmlsoap.org/ws/2004/08/addressing")),
    ("header-namespace", BOOT.replace("<o:chargeBoxIdentity>", '<o:chargeBoxIdentity xmlns:o="urn:x">')),
    (
        "header-not-understood",
        BOOT.replace("</s:Header>", '<w:Security xmlns:w="urn:wss" s:mustUnderstand="true"/></s:Header>'),
    ),
    ("missing-relates-to", response("Heartbeat", relates_to="")),
    ("missing-relates-to", fault("InternalError", "x", relates_to="")),
    ("unknown-namespace", BOOT.replace(CS_15, "urn://Ocpp/Cs/2019/01/")),
    ("unknown-namespace", BOOT.replace(CS_15, "urn:other")),
    ("element-namespace", BOOT.replace("<o:chargePointVendor>A", '<o:chargePointVendor xmlns:o="urn:x">A')),
    (
        "repeated-element",
        BOOT.replace("</o:chargePointModel>", "</o:chargePointModel><o:chargePointModel>C</o:chargePointModel>"),
    ),
    (
        "element-order",
        BOOT.replace("<o:chargePointVendor>A</o:chargePointVendor>", "").replace(
            "</o:chargePointModel>", "</o:chargePointModel><o:chargePointVendor>A</o:chargePointVendor>"
        ),
    ),
    ("unexpected-attribute", BOOT.replace("<o:chargePointVendor>", '<o:chargePointVendor lang="en">')),
]
"""The name of the defect, and the text."""

HEADERS: list[tuple[str, dict[str, str], Change]] = [
    ("soap-content-type-missing", {}, str),
    ("soap-content-type-missing", {"Content-Type": " "}, str),
    ("soap-content-type-of-1.1", {"Content-Type": "text/xml; charset=utf-8"}, str),
    ("soap-content-type-wrong", {"Content-Type": "application/json"}, str),
    ("soap-content-type-wrong", {"Content-Type": "application/x-www-form-urlencoded"}, str),
    ("soap-charset-wrong", {"Content-Type": "application/soap+xml; charset=iso-8859-1"}, str),
    ("soap-action-of-another", {"Content-Type": 'application/soap+xml; action="/Heartbeat"'}, str),
    ("soap-action-of-another", {**RIGHT, "SOAPAction": '"/Heartbeat"'}, str),
    ("soap-from-missing", RIGHT, put(f"<a:From><a:Address>{FROM}</a:Address></a:From>", "")),
    ("soap-from-unusable", RIGHT, put(FROM, "http://www.w3.org/2005/08/addressing/anonymous")),
    ("soap-from-unusable", RIGHT, put(FROM, "CP001")),
    ("soap-from-unusable", RIGHT, put(FROM, "http://:8080/")),
    ("soap-to-missing", RIGHT, put(TO, "")),
    ("soap-to-elsewhere", RIGHT, put(TO, "<a:To>http://csms.example/other</a:To>")),
    ("soap-reply-elsewhere", RIGHT, put(TO, f"{TO}<a:ReplyTo><a:Address>{FROM}</a:Address></a:ReplyTo>")),
]
"""The code of the problem, the headers of HTTP, and what is changed in the envelope."""


@pytest.mark.parametrize(("name", "text"), ENVELOPES, ids=[f"{n}-{name}" for n, (name, _) in enumerate(ENVELOPES)])
def test_each_wrong_envelope_has_its_name(name: str, text: str | bytes) -> None:
    message, _ = read_envelope(text)
    if isinstance(message, Malformed):
        assert message.defect.name == name and message.defect.text
    else:
        assert [one.name for one in message.defects] == [name]


@pytest.mark.parametrize(
    ("code", "headers", "change"), HEADERS, ids=[f"{n}-{code}" for n, (code, _, _) in enumerate(HEADERS)]
)
def test_each_wrong_header_has_its_name(code: str, headers: dict[str, str], change: Change) -> None:
    message, said = read_envelope(change(BOOT))
    (problem,) = header_problems(headers, URL, message, said)
    assert problem.code.value == code
    assert words_of(problem).sentence and "?" not in words_of(problem).sentence


@pytest.mark.parametrize("service", [CS_12, CS_15, CS_16])
def test_a_right_request_has_no_problem(service: str) -> None:
    """A false alarm in every session costs more trust than the names earn."""
    text = request("Heartbeat", service=service).replace("<s:Header>", f"<s:Header>{TO}")
    for headers in (RIGHT, {"Content-Type": 'application/soap+xml;charset="UTF-8";action="/Heartbeat"'}):
        message, said = read_envelope(text)
        assert not isinstance(message, Malformed) and message.defects == ()
        assert header_problems(headers, URL, message, said) == []
    answer, of = read_envelope(response("Heartbeat", "<o:currentTime>2026-01-01T00:00:00Z</o:currentTime>"))
    assert header_problems(RIGHT, URL, answer, of) == []


BARE = zlib.compressobj(wbits=-15)
PACKED: list[tuple[str, bytes, str]] = [
    ("", b"body", ""),
    ("identity", b"body", ""),
    ("GZIP", gzip.compress(b"body", mtime=0), ""),
    ("deflate", zlib.compress(b"body"), ""),
    ("deflate", BARE.compress(b"body") + BARE.flush(), ""),
    ("br", b"body", "soap-compression-unknown"),
    ("gzip, gzip", b"body", "soap-compression-unknown"),
    ("gzip", b"body", "soap-body-broken"),
    ("gzip", gzip.compress(b"body", mtime=0)[:-9], "soap-body-broken"),
    ("gzip", b"", "soap-body-broken"),
    ("gzip", gzip.compress(b"b" * 1000, mtime=0), "message-too-large"),
]


@pytest.mark.parametrize(("coding", "body", "problem"), PACKED)
def test_a_compressed_body_is_unpacked_or_its_problem_is_named(coding: str, body: bytes, problem: str) -> None:
    found = plain_body(body, {"Content-Encoding": coding} if coding else {}, 100)
    assert (found.code.value if isinstance(found, NetworkProblem) else found) == (problem or b"body")


def test_an_address_can_be_posted_to() -> None:
    assert is_web_address("https://[2001:db8::1]:8080/x") and is_web_address("HTTP://a")
    assert not any(map(is_web_address, ("", "ftp://a", "http://", "http://a:b", "http://a:0", "http://[::1", "a")))
