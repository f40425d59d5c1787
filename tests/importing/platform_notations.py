"""A conversation as the loggers and platforms of many languages write it: a line, or several, of one frame."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from ocpptui.ocpp.date_times import micros_of
from tests.importing.conversation import Exchanged
from tests.importing.logger_lines import iso, utc, way

File = Callable[[Sequence[Exchanged]], str]
_json = json.dumps


def _millis(frame: Exchanged) -> int:
    return micros_of(frame.time) // 1000


def _said(frame: Exchanged) -> str:
    return f"{frame.name}: {way(frame, 'received', 'sent')} {frame.raw}"


def _gelf(frame: Exchanged) -> str:
    return _json({
        "version": "1.1", "host": "csms-1", "short_message": f"OCPP message {way(frame, 'received', 'sent')}",
        "full_message": frame.raw, "timestamp": micros_of(frame.time) / 1e6, "level": 7, "_charge_point": frame.name,
    })  # fmt: skip


def _journald(frame: Exchanged, message: Any) -> str:
    time = str(micros_of(frame.time))
    return _json({"__REALTIME_TIMESTAMP": time, "_HOSTNAME": "gw", "SYSLOG_IDENTIFIER": "csms", "MESSAGE": message})


def _verb(frame: Exchanged, verb: str, other: str) -> str:
    return f"{frame.name} {verb} {other}" if frame.up else f"{other} {verb} {frame.name}"


def _org(frame: Exchanged) -> str:
    drawer = f"  :PROPERTIES:\n  :CREATED: {utc(frame)}\n  :CHARGER: {frame.name}\n  :END:"
    return f"* {way(frame, 'received', 'sent')}\n{drawer}\n  #+begin_src json\n  {frame.raw}\n  #+end_src"


LINES: dict[str, Callable[[Exchanged], str]] = {
    "drawers of Org": _org,
    "spring boot": lambda f: (
        f"{utc(f)} DEBUG 1 --- [csms] [nio-8080-exec-{1 + (f.time.second % 3)}] c.a.ocpp.OcppWebSocketHandler "
        f"          : [{f.name}] {way(f, '<--', '-->')} {f.raw}"
    ),
    "logback mdc": lambda f: (
        f"{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03} [pool-2-thread-1] DEBUG [cp={f.name},"
        f"trace=ab12cd34] c.acme.Ocpp - {way(f, 'REQ IN', 'RES OUT')} | {f.raw}"
    ),
    "jul": lambda f: (
        f"{f.time:%b %d, %Y %I:%M:%S %p} com.acme.Csms onMessage\nFINE: {f.name} {way(f, 'received', 'sent')}: {f.raw}"
    ),
    "serilog console": lambda f: (
        f"[{f.time:%H:%M:%S} DBG] {way(f, 'Received', 'Sent')} from {f.name}: {f.raw}"
        if f.up
        else f"[{f.time:%H:%M:%S} DBG] Sent to {f.name}: {f.raw}"
    ),
    "nlog pipes": lambda f: f"{iso(f.local(0))}0|TRACE|Acme.Csms.Ocpp|{f.name}|{way(f, 'RX', 'TX')}|{f.raw}",
    "log4net": lambda f: (
        f"{iso(f.local(0)).replace('.', ',')} [14] DEBUG Acme.Ocpp [{f.name}] - "
        f"{way(f, 'Incoming', 'Outgoing')}: {f.raw}"
    ),
    "go std": lambda f: f"{f.time:%Y/%m/%d %H:%M:%S} ws.go:212: {f.name} {way(f, '<-', '->')} {f.raw}",
    "go glog": lambda f: (
        f"I{f.time:%m%d %H:%M:%S}.{f.time.microsecond:06}   31337 ocpp.go:88] {f.name}: "
        f"{way(f, 'recv', 'send')} {f.raw}"
    ),
    "zerolog console": lambda f: (
        f"{f.time:%Y-%m-%dT%H:%M:%SZ} DBG {way(f, 'message received', 'message sent')} cp={f.name} raw={_json(f.raw)}"
    ),
    "monolog": lambda f: (
        f"[{f.time:%Y-%m-%dT%H:%M:%S}.{f.time.microsecond:06}+00:00] ocpp.DEBUG: "
        f"{way(f, 'Received message', 'Sent message')} " + _json({"cp": f.name, "frame": f.raw}) + " []"
    ),
    "monolog array": lambda f: (
        f"[{f.time:%Y-%m-%dT%H:%M:%S}.{f.time.microsecond:06}+00:00] ocpp.DEBUG: {way(f, 'in', 'out')} {f.raw} "
        + _json({"chargePoint": f.name})
        + " []"
    ),
    "ratchet": lambda f: f"[{iso(f.local(0))[:19]}] {way(f, '<==', '==>')} ({f.name}) {f.raw}",
    "pino pretty": lambda f: (
        f"[{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03}] DEBUG (412): {way(f, 'rx', 'tx')}\n    cp: "
        f"{_json(f.name)}\n    frame: {_json(f.raw)}"
    ),
    "bunyan": lambda f: _json(
        {
            "name": "csms",
            "hostname": "h1",
            "pid": 4,
            "level": 20,
            "cpId": f.name,
            "msg": f"{way(f, '<<', '>>')} {f.raw}",
            "time": utc(f),
            "v": 0,
        }
    ),
    "elixir": lambda f: (
        f"{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03} [debug] [cp_id: {f.name}] "
        f"{way(f, 'Received', 'Pushing')} frame: {_json(f.raw)}"
    ),
    "elixir tuple": lambda f: (
        f"{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03} pid=<0.812.0> cp={f.name} [debug] {way(f, 'in', 'out')} "
        "{:text, " + _json(f.raw) + "}"
    ),
    "rust tracing": lambda f: (
        f"{f.time:%Y-%m-%dT%H:%M:%S}.{f.time.microsecond:06}Z DEBUG ws{{id={f.name}}}: csms::ocpp: frame "
        f"direction={_json(way(f, 'in', 'out'))} text={_json(f.raw)}"
    ),
    "rust env_logger": lambda f: (
        f"[{f.time:%Y-%m-%dT%H:%M:%SZ} DEBUG csms::ws] {f.name} {way(f, '=>', '<=')} Text({_json(f.raw)})"
    ),
    "rust tungstenite": lambda f: (
        f"[{f.time:%Y-%m-%dT%H:%M:%SZ} TRACE csms] {f.name}: {way(f, 'Received', 'Sending')} message {f.raw}"
    ),
    "cpp spdlog": lambda f: f"[{iso(f.local(0))}] [ocpp] [debug] [{f.name}] {way(f, 'RX', 'TX')} {f.raw}",
    "cpp boost": lambda f: (
        f"[{f.time:%Y-%m-%d %H:%M:%S}.{f.time.microsecond:06}] [0x00007f1c2d3e4f00] [debug]   {f.name} "
        f"{way(f, 'Received', 'Sent')}: {f.raw}"
    ),
    "cpp everest": lambda f: (
        f"{f.time:%Y-%m-%d %H:%M:%S}.{f.time.microsecond:06} [DEBG] ocpp:OCPP :: {f.name} "
        f"{way(f, 'CSMS <', 'CSMS >')} {f.raw}"
    ),
    "python logging": lambda f: (
        f"{iso(f.local(0)).replace('.', ',')} - ocpp - DEBUG - {f.name} - {way(f, 'receive', 'send')} - {f.raw}"
    ),
    "python loguru": lambda f: (
        f"{iso(f.local(0))} | DEBUG    | csms.ws:handle:88 - [{f.name}] {way(f, '<<', '>>')} {f.raw}"
    ),
    "python structlog": lambda f: (
        f"{utc(f)} [debug    ] {way(f, 'frame_received', 'frame_sent')}          charge_point={f.name} "
        f"frame={_json(f.raw)}"
    ),
    "plc": lambda f: f"{f.time:%d.%m.%Y %H:%M:%S};INFO;OCPP_FB;{f.name};{way(f, 'RECV', 'SEND')};{f.raw}",
    "codesys": lambda f: f"{utc(f)} 0x00000000 0x00000102 OCPP.Comm {f.name} {way(f, 'Rx', 'Tx')}: {f.raw}",
    "logcat brief": lambda f: (
        f"{f.time:%m-%d %H:%M:%S}.{f.time.microsecond // 1000:03}  1234  1299 D OcppClient: {f.name} "
        f"{way(f, 'onMessage', 'send')}: {f.raw}"
    ),
    "logcat year": lambda f: (
        f"{f.time:%Y-%m-%d %H:%M:%S}.{f.time.microsecond // 1000:03}  1234-1299  OcppClient  com.acme.csms  D "
        f" {f.name} {way(f, 'received', 'sent')}: {f.raw}"
    ),
    "docker compose": lambda f: f"csms-1      | {utc(f)} {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "docker compose ts": lambda f: (
        f"csms-1  | {f.time:%Y-%m-%dT%H:%M:%S}.{f.time.microsecond:06}000Z debug: [{f.name}] "
        f"{way(f, 'in', 'out')} {f.raw}"
    ),
    "kubectl prefix": lambda f: f"[pod/csms-6d5f7c8b9-x2x4z/csms] {utc(f)} {f.name} {way(f, '<--', '-->')} {f.raw}",
    "stern": lambda f: (
        f"csms-6d5f7c8b9-x2x4z csms {utc(f)} level=debug station={f.name} dir={way(f, 'rx', 'tx')} msg={_json(f.raw)}"
    ),
    "gelf": _gelf,
    "journald json": lambda f: _journald(f, _said(f)),
    "journald bytes": lambda f: _journald(f, list(_said(f).encode())),
    "journal short-iso": lambda f: (
        f"{f.local(1):%Y-%m-%dT%H:%M:%S}+0100 gw csms[812]: {f.name} {way(f, 'received', 'sent')} {f.raw}"
    ),
    "journal short-unix": lambda f: (
        f"{micros_of(f.time) / 1e6:.6f} gw csms[812]: {f.name} {way(f, 'received', 'sent')} {f.raw}"
    ),
    "busybox syslog": lambda f: f"{f.time:%b %e %H:%M:%S} ctrl user.debug ocppd: {f.name} {way(f, 'RX', 'TX')} {f.raw}",
    "rfc5424": lambda f: f'<135>1 {utc(f)} gw csms 812 OCPP [meta cp="{f.name}" dir="{way(f, "in", "out")}"] {f.raw}',
    "heroku": lambda f: (
        f"{f.time:%Y-%m-%dT%H:%M:%S}.{f.time.microsecond:06}+00:00 app[web.1]: {f.name} "
        f"{way(f, 'received', 'sent')} {f.raw}"
    ),
    "cloudwatch tail": lambda f: (
        f"{f.time:%Y-%m-%dT%H:%M:%S}+00:00 csms/web/0f1e2d3c4b5a69788796a5b4c3d2e1f0 {f.name} "
        f"{way(f, 'received', 'sent')} {f.raw}"
    ),
    "aws lambda": lambda f: (
        f"{utc(f)}\t0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\tINFO\t{f.name} {way(f, 'received', 'sent')} {f.raw}"
    ),
    "aws iot": lambda f: _json(
        {
            "timestamp": utc(f),
            "logLevel": "INFO",
            "eventType": "Publish-In",
            "topicName": f"ocpp/{f.name}/{way(f, 'up', 'down')}",
            "clientId": "bridge",
            "payload": f.raw,
        }
    ),
    "mosquitto_sub": lambda f: f"{utc(f)} ocpp/{f.name}/{way(f, 'rx', 'tx')} {f.raw}",
    "nodered debug": lambda f: (
        f"{f.time.day} {f.time:%b %H:%M:%S} - [info] [debug:ocpp {way(f, 'in', 'out')}] "
        f"\n{{ cp: '{f.name}', payload: {_json(f.raw)} }}"
    ),
    "kafka console": lambda f: (
        f"{f.name}\t" + _json({"ts": _millis(f), "direction": way(f, "INBOUND", "OUTBOUND"), "payload": f.raw})
    ),
    "steve": lambda f: (
        f"[DEBUG] {iso(f.local(0)).replace('.', ',')} de.rwth.idsg.steve.ocpp.ws.WebSocketLogger (qtp1-41) - "
        f"[chargeBoxId={f.name}, sessionId=3f2a-{f.name[-1]}] {way(f, 'Received', 'Sending')}: {f.raw}"
    ),
    "citrine": lambda f: (
        f"{utc(f)}\tDEBUG\t/usr/local/apps/citrineos/Server/dist/index.js:55:12\tCitrineOS:WebsocketNetworkConnection\t"
        f"{way(f, 'Received message', 'Sent message')} "
        f"{f.name} {f.raw}"
    ),
    "maeve": lambda f: _json(
        {
            "time": utc(f),
            "level": "DEBUG",
            "msg": way(f, "received message", "sending message"),
            "chargeStationId": f.name,
            "data": f.raw,
        }
    ),
    "ocpp-go": lambda f: (
        f'time="{f.time:%Y-%m-%dT%H:%M:%SZ}" level=info '
        f"msg={_json(way(f, 'received JSON message from ', 'sent JSON message to ') + f.name + ': ' + f.raw)} "
        f"logger=websocket"
    ),
    "evcc": lambda f: f"[ocpp  ] TRACE {f.time:%Y/%m/%d %H:%M:%S} {way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "browser console": lambda f: (
        f"{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03} ocpp.js:88 {f.name} {way(f, '⬇', '⬆')} {f.raw}"
    ),
    "websocat": lambda f: f"[{iso(f.local(0))}] {f.name} {way(f, 'INCOMING', 'OUTGOING')} Text {len(f.raw)} {f.raw}",
    "csv-ish quotes": lambda f: f"'{utc(f)}','{f.name}','{way(f, 'in', 'out')}','{f.raw}'",
    "xml log4j": lambda f: (
        f'<log4j:event logger="ocpp" timestamp="{_millis(f)}" level="DEBUG" '
        f'thread="t1"><log4j:message><![CDATA[{f.name} {way(f, "received", "sent")} '
        f"{f.raw}]]></log4j:message></log4j:event>"
    ),
    "windows event": lambda f: (
        f"{f.local(0):%m/%d/%Y %I:%M:%S %p}\tInformation\tOCPP\t1001\t{way(f, 'Received', 'Sent')} {f.name} {f.raw}"
    ),
    "quectel": lambda f: (
        f"[{f.time:%Y-%m-%d_%H:%M:%S}:{f.time.microsecond // 1000:03}]{f.name} {way(f, 'RECV', 'SEND')}:{f.raw}"
    ),
    "nginx njs": lambda f: (
        f"{f.time:%Y/%m/%d %H:%M:%S} [info] 31#31: *{7 if f.name[-1] == '1' else 9} js: {f.name} "
        f"{way(f, 'c2s', 's2c')} {f.raw}"
    ),
    "akka": lambda f: (
        f"{f.time:%H:%M:%S}.{f.time.microsecond // 1000:03} [csms-akka.actor.default-dispatcher-5] DEBUG c.a.OcppActor "
        f"akka://csms/user/cp-manager/{f.name} - {way(f, 'Received', 'Sending')} {f.raw}"
    ),
    "Sentry": lambda f: _json(
        {
            "timestamp": micros_of(f.time) / 1e6,
            "category": "ocpp",
            "level": "debug",
            "message": f.raw,
            "data": {"direction": way(f, "in", "out"), "cp": f.name},
        }
    ),  # fmt: skip
    "binary of Erlang behind a short word": lambda f: (
        f"{iso(f.local(0))} [info] <0.55.0>@cp:{f.name} {way(f, 'in', 'out')} <<{_json(f.raw)}>>"
    ),
    "Fiddler": lambda f: f"{f.time:%H:%M:%S}:{f.time.microsecond // 100:04} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "year of two digits": lambda f: f"{f.local(0):%y/%m/%d %H:%M:%S} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "year of two digits last": lambda f: f"{f.local(0):%d/%m/%y %H:%M:%S} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "tenant behind the name": lambda f: f"{utc(f)} /{f.name}/ocpp/acme {way(f, 'recv', 'send')} {f.raw}",
    "tenant behind the name in a URL": lambda f: (
        f"{utc(f)} wss://csms.example/{f.name}/ocpp/acme {way(f, 'recv', 'send')} {f.raw}"
    ),
    "verb of no list": lambda f: f"{utc(f)} {_verb(f, 'tells', 'CSMS')}: {f.raw}",
    "verb and an article": lambda f: f"{utc(f)} {_verb(f, 'whispers to', 'the backend')} {f.raw}",
    "sign of no list": lambda f: f"{utc(f)} {_verb(f, '~>', 'Central System')} {f.raw}",
    "sequence diagram": lambda f: f"{utc(f)} {_verb(f, '->>', 'server')}: {f.raw}",
    "plus and minus": lambda f: f"{utc(f)} {f.name} {way(f, '+', '-')} {f.raw}",
    "plus and minus in brackets": lambda f: f"{utc(f)} [{way(f, '-', '+')}] {f.name}: {f.raw}",
    "object in a string": lambda f: (
        f"ts={utc(f)} level=debug msg={_json(_json({'cp': f.name, 'dir': way(f, 'in', 'out'), 'frame': f.raw}))} a=1"
    ),
    "object in a string, and fields behind it": lambda f: (
        f"{utc(f)} level=debug msg={_json(_json({'text': f.raw}))} station={f.name} dir={way(f, 'rx', 'tx')}"
    ),
    "list in an object in a string": lambda f: (
        f"{utc(f)} app: " + _json(f'{{"box": "{f.name}", "frame": {f.raw}, "way": "{way(f, "in", "out")}"}}')
    ),
    "list of Redis": lambda f: (
        f"7) {_json(_json({'time': utc(f), 'box': f.name, 'way': way(f, 'in', 'out'), 'frame': f.raw}))}"
    ),
    "who speaks": lambda f: f"{utc(f)} [{f.name}] {way(f, 'charger', 'server')} speaks: {f.raw}",
    "heading two lines above": lambda f: f"--- {f.name} --- {utc(f)} ---\nsession=9f\n{way(f, 'recv', 'send')} {f.raw}",
    "heading with an unknown key below": lambda f: (
        f"*** {f.name} *** {iso(f.local(0))} ***\nblah=9f\n{way(f, 'received', 'sent')}:\n{f.raw}\n"
    ),
}
"""Notations of one frame."""


def _webinspector(frames: Sequence[Exchanged]) -> str:
    return _json({"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537"}, "entries": [
        {
            "startedDateTime": "2026-03-14T09:30:00.000Z", "_resourceType": "websocket",
            "request": {"method": "GET", "url": f"wss://csms.example/ocpp/{name}", "headers": []},
            "response": {"status": 101, "headers": []},
            "_webSocketMessages": [
                {"type": "send" if f.up else "receive", "time": micros_of(f.time) / 1e6, "opcode": 1, "data": f.raw}
                for f in frames if f.name == name
            ],
        }
        for name in dict.fromkeys(f.name for f in frames)
    ]}})  # fmt: skip


def _app_insights(frames: Sequence[Exchanged]) -> str:
    names = ("timestamp", "message", "severityLevel", "customDimensions", "cloud_RoleName")
    rows = [
        [utc(f), f"OCPP {way(f, 'IN', 'OUT')} {f.raw}", 1, _json({"ChargePointId": f.name, "Env": "prod"}), "csms"]
        for f in frames
    ]
    columns = [{"name": name, "type": "string"} for name in names]
    return _json({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}]})


_POD = {"type": "k8s_container", "labels": {"pod_name": "csms-6d5f7c8b9-x2x4z", "cluster_name": "c1"}}


def _cloud_logging(frames: Sequence[Exchanged]) -> str:
    return _json([
        {
            "insertId": f"x{number}", "resource": _POD, "timestamp": utc(f), "severity": "DEBUG",
            "jsonPayload": {"direction": way(f, "INBOUND", "OUTBOUND"), "frame": f.raw, "station": f.name},
        }
        for number, f in enumerate(frames)
    ])  # fmt: skip


def _cloud_logging_as_text(frames: Sequence[Exchanged]) -> str:
    return _json([
        {
            "insertId": f"x{number}", "resource": _POD, "timestamp": utc(f), "severity": "DEBUG",
            "textPayload": f"[{f.name}] {way(f, 'received', 'sent')}: {f.raw}",
        }
        for number, f in enumerate(frames)
    ])  # fmt: skip


def _datadog(frames: Sequence[Exchanged]) -> str:
    return _json({"data": [
        {"id": f"AQ{number}", "type": "log", "attributes": {
            "timestamp": utc(f), "host": "i-0abc", "tags": ["env:prod", f"station:{f.name}"],
            "attributes": {"direction": way(f, "in", "out")}, "message": f.raw,
        }}
        for number, f in enumerate(frames)
    ]})  # fmt: skip


def _insomnia(frames: Sequence[Exchanged]) -> str:
    return _json({"_type": "export", "resources": [
        {
            "_id": f"ws-msg_{number}", "_type": "websocket_message", "direction": "OUTGOING" if f.up else "INCOMING",
            "timestamp": _millis(f), "data": f.raw, "url": f"ws://csms/ocpp/{f.name}",
        }
        for number, f in enumerate(frames)
    ]})  # fmt: skip


def _table(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def _datadog_table(frames: Sequence[Exchanged]) -> str:
    names = ["Date", "Host", "Service", "@station.id", "Message"]
    return _table([names, *([utc(f), "i-0a", "csms", f.name, f"ws {way(f, 'recv', 'send')} {f.raw}"] for f in frames)])


def _splunk_table(frames: Sequence[Exchanged]) -> str:
    rows = [["_time", "_raw", "host", "source", "linecount"]]
    for f in frames:
        line = f"{iso(f.local(1))} DEBUG [ocpp-io-3] {f.name} {way(f, '<<<', '>>>')} {f.raw}"
        rows.append([f"{iso(f.local(1)).replace(' ', 'T')}+0100", line, "csms-1", "/var/log/csms.log", "1"])
    return _table(rows)


def _escaped(raw: str, signs: str) -> str:
    return "".join(f"\\{sign}" if sign in signs else sign for sign in raw)


def _markdown(frames: Sequence[Exchanged], mark: str = "") -> str:
    rows = (f"| {utc(f)} | {f.name} | {way(f, 'in', 'out')} | {mark}{_escaped(f.raw, '|')}{mark} |\n" for f in frames)
    return "| Time | Charger | Direction | Message |\n|---|---|---|---|\n" + "".join(rows)


def _jira(frames: Sequence[Exchanged], signs: str = "|") -> str:
    rows = (f"|{utc(f)}|{f.name}|{way(f, 'in', 'out')}|{_escaped(f.raw, signs)}|\n" for f in frames)
    return "||Time||Charger||Direction||Message||\n" + "".join(rows)


def _headerless(frames: Sequence[Exchanged], separator: str) -> str:
    return _table(
        [[str(4000 + n), utc(f), f.name, way(f, "in", "out"), f.raw] for n, f in enumerate(frames)], separator
    )


FILES: dict[str, File] = {
    "HAR of a browser": _webinspector,
    "Azure Application Insights": _app_insights,
    "Cloud Logging": _cloud_logging,
    "Cloud Logging as text": _cloud_logging_as_text,
    "Datadog": _datadog,
    "Datadog as a table": _datadog_table,
    "Insomnia": _insomnia,
    "Splunk as a table": _splunk_table,
    "Markdown": _markdown,
    "Markdown with code": lambda frames: _markdown(frames, "`"),
    "Jira": _jira,
    "Jira with escapes": lambda frames: _jira(frames, "|[{"),
    "table without a header": lambda frames: _headerless(frames, ","),
    "table without a header, between semicolons": lambda frames: _headerless(frames, ";"),
}
"""Notations of whole files."""
