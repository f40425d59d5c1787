"""The keys and what they do, from the registry of commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpptui.tui.commands import COMMANDS, Where, shown_keys

SIGNS = (
    ("→ ←", "to the central system, to the charge point"),
    ("└", "an answer, under the name of its call"),
    ("✗", "breaks the schema, or is no OCPP frame"),
    ("!", "answered with an error"),
    ("?", "waits for your answer; or answers nothing"),
    ("~", "a late answer, or a message id used twice"),
    ("*", "marked"),
)


class HelpScreen(ModalScreen[None]):
    """Every key; those of where the user is come first."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Close", id="help.close"),
        Binding("j,down", "scroll(1)", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", show=False, id="help.up"),
    ]

    def __init__(self, *here: Where) -> None:
        super().__init__()
        self._here = here

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "esc closes, ctrl+p finds every command by name"
            yield Static(self._text(), markup=False)

    def action_scroll(self, by: int) -> None:
        self.query_one("#help", VerticalScroll).scroll_relative(y=by, animate=False)

    def _text(self) -> Content:
        order = sorted(Where, key=lambda where: (where not in self._here, list(Where).index(where)))
        lines: list[Content] = []
        for where in order:
            commands = [command for command in COMMANDS if command.where is where and command.keys]
            if not commands:
                continue
            lines.append(Content.styled(f"{where.value.capitalize()}", "bold $primary"))
            lines += [Content.assemble((f"  {shown_keys(c.keys):<18}", "bold"), c.help) for c in commands]
            lines.append(Content(""))
        lines.append(Content.styled("Signs in the log", "bold $primary"))
        lines += [Content.assemble((f"  {sign:<18}", "bold"), meaning) for sign, meaning in SIGNS]
        return Content("\n").join(lines)
