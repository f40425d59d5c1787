"""The commands of the screens that say what is wrong, and why somebody does not get in."""

from __future__ import annotations

from ocpptui.tui.commands.command import Command, Where, end_moves, page_moves, row_moves

PROBLEM_KEYS: tuple[Command, ...] = (
    Command("problems.choose", "enter", "Go there", "Go to the record, or open or close the rule.", Where.PROBLEMS,
            "choose", True),
    Command("problems.group", "r", "By rule", "Group the records by the rules that they break, or list them by time.",
            Where.PROBLEMS, "group", True),
    Command("problems.severity", "s", "Severity", "List problems, only errors, only warnings, or all findings.",
            Where.PROBLEMS, "severity", True),
    *row_moves(Where.PROBLEMS, "row"),
    *page_moves(Where.PROBLEMS),
    *end_moves(Where.PROBLEMS, "row"),
    Command("problems.close", "escape,P,q", "Close", "Go back to the log.", Where.PROBLEMS, "close", True),
    Command("doctor.whole", "w,enter", "Whole", "Give the step all the room, or its usual one.", Where.DOCTOR, "whole",
            True),
    Command("doctor.again", "r", "Again", "Examine the same central system again.", Where.DOCTOR, "again(False)",
            True),
    Command("doctor.boot", "b", "With boot", "Examine it again, and also send a BootNotification.", Where.DOCTOR,
            "again(True)"),
    Command("doctor.save", "s,ctrl+s", "Save", "Save the examination as a page in HTML.", Where.DOCTOR, "save", True),
    *row_moves(Where.DOCTOR, "step"),
    Command("doctor.page_down", "pagedown,space", "Page down", "Go on in the text of the step.", Where.DOCTOR,
            "scroll(1)"),
    Command("doctor.page_up", "pageup", "Page up", "Go back in the text of the step.", Where.DOCTOR, "scroll(-1)"),
    Command("doctor.close", "escape,q", "Close", "Go back to the steps, then to the screen below.", Where.DOCTOR,
            "close", True),
    Command("arrivals.choose", "o,enter", "Go there", "Go to the record of its last event.", Where.ARRIVALS, "choose",
            True),
    *row_moves(Where.ARRIVALS, "row"),
    Command("arrivals.page_down", "pagedown,space", "Page down", "Go on in what is known of the row.", Where.ARRIVALS,
            "scroll(1)"),
    Command("arrivals.page_up", "pageup", "Page up", "Go back in what is known of the row.", Where.ARRIVALS,
            "scroll(-1)"),
    Command("arrivals.close", "escape,q", "Close", "Go back to the log.", Where.ARRIVALS, "close", True),
)  # fmt: skip
