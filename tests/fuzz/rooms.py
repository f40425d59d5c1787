"""What is attacked: each function feeds one hostile input through the program, and yields the name of each stage."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.cli.derived_fields import derived_fields
from ocpptui.cli.headless import summary
from ocpptui.cli.option_remedies import option_remedy
from ocpptui.compose.assignments import assign
from ocpptui.compose.draft import Draft
from ocpptui.describe.copy_formats import Copied, copied
from ocpptui.describe.limit_texts import limit_json, limit_lines, limit_title
from ocpptui.describe.record_in_full import inspection
from ocpptui.describe.record_line import name_of, summary_of
from ocpptui.diagnosis.limit_account import account_of, place_in
from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.exporting.report_formats import Reported, ReportFormat
from ocpptui.filter.completion import completions
from ocpptui.filter.fields import FIELDS, FLAGS
from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.importing.formats import NAMES
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.tcp_stream import Conversation, Piece
from ocpptui.importing.reader import ImportOptions
from ocpptui.jsontext.tree import JsonDefect
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.file_errors import RecordingError
from ocpptui.recording.line_format import to_line
from ocpptui.redaction.redact import redaction_of
from ocpptui.replay.plan import PlanError, charge_points, plan
from ocpptui.replay.recording_diff import diff
from ocpptui.replay.rewriting import Rewriting
from ocpptui.replay.substitutions import Substitutions
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.effects import Effect, SendAnswer, SendCall, SendError
from ocpptui.stations.limit_reader import LimitReader
from ocpptui.timeline.timeline import Timeline
from ocpptui.workspace.config import ConfigError, load_config
from tests.fuzz.hostile_captures import START, capture
from tests.fuzz.hostile_frames import (
    TEXTS,
    VERSIONS,
    damaged_bytes,
    damaged_text,
    frame,
    payload,
    value,
    written,
)
from tests.kit.driver import NARROW, WIDE
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk
from tests.replay.bare import playing
from tests.replay.tape import Tape

Stages = Iterator[str]
SHOWN = 40
"""How many records of a file are looked at one by one."""


def files(rng: Random, folder: Path) -> Stages:
    """Captures of other tools and recordings: read, shown, filtered, exported, redacted, replayed and compared."""
    paths = capture(rng, folder)
    yield "importing"
    try:
        opening = FileSession(paths, _import_options(rng))
    except RecordingError:
        return
    while not opening.advance(1):
        pass
    timeline = opening.session.timeline
    yield "describing"
    _describe(rng, opening)
    yield "explaining limits"
    _explain_limits(rng, timeline)
    _report(timeline)
    yield "diagnosing"
    for index in _some(rng, timeline):
        json.dumps(derived_fields(timeline, index))
    yield "filtering"
    _filter(rng, timeline)
    yield "exporting"
    _export(timeline, rng.choice(tuple(Format)), None)
    yield "redacting"
    _export(timeline, rng.choice(tuple(Format)), redaction_of(timeline, vendor=rng.random() < 0.5))
    yield "replaying"
    _replay(rng, timeline)
    yield "comparing"
    with suppress(PlanError):
        diff(timeline, timeline).to_text()
    asyncio.run(opening.close())


def _import_options(rng: Random) -> ImportOptions | None:
    if rng.random() < 0.7:
        return None
    return ImportOptions(
        rng.choice((None, *(name for name in NAMES if name not in ("pcap", "frame-files")))),
        rng.choice((None, *Version)),
        rng.choice((None, 0, 60, -720)),
        merge=rng.random() < 0.3,
        columns=rng.choice(({}, {"1": "message"}, {"x": "time"})),
    )


def _some(rng: Random, timeline: Timeline) -> list[int]:
    return sorted(rng.sample(range(len(timeline)), min(SHOWN, len(timeline))))


def _describe(rng: Random, opening: FileSession) -> None:
    session, timeline = opening.session, opening.session.timeline
    assert all(map(str, [*opening.problems, *opening.skipped, *opening.evidence, *opening.tallies, summary(timeline)]))
    for index in _some(rng, timeline):
        record = timeline.record(index)
        line = to_line(record, timeline.action(index), derived_fields(timeline, index))
        assert UNSAFE.search(line.decode()[:-1]) is None
        json.loads(line)
        inspection(timeline, index, option_remedy)
        summary_of(record, record.frame, timeline.action(index))
        name_of(timeline, index)
        for how in Copied:
            copied(timeline, index, how)
    while not session.learn(1):
        pass
    for name in session.knowledge:
        known = session.knowledge[name]
        assert known.evses is not None and known.running is not None


def _explain_limits(rng: Random, timeline: Timeline) -> None:
    if len(timeline):
        reader = LimitReader(timeline, rng.randrange(len(timeline)))
        while not reader.advance(1):
            pass
        for place in (place_in(reader), 0):
            account = account_of(reader, place)
            assert account.reasons
            assert all(UNSAFE.search(line) is None for line in (limit_title(account), *limit_lines(account)))
            json.dumps(limit_json(account))


def _report(timeline: Timeline) -> None:
    report = OperatingReport(timeline)
    while not report.advance(1):
        pass
    for format_ in (ReportFormat.TEXT, ReportFormat.CSV, ReportFormat.HTML):
        for line in format_.lines(Reported(report, "\x1b[2J", one_period=False)):
            assert UNSAFE.search(line) is None, format_


def _export(timeline: Timeline, format_: Format, redaction: Any) -> None:
    out = io.BytesIO()
    format_.exporter(Extract(Selection(timeline), redaction), out)
    text = out.getvalue().decode()
    if format_ is not Format.SEND:
        assert UNSAFE.search(text.replace("\r\n", "").replace("\n", "")) is None, format_


def _replay(rng: Random, timeline: Timeline) -> None:
    for recorded in charge_points(timeline)[:3]:
        for role in Role:
            try:
                steps = plan(timeline, role, charge_point=recorded.charge_point, secrets=rng.random() < 0.5)
            except PlanError as error:
                str(error)
                continue
            rules = Substitutions(tokens={"A": "B"}, charge_points={"CP001": "\ud800"})
            rewriting = Rewriting(steps.version or Version.V16, rules)
            rewriting.shift = rng.choice((0, 1, -(10**15), 10**17))
            for step in steps.steps:
                if step.does.sends and isinstance(said := steps.frame(step.index), Message):
                    action = timeline.action(step.index)
                    text = rewriting.frame(said, action, '"new"')
                    text.encode()
                    rewriting.learn(action, said.payload_text, text, in_answer=said.kind.is_answer)


def _filter(rng: Random, timeline: Timeline) -> None:
    for _ in range(5):
        text = filter_text(rng)
        completions(text, rng.randrange(len(text) + 1), timeline)
        try:
            query = parse_filter(text)
        except QueryError as error:
            assert error.message and 0 <= error.position <= len(text)
            continue
        selection = Selection(timeline, query)
        while not selection.advance(1):
            pass
        for index in _some(rng, timeline)[:5]:
            query.matches(timeline, index)


def filter_text(rng: Random, depth: int = 3) -> str:
    """A filter of the grammar, or nearly."""
    if depth and rng.random() < 0.4:
        parts = [filter_text(rng, depth - 1) for _ in range(rng.choice((1, 2, 3)))]
        text = rng.choice((" ", " and ", " or ", " not ", " -")).join(parts)
        return f"({text})" if rng.random() < 0.5 else text
    words = (*TEXTS, "CP001", "10:00", "2s", "1.6", "Heartbeat", "*", "?", "2026-11-22T10:00Z", "2026-13-45", "1e400")
    word = rng.choice(words)
    if rng.random() < 0.3:
        word = '"' + word.replace('"', '\\"') + '"'
    text = rng.choice(
        (
            f"{rng.choice(list(FIELDS))}:{word}",
            f"{rng.choice(('connectorId', 'a.b.c', 'latency', 'x'))}{rng.choice('=<>')}{word}",
            f"latency>={word}",
            rng.choice(list(FLAGS)),
            word,
        )
    )
    return damaged_text(rng, text) if rng.random() < 0.1 else text


def packets(rng: Random, folder: Path) -> Stages:
    """The two sides of a TCP connection, as a packet capture has them."""
    version = rng.choice(VERSIONS)
    compressed = rng.random() < 0.4
    extension = b"Sec-WebSocket-Extensions: permessage-deflate\r\n" if compressed else b""
    pieces = [
        Piece(0, START, b"GET /ocpp/CP%ff001 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
              b"Sec-WebSocket-Protocol: ocpp1.6\r\n" + extension + b"\r\n"),
        Piece(1, START, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + extension + b"\r\n"),
    ]  # fmt: skip
    for number in range(rng.choice((1, 5, 20))):
        direction = rng.choice(tuple(Direction))
        data = _websocket(rng, frame(rng, version, direction).encode("utf-8", "surrogatepass"), compressed)
        pieces.append(Piece(int(direction is Direction.TO_CHARGE_POINT), START + number, data))
    if rng.random() < 0.6:
        place = rng.randrange(len(pieces))
        pieces[place] = pieces[place]._replace(data=damaged_bytes(rng, pieces[place].data))
    (folder / "pieces.bin").write_bytes(b"".join(piece.data for piece in pieces))
    yield "packets"
    for found in Conversation(1).read(iter(pieces), ImportTally()):
        assert isinstance(found.raw, str | bytes)


def _websocket(rng: Random, data: bytes, compressed: bool) -> bytes:
    """A message as one frame (RFC 6455 section 5.2)."""
    import zlib

    first = 0x80 | rng.choice((1, 1, 1, 1, 2, 8, 9))
    if compressed and rng.random() < 0.8:
        packer = zlib.compressobj(wbits=-15)
        data = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        first |= 0x40
    if len(data) < 126:
        return bytes((first, len(data))) + data
    if len(data) < 2**16:
        return bytes((first, 126)) + len(data).to_bytes(2, "big") + data
    return bytes((first, 127)) + len(data).to_bytes(8, "big") + data


def behaviours(rng: Random, folder: Path) -> Stages:
    """The simulated sides, without a socket: what they are sent, and the answers to their own calls."""
    version = rng.choice(VERSIONS)
    behaviour: ChargePointBehaviour | CentralSystemBehaviour
    if rng.random() < 0.6:
        behaviour, receives = ChargePointBehaviour(version), Direction.TO_CHARGE_POINT
    else:
        behaviour, receives = CentralSystemBehaviour(version, charge_point=rng.choice(TEXTS)), Direction.TO_CSMS
    behaviour.set_strict(rng.random() < 0.5)
    now, calls = START, list[tuple[str, dict[str, Any]]]()
    calls += _performed(behaviour.opened(now))
    said: list[str] = []
    for _ in range(rng.choice((5, 30, 100))):
        yield "simulating"
        now += rng.choice((1000, 1_000_000, 60_000_000, 10**13))
        if calls and rng.random() < 0.5:
            action, sent = calls.pop(0)
            text = written(rng, [3, "x", payload(rng, version, action, Part.RESPONSE)])
            answer = JSON.read(text)
            effects = behaviour.answered(action, sent, answer if isinstance(answer, Message) else None, now)
        else:
            text = frame(rng, version, receives)
            heard = JSON.read(text)
            action = (heard.action or "") if isinstance(heard, Message) else ""
            effects = behaviour.received(heard, action, now)
        said.append(text)
        (folder / "frames.txt").write_text("\n".join(said), encoding="utf-8", errors="surrogatepass")
        calls += _performed(effects)
        if (due := behaviour.wakeup()) is not None and due <= now:
            calls += _performed(behaviour.tick(now))
    behaviour.closed(now)


def _performed(effects: list[Effect]) -> list[tuple[str, dict[str, Any]]]:
    """Write each effect as the session does; the calls."""
    calls = []
    for effect in effects:
        match effect:
            case SendCall(action, sent):
                JSON.call("id", action, json.dumps(sent)).encode()
                calls.append((action, sent))
            case SendAnswer(call, answer):
                assert JSON.result_message(call, answer).raw
            case SendError(call, code, description, details, identity):
                JSON.error(call if call is not None else identity, code, description, json.dumps(details)).encode()
    return calls


def composing(rng: Random, folder: Path) -> Stages:
    """Payloads in the form of the composer, and assignments of the command line."""
    version = rng.choice(VERSIONS)
    action = rng.choice(actions(version))
    text = written(rng, payload(rng, version, action.name, Part.REQUEST))
    if rng.random() < 0.3:
        text = damaged_text(rng, text)
    (folder / "payload.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    yield "composing"
    draft = Draft.from_json(field_tree(version, action.name, Part.REQUEST), text)
    if isinstance(draft, JsonDefect):
        assert str(draft)
        return
    draft.to_json(pretty=True)
    for row in draft.rows():
        assert row.node is not None
    for _ in range(3):
        path = rng.choice(("a", "connectorId", "a.b[0].c", "a[99999]", "[", "a..b", *TEXTS))
        problem = assign(draft, [f"{path}{rng.choice(('=', ':='))}{written(rng, value(rng))}"])
        assert problem is None or str(problem)
    draft.to_json()


def configuration(rng: Random, folder: Path) -> Stages:
    """The configuration file."""
    lines = [
        rng.choice(('theme = "x"', "theme = inf", "[keys]", 'compose = "f2"', "[charge-point]", "port = 1e400",
                    f"interval = {rng.choice(NUMERALS)}", "a.b.c = 1", f"{json.dumps(rng.choice(TEXTS))} = 1",
                    "[[open]]", "x = 2026-02-30", "y = 25:61:61", "[central-system]", "max-size = []"))
        for _ in range(rng.choice((1, 3, 8)))
    ]  # fmt: skip
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    if rng.random() < 0.3:
        data = damaged_bytes(rng, data)
    path = folder / "config.toml"
    path.write_bytes(data)
    yield "configuration"
    with suppress(ConfigError):
        load_config(path)


NUMERALS = ("nan", "-inf", "9" * 5000, "0x" + "f" * 300, "1_0", "+1", "1e400", "true")


def sockets(rng: Random, folder: Path) -> Stages:
    """A session with real sockets, in either role, and a hostile peer."""
    yield "sockets"
    errors: list[BaseException] = []
    said: list[bytes] = []

    async def attack() -> None:
        def failed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            errors.append(context.get("exception") or RuntimeError(str(context)))

        asyncio.get_running_loop().set_exception_handler(failed)
        async with asyncio.timeout(30):
            await rng.choice((_on_central_system, _on_charge_point, _on_replay))(rng, said)

    try:
        asyncio.run(attack())
    finally:
        (folder / "sent.bin").write_bytes(b"\n".join(said))
    if errors:
        raise errors[0]


REQUEST = "\r\n".join(
    (
        "GET /CP2 HTTP/1.1",
        "Host: h",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n",
    )
).encode()
"""A good handshake, to be damaged."""


async def _on_central_system(rng: Random, said: list[bytes]) -> None:
    """Hostile frames, then a hostile connection; after that, a good charge point is still answered."""
    session = Session(role=Role.CENTRAL_SYSTEM)
    try:
        await session.listen(ServerSettings(port=0, lenient=rng.random() < 0.5))
        [url] = [one for one in session.listening_urls if "127.0.0.1" in one]
        version = rng.choice(VERSIONS)
        protocols = [Subprotocol(version.subprotocol)]
        async with connect(f"{url}CP1", subprotocols=protocols, ping_interval=None, max_size=None) as peer:
            with suppress(ConnectionClosed):
                for _ in range(rng.choice((5, 40))):
                    await peer.send(_message(rng, version, Direction.TO_CSMS, said))
        port = int(url.rstrip("/").rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        said.append(damaged_bytes(rng, REQUEST) + damaged_bytes(rng, b"\x81\x85abcd12345"))
        with suppress(ConnectionError):
            writer.write(said[-1])
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        async with connect(f"{url}GOOD", subprotocols=[Subprotocol("ocpp1.6")]) as good:
            await good.send('[2,"1","Heartbeat",{}]')
            assert json.loads(await good.recv())[:2] == [3, "1"]
        _describe_live(session)
    finally:
        await session.close()


async def _on_charge_point(rng: Random, said: list[bytes]) -> None:
    """A hostile central system: its handshake, its frames, its answers."""
    version = rng.choice(VERSIONS)
    session = Session(role=Role.CHARGE_POINT)
    served = asyncio.Event()

    async def handle(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for _ in range(rng.choice((5, 40))):
                await connection.send(_message(rng, version, Direction.TO_CHARGE_POINT, said))
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.01):
                        heard = json.loads(await connection.recv())
                        if heard[0] == 2:
                            answer = payload(rng, version, heard[2], Part.RESPONSE)
                            said.append(written(rng, [3, heard[1], answer]).encode("utf-8", "replace"))
                            await connection.send(said[-1].decode())
        served.set()

    async def answer_badly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            said.append(damaged_bytes(rng, _bad_answer(rng)))
            writer.write(said[-1])
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        served.set()

    server: Any
    if rng.random() < 0.5:
        server = await serve(handle, "127.0.0.1", 0, subprotocols=[Subprotocol(version.subprotocol)])
    else:
        server = await asyncio.start_server(answer_badly, "127.0.0.1", 0)
    try:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"ws://127.0.0.1:{port}/CP1"
        await session.connect(ClientSettings(url=url, versions=(version,), reconnect=False, open_timeout=2.0))
        with suppress(TimeoutError):
            await asyncio.wait_for(served.wait(), 5)
        await asyncio.sleep(0.01)
        _describe_live(session)
    finally:
        await session.close()
        server.close()
        await server.wait_closed()


def _bad_answer(rng: Random) -> bytes:
    text = rng.choice(TEXTS)
    return (
        f"HTTP/1.1 {rng.choice(('101', '403', '302', '500', text))} {text}\r\nUpgrade: websocket\r\n"
        f"Connection: {rng.choice(('Upgrade', text))}\r\nLocation: {text}\r\nX: {text}\r\n"
        f"Sec-WebSocket-Protocol: {text}\r\nContent-Length: {rng.choice(('0', '5', '9' * 30, text))}\r\n\r\n{text}"
    ).encode("utf-8", "surrogatepass")


def _message(rng: Random, version: Version, direction: Direction, said: list[bytes]) -> str | bytes:
    data = frame(rng, version, direction).encode("utf-8", "replace")
    if rng.random() < 0.05:
        data = damaged_bytes(rng, data)
        said.append(data)
        return data
    said.append(data)
    return data.decode()


def _describe_live(session: Session) -> None:
    timeline = session.timeline
    for index in range(len(timeline)):
        to_line(timeline.record(index), timeline.action(index), derived_fields(timeline, index)).decode()
        inspection(timeline, index, option_remedy)
    assert session.knowledge is not None


async def _on_replay(rng: Random, said: list[bytes]) -> None:
    """A replay of hostile frames, to a central system that answers with others."""
    version = rng.choice(VERSIONS)
    with TemporaryDirectory() as folder:
        tape = Tape(Path(folder) / "tape.jsonl")
        tape.version = version
        for _ in range(rng.choice((3, 15))):
            up = rng.random() < 0.7
            direction = Direction.TO_CSMS if up else Direction.TO_CHARGE_POINT
            (tape.up if up else tape.down)(_message(rng, version, direction, said))

        async def script(connection: ServerConnection) -> None:
            async for _ in connection:
                await connection.send(_message(rng, version, Direction.TO_CHARGE_POINT, said))

        with suppress(PlanError):
            async with playing(tape, script, call_timeout=0.05, patience=0.05) as (player, session):
                player.play()
                report = await asyncio.wait_for(player.run(), 20)
                report.to_text()
                json.dumps(report.to_dict())
                _describe_live(session)


def screen(rng: Random, folder: Path) -> Stages:
    """The screen over frames of both sides: every row, the inspector, the state, a filter, the composer."""
    version, talk = rng.choice(VERSIONS), Talk()
    for number in range(rng.choice((3, 12))):
        direction = rng.choice(tuple(Direction))
        raw = _message(rng, version, direction, [])
        talk.raw(raw, direction, charge_point=rng.choice(("CP001", *TEXTS)), version=version, connection=number % 3)
    texts = [str(talk.session.timeline.record(index).raw) for index in range(len(talk.session.timeline))]
    (folder / "frames.txt").write_text("\n".join(texts), encoding="utf-8", errors="surrogatepass")
    yield "screen"
    asyncio.run(_look_at(rng, talk))


async def _look_at(rng: Random, talk: Talk) -> None:
    async with screen_over(talk.session, rng.choice((NARROW, WIDE))) as shown:
        await shown.press("g", "enter")
        for index in range(len(shown.log.timeline)):
            shown.log.select(index)
            await shown.pilot.pause()
            assert UNSAFE.search(shown.text().replace("\n", "")) is None
            await shown.press(rng.choice(("G", "j", "o", "m", "n", "exclamation_mark", "e", "c", "f3", "y", "a")))
            await shown.press("escape")
        await shown.press("slash")
        await shown.type("".join(one for one in filter_text(rng)[:30] if one.isprintable()))
        await shown.press("enter", "escape")


ROOMS: dict[str, tuple[Callable[[Random, Path], Stages], int]] = {
    "files": (files, 40),
    "packets": (packets, 10),
    "behaviours": (behaviours, 20),
    "composing": (composing, 10),
    "configuration": (configuration, 5),
    "sockets": (sockets, 15),
    "screen": (screen, 1),
}
"""Each room with its share of the inputs."""
