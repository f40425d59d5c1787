"""The commands of a central system: what they are for, what has to be chosen, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.message import Message
from ocpptui.remote_control.command_list import remote_command, remote_commands
from ocpptui.runtime.clock import now
from ocpptui.session.target_connection import addressees
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.session_parts import SessionParts

if TYPE_CHECKING:
    from ocpptui.compose.remote_sending import CommandTarget, Delivery
    from ocpptui.ocpp.version import Version
    from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace
    from ocpptui.remote_control.question import Question

KEPT = 60.0
"""Seconds for which the answer to a command is shown."""
OWN = frozenset({"transaction", "reservation"})
"""Questions that each of many charge points would answer differently; they are not asked for many."""


@dataclass(slots=True)
class Order:
    """A command that is being prepared."""

    command: str
    targets: Sequence[CommandTarget]
    place: ConnectorPlace | None
    transaction: str
    given: dict[Version, dict[str, str]] = field(default_factory=dict)
    """The answers so far; they are asked for once for each version."""
    upload_url: str = ""
    """Where we receive files of the first charge point."""

    @property
    def is_for_many(self) -> bool:
        return len(self.targets) > 1


class CommandSending:
    """Opens the panel, asks the questions, sends, and tells what was answered."""

    def __init__(self, parts: SessionParts, told: Callable[[Delivery | None], None]) -> None:
        """`told` gets the delivery to show below the log, again whenever it changes; None where it is long ago."""
        self._screen = parts.screen
        self._session = parts.session
        self._log = parts.log
        self._charge_points = parts.charge_points
        self._tasks = parts.tasks
        self._go_to = parts.go_to
        self._told = told
        self._last: Delivery | None = None
        self._used: dict[str, str] = {}  # the last texts that were typed, by question

    # -- what a command is for ----------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether any connected charge point has a version with this command."""
        return any(one.id == name for version in set(self._session.versions) for one in remote_commands(version))

    def open_panel(self) -> None:
        """Open the panel for the charge points that the user means."""
        from ocpptui.tui.screens.command_panel import CommandPanel

        def opened(targets: Sequence[CommandTarget]) -> None:
            def case(place: ConnectorPlace | None, transaction: str) -> Circumstances:
                return self._case(Order("", targets, place, transaction), targets[0])

            async def give(name: str, place: ConnectorPlace | None, transaction: str) -> None:
                await self._begin(name, targets, place, transaction)

            self._screen.app.push_screen(CommandPanel(targets, *self._pointed(targets), case, give))

        self._with_targets(opened)

    def give(self, name: str) -> None:
        """Give a command without the panel."""

        def given(targets: Sequence[CommandTarget]) -> None:
            self._tasks.start(self._begin(name, targets, *self._pointed(targets)), name)

        self._with_targets(given)

    def _with_targets(self, act: Callable[[Sequence[CommandTarget]], object]) -> None:
        """Act on the marked charge points, or the one that is meant; ask if that is not clear."""
        session = self._session
        marked = [found.number for name in sorted(self._charge_points.marked) if (found := session.connection_of(name))]
        if marked:
            self._act(marked, act)
            return
        cursor = None if self._log.following else self._log.cursor
        under_cursor = session.timeline.charge_point(cursor) if cursor is not None else None
        meant = addressees(session, self._charge_points.chosen, under_cursor)
        numbers = [number for number in meant if number in session.connections]

        def chosen(place: int | None) -> None:
            if place is not None:
                self._act(numbers[place : place + 1] or numbers, act)

        if len(numbers) > 1:
            names = [*(meant[number] for number in numbers), f"* all {len(numbers)} of them"]
            self._screen.app.push_screen(ChoiceQuestion("A command to which charge point?", names), chosen)
        elif numbers:
            self._act(numbers, act)
        elif meant:
            name = next(iter(meant.values()))
            self._screen.notify(printable(f"{name} is not connected."), markup=False)
        else:
            self._screen.notify("Nothing has connected yet.", markup=False)

    def _act(self, numbers: list[int], act: Callable[[Sequence[CommandTarget]], object]) -> None:
        from ocpptui.compose.remote_sending import command_targets

        targets = command_targets(self._session, numbers)
        if targets:
            act(targets)
        else:
            self._screen.notify("There are no commands for its version of OCPP; c composes a call.", markup=False)

    def _pointed(self, targets: Sequence[CommandTarget]) -> tuple[ConnectorPlace | None, str]:
        """The connector and the transaction of the record under the cursor."""
        from ocpptui.remote_control.pointed_place import pointed_at

        timeline, index = self._session.timeline, None if self._log.following else self._log.cursor
        if index is None or len(targets) != 1 or timeline.charge_point(index) != targets[0].charge_point:
            return None, ""
        known = self._session.knowledge.get(targets[0].charge_point)
        indexes = [index, *([other] if (other := timeline.other_half(index)) is not None else [])]
        frames = [timeline.frame(one) for one in indexes]
        payloads = [frame.payload for frame in frames if isinstance(frame, Message)]
        return (None, "") if known is None else pointed_at(payloads, known)

    # -- what has to be chosen ----------------------------------------------------------------------------------

    async def _begin(
        self, name: str, targets: Sequence[CommandTarget], place: ConnectorPlace | None, transaction: str
    ) -> None:
        """Ask what the command needs to know, then send it."""
        order = Order(name, targets, place, transaction)
        if name == "diagnostics":
            order.upload_url = await self._session.files.upload_url(targets[0].charge_point)
        elif name == "firmware":
            for target in targets:
                await self._session.files.prepare_firmware(target.charge_point)
        self._go_on(order)

    def _case(self, order: Order, target: CommandTarget) -> Circumstances:
        """What the command starts from at one of its targets."""
        from ocpptui.compose.remote_sending import circumstances_of

        return circumstances_of(
            self._session,
            target,
            now(),
            place=order.place,
            transaction=order.transaction,
            given=order.given.get(target.version),
            used={"upload": order.upload_url, **self._used},
        )

    def _go_on(self, order: Order) -> None:
        """Ask the next question or, where none is left, send."""
        from ocpptui.remote_control.command_calls import planned_call
        from ocpptui.remote_control.question import Question

        leaders = {target.version: target for target in reversed(order.targets)}
        for version, target in sorted(leaders.items()):
            if all(one.id != order.command for one in remote_commands(version)):
                continue
            planned = planned_call(order.command, self._case(order, target))
            if isinstance(planned, Question) and not (order.is_for_many and planned.name in OWN):
                words = f"OCPP {version}: {planned.words}" if len(leaders) > 1 else planned.words
                self._put(planned, words, lambda text: self._answered(order, version, planned, text))  # noqa: B023
                return
        self._close_panel()
        self._send(order)

    def _answered(self, order: Order, version: Version, question: Question, text: str) -> None:
        order.given.setdefault(version, {})[question.name] = text
        if question.is_free and not question.offered and text != order.upload_url:
            self._used[question.name] = text
        self._go_on(order)

    def _put(self, question: Question, words: str, answered: Callable[[str], None]) -> None:
        """Ask a question in the dialog that takes the fewest keys."""
        from ocpptui.tui.compose.choice_list import ChoiceList

        offered, app = question.offered, self._screen.app
        if question.problem and offered:
            self._screen.notify(printable(question.problem), severity="warning", markup=False)

        def chosen(number: int | None) -> None:
            if number is not None:
                answered(offered[number].value)

        def typed(text: str | None) -> None:
            if text:
                answered(text)

        firsts = {one.shown[:1].lower() for one in offered}
        if offered and len(firsts) == len(offered) and (not question.is_free or question.name == "connector"):
            app.push_screen(ChoiceQuestion(words, [f"{one.shown}  {one.note}".rstrip() for one in offered]), chosen)
        elif offered:
            app.push_screen(ChoiceList(words, offered, free=question.is_free), typed)
        else:
            app.push_screen(TextQuestion(words, question.start, reason=question.problem), typed)

    def _close_panel(self) -> None:
        from ocpptui.tui.screens.command_panel import CommandPanel

        for screen in self._screen.app.screen_stack:
            if isinstance(screen, CommandPanel):
                screen.close()

    # -- sending ------------------------------------------------------------------------------------------------

    def _send(self, order: Order) -> None:
        from ocpptui.compose.remote_sending import Delivery
        from ocpptui.tui.screens.answers_screen import AnswersScreen

        deliveries = [Delivery(target.charge_point) for target in order.targets]
        for target, delivery in zip(order.targets, deliveries, strict=True):
            self._tasks.start(self._deliver(order, target, delivery), f"{order.command} to {target.charge_point}")
        if order.is_for_many:
            command = remote_command(order.command)
            title = order.command if command is None else command.title.rstrip("…")
            self._screen.app.push_screen(AnswersScreen(title, deliveries), self._went)
        else:
            self._tell(deliveries[0])

    def _went(self, record: int | None) -> None:
        if record is not None:
            self._go_to(record)

    async def _deliver(self, order: Order, target: CommandTarget, delivery: Delivery) -> None:
        from ocpptui.compose.remote_sending import deliver
        from ocpptui.remote_control.command_calls import planned_call
        from ocpptui.remote_control.question import Question

        if all(one.id != order.command for one in remote_commands(target.version)):
            delivery.ended(f"not sent: OCPP {target.version} does not have that", is_refused=True)
            self._tell(delivery)
            return
        given = order.given.get(target.version, {})
        if order.is_for_many and order.upload_url and given.get("upload") == order.upload_url:
            own = await self._session.files.upload_url(target.charge_point)
            order = Order(order.command, [target], order.place, "", {target.version: {**given, "upload": own}})
        planned = planned_call(order.command, self._case(order, target))
        if isinstance(planned, Question):
            delivery.ended(f"not sent: {planned.problem or planned.words}", is_refused=True)
            self._tell(delivery)
            return
        await deliver(self._session, target, planned, delivery, self._tell)

    def _tell(self, delivery: Delivery) -> None:
        """Show how far a command is; the last one stays for a while."""
        self._last = delivery
        self._told(delivery)
        if delivery.is_over:
            self._screen.set_timer(KEPT, lambda: self._forget(delivery))

    def _forget(self, delivery: Delivery) -> None:
        if self._last is delivery:
            self._told(None)

    def show_last(self) -> None:
        """Go to the answer of the last command, or to its call."""
        record = None if self._last is None else self._last.record
        if record is None:
            self._screen.notify("No command was sent yet.", markup=False)
        else:
            self._go_to(record)
