"""The session screen: charge points, log, inspector and state around one session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, Static

from ocpptui.link.errors import NotConnected
from ocpptui.link.tasks import Tasks
from ocpptui.protocol.frame import Frame, Malformed
from ocpptui.protocol.version import Role
from ocpptui.replay.player import Player
from ocpptui.session.opening import Opening
from ocpptui.session.session import Session
from ocpptui.timeline.record import Kind
from ocpptui.tui.clipboard import copy
from ocpptui.tui.commands import Where, bindings
from ocpptui.tui.copying import Copied, copied
from ocpptui.tui.printable import printable
from ocpptui.tui.screens.questions import ChoiceQuestion, TextQuestion
from ocpptui.tui.widgets.charge_point_list import ChargePointList
from ocpptui.tui.widgets.filter_bar import FilterBar
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.replay_bar import ReplayBar
from ocpptui.tui.widgets.session_header import SessionHeader
from ocpptui.tui.widgets.state_panel import StatePanel

READING = 0.02
"""Seconds of reading an opened file between two looks at the keyboard."""
WIDE = 120
"""Columns from which on the panes stand side by side."""
FULL = ("", "-full-left", "-full-log", "-full-inspector")


class SessionScreen(Screen[None]):
    """One session on screen; it owns what is shown, the session owns what is so."""

    CSS_PATH = [
        "session.tcss",
        "../widgets/session_header.tcss",
        "../widgets/charge_point_list.tcss",
        "../widgets/message_log.tcss",
        "../widgets/inspector.tcss",
        "../widgets/filter_bar.tcss",
        "../widgets/state_panel.tcss",
        "../widgets/replay_bar.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.SESSION,)
    """What the help shows first here."""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.SESSION), *bindings(Where.REPLAY)]

    full: reactive[str] = reactive("", init=False)
    """Which pane has the whole screen: one of FULL."""

    def __init__(self, session: Session, *, opening: Opening | None = None, replay: Player | None = None) -> None:
        super().__init__()
        self.session = session
        self._opening = opening
        self._replay = replay
        self._log = MessageLog(session.timeline, lambda: session.waiting, id="log")
        self._inspector = Inspector(session.timeline, id="inspector")
        self._header = SessionHeader(session, id="header")
        self._charge_points = ChargePointList(session, id="charge_points")
        self._state = StatePanel(session, id="state")
        self._filter = FilterBar(session.timeline, id="filter")
        self._tasks = Tasks("session screen")
        self._unsubscribe: Callable[[], None] | None = None
        if opening is not None:
            self._header.title = ", ".join(path.name for path in opening.paths)

    def compose(self) -> ComposeResult:
        yield self._header
        yield Static(id="notice", markup=False)
        if self._replay is not None:
            yield ReplayBar(self._replay, id="replay")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self._charge_points
                yield self._state
            with Vertical(id="middle"):
                with Horizontal(id="records"):
                    yield self._log
                    yield self._inspector
                yield Static(id="status", markup=False)
                yield self._filter
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._unsubscribe = self.session.subscribe(lambda index: self._log.records_arrived())
        self._log.focus()
        self.set_interval(0.5, self._look_again)
        if self._opening is not None:
            self._read_on()
        self._look_again()

    async def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        await self._tasks.cancel()

    # -- keeping up ---------------------------------------------------------------------------------------------

    def _read_on(self) -> None:
        """Read a piece of the opened files, then let the keyboard have its turn."""
        assert self._opening is not None
        finished = self._opening.advance(READING)
        self._log.records_arrived()
        if finished:
            for failure in self._opening.failures:
                self.notify(failure, severity="error", timeout=20, markup=False)
            if self._opening.unreadable:
                self.notify(f"{self._opening.unreadable} lines are no records.", severity="warning", markup=False)
            self._learn_on()
        self.set_timer(0.004, self._read_on) if not finished else None

    def _learn_on(self) -> None:
        """Fold what was read into what is known, in pieces too."""
        if not self.session.learn(0.01):
            self.set_timer(0.02, self._learn_on)
        else:
            self._look_again()

    def _look_again(self) -> None:
        """What is shown of the session apart from its records."""
        self._header.refresh()
        notice = self.query_one("#notice", Static)
        failure = self.session.recording_failure
        notice.set_class(failure is not None, "-shown")
        if failure is not None:
            notice.update(printable(f"NOT RECORDING: {failure}"))
        if self.query_one("#left").display:
            self._charge_points.update()
            self._state.update()
        self._inspector.refresh_other_half()
        self._say_status()

    def _say_status(self) -> None:
        log, timeline = self._log, self.session.timeline
        parts: list[Content | tuple[str, str]] = []
        if log.following:
            parts.append(("following", ""))
        elif log.new_rows:
            parts.append((f"+{log.new_rows:,} new", "bold $text-accent"))
        else:
            parts.append(("holding still", ""))
        rows = len(log.selection)
        position = log.selection.row_of(log.cursor) + 1 if log.cursor is not None and rows else 0
        parts.append((f"  {position:,}/{rows:,}", ""))
        if rows != len(timeline) or log.filter.text.strip():
            parts.append((f" of {len(timeline):,}", ""))
        if log.filter.text.strip():
            parts.append((f"  filter: {printable(log.filter.text)}", "$text-accent"))
        if not log.is_caught_up:
            parts.append((f"  filtering {log.selection.progress:.0%}", "bold"))
        if self._opening is not None and self._opening.progress < 1:
            progress = self._opening.progress
            bar = "█" * int(progress * 20) + "░" * (20 - int(progress * 20))
            parts.append((f"  reading {bar} {progress:.0%}", "bold $text-accent"))
        if not log.shows_pings:
            parts.append(("  pings hidden", ""))
        counts = timeline.counts
        found = [f"{counts.malformed} malformed"] * bool(counts.malformed)
        found += [f"{counts.invalid} invalid"] * bool(counts.invalid)
        found += [f"{counts.unanswered} unanswered"] * bool(counts.unanswered)
        if found:
            parts.append(("  " + ", ".join(found), ""))
        self.query_one("#status", Static).update(Content.assemble(*parts))

    @on(MessageLog.Changed)
    def _log_changed(self) -> None:
        self._say_status()
        self._header.refresh()

    @on(MessageLog.RecordSelected)
    def _record_selected(self, message: MessageLog.RecordSelected) -> None:
        if self._inspector.display:
            self._inspector.show(message.index)
        self._say_status()

    @on(MessageLog.RecordOpened)
    def _record_opened(self, message: MessageLog.RecordOpened) -> None:
        self._inspector.add_class("-open")
        self._inspector.show(message.index)
        self._inspector.focus()
        self.call_after_refresh(self._log.select, message.index)

    @on(ChargePointList.ChargePointChosen)
    def _charge_point_chosen(self, message: ChargePointList.ChargePointChosen) -> None:
        self._state.charge_point = message.charge_point
        self._state.update()
        self._log.narrow(charge_point=message.charge_point)

    @on(FilterBar.FilterChanged)
    def _filter_changed(self, message: FilterBar.FilterChanged) -> None:
        self._log.narrow(message.query, self._state.charge_point)

    @on(FilterBar.FilterLeft)
    def _filter_left(self, message: FilterBar.FilterLeft) -> None:
        if not message.keep:
            self._filter.clear()
        self._filter.close()
        self._log.focus()

    @on(ReplayBar.Ended)
    def _replay_ended(self) -> None:
        self.action_replay("report")

    def watch_full(self) -> None:
        for name in FULL[1:]:
            self.set_class(self.full == name, name)
        pane = {"-full-left": self._charge_points, "-full-inspector": self._inspector}.get(self.full, self._log)
        if self.full == "-full-inspector":
            self._inspector.show(self._log.cursor)
        pane.focus()
        self.call_after_refresh(self._look_again)

    # -- commands -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "replay":
            return self._replay is not None
        if action in ("toggle_automatic", "disconnect", "compose_call"):
            return self.session.role is not None
        return True

    def action_open_filter(self) -> None:
        self._filter.open()

    def action_cycle_panes(self) -> None:
        self.full = FULL[(FULL.index(self.full) + 1) % len(FULL)]

    def action_toggle_pings(self) -> None:
        self._log.toggle_pings()

    def action_back(self) -> None:
        """One step back: from a full pane, the inspector, the filter."""
        if self.full:
            self.full = ""
        elif self._inspector.has_class("-open") and self.has_class("-narrow"):
            self._inspector.remove_class("-open")
            self._log.focus()
        elif not self._log.has_focus:
            self._log.focus()
        elif self._log.filter.text.strip():
            self._filter.clear()
            self._filter.close()

    def action_toggle_automatic(self) -> None:
        self.session.automatic = not self.session.automatic
        words = "answers by itself again" if self.session.automatic else "does nothing by itself; a answers a call"
        self.notify(f"ocpptui {words}.", markup=False)
        self._look_again()

    def action_add_note(self) -> None:
        def note(text: str | None) -> None:
            if text:
                self.session.add_note(text)

        self.app.push_screen(TextQuestion("A note for the log and the recording:"), note)

    def action_disconnect(self) -> None:
        number = self._connection()
        if number is None:
            self.notify("Nothing is connected.", markup=False)
        else:
            self._tasks.start(self._disconnect(number), "disconnect")

    async def _disconnect(self, number: int) -> None:
        try:
            await self.session.disconnect(number)
        except NotConnected as error:
            self.notify(str(error), markup=False)

    def action_compose_call(self) -> None:
        from ocpptui.tui.screens.compose import ComposeScreen

        self.app.push_screen(ComposeScreen(self.session, self._connection()))

    def action_edit(self) -> None:
        """Open the selected frame in compose, ready to be changed and sent again."""
        from ocpptui.tui.screens.compose import ComposeScreen

        index = self._log.cursor
        frame = self.session.timeline.frame(index) if index is not None else None
        if index is None or frame is None:
            self.notify("Only a message can be sent again.", markup=False)
            return
        connection = self._connection(index)
        if connection is None:
            connection = self.session.timeline.connection(index)  # the form still needs its version
        if isinstance(frame, Malformed):
            raw = frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "replace")
            self.app.push_screen(ComposeScreen(self.session, connection, raw=raw))
        elif isinstance(frame, Frame) and frame.action is not None:
            screen = ComposeScreen(self.session, connection, action=frame.action, payload=frame.payload_text)
            self.app.push_screen(screen)
        else:
            self.app.push_screen(ComposeScreen(self.session, connection, raw=frame.raw))

    def action_answer(self) -> None:
        """Answer the selected call by hand, or the first one that waits."""
        from ocpptui.tui.screens.compose import ComposeScreen

        waiting = self.session.waiting
        if not waiting:
            self.notify("No call waits for an answer; ctrl+b switches answering off.", markup=False)
            return
        index = self._log.cursor if self._log.cursor in waiting else waiting[0]
        assert index is not None
        self._log.select(index)
        number = self.session.timeline.connection(index)
        self.app.push_screen(ComposeScreen(self.session, number, answer_to=index))

    def action_copy_record(self) -> None:
        index = self._log.cursor
        if index is None:
            return
        ways = list(Copied)

        def chosen(number: int | None) -> None:
            if number is None:
                return
            text = copied(self.session.timeline, index, ways[number])
            said = copy(self.app, text) if text is not None else f"This record has no {ways[number]}."
            self.notify(said, markup=False)

        names = ["JSON of the payload", "raw text as it was on the wire", "command that sends it again"]
        self.app.push_screen(ChoiceQuestion("Copy what?", names), chosen)

    def action_replay(self, what: str) -> None:
        if self._replay is None:
            return
        if what == "report" or (what == "toggle" and self._replay.is_over):
            from ocpptui.tui.screens.replay_report import ReplayReport

            self.app.push_screen(ReplayReport(self._replay.report))
            return
        getattr(self.query_one(ReplayBar), what)()

    def _connection(self, index: int | None = None) -> int | None:
        """The connection that is meant: that of a record, of the chosen charge point, or the newest one."""
        connections = self.session.connections
        if index is not None and self.session.timeline.connection(index) in connections:
            return self.session.timeline.connection(index)
        name = self._state.charge_point
        if name is None and self._log.cursor is not None:
            name = self.session.timeline.charge_point(self._log.cursor) or None
        if name is not None:
            connection = self.session.connection_of(name)
            if connection is not None:
                return connection.number
        return next(reversed(connections), None)

    @property
    def description(self) -> str:
        """What this session is, for the list of recent ones."""
        if self._opening is not None:
            return self._header.title
        if self.session.role is Role.CENTRAL_SYSTEM:
            return f"central system {', '.join(self.session.listening_urls)}"
        timeline = self.session.timeline
        for index in range(min(20, len(timeline))):
            if timeline.kind(index) is Kind.CONNECTION:
                return f"charge point {timeline.record(index).detail.get('url', '')}"
        return "charge point"

    @property
    def recording(self) -> Path | None:
        """The file in which this session can be seen again."""
        return self._opening.paths[0] if self._opening is not None else self.session.recording_path
