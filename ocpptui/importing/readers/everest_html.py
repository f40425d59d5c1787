"""EVerest's HTML logs of a charging session: one table row per message, with the message pretty-printed in a `pre`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ocpptui.importing.files.text_stream import text_lines
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.prefixes.log_prefix import read_prefix
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.times.timestamps import best_moment
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Direction

LONGEST_ROW = 32 * 2**20
"""Characters after which an unfinished row is used as it is."""

_ROW = lazily(r"<tr\b[^<>]*>|(?P<ends></tr\s*>)", re.IGNORECASE)
_CLASS = lazily(r"<tr\b[^<>]*\bclass\s*=\s*[\"']?([\w -]+)", re.IGNORECASE)
_CELL = lazily(r"<td\b[^<>]*>(.*?)(?=</td\b|<td\b|</tr\b|\Z)", re.IGNORECASE | re.DOTALL)
_MESSAGE = lazily(r"<pre\b[^<>]*>(.*?)(?:</pre\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = lazily(r"</?[A-Za-z][^<>]*>")
_HEAD = lazily(
    rb"<tr\s+class\s*=\s*[\"']?(?:ChargePoint|CentralSystem|SYS)\b|<pre\s+lang\s*=\s*[\"']?json", re.IGNORECASE
)
_SENDERS = {"chargepoint": Direction.TO_CSMS, "centralsystem": Direction.TO_CHARGE_POINT}


class EverestHtml:
    """The reader for EVerest's `ocpp.html` and `incomplete-ocpp.html`."""

    name = "everest-html"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return b"<" in head[:2000] and _HEAD.search(head) is not None

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        for number, row in _rows(text_lines(material.stream)):
            found = _found(number, row)
            if found is None:
                tally.skip(number, " ".join(_TAG.sub(" ", row).split()))
            else:
                tally.with_frame += 1
                yield found


def _rows(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The table rows, each with the number of its first line; anything between rows is skipped."""
    pieces: list[str] = []
    size, began, inside = 0, 0, False
    for number, line in lines:
        place = 0
        for mark in _ROW.finditer(line):
            if inside:  # the row ends here, or another begins although it was never closed
                pieces.append(line[place : mark.start()])
                yield began, "\n".join(pieces)
            inside = mark["ends"] is None
            pieces, size, began, place = [], 0, number, mark.start()
        if inside:
            pieces.append(line[place:])
            size += len(line) - place
            if size > LONGEST_ROW:
                yield began, "\n".join(pieces)
                pieces, inside = [], False
    if inside:
        yield began, "\n".join(pieces)


def _found(number: int, row: str) -> FoundFrame | None:
    """The message in a row; None if there is none."""
    message = _MESSAGE.search(row)
    if message is None:
        return None
    raw = unescape(message[1]).strip()
    if not raw or (START.search(raw) is None and raw[:1] != "["):
        return None
    before = row[: message.start()]
    cells = [unescape(_TAG.sub("", cell)).strip() for cell in _CELL.findall(before)]
    found = FoundFrame(raw, number)
    moment = best_moment(cells[0]) if cells else None
    if moment is not None and moment.yeared:
        found.at(moment)
    said = read_prefix(" ".join(cells[1:2]))
    found.direction, found.flow = said.direction, said.flow
    if found.direction is None:
        classes = _CLASS.match(row)
        found.direction = _SENDERS.get(classes[1].split()[0].lower()) if classes and classes[1].split() else None
    return found
