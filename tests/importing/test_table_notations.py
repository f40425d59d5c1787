"""One conversation in the tables of many programs comes back with its frames, directions, ids, times and pairs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import ascii_uppercase
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.workbook import Workbook
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from ocpptui.recording.file_errors import UnreadableFile
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import check, read
from tests.importing.workbook_files import Sheet, workbook

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
SECOND = timedelta(seconds=1)

Row = Callable[[Exchanged], Sequence[str]]
HEADS: dict[str, tuple[str, Row]] = {
    "english": ("Timestamp,Charger,Direction,Raw", lambda f: (utc(f), f.name, way(f, "in", "out"), f.raw)),
    "german": (
        "Zeitstempel,Ladepunkt,Richtung,Nachricht",
        lambda f: (f"{f.local(1):%d.%m.%Y %H:%M:%S}", f.name, way(f, "eingehend", "ausgehend"), f.raw),
    ),
    "french": (
        "Date,Borne,Sens,Message",
        lambda f: (f"{f.local(1):%d/%m/%Y %H:%M:%S}", f.name, way(f, "Entrant", "Sortant"), f.raw),
    ),
    "spanish": (
        "Fecha y hora,Estación,Dirección,Mensaje",
        lambda f: (iso(f.local(1)), f.name, way(f, "Recibido", "Enviado"), f.raw),
    ),
    "italian": ("Ora,Colonnina,Direzione,Testo", lambda f: (iso(f.time), f.name, way(f, "entrata", "uscita"), f.raw)),
    "polish": ("Czas,Stacja,Kierunek,Treść", lambda f: (utc(f), f.name, way(f, "odebrane", "wysłane"), f.raw)),
    "russian": (
        "Время,Станция,Направление,Сообщение",
        lambda f: (utc(f), f.name, way(f, "входящее", "исходящее"), f.raw),
    ),
    "a language that nobody thought of": (
        "Aika,Latausasema,Suunta,Viesti",
        lambda f: (utc(f), f.name, way(f, "cp->csms", "csms->cp"), f.raw),
    ),
    "words of no meaning": ("alpha,beta,gamma,delta", lambda f: (f.raw, way(f, "rx", "tx"), f.name, utc(f))),
    "arrows": ("Nr,When,Who,Which,What", lambda f: ("1", utc(f), f.name, way(f, "<<", ">>"), f.raw)),
    "a number and a date": (
        "Sr No.,Log Date,Log Time,Charge Point Id,Event Type,Log",
        lambda f: (
            "7", f"{f.time:%Y-%m-%d}", f"{f.time:%H:%M:%S.%f}", f.name, way(f, "Charger-CMS", "CMS-Charger"), f.raw
        ),
    ),
    "days since 1900": ("Time,CP,Dir,Message", lambda f: (serial(f), f.name, way(f, "IN", "OUT"), f.raw)),
    "without a header": ("", lambda f: (utc(f), f.name, way(f, "recv", "send"), f.raw)),
}  # fmt: skip
DIALECTS: dict[str, dict[str, object]] = {
    "commas": {},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "everything quoted": {"quoting": csv.QUOTE_ALL},
    "quotes with backslashes": {"doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL},
}


def serial(frame: Exchanged, digits: int = 10) -> str:
    """The time as Excel stores it."""
    return f"{25569 + micros_of(frame.time) / 86_400_000_000:.{digits}f}"


def table(head: str, rows: Sequence[Sequence[str]], dialect: dict[str, object]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, **dialect)  # type: ignore[arg-type]
    writer.writerows(([head.split(",")] if head else []) + [list(row) for row in rows])
    return out.getvalue()


@VERSIONS
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("head", HEADS)
def test_a_conversation_comes_back_from_any_table(tmp_path: Path, head: str, dialect: str, version: Version) -> None:
    """A header in another language would hide the frames, the charge points or the directions."""
    frames = conversation(("CP-77", "CP-78"), version)
    names, row = HEADS[head]
    path = tmp_path / "export.csv"
    path.write_text(table(names, list(map(row, frames)), DIALECTS[dialect]), encoding="utf-8")
    found = read(path)
    assert found.importer.files[0].format == "csv"
    check(found, frames, SECOND)


def in_pairs(frames: Sequence[Exchanged]) -> list[tuple[Exchanged, Exchanged | None]]:
    """Each call with its answer, if it got one."""
    calls = [frame for number, frame in enumerate(frames) if frame.half is None or frame.half > number]
    return [(call, None if call.half is None else frames[call.half]) for call in calls]


def side_by_side(pairs: Sequence[tuple[Exchanged, Exchanged | None]], *, own_time: bool) -> list[Exchanged]:
    """The frames of a table that has an answer in the row of its call, with that row's time or its own."""
    frames = list[Exchanged]()
    for call, answer in pairs:
        place = len(frames)
        frames.append(replace(call, half=None if answer is None else place + 1))
        if answer is not None:
            frames.append(replace(answer, half=place, time=answer.time if own_time else call.time))
    return frames


