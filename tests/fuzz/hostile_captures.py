"""Captures of other tools in every format, whole and damaged, with frames that are nearly right."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import zstandard

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from tests.fuzz.hostile_frames import TEXTS, VERSIONS, changed, damaged_bytes, frame, value, written
from tests.importing.byte_lines import IN_LINE, ROWS
from tests.importing.readers.test_everest_html import HEAD, row
from tests.importing.readers.test_http_messages import answer, post
from tests.importing.readers.test_mitmproxy_flow import encoded, flow
from tests.importing.test_database_notations import PRINTED
from tests.ocpp.envelopes import CP_12, CS_15, CS_16, fault, request, response

START = 1_795_341_723_000_000


class TimedFrame(NamedTuple):
    """A frame with its time in microseconds and its direction."""

    time: int
    direction: Direction
    raw: str

    @property
    def stamp(self) -> str:
        seconds, micros = divmod(self.time - START, 1_000_000)
        return f"2026-11-22T{10 + seconds // 3600 % 12:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micros:06}Z"


def conversation(rng: Random, version: Version) -> list[TimedFrame]:
    """Some frames of both sides."""
    time, found = START, []
    for _ in range(rng.choice((1, 3, 10, 30))):
        time += rng.choice((0, 1000, 50_000, 3_600_000_000, -5_000_000))
        direction = rng.choice(tuple(Direction))
        found.append(TimedFrame(time, direction, frame(rng, version, direction)))
    return found


def _log(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    layout = rng.choice(
        (
            "{stamp} CP001: {way} message {raw}\n",
            "[{stamp}] {way} {raw} | {text}\n",
            "Nov 22 10:00:00 host evcc[12]: [ocpp  ] TRACE 2026/11/22 10:00:00 {way} {raw}\n",
            '{{"time":"{stamp}","level":"debug","msg":{quoted},"cp":{text_quoted}}}\n',
            "{raw}\n",
            "{stamp}\t{way}\t{text}\t{raw}\n",
            "{way}: {pretty}\n{stamp}\n",
        )
    )
    lines = []
    for one in said:
        way = rng.choice(("send", "receive", ">>", "<<", "->", "Sent:", "recv", ""))
        text = rng.choice(TEXTS).replace("\n", " ")
        pretty = json.dumps(_decoded(one.raw), indent=2)
        fields = {"quoted": json.dumps(one.raw), "text_quoted": json.dumps(text), "pretty": pretty}
        lines.append(layout.format(stamp=one.stamp, way=way, raw=one.raw, text=text, **fields))
    encoding = rng.choice(("utf-8", "utf-8", "utf-8", "utf-16", "latin-1"))
    errors = "surrogatepass" if encoding.startswith("utf") else "replace"
    return "".join(lines).encode(encoding, errors)


def _item(rng: Random, one: TimedFrame) -> dict[str, Any]:
    parsed = _decoded(one.raw)
    item = {
        rng.choice(("time", "timestamp", "@timestamp", "ts")): rng.choice((one.stamp, one.time, one.time / 1e6)),
        rng.choice(("message", "raw", "frame", "payload", "msg")): rng.choice((one.raw, parsed)),
        rng.choice(("direction", "dir", "type")): rng.choice(("in", "out", "sent", one.direction.value, 3, None)),
        rng.choice(("chargePointId", "cp", "stationId")): rng.choice(("CP001", *TEXTS)),
    }
    changes = rng.choice((0, 0, 1, 3))
    for _ in range(changes):
        item = changed(rng, item)
    return item if isinstance(item, dict) else {"message": item}


def _document(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    items: Any = [_item(rng, one) for one in said]
    if rng.random() < 0.3:
        items = {rng.choice(("messages", "data", "hits", "")): items}
    return written(rng, items).encode("utf-8", "surrogatepass")


def _json_lines(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    return b"".join(written(rng, _item(rng, one)).replace("\n", "").encode("utf-8", "replace") + b"\n" for one in said)


def _bytes(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    """Frames as a log shows their bytes."""
    shown = rng.choice((*ROWS.values(), *IN_LINE.values()))
    lines = []
    for one in said:
        data = one.raw.encode("utf-8", "replace")
        lines.append(
            f"{one.stamp} CP001 {rng.choice(('sent', 'received', ''))}{rng.choice((' ', chr(10)))}{shown(data)}\n"
        )
    return "".join(lines).encode(rng.choice(("utf-8", "utf-8", "utf-16-le", "utf-32-be")), "replace")


def _database(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    """Frames in a table of a database."""
    raws = [one.raw.encode("utf-8", "replace").decode() for one in said]
    rows = [(number, "CP001", one.stamp, one.direction.value, raws[number]) for number, one in enumerate(said)]
    return rng.choice(tuple(PRINTED.values()))(rows).encode("utf-8", "replace")


def _table(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=rng.choice(",;\t|"), quotechar=rng.choice("\"'"))
    columns = ["time", "charge point", "direction", "message", rng.choice(TEXTS)]
    rng.shuffle(columns)
    rows.writerow(columns)
    for one in said:
        cells = {"time": one.stamp, "charge point": "CP001", "direction": one.direction.value, "message": one.raw}
        rows.writerow([cells.get(column, rng.choice(TEXTS)) for column in columns][: rng.choice((5, 5, 5, 2))])
    return out.getvalue().encode("utf-8", "surrogatepass")


def _archive(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    messages: Any = [
        {"type": rng.choice(("send", "receive", "x")), "time": rng.choice((one.time / 1e6, Ellipsis, "x", None)),
         "opcode": rng.choice((1, 1, 1, 2, 8, "1")), "data": one.raw}
        for one in said
    ]  # fmt: skip
    messages = [{name: value(rng) if item is Ellipsis else item for name, item in one.items()} for one in messages]
    headers: Any = [{"name": rng.choice(("sec-websocket-protocol", *TEXTS)), "value": rng.choice(("ocpp1.6", *TEXTS))}]
    entry: Any = {
        "startedDateTime": said[0].stamp,
        "request": {"method": "GET", "url": rng.choice(("ws://h/CP001", *TEXTS)), "headers": headers},
        "response": {"status": rng.choice((101, 200, "x", None)), "headers": headers, "content": {"text": said[0].raw}},
        "_webSocketMessages": messages,
    }
    if rng.random() < 0.5:
        entry = changed(rng, entry)
    return written(rng, {"log": {"version": "1.2", "entries": [entry] * rng.choice((1, 1, 3))}}).encode(
        "utf-8", "replace"
    )


def _flows(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    messages: Any = [
        [
            rng.choice((1, 1, 1, 2, 8)),
            rng.random() < 0.5,
            one.raw.encode("utf-8", "replace"),
            one.time / 1e6,
            False,
            False,
        ]
        for one in said
    ]
    whole: Any = flow(messages)
    if rng.random() < 0.5:
        whole = changed(rng, whole)
    return encoded(_plain(whole)) * rng.choice((1, 1, 2))


def _plain(content: Any) -> Any:
    """A value without what a netstring cannot hold."""
    if isinstance(content, dict):
        return {_plain(str(name)): _plain(one) for name, one in content.items()}
    if isinstance(content, list):
        return [_plain(one) for one in content]
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else content


def _html(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    rows = [row(_item(rng, one), rng.choice(("ChargePoint", "CentralSystem", "x")), one.stamp) for one in said]
    return (HEAD + "".join(rows)).encode("utf-8", "replace")


def _http(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    data = b""
    for one in said:
        text = "".join(c for c in one.raw[:200] if c.isprintable()).replace("&", "&amp;").replace("<", "&lt;")
        service, number = rng.choice((CP_12, CS_15, CS_16)), f"uuid:{rng.randrange(5)}"
        action = rng.choice(("Authorize", "BootNotification", "Reset", "MeterValues", "x"))
        body = f"<o:idTag>{text}</o:idTag>" * rng.choice((0, 1, 40))
        match rng.randrange(4):
            case 0:
                data += post(request(action, body, service=service, message_id=number))
            case 1:
                data += answer(response(action, body, service=service, relates_to=number))
            case 2:
                data += answer(fault(text, text, service=service, relates_to=number), "500 Internal Server Error")
            case _:
                packed = gzip.compress(request(action, body, service=service).encode())
                data += post(packed, "Content-Encoding: gzip")
    return data


def _recording(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    lines = []
    for number, one in enumerate(said):
        raw = one.raw if rng.random() < 0.9 else one.raw.encode("utf-8", "surrogatepass") + b"\xff"
        record = message_record(
            raw,
            time=one.time,
            connection=rng.randrange(4),
            direction=one.direction,
            charge_point=rng.choice(("CP001", *TEXTS)),
            version=rng.choice((version, None)),
        )
        if rng.random() < 0.2:
            told = {name: _decoded(written(rng, value(rng))) for name in rng.sample(_DETAILS, rng.randrange(4))}
            detail = {"event": rng.choice([*ConnectionEvent, "x"]), **told}
            record = Record(one.time, number, RecordKind.CONNECTION, None, "CP001", version, detail=detail)
        line = to_line(record, "Heartbeat")
        if rng.random() < 0.3:
            text = written(rng, changed(rng, _decoded(line.decode()))).replace("\n", " ")
            line = text.encode("utf-8", "surrogatepass") + b"\n"
        lines.append(line)
    return b"".join(lines)


_DETAILS = (
    "url", "urls", "requestHeaders", "responseHeaders", "subprotocol", "offered", "tls", "closeCode", "code",
    "closeReason", "error", "problem", "facts", "tolerated", "roundTripMs", "step", "responseStatus",
)  # fmt: skip


def _decoded(text: str) -> Any:
    """What Python reads from a text; the text itself if it reads nothing."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _real(rng: Random, said: list[TimedFrame], version: Version) -> bytes:
    """A part of a real capture."""
    lines = rng.choice(REAL).read_bytes().splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join(lines[place : place + 200])


