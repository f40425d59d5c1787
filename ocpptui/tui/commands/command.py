"""What a command of the screen is, where it is available, and the commands that every list and text has to move."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Where(StrEnum):
    """Where a command is available, as named in the help."""

    LOG = "log"
    SESSION = "session"
    INSPECTOR = "inspector"
    CHARGE_POINTS = "charge points"
    STATE = "state"
    FILTER = "filter"
    SEARCH = "search in the inspector"
    REPLAY = "replay"
    COMPOSE = "compose"
    FORM = "fields of the form"
    ANSWER = "answer"
    SEQUENCE = "sequence of calls"
    LIMITS = "limits"
    CHART = "chart"
    REPORT = "report"
    SAVE = "saving"
    DIFFERENCES = "differences of two files"
    STEPS = "steps of a replay"
    PROBLEMS = "problems"
    OPERATE = "charge point panel"
    MISBEHAVE = "faults on purpose"
    HELD = "held calls"
    FILES = "files"
    REMOTE = "commands to a charge point"
    COMMAND_PANEL = "command panel"
    ANSWERS = "answers of many"
    CONFIGURATION = "configuration"
    SETTING = "value of a setting"
    DOCTOR = "doctor"
    ARRIVALS = "who tried to get in"
    START = "start screen"
    EVERYWHERE = "everywhere"


class Command(NamedTuple):
    """One command: its name, keys, title and explanation.

    Commands that alternate on one key, such as send and send anyway, share an id, so that users rebind them together.
    """

    id: str
    keys: str
    title: str
    help: str
    where: Where
    action: str
    in_footer: bool = False
    priority: bool = False


CURSOR = "cursor_{}"
"""The actions of Textual's lists, `cursor_down` and `cursor_up`, for `row_moves`."""


def row_moves(where: Where, row: str = "", action: str = "move({})") -> tuple[Command, Command]:
    """Down and up by a row, called `row` in the help, or by a line of text; `{}` in the action is the step, 1 or -1."""
    name = where.name.lower()
    down, up = (f"Go to the next {row}.", f"Go to the previous {row}.") if row else ("Go a line down.", "Go a line up.")
    forth, back = ("down", "up") if action == CURSOR else ("1", "-1")
    return (
        Command(f"{name}.down", "j,down", "Down", down, where, action.format(forth)),
        Command(f"{name}.up", "k,up", "Up", up, where, action.format(back)),
    )


def page_moves(where: Where, action: str = "page({}1)") -> tuple[Command, Command]:
    """Down and up by a page; `{}` in the action is the sign of the step."""
    name = where.name.lower()
    return (
        Command(f"{name}.page_down", "pagedown,ctrl+f,space", "Page down", "Go a page down.", where, action.format("")),
        Command(f"{name}.page_up", "pageup", "Page up", "Go a page up.", where, action.format("-")),
    )


def end_moves(where: Where, row: str = "") -> tuple[Command, Command]:
    """To the first and the last row, called `row` in the help, or to the top and the end of a text."""
    name = where.name.lower()
    first, last = ("First", f"Go to the first {row}."), ("Last", f"Go to the last {row}.")
    if not row:
        first, last = ("Top", "Go to the top."), ("End", "Go to the end.")
    return (
        Command(f"{name}.first", "g,home", *first, where, "first"),
        Command(f"{name}.last", "G,end", *last, where, "last"),
    )
