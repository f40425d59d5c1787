"""How further loggers write the frames of a conversation: each a line, or several, of one frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from ocpptui.ocpp.date_times import micros_of
from tests.importing.conversation import Exchanged

Line = Callable[[Exchanged], str]


def iso(moment: datetime) -> str:
    """With milliseconds, without a zone."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03}"


def utc(frame: Exchanged) -> str:
    return iso(frame.time).replace(" ", "T") + "Z"


def way(frame: Exchanged, received: str, sent: str) -> str:
    """The words of the central system's log."""
    return received if frame.up else sent


def _pair(frame: Exchanged, station: str, backend: str, arrow: str) -> str:
    """The addresses between which a frame went."""
    station = station.format(5 if frame.name.endswith("7") else 6)
    return f"{station} {arrow} {backend}" if frame.up else f"{backend} {arrow} {station}"


BY_NAME: dict[str, Line] = {
    "long arrows": lambda f: f"[{iso(f.local(0))}] INFO (4711 on host-1): {f.name} {way(f, '-->', '<--')} {f.raw}",
    "angle brackets": lambda f: f"{utc(f)} <{f.name}> {way(f, 'recv', 'send')}: {f.raw}",
    "direction of id": lambda f: f"{utc(f)} {way(f, 'RX', 'TX')}({f.name}) {f.raw}",
    "indexed": lambda f: f"{utc(f)} CP[{f.name}] {way(f, 'Received', 'Sent')} {f.raw}",
    "indexed socket": lambda f: f"{utc(f)} ws[{f.name}] {way(f, 'in', 'out')}: {f.raw}",
    "bars with spaces": lambda f: f"{utc(f)} | {f.name} | {way(f, 'RECEIVED', 'SENT')} | {f.raw}",
    "bars with a thread and a label": lambda f: (
        f"{utc(f)} | INFO | ws-{f.name[-1]} | charger={f.name} | {way(f, 'INBOUND', 'OUTBOUND')} | {f.raw}"
    ),
    "bars with a logger": lambda f: (
        f"{iso(f.local(0))} | DEBUG    | app.ws:handle:142 - {f.name} | {way(f, 'received', 'sent')} | {f.raw}"
    ),
    "arrows between addresses": lambda f: (
        f"{utc(f)} 10.1.0.{f.name[-1]}:41000 {way(f, '=>', '<=')} 192.168.9.9:9000 /ocpp16/{f.name} {f.raw}"
    ),
    "both parties": lambda f: f"{utc(f)} {f.name + ' -> CSMS' if f.up else 'CSMS -> ' + f.name} {f.raw}",
    "double arrow": lambda f: f"{utc(f)} {f.name + ' => server' if f.up else 'server => ' + f.name} | {f.raw}",
    "from and to keys": lambda f: f"{utc(f)} {way(f, 'from', 'to')}: {f.name} msg: {f.raw}",
    "all in keys": lambda f: f"{utc(f)} charger={f.name} direction={way(f, 'in', 'out')} payload={f.raw}",
    "quoted key": lambda f: f'{utc(f)} charge_point_id="{f.name}" {way(f, "inbound", "outbound")} {f.raw}',
    "quoted name": lambda f: f"{utc(f)} message {way(f, 'received from', 'sent to')} '{f.name}': {f.raw}",
    "message from": lambda f: f"{utc(f)} {way(f, 'Message from', 'Response to')} charge point {f.name}: {f.raw}",
    "streams": lambda f: f"{utc(f)} {f.name} {way(f, 'upstream', 'downstream')} {f.raw}",
    "laravel": lambda f: f"[{iso(f.local(0))}] prod.DEBUG: [{f.name}] {way(f, 'Incoming', 'Outgoing')} OCPP {f.raw}",
    "rails": lambda f: f"D, [{iso(f.local(0))} #4711] DEBUG -- : [{f.name}] {way(f, '<=', '=>')} {f.raw}",
    "android": lambda f: f"{iso(f.local(1))} 1234 5678 D OCPP: {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "logcat": lambda f: f"{iso(f.local(1))[5:]}  1234  5678 D Ocpp: {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "klog": lambda f: (
        f"I{f.local(1):%m%d %H:%M:%S.%f} 7 ocpp.go:12] {f.name}: {way(f, 'received', 'answering')} {f.raw}"
    ),
    "kibana": lambda f: (
        f"{f.local(1):%b %d, %Y @ %H:%M:%S}.{f.time.microsecond // 1000:03}\t[{f.name}] "
        f"{way(f, 'RAW_RCV', 'RAW_SND')}: {f.raw}"
    ),
    "zap": lambda f: (
        f"{utc(f)}\tDEBUG\tocpp/server.go:123\t{way(f, 'received', 'sent')}\t"
        f'{{"cp": "{f.name}", "raw": {json.dumps(f.raw)}}}'
    ),
    "logrus": lambda f: (
        f'time="{utc(f)}" level=debug msg="{way(f, "recv", "send")}" cp={f.name} raw={json.dumps(f.raw)}'
    ),
    "slog": lambda f: f"time={utc(f)} level=INFO msg={json.dumps(way(f, 'got ', 'sent ') + f.raw)} station={f.name}",
    "rust": lambda f: f"{utc(f)}  INFO ocpp::session{{cp_id={f.name}}}: csms::ws: {way(f, 'recv', 'send')} {f.raw}",
    "apache": lambda f: f"{f.local(2):%d/%b/%Y:%H:%M:%S} +0200 {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "twelve hours": lambda f: f"{f.local(-5):%m/%d/%Y, %I:%M:%S %p} - {f.name} - {way(f, 'IN', 'OUT')} - {f.raw}",
    "javascript": lambda f: f"{f.local(2):%a %b %d %Y %H:%M:%S} GMT+0200 [{f.name}] {way(f, 'recv', 'sent')} {f.raw}",
    "topic": lambda f: f"{utc(f)} chargers/{f.name}/{way(f, 'in', 'out')} {f.raw}",
    "topic that ends in the name": lambda f: f"{utc(f)} ocpp/{way(f, 'rx', 'tx')}/{f.name}: {f.raw}",
    "topic that says from whom": lambda f: f"{utc(f)} ocpp/{f.name}/{way(f, 'from-cp', 'to-cp')} {f.raw}",
    "labels": lambda f: f"{utc(f)} ChargerID: {f.name} Direction: {way(f, 'Incoming', 'Outgoing')} Message: {f.raw}",
    "winston": lambda f: f"{utc(f)} [csms] debug: [{f.name}] {way(f, '<-', '->')} {f.raw}",
    "erlang": lambda f: f"{utc(f)} [debug] <0.1234.0> {f.name}: {way(f, 'received', 'sent')} {f.raw}",
    "many brackets": lambda f: f"[{utc(f)}][DEBUG][ocpp][{f.name}][{way(f, 'RX', 'TX')}] {f.raw}",
    "many dashes": lambda f: f"{utc(f)} - {f.name} - {way(f, 'RX', 'TX')} - {f.raw}",
    "semicolons": lambda f: f"{utc(f)}; {f.name}; {way(f, 'received', 'sent')}; {f.raw}",
    "emoji": lambda f: f"{utc(f)} {way(f, '⬅️', '➡️')} {f.name}: {f.raw}",
    "compact time": lambda f: f"{f.time:%Y%m%dT%H%M%S}.{f.time:%f}Z {f.name}: {way(f, 'recv', 'send')} {f.raw}",
    "seconds since 1970": lambda f: f"{micros_of(f.time) / 1e6:.3f} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "name of the month": lambda f: f"{f.local(1):%d %b %Y %H:%M:%S} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "french": lambda f: f"{f.local(1):%d/%m/%Y %H:%M:%S} {f.name} {way(f, 'reçu', 'envoyé')} {f.raw}",
    "heading": lambda f: f"=== {utc(f)} {f.name} {way(f, 'RECEIVED', 'SENT')} ===\n{f.raw}\n",
    "two lines": lambda f: f"{f.local(1):%H:%M:%S} {f.name}\n  {way(f, '<', '>')} {f.raw}",
}
"""Lines that name the charge point."""

BY_TOOL: dict[str, Line] = {
    "mitmproxy": lambda f: (
        f"[{iso(f.local(0))[11:]}] WebSocket text message client {way(f, '->', '<-')} server: /ocpp/{f.name}\n\n"
        f"    {f.raw}\n"
    ),
    "charles": lambda f: f"{way(f, 'Client', 'Server')} [{f.local(0):%H:%M:%S}] {f.name}\n{f.raw}",
    "JMeter": lambda f: (
        f"{iso(f.local(0)).replace('.', ',')} INFO WebSocket: {way(f, 'Received', 'Sent')} text frame with payload "
        f"length {len(f.raw)} and content '{f.raw}' [{f.name}]"
    ),
    "ASP.NET": lambda f: (
        f"{f.local(0):%H:%M:%S} info: Ocpp.Ws[0]\n      => ConnectionId:0HN{f.name} => RequestPath:/ocpp/{f.name}\n"
        f"      {way(f, 'Received', 'Sent')}: {f.raw}"
    ),
    "PHP": lambda f: f"[{f.local(0):%d-%b-%Y %H:%M:%S} UTC] {way(f, 'Message from', 'Message to')} {f.name}: {f.raw}",
    "date and time apart": lambda f: (
        f"{f.local(0):%Y-%m-%d} | {f.local(0):%H:%M:%S.%f} | {f.name} | {way(f, 'IN', 'OUT')} | {f.raw}"
    ),
    "time with dots": lambda f: f"{f.local(0):%d.%m.%Y %H.%M.%S} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "Kibana": lambda f: f"{f.local(0):%b %d, %Y @ %H:%M:%S} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "Chinese": lambda f: f"{f.local(0):%Y年%m月%d日 %H:%M:%S} [{f.name}] {way(f, '收到', '发送')}: {f.raw}",
    "Japanese": lambda f: f"{iso(f.local(0))} [{f.name}] {way(f, '受信', '送信')}: {f.raw}",
    "zone by name": lambda f: f"{f.local(2):%Y-%m-%d %H:%M:%S.%f} +0200 CEST {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "cell": lambda f: f'{utc(f)} {f.name} {way(f, "recv", "send")} "{f.raw.replace(chr(34), chr(34) * 2)}"',
    "bytes of Python": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} b'{f.raw}'",
    "escaped": lambda f: f'{utc(f)} level=info msg="{way(f, "recv", "send")} {f.name} {json.dumps(f.raw)[1:-1]}"',
    "URL": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {quote(f.raw)}",
    "comma behind": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {f.raw},",
    "full stop behind": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')}: {f.raw}.",
    "duration behind": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')}: {f.raw} took 12ms",
    "length": lambda f: f"{utc(f)} {f.name} {way(f, 'Received', 'Sent')} ({len(f.raw)}): {f.raw}",
    "message id": lambda f: f"{utc(f)} [{f.raw.split(chr(34))[1]}] {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "number of the EVSE": lambda f: f"{utc(f)} connector=1 evse=1 {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "IPv6": lambda f: f"{utc(f)} [2001:db8::{f.name[-1]}ab]:443 {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "model": lambda f: f"{utc(f)} Acme X1 {f.name} (fw 1.2.3) {way(f, 'recv', 'send')} {f.raw}",
}
"""Lines of further tools and libraries, which name the charge point."""

HEADERS: dict[str, Callable[[Exchanged], str]] = {
    "compose": lambda f: f"csms-1  | {utc(f)} ",
    "kubectl": lambda f: f"[pod/csms-7d9f8c6b5-x2x9k/csms] {utc(f)} ",
    "stern": lambda f: f"csms-7d9f8c6b5-x2x9k csms {utc(f)} ",
    "journal": lambda f: f"{f.local(0):%b %d %H:%M:%S.%f} csms-host-01 csms[4711]: ",
    "journal with a zone": lambda f: f"{f.local(2):%Y-%m-%dT%H:%M:%S.%f}+02:00 csms-host-01 csms[4711]: ",
    "journal since 1970": lambda f: f"{micros_of(f.time) / 1e6:.6f} csms-host-01 csms[4711]: ",
    "RFC 3164": lambda f: f"<134>{f.local(0):%b %e %H:%M:%S} csms-host-01 ocpp: ",
    "RFC 5424": lambda f: f'<165>1 {utc(f)} gw-01.example.net ocppd 4711 ID47 [ex@32473 iut="3"] ',
    "pm2": lambda f: f"0|csms     | {f.local(0):%Y-%m-%d %H:%M:%S}: ",
    "rsyslog with a year": lambda f: f"{f.local(0):%Y %b %d %H:%M:%S} csms-host-01 ocppd: ",
    "Papertrail": lambda f: f"{f.local(0):%b %d %H:%M:%S} csms-prod app/web.1: ",
    "heroku": lambda f: f"{f.time:%Y-%m-%dT%H:%M:%S.%f}+00:00 app[web.1]: ",
    "aws logs tail": lambda f: f"{utc(f)} ecs/csms/0f1e2d3c4b5a69788796a5b4c3d2e1f0 ",
    "containerd": lambda f: f"{f.time:%Y-%m-%dT%H:%M:%S.%f}123Z stdout F ",
    "elixir": lambda f: f"{iso(f.local(0))[11:]} pid=<0.512.0> request_id=FxYz12abCD [debug] ",
    "lager": lambda f: f"{iso(f.local(0))} [debug] <0.1234.0>@ocpp_session:handle_info:87 ",
    "glog": lambda f: f"I{f.local(0):%m%d %H:%M:%S.%f}   4711 server.go:123] ",
    "uvicorn": lambda f: f"DEBUG:    {iso(f.local(0)).replace('.', ',')} csms.ws:handle:88 - ",
    "log4j": lambda f: f"{iso(f.local(0)).replace('.', ',')} DEBUG [nioEventLoopGroup-3-1] c.a.o.WsHandler:88 - ",
    "serilog": lambda f: f"{iso(f.local(2))} +02:00 [DBG] ",
    "bunyan": lambda f: f"[{utc(f)}] DEBUG: csms/4711 on host-1: ",
    "pino": lambda f: f"[{iso(f.local(0))[11:]}] DEBUG (4711): ",
    "tracing": lambda f: f"{f.time:%Y-%m-%dT%H:%M:%S.%f}Z DEBUG csms::ws::handler: ",
    "nginx": lambda f: f"{f.local(0):%Y/%m/%d %H:%M:%S} [debug] 29#29: *1 ",
    "grep": lambda f: f"/var/log/csms/csms-2026-03-14.log-{utc(f)} ",
    "quoted": lambda f: f"> {utc(f)} ",
    "spdlog": lambda f: f"[{iso(f.local(0))}] [ocpp] [debug] ",
    "milliseconds in brackets": lambda f: f"[{micros_of(f.time) // 1000}] DEBUG ",
}
"""What loggers and tools write before the words of the program."""

PLACES: dict[str, Line] = {
    "colon": lambda f: f"{way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "brackets": lambda f: f"[{f.name}] {way(f, 'Received', 'Sent')} {f.raw}",
    "arrow": lambda f: f"{way(f, '<-', '->')} {f.name} {f.raw}",
    "behind": lambda f: f"{way(f, 'Received', 'Send a message')}: {f.raw} [{f.name}]",
    "quotes": lambda f: f"charger '{f.name}' {way(f, 'recv', 'send')} {f.raw}",
    "words in no list": lambda f: f"{f.name} {way(f, 'C2S', 'S2C')} {f.raw}",
    "who says it": lambda f: f"{f.name} {way(f, 'Charger', 'Server')} says {f.raw}",
    "an arrow in no list": lambda f: f"{way(f, '⟵', '⟶')} [{f.name}] {f.raw}",
}
"""Where programs write the name, and how the direction."""

DUMPS: dict[str, Line] = {
    "Wireshark": lambda f: (
        "No.     Time           Source                Destination           Protocol Length Info\n"
        f"      7 {f.local(1):%H:%M:%S.%f}   {_pair(f, '10.0.0.{}', '10.0.0.1', '         ')}    WebSocket 123\n\n"
        f"Line-based text data (1 lines)\n    {f.raw}\n"
    ),
    "tcpdump": lambda f: (
        f"{f.local(1):%H:%M:%S.%f} IP {_pair(f, '10.0.0.{}.51000', '10.0.0.1.9000', '>')}: Flags [P.], length 69\n"
        f"E..m..@.@.\n....#(..8...{f.raw}"
    ),
    "ngrep": lambda f: (
        f"T {f.local(0):%Y/%m/%d %H:%M:%S.%f} {_pair(f, '10.0.0.{}:51000', '10.0.0.1:9000', '->')} [AP] #7\n{f.raw}\n"
    ),
    "tshark": lambda f: (
        f"Frame 5: 200 bytes on wire\n    Arrival Time: {f.local(1):%b %d, %Y %H:%M:%S.%f} CET\n"
        f"Internet Protocol, Src: {_pair(f, '10.0.0.{}', '10.0.0.1', ', Dst:').replace(' ,', ',')}\n"
        + "".join(f"    Field {number}: {number}\n" for number in range(60))
        + f"    Payload\n    {f.raw}\n"
    ),
}
"""Dumps of packets: the addresses show who is who."""
