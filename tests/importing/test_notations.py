"""One conversation in the notations of many loggers comes back with its frames, directions, ids, times and pairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import BEGIN, Exchanged, conversation, of_one
from tests.importing.logger_lines import BY_NAME, BY_TOOL, DUMPS, HEADERS, PLACES, Line, iso, utc, way
from tests.importing.reading import Read, check, read
from tests.importing.words.test_name_forms import PATHS

NAMED: dict[str, Line] = {
    "home assistant": lambda f: (
        f"{iso(f.local(1))} INFO (MainThread) [ocpp] {f.name}: {way(f, 'receive message', 'send')} {f.raw}"
    ),
    "python logging": lambda f: f"{utc(f)} INFO:ocpp:{f.name}: {way(f, 'receive message', 'send')} {f.raw}",
    "recv id colon": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "syslog and evcc": lambda f: (
        f"{f.local(2):%b %d %H:%M:%S} pi4 evcc[289]: [ocpp  ] TRACE {f.local(2):%Y/%m/%d %H:%M:%S} "
        f"{way(f, 'recv', 'send')} {f.name}: {f.raw}"
    ),
    "evcc of old": lambda f: (
        f"[ocpp  ] TRACE {f.local(2):%Y/%m/%d %H:%M:%S} {way(f, 'received JSON message from', 'sent JSON message to')} "
        f"{f.name}: {f.raw}"
    ),
    "steve": lambda f: (
        f"[INFO ] {iso(f.local(1)).replace('.', ',')} (qtp-{len(f.raw)}) steve.ocpp.ws.WebSocketLogger - "
        f"[chargeBoxId={f.name}, sessionId=s-{f.name}-1] {way(f, 'Received', 'Sending')}: {f.raw}"
    ),
    "brackets": lambda f: f"[{iso(f.local(0))}] [{f.name}] [{way(f, 'IN ', 'OUT')}] {f.raw}",
    "brackets and a word": lambda f: f"{utc(f)} [{f.name}] {way(f, 'Received', 'Sent')}: {f.raw}",
    "brackets after the word": lambda f: f"{utc(f)} {way(f, 'Received', 'Sent')} [{f.name}] {f.raw}",
    "round brackets": lambda f: f"{utc(f)} {way(f, 'Received', 'Sent')} ({f.name}): {f.raw}",
    "dash": lambda f: f"{utc(f)} INFO {f.name} - {way(f, 'Received', 'Sent')}: {f.raw}",
    "arrows": lambda f: f"{utc(f)} {f.name} {way(f, '<<', '>>')} {f.raw}",
    "log4net": lambda f: (
        f"{iso(f.local(1)).replace('.', ',')} [12] DEBUG Ocpp.Server - [{f.name}] {way(f, '<-', '->')} {f.raw}"
    ),
    "from and to": lambda f: f"{utc(f)} {way(f, 'Received from', 'Sent to')} {f.name} {f.raw}",
    "noun": lambda f: f"{utc(f)} ChargePoint {f.name} {way(f, 'Received', 'Sent')}: {f.raw}",
    "charger": lambda f: f"{utc(f)} DEBUG Charger {f.name}: {way(f, 'incoming', 'outgoing')} {f.raw}",
    "key and value": lambda f: f"{utc(f)} level=info identity={f.name} {way(f, 'recv', 'send')} {f.raw}",
    "logfmt": lambda f: f"time={utc(f)} level=debug station_id={f.name} dir={way(f, 'rx', 'tx')} msg={f.raw}",
    "path": lambda f: f"{iso(f.local(0))} /ocpp/{f.name} {way(f, '>', '<')} {f.raw}",
    "topic": lambda f: f"{utc(f)} ocpp/{f.name}/{way(f, 'IN', 'OUT')} {f.raw}",
    "url": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} ws://csms.example:9000/ocpp/{f.name} {f.raw}",
    "nlog": lambda f: f"{iso(f.local(1))}|DEBUG|Ocpp.Server|{f.name}|{way(f, 'IN', 'OUT')}|{f.raw}",
    "tabs": lambda f: f"{utc(f)}\t{f.name}\t{way(f, 'RX', 'TX')}\t{f.raw}",
    "absolute arrow": lambda f: f"{utc(f)} {f.name} {way(f, '->', '<-')} CSMS: {f.raw}",
    "german": lambda f: f"{f.local(1):%d.%m.%Y %H:%M:%S} {f.name}: {way(f, 'empfangen', 'gesendet')} {f.raw}",
    "american": lambda f: f"{f.local(-5):%m/%d/%Y %I:%M:%S %p} {f.name}: {way(f, 'received', 'sent')} {f.raw}",
    "british": lambda f: f"{f.local(1):%d/%m/%Y %H:%M:%S} {way(f, 'received from', 'sent to')} {f.name}: {f.raw}",
    "syslog": lambda f: f"{f.local(0):%b %d %H:%M:%S} gw ocppd[91]: {way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "time of day": lambda f: f"{iso(f.local(1))[11:]} {way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "epoch": lambda f: f"{micros_of(f.time) // 1000} {f.name}: {way(f, 'received', 'sent')} {f.raw}",
    "version behind": lambda f: f"{utc(f)} info: {f.name}:OCPP {way(f, 'Receive', 'Sending')} message {f.raw}",
    "docker compose": lambda f: f"csms-1  | {utc(f)} {way(f, 'got from', 'sent to')} {f.name}: {f.raw}",
    "kubernetes": lambda f: f"{utc(f)} stdout F [{f.name}] {way(f, 'Received', 'Sent')} {f.raw}",
    "colours": lambda f: f"\x1b[32m{utc(f)}\x1b[0m \x1b[1m{f.name}\x1b[0m {way(f, '<<<', '>>>')} {f.raw}",
    "quoted": lambda f: f"{utc(f)} DEBUG {f.name}: {way(f, 'received', 'sent')} '{f.raw}'",
    "spring": lambda f: (
        f"{iso(f.local(1))}  INFO 1 --- [nio-8080-exec-{len(f.raw) % 9}] c.a.o.Handler   : "
        f"{way(f, 'Received message from', 'Sending message to')} chargePoint: {f.name} {f.raw}"
    ),
    "spring in two lines": lambda f: (
        f"{iso(f.local(1))}  INFO 1 --- [exec-1] c.a.o.Handler : {way(f, 'Got from', 'Sending to')} charger: {f.name}\n"
        f"{iso(f.local(1))}  INFO 1 --- [exec-1] c.a.o.Handler : {f.raw}"
    ),
    "line above": lambda f: f"{utc(f)} INFO  {f.name} {way(f, 'incoming', 'outgoing')} message\n{f.raw}",
    "two lines above": lambda f: (
        f"{utc(f)} INFO  [{f.name}] {way(f, 'incoming', 'outgoing')} message\n    Payload:\n    {f.raw}"
    ),
    "noise between": lambda f: (
        f"{utc(f)} {way(f, 'recv', 'send')} {f.name}: {f.raw}\n{utc(f)} DEBUG handled in 3 ms [1,2,3]"
    ),
    "address": lambda f: f"{utc(f)} {'10.0.0.5:51000'} {way(f, 'recv', 'send')} identity={f.name} {f.raw}",
    "trace ids": lambda f: f"{utc(f)} [{crc32(f.raw.encode()):08x}] [{f.name}] {way(f, 'Received', 'Sent')}: {f.raw}",
    "threads": lambda f: f"{utc(f)} [worker-{len(f.raw) % 7}] [{f.name}] {way(f, 'Received', 'Sent')}: {f.raw}",
}
"""Lines of a central system's log that name the charge point and say what it did."""
WITH_SPACES = {
    "home assistant",
    "python logging",
    "recv id colon",
    "brackets",
    "brackets and a word",
    "nlog",
    "tabs",
    "steve",
}
"""Those in which a name of two words has an end that can be seen."""
WITH_SECONDS = {"syslog and evcc", "evcc of old", "german", "american", "british", "syslog"}
NAMES = {
    "letters and digits": ("CP-77", "CP-78"),
    "MAC addresses": ("00:1A:2B:3C:4D:5E", "11:1A:2B:3C:4D:5E"),
    "EVSE ids": ("DE*ACM*E0001", "DE*ACM*E0002"),
    "numbers": ("100234", "100235"),
    "dots": ("site.12.a", "site.13.a"),
    "words": ("Ladestation_Nord", "Ladestation_Sued"),
}
WRITTEN = [
    *((notation, kind) for notation, kind in product(NAMED, ("letters and digits",))),
    *((notation, kind) for notation, kind in product(("home assistant", "brackets", "from and to", "path"), NAMES)),
    *((notation, "two words") for notation in sorted(WITH_SPACES)),
]


