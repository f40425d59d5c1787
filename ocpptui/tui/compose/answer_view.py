"""The answer to a sent message, on the screen it was sent from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ocpptui.compose.sent_answer import SentAnswer
from ocpptui.describe.safe_text import printable
from ocpptui.diagnosis.findings import findings_at
from ocpptui.jsontext.text import indented, readable
from ocpptui.jsontext.tree import JsonDefect, parse_tree
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.message import Malformed, MessageKind
from ocpptui.ocpp.message import Message as OcppMessage
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.compose.json_area import JsonArea


class AnswerView(Vertical):
    """The kind of the answer and the time it took, the command that would send the call again, and the payload."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.ANSWER)

    class CopyWanted(Message):
        """The command that would send the call again is to be copied."""

    def compose(self) -> ComposeResult:
        yield Static(id="outcome", markup=False)
        yield Static(id="command", markup=False)
        yield JsonArea(read_only=True, id="answer_text")

    def show_waiting(self, action: str) -> None:
        """Show that a message was sent and its answer has not arrived yet."""
        self._show(Content.assemble(("… ", "bold"), f"{printable(action)} sent, waiting for the answer"), "")

    def action_copy_command(self) -> None:
        """Copy the command that would send the call again."""
        self.post_message(self.CopyWanted())

    def show_command(self, command: str) -> None:
        """Show the command that would send the same; nothing if it is empty."""
        line = self.query_one("#command", Static)
        line.display = bool(command)
        line.update(Content.assemble(("^y ", "bold"), printable(command)))

    def show_note(self, text: str, *, failed: bool = False) -> None:
        """Show what happened if there is no answer to show."""
        style = "$text-error" if failed else "dim"
        self._show(Content.assemble((f"{'✗' if failed else '·'} {printable(text)}", style)), "")

    def show_answer(self, name: str, answer: SentAnswer, timeline: Timeline) -> None:
        """Show the answer to the message called `name`, or why there is none."""
        index = answer.index
        if index is None:
            self.show_note(f"{name}: {answer.why_none}", failed=answer.failed)
        else:
            found = [one.text for one in findings_at(timeline, index) if one.severity.is_problem]
            self._show_frame(timeline.frame(index), timeline.latency(index), found)

    def _show_frame(self, frame: OcppMessage | Malformed | None, latency: int | None, problems: Sequence[str]) -> None:
        took = f" in {duration_text(latency)}" if latency is not None else ""
        if not isinstance(frame, OcppMessage):
            self.show_note(f"an answer that is not an OCPP message{took}", failed=True)
            return
        if frame.kind is MessageKind.CALLERROR:
            title = Content.assemble(
                (f"✗ CALLERROR {printable(frame.error_code)}", "bold $text-error"),
                (took, ""),
                (f" · {printable(frame.error_description)}" if frame.error_description else "", ""),
            )
        elif problems:
            count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
            title = Content.assemble(
                (f"✗ {frame.kind.name}", "bold $text-error"), took, f" · {count}: {printable(problems[0])}"
            )
        else:
            title = Content.assemble((f"✓ {frame.kind.name}", "bold $text-success"), took)
        text = frame.payload_text
        self._show(title, text if isinstance(parse_tree(text), JsonDefect) else readable(indented(text)))

    def _show(self, title: Content, text: str) -> None:
        self.add_class("-shown")
        self.query_one("#outcome", Static).update(title)
        area = self.query_one(JsonArea)
        area.show_text(text)
        area.display = bool(text)
