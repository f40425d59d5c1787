"""One conversation over SOAP in the notations of many logging stacks comes back with its frames, directions, charge
points, times and pairs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Direction, Transport, Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import Read, read
from tests.importing.soap_conversation import STYLES, envelopes

DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
NAMES = ("CP-77", "CP-78")
Block = Callable[[Exchanged, int], str]
"""What a logger writes for an envelope; the number is that of its exchange."""


def cxf(f: Exchanged, number: int) -> str:
    """The LoggingInInterceptor of Apache CXF up to version 3.0, through java.util.logging."""
    inbound = f.up
    return (
        f"{f.local(1):%b %d, %Y %I:%M:%S %p} org.apache.cxf.services.CentralSystemService.CentralSystemServicePort\n"
        f"INFO: {'Inbound' if inbound else 'Outbound'} Message\n----------------------------\nID: {number}\n"
        + (
            "Address: http://localhost:8080/steve/services/CentralSystemService\nEncoding: UTF-8\nHttp-Method: POST\n"
            "Content-Type: application/soap+xml; charset=utf-8\n"
            "Headers: {Accept=[*/*], date=[Sat, 14 Mar 2026 07:11:12 GMT], content-length=[1021]}\n"
            if inbound
            else "Response-Code: 200\nEncoding: UTF-8\nContent-Type: application/soap+xml\nHeaders: {}\n"
        )
        + f"Payload: {f.raw}\n--------------------------------------"
    )


def cxf_of_now(f: Exchanged, number: int) -> str:
    """CXF since version 3.1, as SteVe configures it."""
    kind = "REQ_IN" if f.up else "RESP_OUT"
    return (
        f"[INFO ] {iso(f.local(1)).replace('.', ',')} (qtp15-{number}) org.apache.cxf.services.Central.{kind}"
        f" - {kind}\n"
        "    Address: http://localhost:8180/steve/services/CentralSystemService\n"
        "    HttpMethod: POST\n    Content-Type: application/soap+xml; charset=utf-8\n"
        f"    ExchangeId: 5d9cb45b-ab29-4d4d-acfe-{number:012}\n    ServiceName: CentralSystemService\n"
        "    PortName: CentralSystemServiceSoap12\n    PortTypeName: CentralSystemService\n"
        '    Headers: {SOAPAction="", Accept=*/*, Date="Sat, 14 Mar 2026 07:11:12 GMT", host=localhost}\n'
        f"    Payload: {f.raw}\n"
    )


def metro(f: Exchanged, number: int) -> str:
    """The HTTP dump of JAX-WS, which has no time but that of the line above."""
    arrow = "request - http://csms/steve" if f.up else "response - http://csms/steve - 200"
    return (
        f"{utc(f)} dump\n---[HTTP {arrow}]---\nContent-Type: application/soap+xml\n{DECLARED}{f.raw}"
        "--------------------\n"
    )


def wire(f: Exchanged, number: int) -> str:
    """The wire log of Apache HttpClient."""
    lead = f'{iso(f.local(1))} DEBUG wire - http-outgoing-{number} {way(f, "<<", ">>")} "'
    head = ["POST /cp HTTP/1.1[\\r][\\n]", "Content-Type: application/soap+xml[\\r][\\n]", "[\\r][\\n]"]
    lines = f.raw.split("\n")
    body = [f"{line}[\\n]" for line in lines[:-1]] + lines[-1:]
    return "\n".join(f'{lead}{line}"' for line in (*head, *body))


def node(f: Exchanged, number: int) -> str:
    """A text of several lines as Node.js prints it."""
    lines = f.raw.split("\n")
    pieces = [f"'{line}\\n'" for line in lines[:-1]] + [f"'{lines[-1]}'"]
    return f"{utc(f)} {way(f, 'received', 'sent')} {pieces[0]}" + "".join(f" +\n  {piece}" for piece in pieces[1:])


def svclog(f: Exchanged, number: int) -> str:
    """The message log of WCF."""
    source = "TransportReceive" if f.up else "TransportSend"
    return (
        '<E2ETraceEvent xmlns="http://schemas.microsoft.com/2004/06/E2ETraceEvent"><System '
        'xmlns="http://schemas.microsoft.com/2004/06/windows/eventlog/system"><EventID>0</EventID>'
        f'<TimeCreated SystemTime="{utc(f)}" /><Source Name="System.ServiceModel.MessageLogging" />'
        '<Execution ProcessName="w3wp" ProcessID="4" ThreadID="9" /></System><ApplicationData><TraceData><DataItem>'
        f'<MessageLogTraceRecord Time="{utc(f)}" Source="{source}" Type="BufferedMessage">{f.raw}'
        "</MessageLogTraceRecord></DataItem></TraceData></ApplicationData></E2ETraceEvent>"
    )


def quoted(text: str) -> str:
    return json.dumps(text)[1:-1]


BLOCKS: dict[str, Block] = {
    "plain": lambda f, n: f"{utc(f)} INFO {way(f, 'received', 'sent')}: {f.raw}",
    "declaration": lambda f, n: f"{utc(f)} INFO {way(f, 'received', 'sent')}: {DECLARED}{f.raw}",
    "declaration on its own line": lambda f, n: f"{utc(f)} {way(f, 'received', 'sent')}: {DECLARED}\n{f.raw}",
    "below its line": lambda f, n: f"{utc(f)} INFO {way(f, 'Request', 'Response')}\n{f.raw}\n",
    "cxf": cxf,
    "cxf of now": cxf_of_now,
    "metro": metro,
    "wire": wire,
    "node": node,
    "svclog": svclog,
    "http": lambda f, n: (
        f"{utc(f)} DEBUG HTTP\n"
        + ("POST /ocpp HTTP/1.1\nHost: csms\n" if f.up else "HTTP/1.1 200 OK\n")
        + f"Content-Type: application/soap+xml; charset=utf-8\nDate: Sat, 14 Mar 2026 07:11:12 GMT\n\n{f.raw}\n"
    ),
    "spring-ws": lambda f, n: (
        f"{iso(f.local(1))} TRACE 7 --- [exec-{n}] o.s.ws.server.MessageTracing."
        f"{way(f, 'received', 'sent')} : {way(f, 'Received request', 'Sent response')} [{f.raw}]"
    ),
    "spring-ws with the kind": lambda f, n: (
        f"{iso(f.local(1))} DEBUG [exec-{n}] MessageTracing - {way(f, 'Received', 'Sent')} [SaajSoapMessage {f.raw}]"
    ),
    "log4j in xml": lambda f, n: (
        f'<log4j:event timestamp="{int(f.time.timestamp() * 1000)}" level="DEBUG"><log4j:message>'
        f"<![CDATA[{way(f, 'in', 'out')} {f.raw}]]></log4j:message></log4j:event>"
    ),
    "cxf on one line": lambda f, n: (
        f"{iso(f.local(1)).replace('.', ',')} INFO [qtp-{n}] {way(f, 'REQ_IN', 'RESP_OUT')} - Address: http://csms/s "
        f"HttpMethod: POST ExchangeId: 5d9c-{n:012} ServiceName: S Headers: {{Accept=*/*}} Payload: {f.raw}"
    ),
    "gsoap": lambda f, n: (
        f"{f.local(0):%Y-%m-%d %H:%M:%S.%f} {way(f, 'POST /ocpp HTTP/1.1', 'HTTP/1.1 200 OK')}\nServer: gSOAP/2.8\n"
        f"Content-Type: application/soap+xml; charset=utf-8\nConnection: close\n\n{f.raw}\n"
    ),
    "entities in json": lambda f, n: json.dumps({"ts": utc(f), "message": "soap", "xml": escape(f.raw)}),
    "axis": lambda f, n: f"{iso(f.local(1)).replace('.', ',')} [DEBUG] [exec-{n}] Message is : {DECLARED}{f.raw}",
    "brackets": lambda f, n: f"[{utc(f)}][ocpp-soap][{way(f, 'RX', 'TX')}] <<{f.raw}>>",
    "log4net": lambda f, n: (
        f"{iso(f.local(1)).replace('.', ',')} [{n}] DEBUG Soap - {way(f, 'in', 'out')}\r\n{f.raw}\r\n"
    ),
    "entities": lambda f, n: f'<entry time="{utc(f)}">{escape(f.raw)}</entry>',
    "entities twice": lambda f, n: f'<entry time="{utc(f)}">{escape(escape(f.raw))}</entry>',
    "logfmt": lambda f, n: f'time={utc(f)} level=debug dir={way(f, "rx", "tx")} msg="{quoted(f.raw)}"',
    "json": lambda f, n: json.dumps({"ts": utc(f), "dir": way(f, "in", "out"), "xml": f.raw}),
    "json with the name": lambda f, n: json.dumps({"time": utc(f), "chargePointId": f.name, "message": f.raw}),
    "json in html letters": lambda f, n: (
        json.dumps({"t": utc(f), "m": f.raw}).replace("<", "\\u003C").replace(">", "\\u003E").replace("'", "\\u0027")
    ),
    "json of php": lambda f, n: f"[{utc(f)}] ocpp.DEBUG: {json.dumps({'body': f.raw})}".replace("/", "\\/"),
    "json in json": lambda f, n: json.dumps({"time": utc(f), "log": json.dumps({"soap": f.raw}) + "\n"}),
    "python": lambda f, n: f"{utc(f)} DEBUG:zeep:{way(f, 'recv', 'send')} {f.raw.encode()!r}",
    "kubernetes": lambda f, n: "\n".join(
        f"{utc(f)} stdout F {line}" for line in f"{way(f, 'received', 'sent')}\n{f.raw}".split("\n")
    ),
    "docker compose": lambda f, n: "\n".join(
        f"csms-1  | {line}" for line in f"{utc(f)} {way(f, 'received', 'sent')} {f.raw}".split("\n")
    ),
    "journal": lambda f, n: "\n".join(
        f"{f.local(0):%b %d %H:%M:%S} gw csms[91]: {line}" for line in f"{way(f, 'recv', 'send')} {f.raw}".split("\n")
    ),
    "with noise": lambda f, n: (
        f"{utc(f)} got: {f.raw}\n{utc(f)} INFO handled <init> in 3 ms\n\tat a.B.<init>(B.java:1)"
    ),
    "cdata": lambda f, n: f'<entry at="{utc(f)}" way="{way(f, "in", "out")}"><![CDATA[{f.raw}]]></entry>',
    "insert": lambda f, n: (
        f"INSERT INTO `log` VALUES ({n},'{f.local(0):%Y-%m-%d %H:%M:%S}','{way(f, 'in', 'out')}','"
        + f.raw.replace("\n", "\\n").replace('"', '\\"')
        + "');"
    ),
    "nginx": lambda f, n: (
        f'10.0.0.5 - - [{f.local(0):%d/%b/%Y:%H:%M:%S} +0000] "POST /ocpp HTTP/1.1" 200 "'
        + f.raw.replace('"', "\\x22").replace("\n", "\\x0A")
        + '"'
    ),
    "suds": lambda f, n: (
        f"{iso(f.local(1)).replace('.', ',')} DEBUG:suds.client:{way(f, 'http got', 'sending to')} (http://cp)\n"
        f"message:\n{DECLARED}\n{f.raw}"
    ),
    "savon": lambda f, n: (
        f"D, [{f.local(0):%Y-%m-%dT%H:%M:%S.%f} #{n}] DEBUG -- : SOAP {way(f, 'request', 'response')}: http://cp\n"
        f"{f.raw}"
    ),
    "var_dump": lambda f, n: f'{utc(f)}\nstring({len(f.raw)}) "{f.raw}"',
    "go": lambda f, n: f"{f.local(0):%Y/%m/%d %H:%M:%S.%f} {way(f, 'recv', 'sent')} {json.dumps(f.raw)}",
    "attributes on lines": lambda f, n: (
        f"{utc(f)} {way(f, 'recv', 'send')}\n{f.raw.replace(' xmlns', chr(10) + '    xmlns')}"
    ),
    "ngrep": lambda f, n: (
        f"T {f.local(0):%Y/%m/%d %H:%M:%S.%f} "
        + way(f, f"10.0.0.{f.name[-1]}:5{n:03} -> 10.0.0.1:80", f"10.0.0.1:80 -> 10.0.0.{f.name[-1]}:5{n:03}")
        + " [AP] #7\n"
        f"POST /ocpp HTTP/1.1..\n{f.raw}\n"
    ),
    "elastic": lambda f, n: json.dumps(
        {"_index": "ocpp", "_source": {"@timestamp": utc(f), "log": {"level": "debug"}, "message": f"soap {f.raw}"}}
    ),
    "loki": lambda f, n: (
        f"{utc(f)} {json.dumps({'level': 'info', 'msg': 'soap ' + way(f, 'in', 'out'), 'body': f.raw})}"
    ),
    "erlang": lambda f, n: f"{utc(f)} [debug] {way(f, 'got', 'sent')} <<{json.dumps(f.raw)}>>",
    "markers": lambda f, n: (
        f"{utc(f)} ===== BEGIN {way(f, 'INCOMING', 'OUTGOING')} =====\r\n{f.raw}\r\n===== END =====\r"
    ),
    "mtom": lambda f, n: (
        f"{utc(f)} got\n--uuid:5{n}\nContent-Type: application/xop+xml\n\n{f.raw}\n--uuid:5{n}--"
    ),
    "mysql": lambda f, n: f"*** {n}. row ***\n    at: {f.local(0):%Y-%m-%d %H:%M:%S}\nmessage: {f.raw}",
}  # fmt: skip


def written(path: Path, frames: list[Exchanged], block: Block, between: str = "\n") -> Read:
    exchanges = {min(number, frame.half if frame.half is not None else number) for number, frame in enumerate(frames)}
    numbers = {first: place for place, first in enumerate(sorted(exchanges), 1)}
    texts = (
        block(frame, numbers[min(number, frame.half if frame.half is not None else number)])
        for number, frame in enumerate(frames)
    )
    path.write_text(between.join(texts) + "\n", newline="")
    return read(path)


def check(found: Read, frames: list[Exchanged], version: Version, within: timedelta) -> None:
    records = found.records
    texts = [str(record.raw).removeprefix(DECLARED).replace("\r", "").lstrip("\n") for record in records]
    texts = [text.replace("\n    xmlns", " xmlns") for text in texts]
    assert texts == [frame.raw for frame in frames]
    assert [record.direction for record in records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames
    ]
    assert [record.charge_point for record in records] == [frame.name for frame in frames]
    assert [found.timeline.other_half(index) for index in range(len(frames))] == [frame.half for frame in frames]
    apart = [abs(record.time - micros_of(frame.time)) for record, frame in zip(records, frames, strict=True)]
    assert max(apart) <= within / timedelta(microseconds=1)
    assert {record.version for record in records} == {version}
    assert {record.transport for record in records} == {Transport.SOAP}
    (broken,) = [record.frame for record in records if isinstance(record.frame, Malformed)]
    assert broken.defect.name == "truncated" and broken.id == "m-cut"


@pytest.mark.parametrize("pretty", [False, True], ids=["compact", "pretty"])
@pytest.mark.parametrize("notation", BLOCKS)
def test_a_conversation_comes_back_from_any_stack(tmp_path: Path, notation: str, pretty: bool) -> None:
    """A customer's log of an old charge point is read wrongly, or not at all."""
    styles = [STYLES[(len(notation) + step) % len(STYLES)] for step in range(2)]
    for version, style in zip((Version.V15, Version.V16), styles, strict=True):
        frames = envelopes(NAMES, version, style, pretty=pretty)
        found = written(tmp_path / f"{version}.log", frames, BLOCKS[notation])
        check(found, frames, version, timedelta(seconds=1))


