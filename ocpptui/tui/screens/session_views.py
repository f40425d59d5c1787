"""The screens over a session: configuration, problems, limits, chart, report, its charge point's panel, its faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.session.session import Session
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.session_parts import SessionParts

if TYPE_CHECKING:
    from ocpptui.filter.problem_rows import ProblemRow, ProblemRows
    from ocpptui.reporting.operating_report import OperatingReport
    from ocpptui.tui.screens.chart_screen import ChartMemory, ChartScreen
    from ocpptui.tui.screens.configuration_tables import ConfigurationTables

MOST_TOGETHER = 4
"""Charge points that a chart has at first; of more, it has the one under the cursor."""


class SessionViews:
    """Opens these screens, each as the user left it; `go_to` shows the record that was chosen in one."""

    def __init__(self, parts: SessionParts) -> None:
        self._screen = parts.screen
        self._session = parts.session
        self._log = parts.log
        self._charge_points = parts.charge_points
        self._opening = parts.opening
        self._go_to = parts.go_to
        self._tasks = parts.tasks
        self._report: OperatingReport | None = None  # as far as it was counted
        self._charted: str | None = None  # the charge point that the last chart began with
        self._problems: tuple[ProblemRows, ProblemRow | None] | None = None  # the list as it was left
        self._tables: ConfigurationTables | None = None  # from the first one on that was opened

    def show_problems(self) -> None:
        """List what is wrong; the list is where the user left it."""
        from ocpptui.filter.problem_rows import ProblemRows
        from ocpptui.tui.screens.problems_screen import ProblemsScreen

        if self._problems is None:
            self._problems = ProblemRows(self._session.timeline), None
        opening, live = self._opening, self._session.live_diagnosis
        screen = ProblemsScreen(*self._problems, lambda: live.diagnosed if opening is None else opening.diagnosed)

        def chosen(record: int | None) -> None:
            self._problems = screen.list.rows, screen.list.cursor
            if record is not None:
                self._go_to(record)

        self._screen.app.push_screen(screen, chosen)

    def show_limits(self) -> None:
        """Say why the connector of the record under the cursor has its limit."""
        from ocpptui.tui.screens.limits_screen import LimitsScreen

        index = self._log.cursor
        if index is None:
            self._screen.notify("There is no record yet.", markup=False)
            return

        def chosen(record: int | None) -> None:
            if record is not None:
                self._go_to(record)

        self._screen.app.push_screen(LimitsScreen(self._session.timeline, index, self._chart_of_limit), chosen)

    @cached_property
    def _chart(self) -> ChartMemory:
        from ocpptui.reporting.measured_series import GatheredSeries
        from ocpptui.tui.screens.chart_screen import ChartMemory

        return ChartMemory(GatheredSeries(self._session.timeline))

    def show_chart(self) -> None:
        """Chart the chosen charge point, or all, with the cursor at the record under that of the log."""
        chart, chosen = self._chart, self._charge_points.chosen
        index = None if self._log.following else self._log.cursor
        if chosen is None and index is not None and len(self._session.timeline.charge_points()) > MOST_TOGETHER:
            chosen = self._session.timeline.charge_point(index)
        if chosen != self._charted:  # else the chart is as the user left it
            self._charted = chosen
            chart.choice = replace(chart.choice, charge_point=chosen, place=None, transaction=None)

        def left(record: int | None) -> None:
            if record is not None:
                self._go_to(record)

        self._screen.app.push_screen(self._chart_screen(index), left)

    def _chart_of_limit(self, charge_point: str, place: int, record: int) -> ChartScreen:
        """The chart beside the account of a limit at a record."""
        from ocpptui.reporting.chart_content import CURRENT, POWER

        choice = self._chart.choice
        quantity = choice.quantity if choice.quantity in (CURRENT, POWER) else CURRENT
        self._chart.choice = replace(
            choice, quantity=quantity, charge_point=charge_point, place=place or None, transaction=None
        )
        return self._chart_screen(record)

    def _chart_screen(self, record: int | None) -> ChartScreen:
        from ocpptui.tui.screens.chart_screen import ChartScreen

        is_live = self._opening is None
        return ChartScreen(self._chart, record, self._tasks, is_live=is_live)

    def show_configuration(self) -> None:
        """Show the configuration of the chosen charge point, of that under the cursor, or of the first."""
        from ocpptui.compose.setting_sender import SettingSender
        from ocpptui.tui.screens.configuration_screen import ConfigurationScreen
        from ocpptui.tui.screens.configuration_tables import ConfigurationTables

        names = list(self._session.knowledge)
        if not names:
            self._screen.notify("There is no charge point yet.", markup=False)
            return
        cursor = self._log.cursor
        meant = self._charge_points.chosen, self._session.timeline.charge_point(cursor) if cursor is not None else None
        name = next((name for name in meant if name in names), names[0])
        if self._tables is None:
            self._tables = ConfigurationTables(self._session, SettingSender(self._session), self._tasks)
        self._screen.app.push_screen(ConfigurationScreen(self._tables, name))

    def lost_work(self) -> str:
        """What would be lost with the session: the changes of settings that were kept and not sent."""
        count = 0 if self._tables is None else self._tables.unsent
        if not count:
            return ""
        changes = "A change of a setting has" if count == 1 else f"{count} changes of settings have"
        return f"{changes} not been sent and would be lost."

    def operate(self) -> None:
        """Operate the simulated charge point that is meant; ask if there are several candidates."""
        from ocpptui.tui.screens.operate_screen import OperateScreen

        operated = self._session.operated
        names = operated.behaviours.charge_points()
        if not names:
            self._screen.notify("The charge point has not connected yet.", markup=False)
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                self._screen.app.push_screen(OperateScreen(operated, names[number]))

        index = None if self._log.following else self._log.cursor
        under_cursor = "" if index is None else self._session.timeline.charge_point(index)
        meant = next((name for name in (self._charge_points.chosen, under_cursor) if name in names), None)
        if meant is not None or len(names) == 1:
            chosen(names.index(meant or names[0]))
        else:
            self._screen.app.push_screen(ChoiceQuestion("Operate which charge point?", names), chosen)

    def misbehave(self) -> None:
        """Change what goes wrong on purpose; a new fault begins with the action of the record under the cursor."""
        from ocpptui.tui.screens.misbehave_screen import MisbehaveScreen

        self._screen.app.push_screen(MisbehaveScreen(self._sides, self._under_cursor()))

    def examine(self) -> None:
        """Try each step of a connection of ours; one that is open could be ended by that, so its user is asked first.

        Where charge points connect to us, or in an opened file, list who tried."""
        links = self._session.client_links
        if not links:
            from ocpptui.tui.screens.arrivals_screen import ArrivalsScreen

            self._screen.app.push_screen(ArrivalsScreen(self._session), self._go_where_chosen)
            return
        index = None if self._log.following else self._log.cursor
        under_cursor = "" if index is None else self._session.timeline.charge_point(index)
        meant = (self._charge_points.chosen, under_cursor)
        link = next((one for one in links if one.charge_point in meant), links[0])

        def begin(number: int | None) -> None:
            from ocpptui.tui.screens.doctor_screen import DoctorScreen

            if number == 1:
                self._screen.app.push_screen(DoctorScreen(link.settings))

        if link.connection is None:
            begin(1)
            return
        detail = "The doctor connects with the same id. The central system may close the open connection for that."
        choices = ["leave it alone", "examine it"]
        question = ChoiceQuestion(f"{link.charge_point} is connected.", choices, detail=detail)
        self._screen.app.push_screen(question, begin)

    def _go_where_chosen(self, index: int | None) -> None:
        if index is not None:
            self._go_to(index)

    def show_files(self) -> None:
        """List the files that came and went, with the cursor at that of the record under the cursor."""
        from ocpptui.session.file_session import FileSession
        from ocpptui.tui.screens.files_screen import FilesScreen
        from ocpptui.tui.screens.session_files import FileOpenedAbove

        def chosen(result: FileSession | int | None) -> None:
            if isinstance(result, FileSession):
                result.session.diagnosis.limits = self._session.diagnosis.limits
                self._screen.post_message(FileOpenedAbove(result))
            elif result is not None:
                self._go_to(result)

        index = None if self._log.following else self._log.cursor
        places = ", ".join(self._session.files.urls)
        self._screen.app.push_screen(FilesScreen(self._session.timeline, index, places), chosen)

    def show_held(self, answer: Callable[[Session, int], None], change: Callable[[Session, int], None]) -> None:
        """List what waits; `answer` has the user write an answer, `change` another message."""
        from ocpptui.tui.screens.held_calls_screen import HeldCallsScreen

        self._screen.app.push_screen(HeldCallsScreen(self._sides, answer, change))

    def add_breakpoint(self) -> None:
        """Ask for a filter, and hold what matches it from now on."""
        from ocpptui.filter.query import filter_problem
        from ocpptui.session.proxy import breakpoint_for
        from ocpptui.session.rules_file import DIRECTIONS

        session = self._session

        def typed(text: str | None) -> None:
            if text is None:
                return
            session.faults.add(breakpoint_for(text))
            self._screen.notify("Messages that match are held: A lists them, M the breakpoints.", markup=False)

        index = None if self._log.following else self._log.cursor
        action = "" if index is None else session.timeline.action(index)
        direction = None if index is None else session.timeline.direction(index)
        words = {one: word for word, one in DIRECTIONS.items()}
        parts = [f"action:{action}" if action else "", f"dir:{words[direction]}" if direction and action else ""]
        question = "Hold messages that match which filter? dir:to-csms or dir:to-cp names a direction."
        value = " ".join(filter(None, parts))
        self._screen.app.push_screen(TextQuestion(question, value, wrong=filter_problem), typed)

    @property
    def _sides(self) -> list[Session]:
        """The sides that are ours: in the demo both."""
        return list(dict.fromkeys([self._session, self._session.operated]))

    def _under_cursor(self) -> dict[str, str]:
        """What a fault needs to be about messages such as the one under the cursor: its action, and its answer."""
        timeline, index = self._session.timeline, None if self._log.following else self._log.cursor
        if index is None or not (action := timeline.action(index)):
            return {}
        call = timeline.other_half(index) if timeline.kind(index).is_answer else index
        answer = None if call is None else timeline.other_half(call)
        frame = None if answer is None else timeline.frame(answer)
        if isinstance(frame, Message) and frame.kind is MessageKind.CALLRESULT and isinstance(frame.payload, dict):
            return {"action": action, "payload": frame.payload_text}
        return {"action": action}

    def show_report(self) -> None:
        """Report how the chosen charge point does, or all of them."""
        from ocpptui.reporting.operating_report import OperatingReport
        from ocpptui.tui.screens.report_screen import ReportScreen

        if self._report is None:
            self._report = OperatingReport(self._session.timeline)
        opening, chosen = self._opening, self._charge_points.chosen
        one_period = opening is None or len(opening.paths) == 1

        def read() -> float:
            return 1.0 if opening is None else opening.progress * opening.diagnosed

        self._screen.app.push_screen(ReportScreen(self._report, chosen, one_period=one_period, read=read))