def written(path: Path, frames: Sequence[Exchanged], line: Line) -> Read:
    path.write_text("\n".join(map(line, frames)) + "\n")
    return read(path)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(("notation", "kind"), WRITTEN)
def test_a_conversation_comes_back_from_any_notation(
    tmp_path: Path, notation: str, kind: str, version: Version
) -> None:
    """A customer's log is read wrongly: frames go the wrong way, to the wrong charge point, at the wrong time."""
    names = {**NAMES, "two words": ("Garage Left", "Garage Right")}[kind]
    frames = conversation(names, version)
    found = written(tmp_path / "customer.log", frames, NAMED[notation])
    check(found, frames, timedelta(seconds=1) if notation in WITH_SECONDS else timedelta(milliseconds=1))
    assert {record.version for record in found.records} == {version}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", [*BY_NAME, *BY_TOOL])
def test_a_conversation_comes_back_from_further_notations(tmp_path: Path, notation: str, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    check(written(tmp_path / "customer.log", frames, {**BY_NAME, **BY_TOOL}[notation]), frames, timedelta(seconds=1))


ODD_NAMES = {
    **NAMES,
    "dotted": ("site1.cp1", "site1.cp2"),
    "UUIDs": ("6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964fe"),
    "like a time since 1970": ("0012345678", "1712345679"),
    "like hosts": ("ws-01", "host-02"),
    "nouns": ("Ladestation", "Wallbox"),
    "like actions and levels": ("Heartbeat01", "Debug01"),
    "in Base58": ("4oSnXerj7Rxb4ehQu3CPSM", "9pTnYfsk8Syc5fiRv4DQTN"),
}
PLACED = [
    *((header, place, "letters and digits") for header, place in product(HEADERS, PLACES)),
    *(("spdlog", place, kind) for place, kind in product(PLACES, ODD_NAMES) if "time" not in kind or place != "behind"),
    *((header, "colon", kind) for header, kind in product(("kubectl", "heroku", "log4j", "glog"), ODD_NAMES)),
    *(("compose", place, "two words") for place in ("colon", "brackets", "behind", "quotes")),
]


@pytest.mark.parametrize(("header", "place", "kind"), PLACED)
def test_names_and_directions_are_found_behind_any_header(tmp_path: Path, header: str, place: str, kind: str) -> None:
    """A pod, a class or a thread would be the charge point, and the two charge points would be one."""
    names = {**ODD_NAMES, "two words": ("Garage Left", "Garage Right")}[kind]
    for version in (Version.V16, Version.V201):
        frames = conversation(names, version)
        found = written(tmp_path / "a.log", frames, lambda f: HEADERS[header](f) + PLACES[place](f))
        check(found, frames, timedelta(seconds=1))


NAME_IN_A_WORD: dict[str, Line] = {
    "at": lambda f: f"{utc(f)} ocpp@{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "number sign": lambda f: f"{utc(f)} #{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "dots": lambda f: f"{utc(f)} ocpp.{f.name}.{way(f, 'recv', 'send')} {f.raw}",
    "actor": lambda f: f"{utc(f)} akka://csms/user/chargepoints/{f.name} {way(f, 'recv', 'send')} {f.raw}",
    "Markdown": lambda f: f"**{utc(f)}** _{f.name}_ **{way(f, 'recv', 'send')}** `{f.raw}`",
    "session": lambda f: f"{utc(f)} DEBUG {way(f, 'onMessage', 'send')} session={f.name} {f.raw}",
    "HTML": lambda f: f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {f.raw.replace(chr(34), '&quot;')}",
    "key behind": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} payload={f.raw} cp={f.name} len=5",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", NAME_IN_A_WORD)