@pytest.mark.parametrize("style", STYLES)
def test_any_prefix_of_the_namespace_is_known(tmp_path: Path, style: str) -> None:
    frames = envelopes(NAMES, Version.V12, style, pretty=True)
    check(written(tmp_path / "a.log", frames, BLOCKS["plain"]), frames, Version.V12, timedelta(milliseconds=1))


def test_a_table_holds_envelopes(tmp_path: Path) -> None:
    frames = envelopes(NAMES, pretty=True)
    out = io.StringIO()
    rows = [(utc(frame), way(frame, "in", "out"), frame.raw) for frame in frames]
    csv.writer(out).writerows([("created_at", "direction", "message"), *rows])
    path = tmp_path / "messages.csv"
    path.write_text(out.getvalue(), newline="")
    check(read(path), frames, Version.V15, timedelta(milliseconds=1))


def test_a_table_holds_calls_beside_their_answers(tmp_path: Path) -> None:
    frames = envelopes(NAMES, pretty=True)
    rows = [
        (utc(frame), frame.raw, "" if frame.half is None else utc(frames[frame.half]), other.raw if other else "")
        for number, frame in enumerate(frames)
        for other in [None if frame.half is None else frames[frame.half]]
        if frame.half is None or frame.half > number
    ]
    out = io.StringIO()
    csv.writer(out).writerows([("request time", "request", "response time", "response"), *rows])
    path = tmp_path / "messages.csv"
    path.write_text(out.getvalue(), newline="")
    found = read(path)
    assert sorted(str(record.raw) for record in found.records) == sorted(frame.raw for frame in frames)
    pairs = {str(record.raw): found.timeline.other_half(index) for index, record in enumerate(found.records)}
    for frame in frames:
        other = pairs[frame.raw]
        assert (None if other is None else found.records[other].raw) == (
            None if frame.half is None else frames[frame.half].raw
        )
    directions = {str(record.raw): record.direction for record in found.records}
    ways = {frame.raw: Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames}
    assert directions == ways


