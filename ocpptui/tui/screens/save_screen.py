"""Saves the records of a session under a name, or hands them on in another format, in part or redacted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from ocpptui.describe.safe_text import printable
from ocpptui.exporting import Format, endings, format_of
from ocpptui.exporting.running_export import ExportRequest, RedactionLevel, RunningExport, WrittenFile
from ocpptui.filter.selection import Selection
from ocpptui.runtime.portable_files import path_of_user, why_not_opened
from ocpptui.runtime.tasks import Tasks
from ocpptui.runtime.work_in_turns import BREATH, TURN, WorkCancelledError
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.path_suggester import PathSuggester
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.file_questions import write_unless_kept
from ocpptui.tui.widgets.key_line import KeyLine

BAR = 24
"""Cells of the progress bar."""
_WORDS = {
    Format.RECORDING: "recording, with everything",
    Format.OPEN_OCPP_TRACE: "Open OCPP Trace",
    Format.HTML: "web page, to look at in a browser",
    Format.MARKDOWN: "report, for an issue",
    Format.CSV: "table, for a spreadsheet",
    Format.TEXT: "text, a line for each record",
    Format.HAR: "HAR, for web debuggers",
    Format.SEND: "script that sends it again",
}


@dataclass(frozen=True, slots=True)
class Savable:
    """What can be saved."""

    session: Session
    shown: Selection
    """What the log shows."""
    sources: Sequence[Path]
    """The files that the records are in, which are never overwritten."""
    read: float = 1.0
    """How much of the opened files is read, from 0 to 1."""
    diagnosed: float = 1.0
    """How much of that all rules have seen."""


class SaveScreen(Dialog[WrittenFile | None]):
    """Asks for a path, whose ending chooses the format; enter writes, and escape cancels."""

    CSS_PATH = ["save_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.SAVE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SAVE)

    def __init__(self, savable: Savable, name: str) -> None:
        """`name` is the path to begin with."""
        super().__init__()
        self._savable = savable
        self._initial = name
        self._only_shown = False
        self._redaction = RedactionLevel.NOTHING
        self._format: Format | None = None  # None: by the ending
        self._export: RunningExport | None = None
        self._tasks = Tasks("save")

    def compose(self) -> ComposeResult:
        with Vertical(id="save") as box:
            box.border_title = "Save, or hand on"
            yield Input(self._initial, suggester=PathSuggester(), compact=True)
            yield Static(id="choices", markup=False)
            yield Static(id="said", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show_choices()
        if self._savable.read < 1:
            self._say(f"So far {self._savable.read:.0%} of the files is read, and only that is written.")
        elif self._savable.diagnosed < 1:
            self._say(f"So far {self._savable.diagnosed:.0%} is checked; what is wrong in the rest is not in a report.")

    async def on_unmount(self) -> None:
        if self._export is not None:
            self._export.cancel()
        await self._tasks.cancel()

    def lost_work(self) -> str:
        """What would be lost if the program ended now, as a sentence; empty if nothing."""
        return "A file is being written, and would not be saved." if self._export is not None else ""

    def on_input_changed(self) -> None:
        if self._export is None:
            self._say("")
        self._show_choices()

    # -- what is chosen -----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "records":
            return self._export is None and self._is_narrowed
        return self._export is None or action not in ("write", "redact", "format", "complete")

    def action_records(self) -> None:
        """Write all records, or those that the log shows."""
        self._only_shown = not self._only_shown
        self._show_choices()

    def action_redact(self) -> None:
        """Replace more, or nothing again."""
        levels = list(RedactionLevel)
        self._redaction = levels[(levels.index(self._redaction) + 1) % len(levels)]
        self._show_choices()

    def action_format(self) -> None:
        """Take the next format, whatever the ending of the name."""
        formats = list(Format)
        now = self._chosen
        self._format = formats[(formats.index(now) + 1) % len(formats)] if now is not None else formats[0]
        self._show_choices()

    @property
    def _chosen(self) -> Format | None:
        """The format to write; None if the ending names none."""
        path = self._path
        return self._format or (None if path is None else format_of(path))

    def action_complete(self) -> None:
        """Take the suggested path."""
        typed = self.query_one(Input)
        typed.action_end()
        typed.action_cursor_right()

    @property
    def _is_narrowed(self) -> bool:
        """Whether the log shows only a part."""
        return len(self._savable.shown) < len(self._savable.session.timeline)

    @property
    def _path(self) -> Path | None:
        """The file to write; None if nothing is typed. A name without an ending is that of a recording."""
        text = self.query_one(Input).value.strip()
        if not text:
            return None
        path = path_of_user(text)
        if path.is_dir():
            path /= Path(self._initial).name
        return (path if path.suffix else path.with_name(f"{path.name}.jsonl")).absolute()

    def _show_choices(self) -> None:
        chosen = self._chosen
        all_of_them, shown = len(self._savable.session.timeline), len(self._savable.shown)
        records = [(f"all {all_of_them:,}", not self._only_shown)]
        if self._is_narrowed:
            records.append((f"the {shown:,} that the log shows", self._only_shown))
        levels = [(level.value, level is self._redaction) for level in RedactionLevel]
        where = self._savable.session.recording_path
        lines = [
            _line("Format", [(_WORDS[chosen] if chosen is not None else "unknown", True)]),
            Content.styled(f"         by the ending: {' '.join(endings())}", "$text-muted"),
            _line("Records", records),
            _line("Replace", levels),
        ]
        if where is not None:
            lines.append(Content.styled(f"Recorded in {printable(str(where))}", "$text-muted"))
        if self._savable.session.settings.keep_secrets:
            lines.append(Content.styled("Secrets are kept in this session, and would be in the file.", "$text-warning"))
        self.query_one("#choices", Static).update(Content("\n").join(lines))

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#said", Static).update(Content.styled(printable(text), style))

    # -- writing ------------------------------------------------------------------------------------------------

    def action_write(self) -> None:
        """Write the file, if nothing is in its place or the user agrees."""
        path = self._path
        if path is None:
            self._say("Type a name or a path.", "$text-error")
        elif (chosen := self._chosen) is None:
            words = f"The ending {path.suffix} names no format; choose one of {' '.join(endings())}."
            self._say(words, "$text-error")
        elif any(_is_same(path, source) for source in self._savable.sources):
            self._say("That file is what you are looking at. Choose another name.", "$text-error")
        else:
            shown = self._savable.shown
            query, charge_point = (shown.query, shown.charge_point) if self._only_shown else (None, None)
            request = ExportRequest(path, chosen, query, charge_point, self._redaction)
            write_unless_kept(self.app, path, lambda: self._tasks.start(self._write(request), "save"))

    async def _write(self, request: ExportRequest) -> None:
        self._export = export = RunningExport(self._savable.session.timeline, request)
        self.query_one(Input).disabled = True
        self.refresh_bindings()
        try:
            while not export.advance(TURN):
                phase, share = export.progress
                full = int(share * BAR)
                self._say(f"{phase} {'█' * full}{'░' * (BAR - full)} {share:.0%}", "bold $text-accent")
                await asyncio.sleep(BREATH)
            self.dismiss(export.result())
        except WorkCancelledError:
            self._say("Cancelled. Nothing was written.")
        except OSError as error:
            words = f"{request.path} cannot be written: {why_not_opened(request.path, error)}."
            self._say(words, "$text-error")
        finally:
            self._export = None
            typed = self.query_one(Input)
            typed.disabled = False
            typed.focus()
            self.refresh_bindings()

    def action_cancel(self) -> None:
        """Stop writing, or leave."""
        if self._export is not None:
            self._export.cancel()
        else:
            self.dismiss(None)


def _line(head: str, choices: Sequence[tuple[str, bool]]) -> Content:
    """A choice with what is chosen; signs say so where there are no colours."""
    parts: list[tuple[str, str]] = [(f"{head:9}", "bold")]
    if len(choices) == 1:
        return Content.assemble(*parts, choices[0][0])
    for words, is_chosen in choices:
        parts.append((f"{'●' if is_chosen else '○'} {words}  ", "bold" if is_chosen else "$text-muted"))
    return Content.assemble(*parts)


def _is_same(path: Path, source: Path) -> bool:
    try:
        return path.samefile(source)
    except OSError:
        return False
