"""The selected record in full. Only the visible rows are highlighted and painted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from ocpptui.describe.network_problems import Remedy
from ocpptui.describe.object_tables import ObjectTable, with_tables
from ocpptui.describe.record_in_full import Section, inspection
from ocpptui.ocpp.version import Version
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.highlighting import CURRENT, FOUND, RowMatch, RowSearch, restyled, word_places
from ocpptui.tui.json_colour import json_parts
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.widgets.row_view import LineView
from ocpptui.tui.wrapping import Rows, WrappedRow
from ocpptui.tui.xml_colour import xml_parts

_LANGUAGES = {"json": json_parts, "xml": xml_parts}
LONGEST_COLOURED = 5000
"""Characters from which a line is shown in one colour."""


class Inspector(LineView, can_focus=True):
    """A record: its kind, findings, JSON or XML, fields, other half and raw text."""

    STYLES: ClassVar[Mapping[str, str]] = {
        **LineView.STYLES,
        "title": "bold $foreground",
        "heading": "bold $primary",
        "text": "$foreground",
        "dim": "$text-muted",
        "problem": "$text-warning",
        "raw": "$text-muted",
        "field": "$foreground 80%",
        "key": "$primary",
        "string": "$text-success",
        "number": "$text-accent",
        "word": "$text-warning",
        "punctuation": "$text-muted",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.INSPECTOR)

    def __init__(
        self,
        timeline: Timeline,
        remedy: Remedy = remedy_on_screen,
        meter_keys: Sequence[str] = (),
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.timeline = timeline
        self._remedy = remedy
        self._meter_keys = meter_keys  # public keys that the user has given
        self.index: int | None = None
        """Timeline index of the shown record."""
        self._known: tuple[int, int, int] | None = None  # other half and findings as shown; both may arrive later
        self._sections: list[Section] = []
        self.shows_tables = True
        """Whether lists of equal objects in JSON are drawn as tables."""
        self.translates_to: Version | None = None
        """The version in which each message is shown too."""
        self.search: RowSearch | None = None
        """What the user searches for in the record."""
        self._filter_words: tuple[str, ...] = ()
        self._rows = Rows((), 1)
        self._width = 1  # for which the rows are wrapped
        self._strips: LRUCache[int, Strip] = LRUCache(400)
        self._plain: LRUCache[tuple[WrappedRow, int], Strip] = LRUCache(1000)  # rows of any record, if nothing is found
        self._coloured: LRUCache[tuple[str, str], list[tuple[str, str]]] = LRUCache(100)

    def show(self, index: int | None) -> None:
        """Show a record from its start, or nothing (None); a record already shown stays in place."""
        timeline = self.timeline
        known = None if index is None else (timeline.others[index], timeline.findings[index], timeline.secrets_known)
        if (index, known) == (self.index, self._known):
            return
        same = index == self.index
        top = self.scroll_offset.y
        self.index, self._known = index, known
        self._sections = inspection(self.timeline, index, self._remedy, self._meter_keys) if index is not None else []
        if index is not None and self.translates_to is not None:
            from ocpptui.describe.message_translation import translation_sections  # seldom needed

            self._sections[1:1] = translation_sections(timeline, index, self.translates_to)
        self._lay_out()
        self.show_row(top if same else 0)

    def refresh_other_half(self) -> None:
        """Show the answer if it has arrived since."""
        self.show(self.index)

    def on_resize(self) -> None:
        self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._plain.clear()

    def _lay_out(self) -> None:
        self._width = self._wanted_width()
        before = len(self._rows)
        self._rows = Rows(list(self._parts()), self._width)
        if self.search is not None:
            self._search_anew(self.search.words)
        self._strips.clear()
        self.set_rows(len(self._rows))
        self.refresh_lines(0, max(before, len(self._rows)))  # the rows below were empty and stay empty

    def _parts(self) -> Iterator[Section | ObjectTable]:
        """The sections, with tables between the lines of JSON."""
        for section in self._sections:
            if section.sort != "json" or not self.shows_tables:
                yield section
                continue
            for is_line, group in groupby(with_tables(section.lines), key=lambda one: isinstance(one, str)):
                if is_line:
                    yield Section("json", [line for line in group if isinstance(line, str)])
                else:
                    yield from (table for table in group if isinstance(table, ObjectTable))

    def _wanted_width(self) -> int:
        return max(10, self.measure())

    # -- painting -----------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._width != self._wanted_width():  # it may be painted with a new size before it hears of it
            self._lay_out()
        return super().render_lines(crop)

    def render_row(self, number: int) -> Strip:
        width = self.row_width
        if number >= len(self._rows):
            return Strip.blank(width, self.part_style("text"))
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._new_strip(number, self._rows[number], width)
        return strip

    def _new_strip(self, number: int, row: WrappedRow, width: int) -> Strip:
        """The strip of a row; most rows are like one of a record that was shown before."""
        is_plain = self.search is None and not self._filter_words
        strip = self._plain.get((row, width)) if is_plain else None
        if strip is None:
            segments = self._highlighted(self._segments(row, width), number, row)
            strip = Strip(segments).adjust_cell_length(width, self.part_style("text"))
            if is_plain:
                self._plain[row, width] = strip
        return strip

    def _segments(self, row: WrappedRow, width: int) -> list[Segment]:
        """The coloured piece of a line that a row shows, no wider than the row."""
        segments = [Segment(" " * row.indent, self.part_style("text"))] if row.indent else []
        position, cells = 0, row.indent
        for part, text in row.parts or self._in_colour(row.sort, row.line):
            piece = text[max(0, row.start - position) : max(0, row.end - position)]
            position += len(text)
            if piece:
                segments.append(Segment(piece, self.part_style(part)))
                cells += cell_len(piece)
            if position >= row.end or cells >= width:
                break
        return segments

    def _highlighted(self, segments: list[Segment], number: int, row: WrappedRow) -> list[Segment]:
        """The row with what the user searches for, or else with what the filter of the log looks for."""
        search = self.search
        words = self._filter_words if search is None else (search.words,)
        if not words:
            return segments

        def in_row(start: int, end: int) -> tuple[int, int]:
            return max(start - row.start, 0) + row.indent, min(end, row.end) - row.start + row.indent

        found = [place for place in word_places(words, row.line) if place[0] < row.end and place[1] > row.start]
        segments = restyled(segments, [in_row(*place) for place in found], FOUND)
        if search is not None and search.current is not None:
            match = search.matches[search.current]
            is_same_line = row.line is self._rows[match.row].line and (match.row == number or row.start > 0)
            if is_same_line and match.start < row.end and match.end > row.start:
                segments = restyled(segments, [in_row(match.start, match.end)], CURRENT)
        return segments

    def _in_colour(self, sort: str, line: str) -> list[tuple[str, str]]:
        """The pieces of a whole line with their parts: the colour of a string must not depend on where it wraps."""
        coloured = self._coloured.get((sort, line))
        if coloured is None:
            parts_of = _LANGUAGES.get(sort)
            coloured = [(sort if parts_of is None else "text", line)]
            if parts_of is not None and len(line) <= LONGEST_COLOURED:
                coloured = parts_of(line)
            elif sort == "field":
                name, gap, words = line.lstrip(" ").partition("  ")
                indent = line[: len(line) - len(line.lstrip(" "))]
                coloured = [("key", f"{indent}{name}{gap}"), ("field", words)]
            self._coloured[sort, line] = coloured
        return coloured

    def highlight(self, words: tuple[str, ...]) -> None:
        """Highlight what the filter of the log looks for, case folded."""
        if words != self._filter_words:
            self._filter_words = words
            self._paint_anew()

    # -- searching ----------------------------------------------------------------------------------------------

    class Searched(Message):
        """The matches of the search are other ones, or the user went to another."""

    def search_for(self, words: str) -> None:
        """Go to the first match from the first visible row on; an empty text ends the search."""
        self._search_anew(words)
        if self.search is not None:
            self._go_to(self.search.go_from(self.scroll_offset.y))

    def _search_anew(self, words: str) -> None:
        self.search = RowSearch(self._rows, words) if words else None
        self._paint_anew()

    def _go_to(self, match: RowMatch | None) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if match is not None and not top <= match.row < top + height:
            self.show_row(match.row - height // 3)
        self._paint_anew()

    def _paint_anew(self) -> None:
        self._strips.clear()
        self.refresh()
        self.post_message(self.Searched())

    def action_next_match(self, by: int) -> None:
        """Go to the next match of the search, or the previous one."""
        if self.search is None:
            self.notify("There is nothing to search for; / searches in this record.", markup=False)
        elif self.search.current is None:
            self._go_to(self.search.go_from(self.scroll_offset.y))
        else:
            self._go_to(self.search.go_on(by))

    def action_tables(self) -> None:
        """Draw lists of equal objects as tables, or as JSON."""
        self.shows_tables = not self.shows_tables
        self._lay_out()
        if not any(isinstance(part, ObjectTable) for part in self._parts()) and self.shows_tables:
            self.notify("This record has no list of equal objects.", markup=False)

    def action_translate(self) -> None:
        """Show the message in the next version that can say it, and after the last one as it is."""
        from ocpptui.describe.message_translation import versions_to_see  # seldom needed

        index = self.index
        versions = [] if index is None else versions_to_see(self.timeline, index)
        if not versions and self.translates_to is None:
            self.notify("No other version of OCPP has a counterpart of this.", markup=False)
        now = self.translates_to
        known: list[Version | None] = [None, *versions]
        place = known.index(now) if now in known else -1
        self.translates_to = known[(place + 1) % len(known)]
        self.index = None  # show it anew
        self.show(index)

    # -- moving -------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.show_row(self.scroll_offset.y + by)

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self.show_row(0)

    def action_last(self) -> None:
        self.show_row(self.max_scroll_y)