def test_a_name_that_is_part_of_a_word_is_found(tmp_path: Path, notation: str, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    check(written(tmp_path / "a.log", frames, NAME_IN_A_WORD[notation]), frames, timedelta(milliseconds=1))


UNENCLOSED: dict[str, Line] = {
    "from and to": lambda f: f"{utc(f)} {way(f, 'Received from', 'Sent to')} {f.name} {f.raw}",
    "before": lambda f: f"{utc(f)} {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "after a level": lambda f: f"{utc(f)} INFO {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "colon": lambda f: f"{utc(f)} {f.name}: {way(f, 'recv', 'send')} {f.raw}",
    "colon behind": lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {f.name}: {f.raw}",
    "dash": lambda f: f"{utc(f)} INFO {f.name} - {way(f, 'Received', 'Sent')}: {f.raw}",
    "arrow": lambda f: f"{utc(f)} {f.name} {way(f, '<<', '>>')} {f.raw}",
    "arrow to the central system": lambda f: f"{utc(f)} {f.name} {way(f, '->', '<-')} CSMS: {f.raw}",
    "noun": lambda f: f"{utc(f)} ChargePoint {f.name} {way(f, 'Received', 'Sent')}: {f.raw}",
    "logger": lambda f: f"{utc(f)} [12] DEBUG Ocpp.Server - {f.name} {way(f, '<-', '->')} {f.raw}",
    "key": lambda f: f"{utc(f)} identity={f.name} dir={way(f, 'recv', 'send')} {f.raw}",
}
"""Lines in which nothing shows where a name of several words ends but the words around it."""


@pytest.mark.parametrize("names", [("Garage Left", "Garage Right"), ("North One", "South One"), ("Hof Süd", "Hof Ost")])
@pytest.mark.parametrize("notation", UNENCLOSED)
def test_a_name_of_several_words_is_whole(tmp_path: Path, notation: str, names: tuple[str, str]) -> None:
    """`Left` is not what the customer calls it, and a second garage has one too."""
    frames = conversation(names, Version.V16)
    check(written(tmp_path / "a.log", frames, UNENCLOSED[notation]), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("notation", sorted(UNENCLOSED.keys() - {"key"}))
def test_small_words_within_a_name_belong_to_it(tmp_path: Path, notation: str) -> None:
    frames = conversation(("Haus am See", "Haus im Tal"), Version.V16)
    check(written(tmp_path / "a.log", frames, UNENCLOSED[notation]), frames, timedelta(milliseconds=1))


NUMBERED: dict[str, Line] = {
    "brackets": lambda f: f"{utc(f)} [{f.name}] {way(f, 'received', 'sent')} {f.raw}",
    "brackets far away": lambda f: f"{utc(f)} [{f.name}] ocpp message {way(f, 'received', 'sent')}: {f.raw}",
    "many brackets": lambda f: f"[{utc(f)}][{f.name}][DEBUG] {way(f, 'received', 'sent')} {f.raw}",
    "id": lambda f: f"{utc(f)} INFO id={f.name} dir={way(f, 'received', 'sent')} {f.raw}",
    "first": lambda f: f"{utc(f)} {f.name} DEBUG ws frame {way(f, 'received', 'sent')} {f.raw}",
    "call": lambda f: f"{utc(f)} DEBUG station({f.name}) ws {way(f, 'received', 'sent')} {f.raw}",
    "number sign": lambda f: f"{utc(f)} INFO #{f.name} {way(f, 'received', 'sent')} {f.raw}",
}
NUMBERED_BY_NOUN: dict[str, Line] = {
    "noun": lambda f: f"{utc(f)} cp {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "noun far away": lambda f: f"{utc(f)} INFO cp {f.name} handler: {way(f, 'received', 'sent')} {f.raw}",
    "colon": lambda f: f"{utc(f)} INFO charger: {f.name} {way(f, 'received', 'sent')} {f.raw}",
    "bars": lambda f: f"{utc(f)} Charger {f.name} | DEBUG | {way(f, 'received', 'sent')} {f.raw}",
}


@pytest.mark.parametrize("names", [("7", "8"), ("12", "13"), ("1", "102")])
@pytest.mark.parametrize("notation", [*NUMBERED, *NUMBERED_BY_NOUN])
def test_a_short_number_is_a_name_where_the_file_shows_it(
    tmp_path: Path, notation: str, names: tuple[str, str]
) -> None:
    """Charge points that are numbered from 1 would be one, with their answers crossed."""
    frames = conversation(names, Version.V16)
    found = written(tmp_path / "a.log", frames, {**NUMBERED, **NUMBERED_BY_NOUN}[notation])
    check(found, frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("notation", NUMBERED_BY_NOUN)
def test_a_number_behind_a_noun_is_a_name_by_itself(tmp_path: Path, notation: str) -> None:
    frames = of_one(conversation(("12", "13"), Version.V16))
    check(written(tmp_path / "a.log", frames, NUMBERED_BY_NOUN[notation]), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("notation", NUMBERED)
def test_the_number_of_a_connector_is_no_name(tmp_path: Path, notation: str) -> None:
    """A charge point with two connectors would be two."""
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V16))
    numbers = {frame.raw.split('"')[1]: str(place % 3) for place, frame in enumerate(frames)}
    lines = [NUMBERED[notation](replace(one, name=numbers[one.raw.split('"')[1]])) for one in frames]
    (tmp_path / "a.log").write_text("\n".join(lines))
    assert {record.charge_point for record in read(tmp_path / "a.log").records} == {""}


@pytest.mark.parametrize("names", [("CP001", "CP002"), ("Garage", "Yard"), ("12", "13")])
@pytest.mark.parametrize("path", PATHS)
def test_a_name_is_found_in_any_path(tmp_path: Path, path: str, names: tuple[str, str]) -> None:
    frames = conversation(names, Version.V16)
    found = written(
        tmp_path / "a.log", frames, lambda f: f"{utc(f)} {way(f, 'recv', 'send')} {path.format(f.name)} {f.raw}"
    )
    check(found, frames, timedelta(milliseconds=1))


def test_the_connections_of_one_charge_point_are_no_names(tmp_path: Path) -> None:
    """Each time that it connects again, it would be another charge point."""
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V16))
    again = of_one(conversation(("CP-77", "CP-78"), Version.V16, BEGIN + timedelta(hours=1)))
    path = tmp_path / "a.log"
    path.write_text("".join(
        f"{utc(f)} [CP-77] ws-{number} {way(f, 'recv', 'send')} {f.raw}\n"
        for number, part in ((12, frames), (13, again)) for f in part
    ))  # fmt: skip
    assert {record.charge_point for record in read(path).records} == {"CP-77"}


@pytest.mark.parametrize("header", ["kubectl", "aws logs tail", "log4j", "bunyan", "tracing", "heroku", "glog"])
def test_nothing_in_a_header_is_the_name_where_lines_have_none(tmp_path: Path, header: str) -> None:
    """A pod would be the charge point."""
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V16))
    found = written(tmp_path / "a.log", frames, lambda f: f"{HEADERS[header](f)}{way(f, 'recv', 'send')} {f.raw}")
    assert {record.charge_point for record in found.records} == {""}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", DUMPS)
