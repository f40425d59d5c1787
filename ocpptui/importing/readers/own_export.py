"""What `ocpptui convert` writes, except recordings: text, Markdown, HTML, CSV and HAR, with everything that they hold.

Each is known by a mark that only ocpptui writes. An export without the mark, of an older version or edited, is read as
any other file of its kind.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from ocpptui.describe.archive_layout import AT, MORE, OWN, RECORDS, shown_in_exchange, shown_in_message
from ocpptui.describe.markdown_cell import cell_texts
from ocpptui.describe.page_layout import (
    BEGIN,
    END,
    KIND,
    PAGE_START,
    PAGE_TITLE,
    REMAINDER,
    SUMMARY,
    TEXT,
    shown_on_page,
)
from ocpptui.describe.spreadsheet_cell import without_apostrophe
from ocpptui.describe.table_layout import (
    CSV_COLUMNS,
    MARKDOWN_COLUMNS,
    MARKDOWN_MARK,
    OLD_MARKDOWN_COLUMNS,
    shown_in_csv,
    shown_in_markdown,
)
from ocpptui.describe.text_layout import INDENT, TEXT_MARK, TextLayout
from ocpptui.describe.text_layout import REMAINDER as REMAINDER_SIGN
from ocpptui.importing.files.input_file import Peeked
from ocpptui.importing.files.packing_marks import HEAD
from ocpptui.importing.files.text_stream import text_lines
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material, ReaderStep
from ocpptui.importing.readers.har import LARGEST, entries_of
from ocpptui.importing.tables.csv_rows import LONGEST_CELL
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.version import Transport
from ocpptui.recording.line_format import Unreadable
from ocpptui.recording.remainder import parsed_remainder, whole_record
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind

_TITLE = b"# OCPP recording"
_TABLES = tuple(f"| {' | '.join(columns)} |".encode() for columns in (MARKDOWN_COLUMNS, OLD_MARKDOWN_COLUMNS))
_CSV_HEAD = ",".join(CSV_COLUMNS).encode()
_ARCHIVE_HEAD = b'{"log":{"version":"1.2","creator":{"name":"ocpptui","version":"'
_ARCHIVE_MARK = f',"{OWN}":1}}'.encode()
_ELSEWHERE = f'"{OWN}":{{"{RECORDS}":['


class OwnExport:
    """The reader for our own exports."""

    name = "ocpptui"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return _kind_of(head) != ""

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[ReaderStep]:
        head = material.stream.read(HEAD)
        stream, kind = cast(BinaryIO, Peeked(head, material.stream)), _kind_of(head)
        if kind == "har":
            steps = _archive(stream.read(LARGEST).decode("utf-8", "replace"), tally)
        else:
            steps = _READING.get(kind, _text)(text_lines(stream))
        for one in steps:
            if isinstance(one, Record):
                tally.with_frame += 1
            yield one


def _kind_of(head: bytes) -> str:
    """Which export begins like this; empty if none does."""
    first = head.partition(b"\n")[0].rstrip(b"\r")
    if first.startswith(TEXT_MARK.encode()):
        return "text"
    if first.startswith(MARKDOWN_MARK.encode()) or (first == _TITLE and any(table in head for table in _TABLES)):
        return "markdown"
    if first == _CSV_HEAD:
        return "csv"
    if head.startswith(PAGE_START) and PAGE_TITLE in head[:1000]:
        return "page"
    return "har" if head.startswith(_ARCHIVE_HEAD) and _ARCHIVE_MARK in head[:200] else ""


# -- text --------------------------------------------------------------------------------------------------------------


def _text(lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    layout, first, number = TextLayout(), "", 0
    below: list[str] = []
    for place, line in islice(lines, 1, None):
        if first and line.startswith(INDENT):
            below.append(line.removeprefix(INDENT))
            continue
        if first:
            yield _of_text(layout, first, below, number)
        first, below, number = "", [], place
        if line.strip() and not layout.take_state(line):
            first = line
    if first:
        yield _of_text(layout, first, below, number)


def _of_text(layout: TextLayout, first: str, below: list[str], number: int) -> ReaderStep:
    shown = layout.shown(first, below)
    if shown is None:
        return Unreadable("this is not a record of the export", number)
    last = below[-1] if below else ""
    rest = parsed_remainder(last.removeprefix(REMAINDER_SIGN)) if last.startswith(REMAINDER_SIGN) else {}
    return _record(shown, rest, number)


# -- tables ------------------------------------------------------------------------------------------------------------


def _markdown(lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    columns: tuple[str, ...] = ()
    for number, line in lines:
        cells = cell_texts(line) if line.startswith("|") else []
        if tuple(cells) in (MARKDOWN_COLUMNS, OLD_MARKDOWN_COLUMNS):
            columns = tuple(cells)
        elif columns and len(cells) == len(columns) and not line.startswith("|---"):
            by_name = dict(zip(columns, cells, strict=True))
            shown = shown_in_markdown([by_name.get(name, "") for name in MARKDOWN_COLUMNS])
            is_old = "more" not in by_name
            rest = _of_old(by_name["kind"], by_name["summary"], by_name["text"]) if is_old else cells[-1]
            yield _record(shown, parsed_remainder(rest) if isinstance(rest, str) else rest, number)
        elif columns and line.strip() and not line.startswith("|---"):
            yield Unreadable("this is not a row of the table", number)


def _csv(lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    csv.field_size_limit(max(LONGEST_CELL, csv.field_size_limit()))
    for number, line in islice(lines, 1, None):
        try:
            cells = next(csv.reader([line]), [])
        except csv.Error as error:
            yield Unreadable(f"this is not a row of the table: {error}", number)
            continue
        if len(cells) == len(CSV_COLUMNS):
            shown = shown_in_csv([without_apostrophe(cell) for cell in cells])
            yield _record(shown, parsed_remainder(cells[-1]), number)
        elif cells:
            yield Unreadable(f"this row has {len(cells)} cells in place of {len(CSV_COLUMNS)}", number)


# -- HTML --------------------------------------------------------------------------------------------------------------


def _page(lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    begin, end, within = BEGIN.decode().rstrip(), END.decode().strip(), False
    for number, line in lines:
        if not within or line == end:
            within = line == begin
            continue
        try:
            values = json.loads(line.removesuffix(","))
            shown = shown_on_page(values)
            is_old = len(values) <= REMAINDER
            rest = _of_old(values[KIND], values[SUMMARY], values[TEXT]) if is_old else values[REMAINDER]
        except (ValueError, LookupError, TypeError, RecursionError):
            yield Unreadable("this is not a record of the page", number)
            continue
        yield _record(shown, rest if type(rest) is dict else {}, number)


def _of_old(kind: str, summary: object, text: object) -> dict[str, Any]:
    """What an export of an older version, which has no remainders, says of a record. Raises TypeError for no texts."""
    if not (isinstance(summary, str) and isinstance(text, str)):
        raise TypeError(summary, text)
    if kind == RecordKind.NOTE.name:
        return {"detail": {"text": text}}
    event = summary.partition(" ")[0]
    if kind == RecordKind.CONNECTION.name and event in {one.value for one in ConnectionEvent}:
        return {"detail": {"event": event}}
    return {"transport": Transport.SOAP.value} if may_be_envelope(text) else {}


# -- HAR ---------------------------------------------------------------------------------------------------------------


def _archive(text: str, tally: ImportTally) -> Iterator[ReaderStep]:
    records: list[tuple[int, Record]] = []
    for number, entry in enumerate(entries_of(text, tally), 1):
        try:
            own = entry[OWN]
            common = {name: value for name, value in own.items() if name not in (AT, MORE)}
            messages = entry.get("_webSocketMessages")
            if messages is None:
                all_shown = shown_in_exchange(entry, common)
            else:
                all_shown = [shown_in_message(message, common) for message in messages]
            for place, (at, shown) in enumerate(zip(own[AT], all_shown, strict=True)):
                record = whole_record(shown, own[MORE].get(str(place), {}))
                if isinstance(record, Record):
                    records.append((at, record))
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            yield Unreadable(f"entry {number} is not as ocpptui wrote it")
    for fields in _elsewhere(text):
        record = whole_record({name: value for name, value in fields.items() if name != AT}, {})
        if isinstance(record, Record) and type(fields.get(AT)) is int:
            records.append((fields[AT], record))
    yield from (record for _, record in sorted(records, key=lambda one: one[0]))


def _elsewhere(text: str) -> list[dict[str, Any]]:
    """The records for which HAR has no place."""
    place = text.rfind(_ELSEWHERE)
    if place < 0:
        return []
    try:
        found, _ = json.JSONDecoder().raw_decode(text, place + len(_ELSEWHERE) - 1)
    except (ValueError, RecursionError):
        return []
    return [fields for fields in found if type(fields) is dict]


def _record(shown: dict[str, Any], rest: dict[str, Any], number: int) -> Record | Unreadable:
    record = whole_record(shown, rest)
    return record if isinstance(record, Record) else Unreadable(record.reason, number)


_READING = {"text": _text, "markdown": _markdown, "csv": _csv, "page": _page}
