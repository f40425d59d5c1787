"""Text tables: CSV, TSV and similar, with any columns in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from ocpptui.describe.spreadsheet_cell import without_apostrophe
from ocpptui.importing.fields.field_directions import DirectionClue, direction_of, of_ends
from ocpptui.importing.fields.field_values import message_type_of, moment_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.fields.frame_from_parts import Assembler
from ocpptui.importing.fields.unknown_fields import unknown_fields
from ocpptui.importing.files.input_file import Peeked
from ocpptui.importing.files.packing_marks import HEAD
from ocpptui.importing.files.text_stream import InUtf8
from ocpptui.importing.found_envelope import found_envelope
from ocpptui.importing.found_frame import FoundFrame, turned
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.objects.json_context import described
from ocpptui.importing.objects.twin_frames import without_twins
from ocpptui.importing.packets.packet_addresses import between
from ocpptui.importing.prefixes.headings import name_in_heading
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.row_order import oldest_first
from ocpptui.importing.tables.cell_content import has_frame, is_frame_text, tags_of_cell
from ocpptui.importing.tables.column_search import LONGEST_NAME
from ocpptui.importing.tables.csv_columns import columns_of
from ocpptui.importing.tables.csv_notation import beginning, likely_reading, separated_rows
from ocpptui.importing.tables.csv_rows import TableRow, with_whole_frame
from ocpptui.importing.tables.row_times import moment_of_row
from ocpptui.importing.tables.table_columns import TableColumns
from ocpptui.importing.tables.table_encoding import ENCODINGS, table_encoding
from ocpptui.importing.tables.table_head import SAMPLE, have_one_width, head_lines
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.words.name_forms import without_kind
from ocpptui.importing.words.stated_versions import version_of
from ocpptui.importing.words.western_letters import legible
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.json_encoding import plain_message
from ocpptui.ocpp.version import Transport
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.timeline.record import ConnectionEvent, RecordKind

MOST_NAMED = 40
"""The most columns that are named to the user."""
_ANSWER = lazily(r"\s*\[\s*[345]\s*,")
_ESCAPED = lazily(r"\\u(00[01][0-9a-f]|007f|00[89][0-9a-f])")
_DOUBLED = lazily(r"\[\s?[2-6]\s?,\s?\"\"")
"""A frame in a cell in quotes."""
_OF_EVENT = lazily(
    r"(?:^|, )(url|subprotocol|remoteAddress|responseStatus|step|error|closeCode|closeReason|closedBy): "
)
_TEXT_OF_EVENT = "text"
_EVENTS = frozenset(event.value for event in ConnectionEvent)


class Table:
    """The reader for tables."""

    name = "csv"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        encoding = table_encoding(head)
        lines = head_lines(head.decode(encoding, "replace").encode() if encoding else head)
        first = lines[0][1].lstrip() if lines else ""
        if first[:1] in ("{", "["):
            return False
        likely = likely_reading(lines)
        if likely is None:
            return False
        _, rows, columns = likely
        if columns.names:
            return columns.hold_frames
        with_frame = sum(1 for row in rows if is_frame_text(columns.cell(row.cells, FieldMeaning.RAW)))
        dated = any(moment is not None and moment.dated for moment in map(moment_of, _times(rows, columns)))
        told = bool({FieldMeaning.DIRECTION, FieldMeaning.CHARGE_POINT} & columns.places.keys() or columns.more_frames)
        quoted = any(_DOUBLED.search(line) for _, line in lines)
        return have_one_width(rows) and dated and with_frame > 0.6 * len(rows) and (told or quoted)

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        try:
            yield from frames_of(separated_rows(_in_utf8(material.stream, tally)), tally, options)
        except MissingColumnError as error:
            raise UnreadableFile(material.path or Path(material.name), str(error)) from None


def _in_utf8(stream: BinaryIO, tally: ImportTally) -> BinaryIO:
    """The table in UTF-8, if its words are known in another encoding."""
    head = stream.read(HEAD)
    encoding = table_encoding(head)
    whole = cast(BinaryIO, Peeked(head, stream))
    if not encoding:
        return whole
    tally.tell(f"The table is read as {ENCODINGS[encoding]}: its words are known in it.")
    return cast(BinaryIO, InUtf8(whole, encoding))


class MissingColumnError(Exception):
    """The user names a column that the table does not have."""

    def __init__(self, columns: TableColumns) -> None:
        named = ", ".join(map(repr, columns.missing))
        if columns.names:
            there = "its columns are " + ", ".join(repr(name) for name in columns.names[:MOST_NAMED])
        else:
            there = f"it has no header; name its columns by number, 1 to {columns.width}"
        super().__init__(f"the table has no column {named}; {there}")


def frames_of(rows: Iterator[TableRow], tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
    """The frames in the rows of a table, the oldest first. Raises MissingColumnError."""
    sample = beginning(islice(rows, SAMPLE), lambda row: sum(map(len, row.lines)))
    columns = columns_of([row.cells for row in sample], options.columns)
    if columns.missing:
        raise MissingColumnError(columns)
    tally.evidence += columns.guesses
    rows_of_sample = [*sample[: columns.above], *sample[columns.above + 1 :]] if columns.names else sample
    body = chain(rows_of_sample, rows)
    yield from oldest_first(_Reading(columns, tally).groups(body), tally)


class _Reading:
    """Turns rows into frames."""

    def __init__(self, columns: TableColumns, tally: ImportTally) -> None:
        self._columns = columns
        self._tally = tally
        self._assembler = Assembler()
        self._above: dict[int, str] = {}  # the last cells of columns with merged cells
        self._section = ""  # the charge point that a row by itself names
        self._unclaimed = [
            (place, name) for place, name in enumerate(columns.names) if name and place not in columns.claimed
        ]
        """The columns whose meaning is not known: the file as a whole may show it."""

    def groups(self, rows: Iterable[TableRow]) -> Iterator[list[FoundFrame]]:
        """The frames of each row."""
        for row in rows:
            row = self._filled(row)
            found = self._of(row)
            if found:
                self._tally.with_frame += 1
                yield found
            elif any(map(str.strip, row.lines)):
                self._section = _name_of_section(row.cells) or self._section
                self._tally.learn_secrets("\n".join(row.lines))
                self._tally.skip(row.number, "\n".join(row.lines), row.reason)

    def _filled(self, row: TableRow) -> TableRow:
        """A row with what the table leaves out of it: merged cells, and quotes around a malformed frame."""
        columns = self._columns
        if columns.is_western:
            row = row._replace(cells=list(map(legible, row.cells)), lines=list(map(legible, row.lines)))
        place = columns.places.get(FieldMeaning.RAW)
        if place is not None and len(row.cells) > columns.width > place and len(row.lines) == 1:
            row = with_whole_frame(row, place, columns.width)
        for merged in columns.merged:
            if merged < len(row.cells):
                if row.cells[merged].strip():
                    self._above[merged] = row.cells[merged]
                elif merged in self._above:
                    cells = [*row.cells[:merged], self._above[merged], *row.cells[merged + 1 :]]
                    row = row._replace(cells=cells)
        return row

    def _of(self, row: TableRow) -> list[FoundFrame]:
        kind = self._columns.cell(row.cells, FieldMeaning.MESSAGE_TYPE)
        if kind == RecordKind.CONNECTION.name:
            return self._event(row)
        if kind in (RecordKind.PING.name, RecordKind.PONG.name, RecordKind.NOTE.name):
            return []
        if self._columns.more_frames:
            several = self._several(row)
            if several:
                return several
        cell = without_apostrophe(self._columns.cell(row.cells, FieldMeaning.RAW))
        if "Envelope" in cell and cell[:1] != "[":
            envelopes = _in_lines(_ESCAPED.sub(_unescaped, cell).split("\n"), row.number)
            if envelopes:
                return [self._said(found, row) for found in envelopes]
        message = plain_message(cell) if cell[:1] == "[" else None
        if message is not None or is_frame_text(cell):
            return [self._said(FoundFrame(cell, row.number, frame=message), row)]
        unescaped = _ESCAPED.sub(_unescaped, cell)
        if unescaped != cell and is_frame_text(unescaped):
            return [self._said(FoundFrame(unescaped, row.number), row)]
        start = START.search(cell)
        if (start is not None and not cell[: start.start()].strip()) or (cell and kind == RecordKind.MALFORMED.name):
            if len(row.lines) == 1 or sum(1 for line in row.lines if START.search(line)) < 2:
                return [self._said(FoundFrame(cell, row.number), row)]
        elif start is not None:
            return self._with_words(row, cell)
        elif cell[:1] == "[" and self._columns.only_frames:
            return [self._said(FoundFrame(cell, row.number), row)]
        parts = self._composed(row)
        if parts:
            return parts
        found = _in_lines(_without_doubled(row.lines), row.number)
        return [self._said(one, row) for one in found] if len(found) == 1 else found

    def _with_words(self, row: TableRow, cell: str) -> list[FoundFrame]:
        """The frames of a cell with words around them, and those of such cells beside it."""
        told = [self._said(found, row) for found in _in_lines([cell], row.number)]
        others = (text for text in map(str.strip, row.cells) if "[" in text and text not in cell)
        for text in filter(has_frame, others):
            for found in _in_lines([text], row.number):
                said = self._said(found, row)
                told.append(self._beside_call(said, row) if self._way(row) and _is_answer(str(said.raw)) else said)
        return without_twins(told)

    def _several(self, row: TableRow) -> list[FoundFrame]:
        """The frames of a row with a call in one column and its answer in another; a text in them is not a frame."""
        places = sorted({self._columns.places[FieldMeaning.RAW], *self._columns.more_frames})
        cells = [row.cells[place].strip() for place in places if place < len(row.cells)]
        texts = {without_apostrophe(cell): place for cell, place in zip(cells, places, strict=False)}
        found = []
        for text in sorted(filter(_is_beginning, texts), key=_is_answer):
            if text[:1] == "<":  # an envelope says its direction itself
                envelope = found_envelope(text, row.number, None)
                self._said(envelope, row)
                found.append(self._answered(envelope, row) if envelope.is_answer else envelope)
                continue
            one = self._said(FoundFrame(text, row.number), row)
            way = direction_of(FieldMeaning.DIRECTION, self._name(texts[text]))
            if way:
                one.direction, one.flow = way
                found.append(one)
            else:
                found.append(self._beside_call(one, row) if _is_answer(text) and len(texts) > 1 else one)
        return found

    def _name(self, place: int) -> str:
        """The name of a column; empty if it has none."""
        names = self._columns.names
        return names[place] if place < len(names) else ""

    def _beside_call(self, found: FoundFrame, row: TableRow) -> FoundFrame:
        """An answer in the row of its call, with the opposite direction."""
        return turned(self._answered(found, row))

    def _answered(self, found: FoundFrame, row: TableRow) -> FoundFrame:
        """An answer in the row of its call, with its own time if the row has one."""
        place = self._columns.answer_time
        moment = moment_of(row.cells[place]) if place is not None and place < len(row.cells) else None
        if moment is not None:
            found.at(moment)
            found.zoned = found.zoned or self._columns.in_utc
        return found

    def _composed(self, row: TableRow) -> list[FoundFrame]:
        """The frame, or the call and its answer, whose parts are in the columns of a row."""
        columns, cells = self._columns, row.cells
        payload, answer = (
            _object(columns.cell(cells, FieldMeaning.PAYLOAD)),
            _object(columns.cell(cells, FieldMeaning.ANSWER)),
        )
        action = columns.cell(cells, FieldMeaning.ACTION)
        kind = message_type_of(columns.cell(cells, FieldMeaning.MESSAGE_TYPE))
        code = columns.cell(cells, FieldMeaning.ERROR_CODE)
        is_stated = kind is not None and (action or code or (kind.is_answer and payload is not None))
        if payload is None and answer is None and not is_stated:
            return []
        parts: dict[FieldMeaning, Any] = {
            FieldMeaning.MESSAGE_ID: columns.cell(cells, FieldMeaning.MESSAGE_ID),
            FieldMeaning.ACTION: action,
            FieldMeaning.PAYLOAD: payload,
            FieldMeaning.ANSWER: answer,
            FieldMeaning.ERROR_CODE: code,
            FieldMeaning.ERROR_DESCRIPTION: columns.cell(cells, FieldMeaning.ERROR_DESCRIPTION),
            FieldMeaning.ERROR_DETAILS: _object(columns.cell(cells, FieldMeaning.ERROR_DETAILS)),
        }
        charge_point = columns.cell(cells, FieldMeaning.CHARGE_POINT)
        found = []
        for raw, beside_call in self._assembler.frames(parts, kind, charge_point, self._way(row), f"row-{row.number}"):
            one = self._said(FoundFrame(raw, row.number, notation="columns"), row)
            found.append(self._beside_call(one, row) if beside_call else one)
        return found

    def _way(self, row: TableRow) -> DirectionClue:
        """The direction that a row states."""
        columns = self._columns
        if columns.ends is not None:
            return self._ends(row)[0]
        place = columns.places.get(FieldMeaning.DIRECTION)
        if place is None:
            return DirectionClue()
        cell = columns.cell(row.cells, FieldMeaning.DIRECTION)
        if columns.directions:
            return DirectionClue(columns.directions.get(cell))
        said = direction_of(self._name(place), legible(cell))
        return said or direction_of(FieldMeaning.DIRECTION, legible(cell))

    def _ends(self, row: TableRow) -> tuple[DirectionClue, str]:
        """The direction of a row with sender and receiver, and the charge point."""
        sender, receiver = (
            row.cells[place].strip() if place < len(row.cells) else "" for place in self._columns.ends or ()
        )
        return of_ends(sender, receiver, self._columns.backend)

    def _event(self, row: TableRow) -> list[FoundFrame]:
        """A connection event, as our own tables write it."""
        text = self._columns.cell(row.cells, FieldMeaning.RAW)
        if not text:
            names = self._columns.names
            place = names.index(_TEXT_OF_EVENT) if _TEXT_OF_EVENT in names else len(row.cells)
            text = row.cells[place] if place < len(row.cells) else ""
        event, _, told = text.partition(", ")
        if event not in _EVENTS:
            return []
        pieces = _OF_EVENT.split(told)
        detail: dict[str, Any] = dict(zip(pieces[1::2], pieces[2::2], strict=False))
        if str(detail.get("closeCode", "")).isdecimal():
            detail["closeCode"] = int(detail["closeCode"])
        return [self._said(FoundFrame("", row.number, event=ConnectionEvent(event), detail=detail), row)]

    def _said(self, found: FoundFrame, row: TableRow) -> FoundFrame:
        """A frame with what the other columns say about it."""
        columns, cells = self._columns, row.cells
        moment = moment_of_row(columns, cells)
        if moment is not None:
            found.at(moment)
            found.zoned = found.zoned or columns.in_utc
        which = self._way(row)
        if which and (found.transport is Transport.JSON or found.direction is None):
            found.direction, found.flow = which
        named = (columns.ends and self._ends(row)[1]) or columns.cell(cells, FieldMeaning.CHARGE_POINT)
        found.charge_point = legible(without_kind(_without_sign_of_text(named))) or found.charge_point
        found.version = version_of(columns.cell(cells, FieldMeaning.VERSION)) or found.version
        found.connection = columns.cell(cells, FieldMeaning.CONNECTION) or found.connection
        if columns.addresses is not None:
            ends = (":".join(cells[one].strip() for one in end if one < len(cells)) for end in columns.addresses)
            flow, connection = between(*ends)
            found.connection = found.connection or connection
            if found.direction is None and found.flow is None:
                found.flow = flow
        for place in columns.objects:
            cell = row.cells[place].strip() if place < len(row.cells) else ""
            fields = _object(cell) or tags_of_cell(cell)
            if type(fields) is dict:
                described(found, fields)
        found.charge_point = found.charge_point or self._section
        if columns.texts and not found.charge_point:
            texts = [cells[place].strip() for place in columns.texts if place < len(cells)]
            found.prefix = " ".join((*texts, found.prefix)).strip()
        if not found.charge_point and self._unclaimed:
            told = ((name, cells[place].strip()) for place, name in self._unclaimed if place < len(cells))
            found.fields = tuple(unknown_fields(dict(told)))
        return found


# -- cells -------------------------------------------------------------------------------------------------------------


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _is_beginning(text: str) -> bool:
    """Whether a text begins as a frame or an envelope."""
    return START.match(text) is not None or (text[:1] == "<" and may_be_envelope(text))


def _is_answer(text: str) -> bool:
    """Whether a text is, or begins as, the answer to a call."""
    if text[:1] == "<":
        return found_envelope(text, 0, None).is_answer
    return _ANSWER.match(text) is not None


def _object(cell: str) -> Any:
    """The payload in a cell; None if it is not one."""
    if cell[:1] not in ("{", "["):
        return None
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return None


def _without_doubled(lines: Iterable[str]) -> list[str]:
    """Lines of a table with the quotes of their frames as they were before they were doubled."""
    return [line.replace('""', '"') if _DOUBLED.search(line) else line for line in lines]


def _without_sign_of_text(cell: str) -> str:
    """A name without the apostrophe by which a spreadsheet knows a text: nobody's name begins with one."""
    return cell[1:] if cell[:1] == "'" and cell.count("'") == 1 else cell


def _name_of_section(cells: Sequence[str]) -> str:
    """The charge point that a row names for the rows below it; empty if it has more in it than that."""
    filled = [legible(cell.strip()) for cell in cells if cell.strip()]
    if len(filled) != 1 or len(filled[0]) > LONGEST_NAME:
        return ""
    return name_in_heading(filled[0])


def _in_lines(lines: Iterable[str], number: int) -> list[FoundFrame]:
    """The frames in lines without cells, or in a cell that contains more than a frame."""
    from ocpptui.importing.lines.frame_finder import FrameFinder

    texts = list(lines)
    if not any(START.search(text) or "Envelope" in text for text in texts):
        return []
    finder = FrameFinder(ImportTally())
    found = [one for place, text in enumerate(texts) for one in finder.take(number + place, text)]
    return [*found, *finder.finish()]


def _times(rows: Iterable[TableRow], columns: TableColumns) -> Iterator[str]:
    for row in islice(rows, 5):
        day = row.cells[columns.day] + " " if columns.day is not None and columns.day < len(row.cells) else ""
        yield day + columns.cell(row.cells, FieldMeaning.TIME)