ROOT = Path(__file__).parents[2]
REAL = [
    path
    for folder in (ROOT / "recordings", ROOT.parent / "shared" / "captures")
    for path in sorted(folder.glob("*.*"))
    if path.is_file() and path.stat().st_size
]
"""The recordings of the repository, and the captures beside it where they are."""

RENDERED: dict[str, Callable[[Random, list[TimedFrame], Version], bytes]] = {
    "a.log": _log,
    "a.json": _document,
    "lines.json": _json_lines,
    "a.csv": _table,
    "dump.txt": _bytes,
    "a.sql": _database,
    "a.har": _archive,
    "a.flow": _flows,
    "a.html": _html,
    "a.http": _http,
    "a.jsonl": _recording,
    "real.log": _real,
}
"""Each format by the name of a file."""

PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def capture(rng: Random, folder: Path) -> list[Path]:
    """One or two captures in a folder."""
    paths = []
    for number in range(rng.choice((1, 1, 1, 1, 2))):
        version = rng.choice(VERSIONS)
        name = rng.choice(list(RENDERED))
        data = RENDERED[name](rng, conversation(rng, version), version)
        if rng.random() < 0.35:
            data = damaged_bytes(rng, data)
        if rng.random() < 0.15:
            name, data = _packed(rng, name, data)
            if rng.random() < 0.5:
                data = damaged_bytes(rng, data)
        paths.append(folder / f"{number}{name}")
        paths[-1].write_bytes(data)
    return paths


def _packed(rng: Random, name: str, data: bytes) -> tuple[str, bytes]:
    if rng.random() < 0.3:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
            archive.writestr(f"folder/{name}", data)
            archive.writestr("other.log", data[:100])
        return f"{name}.zip", out.getvalue()
    ending = rng.choice(list(PACKED))
    return name + ending, PACKED[ending](data)
