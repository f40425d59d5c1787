"""Small screens that ask a question or show a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.option_rows import OptionRows


class ChoiceQuestion(Dialog[int | None]):
    """Asks for one of a few choices; the result is its number, None after escape.

    A first letter chooses, too; where several choices have it, it goes to the next of those.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_none", "Back")]

    def __init__(self, question: str, choices: Sequence[str], *, detail: str = "") -> None:
        """`detail` is text below the question, possibly several lines."""
        super().__init__()
        self._question = question
        self._detail = detail
        self._choices = choices
        firsts = [choice[:1].lower() for choice in choices]
        self._typed = ""  # the last letter
        self._letters = {first: number for number, first in enumerate(firsts) if firsts.count(first) == 1}

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Static(printable(self._question), markup=False)
            if self._detail:
                yield Static("\n".join(map(printable, self._detail.splitlines())), markup=False)
            options = (Option(self._prompt(number, choice)) for number, choice in enumerate(self._choices))
            yield OptionRows(*options, markup=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def _prompt(self, number: int, choice: str) -> Content:
        """A choice with the letter that chooses it emphasized."""
        style = "bold underline" if number in self._letters.values() else ""
        return Content.assemble((printable(choice[:1]), style), printable(choice[1:]))

    def on_key(self, event: events.Key) -> None:
        letter = (event.character or "").lower()
        number = self._letters.get(letter)
        if number is not None:
            event.stop()
            self.dismiss(number)
            return
        options = self.query_one(OptionList)
        having = [place for place, choice in enumerate(self._choices) if letter and choice[:1].lower() == letter]
        if having:
            event.stop()
            at = -1 if options.highlighted is None or letter != self._typed else options.highlighted
            options.highlighted = next((place for place in having if place > at), having[0])
            self._typed = letter

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)


class TextQuestion(Dialog[str | None]):
    """Asks for one line of text; the result is None after escape or if nothing was typed.

    A text that cannot be used stays in the field, with the reason below it.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_none", "Back")]

    def __init__(
        self, question: str, value: str = "", *, wrong: Callable[[str], str] | None = None, reason: str = ""
    ) -> None:
        """`value` is the initial text; `wrong` says why a text cannot be used, empty if it can.

        Where that shows later, the question is asked again with the text as its value, and the `reason`.
        """
        super().__init__()
        self._question = question
        self._value = value
        self._wrong = wrong
        self._reason = reason

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Static(printable(self._question), markup=False)
            yield self._field()
            reason = Static(printable(self._reason), id="wrong", markup=False)
            reason.display = bool(self._reason)
            yield reason

    def _field(self) -> Input:
        return Input(self._value)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        problem = self._wrong(text) if text and self._wrong is not None else ""
        if not problem:
            self.dismiss(text or None)
            return
        reason = self.query_one("#wrong", Static)
        reason.update(printable(problem))
        reason.display = True

    def action_dismiss_none(self) -> None:
        self.dismiss(None)


class Statement(Dialog[None]):
    """Shows scrolling text under a title and asks nothing."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._heading = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="statement") as scroll:
            scroll.border_title = Content(self._heading)
            scroll.border_subtitle = "esc closes"
            yield Static("\n".join(printable(line) for line in self._lines), markup=False)

    def action_scroll(self, by: int) -> None:
        self.query_one("#statement", VerticalScroll).scroll_relative(y=by, animate=False)
