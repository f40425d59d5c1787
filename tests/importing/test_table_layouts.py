"""One conversation comes back from tables that are more than a header and rows, and from words of no known language."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import check, read

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
SECOND = timedelta(seconds=1)
NAMES = ("CP-77", "KIOSK-2")
HEAD = ("Time", "Charge Point", "Direction", "Message")

Rows = list[Sequence[str]]


def written(rows: Sequence[Sequence[str]], **dialect: str | int) -> str:
    out = io.StringIO()
    csv.writer(out, **dialect).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def simple(frames: Sequence[Exchanged]) -> Rows:
    return [HEAD, *((utc(f), f.name, way(f, "IN", "OUT"), f.raw) for f in frames)]


def of_log(frames: Sequence[Exchanged], head: Sequence[str], row: Callable[[Exchanged], Sequence[str]]) -> str:
    return written([head, *map(row, frames)])


def told(frames: Sequence[Exchanged], number: int) -> str:
    """The charge point of a row whose cell is merged with that above."""
    return frames[number].name if number == 0 or frames[number - 1].name != frames[number].name else ""


def json_text(frame: Exchanged) -> str:
    return json.dumps({"ChargePointId": frame.name, "Direction": way(frame, "Incoming", "Outgoing")})


LAYOUTS: dict[str, Callable[[Sequence[Exchanged]], str]] = {
    "a title above": lambda fs: "OCPP messages\r\nby support\r\n\r\n" + written(simple(fs)) + "\r\nTotal,25,,\r\n",
    "a title above in all columns": lambda fs: written(
        [("OCPP messages", "", "", ""), ("From:", "2026-03-14", "To:", "2026-03-15"), ("",) * 4, *simple(fs)]
    ),
    "blank lines": lambda fs: "\n\n".join(written(simple(fs)).split("\r\n")),
    "a repeated header": lambda fs: written([*simple(fs)[:9], HEAD, *simple(fs)[9:]]),
    "an index": lambda fs: written([(str(n) if n else "", *row) for n, row in enumerate(simple(fs))]),
    "Markdown": lambda fs: "\n".join(
        "| " + " | ".join(row) + " |" for row in [HEAD, ("---",) * 4, *simple(fs)[1:]]
    ),
    "psql": lambda fs: "\n".join([*(" " + " | ".join(row) for row in simple(fs)), "(25 rows)"]),
    "frames without quotes": lambda fs: "\n".join(map(",".join, simple(fs))),
    "frames without quotes first": lambda fs: "\n".join(",".join((*row[3:], *row[:3])) for row in simple(fs)),
    "frames without quotes within": lambda fs: "\n".join(",".join((*row[2:], *row[:2])) for row in simple(fs)),
    "single quotes": lambda fs: "\n".join(",".join(f"'{cell}'" for cell in row) for row in simple(fs)),
    "spaces before quotes": lambda fs: "\n".join(
        ", ".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in simple(fs)
    ),
    "rows in quotes": lambda fs: written([[written([row]).rstrip()] for row in simple(fs)], quoting=csv.QUOTE_ALL),
    "rows with semicolons in quotes": lambda fs: written(
        [[written([row], delimiter=";").rstrip()] for row in simple(fs)], quoting=csv.QUOTE_ALL
    ),
    "formulas of texts": lambda fs: "\n".join(
        ",".join('="' + cell.replace('"', '""') + '"' for cell in row) for row in simple(fs)
    ),
    "carriage returns": lambda fs: written(simple(fs), lineterminator="\r"),
    "carets": lambda fs: written(simple(fs), delimiter="^"),
    "separators of Hive": lambda fs: "\n".join(map("\x01".join, simple(fs))),
    "escaped for HTML": lambda fs: written([(*row[:3], row[3].replace('"', "&quot;")) for row in simple(fs)]),
    "encoded for a URL": lambda fs: written([HEAD, *((*row[:3], quote(row[3], safe="")) for row in simple(fs)[1:])]),
    "merged cells": lambda fs: written(
        [HEAD, *((utc(f), told(fs, n), way(f, "IN", "OUT"), f.raw) for n, f in enumerate(fs))]
    ),
    "received and sent in two columns": lambda fs: written(
        [("Time", "Station", "Received", "Sent"), *((utc(f), f.name, *way_columns(f)) for f in fs)]
    ),
    "by sender in two columns": lambda fs: written(
        [("Time", "Station", "From Charger", "From Server"), *((utc(f), f.name, *way_columns(f)) for f in fs)]
    ),
    "sender and receiver": lambda fs: written(
        [("Time", "Source", "Destination", "Data"), *((utc(f), *ends(f, "CSMS"), f.raw) for f in fs)]
    ),
    "receiver and sender": lambda fs: written(
        [("Time", "Target", "Sender", "Data"), *((utc(f), *ends(f, "Server")[::-1], f.raw) for f in fs)]
    ),
    "a sender and a receiver of any name": lambda fs: of_log(
        fs, ("Time", "From", "To", "Data"), lambda f: (utc(f), *ends(f, "kraftwerk-7"), f.raw)
    ),
    "a receiver and a sender that is a URL": lambda fs: of_log(
        fs, ("Time", "To", "From", "Data"), lambda f: (utc(f), *ends(f, "wss://csms.example/ocpp")[::-1], f.raw)
    ),
    "ticks of .NET": lambda fs: of_log(
        fs, HEAD, lambda f: (str(micros_of(f.time) * 10 + 621_355_968_000_000_000), *simple([f])[1][1:])
    ),
    "file times of Windows": lambda fs: of_log(
        fs, HEAD, lambda f: (str(micros_of(f.time) * 10 + 116_444_736_000_000_000), *simple([f])[1][1:])
    ),
    "day and time in one number": lambda fs: of_log(
        fs, HEAD, lambda f: (f"{f.time:%Y%m%d%H%M%S}", *simple([f])[1][1:])
    ),
    "a day that is no charge point": lambda fs: of_log(
        fs,
        ("Bericht", "Tijd", "Dag", "Paal", "Richting"),
        lambda f: (f.raw, f"{f.local(2):%H:%M:%S}", f"{f.local(2):%d-%m-%Y}", f.name, way(f, "IN", "UIT")),
    ),
    "a zone beside": lambda fs: of_log(
        fs,
        ("Time", "Time Zone", *HEAD[1:]),
        lambda f: (iso(f.local(5.5)), "UTC+05:30", f.name, way(f, "in", "out"), f.raw)
    ),
    "days since 1904": lambda fs: of_log(
        fs, HEAD, lambda f: (f"{24107 + micros_of(f.time) / 86_400_000_000:.10f}", f.name, way(f, "in", "out"), f.raw)
    ),
    "days and their fractions": lambda fs: of_log(
        fs,
        ("Date", "Time", *HEAD[1:]),
        lambda f: (*days(f), f.name, way(f, "in", "out"), f.raw),
    ),
    "days at midnight": lambda fs: of_log(
        fs,
        ("Date", "Time", *HEAD[1:]),
        lambda f: (f"{f.time:%Y-%m-%d} 00:00:00.000", f"{f.time:%H:%M:%S}", f.name, way(f, "in", "out"), f.raw),
    ),
    "initiated by": lambda fs: of_log(
        fs, ("Time", "Charger", "Initiated by", "Message"), lambda f: (utc(f), f.name, way(f, "Charger", "CMS"), f.raw)
    ),
    "a known word under an unknown name": lambda fs: of_log(
        fs, ("Time", "Charger", "Gremium", "Message"), lambda f: (utc(f), f.name, way(f, "Charger", "CMS"), f.raw)
    ),
    "Grafana": lambda fs: of_log(
        fs, ("Time", "Line", "id"), lambda f: (utc(f), f"{way(f, 'received', 'sent')} {f.name} {f.raw}", "7_x")
    ),
    "Kibana": lambda fs: of_log(
        fs,
        ("@timestamp", "_index", "host.name", "chargePoint.keyword", "network.direction", "message"),
        lambda f: (utc(f), "ocpp-2026.03", "gw1", f.name, way(f, "inbound", "outbound"), f.raw),
    ),
    "Datadog": lambda fs: of_log(
        fs, ("Date", "Host", "Content"), lambda f: (utc(f), "i-0abc", f"[{f.name}] {way(f, '<-', '->')} {f.raw}")
    ),
    "Azure": lambda fs: of_log(
        fs,
        ("TimeGenerated [UTC]", "Message", "cloud_RoleInstance", "customDimensions"),
        lambda f: (f"{f.time:%m/%d/%Y, %I:%M:%S.%f %p}", f.raw, "gw1", json_text(f)),
    ),
    "Splunk": lambda fs: of_log(
        fs,
        ("_time", "_raw", "host", "source"),
        lambda f: (utc(f), f"{iso(f.time)} INFO {f.name} {way(f, 'RECV', 'SEND')} {f.raw}", "h", "/var/log/ocpp.log"),
    ),
    "lines of a log in cells": lambda fs: of_log(
        fs, ("row", "line"), lambda f: (utc(f)[-4:], f"{iso(f.time)} [{f.name}] {way(f, 'received', 'sent')}: {f.raw}")
    ),
}  # fmt: skip


def days(frame: Exchanged) -> tuple[str, str]:
    """The day and the time of day as Excel stores them."""
    day, fraction = divmod(micros_of(frame.time), 86_400_000_000)
    return str(25569 + day), f"{fraction / 86_400_000_000:.10f}"


def way_columns(frame: Exchanged) -> tuple[str, str]:
    return (frame.raw, "") if frame.up else ("", frame.raw)


def ends(frame: Exchanged, backend: str) -> tuple[str, str]:
    return (frame.name, backend) if frame.up else (backend, frame.name)


@VERSIONS
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_conversation_comes_back_from_any_layout(tmp_path: Path, layout: str, version: Version) -> None:
    """A title, merged cells or a frame beside other words would hide who sent what, or change the frame itself."""
    frames = conversation(NAMES, version)
    path = tmp_path / "export.csv"
    path.write_text(LAYOUTS[layout](frames), encoding="utf-8")
    found = read(path)
    assert found.importer.files[0].format == "csv"
    check(found, frames, SECOND)


@pytest.mark.parametrize("names", [("SÄULE-1", "SÄULE-2"), ("Ladepunkt Höfe 1", "Ladepunkt Höfe 2")])
def test_names_in_latin_1_are_read(tmp_path: Path, names: tuple[str, str]) -> None:
    """The charge points would have no name, and one's answers be taken for the other's."""
    frames = conversation(names, Version.V16)
    rows = [("Uhrzeit", "Ladesäule", "Richtung", "Nachricht"), *simple(frames)[1:]]
    path = tmp_path / "export.csv"
    path.write_text(written(rows, delimiter=";"), encoding="latin-1")
    check(read(path), frames, SECOND)


@pytest.mark.parametrize("before_names", ["", "'"])
def test_apostrophes_before_all_cells_are_no_part_of_them(tmp_path: Path, before_names: str) -> None:
    """Programs write them so that a spreadsheet takes no cell for a formula; the charge points would be others."""
    frames = conversation(NAMES, Version.V16)
    rows = [[f"{before_names}{name}" for name in simple(frames)[0]]]
    rows += [[f"'{cell}" for cell in row] for row in simple(frames)[1:]]
    path = tmp_path / "export.csv"
    path.write_text(written(rows), encoding="utf-8")
    check(read(path), frames, SECOND)


@VERSIONS
def test_a_row_by_itself_names_the_charge_point_of_the_rows_below(tmp_path: Path, version: Version) -> None:
    frames = conversation(NAMES, version)
    order = sorted(range(len(frames)), key=lambda number: (frames[number].name, number))
    rows: Rows = [("Time", "Dir", "Message")]
    for number in order:
        frame = frames[number]
        if f"Charge Point: {frame.name}" not in {row[0] for row in rows}:
            rows.append((f"Charge Point: {frame.name}", "", ""))
        rows.append((utc(frame), way(frame, "IN", "OUT"), frame.raw))
    path = tmp_path / "export.csv"
    path.write_text(written(rows), encoding="utf-8")
    halves = [frames[number].half for number in order]
    expected = [
        replace(frames[number], half=None if half is None else order.index(half))
        for number, half in zip(order, halves, strict=True)
    ]
    check(read(path), expected, SECOND)


DIRECTION_WORDS = (
    "eingehend/ausgehend", "Reçu/Envoyé", "CP->CS/CS->CP", "Charger-CMS/CMS-Charger", "Upstream/Downstream", "C2S/S2C",
    "接收/发送", "受信/送信", "수신/발신", "přijato/odesláno", "saapuva/lähtevä", "⬅/➡", "←/→", "gelen/giden",
    "CP_TO_CSMS/CSMS_TO_CP", "WS_IN/WS_OUT", "DIRECTION_CS_TO_CSMS/DIRECTION_CSMS_TO_CS", "ToServer/ToClient",
    "Server Received/Server Sent", "Incoming (from charger)/Outgoing (to charger)", "Request from CP/Response to CP",
    "Charger → Server/Server → Charger", "charger sent/charger received", "Publish-In/Publish-Out",
)  # fmt: skip


@pytest.mark.parametrize("words", DIRECTION_WORDS)
def test_words_for_a_direction_are_known(tmp_path: Path, words: str) -> None:
    """In a file of few messages, nothing but the word shows the direction."""
    received, sent = words.split("/")
    frames = [frame for frame in conversation(NAMES, Version.V16) if "DataTransfer" in frame.raw]
    frames = [replace(frame, half=None) for frame in frames]
    path = tmp_path / "export.csv"
    path.write_text(of_log(frames, HEAD, lambda f: (utc(f), f.name, way(f, received, sent), f.raw)), encoding="utf-8")
    records = read(path).records
    assert [record.direction for record in records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames
    ]


@given(
    words=st.lists(
        st.text("abcdefghijklmnopqrstuvwxyzäöüßéąωд", min_size=1, max_size=9), min_size=2, max_size=2, unique=True
    )
)
def test_any_two_words_are_directions_if_the_frames_show_it(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    """The log of a company that writes in another language would get guessed directions."""
    known = {"in", "out", "up", "dn", "down", "cp", "cs", "i", "o"}
    received, sent = [word if word not in known else f"{word}x" for word in words]
    frames = conversation(NAMES, Version.V201)
    path = tmp_path_factory.mktemp("words") / "export.csv"
    rows = [("Aika", "Asema", "Suunta", "Viesti"), *((utc(f), f.name, way(f, received, sent), f.raw) for f in frames)]
    path.write_text(written(rows), encoding="utf-8")
    found = read(path)
    check(found, frames, SECOND)
    assert any("taken for the direction" in sentence for sentence in found.importer.evidence)


PART_HEADS = {
    "german": (
        "Zeit,Ladepunkt,Richtung,Nachrichtentyp,Nachrichten-ID,Aktion,Nutzlast",
        ("Anfrage", "Antwort", "Fehler"),
    ),
    "french": ("Horodatage,Borne,Sens,Type de message,ID message,Action,Contenu", ("Requête", "Réponse", "Erreur")),
    "unknown": ("Aika,Asema,Suunta,Tyyppi,Tunniste,Toiminto,Sisältö", ("Call", "CallResult", "CallError")),
    "enumeration": ("ts,cp_id,dir,type,id,action,payload", ("MESSAGE_TYPE_CALL", "MESSAGE_TYPE_CALL_RESULT", "ERR")),
    "row numbers": ("time,cp_id,dir,type,uid,action,payload,id", ("Request", "Response", "Response")),
}


@VERSIONS
@pytest.mark.parametrize("head", PART_HEADS)
def test_frames_in_parts_come_back_in_any_language(tmp_path: Path, head: str, version: Version) -> None:
    """Without their ids, calls and answers would be paired by chance; without a type, errors would be lost."""
    names, types = PART_HEADS[head]
    whole = conversation(NAMES, version)
    frames = [frame for frame in whole if not frame.raw.startswith(('[2,"8"', '[4,"8"'))]
    places = {frame.time: place for place, frame in enumerate(frames)}
    frames = [replace(f, half=None if f.half is None else places.get(whole[f.half].time)) for f in frames]

    def row(frame: Exchanged) -> list[str]:
        kind, message_id, *rest = json.loads(frame.raw)
        content = rest[-1] if kind < 4 else {"errorCode": rest[0], "errorDescription": rest[1], "errorDetails": rest[2]}
        payload = json.dumps(content, separators=(",", ":"))
        who = [utc(frame), frame.name, way(frame, "in", "out"), types[kind - 2], message_id]
        return [*who, rest[0] if kind == 2 else "", payload, str(places[frame.time])][: names.count(",") + 1]

    path = tmp_path / "parts.csv"
    path.write_text(written([names.split(","), *map(row, frames)]), encoding="utf-8")
    check(read(path), frames, SECOND)


GUESSES = {
    "days since 1904": "The column 'Time' is taken for the time: its numbers are days since 1904, as Excel",
    "sender and receiver": "The column 'Source' is taken for the sender: it names the central system where the other",
    "merged cells": "A row without a charge point has that of the row above: the cells are merged.",
    "a known word under an unknown name": "The column 'Gremium' is taken for the direction: its cells show it.",
}


@pytest.mark.parametrize("layout", GUESSES)
def test_what_is_taken_for_something_by_its_cells_is_said(tmp_path: Path, layout: str) -> None:
    """A wrong guess could not be recognised, nor overruled by naming the column."""
    path = tmp_path / "export.csv"
    path.write_text(LAYOUTS[layout](conversation(NAMES, Version.V16)), encoding="utf-8")
    assert any(sentence.startswith(GUESSES[layout]) for sentence in read(path).importer.evidence)


def test_the_columns_of_a_table_without_a_header_are_said_by_number(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(written(simple(conversation(NAMES, Version.V16))[1:]), encoding="utf-8")
    told = read(path).importer.evidence
    assert {
        f"The column number {number} is taken for the {what}: its cells show it."
        for number, what in ((1, "time"), (3, "direction"))
    } <= set(told)


def test_rows_longer_than_their_header_are_read(tmp_path: Path) -> None:
    """A table whose header was cut ended the import in a traceback."""
    path = tmp_path / "export.csv"
    rows = [["time", "message"]]
    for number in range(20):
        moment = f"2026-11-26T10:00:{number:02}Z"
        frame = f'[2,"m{number}","Heartbeat",{{}}]' if number % 2 == 0 else f'[3,"m{number - 1}",{{}}]'
        rows.append([moment, frame, str(number // 2 % 2 + 1)])
    path.write_text(written(rows), encoding="utf-8")
    assert len(read(path).records) == 20
