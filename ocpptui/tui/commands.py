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