def test_a_conversation_comes_back_from_a_dump_of_packets(tmp_path: Path, notation: str, version: Version) -> None:
    """Header lines above have the time, and addresses tell one charge point from another."""
    frames = conversation(("CP-77", "CP-78"), version)
    found = written(tmp_path / "dump.txt", frames, DUMPS[notation])
    connections = {frame.name: record.connection for frame, record in zip(frames, found.records, strict=True)}
    assert [record.connection for record in found.records] == [connections[frame.name] for frame in frames]
    check(found, [replace(frame, name="") for frame in frames], timedelta(milliseconds=1))


STATION: dict[str, Line] = {
    "firmware": lambda f: f"{utc(f)} [MO] {way(f, 'Send', 'Recv')}: {f.raw}",
    "tx and rx": lambda f: f"{iso(f.local(2))} {way(f, 'TX', 'RX')} {f.raw}",
    "libocpp": lambda f: f"{iso(f.local(2))} [INFO] ocpp16 :: {way(f, 'sending', 'Received')} message: {f.raw}",
    "console": lambda f: f"{utc(f)} {way(f, '>>', '<<')} {f.raw}",
    "words between": lambda f: f"{utc(f)} websocket {way(f, 'outgoing', 'incoming')} text frame {f.raw}",
    "length": lambda f: f"{utc(f)} {way(f, '==> Sent', '<== Recv')} ({len(f.raw)}): {f.raw}",
    "alfen": lambda f: f"1234_{iso(f.local(2)).replace(' ', 'T')}:INFO:ocpp.c:1234:{way(f, '->', '<-')} {f.raw}",
    "autel": lambda f: f"[{iso(f.local(2))[5:]}][I][OCPP]{way(f, 'send', 'recv')}:{f.raw}",
    "to the server": lambda f: f"{utc(f)} {way(f, 'message to server', 'message from server')}: {f.raw}",
    "arrow to nobody": lambda f: f"{utc(f)} CSMS {way(f, '<-', '->')} me: {f.raw}",
}
"""Lines of a charge point's log, which names nobody."""


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", STATION)
def test_the_log_of_a_charge_point_comes_back(tmp_path: Path, notation: str, version: Version) -> None:
    """What it sent would seem to come from the central system."""
    frames = [replace(frame, name="") for frame in of_one(conversation(("CP-77", "CP-78"), version))]
    check(written(tmp_path / "station.log", frames, STATION[notation]), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("width", [30, 77, 200])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("prefix", ["{}:COM:ocpp_rpc.c:681:", "[{}] [ws] DEBUG ", "{} ocppd[7]: "])
def test_frames_that_a_logger_broke_at_a_width_come_back(
    tmp_path: Path, prefix: str, version: Version, width: int
) -> None:
    """Each line has the same time and the same words before its piece: the frame would be truncated."""
    frames = [replace(one, name="") for one in of_one(conversation(("CP-77", "CP-78"), version)) if "T9" not in one.raw]

    def line(frame: Exchanged) -> str:
        text = f"{way(frame, '->', '<-')} {frame.raw}"
        head = prefix.format(utc(frame))
        return "\n".join(head + text[at : at + width] for at in range(0, len(text), width))

    check(written(tmp_path / "station.log", frames, line), frames, timedelta(milliseconds=1))


SPLIT: dict[str, Callable[[Exchanged, int, int, str], str]] = {
    "syslog": lambda f, n, all_, piece: f"{f.local(2):%b %d %H:%M:%S} gw csms[712]: {piece}",
    "logcat": lambda f, n, all_, piece: f"{iso(f.local(2) + timedelta(milliseconds=n))[5:]}  123  456 D Ocpp: {piece}",
    "numbered": lambda f, n, all_, piece: f"{utc(f)} INFO csms - ({n + 1}/{all_}) {piece}",
    "journal": lambda f, n, all_, piece: f"{f.local(0):%Y-%m-%dT%H:%M:%S}+0000 gw csms[712]: {piece}",
}
"""The header that a logger writes before each piece of a message, with its number and how many there are."""


@pytest.mark.parametrize("header", SPLIT)
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@settings(max_examples=5)
@given(width=st.integers(40, 300))
def test_messages_that_a_logger_split_come_back(
    tmp_path_factory: pytest.TempPathFactory, header: str, version: Version, width: int
) -> None:
    """Only the first piece has the name and the direction, and the others may have a later time: each longer frame
    would be truncated."""
    everything = conversation(("CP-77", "WB-8"), version)
    frames = [frame for frame in everything if '"8"' not in frame.raw]  # without the malformed call and its answer
    places = {number: frames.index(frame) for number, frame in enumerate(everything) if frame in frames}
    frames = [replace(frame, half=None if frame.half is None else places[frame.half]) for frame in frames]

    def line(frame: Exchanged) -> str:
        text = f"{frame.name} {way(frame, 'received', 'sent')}: {frame.raw}"
        pieces = [text[at : at + width] for at in range(0, len(text), width)]
        return "\n".join(SPLIT[header](frame, number, len(pieces), piece) for number, piece in enumerate(pieces))

    check(written(tmp_path_factory.mktemp("split") / "a.log", frames, line), frames, timedelta(seconds=1))


@pytest.mark.parametrize(
    "line",
    ["connected to ws://csms.example/ocpp/CP-77", "GET /CP-77 HTTP/1.1", "INFO - Client connected: CP-77",
     "Charge point CP-77 connected", "[+] Charger 'CP-77' has reconnected.", "connected to /ocpp/CP-77"],
)  # fmt: skip
def test_a_handshake_names_the_charge_point(tmp_path: Path, line: str) -> None:
    frames = of_one(conversation(("CP-77", "CP-78"), Version.V16))
    first = f"{line}\n" + STATION["firmware"](frames[0])
    found = written(tmp_path / "a.log", frames, lambda f: first if f is frames[0] else STATION["firmware"](f))
    check(found, frames, timedelta(milliseconds=1), events=not line.startswith("GET"))


@pytest.mark.parametrize(
    "line",
    ["connecting to ws://csms.example/ws", "url: ws://csms.example/ocpp/{chargeBoxId}", "GET /ocpp HTTP/1.1",
     "Client connected: 192.168.1.7:50212", "Charger is connected", "Client connected: 1", "connected to /ocpp",
     "url: wss://csms.example/ocpp/<id>", "see wss://csms.example/docs/index.html", "path: /steve/websocket"],
)  # fmt: skip
def test_other_paths_and_placeholders_name_nobody(tmp_path: Path, line: str) -> None:
    frames = [replace(frame, name="") for frame in of_one(conversation(("CP-77", "CP-78"), Version.V16))]
    first = f"{line}\n" + STATION["firmware"](frames[0])
    found = written(tmp_path / "a.log", frames, lambda f: first if f is frames[0] else STATION["firmware"](f))
    check(found, frames, timedelta(milliseconds=1), events=line == "Charger is connected")


@pytest.mark.parametrize("style", [
    "%b %-d, %Y, %-I:%M:%S %p", "%B %-d, %Y at %-I:%M:%S %p", "%b %-dth %y, %H:%M:%S", "%-d. %B %Y um %H:%M:%S",
    "%d.%m.%y, %H:%M:%S", "%-m/%-d/%y, %-I:%M:%S %p", "%Y-%m-%d %-I:%M:%S %p", "%Y/%-m/%-d %-H:%M:%S",
])  # fmt: skip
def test_dates_of_any_country_are_times_and_no_names(tmp_path: Path, style: str) -> None:
    """The frames would be of another day, or of the other half of it, and of a charge point called `Apr`."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    found = written(
        tmp_path / "a.log", frames, lambda f: f"{f.local(6):{style}} {way(f, 'recv', 'sent')} {f.name}: {f.raw}"
    )
    check(found, frames, timedelta(seconds=1))


NAMELESS = (
    "[MO] Recv:", "DEBUG [ocpp16] Received message", "[main] INFO  OcppClient - Received:", "gw01 ocppd[9]: recv",
    "INFO  [ws-client-3] c.e.ocpp.WsHandler - received:", "[9f3ab21c] recv", "req-12 recv", "<WebSocketClient> recv",
    "I/OcppService(1234): Received", "ocpp_client.py:123 recv", "[Thread-7] [DEBUG] WS RX:", "OCPP 1.6J Received:",
    "v2.3.1 received", "wss://backend.example.com/ocpp recv", "192.168.1.10:443 recv", "connector 1 recv",
    "transaction 12345 received", "[core/ocpp] [info] received", "[INFO] [1773480600.123] [ocpp_node]: received",
    "Message received (len 26):", "uptime=123456 heap=34567 recv", "seq=123456 msg recv", "rssi -67 dBm recv",
    "[EN_WSS, 712]: recv[0:44]", "Rx(cmd_05 len:57) :  FA 03 00 E3 2F F7 F7\n[WSS]: recv",
    "Heartbeat.conf received", "[nio-8080-exec-1] received", "[pool-1-thread-2] received", "Task-12 received",
)  # fmt: skip
"""What loggers write that is not the name of a charge point."""


@pytest.mark.parametrize("prefix", NAMELESS)
def test_nothing_else_is_taken_for_a_charge_point(tmp_path: Path, prefix: str) -> None:
    """The screen would list a charge point that does not exist."""
    frames = [replace(frame, name="") for frame in of_one(conversation(("CP-77", "CP-78"), Version.V16))]
    sent = re.sub("[Rr]eceived|[Rr]ecv|RX", "sent", prefix)
    found = written(tmp_path / "a.log", frames, lambda f: f"{utc(f)} {sent if f.up else prefix} {f.raw}")
    check(found, frames, timedelta(milliseconds=1))


UNDIRECTED: dict[str, Line] = {
    "name and frame": lambda f: f"{utc(f)} {f.name} {f.raw}",
    "name with a colon": lambda f: f"{utc(f)} DEBUG {f.name}: {f.raw}",
    "name in brackets": lambda f: f"{utc(f)} [{f.name}] {f.raw}",
    "key": lambda f: f"{utc(f)} chargePointId={f.name} message={f.raw}",
}
"""Lines that do not say which way a frame went."""


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", UNDIRECTED)
def test_without_directions_the_actions_and_answers_show_them(tmp_path: Path, notation: str, version: Version) -> None:
    """All but the direction of a DataTransfer, which either side may send, can be known."""
    frames = [
        frame for frame in conversation(("CP-77", "CP-78"), version)
        if not ("DataTransfer" in frame.raw or frame.raw.startswith(('[3,"7"', '[3,"9"')))
    ]  # fmt: skip
    found = written(tmp_path / "a.log", frames, UNDIRECTED[notation])
    assert [record.direction for record in found.records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames
    ]
    assert [record.charge_point for record in found.records] == [frame.name for frame in frames]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_frames_that_two_loggers_wrote_are_one_record(tmp_path: Path, version: Version) -> None:
    """Home Assistant writes each frame twice, the second time shortened: every call would count twice."""
    frames = conversation(("CP-77", "CP-78"), version)

    def line(frame: Exchanged) -> str:
        short = frame.raw if len(frame.raw) < 75 else f"{frame.raw[:48]}...{frame.raw[-24:]}"
        second = f"{iso(frame.local(1))} DEBUG (MainThread) [websockets.server] {way(frame, '<', '>')} TEXT '{short}'"
        lines = [NAMED["home assistant"](frame), f"{second} [{len(frame.raw)} bytes]"]
        return "\n".join(lines if frame.up else reversed(lines))

    found = written(tmp_path / "home-assistant.log", frames, line)
    check(found, frames, timedelta(milliseconds=1))
    assert all(len(record.detail["alsoInLines"]) == 1 for record in found.records)
    assert any(f"{len(frames)} frames are in the log twice" in sentence for sentence in found.importer.evidence)
    kept = read(tmp_path / "home-assistant.log", ImportOptions(keep_copies=True))
    assert len(kept.records) == 2 * len(frames)


@settings(max_examples=60, deadline=None)
@given(head=st.integers(12, 60), tail=st.integers(2, 30), before=st.booleans())
def test_a_copy_shortened_anywhere_is_one_record_with_the_whole_frame(
    tmp_path_factory: pytest.TempPathFactory, head: int, tail: int, before: bool
) -> None:
    """Its brackets may seem to be closed in the middle: the rest would be lost, and the copy a malformed frame."""
    frames = [one for one in conversation(("CP-77", "CP-78"), Version.V16) if "T9" not in one.raw]

    def line(frame: Exchanged) -> str:
        short = frame.raw if len(frame.raw) <= head + tail + 3 else f"{frame.raw[:head]}...{frame.raw[-tail:]}"
        second = f"{iso(frame.local(1))} DEBUG (MainThread) [websockets.server] {way(frame, '<', '>')} TEXT '{short}'"
        lines = [NAMED["home assistant"](frame), f"{second} [{len(frame.raw)} bytes]"]
        return "\n".join(reversed(lines) if before else lines)

    found = written(tmp_path_factory.mktemp("short") / "home-assistant.log", frames, line)
    assert found.raws == [frame.raw for frame in frames]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_the_two_ends_of_a_proxy_are_one_record(tmp_path: Path, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)

    def line(frame: Exchanged) -> str:
        came, went = ("CP", "backend") if frame.up else ("backend", "CP")
        return (
            f"{utc(frame)} [{frame.name}] received from {came}: {frame.raw}\n"
            f"{utc(frame)} [{frame.name}] sent to {went}: {frame.raw}"
        )

    check(written(tmp_path / "proxy.log", frames, line), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_the_logs_of_both_sides_in_one_file_come_back(tmp_path: Path, version: Version) -> None:
    """One vote for the whole file would turn half of it round."""
    frames = of_one(conversation(("CP-77", "CP-78"), version))
    later = of_one(conversation(("CP-77", "CP-78"), version, BEGIN + timedelta(hours=3)))
    path = tmp_path / "both.log"
    lines = [f"{utc(one)} {one.name}: {way(one, 'received', 'sent')} {one.raw}\n" for one in frames]
    lines += [f"{utc(one)} {one.name}: {way(one, 'sent', 'received')} {one.raw}\n" for one in later]
    path.write_text("".join(lines))
    shifted = [replace(frame, half=None if frame.half is None else frame.half + len(frames)) for frame in later]
    check(read(path), [*frames, *shifted], timedelta(milliseconds=1))


BEGINNINGS = {
    "midnight": datetime(2026, 3, 14, 23, 59, 45, tzinfo=UTC),
    "New Year": datetime(2025, 12, 31, 23, 59, 45, tzinfo=UTC),
    "the thirteenth": datetime(2026, 3, 12, 23, 59, 45, tzinfo=UTC),
    "a day and a month alike": datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("notation", ["time of day", "syslog", "british", "american", "german", "nlog"])
@pytest.mark.parametrize("begin", list(BEGINNINGS.values()), ids=BEGINNINGS)
def test_a_log_goes_forward_over_the_end_of_a_day(tmp_path: Path, notation: str, begin: datetime) -> None:
    """Half of the frames would be a day, a year or a month away."""
    frames = conversation(("CP-77", "CP-78"), Version.V16, begin)
    found = written(tmp_path / "a.log", frames, NAMED[notation])
    check(found, frames, timedelta(seconds=1) if notation in WITH_SECONDS else timedelta(milliseconds=1))


@settings(max_examples=40, deadline=None)
@given(
    notation=st.sampled_from([*NAMED, *BY_NAME]),
    begin=st.datetimes(datetime(2016, 1, 1), datetime(2026, 1, 1)),
    names=st.lists(st.from_regex(r"[A-Z]{2,5}[-_]?[0-9]{3,6}", fullmatch=True), min_size=2, max_size=2, unique=True),
    order=st.lists(st.booleans(), min_size=25, max_size=25),
)
def test_conversations_at_any_time_with_any_names_come_back(
    tmp_path_factory: pytest.TempPathFactory, notation: str, begin: datetime, names: list[str], order: list[bool]
) -> None:
    """The frames of one charge point come at any time between those of the other."""
    frames = conversation(names, Version.V16, begin.replace(tzinfo=UTC, microsecond=250_000))
    first, second = ([place for place, one in enumerate(frames) if one.name == name] for name in names)
    mixed = [(first if (first and chosen) or not second else second).pop(0) for chosen in order]
    places = {old: new for new, old in enumerate(mixed)}
    shuffled = [
        replace(frames[old], time=frames[new].time, half=None if (half := frames[old].half) is None else places[half])
        for new, old in enumerate(mixed)
    ]
    path = tmp_path_factory.mktemp("logs") / "customer.log"
    found = written(path, shuffled, {**NAMED, **BY_NAME}[notation])
    assert [record.raw for record in found.records] == [frame.raw for frame in shuffled]
    assert [record.charge_point for record in found.records] == [frame.name for frame in shuffled]
    assert [record.direction for record in found.records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in shuffled
    ]
    halves = [found.timeline.other_half(index) for index in range(len(shuffled))]
    assert halves == [frame.half for frame in shuffled]
