"""The commands for what a central system asks of its charge points, and for their configuration."""

from __future__ import annotations

from ocpptui.remote_control.command_list import REMOTE_COMMANDS
from ocpptui.tui.commands.command import CURSOR, Command, Where, end_moves, page_moves, row_moves

REMOTE_KEYS: tuple[Command, ...] = (
    *(Command(f"remote.{one.id}", one.letter, one.title, one.help, Where.REMOTE, f"remote('{one.id}')")
      for one in REMOTE_COMMANDS),
    Command("command_panel.connector", "tab", "Other connector", "Choose the next connector; a digit chooses one, too.",
            Where.COMMAND_PANEL, "other_place"),
    Command("command_panel.close", "escape,x,q", "Close", "Go back to the log.", Where.COMMAND_PANEL, "close"),
    Command("answers.choose", "enter", "Go there", "Go to the answer, or to the call.", Where.ANSWERS, "select", True),
    *row_moves(Where.ANSWERS, "charge point", CURSOR),
    Command("answers.close", "escape,q", "Close", "Go back to the log; answers still come.", Where.ANSWERS, "close",
            True),
    Command("configuration.edit", "enter", "Edit", "Edit the value in its place, and send it.", Where.CONFIGURATION,
            "edit", True),
    Command("configuration.read", "r", "Read", "Read all settings from the charge point.", Where.CONFIGURATION, "read",
            True),
    Command("configuration.send", "f5,S", "Send kept", "Send the changes that were kept.", Where.CONFIGURATION, "send",
            True),
    Command("configuration.discard", "x,delete", "Discard", "Discard the change under the cursor that was kept.",
            Where.CONFIGURATION, "discard"),
    Command("configuration.name", "n", "Name a setting…",
            "Change a setting that the charge point has not listed: type its name, then its value.",
            Where.CONFIGURATION, "name_setting"),
    Command("configuration.filter", "slash", "Filter",
            "Filter by words of the name, value or meaning, or by initials; enter edits the best match.",
            Where.CONFIGURATION, "filter", True),
    Command("configuration.sort", "s", "Sort", "Sort as reported, by name, changed first, or by value.",
            Where.CONFIGURATION, "sort"),
    Command("configuration.compare", "d", "Differences",
            "Show what differs from a saved table, another charge point, or the defaults of the standard.",
            Where.CONFIGURATION, "compare", True),
    Command("configuration.write", "w", "Write", "Write the table to a file.", Where.CONFIGURATION, "write"),
    Command("configuration.apply", "a", "Apply a file", "Show what a file would change, and send that.",
            Where.CONFIGURATION, "apply"),
    Command("configuration.other", "tab", "Other charge point", "Show the table of the next charge point.",
            Where.CONFIGURATION, "other_charge_point"),
    *row_moves(Where.CONFIGURATION, "row"),
    *page_moves(Where.CONFIGURATION),
    *end_moves(Where.CONFIGURATION, "row"),
    Command("configuration.close", "escape,v,q", "Close",
            "Go back one step: filter, comparison, kept changes, and finally to the log.", Where.CONFIGURATION, "close",
            True),
    Command("setting.send", "enter", "Send", "Send the value; if it is wrong, press twice.", Where.SETTING, "done",
            True),
    Command("setting.keep", "tab", "Keep", "Keep the value, to send several together.", Where.SETTING, "keep", True),
    Command("setting.as_text", "f6", "As text", "Type the value of a list or a switch as text.", Where.SETTING,
            "as_text", True),
    Command("setting.leave", "escape", "Leave", "Leave the value as it is.", Where.SETTING, "leave", True),
)  # fmt: skip
