"""Composing: a form and its JSON in step, or any text at all; what is sent stands there with its answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer, Static, TextArea

from ocpptui.link import clock
from ocpptui.link.errors import NotConnected
from ocpptui.link.tasks import Tasks
from ocpptui.session.composer import Composer, Purpose
from ocpptui.session.compositions import Composition, compositions_of
from ocpptui.session.compositions import Form as CompositionForm
from ocpptui.tui.compose.action_picker import ActionPicker
from ocpptui.tui.compose.answer_view import AnswerView
from ocpptui.tui.compose.choice_list import Choice, ChoiceList
from ocpptui.tui.compose.field_help import help_of, keys_of
from ocpptui.tui.compose.form import Form
from ocpptui.tui.compose.json_area import JsonArea
from ocpptui.tui.compose.lines import sent_choices, state_line, target_line
from ocpptui.tui.printable import printable

if TYPE_CHECKING:
    from ocpptui.session.session import Session

LARGE = 50_000
"""Characters of JSON from which on form, text and violations follow one another only when the typing pauses."""
PAUSE = 0.3
"""How long such a pause is, in seconds."""


class ComposeScreen(Screen[None]):
    """Composes calls for one connection, or with `answer_to` the answer to a call that waits for one.

    `connection` is the number of a connection; `action` and `payload` (JSON text) begin with a call, `raw` with any
    text. Without any of them the action is asked for.
    """

    CSS_PATH = [
        "compose.tcss",
        "../compose/form.tcss",
        "../compose/json_area.tcss",
        "../compose/action_picker.tcss",
        "../compose/answer_view.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+enter", "send", "Send", priority=True, id="compose.send"),
        Binding("f5,ctrl+enter", "send_anyway", "Send anyway", priority=True, id="compose.send_anyway"),
        Binding("f6", "view('json')", "JSON", priority=True, id="compose.json"),
        Binding("f6", "view('raw')", "Raw", priority=True, id="compose.raw"),
        Binding("f6", "view('form')", "Form", priority=True, id="compose.form"),
        Binding("f4", "view('picker')", "Action", priority=True, id="compose.action"),
        Binding("f4", "purpose('error')", "As error", priority=True, id="compose.as_error"),
        Binding("f4", "purpose('result')", "As result", priority=True, id="compose.as_result"),
        Binding("f7", "history", "Sent", priority=True, id="compose.history"),
        Binding("f8", "start_afresh", "Start afresh", priority=True, id="compose.start_afresh"),
        Binding("ctrl+up", "older", "Older", show=False, priority=True, id="compose.older"),
        Binding("ctrl+down", "newer", "Newer", show=False, priority=True, id="compose.newer"),
        Binding("escape", "back", "Back", id="compose.back"),
    ]

    view: reactive[str] = reactive("", init=False)
    """What takes what is typed: `picker`, `form`, `json` or `raw`."""
    armed: reactive[bool] = reactive(False, init=False, bindings=True)
    """`send` found something wrong, and the next one sends it anyway."""

    def __init__(
        self,
        session: Session,
        connection: int | None,
        *,
        action: str | None = None,
        payload: str | None = None,
        raw: str | None = None,
        answer_to: int | None = None,
        clock: Callable[[], int] = clock.now,
    ) -> None:
        super().__init__()
        self.composer = Composer(session, connection, compositions_of(session))
        self._start = (action, payload, raw, answer_to)
        self._clock = clock
        self._form = Form(clock, id="form")
        self._json = JsonArea(id="json")
        self._raw = JsonArea(id="raw")
        self._answer = AnswerView(id="answer")
        self._tasks = Tasks("compose")
        self._sendings = 0
        self._history_place = 0  # steps back from the newest
        self._following: Callable[[], None] | None = None  # what waits for a pause in the typing
        self._timer: Timer | None = None
        self._raw_made = ""  # what the raw text was when it was made from the payload

    def compose(self) -> ComposeResult:
        yield Static(id="target", markup=False)
        with Container(id="work"):
            yield ActionPicker(self.composer.actions, self.composer.role, id="picker")
            yield self._form
            yield self._json
            yield self._raw
        yield Static(id="help", markup=False)
        with Horizontal(id="lines"):
            yield Static(id="state", markup=False)
            yield Static(id="keys", markup=False)
        yield self._answer
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        action, payload, raw, answer_to = self._start
        if answer_to is not None:
            self._begin_answer(answer_to, Purpose.RESULT)
        elif raw is not None:
            self._raw.show_text(raw)
            self.view = "raw"
        elif action is not None:
            self._begin(action, payload)
        else:
            self.view = "picker"

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_text)

    async def on_unmount(self) -> None:
        if self._following == self._follow_form:
            self.composer.edited()
        elif self._following == self._follow_json:
            self.composer.edit_text(self._json.content)
        self.composer.keep()
        await self._tasks.cancel()

    # -- what is being composed ---------------------------------------------------------------------------------

    def _begin(self, action: str, payload: str | None = None) -> None:
        self._settle()
        self.composer.keep()
        came_back = self.composer.open(action, self._clock(), payload)
        self._show_draft()
        if self.view != "json":
            self.view = "form"
        if came_back:
            self._answer.show_note("your unsent draft is back; F8 starts afresh")

    def _begin_answer(self, index: int, purpose: Purpose) -> None:
        try:
            self.composer.open_answer(index, self._clock(), purpose)
        except NotConnected as error:
            self._answer.show_note(str(error), failed=True)
        self._show_draft()
        self.view = "form"
        self.refresh_bindings()

    def _show_draft(self) -> None:
        """Everything follows the composer."""
        self.armed = False
        self._form.show(self.composer.draft)
        self._form.show_violations(self.composer.draft.place(self.composer.violations))
        self._show_text()
        self._show_target()
        self._show_state()

    def _show_text(self) -> None:
        if (self.view == "json" or self.has_class("-wide")) and self._json.content != self.composer.text:
            self._json.show_text(self.composer.text)

    def _show_target(self) -> None:
        self.query_one("#target", Static).update(target_line(self.composer, self.view == "raw"))

    def _show_state(self) -> None:
        self.query_one("#state", Static).update(state_line(self.composer, self.view == "raw", self.armed))

    def watch_view(self, view: str) -> None:
        self._settle()
        for name in ("picker", "form", "json", "raw"):
            self.set_class(view == name, f"-{name}")
        self.refresh_bindings()
        self._show_text()
        if view == "raw":
            self._make_raw()
        self._show_target()
        self._show_state()
        self._show_row()
        if view == "picker":
            self.query_one(ActionPicker).begin()
        else:
            self.query_one(f"#{view}").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """With form and JSON side by side, the one that has the focus is the one that is worked in."""
        if event.widget.id in ("form", "json") and self.view in ("form", "json"):
            self.view = event.widget.id

    def _make_raw(self) -> None:
        """Put the whole message into the raw text unless a person has changed that."""
        if self.composer.action and self._raw.content == self._raw_made:
            self._raw_made = self.composer.raw_text()
            self._raw.show_text(self._raw_made)

    # -- in step ------------------------------------------------------------------------------------------------

    @on(Form.Edited)
    def _form_edited(self) -> None:
        self._follow(self._follow_form)

    def _follow_form(self) -> None:
        self.composer.edited()
        self._after_edit()
        self._show_text()

    @on(TextArea.Changed, "#json")
    def _json_edited(self) -> None:
        self._follow(self._follow_json)

    def _follow_json(self) -> None:
        text = self._json.content
        if text == self.composer.text:
            return
        draft = self.composer.draft
        self.composer.edit_text(text)
        if self.composer.draft is not draft:
            self._form.show(self.composer.draft)
        self._after_edit()

    def _follow(self, follow: Callable[[], None]) -> None:
        """Have the other side follow: at once, or where that takes long when the typing pauses."""
        if self._timer is not None:
            self._timer.stop()
        self._following = follow
        if len(self.composer.text) > LARGE:
            self._timer = self.set_timer(PAUSE, self._settle)
        else:
            self._settle()

    def _settle(self) -> None:
        """Do what waits for a pause in the typing."""
        follow, self._following = self._following, None
        if follow is not None:
            follow()

    def _after_edit(self) -> None:
        self.armed = False
        self._form.show_violations(self.composer.draft.place(self.composer.violations))
        self._show_state()

    @on(Form.RowReached)
    def _show_row(self) -> None:
        row = self._form.row
        help_text = keys = ""
        if self.view == "form" and row is not None:
            help_text = f"{row.label}: {help_of(row.node)}"
            keys = keys_of(row.node, self._form.suggestions_of(row.node))
        self.query_one("#help", Static).update(Content(printable(help_text)))
        self.query_one("#keys", Static).update(Content(keys))

    @on(Form.ChoiceRequested)
    def _choose(self, event: Form.ChoiceRequested) -> None:
        name = event.node.name or "item"
        choices = [Choice(value) for value in event.choices]
        screen = ChoiceList(name, choices, typed=event.typed, free=True)

        def chosen(value: str | None) -> None:
            if value is not None:
                self._form.set_choice(event.node, value)

        self.app.push_screen(screen, chosen)

    @on(ActionPicker.Picked)
    def _picked(self, event: ActionPicker.Picked) -> None:
        self._begin(event.name)

    # -- sending ------------------------------------------------------------------------------------------------

    def action_send(self) -> None:
        """Send what is composed; what is wrong is sent by the next `send` only."""
        self._settle()
        if self.view != "raw" and self.composer.problems:
            self.armed = True
            self._show_state()
        else:
            self._start_sending()

    def action_send_anyway(self) -> None:
        """Send what is composed although it is wrong."""
        self._start_sending()

    def _start_sending(self) -> None:
        self.armed = False
        self._show_state()
        self._sendings += 1
        self._history_place = 0
        self._tasks.start(self._send(self._sendings), f"sending {self._sendings}")

    async def _send(self, number: int) -> None:
        composer = self.composer
        try:
            if self.view == "raw":
                index = await composer.send_raw(self._raw.content)
                name = "raw text"
            else:
                name = composer.action
                index = await composer.send()
        except NotConnected as error:
            self._answer.show_note(f"not sent: {error}", failed=True)
            return
        if composer.purpose is not Purpose.CALL and self.view != "raw":
            self._after_answering(name)
            return
        if index is None:
            self._answer.show_note(f"{name} sent")
            return
        self._answer.show_waiting(name)
        answer = await composer.answer_to(index)
        if number != self._sendings:
            return
        if answer.index is None:
            self._answer.show_note(f"{name}: {answer.why_none}", failed=answer.failed)
            return
        timeline = composer.session.timeline
        self._answer.show_answer(
            timeline.record(answer.index).frame, timeline.latency(answer.index), timeline.violations(answer.index)
        )

    def _after_answering(self, action: str) -> None:
        waiting = self.composer.session.waiting
        if waiting:
            self._begin_answer(waiting[0], Purpose.RESULT)
            self._answer.show_note(f"{action} answered; the next call that waits is {self.composer.action}")
        else:
            self._answer.show_note(f"{action} answered; no other call waits")

    # -- commands -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        picking = self.view == "picker"
        answering = self.composer.purpose is not Purpose.CALL
        match action, parameters:
            case "send", _:
                return not picking and not self.armed
            case "send_anyway", _:
                return not picking and self.armed
            case "view", ("picker",):
                return not picking and not answering
            case "view", (wanted,):
                return wanted == _NEXT_VIEW.get(self.view)
            case "purpose", (wanted,):
                return answering and wanted != self.composer.purpose
            case (("history" | "older" | "newer"), _):
                return not answering
            case "start_afresh", _:
                return not picking and self.view != "raw"
        return True

    def action_view(self, view: str) -> None:
        """Show the form, the JSON, the raw text, or the list of actions."""
        self.view = view

    def action_purpose(self, purpose: str) -> None:
        """Answer with a result or with an error."""
        if self.composer.answers is not None:
            self._begin_answer(self.composer.answers, Purpose(purpose))

    def action_start_afresh(self) -> None:
        """Throw away what was typed."""
        with suppress(NotConnected):
            self.composer.start_afresh(self._clock())
        self._show_draft()

    def action_history(self) -> None:
        """Choose from what was sent in this session."""
        sent = list(self.composer.memory.sent)
        choices = sent_choices(sent, self.composer.session.timeline)

        def chosen(value: str | None) -> None:
            if value is not None:
                self._load(sent[int(value)])

        self.app.push_screen(ChoiceList("Sent in this session, the newest first", choices), chosen)

    def action_older(self) -> None:
        """Go back to what was sent before."""
        self._step(1)

    def action_newer(self) -> None:
        """Come back to what was sent after."""
        self._step(-1)

    def _step(self, by: int) -> None:
        sent = self.composer.memory.sent
        place = self._history_place + by
        if place == 0 and self.composer.action:
            self._begin(self.composer.action)
        elif 1 <= place <= len(sent):
            self._load(sent[-place])
        else:
            return
        self._history_place = place

    def _load(self, composition: Composition) -> None:
        if composition.form is CompositionForm.RAW:
            self._raw.show_text(composition.text)
            self.view = "raw"
        else:
            self._begin(composition.action, composition.text)

    def action_back(self) -> None:
        """One step back: to the form, or out of here."""
        if self.view in ("picker", "raw", "json") and self.composer.action:
            self.view = "form"
        else:
            self.dismiss()


_NEXT_VIEW = {"form": "json", "json": "raw", "raw": "form"}
