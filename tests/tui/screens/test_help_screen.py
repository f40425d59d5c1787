"""The help: every key, those of the user's place first, in lines that fit."""

from __future__ import annotations

import re

import pytest

from ocpptui.filter.fields import FIELDS, FLAGS, LATENCY
from ocpptui.filter.query import parse_filter
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys
from ocpptui.tui.screens.help_screen import TERMS, HelpScreen, help_lines, key_rows
from ocpptui.workspace.config import Config
from tests.kit.driver import SIZES, central_system


def test_every_command_and_its_keys_are_listed() -> None:
    """Users would not find a key that the help omits."""
    text = " ".join(line.plain.strip() for line in help_lines([], {}, 200))
    for command in COMMANDS:
        assert command.help in text
        assert shown_keys(command.keys) in text


def test_no_key_is_listed_twice_in_a_place_and_no_column_runs_into_the_next() -> None:
    """The user would wonder which of three lines about one key is the right one."""
    for where in Where:
        keys = [left for left, _ in key_rows(where, {})]
        assert len(keys) == len(set(keys)), where
    lines = [line.plain for line in help_lines([], {}, 78)]
    entries = [line for line in lines if line.startswith("  ")]
    start = min(len(line) - len(line.lstrip()) for line in entries if line.startswith(" " * 6))
    assert all(line[start - 2 : start].isspace() for line in entries if len(line) > start)


def test_a_search_finds_entries_by_key_place_and_words() -> None:
    """The user would read seven pages for one key."""
    shown = {words: [line.plain.strip() for line in help_lines([], {}, 78, words)] for words in
             ("next PROBLEM log", "f9", "orphan", "no such thing at all")}  # fmt: skip
    assert "Log" in shown["next PROBLEM log"] and "Everywhere" in shown["f9"]
    assert {"Filter terms", "Signs in the log"} <= set(shown["orphan"])
    assert len(shown["f9"]) < 6
    assert shown["no such thing at all"] == ["Nothing in the help has all of these words."]


@pytest.mark.parametrize("width", [40, 74, 78])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """At 80 columns the ends of the sentences would be missing."""
    assert max(line.cell_length for line in help_lines(list(Where), {}, width)) <= width


def test_the_keys_of_the_users_place_come_first() -> None:
    """The user would search for the keys of the form among those of the log."""
    headings = [line.plain for line in help_lines([Where.FORM, Where.COMPOSE], {}, 78) if line.plain[:1].isalpha()]
    assert headings[:2] == ["Fields of the form", "Compose"]
    assert len(headings) == len(set(headings)) == len(Where) + 3


def test_the_configured_keys_are_shown() -> None:
    """Users who moved a key would read the old one."""
    lines = [line.plain for line in help_lines([], {"compose": "f10,question_mark"}, 78)]
    assert any(line.split() == ["f10", "?", *["Compose", "a", "call", "and", "send", "it."]] for line in lines)


def test_every_word_of_the_filter_language_is_explained() -> None:
    """A user would never learn that there is a term, in the help or on the page that is made from it."""
    explained = set(re.findall(r"\w+", " ".join(f"{terms} {meaning}" for terms, meaning in TERMS)))
    assert {*FIELDS, *FLAGS, LATENCY} <= explained


@pytest.mark.parametrize("term", [term for terms, _ in TERMS for term in terms.split("  ") if term != "not or ( )"])
def test_every_filter_term_in_the_help_parses(term: str) -> None:
    """The user would type what the help says and get an error."""
    assert not parse_filter(term.replace("word, ", "")).matches_all


@pytest.mark.parametrize("size", SIZES)
async def test_help_opens_over_the_current_screen_and_closes(size: tuple[int, int]) -> None:
    """A help that cannot be closed helps no one."""
    async with central_system("CP001", size=size, config=Config(keys={"mark": "f12"})) as (driver, _, _):
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen), "the help")
        await driver.shows("Keys", "Log", "f12", "Mark or unmark this record")
        await driver.press("question_mark")
        await driver.until(lambda: not isinstance(driver.app.screen, HelpScreen), "the end of the help")
        await driver.press("c")
        await driver.shows("Action")
        await driver.press("f1")
        await driver.shows("Compose", "Send it; if it is invalid, press twice.")
        assert "│ Compose " in driver.text().partition("│ Log ")[0]
        await driver.press("s")
        await driver.shows("Signs in the log", "an answer, under the name of its call", "ctrl+q quits")
        await driver.press("slash", *"orphan")
        await driver.shows("a late or orphan")
        await driver.hides("Send it; if it is invalid")
        await driver.press("escape")
        await driver.shows("Send it; if it is invalid")
        await driver.press("j", "escape")
        await driver.until(lambda: not isinstance(driver.app.screen, HelpScreen), "the end of the help")
