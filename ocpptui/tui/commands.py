"""The one registry of named commands: it feeds keys, footer, help, command palette and documentation.

A handler is the Textual action of that name on the screen or widget that `where` names. Users rebind keys by id in the
`[keys]` table of the configuration file.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """Where a command can be given."""

    EVERYWHERE = "everywhere"
    SESSION = "session"
    LOG = "log"
    INSPECTOR = "inspector"
    REPLAY = "replay"
    START = "start screen"
    COMPOSE = "compose"
    FORM = "fields of the form"


class Command(NamedTuple):
    """One command: how it is named, reached, shown and explained."""

    id: str
    keys: str
    title: str
    help: str
    where: Where
    action: str
    in_footer: bool = False
    in_palette: bool = False
    priority: bool = False


COMMANDS = (
    Command("quit", "ctrl+q", "Quit", "Quit; asks first if something would be lost.", Where.EVERYWHERE, "leave",
            priority=True),
    Command("help", "question_mark,f1", "Help", "The keys and what they do.", Where.EVERYWHERE, "show_help", True,
            True),
    Command("palette", "ctrl+p", "Commands", "Every command by name.", Where.EVERYWHERE, "command_palette"),
    Command("theme", "f9", "Theme", "Light or dark.", Where.EVERYWHERE, "toggle_theme", in_palette=True),
    Command("compose", "c,f2", "Compose", "Compose a call and send it.", Where.SESSION, "compose_call", True, True),
    Command("filter", "slash", "Filter", "Filter the log.", Where.SESSION, "open_filter", True, True),
    Command("panes", "f3", "Panes", "Charge points, log and inspector in turn at full size.", Where.SESSION,
            "cycle_panes", in_palette=True),
    Command("automatic", "ctrl+b", "Automatic",
            "Switch everything off (or on) that happens by itself: boot, heartbeats, answers.", Where.SESSION,
            "toggle_automatic", in_palette=True, priority=True),
    Command("note", "ctrl+n", "Note", "Write a note into the log and the recording.", Where.SESSION, "add_note",
            in_palette=True),
    Command("disconnect", "", "Disconnect", "Close the connection of the chosen charge point.", Where.SESSION,
            "disconnect", in_palette=True),
    Command("pings", "p", "Pings", "Show pings and pongs, or hide them.", Where.SESSION, "toggle_pings",
            in_palette=True),
    Command("back", "escape", "Back", "One step back.", Where.SESSION, "back"),
    Command("down", "j,down", "Down", "The next record.", Where.LOG, "move(1)"),
    Command("up", "k,up", "Up", "The record before.", Where.LOG, "move(-1)"),
    Command("page_down", "pagedown,ctrl+f", "Page down", "A page down.", Where.LOG, "page(1)"),
    Command("page_up", "pageup", "Page up", "A page up.", Where.LOG, "page(-1)"),
    Command("first", "g,home", "First", "The first record.", Where.LOG, "first"),
    Command("last", "G,end", "Last", "The last record; from then on the log follows.", Where.LOG, "last"),
    Command("inspect", "enter", "Inspect", "The record in full.", Where.LOG, "inspect", True),
    Command("follow", "space", "Follow", "Follow new records, or hold still.", Where.LOG, "toggle_follow",
            in_palette=True),
    Command("other_half", "o", "Other half", "To the answer of this call, or the call of this answer.", Where.LOG,
            "other_half", in_palette=True),
    Command("edit", "e", "Edit", "Open this frame to change it and send it again.", Where.LOG, "screen.edit", True,
            True),
    Command("answer", "a", "Answer", "Answer this waiting call by hand.", Where.LOG, "screen.answer", in_palette=True),
    Command("copy", "y", "Copy", "Copy as JSON, raw, or as `ocpptui send` command.", Where.LOG, "screen.copy_record",
            False, True),
    Command("mark", "m", "Mark", "Mark this record.", Where.LOG, "mark", in_palette=True),
    Command("next_mark", "apostrophe", "Next mark", "To the next marked record.", Where.LOG, "next_mark"),
    Command("next_match", "n", "Next match", "To the next record that the words of the filter are in.", Where.LOG,
            "next_match(1)"),
    Command("previous_match", "N", "Previous match", "To the match before.", Where.LOG, "next_match(-1)"),
    Command("replay.play", "f5", "Play", "Play or pause the replay.", Where.REPLAY, "replay('toggle')"),
    Command("replay.step", "f6", "Step", "Send the next frame of the replay.", Where.REPLAY, "replay('step')"),
    Command("replay.slower", "f7", "Slower", "Replay slower.", Where.REPLAY, "replay('slower')"),
    Command("replay.faster", "f8", "Faster", "Replay faster.", Where.REPLAY, "replay('faster')"),
    Command("compose.send", "f5,ctrl+enter", "Send", "Send it; what is wrong only when asked twice.", Where.COMPOSE,
            "send", True, priority=True),
    Command("compose.send_anyway", "f5,ctrl+enter", "Send anyway", "Send what is wrong.", Where.COMPOSE,
            "send_anyway", True, priority=True),
    Command("compose.json", "f6", "JSON", "From the form to the JSON.", Where.COMPOSE, "view('json')", True,
            priority=True),
    Command("compose.raw", "f6", "Raw", "From the JSON to the whole message: any text at all.", Where.COMPOSE,
            "view('raw')", True, priority=True),
    Command("compose.form", "f6", "Form", "From the whole message back to the form.", Where.COMPOSE, "view('form')",
            True, priority=True),
    Command("compose.action", "f4", "Action", "Choose another action.", Where.COMPOSE, "view('picker')", True,
            priority=True),
    Command("compose.as_error", "f4", "As error", "Answer with an error.", Where.COMPOSE, "purpose('error')", True,
            priority=True),
    Command("compose.as_result", "f4", "As result", "Answer with a result.", Where.COMPOSE, "purpose('result')", True,
            priority=True),
    Command("compose.history", "f7", "Sent", "Choose from what was sent in this session.", Where.COMPOSE, "history",
            True, priority=True),
    Command("compose.afresh", "f8", "Start afresh", "Throw away what was typed.", Where.COMPOSE, "start_afresh",
            priority=True),
    Command("compose.everything", "f8", "All actions", "Also list what only the other side sends.", Where.COMPOSE,
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
)  # fmt: skip
"""Every command, in the order in which help and documentation show them."""

FOOTER_KEYS = {"help": "?"}
"""How a footer shows a key that has a name of its own."""


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
            key_display=FOOTER_KEYS.get(command.id),
        )
        for command in COMMANDS
        if command.where is where and command.keys
    ]


def markdown_table() -> str:
    """Every command as a Markdown table, for the documentation."""
    rows = [
        f"| {command.where} | {shown_keys(command.keys)} | `{command.id}` | {command.help} |" for command in COMMANDS
    ]
    return "\n".join(["| where | keys | id | does |", "|---|---|---|---|", *rows])


def shown_keys(keys: str) -> str:
    """Keys as people write them: `?` for `question_mark`."""
    names = {"question_mark": "?", "slash": "/", "apostrophe": "'", "pagedown": "page down", "pageup": "page up"}
    return " ".join(names.get(key, key) for key in keys.split(",") if key)
