"""The files that charge points upload and fetch: how far each is, and what has arrived, to be opened."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.recording.file_errors import RecordingError
from ocpptui.session.file_session import FileSession
from ocpptui.session.transfer_rows import TransferRow, TransferRows
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.dialogs import Statement
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.log_row import clock_text
from ocpptui.tui.widgets.option_rows import OptionRows

LOOK = 0.5
"""Seconds between two looks at the log."""
SHOWN = 64 * 1024
"""Bytes of a file that are shown as text."""
NOTHING = "No file has come or gone yet. The log says so when one does; `x` asks a charge point for its diagnostics."


class FilesScreen(Dialog["FileSession | int | None"]):
    """The transfers, the newest last. It ends with an opened file, or the record to go to."""

    CSS_PATH = ["files_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.FILES,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.FILES)

    def __init__(self, timeline: Timeline, record: int | None, places: str) -> None:
        """The cursor is at the transfer that a record is about; `places` says where files are served."""
        super().__init__()
        self._source = TransferRows(timeline)
        self._record = record
        self._places = places
        self._rows: list[TransferRow] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="files"):
            yield Static(NOTHING, id="nothing", markup=False)
            yield OptionRows(id="transfers", markup=False, compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#transfers").focus()
        self._look()
        at = next((place for place, row in enumerate(self._rows) if row.record == self._record), len(self._rows) - 1)
        if self._rows:
            self.query_one("#transfers", OptionList).highlighted = at
        self.set_interval(LOOK, self._look)

    def _look(self) -> None:
        """Show how far they are; the cursor stays."""
        listed = self.query_one("#transfers", OptionList)
        self._rows = self._source.look()
        lines = [transfer_line(row) for row in self._rows]
        for place, line in enumerate(lines[: listed.option_count]):
            listed.replace_option_prompt_at_index(place, line)
        listed.add_options([Option(line) for line in lines[listed.option_count :]])
        self.query_one("#nothing").display = not lines
        pane = self.query_one("#files", Vertical)
        pane.border_title = f"Files: {len(lines)}"
        pane.border_subtitle = Content(printable(self._places))

    @property
    def _chosen(self) -> TransferRow | None:
        at = self.query_one("#transfers", OptionList).highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def _arrived(self) -> Path | None:
        """The file under the cursor; says why there is none."""
        row = self._chosen
        if row is None:
            return None
        if row.file is None:
            why = "This is still on its way." if row.state == "running" else "Only what was uploaded can be opened."
            self.notify(why, markup=False)
            return None
        if not row.file.is_file():
            self.notify(printable(f"{row.file} is not there any more."), markup=False)
            return None
        return row.file

    # -- the commands -------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one("#transfers", OptionRows).move_cursor(by)

    @on(OptionList.OptionSelected)
    def action_open(self) -> None:
        """Open what has arrived, as a recording or a log of another tool."""
        if (path := self._arrived()) is not None:
            try:
                self.dismiss(FileSession([path]))
            except RecordingError as error:
                self.notify(printable(str(error)), severity="error", markup=False)

    async def action_text(self) -> None:
        """Show its beginning as text, or the names of what is in an archive."""
        if (path := self._arrived()) is not None:
            try:
                lines = await asyncio.to_thread(beginning_of, path)  # a peer made it: its archive may have a long list
            except OSError as error:
                self.notify(printable(f"{path} cannot be read: {error.strerror}."), severity="error", markup=False)
            else:
                if self.is_current:
                    self.app.push_screen(Statement(printable(path.name), lines))

    def action_record(self) -> None:
        """Go to its row in the log."""
        if (row := self._chosen) is not None:
            self.dismiss(row.record)

    def action_close(self) -> None:
        self.dismiss(None)


def beginning_of(path: Path) -> list[str]:
    """The first lines of a file, or what is in a zip archive. Raises OSError."""
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                found = archive.infolist()[:1000]
        except OSError:
            raise
        except Exception:  # a damaged archive raises BadZipFile, UnicodeDecodeError, NotImplementedError and others
            return ["The archive is damaged."]
        return [f"{one.file_size:>12,} bytes  {one.filename}" for one in found]
    with open(path, "rb") as file:
        block = file.read(SHOWN)
        is_all = not file.read(1)
    lines = block.decode("utf-8", "replace").splitlines()
    return lines if is_all else [*lines, "", f"The first {SHOWN:,} bytes are shown."]


def transfer_line(row: TransferRow) -> Content:
    """A transfer in a line."""
    size = f"{row.moved:,} bytes"
    if row.state == "running" and row.expected:
        size = f"{100 * row.moved // row.expected} % of {row.expected:,} bytes"
    style = {"failed": "$text-error", "done": "$text-success"}.get(row.state, "$text-warning")
    arrow = "↑" if row.is_upload else "↓"
    return Content.assemble(
        (f"{clock_text(row.time)}  ", "$text-muted"),
        (f"{printable(row.state):<8}", style),
        printable(f"{arrow} {row.charge_point:<12} {row.protocol:<5} {row.name}  {size}"),
        (printable(f"  {row.problem}") if row.problem else "", "$text-error"),
    )
