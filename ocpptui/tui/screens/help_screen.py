"""The keys and what they do, from the registry of commands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.log_row import fitted

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
    ("transaction:8", "of this transaction, from its start to its end, with all answers"),
    ("version:1.6  transport:soap", "of this OCPP version; over SOAP, the other is transport:json"),
    ("origin:manual", "the origin of the message: also wire, behaviour, replay"),
    ("event:closed", "a connection event: also opened, refused, failed"),
    ("problem", "has a warning or an error; also severity:error, and severity:info for what is only worth knowing"),
    ("refused", "an answer that refuses a request, or a part of it, as OCPP allows"),
    ("rule:rpc.late-answer", "breaks this rule; rule:conn.* for a group of rules"),
    ("invalid  valid", "the message alone is wrong or right"),
    ("unanswered  orphan", "a call without an answer, an answer without a call"),
    ("late  second", "an answer after the time-out, a further answer to the same call"),
    ("duplicate", "a call with a message id that was used before"),
    ("marked  masked", "a record that you marked, one with a masked secret"),
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
SIGNS_TITLE, TERMS_TITLE = "Signs in the log", "Filter terms"
MOST_FOR_KEYS = 22
"""Cells of the column of keys at most."""


class HelpScreen(Dialog[None]):
    """Every key, those of the user's current place first. `keys` are the configured keys by command id."""

    CSS_PATH = "help_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "dismiss", "Close"),
        Binding("escape", "back", "Close"),
        Binding("slash", "search", "Search"),
        Binding("s", f"show('{SIGNS_TITLE}')", "Signs"),
        Binding("t", f"show('{TERMS_TITLE}')", "Filter terms"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
        Binding("g,home", "show('')", show=False),
    ]

    def __init__(self, here: Sequence[Where], keys: Mapping[str, str]) -> None:
        super().__init__()
        self._text = HelpText(here, keys)
        self._quit = shown_keys(keys.get("quit", "ctrl+q"))

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as box:
            box.border_title = f"Keys · {self._quit} quits"
            box.border_subtitle = "/ search  s signs  t filter terms  esc closes"
            yield Input(placeholder="a word of what you look for, or a key", id="sought")
            with VerticalScroll(id="lines"):
                yield self._text

    def on_mount(self) -> None:
        self.query_one("#lines").focus()

    def action_search(self) -> None:
        """Ask for words; the help shows what has all of them."""
        entry = self.query_one(Input)
        entry.display = True
        entry.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._text.words = event.value
        self.query_one("#lines").scroll_home(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.query_one("#lines").focus()

    def action_back(self) -> None:
        """End the search, or close the help."""
        entry = self.query_one(Input)
        if not entry.display:
            self.dismiss()
            return
        entry.value = ""
        entry.display = False
        self.query_one("#lines").focus()

    def action_scroll(self, by: int) -> None:
        self.query_one("#lines", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_show(self, title: str) -> None:
        """Go to a section; without a title, to the top."""
        self.query_one("#lines", VerticalScroll).scroll_to(y=self._text.line_of(title), animate=False)


class HelpText(Widget):
    """The text, wrapped to the available width."""

    words: reactive[str] = reactive("", layout=True)
    """Only entries with all of these are shown."""

    def __init__(self, here: Sequence[Where], keys: Mapping[str, str]) -> None:
        super().__init__()
        self._here = here
        self._keys = keys

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def line_of(self, title: str) -> int:
        """The line of a section, counted from 0; 0 if it is not shown."""
        return next((number for number, line in enumerate(self._lines(self.size.width)) if line.plain == title), 0)

    def _lines(self, width: int) -> list[Content]:
        return list(help_lines(self._here, self._keys, width, self.words))


def help_lines(here: Sequence[Where], keys: Mapping[str, str], width: int, words: str = "") -> Iterator[Content]:
    """The help in lines of at most `width` cells, the places in `here` first; only entries with all of the words."""
    sections = {where.value.capitalize(): (key_rows(where, keys), titles_of(where, keys)) for where in
                (*here, *(other for other in Where if other not in here))}  # fmt: skip
    sections |= {TERMS_TITLE: ([*TERMS], {}), SIGNS_TITLE: ([*SIGNS], {}), "Strip beside the log": ([*STRIP], {})}
    longest = max(cell_len(left) for rows, _ in sections.values() for left, _ in rows)
    keys_width = min(longest, MOST_FOR_KEYS, width // 3)
    found = False
    for title, (rows, names) in sections.items():
        if shown := [row for row in rows if _has(f"{title} {' '.join(row)} {names.get(row[0], '')}", words)]:
            found = True
            yield from _section(title, shown, keys_width, width)
    if not found:
        yield Content.styled("Nothing in the help has all of these words.", "$text-warning")


def key_rows(where: Where, keys: Mapping[str, str]) -> list[tuple[str, str]]:
    """The keys of a place and what they do; those that do one or the other at the time are listed once."""
    rows: dict[str, list[str]] = {}
    for one in COMMANDS:
        if one.where is where:
            rows.setdefault(shown_keys(keys.get(one.id, one.keys)), []).append(one.help)
    return [(left, " ".join(dict.fromkeys(words))) for left, words in rows.items()]


def titles_of(where: Where, keys: Mapping[str, str]) -> dict[str, str]:
    """The titles of the commands of a place by their keys, as the palette has them: users search for these, too."""
    titles: dict[str, str] = {}
    for one in COMMANDS:
        if one.where is where:
            left = shown_keys(keys.get(one.id, one.keys))
            titles[left] = f"{titles.get(left, '')} {one.title}"
    return titles


def _has(text: str, words: str) -> bool:
    text = text.casefold()
    return all(word in text for word in words.casefold().split())


def _section(title: str, rows: Iterable[tuple[str, str]], keys_width: int, width: int) -> Iterator[Content]:
    yield Content.styled(title, "bold $primary")
    for left, right in rows:
        beside = textwrap.wrap(left, keys_width)
        for before, line in zip_longest(beside, textwrap.wrap(right, max(10, width - keys_width - 4)), fillvalue=""):
            yield Content.assemble((f"  {fitted(before, keys_width)}  ", "bold"), line).rstrip()
    yield Content("")
