"""Conversations over SOAP: each fault gets its name and accuses nothing else; what is odd but legal is no problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import Trace, read_trace
from tests.diagnosis.soap_traces import enveloped, over_soap
from tests.diagnosis.test_rule_traces import diagnosed

BOOTS = {
    "1.2": '{"currentTime":"2026-01-01T10:00:01Z","heartbeatInterval":300,"status":"Accepted"}',
    "1.5": '{"currentTime":"2026-01-01T10:00:01Z","heartbeatInterval":300,"status":"Accepted"}',
    "1.6": '{"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}',
}
READINGS = {
    "1.2": '"values":[{{"timestamp":"2026-01-01T{at}Z","value":{wh}}}]',
    "1.5": '"transactionId":7,"values":[{{"timestamp":"2026-01-01T{at}Z","value":[{{"value":"{wh}","unit":"Wh"}}]}}]',
    "1.6": '"transactionId":7,"meterValue":[{{"timestamp":"2026-01-01T{at}Z","sampledValue":[{{"value":"{wh}"}}]}}]',
}
BUSY = {"1.2": "Occupied", "1.5": "Occupied", "1.6": "Charging"}


def said(at: str, call: str, answer: str = "{}") -> str:
    return f"{at} > {call}\n{at}.2 < ok {answer}\n"


def booted(version: str) -> str:
    boot = 'BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'
    return f"{version}\n10:00:00 opened\n{said('10:00:01', boot, BOOTS[version])}{status('10:00:02', 'Available')}"


def status(at: str, word: str, error: str = "NoError", connector: int = 1) -> str:
    return said(at, f'StatusNotification {{"connectorId":{connector},"errorCode":"{error}","status":"{word}"}}')


def metered(version: str, at: str, wh: int) -> str:
    return said(at, f'MeterValues {{"connectorId":1,{READINGS[version].format(at=at, wh=wh)}}}')


def started(version: str, at: str = "10:01:00", number: int = 7) -> str:
    start = f'StartTransaction {{"connectorId":1,"idTag":"A","meterStart":1000,"timestamp":"2026-01-01T{at}Z"}}'
    answer = f'{{"idTagInfo":{{"status":"Accepted"}},"transactionId":{number}}}'
    return said(at, start, answer) + status(at.replace(":00", ":01"), BUSY[version])


def stopped(at: str, wh: int) -> str:
    return said(at, f'StopTransaction {{"transactionId":7,"meterStop":{wh},"timestamp":"2026-01-01T{at}Z"}}')


def charge(version: str) -> str:
    authorized = said("10:00:30", 'Authorize {"idTag":"A"}', '{"idTagInfo":{"status":"Accepted"}}')
    values = "".join(metered(version, f"10:0{minute}:00", 1000 + 100 * minute) for minute in (2, 3, 4))
    beat = said("10:05:00", "Heartbeat {}", '{"currentTime":"2026-01-01T10:05:00Z"}')
    ends = stopped("10:04:30", 1450) + status("10:04:40", "Available")
    return booted(version) + authorized + started(version) + values + ends + beat


def soap(text: str, edit: Callable[[str], str] = str) -> Trace:
    """A conversation as envelopes, each changed by `edit`."""
    trace = over_soap(read_trace(text))
    assert trace is not None
    for place, record in enumerate(trace.records):
        if isinstance(record.raw, str) and record.direction is not None:
            trace.records[place] = enveloped(record, record.direction, edit(record.raw))
    return trace


def problems(trace: Trace) -> set[str]:
    timeline = diagnosed(trace)
    found = (one for index in range(len(timeline)) for one in findings_at(timeline, index))
    return {one.rule for one in found if one.severity.is_problem}


@pytest.mark.parametrize("version", BOOTS)
def test_a_charge_over_soap_has_no_problem(version: str) -> None:
    assert problems(soap(charge(version))) == set()


def test_a_recording_of_both_transports_has_no_problem() -> None:
    """One central system serves both: what is said over one transport must not be compared with the other's."""
    enveloped = soap(charge("1.5"))
    plain = read_trace(re.sub(r" (?=[<>] |opened)", " CP2 ", charge("1.6")))
    others = [replace(record, connection=record.connection + 1) for record in plain.records]
    both = sorted([*enveloped.records, *others], key=lambda record: record.time)
    assert problems(replace(plain, records=both)) == set()


LEGAL: dict[str, Callable[[str], str]] = {
    "other prefixes": lambda text: re.sub(r"\b(wsa|soap|ocpp)(?=[:=])", r"\1x", text),
    "must understand as a number": lambda text: text.replace('mustUnderstand="true"', 'mustUnderstand="1"'),
    "must not understand": lambda text: text.replace('mustUnderstand="true"', 'mustUnderstand="0"'),
    "a header of another standard": lambda text: text.replace(
        "<soap:Header>", '<soap:Header><t:Trace xmlns:t="urn:trace">1</t:Trace>'
    ),
    "where faults go": lambda text: text.replace(
        "<soap:Header>",
        "<soap:Header><wsa:FaultTo><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address>"
        "</wsa:FaultTo>",
    ),
    "no address to reply to": lambda text: re.sub(r"<wsa:ReplyTo.*?</wsa:ReplyTo>", "", text),
    "an answer with an id": lambda text: text.replace(
        "<wsa:RelatesTo", "<wsa:MessageID>a</wsa:MessageID><wsa:RelatesTo"
    ),
    "a kind of relation": lambda text: text.replace(
        "<wsa:RelatesTo", '<wsa:RelatesTo RelationshipType="http://www.w3.org/2005/08/addressing/reply"'
    ),
    "a query with an ampersand": lambda text: text.replace("/ocpp<", "/ocpp?a=1&amp;b=2<"),
    "comments and CDATA": lambda text: text.replace(">A<", "><![CDATA[A]]><").replace(
        "<soap:Body>", "<soap:Body><!-- a note -->\n"
    ),
}