@pytest.mark.parametrize("pretty", [False, True])
def test_envelopes_may_have_nothing_around_them(tmp_path: Path, pretty: bool) -> None:
    """One that is cut off must not swallow those behind it."""
    frames = envelopes(NAMES, pretty=pretty)
    path = tmp_path / "all.xml"
    path.write_text("\n".join(frame.raw for frame in frames))
    found = read(path)
    assert [record.raw for record in found.records] == [frame.raw for frame in frames]
    assert [record.charge_point for record in found.records] == [frame.name for frame in frames]
    assert [found.timeline.other_half(index) for index in range(len(frames))] == [frame.half for frame in frames]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_of_json_holds_envelopes(tmp_path: Path, indent: int | None) -> None:
    frames = envelopes(NAMES)
    path = tmp_path / "messages.json"
    path.write_text(json.dumps([{"time": utc(frame), "body": frame.raw} for frame in frames], indent=indent))
    check(read(path), frames, Version.V15, timedelta(milliseconds=1))


def test_the_whole_log_may_be_one_line(tmp_path: Path) -> None:
    """WCF writes its message log without a line feed."""
    frames = envelopes(NAMES)
    check(written(tmp_path / "a.svclog", frames, svclog, ""), frames, Version.V15, timedelta(milliseconds=1))


