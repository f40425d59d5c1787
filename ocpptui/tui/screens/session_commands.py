"""The commands of the session screen: when each is available, and which part of the screen does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import actions, events

from ocpptui.ocpp.version import Role
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.screens.command_sending import CommandSending
from ocpptui.tui.screens.connection_commands import ConnectionCommands
from ocpptui.tui.screens.full_screen import FullScreen
from ocpptui.tui.screens.record_copying import RecordCopying
from ocpptui.tui.screens.registration_choice import RegistrationChoice
from ocpptui.tui.screens.related_records import RelatedRecords
from ocpptui.tui.screens.session_files import SessionFiles
from ocpptui.tui.screens.session_switches import SessionSwitches
from ocpptui.tui.screens.session_views import SessionViews
from ocpptui.tui.unavailable import NEEDS, Need, pressed_in_vain, why_not
from ocpptui.tui.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from ocpptui.replay.player import Player


class SessionCommands(FullScreen):
    """A screen that hands its commands to the parts that the session screen makes."""

    WHERE: ClassVar[tuple[Where, ...]] = (Where.SESSION, Where.REPLAY, Where.REMOTE)
    """The places whose commands it handles."""

    session: Session
    _opening: FileSession | None
    _replay: Sequence[Player]
    _keys: Mapping[str, str]  # those that the user chose, by command id
    _filter: FilterBar
    _connection_commands: ConnectionCommands
    _remote: CommandSending
    _related: RelatedRecords
    _switches: SessionSwitches
    _registration: RegistrationChoice
    _copying: RecordCopying
    _views: SessionViews
    _files: SessionFiles

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        need = NEEDS.get(action)
        if need is not None and not self._meets(need):
            return False
        match action:
            case "open_commands":
                return parameters == ("X",) or not self._meets(Need.SIMULATED_CHARGE_POINT)
            case "remote":
                return self._remote.has(str(parameters[0]))
            case "open_filter":
                return not self._filter.has_focus_within
        return True

    def _meets(self, need: Need) -> bool:
        """Whether the session has what a command needs."""
        match need:
            case Need.LIVE:
                return self.session.is_live
            case Need.OWN_SIDE:
                return self.session.role is not None
            case Need.PROXY:
                return self.session.proxy is not None
            case Need.CENTRAL_SYSTEM:
                return self.session.role is Role.CENTRAL_SYSTEM
            case Need.LISTENING:
                return self.session.role is Role.CENTRAL_SYSTEM or self.session.proxy is not None
            case Need.SIMULATED_CHARGE_POINT:
                return self.session.operated.role is Role.CHARGE_POINT
            case Need.WAITING_CALL:
                return bool(self.session.waiting)
            case Need.OPENED_FILE:
                return self._opening is not None
            case Need.REPLAY:
                return bool(self._replay)

    def on_key(self, event: events.Key) -> None:
        """Say why a key does nothing here; a silent key looks like one that is not known."""
        pane = self.focused.id if self.focused is not None else None
        focused = {"log": (Where.LOG,), "inspector": (Where.INSPECTOR,)}.get(pane or "", ())
        command = pressed_in_vain(event.key, focused, self._keys, self._has)
        if command is not None:
            self.notify(why_not(command, self.session.is_live, self._keys), markup=False)

    def _has(self, command: Command) -> bool:
        """Whether a command that this screen handles is available; those of others always are."""
        destination, name, parameters = actions.parse(command.action)
        mine = destination == "screen" or (not destination and command.where in self.WHERE)
        return not mine or bool(self.check_action(name, parameters))

    def action_save(self) -> None:
        self._files.save()

    def action_open_file(self) -> None:
        self._files.open()

    def action_compare(self) -> None:
        self._files.compare()

    def action_replay_file(self) -> None:
        self._files.replay()

    def action_show_problems(self) -> None:
        self._views.show_problems()

    def action_show_limits(self) -> None:
        self._views.show_limits()

    def action_show_chart(self) -> None:
        self._views.show_chart()

    def lost_work(self) -> str:
        """What would be lost with this session, as a sentence; empty if nothing."""
        return self._views.lost_work()

    def action_show_configuration(self) -> None:
        self._views.show_configuration()

    def action_operate(self) -> None:
        self._views.operate()

    def action_misbehave(self) -> None:
        self._views.misbehave()

    def action_examine(self) -> None:
        self._views.examine()

    def action_show_held(self) -> None:
        self._views.show_held(self._connection_commands.answer_call, self._connection_commands.change_held)

    def action_show_files(self) -> None:
        self._views.show_files()

    def action_add_breakpoint(self) -> None:
        self._views.add_breakpoint()

    def action_open_commands(self, key: str) -> None:
        self._remote.open_panel()

    def action_remote(self, name: str) -> None:
        self._remote.give(name)

    def action_show_sent(self) -> None:
        self._remote.show_last()

    def action_show_report(self) -> None:
        self._views.show_report()

    def action_show_related(self) -> None:
        self._related.show()

    def action_leave_related(self) -> None:
        self._related.leave()

    def action_change_registration(self) -> None:
        self._registration.ask()

    def action_add_note(self) -> None:
        self._switches.add_note()

    def action_disconnect(self) -> None:
        self._connection_commands.disconnect()

    def action_compose_call(self) -> None:
        self._connection_commands.compose_call()

    def action_edit(self) -> None:
        self._connection_commands.edit()

    def action_answer(self) -> None:
        self._connection_commands.answer()

    def action_copy_record(self) -> None:
        self._copying.ask()
