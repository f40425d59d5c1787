"""The one registry of named commands: it feeds keys, footer, help, command palette and documentation.

A handler is the Textual action of that name on the screen or widget that `where` names. Users rebind keys by id in the
`[keys]` table of the configuration file.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """Where a command can be given, as the help names it."""

    LOG = "log"
    SESSION = "session"
    INSPECTOR = "inspector"
    CHARGE_POINTS = "charge points"
    STATE = "state"
    FILTER = "filter"
    REPLAY = "replay"
    COMPOSE = "compose"
    FORM = "fields of the form"
    START = "start screen"
    EVERYWHERE = "everywhere"


class Command(NamedTuple):
    """One command: how it is named, reached, shown and explained.

    Commands that take turns at one key, as send and send anyway, share an id, so that a user moves them together.
    """

    id: str
    keys: str
    title: str
    help: str
    where: Where
    action: str
    in_footer: bool = False
    priority: bool = False


COMMANDS = (
    Command("inspect", "enter", "Inspect", "The record in full; the log holds still.", Where.LOG, "inspect", True),
    Command("edit", "e", "Edit", "Open this frame to change it and send it again.", Where.LOG, "screen.edit", True),
    Command("copy", "y", "Copy", "Copy as JSON, raw, or as `ocpptui send` command.", Where.LOG, "screen.copy_record"),
    Command("follow", "space", "Follow", "Follow new records, or hold still.", Where.LOG, "toggle_follow"),
    Command("other_half", "o", "Other half", "To the answer of this call, or the call of this answer.", Where.LOG,
            "other_half"),
    Command("mark", "m", "Mark", "Mark this record, or take the mark away.", Where.LOG, "mark"),
    Command("next_mark", "apostrophe", "Next mark", "To the next marked record.", Where.LOG, "next_mark"),
    Command("next_match", "n", "Next match", "To the next record that the words of the filter are in.", Where.LOG,
            "next_match(1)"),
    Command("previous_match", "N", "Previous match", "To the match before.", Where.LOG, "next_match(-1)"),
    Command("down", "j,down", "Down", "The next record.", Where.LOG, "move(1)"),
    Command("up", "k,up", "Up", "The record before.", Where.LOG, "move(-1)"),
    Command("page_down", "pagedown,ctrl+f", "Page down", "A page down.", Where.LOG, "page(1)"),
    Command("page_up", "pageup", "Page up", "A page up.", Where.LOG, "page(-1)"),
    Command("first", "g,home", "First", "The first record.", Where.LOG, "first"),
    Command("last", "G,end", "Last", "The last record; from then on the log follows.", Where.LOG, "last"),
    Command("answer", "a", "Answer", "Answer the selected call by hand, or the first one that waits.", Where.SESSION,
            "answer", True),
    Command("compose", "c,f2", "Compose", "Compose a call and send it.", Where.SESSION, "compose_call", True),
    Command("filter", "slash", "Filter", "Filter the log.", Where.SESSION, "open_filter", True),
    Command("panes", "f3", "Panes", "Charge points and state, log, inspector in turn at full size.", Where.SESSION,
            "cycle_panes"),
    Command("next_pane", "tab", "Next pane", "To the next pane.", Where.SESSION, "app.focus_next"),
    Command("previous_pane", "shift+tab", "Previous pane", "To the pane before.", Where.SESSION,
            "app.focus_previous"),
    Command("back", "escape", "Back",
            "One step back: full size, inspector, filter, and in the end the chosen charge point.", Where.SESSION,
            "back"),
    Command("automatic", "ctrl+b", "Automatic",
            "Switch everything off (or on) that happens by itself: boot, heartbeats, answers.", Where.SESSION,
            "toggle_automatic", priority=True),
    Command("lenient", "L", "Lenient",
            "Let in and answer a peer that is slightly wrong, or refuse it; what is wrong is shown in any case.",
            Where.SESSION, "toggle_lenient"),
    Command("note", "ctrl+n", "Note", "Write a note into the log and the recording.", Where.SESSION, "add_note"),
    Command("addresses", "u", "Addresses", "Every URL that a charge point can connect to.", Where.SESSION,
            "show_addresses"),
    Command("disconnect", "D", "Disconnect", "Close the connection of the chosen charge point.", Where.SESSION,
            "disconnect"),
    Command("pings", "p", "Pings", "Show pings and pongs, or hide them.", Where.SESSION, "toggle_pings"),
    Command("unreadable", "U", "Unreadable", "What of the opened files is no record, and why.", Where.SESSION,
            "show_unreadable"),
    Command("start_screen", "ctrl+w", "Start screen", "Close this session and begin another.", Where.SESSION,
            "app.show_start"),
    Command("inspector.down", "j,down", "Down", "A line down.", Where.INSPECTOR, "move(1)"),
    Command("inspector.up", "k,up", "Up", "A line up.", Where.INSPECTOR, "move(-1)"),
    Command("inspector.page_down", "pagedown,ctrl+f,space", "Page down", "A page down.", Where.INSPECTOR, "page(1)"),
    Command("inspector.page_up", "pageup", "Page up", "A page up.", Where.INSPECTOR, "page(-1)"),
    Command("inspector.first", "g,home", "Top", "To the top.", Where.INSPECTOR, "first"),
    Command("inspector.last", "G,end", "End", "To the end.", Where.INSPECTOR, "last"),
    Command("inspector.other_half", "o", "Other half", "The other half of this exchange.", Where.INSPECTOR,
            "screen.other_half", True),
    Command("inspector.edit", "e", "Edit", "Open this frame to change it and send it again.", Where.INSPECTOR,
            "screen.edit", True),
    Command("inspector.copy", "y", "Copy", "Copy as JSON, raw, or as `ocpptui send` command.", Where.INSPECTOR,
            "screen.copy_record"),
    Command("back", "escape", "Back", "Back to the log.", Where.INSPECTOR, "screen.back", True),
    Command("charge_points.down", "j,down", "Down", "The next charge point; the log shows it alone.",
            Where.CHARGE_POINTS, "cursor_down"),
    Command("charge_points.up", "k,up", "Up", "The charge point before.", Where.CHARGE_POINTS, "cursor_up"),
    Command("charge_points.first", "g,home", "All", "All charge points.", Where.CHARGE_POINTS, "first"),
    Command("charge_points.last", "G,end", "Last", "The last charge point.", Where.CHARGE_POINTS, "last"),
    Command("charge_points.choose", "enter", "Choose", "To the log of this charge point.", Where.CHARGE_POINTS,
            "select", True),
    Command("back", "escape", "Back", "Back to the log.", Where.CHARGE_POINTS, "screen.back", True),
    Command("state.down", "j,down", "Down", "A line down.", Where.STATE, "scroll_down"),
    Command("state.up", "k,up", "Up", "A line up.", Where.STATE, "scroll_up"),
    Command("state.first", "g,home", "Top", "To the top.", Where.STATE, "scroll_home"),
    Command("state.last", "G,end", "End", "To the end.", Where.STATE, "scroll_end"),
    Command("back", "escape", "Back", "Back to the log.", Where.STATE, "screen.back", True),
    Command("filter.complete", "tab", "Complete", "Complete the word that is typed.", Where.FILTER, "complete",
            priority=True),
    Command("filter.leave", "escape", "No filter", "Take the filter away.", Where.FILTER, "leave", True),
    Command("replay.play", "f5", "Play", "Play or pause the replay.", Where.REPLAY, "replay('toggle')"),
    Command("replay.step", "f6", "Step", "Send the next frame of the replay.", Where.REPLAY, "replay('step')"),
    Command("replay.slower", "f7", "Slower", "Replay slower.", Where.REPLAY, "replay('slower')"),
    Command("replay.faster", "f8", "Faster", "Replay faster.", Where.REPLAY, "replay('faster')"),
    Command("replay.back", "f4", "Back to a step", "Go back to a step of the replay, or on to a later one.",
            Where.REPLAY, "replay('back')"),
    Command("replay.breakpoint", "B", "Breakpoint", "Pause the replay at what a filter matches.", Where.REPLAY,
            "replay('breakpoint')"),
    Command("replay.edit", "E", "Edit next", "Change the next frame of the replay before it goes.", Where.REPLAY,
            "replay('edit')"),
    Command("replay.report", "R", "Report", "What the live peer did differently so far, side by side.", Where.REPLAY,
            "replay('report')"),
    Command("compose.send", "f5,ctrl+enter", "Send", "Send it; what is wrong only when asked twice.", Where.COMPOSE,
            "send", True, priority=True),
    Command("compose.send", "f5,ctrl+enter", "Send anyway", "Send what is wrong.", Where.COMPOSE,
            "send_anyway", True, priority=True),
    Command("compose.view", "f6", "JSON", "From the form to the JSON.", Where.COMPOSE, "view('json')", True,
            priority=True),
    Command("compose.view", "f6", "Raw", "From the JSON to the whole message: any text at all.", Where.COMPOSE,
            "view('raw')", True, priority=True),
    Command("compose.view", "f6", "Form", "From the whole message back to the form.", Where.COMPOSE, "view('form')",
            True, priority=True),
    Command("compose.action", "f4", "Action", "Choose another action.", Where.COMPOSE, "view('picker')", True,
            priority=True),
    Command("compose.action", "f4", "As error", "Answer with an error.", Where.COMPOSE, "purpose('error')", True,
            priority=True),
    Command("compose.action", "f4", "As result", "Answer with a result.", Where.COMPOSE, "purpose('result')", True,
            priority=True),
    Command("compose.history", "f7", "Sent", "Choose from what was sent in this session.", Where.COMPOSE, "history",
            True, priority=True),
    Command("compose.afresh", "f8", "Start afresh", "Throw away what was typed.", Where.COMPOSE, "start_afresh",
            priority=True),
    Command("compose.afresh", "f8", "All actions", "Also list what only the other side sends.", Where.COMPOSE,
            "everything", True, priority=True),
    Command("compose.older", "ctrl+up", "Older", "What was sent before.", Where.COMPOSE, "older(1)", priority=True),
    Command("compose.newer", "ctrl+down", "Newer", "What was sent after.", Where.COMPOSE, "older(-1)", priority=True),
    Command("compose.back", "escape", "Back", "One step back; what was not sent is kept.", Where.COMPOSE, "back",
            True),
    Command("form.next", "tab", "Next field", "The next field, and from the last one on to the JSON.", Where.FORM,
            "next_field"),
    Command("form.previous", "shift+tab", "Previous field", "The field before.", Where.FORM, "previous_field"),
    Command("form.down", "down", "Down", "The next field.", Where.FORM, "move(1)"),
    Command("form.up", "up", "Up", "The field before.", Where.FORM, "move(-1)"),
    Command("form.page_down", "pagedown", "Page down", "A page down.", Where.FORM, "page(1)"),
    Command("form.page_up", "pageup", "Page up", "A page up.", Where.FORM, "page(-1)"),
    Command("form.first", "ctrl+home", "First field", "The first field.", Where.FORM, "first"),
    Command("form.last", "ctrl+end", "Last field", "The last field.", Where.FORM, "last"),
    Command("form.choose", "enter", "Choose", "Choose a value; open and close a group; add what is absent.",
            Where.FORM, "choose"),
    Command("form.switch", "space", "Switch", "Add what is absent; the next value of a choice; open and close a group.",
            Where.FORM, "switch"),
    Command("form.remove", "ctrl+x", "Remove", "Leave the field out, or remove the list item.", Where.FORM, "remove"),
    Command("form.add_item", "ctrl+n", "Add item", "Add an item to the list.", Where.FORM, "add_item"),
    Command("form.now", "ctrl+t", "Now", "Put the present time into a date-time.", Where.FORM, "now"),
    Command("form.next_problem", "ctrl+g", "Next problem", "To the next field that is wrong.", Where.FORM,
            "next_problem"),
    Command("start.demo", "f5", "Demo", "Watch a simulated charge point charge at a central system.", Where.START,
            "demo", True),
    Command("start.next", "down", "Next field", "The next field.", Where.START, "app.focus_next"),
    Command("start.previous", "up", "Previous field", "The field before.", Where.START, "app.focus_previous"),
    Command("help", "question_mark,f1", "Help", "The keys and what they do, beginning with where you are.",
            Where.EVERYWHERE, "show_help", True),
    Command("palette", "ctrl+p", "Commands", "Every command by name.", Where.EVERYWHERE, "command_palette"),
    Command("theme", "f9", "Theme", "Light or dark.", Where.EVERYWHERE, "toggle_theme"),
    Command("quit", "ctrl+q", "Quit", "Close every connection and quit; asks first if something would be lost.",
            Where.EVERYWHERE, "quit", priority=True),
)  # fmt: skip
"""Every command, in the order in which help and documentation show them."""


def bindings(where: Where) -> list[BindingType]:
    """The key bindings of the commands that can be given somewhere."""
    return [
        Binding(
            command.keys,
            command.action,
            command.title,
            show=command.in_footer,
            priority=command.priority,
            id=command.id,
        )
        for command in COMMANDS
        if command.where is where
    ]


def shown_keys(keys: str) -> str:
    """Keys as people write them: `?` for `question_mark`."""
    return " ".join(_WRITTEN.get(key, key) for key in keys.split(","))


_WRITTEN = {
    "question_mark": "?",
    "slash": "/",
    "apostrophe": "'",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}


def markdown_table() -> str:
    """Every command as a Markdown table, for the documentation."""
    rows = [f"| {one.where} | `{shown_keys(one.keys)}` | `{one.id}` | {one.help} |" for one in COMMANDS]
    return "\n".join(["| where | keys | id | does |", "|---|---|---|---|", *rows])


def documentation() -> str:
    """The page of the documentation that lists every command, `docs/KEYS.md`."""
    return f"{_INTRODUCTION}\n{markdown_table()}\n"


_INTRODUCTION = """\
# Keys

Every command of the screen, made from the registry in `ocpptui/tui/commands.py`. The help (`?`, or `F1` where text is
typed) shows them with the keys that are set, the command palette (`ctrl+p`) finds them by name.

Keys are changed by id in the configuration file: a key, or several with commas between them.

```toml
[keys]
compose = "f2,c"
"compose.view" = "f10"
```
"""