@pytest.mark.parametrize("between", ["", "\n"])
@settings(max_examples=15)
@given(share=st.floats(0.2, 0.999), place=st.integers(0, 15))
def test_an_envelope_that_was_cut_anywhere_ends_with_the_record_around_it(
    tmp_path_factory: pytest.TempPathFactory, between: str, share: float, place: int
) -> None:
    """WCF cuts long messages: the text would lose what is left of a tag, or take the record around it along."""
    frames = envelopes(NAMES)
    raw = frames[place].raw
    cut = [*frames[:place], replace(frames[place], raw=raw[: int(len(raw) * share)]), *frames[place + 1 :]]
    path = tmp_path_factory.mktemp("cut") / "a.svclog"
    path.write_text(between.join(svclog(frame, number) for number, frame in enumerate(cut)))
    found = read(path, ImportOptions(keep_copies=True))  # else a cut answer may be a shortened copy of another
    assert [str(one).rstrip() for one in found.raws] == [frame.raw.rstrip() for frame in cut]


def test_spring_repeats_the_request_beside_its_response(tmp_path: Path) -> None:
    """Every request would count twice."""
    frames = [frame for frame in envelopes(NAMES) if frame.half is not None]

    def line(frame: Exchanged, number: int) -> str:
        text = BLOCKS["spring-ws"](frame, number)
        is_answer = frames[place[frame.raw]].time < frame.time
        return f"{text} for request [{frames[place[frame.raw]].raw}]" if is_answer else text

    everything = envelopes(NAMES)
    numbers = {frame.raw: everything[frame.half].raw for frame in frames if frame.half is not None}
    where = {frame.raw: index for index, frame in enumerate(frames)}
    place = {raw: where[other] for raw, other in numbers.items()}
    frames = [replace(frame, half=place[frame.raw]) for frame in frames]
    found = written(tmp_path / "spring.log", frames, line)
    assert [record.raw for record in found.records] == [frame.raw for frame in frames]
    assert [found.timeline.other_half(index) for index in range(len(frames))] == [frame.half for frame in frames]