TWO_COLUMNS: dict[str, tuple[str, bool, Callable[[Exchanged, Exchanged | None], Sequence[str]]]] = {
    "a dashboard": (
        "Event Name,Event Type,Charger Id,Request,Response,Created On", False,
        lambda f, a: ("x", way(f, "Charger-CMS", "CMS-Charger"), f.name, f.raw, answered(a), utc(f)),
    ),
    "strings": (
        "Sr No.,Station,Direction,Request String,Response String,Request Time,Response Time", True,
        lambda f, a: ("1", f.name, way(f, "in", "out"), f.raw, answered(a), utc(f), "" if a is None else utc(a)),
    ),
    "the answer first": (
        "Antwort,Anfrage,Ladepunkt,Richtung,Zeit", False,
        lambda f, a: (answered(a), f.raw, f.name, way(f, "eingehend", "ausgehend"), utc(f)),
    ),
    "words around both": (
        "Time,Charger Id,Direction,Steps,Expected", False,
        lambda f, a: (
            utc(f), f.name, way(f, "in", "out"), f"The message `{f.raw}` is sent", f"Response: `{answered(a)}` or more"
        ),
    ),
}  # fmt: skip


def answered(answer: Exchanged | None) -> str:
    return "-Awaiting response from charger-" if answer is None else answer.raw


@VERSIONS
@pytest.mark.parametrize("notation", TWO_COLUMNS)
def test_a_call_and_its_answer_in_two_columns_are_two_records(tmp_path: Path, notation: str, version: Version) -> None:
    """Every answer would be lost, and every call seem unanswered; a remark in place of an answer is no frame."""
    head, own_time, row = TWO_COLUMNS[notation]
    pairs = in_pairs(conversation(("CP-77", "CP-78"), version))
    path = tmp_path / "export.csv"
    path.write_text(table(head, [row(*pair) for pair in pairs], {}), encoding="utf-8")
    check(read(path), side_by_side(pairs, own_time=own_time), SECOND)


@VERSIONS
def test_a_direction_that_all_rows_have_is_that_of_the_link(tmp_path: Path, version: Version) -> None:
    """The calls of the central system would seem to be sent by the charge point, against the specification."""
    frames = conversation(("CP-77", "CP-78"), version)
    pairs = [pair for pair in in_pairs(frames) if "DataTransfer" not in pair[0].raw]  # either side may send that
    path = tmp_path / "export.csv"
    rows = [(f.name, "Charger-CMS", f.raw, answered(a), utc(f)) for f, a in pairs]
    path.write_text(table("Charger Id,Event Type,Request,Response,Created On", rows, {}), encoding="utf-8")
    check(read(path), side_by_side(pairs, own_time=False), SECOND)


def test_a_table_that_a_page_made_markdown_of_is_read(tmp_path: Path) -> None:
    """The first row becomes the header, with dashes below it; each frame would have the time of the row before."""
    pairs = [pair for pair in in_pairs(conversation(("", ""), Version.V16)) if '"T9"' not in pair[0].raw]
    rows = [f"Event | Charger-CMS | {f.raw} | {answered(a)} | {f.time:%m/%d/%Y %I:%M:%S %p}" for f, a in pairs]
    path = tmp_path / "a.md"
    path.write_text("\n".join([rows[0], "-- | -- | -- | -- | --", *rows[1:]]))
    apart = [
        record.time - micros_of(frame.time.replace(microsecond=0))
        for record, frame in zip(read(path).records, side_by_side(pairs, own_time=False), strict=True)
    ]
    assert set(apart) == {0}


