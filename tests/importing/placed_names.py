"""Lines of logs that name the charge point in places where few loggers do."""

from __future__ import annotations

import json

from ocpptui.ocpp.date_times import micros_of
from tests.importing.conversation import Exchanged
from tests.importing.logger_lines import Line, iso, utc, way


def _last_digit(frame: Exchanged) -> str:
    """A number for the connection of the charge point."""
    return frame.name[-1]


PLACED_NAMES: dict[str, Line] = {
    "path in url query": lambda f: f"{utc(f)} GET wss://csms/ocpp?cp={f.name} {way(f, 'recv', 'send')} {f.raw}",
    "tenant slash id": lambda f: f"{utc(f)} acme/{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "tenant colon id": lambda f: f"{utc(f)} acme:{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "tenant bracket id": lambda f: f"{utc(f)} [acme][{f.name}] {way(f, 'recv', 'send')} {f.raw}",
    "tenant comma id": lambda f: f"{utc(f)} (tenant-1, {f.name}) {way(f, 'recv', 'send')} {f.raw}",
    "dictionary of Python": lambda f: f"{utc(f)} {{'cp': '{f.name}', 'dir': '{way(f, 'in', 'out')}'}} {f.raw}",
    "tuple": lambda f: f"{utc(f)} ('{f.name}', '{way(f, 'RECV', 'SEND')}', '{f.raw}')",
    "thread name": lambda f: f"{iso(f.local(0))} [ocpp-{f.name}] DEBUG {way(f, 'Received', 'Sent')} {f.raw}",
    "role behind": lambda f: f"{iso(f.local(0))} [{f.name}-reader-1] DEBUG {way(f, 'Received', 'Sent')} {f.raw}",
    "logger name": lambda f: f"{iso(f.local(0))} DEBUG ocpp.cp.{f.name}: {way(f, 'Received', 'Sent')} {f.raw}",
    "logger of charge points": lambda f: (
        f"{iso(f.local(0))} - chargepoint.{f.name} - DEBUG - {way(f, 'Received', 'Sent')}: {f.raw}"
    ),
    "german word": lambda f: f"{utc(f)} Ladepunkt {f.name}: {way(f, 'empfangen', 'gesendet')} {f.raw}",
    "German noun with an accent": lambda f: f"{utc(f)} Ladesäule {f.name} {way(f, 'empfangen', 'gesendet')} {f.raw}",
    "french word": lambda f: f"{utc(f)} borne {f.name} {way(f, 'reçu', 'envoyé')} {f.raw}",
    "spanish word": lambda f: f"{utc(f)} punto de carga {f.name} {way(f, 'recibido', 'enviado')}: {f.raw}",
    "italian word": lambda f: f"{utc(f)} colonnina {f.name}: {way(f, 'ricevuto', 'inviato')} {f.raw}",
    "dutch word": lambda f: f"{utc(f)} laadpaal {f.name} {way(f, 'ontvangen', 'verzonden')} {f.raw}",
    "polish": lambda f: f"{utc(f)} stacja {f.name} {way(f, 'odebrano', 'wysłano')} {f.raw}",
    "German from and to": lambda f: f"{utc(f)} {way(f, 'von', 'an')} {f.name}: {f.raw}",
    "French from and to": lambda f: f"{utc(f)} {way(f, 'de', 'vers')} {f.name} : {f.raw}",
    "Nachricht von": lambda f: f"{utc(f)} Nachricht {way(f, 'von', 'an')} {f.name} {f.raw}",
    "German key": lambda f: f"{utc(f)} Ladestation={f.name} Richtung={way(f, 'ein', 'aus')} {f.raw}",
    "conn number first": lambda f: f"{utc(f)} #{_last_digit(f)} {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "conn number in br": lambda f: f"{utc(f)} [conn {_last_digit(f)}] {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "addr:port + id": lambda f: f"{utc(f)} 10.0.0.{_last_digit(f)}:51000 ({f.name}) {way(f, '>', '<')} {f.raw}",
    "name at address": lambda f: f"{utc(f)} {f.name}@10.0.0.{_last_digit(f)}:51000 {way(f, 'recv', 'send')} {f.raw}",
    "address and name": lambda f: f"{utc(f)} 10.0.0.{_last_digit(f)}:51000/{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "name and connection": lambda f: f"{utc(f)} {f.name}#{_last_digit(f)} {way(f, 'recv', 'send')} {f.raw}",
    "tildes": lambda f: f"{utc(f)} ~{f.name}~ {way(f, 'recv', 'send')} {f.raw}",
    "id double brackets": lambda f: f"{utc(f)} [[{f.name}]] {way(f, 'recv', 'send')} {f.raw}",
    "id in curly": lambda f: f"{utc(f)} {{{f.name}}} {way(f, 'recv', 'send')} {f.raw}",
    "id in guillemets": lambda f: f"{utc(f)} «{f.name}» {way(f, 'recv', 'send')} {f.raw}",
    "em dash": lambda f: f"{utc(f)} — {f.name} — {way(f, 'recv', 'send')} — {f.raw}",
    "bullets": lambda f: f"{utc(f)} • {f.name} • {way(f, 'recv', 'send')} • {f.raw}",
    "slashes": lambda f: f"{utc(f)} / {f.name} / {way(f, 'recv', 'send')} / {f.raw}",
    "double colon": lambda f: f"{utc(f)} {f.name} :: {way(f, 'recv', 'send')} :: {f.raw}",
    "commas": lambda f: f"{utc(f)},{f.name},{way(f, 'recv', 'send')},{f.raw}",
    "equals arrows": lambda f: f"{utc(f)} {f.name} {way(f, '==>', '<==')} {f.raw}",
    "unicode arrows": lambda f: f"{utc(f)} {f.name} {way(f, '⇒', '⇐')} {f.raw}",
    "fat arrows csms": lambda f: f"{utc(f)} {f.name} {way(f, '⇒', '⇐')} CSMS {f.raw}",
    "updown arrows": lambda f: f"{utc(f)} {way(f, '↑', '↓')} {f.name} {f.raw}",
    "triangles": lambda f: f"{utc(f)} {way(f, '▲', '▼')} {f.name} {f.raw}",
    "triangles to the sides": lambda f: f"{utc(f)} {f.name} {way(f, '◀', '▶')} {f.raw}",
    "C>S": lambda f: f"{utc(f)} {way(f, 'C>S', 'S>C')} {f.name} {f.raw}",
    "CP->CS": lambda f: f"{utc(f)} [{f.name}] {way(f, 'CP->CS', 'CS->CP')} {f.raw}",
    "CP2CS": lambda f: f"{utc(f)} [{f.name}] {way(f, 'CP2CS', 'CS2CP')} {f.raw}",
    "request / response words": lambda f: f"{utc(f)} {f.name} {way(f, 'FROM_CHARGER', 'TO_CHARGER')} {f.raw}",
    "plus minus": lambda f: f"{utc(f)} {f.name} {way(f, '+', '-')} {f.raw}",
    "R S": lambda f: f"{utc(f)} {f.name} {way(f, 'R', 'S')} {f.raw}",
    "I O": lambda f: f"{utc(f)} {f.name} {way(f, 'I', 'O')} {f.raw}",
    "rx: tx:": lambda f: f"{utc(f)} {f.name} {way(f, 'rx:', 'tx:')}{f.raw}",
    "read write": lambda f: f"{utc(f)} {f.name} {way(f, 'read', 'write')} {f.raw}",
    "onMessage": lambda f: f"{utc(f)} {f.name} {way(f, 'onMessage', 'sendMessage')}({f.raw})",
    "call of Python": lambda f: f"{utc(f)} {way(f, 'on_message', 'send_message')}({f.name!r}, {f.raw!r})",
    "kafka console": lambda f: f"CreateTime:{micros_of(f.time) // 1000}\t{f.name}\t{way(f, 'in', 'out')}\t{f.raw}",
    "mosquitto": lambda f: f"{utc(f)} ocpp/{f.name}/{way(f, 'up', 'down')} {f.raw}",
    "topic of the charge point's side": lambda f: f"{utc(f)} charger/{f.name}/{way(f, 'tx', 'rx')} {f.raw}",
    "redis": lambda f: f"{utc(f)} PUBLISH ocpp:{f.name}:{way(f, 'in', 'out')} {f.raw}",
    "nats": lambda f: f'[#1] Received on "ocpp.{f.name}.{way(f, "in", "out")}" {utc(f)} {f.raw}',
    "aws iot": lambda f: f"{utc(f)} $aws/things/{f.name}/ocpp/{way(f, 'in', 'out')} {f.raw}",
    "file name": lambda f: f"logs/{f.name}.log:{utc(f)} {way(f, 'recv', 'send')} {f.raw}",
    "file and its line": lambda f: f"{f.name}.log:12:{utc(f)} {way(f, 'recv', 'send')} {f.raw}",
    "tail multi": lambda f: f"[{f.name}.txt] {utc(f)} {way(f, 'recv', 'send')} {f.raw}",
    "json prefix": lambda f: f"{utc(f)} {json.dumps({'chargePoint': f.name, 'dir': way(f, 'in', 'out')})} {f.raw}",
    "behind frame": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {f.raw} <- {f.name}",
    "behind the frame, with a noun": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {f.raw} (station {f.name})",
    "behind the frame, with a key": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {f.raw} chargeBoxId={f.name}",
    "before time": lambda f: f"{f.name} {utc(f)} {way(f, 'recv', 'send')} {f.raw}",
    "before time br": lambda f: f"[{f.name}] [{utc(f)}] {way(f, 'recv', 'send')} {f.raw}",
    "before time bar": lambda f: f"{f.name} | {utc(f)} {way(f, 'recv', 'send')} {f.raw}",
    "dir first": lambda f: f"{way(f, 'RECV', 'SEND')} {utc(f)} {f.name} {f.raw}",
    "dir before time colon": lambda f: f"{way(f, '<', '>')} {utc(f)} {f.name}: {f.raw}",
    "xml-ish": lambda f: f'<msg time="{utc(f)}" cp="{f.name}" dir="{way(f, "in", "out")}">{f.raw}</msg>',
    "uri userinfo": lambda f: (
        f"{utc(f)} wss://{f.name}:secret@csms.example/ocpp/{f.name} {way(f, 'recv', 'send')} {f.raw}"
    ),
    "message for": lambda f: f"{utc(f)} {way(f, 'Got message from', 'Queued message for')} {f.name}: {f.raw}",
    "by": lambda f: f"{utc(f)} {way(f, 'sent by', 'delivered to')} {f.name}: {f.raw}",
    "ws client": lambda f: f"{utc(f)} WebSocket client {f.name} {way(f, '->', '<-')} {f.raw}",
}
"""Each line has the name, the direction and the time of a frame."""


SAID_BY_WORDS: dict[str, Line] = {
    "sends": lambda f: f"{utc(f)} {f.name} {'sends' if f.up else 'received'} {f.raw}",
    "charger sends": lambda f: f"{utc(f)} Charger {f.name} {'sends' if f.up else 'gets'}: {f.raw}",
    "sends message": lambda f: f"{utc(f)} {f.name} {'sends' if f.up else 'receives'} message {f.raw}",
    "arrow and says": lambda f: f"{utc(f)} {f.name + ' -> CSMS' if f.up else 'CSMS -> ' + f.name} says {f.raw}",
    "from, without a colon": lambda f: f"{utc(f)} {way(f, 'received from', 'sent to')} {f.name} {f.raw}",
    "behind a key": lambda f: f"{utc(f)} charger={f.name} {way(f, 'recv', 'send')} {f.raw}",
    "behind a noun": lambda f: f"{utc(f)} Charger {f.name}: {way(f, 'recv', 'send')} {f.raw}",
    "behind a tenant": lambda f: f"{utc(f)} acme/{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "papertrail": lambda f: f"{utc(f)} gw app/web.1: {f.name} {way(f, 'recv', 'send')} {f.raw}",
    "papertrail, in brackets": lambda f: f"{utc(f)} gw app/web.1 [{f.name}] {way(f, 'recv', 'send')} {f.raw}",
    "heroku": lambda f: f"{utc(f)} app/web.1 {f.name}: {way(f, 'recv', 'send')} {f.raw}",
}
"""Sentences, and the few words that make a name of one or several words one."""
