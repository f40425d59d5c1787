"""The keys and what they do, from the registry of commands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from ocpptui.tui.commands import COMMANDS, Where, shown_keys
from ocpptui.tui.screens.closing import Dialog

SIGNS = (
    ("→ ←", "to the central system, to the charge point"),
    ("└", "an answer, under the name of its call"),
    ("✗", "an error: a malformed, invalid or unanswered message, or a failed connection"),
    ("!", "a warning: a refused call, a late or orphan answer, a message id used twice"),
    ("⊘", "an answer that refuses a request, as OCPP allows: Rejected, Blocked, NotSupported, UnlockFailed"),
    ("?", "a call that waits for your answer"),
    ("~", "allowed, but worth knowing"),
    ("…", "no answer yet"),
    ("*", "marked"),
)
TERMS = (
    ('word, "two words"', "anywhere in the message"),
    ("action:Name", "calls and answers of this action; action:Get* for all that begin with Get"),
    ("cp:ID  conn:2", "of a charge point, of a connection"),
    ("kind:error", "also call, result, answer, malformed, connection, ping, pong, note, send"),
    ("dir:to-csms", "in this direction; the other is dir:to-cp"),
    ("id:a81f", "with this message id"),
    ("version:1.6", "of this OCPP version"),
    ("origin:manual", "the origin of the message: also wire, behaviour, replay"),
    ("event:closed", "a connection event: also opened, refused, failed"),
    ("problem", "has a warning or an error; also severity:error, and severity:info for what is only worth knowing"),
    ("refused", "an answer that refuses a request, or a part of it, as OCPP allows"),
    ("rule:rpc.late-answer", "breaks this rule; rule:conn.* for a group of rules"),
    ("invalid  valid", "the message alone is wrong or right; also orphan, unanswered, late, marked, masked"),
    ("latency>2s", "answered more slowly than that; also < >= <= = and ms, s, m"),
    ("after:10:00", "from that time on; also before:10:30, and with a date 2026-11-22T10:00"),
    ("connectorId=1", "a field of the payload at any depth; also != > < >= <="),
    ("not or ( )", "combine terms; terms side by side must all match; -word means not word"),
)
STRIP = (
    ("✗ !", "an error, a warning; a click goes there, as to any line of the strip"),
    ("─", "a gap in time; a problem in the same line is underlined instead"),
    ("▏ ▌ █", "how closely calls follow each other: the half block is usual, each eighth more is twice as close"),
)
KEYS_WIDTH = 18


class HelpScreen(Dialog[None]):
    """Every key, those of the user's current place first. `keys` are the configured keys by command id."""

    CSS_PATH = "help_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Close"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, here: Sequence[Where], keys: Mapping[str, str]) -> None:
        super().__init__()
        self._here = list(here)
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "esc closes, ctrl+p finds every command by name"
            yield HelpText(self._here, self._keys)

    def action_scroll(self, by: int) -> None:
        self.query_one("#help", VerticalScroll).scroll_relative(y=by, animate=False)


class HelpText(Widget):
    """The text, wrapped to the available width."""

    def __init__(self, here: Sequence[Where], keys: Mapping[str, str]) -> None:
        super().__init__()
        self._here = here
        self._keys = keys

    def render(self) -> Content:
        return Content("\n").join(list(help_lines(self._here, self._keys, self.size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(list(help_lines(self._here, self._keys, width)))


def help_lines(here: Sequence[Where], keys: Mapping[str, str], width: int) -> Iterator[Content]:
    """The whole help in lines of at most `width` cells, the places in `here` first."""
    for where in (*here, *(other for other in Where if other not in here)):
        rows = ((shown_keys(keys.get(one.id, one.keys)), one.help) for one in COMMANDS if one.where is where)
        yield from _section(where.value.capitalize(), rows, width)
    yield from _section("Filter terms", TERMS, width)
    yield from _section("Signs in the log", SIGNS, width)
    yield from _section("Strip beside the log", STRIP, width)


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[Content]:
    yield Content.styled(title, "bold $primary")
    for left, right in rows:
        for number, line in enumerate(textwrap.wrap(right, max(20, width - KEYS_WIDTH - 2))):
            yield Content.assemble((f"  {'' if number else left:<{KEYS_WIDTH}}", "bold"), line)
    yield Content("")
