"""The doctor: the steps of connecting as they are tried, and one of them in full."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.doctor.examination import Examination, ExaminationOptions
from ocpptui.doctor.examination_report import MARKS, step_lines
from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.runtime.portable_files import path_of_user
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.file_questions import FileQuestion, write_unless_kept
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.option_rows import OptionRows
from ocpptui.tui.widgets.wrapped_text import WrappedText

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings

FILE = "examination.html"
"""The file to save to, if the user names no other."""

_STYLES = {
    StepState.FAILED: "bold $text-error",
    StepState.WARNING: "$text-warning",
    StepState.OK: "$text-success",
    StepState.SKIPPED: "$text-muted",
}


class DoctorScreen(Dialog[None]):
    """One examination of the central system that these settings lead to; it can be made again."""

    CSS_PATH = ["doctor_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.DOCTOR,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.DOCTOR)

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__()
        self._settings = settings
        self._tasks = Tasks("doctor")
        self._file = FILE
        self._detail = WrappedText([], _style)
        self.examination = Examination(settings, environment=os.environ)
        self.is_examining = True

    def compose(self) -> ComposeResult:
        with Vertical(id="doctor"):
            yield Static(id="verdict", markup=False)
            yield OptionRows(id="steps", markup=False, compact=True)
            with VerticalScroll(id="whole_step", can_focus=False):
                yield self._detail
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#steps").focus()
        self._begin()

    async def on_unmount(self) -> None:
        await self._tasks.cancel()

    def _begin(self, *, boot: bool = False) -> None:
        pane = self.query_one("#doctor", Vertical)
        pane.border_title = Content(printable(f"Examining {self.examination.report.url}"))
        pane.border_subtitle = "a BootNotification is sent" if boot else "no OCPP message is sent"
        self.query_one("#steps", OptionList).clear_options()
        self.query_one("#verdict", Static).update("Examining …")
        self._detail.show([])
        self.is_examining = True
        self._tasks.start(self._run(), "examination")

    async def _run(self) -> None:
        listed = self.query_one("#steps", OptionList)
        async for step in self.examination.steps():
            follows = listed.highlighted in (None, listed.option_count - 1)
            listed.add_option(Option(_line(step)))
            if follows:
                listed.highlighted = listed.option_count - 1
        self.is_examining = False
        report = self.examination.report
        self.query_one("#doctor", Vertical).border_title = Content(printable(f"Examination of {report.url}"))
        verdict = Content.styled(printable(report.verdict), _STYLES[report.state])
        self.query_one("#verdict", Static).update(verdict)
        self.query_one("#doctor", Vertical).border_subtitle = report.effort
        if report.steps and listed.highlighted == listed.option_count - 1:
            listed.highlighted = max(range(len(report.steps)), key=lambda place: report.steps[place].state)

    @property
    def _step(self) -> ExaminedStep | None:
        """The step under the cursor."""
        place = self.query_one("#steps", OptionList).highlighted
        steps = self.examination.report.steps
        return steps[place] if place is not None and place < len(steps) else None

    @on(OptionList.OptionHighlighted)
    def _show_step(self) -> None:
        if (step := self._step) is not None:
            self._detail.show(list(step_lines(step, remedy_on_screen, whole=True)))
            self.query_one("#whole_step", VerticalScroll).scroll_home(animate=False)

    # -- the commands -------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def action_whole(self) -> None:
        """Give the step under the cursor all the room, or its usual one."""
        self.toggle_class("-whole")
        if not self.has_class("-whole"):
            self.query_one("#steps").focus()

    def action_move(self, by: int) -> None:
        """Go to another step."""
        self.query_one("#steps", OptionRows).move_cursor(by)

    def action_scroll(self, by: int) -> None:
        """Move the text of the step."""
        detail = self.query_one("#whole_step", VerticalScroll)
        detail.scroll_relative(y=by * max(1, detail.size.height - 1), animate=False)

    def action_again(self, boot: bool) -> None:
        """Examine the same central system again, with a BootNotification if that is wanted."""
        if not self.is_examining:
            options = ExaminationOptions(boot=boot)
            self.examination = Examination(self._settings, options, environment=os.environ)
            self._begin(boot=boot)

    def action_save(self) -> None:
        """Write the examination as a page."""
        if self.is_examining:
            self.notify("The examination has not ended yet.", markup=False)
            return

        def typed(text: str | None) -> None:
            if text is not None:
                path = path_of_user(text)
                write_unless_kept(self.app, path, lambda: self._save(path))

        self.app.push_screen(FileQuestion("Save the examination as a page in which file?", self._file), typed)

    def _save(self, path: Path) -> None:
        from ocpptui.exporting.examination_page import examination_page
        from ocpptui.exporting.whole_file import whole_file

        try:
            with whole_file(path) as out:
                out.writelines(f"{line}\n".encode() for line in examination_page(self.examination.report))
        except OSError as error:
            self.notify(printable(f"{path} cannot be written: {error}"), severity="error", markup=False)
            return
        self._file = str(path)
        self.notify(printable(f"Saved in {path}."), markup=False)

    def action_close(self) -> None:
        """Back to the list of steps, then to the screen below."""
        if self.has_class("-whole"):
            self.action_whole()
        else:
            self.dismiss(None)


def _line(step: ExaminedStep) -> Content:
    return Content.assemble(
        (f"{MARKS[step.state]:<8} ", _STYLES[step.state]),
        (printable(step.title), "bold"),
        printable(f"  {step.worst.sentence}"),
    )


def _style(number: int, line: str) -> str:
    """What is wrong comes first, then what to do."""
    if number == 0:
        return "bold"
    return "$text-accent" if line.lstrip().startswith("> ") else ""
