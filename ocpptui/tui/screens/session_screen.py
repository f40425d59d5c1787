"""The session screen: charge points, log, inspector and state around one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget

from ocpptui.describe.network_problems import Remedy
from ocpptui.filter.query import parse_filter
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Role
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.command_sending import CommandSending
from ocpptui.tui.screens.connection_commands import ConnectionCommands
from ocpptui.tui.screens.dialogs import Statement
from ocpptui.tui.screens.file_reading import FileReading
from ocpptui.tui.screens.pane_layout import INSPECTOR, LEFT, MEDIUM, WIDE, PaneLayout
from ocpptui.tui.screens.record_copying import RecordCopying
from ocpptui.tui.screens.registration_choice import RegistrationChoice
from ocpptui.tui.screens.related_records import RelatedRecords
from ocpptui.tui.screens.session_commands import SessionCommands
from ocpptui.tui.screens.session_files import SessionFiles
from ocpptui.tui.screens.session_parts import SessionParts
from ocpptui.tui.screens.session_switches import SessionSwitches
from ocpptui.tui.screens.session_views import SessionViews
from ocpptui.tui.screens.state_doors import StateDoors
from ocpptui.tui.widgets.charge_point_list import ChargePointList
from ocpptui.tui.widgets.empty_log_hint import Guidance, last_word
from ocpptui.tui.widgets.filter_bar import FilterBar
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.message_log import MessageLog
from ocpptui.tui.widgets.search_bar import SearchBar
from ocpptui.tui.widgets.session_header import SessionHeader
from ocpptui.tui.widgets.state_panel import StatePanel
from ocpptui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from ocpptui.compose.remote_sending import Delivery
    from ocpptui.replay.player import Player

STYLES = (
    "session_screen.tcss",
    "../widgets/session_header.tcss",
    "../widgets/charge_point_list.tcss",
    "../widgets/message_log.tcss",
    "../widgets/inspector.tcss",
    "../widgets/filter_bar.tcss",
    "../widgets/search_bar.tcss",
    "../widgets/state_panel.tcss",
    "../widgets/status_line.tcss",
    "../widgets/empty_log_hint.tcss",
    "../widgets/key_line.tcss",
    "../widgets/replay_bar.tcss",
    "../widgets/replay_panel.tcss",
)
"""The files of the styles, relative to this one."""


class SessionScreen(SessionCommands):
    """One session on screen; it owns the view, the session owns the data."""

    CSS_PATH = [*STYLES]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.SESSION), *bindings(Where.REPLAY)]

    full: reactive[str] = reactive("", init=False)
    """The pane that fills the whole screen: one of `pane_layout.FULL`, or none."""

    def __init__(
        self,
        session: Session,
        *,
        opening: FileSession | None = None,
        replay: Sequence[Player] = (),
        remedy: Remedy = remedy_on_screen,
        meter_keys: Sequence[str] = (),
        keys: Mapping[str, str] | None = None,
        is_above: bool = False,
    ) -> None:
        """`keys` are those that the user chose, by command id; with `is_above` another session goes on below."""
        super().__init__()
        self._is_above = is_above
        self._keys = keys or {}
        self.session = session
        self._opening = opening
        self._replay = replay
        self._log = MessageLog(session.timeline, lambda: session.waiting, id="log")
        self._inspector = Inspector(session.timeline, remedy, meter_keys, id="inspector")
        self._header = SessionHeader(session, id="header")
        self._charge_points = ChargePointList(session, id="charge_points")
        self._state = StatePanel(session, self._looked_at, id="state")
        self._filter = FilterBar(session.timeline, id="filter")
        self._search = SearchBar(self._inspector, id="search")
        self._guidance = Guidance(session, opening, remedy, id="guidance")
        self._status = StatusLine(id="status")
        self._left = Vertical(id="left")
        titles: dict[Widget, str] = {self._charge_points: "Charge points", self._state: "State", self._log: "Log",
                  self._inspector: "Inspector"}  # fmt: skip
        self._layout = PaneLayout(self, self._left, self._log, self._inspector, titles)
        self._log.contents.restore(self._layout.view)
        self._tasks = Tasks("session screen")
        parts = SessionParts(self, session, self._log, self._charge_points, opening, self._go_to, self._tasks)
        self._connection_commands = ConnectionCommands(parts)
        self._remote = CommandSending(parts, self._command_told)
        self._related = RelatedRecords(self, self._log, self._go_to)
        self._doors = StateDoors(self, self._log, self._filter, self._go_to)
        self._switches = SessionSwitches(self, session)
        self._registration = RegistrationChoice(self, session, self._charge_points)
        self._copying = RecordCopying(self, session, self._log, self._tasks)
        self._views = SessionViews(parts)
        self._files = SessionFiles(parts)
        self._unsubscribe: Callable[[], None] | None = None
        self._was_waiting = False  # a call waited for an answer at the last check
        self._reading: FileReading | None = None
        if opening is not None:
            self._reading = FileReading(self, opening, self._log, self._look_again)
            self._header.title = opening.short_name

    def compose(self) -> ComposeResult:
        self._layout.arrange(self.app.size.width)
        yield self._header
        if self._replay:
            from ocpptui.tui.widgets.replay_panel import ReplayPanel

            yield ReplayPanel(self._replay, id="replay")
        with Horizontal(id="body"):
            with self._left:
                if not self.has_class("-narrow"):
                    yield self._charge_points
                    yield self._state
            with Vertical(id="middle"):
                with Horizontal(id="records"):
                    yield self._log
                    yield self._inspector
                yield self._guidance
                yield self._status
                yield self._filter
                yield self._search
        yield KeyLine()

    def on_mount(self) -> None:
        self._unsubscribe = self.session.subscribe(lambda index: self._log.records_arrived())
        self._log.records_arrived()  # those that arrived while it was being mounted
        self.watch(self._log, "cursor", self._cursor_moved, init=False)
        self.watch(self, "focused", self._layout.show_focus)
        self._log.focus()
        self.set_interval(0.5, self._look_again)
        if self._replay:
            self.call_after_refresh(self.action_replay, "ask")
        if self.session.settings.doctor:
            self.call_after_refresh(self._views.examine)
        if self._reading is not None:
            self._log.action_toggle_follow()  # the user reads a file from its beginning
            self._reading.read_on()
        self._look_again()

    async def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._files.cancel()
        await self._tasks.cancel()

    def on_resize(self, event: events.Resize) -> None:
        if self._inspector.has_focus and event.size.width < WIDE:
            self._open_inspector(True)  # what the user reads stays where only one pane has room
        self._layout.arrange(event.size.width)
        self.call_after_refresh(self._look_again)

    # -- keeping up ---------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Update what is shown of the session apart from its records."""
        self._header.refresh()
        self._guidance.show()
        self._update_left()
        self._cursor_moved(self._log.cursor)  # it may have become visible, or the answer may have arrived
        self._say_status()
        if self._was_waiting != bool(self.session.waiting):
            self._was_waiting = not self._was_waiting
            self.refresh_bindings()

    def _update_left(self) -> None:
        """Update charge points and state if there is room for them; they are made when there is for the first time."""
        if self._left.display:
            if not self._charge_points.is_attached:
                self._left.mount(self._charge_points, self._state)
            self._charge_points.update()
            self._state.update()

    def _say_status(self) -> None:
        self._status.show(self._log, self._charge_points.chosen, self._opening, self.session.live_diagnosis.behind)

    @on(MessageLog.Changed)
    def _log_changed(self) -> None:
        self._inspector.refresh_other_half()
        self._say_status()
        self._header.refresh()
        self._guidance.show()  # header and hint say the same time until the next attempt

    # -- panes --------------------------------------------------------------------------------------------------

    def _cursor_moved(self, index: int | None) -> None:
        """Show the record in the same frame as the new place of the cursor."""
        if self._inspector.display:
            self._inspector.show(index)

    @on(MessageLog.RecordSelected)
    def _record_selected(self) -> None:
        self._say_status()
        if self._left.display and self._state.is_attached:
            self._state.update_soon()

    def _looked_at(self) -> int | None:
        """The record whose state is shown; None means now. Under a filter, the end of an opened file is in the past."""
        is_now = self._log.following and (self._opening is None or self._log.contents.filter.matches_all)
        return None if is_now else self._log.cursor

    @on(StatePanel.DoorOpened)
    async def _door_opened(self, message: StatePanel.DoorOpened) -> None:
        await self._doors.open(message, is_chosen=self._charge_points.chosen is not None)
        if self.full == "-full-left" and self.app.screen is self:
            self.full = ""

    @on(MessageLog.RecordOpened)
    def _record_opened(self, message: MessageLog.RecordOpened) -> None:
        """Show a record in full; the log pauses, or the next record would take its place."""
        if self._log.following:
            self._log.action_toggle_follow()
        self._open_inspector(True)
        self._inspector.show(message.index)
        self._inspector.focus()
        self.call_after_refresh(self._log.select, message.index)

    def _open_inspector(self, is_open: bool) -> None:
        """Show the inspector below the log, or hide it; where there is room for both side by side, it stays."""
        self._inspector.set_class(is_open, "-open")
        self.set_class(is_open, "-split")

    @on(ChargePointList.ChargePointChosen)
    def _charge_point_chosen(self, message: ChargePointList.ChargePointChosen) -> None:
        self._show_charge_point(message.charge_point)
        if message.done:
            self.full = ""
            self._log.focus()

    def _show_charge_point(self, charge_point: str | None) -> None:
        self._state.charge_point = charge_point
        self._state.update()
        self._log.narrow(charge_point=charge_point)
        self._say_status()

    @on(FilterBar.FilterChanged)
    def _filter_changed(self, message: FilterBar.FilterChanged) -> None:
        self._log.narrow(message.query, self._charge_points.chosen)
        self._inspector.highlight(message.query.words)

    @on(FilterBar.FilterLeft)
    def _filter_left(self, message: FilterBar.FilterLeft) -> None:
        if not message.keep:
            self._filter.clear()
        self._filter.close()
        self._log.focus()

    def watch_full(self) -> None:
        pane = self._layout.show_full(self.full)
        self._update_left()
        if self.full == INSPECTOR:
            self._inspector.show(self._log.cursor)
        pane.focus()
        self.call_after_refresh(self._look_again)

    def action_cycle_panes(self) -> None:
        """Show the pane with the focus at full size, then the others in turn."""
        self.full = self._layout.next_full(self.full)

    def action_resize_pane(self, by: int) -> None:
        self._layout.resize(by)

    def action_reset_panes(self) -> None:
        self._layout.reset()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._layout.begin_drag(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._layout.drag(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._layout.end_drag()

    def action_back(self) -> None:
        """Go back one step: from a full pane, the inspector, the filter, or the chosen charge point."""
        if self._inspector.has_focus and self._search.leave():
            return
        if self.full:
            self.full = ""
        elif self._inspector.has_class("-open") and not self.has_class("-wide"):
            self._open_inspector(False)
            self._log.focus()
        elif not self._log.has_focus:
            self._log.focus()
        elif self._log.contents.filter.text.strip():
            self._filter.clear()
            self._filter.close()
        elif self._guidance.wanted:
            self.action_show_addresses()
        elif self._charge_points.chosen is not None:
            self._charge_points.choose(None)
            self._show_charge_point(None)
        elif self._is_above:
            self.dismiss()

    # -- commands -----------------------------------------------------------------------------------------------

    def action_open_filter(self) -> None:
        if self.full in (LEFT, INSPECTOR):
            self.full = ""  # the filtered records must be visible
        self._filter.open()

    def action_search_record(self) -> None:
        """Search in the inspector."""
        self._search.open()

    @on(Inspector.Searched)
    def _searched(self) -> None:
        self._search.tell_count()

    def action_toggle_pings(self) -> None:
        self._log.toggle_pings()

    def action_show_addresses(self) -> None:
        """Show or hide every URL that a charge point can connect to."""
        self._guidance.wanted = not self._guidance.wanted
        self._guidance.show()

    def _command_told(self, delivery: Delivery | None) -> None:
        self._status.delivery = delivery
        self._say_status()

    def _go_to(self, record: int) -> None:
        """Go to a record that the user asked for, whatever the log has been narrowed to."""
        if self._log.following:
            self._log.action_toggle_follow()
        self._log.take_in()
        if not self._log.selection.contains(record):
            self.notify("The filter hid the record; all records are shown.", markup=False)
            self._filter.clear()
            self._filter.close()
            if self._charge_points.chosen is not None:
                self._charge_points.choose(None)
            self._log.narrow(parse_filter(""))
            self._show_charge_point(None)
        if self.full == LEFT:
            self.full = ""  # the record must be visible
        self._log.select(record)

    def action_show_unreadable(self) -> None:
        """Show which parts of the opened files are not records, and why."""
        assert self._reading is not None
        self.app.push_screen(Statement("What was read and inferred", self._reading.left_out()))

    def action_toggle_automatic(self) -> None:
        self._switches.toggle_automatic()
        self._look_again()

    def action_toggle_lenient(self) -> None:
        self._switches.toggle_lenient()
        self._look_again()

    def action_other_half(self) -> None:
        self._log.action_other_half()

    def action_replay(self, what: str) -> None:
        """Give the panel of the replays a command, for the chosen charge point."""
        from ocpptui.tui.widgets.replay_panel import ReplayPanel

        for panel in self.query(ReplayPanel):
            panel.charge_point = self._charge_points.chosen
            getattr(panel, what)()

    # -- for the list of recent sessions ------------------------------------------------------------------------

    @property
    def description(self) -> str:
        """The session in a few words."""
        if self._opening is not None:
            return self._header.title
        if self.session.role is Role.CENTRAL_SYSTEM:
            return f"central system {', '.join(self.session.listening_urls)}"
        if self.session.proxy is not None:
            return f"proxy {', '.join(self.session.listening_urls)} to {self.session.proxy.url}"
        record = last_word(self.session)
        url = str(record.detail.get("url", "")) if record is not None else ""
        return f"charge point {mask_own_text(url)}".rstrip()

    @property
    def recordings(self) -> tuple[Path, ...]:
        """The files that can reopen this session; none if it came through a pipe."""
        if self._opening is None:
            path = self.session.recording_path
            return () if path is None else (path,)
        return tuple(path.absolute() for path in self._opening.paths if path.exists())
