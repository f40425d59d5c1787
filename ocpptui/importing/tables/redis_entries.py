"""The entries of a stream of Redis, as `redis-cli` prints the answer to XRANGE, XREVRANGE and XREAD.

On a terminal each value has its place before it, `1) 1) "1773480600250-0"`; in a file or a pipe it is alone in its
line; written as CSV, all are in one line. An entry has its id, which begins with milliseconds since 1970, and then the
name and the value of each field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocpptui.importing.packets.printed_bytes import unescaped
from ocpptui.importing.tables.printed_tables import PrintedRow
from ocpptui.jsontext.lazy_pattern import lazily

NAME_OF_ID = "epoch_millis"
"""The name of the column for the time in the id of an entry."""
MOST_LINES = 1000
"""How many lines of an entry are read."""
_PLACED = lazily(r"\s{0,40}(?:\d{1,9}\)\s{1,9}){1,9}\"(?P<text>(?:[^\"\\]|\\.)*+)\"")
_PLACED_ID = lazily(r"\s{0,40}(?:\d{1,9}\)\s{1,9}){0,8}1\)\s{1,9}\"(?P<id>\d{10,16}-\d{1,9})\"")
_PLAIN_ID = lazily(r"(?P<id>\d{10,16}-\d{1,9})")
_IN_ONE_LINE = lazily(r"(?:\"[\w.:-]{1,80}\",)?\"\d{10,16}-\d{1,9}\",\"")
_CELL = lazily(r",?\"(?P<text>(?:[^\"\\]|\\.)*+)\"")
_ENTRY = lazily(
    rb"1\) \"\d{10,16}-\d{1,9}\"\r?\n|(?:\A|\n)\d{10,16}-\d{1,9}\r?\n"
    rb"|(?:\A|\n)(?:\"[\w.:-]{1,80}\",)?\"\d{10,16}-\d{1,9}\",\""
)


def may_be_entries(head: bytes) -> bool:
    """Whether the id of an entry is in the beginning of a file."""
    return _ENTRY.search(head) is not None


def entries_in(lines: Iterable[tuple[int, str]]) -> Iterator[PrintedRow]:
    """The entries in numbered lines as rows, and the lines between them."""
    identity, begin, values = "", 0, list[str]()
    is_placed = False
    for number, line in _one_in_a_line(lines):
        placed = _PLACED_ID.fullmatch(line)
        begins = placed or _PLAIN_ID.fullmatch(line)
        if begins is not None:
            if identity:
                yield _entry(begin, identity, values)
            identity, begin, values, is_placed = begins["id"], number, [], placed is not None
            continue
        value = _value(line) if is_placed else line
        if not identity or value is None or len(values) >= MOST_LINES:
            yield PrintedRow(number, None, [], line)
        else:
            values.append(value)
    if identity:
        yield _entry(begin, identity, values)


def _one_in_a_line(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines; of one with all values, each value."""
    for number, line in lines:
        if line[:1] == '"' and _IN_ONE_LINE.match(line):
            cell = _CELL.match(line)
            while cell is not None:
                yield number, _without_escapes(cell["text"])
                cell = _CELL.match(line, cell.end())
        else:
            yield number, line


def _value(line: str) -> str | None:
    """The value in a line that has its place; None if it has none."""
    match = _PLACED.fullmatch(line)
    return None if match is None else _without_escapes(match["text"])


def _without_escapes(written: str) -> str:
    text = unescaped(written)
    return text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")


def _entry(number: int, identity: str, values: list[str]) -> PrintedRow:
    pairs = len(values) // 2 * 2  # the name of another stream may be behind them
    millis = identity.partition("-")[0]
    return PrintedRow(number, (NAME_OF_ID, *values[:pairs:2]), [millis, *values[1:pairs:2]])
