"""The commands of the start screen, and those of every screen."""

from __future__ import annotations

from ocpptui.tui.commands.command import Command, Where

GENERAL_KEYS: tuple[Command, ...] = (
    Command("start.demo", "f5", "Demo", "Watch a simulated charge point charge at a central system.", Where.START,
            "demo", True),
    Command("start.again", "c", "Connect again",
            "In the list of sessions: connect or listen as in that session; secrets are asked for again.", Where.START,
            "again", True),
    Command("start.doctor", "f12", "Doctor",
            "Find out why a charge point does not get in: try each step of the connection that is typed.", Where.START,
            "doctor", True),
    Command("start.next", "down", "Next field", "Go to the next field.", Where.START, "app.focus_next"),
    Command("start.previous", "up", "Previous field", "Go to the previous field.", Where.START, "app.focus_previous"),
    Command("help", "question_mark,f1", "Help", "Show the keys and what they do, those of the current place first.",
            Where.EVERYWHERE, "show_help", True),
    Command("palette", "ctrl+p", "Palette", "Find a command by name.", Where.EVERYWHERE, "command_palette"),
    Command("theme", "f9", "Theme", "Show the next theme: dark, light, high contrast, safe for the colour-blind.",
            Where.EVERYWHERE, "next_theme"),
    Command("suspend", "ctrl+z", "Suspend", "Stop and return to the shell; `fg` there continues. Not on Windows.",
            Where.EVERYWHERE, "suspend_process"),
    Command("quit", "ctrl+q", "Quit", "Close every connection and quit; asks first if something would be lost.",
            Where.EVERYWHERE, "quit", priority=True),
)  # fmt: skip
