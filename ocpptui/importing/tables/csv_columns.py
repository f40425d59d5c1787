"""What the columns of a table contain: determined by the user, by their names and by their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, plain_name
from ocpptui.importing.tables.cell_content import is_message_type
from ocpptui.importing.tables.column_finder import WORD, ColumnFinder
from ocpptui.importing.tables.column_search import LONGEST_NAME
from ocpptui.importing.tables.direction_columns import DirectionColumns
from ocpptui.importing.tables.identity_columns import IdentityColumns
from ocpptui.importing.tables.table_columns import TableColumns
from ocpptui.importing.tables.table_head import SAMPLE, head_place
from ocpptui.importing.words.action_names import action_and_kind
from ocpptui.importing.words.stated_versions import version_of
from ocpptui.importing.words.western_letters import ENCODINGS, is_western, legible, western_encoding
from ocpptui.jsontext.lazy_pattern import lazily

_FIELDS = frozenset(field_.value for field_ in FieldMeaning)
_DASHES = lazily(r":?[-=+]{2,}:?")


def _may_be_connection(cell: str, name: str) -> bool:
    """Whether a cell may distinguish a connection. A channel with a word in it may be anything."""
    return len(cell) <= LONGEST_NAME and ("channel" not in name.lower() or cell.lstrip("#").isdecimal())


def columns_of(rows: Sequence[Sequence[str]], mapped: Mapping[str, str] | None = None) -> TableColumns:
    """The columns of a table, from its first rows. `mapped` is the user's choice, by name or by number from 1."""
    place = head_place(rows, mapped or {})
    head = () if place is None else tuple(legible(cell.strip()) for cell in rows[place])
    first = 0 if place is None else place + 1
    body = [row for row in rows[first : first + SAMPLE] if not _is_rule(row)]
    width = max((len(row) for row in rows[:SAMPLE]), default=0)
    columns = TableColumns(head, place or 0, width=len(head) or _usual_width(body))
    _take_mapped(columns, mapped or {}, width)
    aligned = [[row[place].strip() if place < len(row) else "" for row in body] for place in range(width)]
    finder, directions, identities = (
        ColumnFinder(columns, aligned), DirectionColumns(columns, aligned), IdentityColumns(columns, aligned)
    )  # fmt: skip
    finder.take_frames()
    finder.take_more_frames()
    finder.take(FieldMeaning.TIME, lambda cell, name: moment_of(cell) is not None)
    finder.take_day()
    finder.take(FieldMeaning.VERSION, lambda cell, name: version_of(cell) is not None)
    directions.take_ends()
    finder.take(FieldMeaning.DIRECTION, lambda cell, name: bool(direction_of(name, cell)))
    finder.take(FieldMeaning.MESSAGE_TYPE, lambda cell, name: is_message_type(cell))
    finder.take_by_cells(FieldMeaning.MESSAGE_TYPE, lambda cell: is_message_type(cell) and not cell.isdecimal())
    finder.take(FieldMeaning.CHARGE_POINT, lambda cell, name: len(cell) <= LONGEST_NAME)
    finder.take(FieldMeaning.CONNECTION, _may_be_connection)
    finder.take(FieldMeaning.ACTION, lambda cell, name: WORD.fullmatch(cell) is not None)
    finder.take_by_cells(FieldMeaning.ACTION, lambda cell: action_and_kind(cell) is not None)
    finder.take_parts()
    identities.take_lone_id()
    directions.drop_contradicted_direction()
    directions.take_addresses()
    directions.learn_direction()
    identities.take_unnamed_identity()
    identities.take_texts()
    finder.take_answer_time()
    finder.take_zone()
    finder.take_objects()
    finder.find_merged()
    place = columns.places.get(FieldMeaning.TIME)
    frames = {columns.places.get(FieldMeaning.RAW), *columns.more_frames}
    others = [cell for row in body for at, cell in enumerate(row) if at not in frames]
    header = [] if not head else list(rows[columns.above])
    columns.is_western = is_western([*header, *others])
    if columns.is_western:
        encoding = ENCODINGS[western_encoding(" ".join([*header, *others]))]
        columns.guesses += (f"The table is read as {encoding}: cells beside the frames are in it.",)
    columns.in_utc = place is not None and place < len(head) and "utc" in head[place].lower()
    return columns


def _is_rule(row: Sequence[str]) -> bool:
    """Whether a row is the line of dashes that Markdown and the clients of databases put below a header."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and all(_DASHES.fullmatch(cell) for cell in filled)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    counts = Counter(len(row) for row in rows)
    return counts.most_common(1)[0][0] if counts else 0


def _take_mapped(columns: TableColumns, mapped: Mapping[str, str], width: int) -> None:
    numbers = {plain_name(name): number for number, name in reversed(list(enumerate(columns.names)))}
    missing = []
    for name, said in mapped.items():
        place = numbers.get(plain_name(name))
        if place is None and name.isascii() and name.isdigit() and len(name) < 6 and 1 <= int(name) <= width:
            place = int(name) - 1
        if place is None or said not in _FIELDS:
            missing.append(name)
        else:
            columns.places[FieldMeaning(said)] = place
    columns.missing = tuple(missing)
