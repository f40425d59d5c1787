"""The line under the log: whether it follows, where the cursor is, what is hidden, and the number of problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.counted import counted
from ocpptui.session.file_session import FileSession
from ocpptui.tui.widgets.message_log import MessageLog

if TYPE_CHECKING:
    from ocpptui.compose.remote_sending import Delivery

BAR = 16
"""Cells of the progress bar."""


class StatusLine(Static):
    """The state of the log as a whole, the most important first, since a narrow terminal truncates the line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.delivery: Delivery | None = None
        """The last command, whose answer comes before everything else; None if that is long ago."""

    def show(self, log: MessageLog, charge_point: str | None, opening: FileSession | None, behind: int = 0) -> None:
        """Show the current state; `charge_point` is the only one in the log, or None.

        `behind` is how many records of a live session have not been checked yet.
        """
        timeline = log.timeline
        rows = len(log.selection)
        position = log.selection.row_of(log.cursor) + 1 if log.cursor is not None and rows else 0
        parts: list[Content | str | tuple[str, str]] = []
        if self.delivery is not None:
            parts.append(_outcome(self.delivery))
        if opening is None or log.following:
            parts.append(_following(log))
        parts.append((f"{position:,}/{rows:,}", ""))
        if rows != len(timeline):
            parts.append((f" of {len(timeline):,}", ""))
        if opening is not None and opening.idle:
            parts.append(("  waiting for more", "$text-accent"))
        elif opening is not None and opening.progress < 1:
            full = int(opening.progress * BAR)
            bar = "█" * full + "░" * (BAR - full)
            parts.append((f"  reading {bar} {opening.progress:.0%}", "bold $text-accent"))
        elif opening is not None and opening.diagnosed < 1:
            parts.append((f"  checking {opening.diagnosed:.0%}", "$text-accent"))
        elif behind:
            parts.append((f"  checks are {behind:,} records behind", "$text-accent"))
        if not log.is_caught_up:
            parts.append((f"  filtering {log.selection.progress:.0%}", "bold $text-accent"))
        if charge_point is not None:
            parts.append((f"  only {printable(charge_point)}", "$text-accent"))
        if log.contents.filter.text.strip():
            parts.append((f"  filter: {printable(log.contents.filter.text)}", "$text-accent"))
        if log.contents.hides_pings:
            parts.append((f"  {log.contents.pings:,} pings hidden", ""))
        if log.contents.is_folded:
            parts.append(("  folded", ""))
        if opening is not None and opening.unreadable:
            parts.append((f"  {opening.unreadable_words} (U)", "$text-error"))
        counts = timeline.counts
        if counts.problems:
            words = counted(counts.problems, "problem")
            parts.append("  ")
            parts.append(Content(words).stylize(Style.from_meta({"@click": "screen.show_problems"})))
        if counts.unanswered:
            parts.append((f"  {counts.unanswered:,} unanswered", ""))
        self.update(Content.assemble(*parts), layout=False)


def _outcome(delivery: Delivery) -> Content:
    """What a command has come to; a click goes to its record."""
    if not delivery.is_over:
        sign, style = "…", "$text-accent"
    else:
        sign, style = ("⊘", "bold $text-error") if delivery.is_refused else ("✓", "bold $text-success")
    words = Content.styled(f"{sign} {printable(delivery.line)}", style)
    return words.stylize(Style.from_meta({"@click": "screen.show_sent"})) + Content("  ")


def _following(log: MessageLog) -> tuple[str, str]:
    if log.following:
        return "following  ", ""
    return (f"+{log.new_rows:,} new  ", "bold $text-accent") if log.new_rows else ("paused  ", "")