PARTS = {
    "ocpp_message_type,ocpp_message_id,ocpp_action,payload_json": {},
    "messageTypeId,uniqueId,action,payload": {},
    "Message Type,Message ID,Action,Payload": {},
    "msg_type,msg_id,command,data": {},
    "kind,correlation_id,method,params": {},
    "foo,bar,baz,qux": {"foo": "message_type", "bar": "message_id", "baz": "action", "qux": "payload"},
}
"""The names of the columns with the parts of a frame, and what the user says of them."""


@VERSIONS
@pytest.mark.parametrize("names", PARTS)
def test_frames_in_parts_come_back_under_any_usual_names(tmp_path: Path, names: str, version: Version) -> None:
    whole = conversation(("CP-77", "CP-78"), version)
    frames = [frame for frame in whole if not frame.raw.startswith(('[2,"8"', "[4,"))]
    places = {frame.time: place for place, frame in enumerate(frames)}
    frames = [replace(f, half=None if f.half is None else places.get(whole[f.half].time)) for f in frames]

    def row(frame: Exchanged) -> list[str]:
        kind, message_id, *rest = json.loads(frame.raw)
        action = rest[0] if kind == 2 else ""
        payload = json.dumps(rest[-1], separators=(",", ":"))
        who = [utc(frame), frame.name, way(frame, "in", "out")]
        return [*who, {2: "CALL", 3: "CALLRESULT"}[kind], message_id, action, payload]

    path = tmp_path / "parts.csv"
    path.write_text(table(f"time,charger_id,direction,{names}", list(map(row, frames)), {}), encoding="utf-8")
    check(read(path, ImportOptions(columns=PARTS[names])), frames, SECOND)


def test_naming_columns_makes_any_text_a_table(tmp_path: Path) -> None:
    """The option would be ignored for the very table that it is for: one that was not recognised."""
    path = tmp_path / "odd.csv"
    path.write_text('a,b,c\n1,CP-77,"{""k"":1}"\n2,CP-77,"[2,""a1"",""Heartbeat"",{}]"\n')
    found = read(path, ImportOptions(columns={"b": "charge_point", "c": "raw"}))
    assert found.importer.files[0].format == "csv"
    assert (found.raws, found.records[0].charge_point) == (['[2,"a1","Heartbeat",{}]'], "CP-77")


# -- workbooks ---------------------------------------------------------------------------------------------------------


@VERSIONS
@pytest.mark.parametrize("suffix", ["xlsx", "bin", "zip"])
def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path, suffix: str, version: Version) -> None:
    """Read as an archive of XML, it would give frames with the times of other rows; the name is not needed."""
    frames = conversation(("CP-77", "CP-78"), version)
    head = ["Zeit", "Ladepunkt", "Richtung", "Nachricht"]
    rows: list[Sequence[str | float]] = [
        [float(serial(f)), f.name, way(f, "eingehend", "ausgehend"), f.raw] for f in frames
    ]
    sheets: list[list[Sequence[str | float]]] = [[["Nur eine Notiz"]], [head, *rows[:12]], [head, *rows[12:]]]
    found = read(workbook(tmp_path / f"export.{suffix}", sheets))
    assert found.importer.files[0].format == "excel"
    check(found, frames, timedelta(milliseconds=2))


