"""The keys to the screens of the program, and which screens were opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from textual.screen import Screen

from ocpptui.tui.app import OcpptuiApp
from tests.kit.driver import NARROW, Driver, boot, central_system, status

METER = '{"timestamp":"2026-11-26T20:00:00Z","sampledValue":[{"value":"16","measurand":"Current.Import","unit":"A"}]}'
TALK = (
    boot(),
    status(1, "Charging"),
    f'[2,"meter","MeterValues",{{"connectorId":1,"meterValue":[{METER}]}}]',
    '[2,"wrong","StatusNotification",{"connectorId":"1"}]',
)
"""What the charge point says: something for each screen, and something wrong."""


class Way(NamedTuple):
    """A key that opens a screen over the session, and the name of its class."""

    key: str
    screen: str
    is_text: bool = False
    """Letters are text there."""


WAYS = (
    Way("question_mark", "HelpScreen"),
    Way("P", "ProblemsScreen"),
    Way("S", "ReportScreen"),
    Way("y", "ChoiceQuestion"),
    Way("l", "LimitsScreen"),
    Way("V", "ChartScreen"),
    Way("ctrl+s", "SaveScreen", is_text=True),
    Way("ctrl+o", "FileQuestion", is_text=True),
    Way("v", "ConfigurationScreen"),
    Way("c", "ComposeScreen", is_text=True),
    Way("M", "MisbehaveScreen"),
    Way("A", "HeldCallsScreen"),
    Way("O", "FilesScreen"),
    Way("f12", "ArrivalsScreen"),
    Way("ctrl+n", "TextQuestion", is_text=True),
    Way("X", "CommandPanel"),
)
"""One for each screen that a central system opens from its log by one key; escape leads back from all of them."""
LIKE_ANOTHER = ("ReportScreen", "LimitsScreen", "HeldCallsScreen", "MisbehaveScreen", "FilesScreen", "FileQuestion")
UNLIKE_EACH_OTHER = tuple(way for way in WAYS if way.screen not in LIKE_ANOTHER)
"""Those of them that take keys in another manner than the ones before."""
IN_THE_SESSION = (
    "inspect follow other_half fold times mark next_mark next_match previous_match next_problem previous_problem "
    "down up page_down page_up first last last_command related related_back panes wider narrower usual_sizes "
    "next_pane previous_pane back automatic lenient pings addresses disconnect filter answer theme suspend"
)
TO_THE_SAME_SCREENS = "edit registration start_screen operate palette quit"
FOR_OTHER_SESSIONS = (
    "breakpoint unreadable compare replay_file replay.play replay.step replay.slower replay.faster replay.back "
    "replay.breakpoint replay.edit replay.steps replay.report"
)
NO_OTHER_SCREEN = frozenset(f"{IN_THE_SESSION} {TO_THE_SAME_SCREENS} {FOR_OTHER_SESSIONS}".split())
"""The commands that lead to no further one."""


@asynccontextmanager
async def talked_with(size: tuple[int, int] = NARROW) -> AsyncIterator[tuple[Driver, list[str]]]:
    """A central system over whose log each of the `WAYS` leads to its screen, and the screens that were opened."""
    async with central_system("CP001", size=size, automatic=True) as (driver, session, peers):
        for message in TALK:
            await peers["CP001"].send(message)
        await driver.until(lambda: len(session.timeline) >= 2 + 2 * len(TALK), "the talk")
        await driver.press("g", "j", "j")
        yield driver, noted(driver.app)


def noted(app: OcpptuiApp) -> list[str]:
    """The names of the screens that are opened from now on."""
    opened: list[str] = []
    push = app.push_screen

    def push_and_note(screen: Screen[Any], *arguments: Any, **options: Any) -> Any:
        opened.append(type(screen).__name__)
        return push(screen, *arguments, **options)

    app.push_screen = push_and_note  # type: ignore[method-assign, assignment]
    return opened