def test_json_and_soap_are_in_one_log(tmp_path: Path) -> None:
    """A central system has charge points of both kinds; a cut envelope must not swallow a frame of JSON."""
    old, new = envelopes(("OLD-1", "OLD-2"), pretty=True), conversation(NAMES, Version.V16)
    mixed = sorted([*old, *new], key=lambda frame: frame.time)
    path = tmp_path / "backend.log"
    path.write_text("".join(f"{utc(f)} [{f.name}] {way(f, 'Received', 'Sent')}: {f.raw}\n" for f in mixed))
    found = read(path)
    assert [record.raw for record in found.records] == [frame.raw for frame in mixed]
    assert [record.charge_point for record in found.records] == [frame.name for frame in mixed]
    assert [record.direction for record in found.records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in mixed
    ]
    halves = [found.timeline.other_half(index) for index in range(len(mixed))]
    paired = [
        None if frame.half is None else mixed.index((old if frame in old else new)[frame.half]) for frame in mixed
    ]
    assert halves == paired


def test_an_envelope_in_a_frame_of_json_is_no_record(tmp_path: Path) -> None:
    """A DataTransfer may carry anything."""
    inner = envelopes(NAMES)[0].raw
    raw = json.dumps([2, "1", "DataTransfer", {"vendorId": "x", "data": inner}])
    path = tmp_path / "a.log"
    path.write_text(f"2026-03-14T09:30:00Z CP-77 received {raw}\n")
    assert [record.raw for record in read(path).records] == [raw]
