"""The keys that move in every list and text are the same in each."""

from __future__ import annotations

import pytest

from ocpptui.tui.commands.command import CURSOR, Command, Where, end_moves, page_moves, row_moves


def shown(commands: tuple[Command, ...]) -> list[tuple[str, str, str]]:
    return [(one.id, one.help, one.action) for one in commands]


def test_the_help_says_what_a_list_has_in_its_rows() -> None:
    """The help of every list would speak of rows, whatever it lists."""
    assert shown(row_moves(Where.STEPS, "step") + end_moves(Where.STEPS, "step")) == [
        ("steps.down", "Go to the next step.", "move(1)"),
        ("steps.up", "Go to the previous step.", "move(-1)"),
        ("steps.first", "Go to the first step.", "first"),
        ("steps.last", "Go to the last step.", "last"),
    ]


def test_the_help_of_a_text_speaks_of_lines() -> None:
    """The help of the inspector would speak of rows that a text does not have."""
    assert [one.help for one in row_moves(Where.STATE) + end_moves(Where.STATE)] == [
        "Go a line down.",
        "Go a line up.",
        "Go to the top.",
        "Go to the end.",
    ]


@pytest.mark.parametrize(
    ("commands", "actions"),
    [
        (row_moves(Where.ANSWERS, "charge point", CURSOR), ["cursor_down", "cursor_up"]),
        (row_moves(Where.LIMITS, action="scroll({})"), ["scroll(1)", "scroll(-1)"]),
        (page_moves(Where.STATE), ["page(1)", "page(-1)"]),
        (page_moves(Where.DIFFERENCES, "scroll({}20)"), ["scroll(20)", "scroll(-20)"]),
    ],
)
def test_down_moves_forth_and_up_back(commands: tuple[Command, ...], actions: list[str]) -> None:
    """A key would move the other way, or do nothing in a list of Textual's."""
    assert [one.action for one in commands] == actions
