"""How one row of the form looks, without the widget: sign, name, value and violations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpptui.compose.draft import DraftNode, DraftRow, NodeKind
from ocpptui.compose.field_help import is_choice
from ocpptui.compose.line_edit import LineEdit
from ocpptui.describe.field_limits import limits_of, sentence_of
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.validation import Violation

INDENT = 2
SIGN = 2


class FormColumns(NamedTuple):
    """Where the columns of a form start, in cells."""

    value_start: int
    width: int

    @classmethod
    def for_rows(cls, rows: Sequence[DraftRow], width: int) -> FormColumns:
        """Columns as wide as the longest name, but at most half of the form."""
        longest = max((row.depth * INDENT + SIGN + len(row.label) + 3 for row in rows), default=0)
        return cls(max(1, min(longest + 1, width // 2)), width)

    def sign_end(self, row: DraftRow) -> int:
        """The end of a row's sign, which a click switches."""
        return 1 + row.depth * INDENT + SIGN


class FormLine:
    """Draws rows. `style_of` returns the style of a component class of the form."""

    def __init__(self, columns: FormColumns, base: Style, style_of: Callable[..., Style]) -> None:
        self._columns = columns
        self._base = base
        self._style_of = style_of

    def strip(
        self,
        row: DraftRow,
        violations: Sequence[Violation],
        *,
        known: str = "",
        inside: int = 0,
        cursor: str = "",
        edit: LineEdit | None = None,
    ) -> Strip:
        """The row as a strip of the form's width.

        `known` is what is in force; `inside` counts the violations inside a folded node; `cursor` names the style of
        the row under the cursor and is empty for others; `edit` is the text typed into the row.
        """
        node = row.node
        base = self._base + self._background(cursor) if cursor else self._base
        start, width = self._columns
        indent = 1 + row.depth * INDENT
        name = set_cell_size(self._name(row), max(0, start - indent))
        segments = [Segment(" " * min(indent, start), base), Segment(name, base + self._name_style(node))]
        room = max(0, width - start)
        note = self._note(violations, inside) or known
        value, value_style = self._value(node)
        needed = cell_len(printable(edit.text)) + 2 if edit is not None else cell_len(value)
        note_room = min(cell_len(note), max(room // 2, room - needed - 2)) if note else 0
        value_room = room - note_room - (2 if note else 0)
        if edit is not None:
            segments += self._editing(node, edit, value_room, base)
        else:
            segments.append(Segment(_cut(value, value_room), base + value_style))
        if note:
            style = "hint" if note is known else "violation" if note.startswith("✗") else "advice"
            filled = sum(cell_len(segment.text) for segment in segments)
            gap = max(2, width - note_room - filled) if edit is not None and value_room < cell_len(edit.text) else 2
            segments.append(Segment(" " * gap, base))
            segments.append(Segment(_cut(note, note_room), base + self._style(style)))
        return Strip(segments).adjust_cell_length(width, base)

    def _name(self, row: DraftRow) -> str:
        node = row.node
        star = "*" if node.required else ""
        extra = " ?" if node.extra else ""
        return f"{_sign(node)} {printable(row.label)}{star}{extra}"

    def _name_style(self, node: DraftNode) -> Style:
        if not in_payload(node):
            return self._style("absent")
        if node.extra:
            return self._style("extra")
        return self._style("required" if node.required else "name")

    def _value(self, node: DraftNode) -> tuple[str, Style]:
        if node.hides:
            return f"left out in {counted(node.hides, 'place')}", self._style("hint")
        if not node.present:
            return limits_of(node.field), self._style("hint")
        style = self._style("value" if in_payload(node) else "absent")
        if node.kind is NodeKind.OBJECT:
            present = sum(child.present for child in node.children)
            return f"{{{counted(present, 'field')}}}" if node.folded or not present else "", self._style("hint")
        if node.kind is NodeKind.ARRAY:
            count = len(node.children)
            return f"[{counted(count, 'item')}]", self._style("hint")
        text = printable(node.edit_text)
        if node.kind is NodeKind.STRING and not text:
            return '""', self._style("hint")
        return f"{text} ▾" if is_choice(node) else text, style

    def _editing(self, node: DraftNode, edit: LineEdit, room: int, base: Style) -> list[Segment]:
        """The text with its cursor, scrolled so that the cursor is visible."""
        field = base + self._background("edit")
        cells = [printable(letter) for letter in edit.text]
        before, under, after = cells[: edit.cursor], cells[edit.cursor : edit.cursor + 1], cells[edit.cursor + 1 :]
        while before and cell_len("".join(before)) > max(0, room - 2):
            del before[: max(1, (len(before) - room) // 2)]
        if edit.is_selected:
            return [Segment(_cut("".join(cells), room), field + self._style("caret"))]
        segments = [Segment("".join(before), field)] if before else []
        segments.append(Segment("".join(under) or " ", field + self._style("caret")))
        rest = room - sum(cell_len(segment.text) for segment in segments)
        if after and rest > 0:
            segments.append(Segment(_cut("".join(after), rest), field))
        elif not edit.text and not node.present and rest > 1:
            segments.append(Segment(" " + _cut(limits_of(node.field), rest - 1), base + self._style("hint")))
        return segments

    def _note(self, violations: Sequence[Violation], inside: int) -> str:
        words = [printable(sentence_of(violations))] if violations else []
        if inside:
            words.append("a problem inside" if inside == 1 else f"{inside} problems inside")
        if not words:
            return ""
        advice = violations and not inside and all(violation.advisory for violation in violations)
        return f"{'!' if advice else '✗'} {'; '.join(words)}"

    def _style(self, name: str) -> Style:
        """The style of a part without its background, which is the row's."""
        style = self._style_of(f"form--{name}")
        return Style(color=style.color, bold=style.bold, italic=style.italic, reverse=style.reverse)

    def _background(self, name: str) -> Style:
        return Style(bgcolor=self._style_of(f"form--{name}").bgcolor)


def _sign(node: DraftNode) -> str:
    if node.kind.is_branch:
        return "▸" if node.folded else "▾"
    return "●" if node.present else "○"


def in_payload(node: DraftNode | None) -> bool:
    """Whether the node and everything around it are present."""
    while node is not None:
        if not node.present:
            return False
        node = node.parent
    return True


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""