@pytest.mark.parametrize("edit", LEGAL.values(), ids=LEGAL)
@pytest.mark.parametrize("version", BOOTS)
def test_what_is_odd_but_legal_is_no_problem(version: str, edit: Callable[[str], str]) -> None:
    text = charge(version)
    changed = soap(text, edit)
    assert [one.raw for one in changed.records] != [one.raw for one in soap(text).records]
    assert problems(changed) == set()


BEAT = said("10:03:00", "Heartbeat {}", '{"currentTime":"2026-01-01T10:03:00Z"}')
LATE = said("10:20:00", "Heartbeat {}", '{"currentTime":"2026-01-01T10:20:00Z"}')


def of_beat(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new) if "heartbeatRequest" in text else text


FAULTS: dict[str, tuple[str, Callable[[str], str], set[str]]] = {
    "refused id token": (
        booted("1.2") + said("10:01:00", 'Authorize {"idTag":"A"}', '{"idTagInfo":{"status":"Blocked"}}'),
        str,
        {"auth.refused"},
    ),
    "faulted connector": (booted("1.5") + status("10:01:00", "Faulted", "GroundFailure"), str, {"status.fault"}),
    "negative transaction id": (booted("1.2") + started("1.2", number=-1), str, {"tx.id-not-positive"}),
    "call without an answer": (f"{booted('1.6')}10:01:00 > Heartbeat {{}}\n{BEAT}", str, {"rpc.unanswered"}),
    "slow answer": (
        booted("1.6") + BEAT.replace("10:03:00.2", "10:03:20"),
        str,
        {"rpc.slow-answer"},
    ),
    "meter that goes backwards": (
        charge("1.5").replace('"value":"1300"', '"value":"900"'),
        str,
        {"meter.decreasing"},
    ),
    "second start": (
        booted("1.5") + started("1.5") + started("1.5", "10:02:00", 8),
        str,
        {"tx.connector-busy"},
    ),
    "remote start without a transaction": (
        booted("1.5")
        + '10:01:00 < RemoteStartTransaction {"idTag":"A"}\n10:01:00 > ok {"status":"Accepted"}\n'
        + BEAT
        + LATE.replace("10:20", "10:07"),
        str,
        {"cmd.start-unkept"},
    ),
    "reset without a restart": (
        f'{booted("1.6")}10:01:00 < Reset {{"type":"Hard"}}\n10:01:00 > ok {{"status":"Accepted"}}\n{BEAT}'
        + LATE.replace("10:20", "10:07"),
        str,
        {"cmd.reset-no-boot"},
    ),
    "failed upload": (
        booted("1.5") + said("10:01:00", 'DiagnosticsStatusNotification {"status":"UploadFailed"}'),
        str,
        {"log.failed"},
    ),
    "wrong status": (booted("1.6") + status("10:01:00", "Busy"), str, {"schema.call"}),
    "status of a later version": (
        booted("1.2") + status("10:01:00", "Reserved"),
        str,
        {"schema.call", "rpc.other-version"},
    ),
    "id token that is too long": (
        booted("1.6") + said("10:01:00", f'Authorize {{"idTag":"{"A" * 25}"}}', '{"idTagInfo":{"status":"Accepted"}}'),
        str,
        {"schema.call"},
    ),
    "negative connector": (booted("1.5") + status("10:01:00", "Available", connector=-1), str, {"text.connector-id"}),
    "unknown action": (
        f"{booted('1.6')}10:01:00 > Frobnicate {{}}\n10:01:01 < error NotSupported\n",
        str,
        {"rpc.unknown-action"},
    ),
    "action of the other side": (
        booted("1.6") + said("10:01:00", 'Reset {"type":"Hard"}', '{"status":"Accepted"}'),
        str,
        {"rpc.wrong-direction"},
    ),
    "refused call": (
        booted("1.6") + '10:01:00 > Authorize {"idTag":"A"}\n10:01:01 < error InternalError "out of order"\n',
        str,
        {"rpc.call-refused"},
    ),
    "header without an identity": (
        booted("1.6") + BEAT,
        lambda text: (
            re.sub(r"<ocpp:chargeBoxIdentity.*?</ocpp:chargeBoxIdentity>", "", text)
            if "heartbeatRequest" in text
            else text
        ),
        {"soap.header"},
    ),
    "header with another action": (booted("1.6") + BEAT, of_beat(">/Heartbeat<", ">/Authorize<"), {"soap.header"}),
    "header that nobody understands": (
        booted("1.6") + BEAT,
        of_beat("<soap:Header>", '<soap:Header><t:T xmlns:t="urn:t" soap:mustUnderstand="1">1</t:T>'),
        {"soap.header"},
    ),
    "older SOAP": (
        booted("1.6") + BEAT,
        of_beat("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
        {"soap.version"},
    ),
    "order of the elements": (
        charge("1.6"),
        lambda text: re.sub(r"(<ocpp:timestamp>.*?</ocpp:timestamp>)(.*)(</ocpp:startT)", r"\2\1\3", text),
        {"soap.elements"},
    ),
    "truncated envelope": (booted("1.6") + BEAT, of_beat("</soap:Envelope>", ""), {"soap.not-an-envelope"}),
}


@pytest.mark.parametrize(("text", "edit", "rules"), FAULTS.values(), ids=FAULTS)
def test_a_fault_over_soap_is_named_and_nothing_else(text: str, edit: Callable[[str], str], rules: set[str]) -> None:
    """A second finding beside the culprit sends support to the wrong side."""
    assert problems(soap(text, edit)) == rules
