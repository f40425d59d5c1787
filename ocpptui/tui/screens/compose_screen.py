"""Composing: a form and its JSON kept in step, or any text; the screen shows what was sent and its answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from ocpptui.compose.call_sequence import CallSequence
from ocpptui.compose.composer import Composer, Purpose
from ocpptui.compose.field_help import help_of, keys_of
from ocpptui.compose.filled_payload import literal_payload
from ocpptui.compose.history import Composition, Compositions, MessageForm
from ocpptui.compose.saved_calls import SavedCall
from ocpptui.describe.network_problems import problem_text
from ocpptui.describe.safe_text import printable
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.version import Role
from ocpptui.runtime import clock
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.record import RecordKind
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.compose.action_picker import ActionPicker
from ocpptui.tui.compose.answer_view import AnswerView
from ocpptui.tui.compose.field_choices import choose_value, find_field
from ocpptui.tui.compose.form import Form
from ocpptui.tui.compose.form_and_json import FormAndJson
from ocpptui.tui.compose.json_area import JsonArea
from ocpptui.tui.compose.message_sending import MessageSending
from ocpptui.tui.compose.outside_editor import NotEdited, edited_outside
from ocpptui.tui.compose.recalled_messages import RecalledMessages
from ocpptui.tui.compose.status_lines import state_line, target_line
from ocpptui.tui.compose.view_commands import is_offered
from ocpptui.tui.pane_titles import show_focus
from ocpptui.tui.screens.closing import ClosingScreen
from ocpptui.tui.screens.record_copying import copy_and_say
from ocpptui.tui.screens.saved_call_commands import SavedCallCommands
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.xml_colour import xml_parts

if TYPE_CHECKING:
    from ocpptui.session.session import Session


class ComposeScreen(ClosingScreen[None]):
    """Composes calls for one connection, or with `answer_to` the answer to a waiting call, with `change` what passes
    on in place of a message that a proxy holds.

    `connection` is the number of a connection; `action` and `payload` (JSON text) start with a call, `raw` with any
    text. Without any of them the screen asks for the action.
    """

    CSS_PATH = [
        "compose_screen.tcss",
        "../compose/form.tcss",
        "../compose/json_area.tcss",
        "../compose/action_picker.tcss",
        "../compose/answer_view.tcss",
        "../widgets/key_line.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.COMPOSE, Where.FORM, Where.ANSWER)
    """The places that the help shows first here."""
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.COMPOSE)

    view: reactive[str] = reactive("", init=False)
    """The part that receives the typing: `picker`, `form`, `json` or `raw`."""
    armed: reactive[bool] = reactive(False, init=False, bindings=True)
    """`send` found violations, and the next `send` sends the message anyway."""

    def __init__(
        self,
        session: Session,
        connection: int | None,
        memory: Compositions,
        *,
        action: str | None = None,
        payload: str | None = None,
        raw: str | None = None,
        answer_to: int | None = None,
        change: int | None = None,
        role: Role | None = None,
        clock: Callable[[], int] = clock.now,
    ) -> None:
        super().__init__()
        self.composer = Composer(session, connection, memory, role)
        self._start = (action, payload, raw, answer_to, change)
        self._clock = clock
        self._form = Form(clock, lambda: self.composer.values, id="form")
        self._json = JsonArea(id="json")
        self._envelope = JsonArea(read_only=True, parts=xml_parts, id="envelope")
        self._raw = JsonArea(id="raw")
        self._answer = AnswerView(id="answer")
        self._sending = MessageSending(
            self.composer,
            self._answer,
            clock,
            unfit=self._arm,
            settled=self._form.refresh,
            answered=self._after_answering,
        )
        self._tasks = Tasks("compose screen")
        self._saved_calls = SavedCallCommands(self, self._tasks, session.settings.calls)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._recalled = RecalledMessages(self.composer, self._load, lambda: self._begin(self.composer.action))
        self._in_step = FormAndJson(
            self.composer, self._form, self._json, self.set_timer, shows_json=self._shows_json, edited=self._disarm
        )
        self._picker = ActionPicker(self.composer, id="picker")
        panes = self._picker, self._form, self._json, self._envelope, self._raw, self._answer
        self._titles = dict(zip(panes, ("Actions", "Form", "JSON", "Envelope", "Raw text", "Answer"), strict=True))
        self._raw_made = ""  # the raw text as it was when made from the payload

    def compose(self) -> ComposeResult:
        yield Static(id="target", markup=False)
        with Container(id="work"):
            yield self._picker
            yield self._form
            yield self._json
            yield self._envelope
            yield self._raw
        yield Static(id="help", markup=False)
        with Horizontal(id="lines"):
            yield Static(id="state", markup=False)
            yield Static(id="keys", markup=False)
        yield self._answer
        yield KeyLine()

    def on_mount(self) -> None:
        action, payload, raw, answer_to, change = self._start
        if change is not None:
            self._begin_change(change)
        elif answer_to is not None:
            self._begin_answer(answer_to, Purpose.RESULT)
        elif raw is not None:
            self._raw.show_text(raw)
            self.view = "raw"
        elif action is not None:
            self._begin(action, literal_payload(payload) if payload is not None else None)
        else:
            self.view = "picker"
        self._unsubscribe = self.composer.session.subscribe(self._happened)
        self.watch(self, "focused", partial(show_focus, self._titles))

    def _happened(self, index: int) -> None:
        """Update the first line after a connection event: it shows whether the peer is connected."""
        if self.composer.session.timeline.kinds[index] == RecordKind.CONNECTION:
            self.call_later(self._show_target)

    def on_resize(self) -> None:
        self.call_after_refresh(self._in_step.show_json)
        self.call_after_refresh(self._show_envelope)

    async def on_unmount(self) -> None:
        self._in_step.finish()
        self.composer.keep()
        self._unsubscribe()
        await self._sending.close()
        await self._tasks.cancel()

    def lost_work(self) -> str:
        """What would be lost if the program ended now, as a sentence; empty if nothing."""
        return "The message you composed has not been sent and would be lost." if self.composer.changed else ""

    # -- what is being composed ---------------------------------------------------------------------------------

    def _begin(self, action: str, payload: str | None = None) -> None:
        self._in_step.settle()
        self.composer.keep()
        came_back = self.composer.open(action, self._clock(), payload)
        self._show_draft()
        if self.view != "json":
            self.view = "form"
        if came_back:
            self._answer.show_note("your unsent draft is restored; F8 starts afresh")
        elif payload is None:
            self._tasks.start(self._fill_urls(), "URLs of files")

    async def _fill_urls(self) -> None:
        if await self.composer.await_urls(self._clock()):
            self._show_draft()

    def _begin_answer(self, index: int, purpose: Purpose) -> None:
        try:
            self.composer.open_answer(index, self._clock(), purpose)
        except NotConnected as error:
            self._answer.show_note(problem_text(error.problem), failed=True)
        self._show_draft()
        self.view = "form"
        self.refresh_bindings()

    def _begin_change(self, index: int) -> None:
        self.composer.open_change(index, self._clock())
        self._show_draft()
        self.view = "form" if self.composer.field is not None else "raw"
        self.refresh_bindings()

    def _show_draft(self) -> None:
        """Update every part from the composer."""
        self.armed = False
        self._in_step.show()
        self._show_target()
        self._show_state()

    def _shows_json(self) -> bool:
        return self.view == "json" or self.has_class("-wide")

    def _show_target(self) -> None:
        self.query_one("#target", Static).update(target_line(self.composer, self.view == "raw"))

    def _show_state(self) -> None:
        row = self._form.row
        here = self._form.violations_of(row.node) if row is not None else ()
        self.query_one("#state", Static).update(state_line(self.composer, self.view == "raw", self.armed, here))
        self._show_envelope()

    def _show_envelope(self) -> None:
        """Over SOAP, the envelope is beside the form, where there is room."""
        text = self.composer.envelope() if self.has_class("-wide") else ""
        self.set_class(bool(text), "-soap")
        if text and self._envelope.content != text:
            self._envelope.show_text(text)

    def watch_view(self, view: str) -> None:
        self._in_step.settle()
        for name in ("picker", "form", "json", "raw"):
            self.set_class(view == name, f"-{name}")
        self.refresh_bindings()
        self._in_step.show_json()
        if view == "raw":
            self._make_raw()
        self._show_target()
        self._show_state()
        self._show_row()
        if view == "picker":
            self._picker.begin()
        else:
            self.query_one(f"#{view}").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """With form and JSON side by side, the focused one becomes the current view."""
        if event.widget.id in ("form", "json") and self.view in ("form", "json"):
            self.view = event.widget.id

    def _make_raw(self) -> None:
        """Put the whole message into the raw text unless the user has changed that text."""
        if self.composer.action and self._raw.content == self._raw_made:
            self._raw_made = self.composer.raw_text()
            self._raw.show_text(self._raw_made)

    # -- in step ------------------------------------------------------------------------------------------------

    @on(Form.Edited)
    def _form_edited(self) -> None:
        self._in_step.form_edited()

    @on(TextArea.Changed, "#json")
    def _json_edited(self) -> None:
        self._in_step.json_edited()

    def _disarm(self) -> None:
        self.armed = False
        self._show_state()

    @on(Form.RowReached)
    def _show_row(self) -> None:
        row = self._form.row
        help_text = keys = ""
        if self.view == "form" and row is not None:
            help_text = f"{row.label}: {help_of(row.node)}"
            keys = keys_of(row.node, self._form.offered_for(row.node))
            if 0 < self._form.size.height < len(self._form.rows):
                keys += f"{' · ' if keys else ''}^f find"
        self._show_state()
        self.query_one("#help", Static).update(Content(printable(help_text)))
        self.query_one("#keys", Static).update(Content(keys))

    @on(Form.ChoiceRequested)
    def _choose(self, event: Form.ChoiceRequested) -> None:
        choose_value(self.app, self._form, event)

    def action_find_field(self) -> None:
        """Go to a field by its name."""
        find_field(self.app, self._form)

    @on(ActionPicker.Picked)
    def _picked(self, event: ActionPicker.Picked) -> None:
        self._begin(event.name)

    # -- sending ------------------------------------------------------------------------------------------------

    def action_send(self) -> None:
        """Send the message; if it is invalid, only the next `send` sends it."""
        self._in_step.settle()
        if self.view != "raw" and self.composer.problems:
            self._arm()
        else:
            self._start_sending()

    def action_send_anyway(self) -> None:
        """Send the message although it is invalid."""
        self._in_step.settle()
        if self.armed:
            self._start_sending(anyway=True)

    def _start_sending(self, *, anyway: bool = False) -> None:
        self.armed = False
        self._show_state()
        self._recalled.forget_place()
        if self.view == "raw":
            self._sending.send_raw(self._raw.content)
        else:
            self._sending.send(anyway=anyway)

    def _arm(self) -> None:
        self.armed = True
        self._show_state()

    def _after_answering(self, action: str) -> None:
        if self.composer.purpose is Purpose.CHANGE:
            self.dismiss()
            return
        waiting = self.composer.session.waiting
        if waiting:
            self._begin_answer(waiting[0], Purpose.RESULT)
            self._answer.show_note(f"{action} answered; the next waiting call is {self.composer.action}")
        else:
            self._answer.show_note(f"{action} answered; no other call is waiting")

    @on(AnswerView.CopyWanted)
    def action_copy_command(self) -> None:
        """Copy the command that would send the last call."""
        command = self._sending.command
        if command:
            self._tasks.start(copy_and_say(self, self.composer.session, command), "copy")
        else:
            self.notify(self._sending.why_no_command, markup=False)

    # -- commands -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return is_offered(action, parameters, view=self.view, armed=self.armed, purpose=self.composer.purpose)

    def action_view(self, view: str) -> None:
        """Show the form, the JSON, the raw text, or the list of actions."""
        self.view = view

    def action_purpose(self, purpose: str) -> None:
        """Answer with a result or with an error."""
        if self.composer.answers is not None:
            self._begin_answer(self.composer.answers, Purpose(purpose))

    def action_start_afresh(self) -> None:
        """Discard what was typed."""
        with suppress(NotConnected):
            self.composer.start_afresh(self._clock())
        self._show_draft()

    def action_everything(self) -> None:
        """Show or hide the actions that only the other side sends."""
        picker = self.query_one(ActionPicker)
        picker.everything = not picker.everything

    def action_history(self) -> None:
        """Choose from the messages sent in this session, then from those of earlier ones."""
        self._recalled.choose(self.app)

    def action_older(self, by: int) -> None:
        """Show the message sent before, or with -1 the one sent after."""
        self._recalled.step(by)

    def _load(self, composition: Composition) -> None:
        if composition.form is MessageForm.RAW:
            self._raw.show_text(composition.text)
            self.view = "raw"
        else:
            self._begin(composition.action, composition.text)

    def action_save_call(self) -> None:
        """Save the call under a name."""
        self._in_step.settle()
        composer = self.composer
        self._saved_calls.save(SavedCall(composer.action, composer.text, composer.version))

    async def action_open_saved(self) -> None:
        """Open a saved call or a sequence."""
        await self._saved_calls.open(lambda call: self._begin(call.action, call.payload), self._open_sequence)

    def _open_sequence(self, sequence: CallSequence) -> None:
        from ocpptui.tui.screens.sequence_screen import SequenceScreen

        composer = self.composer
        self.app.push_screen(
            SequenceScreen(composer.session, composer.charge_point, sequence, composer.memory, clock=self._clock)
        )

    def action_edit_outside(self) -> None:
        """Edit the JSON or the raw text in an editor of the user."""
        self._in_step.settle()
        self._tasks.start(self._edit_outside(self.view == "raw"), "editor")

    async def _edit_outside(self, raw: bool) -> None:
        try:
            text = await edited_outside(self.app, self._raw.content if raw else self.composer.text, ".json")
        except NotEdited as error:
            self._answer.show_note(str(error), failed=True)
            return
        if raw:
            self._raw.show_text(text)
        elif text != self.composer.text:
            self._in_step.replace_json(text)
            if self.composer.defect is not None:
                self.view = "json"

    def action_back(self) -> None:
        """Go back one step: to the form, or out of this screen."""
        if self.view in ("picker", "raw", "json") and self.composer.action:
            self.view = "form"
        else:
            self.dismiss()
