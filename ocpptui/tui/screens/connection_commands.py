"""What the user does with one connection of a session: compose, send again, answer, close."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Role
from ocpptui.session.session import Session
from ocpptui.session.target_connection import addressees, connection_of
from ocpptui.timeline.record import Origin
from ocpptui.tui.screens.session_parts import SessionParts

if TYPE_CHECKING:
    from ocpptui.compose.history import Compositions


class ConnectionCommands:
    """The commands of a session screen that need a connection, which the log and the list of charge points suggest."""

    def __init__(self, parts: SessionParts) -> None:
        self._screen = parts.screen
        self._session = parts.session
        self._log = parts.log
        self._charge_points = parts.charge_points
        self._tasks = parts.tasks

    @cached_property
    def _compositions(self) -> Compositions:
        """What was composed in this session."""
        from ocpptui.compose.history import Compositions
        from ocpptui.compose.kept_history import KeptHistory

        kept = KeptHistory()
        return Compositions(kept.load(), kept.add)

    def disconnect(self) -> None:
        """Close the connection that the user means."""
        self._with_connection("Close the connection of which charge point?", self._begin_disconnecting)

    def _begin_disconnecting(self, number: int) -> None:
        self._tasks.start(self._disconnect(number), "disconnect")

    async def _disconnect(self, number: int) -> None:
        try:
            await self._session.disconnect(number)
        except NotConnected as error:
            self._screen.notify(problem_text(error.problem), markup=False)

    def compose_call(self) -> None:
        """Open the compose screen for a call."""

        def begin(number: int) -> None:
            if self._session.proxy is None:
                self._compose(number)
            else:
                self._choose_side(number)

        question = "Send to which charge point?" if self._session.proxy is None else "On which connection?"
        self._with_connection(question, begin)

    def _compose(self, number: int, **start: Any) -> None:
        """Open the compose screen for a connection; `start` is what it begins with."""
        from ocpptui.tui.screens.compose_screen import ComposeScreen

        self._screen.app.push_screen(ComposeScreen(self._session, number, self._compositions, **start))

    def _choose_side(self, number: int) -> None:
        """Ask which side of a connection that runs through us is meant, and compose a call for it."""
        from ocpptui.tui.screens.dialogs import ChoiceQuestion

        connection = self._session.connections.get(number)
        name = connection.charge_point if connection is not None else "the charge point"
        sides = {
            Role.CENTRAL_SYSTEM: f"to {name}, as its central system",
            Role.CHARGE_POINT: f"to the central system, as {name}",
        }

        def chosen(place: int | None) -> None:
            if place is not None:
                self._compose(number, role=list(sides)[place])

        question = ChoiceQuestion("Send to which side? The other one does not learn of it.", list(sides.values()))
        self._screen.app.push_screen(question, chosen)

    def edit(self) -> None:
        """Open the selected frame in the compose screen, to change it and send it again."""
        index = self._log.cursor
        frame = self._session.timeline.frame(index) if index is not None else None
        if index is None or frame is None:
            self._screen.notify("Only a message can be sent again.", markup=False)
            return
        if self._session.timeline.origin(index) is Origin.TRANSLATED:
            words = "This message is translated from another version, for looking; it is never sent."
            self._screen.notify(words, markup=False)
            return
        if self._session.proxy is not None and index in self._session.held.everything:
            self.change_held(self._session, index)
            return
        connection, role = connection_of(self._session, index), self._side_of(index)
        if isinstance(frame, Malformed):
            raw = frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "replace")
            self._compose(connection, raw=raw, role=role)
        elif isinstance(frame, Message) and frame.action is not None:
            self._compose(connection, action=frame.action, payload=frame.payload_text, role=role)
        else:
            self._compose(connection, raw=frame.raw, role=role)

    def _side_of(self, index: int) -> Role | None:
        """The side that sent a message, if it ran through us."""
        if self._session.proxy is None:
            return None
        is_up = self._session.timeline.direction(index) is Direction.TO_CSMS
        return Role.CHARGE_POINT if is_up else Role.CENTRAL_SYSTEM

    def answer(self) -> None:
        """Answer the selected call by hand, or the first waiting one."""
        waiting = self._session.waiting
        if waiting:
            index = self._log.cursor if self._log.cursor in waiting else waiting[0]
            self._log.select(index)
            self.answer_call(self._session, index)

    def answer_call(self, session: Session, index: int) -> None:
        """Answer a waiting call of this session, or of the other side of a demo, by hand."""
        from ocpptui.tui.screens.compose_screen import ComposeScreen

        number = session.timeline.connection(index)
        self._screen.app.push_screen(ComposeScreen(session, number, self._compositions, answer_to=index))

    def change_held(self, session: Session, index: int) -> None:
        """Change a message that a proxy holds, and let it pass."""
        from ocpptui.tui.screens.compose_screen import ComposeScreen

        number = session.timeline.connection(index)
        self._screen.app.push_screen(ComposeScreen(session, number, self._compositions, change=index))

    def _with_connection(self, question: str, act: Callable[[int], object]) -> None:
        """Act on the connection the user means; ask if there are several candidates."""
        from ocpptui.remote_control.question import KnownValue
        from ocpptui.tui.compose.choice_list import ChoiceList

        cursor = None if self._log.following else self._log.cursor
        under_cursor = self._session.timeline.charge_point(cursor) if cursor is not None else None
        meant = addressees(self._session, self._charge_points.chosen, under_cursor)
        numbers = list(meant)

        def chosen(number: str | None) -> None:
            if number is not None:
                act(int(number))

        if len(numbers) > 1:
            choices = [KnownValue(str(number), "", name) for number, name in meant.items()]
            self._screen.app.push_screen(ChoiceList(question, choices), chosen)
        elif numbers:
            act(numbers[0])
        else:
            self._screen.notify("Nothing has connected yet.", markup=False)