def opendocument(path: Path, rows: Sequence[Sequence[str | float]]) -> Path:
    """An OpenDocument spreadsheet (ISO/IEC 26300) of one sheet."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, float)
            else f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    media = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", media)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='S1'>{body}"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


@VERSIONS
@pytest.mark.parametrize("name", ["export.ods", "export.bin"])
def test_a_spreadsheet_of_libreoffice_is_read(tmp_path: Path, name: str, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    head = ["Zeit", "Ladepunkt", "Richtung", "Nachricht"]
    rows = [[f"{f.time:%d.%m.%Y %H:%M:%S.%f}", f.name, way(f, "eingehend", "ausgehend"), f.raw] for f in frames]
    check(read(opendocument(tmp_path / name, [head, *rows])), frames, timedelta(milliseconds=2))


@pytest.mark.parametrize("hidden", [1, 2])
def test_a_hidden_sheet_is_read_and_said(tmp_path: Path, hidden: int) -> None:
    """The customer does not know that they sent it; nothing that is in a file may be missing."""
    sheets: list[Sheet] = [
        [["time", "message"], [46082.5 + place, f'[2,"a{place}","Heartbeat",{{}}]']] for place in range(2)
    ]
    found = read(workbook(tmp_path / "a.xlsx", sheets, hidden))
    assert found.raws == [f'[2,"a{place}","Heartbeat",{{}}]' for place in range(2)]
    said = [sentence for sentence in found.importer.evidence if "hidden" in sentence]
    assert said == [f"The sheet 'S{hidden}' is hidden in the workbook; its frames are here too."]


@pytest.mark.parametrize("suffix", ["xls", "ods", "xlsb", "xlsm"])
def test_a_workbook_that_cannot_be_read_ends_with_a_sentence(tmp_path: Path, suffix: str) -> None:
    """An empty timeline would say that the customer's file has nothing in it."""
    path = tmp_path / f"a.{suffix}"
    path.write_bytes((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" if suffix == "xls" else b"PK\x03\x04") + bytes(600))
    found = read(path)
    assert found.records == []
    assert "this workbook cannot be read" in found.importer.failures[0]
    assert "save the sheet as CSV" in found.importer.failures[0]


def with_cell_at(tmp_path: Path, place: str) -> Path:
    """A workbook with a frame, and another cell at this place."""
    path = workbook(tmp_path / "a.xlsx", [[["time", "message"], [46082.5, '[2,"a1","Heartbeat",{}]']]])
    far = f'<row r="{place.lstrip(ascii_uppercase)}"><c r="{place}"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name).replace(b"</sheetData>", far.encode()))
    return tmp_path / "b.xlsx"


@pytest.mark.parametrize("place", ["XFD1048576", "ALL200000", "KN1048576"])
def test_a_cell_far_from_all_others_ends_with_a_sentence(tmp_path: Path, place: str) -> None:
    """The library would ask for gigabytes for the empty cells between, and end the program if it does not get them."""
    found = read(with_cell_at(tmp_path, place))
    assert found.records == []
    assert f"a cell far from all others, at {place}" in found.importer.failures[0]


@pytest.mark.parametrize("place", ["AZ9", "C150000"])
def test_a_wide_or_a_long_sheet_is_read(tmp_path: Path, place: str) -> None:
    assert read(with_cell_at(tmp_path, place)).raws == ['[2,"a1","Heartbeat",{}]']


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_ends_with_a_sentence(tmp_path: Path, cut: float) -> None:
    path = workbook(tmp_path / "a.xlsx", [[["time", "message"], [46082.5, '[2,"a1","Heartbeat",{}]']]])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    found = read(path)
    assert found.records == []
    assert "workbook cannot be read" in found.importer.failures[0]


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_workbook_is_read_or_ends_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    """An error of the library would end the program with a traceback."""
    path = tmp_path_factory.mktemp("workbook") / "a.xlsx"
    data = bytearray(workbook(path, [[["time", "message"], [46082.5, '[2,"a1","Heartbeat",{}]']]]).read_bytes())
    for place, byte in changes:
        data[place % len(data)] = byte
    try:
        found = list(Workbook().read(Material("a.xlsx", io.BytesIO(data)), ImportTally(), ImportOptions()))
    except UnreadableFile as error:
        assert "workbook" in error.reason
    else:
        assert all(type(one) is FoundFrame for one in found)


def test_without_the_library_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    """The extra is not installed by default; a traceback would tell the user nothing."""
    path = workbook(tmp_path / "a.xlsx", [[["time", "message"], [46082.5, '[2,"a1","Heartbeat",{}]']]])
    code = (
        "import sys; sys.modules['python_calamine'] = None; sys.argv[0] = 'ocpptui'\n"
        "from ocpptui.__main__ import main; sys.exit(main())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "open", str(path), "--headless"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert "install ocpptui[excel] to read it, or save the sheet as CSV" in ended.stderr
