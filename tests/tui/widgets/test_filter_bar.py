"""The filter bar: typing, valid and invalid filters, completion, leaving."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from ocpptui.tui.widgets.filter_bar import FilterBar
from tests.kit.driver import SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk


def mixed(exchanges: int = 20) -> Talk:
    """Exchanges of two charge points in turn: Heartbeat of CP-A, StatusNotification of CP B."""
    talk = Talk()
    for number in range(exchanges):
        if number % 2:
            talk.call("StatusNotification", f'{{"connectorId":{number}}}', charge_point="CP B", connection=2)
        else:
            talk.call("Heartbeat", charge_point="CP-A", connection=1)
    return talk


def bar(screen: Screen) -> FilterBar:
    return screen.session_screen.query_one(FilterBar)


def entry(screen: Screen) -> Input:
    return bar(screen).query_one(Input)


async def write(screen: Screen, text: str) -> None:
    """Open the bar and paste into it."""
    await screen.press("slash")
    entry(screen).value = text
    entry(screen).cursor_position = len(text)


def note(screen: Screen) -> str:
    """The line below the filter."""
    return str(bar(screen).query_one("#filter_note").render()).strip()


@pytest.mark.parametrize("size", SIZES)
async def test_the_log_narrows_while_the_user_types(size: tuple[int, int]) -> None:
    """The user would have to guess whether the filter is right before seeing what it finds."""
    async with screen_over(mixed().session, size) as screen:
        await screen.press("slash")
        assert entry(screen).has_focus
        await screen.type("action:Heart")
        await screen.until(lambda: len(screen.log.selection) == 0)
        await screen.type("beat")
        await screen.until(lambda: len(screen.log.selection) == 10)
        assert all("Heartbeat" in line for line in screen.rows() if line.strip())
        await screen.press("enter")
        assert screen.log.has_focus and not bar(screen).display
        await screen.until(lambda: "10/10 of 20" in screen.said() and "filter: action:Heartbeat" in screen.said())


async def test_keys_that_follow_quickly_are_typed_into_the_filter() -> None:
    """`/m` would mark a record, and `/c` open the form."""
    async with screen_over(mixed().session) as screen:
        await screen.press("slash", "m", "c", "e", "q", "question_mark")
        assert entry(screen).value == "mceq?"
        assert not screen.log.timeline.marks


async def test_an_invalid_filter_turns_red_with_the_reason() -> None:
    """The log would not change, and the user would take that for the result."""
    async with screen_over(mixed().session) as screen:
        await write(screen, "Heartbeat")
        await screen.until(lambda: len(screen.log.selection) == 10)
        plain = entry(screen).styles.color
        for typed, reason in (
            ("action:", "action"),
            ("latency>soon", "latency"),
            ("(invalid", "bracket"),
            ("not", "missing"),
            ("color:red", "color"),
            ("after:yesterday", "after"),
            ("kind:[red]", "[red]"),
        ):
            entry(screen).value = typed
            await screen.until(lambda reason=reason: reason in note(screen))  # type: ignore[misc]
            assert bar(screen).has_class("-wrong")
            assert entry(screen).styles.color != plain
            assert len(screen.log.selection) == 10, "the last valid filter stays"
            await screen.press("enter")
            assert entry(screen).has_focus, "an invalid filter cannot be kept"
            entry(screen).value = "Heartbeat"
            await screen.until(lambda: not bar(screen).has_class("-wrong"))
            assert entry(screen).styles.color == plain


async def test_esc_removes_the_filter_one_step_at_a_time() -> None:
    """The log would keep missing records, or the user would lose the filter on returning to the log."""
    async with screen_over(mixed().session) as screen:
        await write(screen, "Heartbeat")
        await screen.press("enter")
        await screen.until(lambda: len(screen.log.selection) == 10)
        await screen.press("enter")
        assert screen.inspector.has_focus
        await screen.press("escape")
        assert screen.log.has_focus and len(screen.log.selection) == 10
        await screen.press("escape")
        await screen.until(lambda: len(screen.log.selection) == 20)
        await screen.press("slash")
        assert entry(screen).value == ""
        await screen.type("Heartbeat")
        await screen.press("escape")
        await screen.until(lambda: len(screen.log.selection) == 20)
        assert screen.log.has_focus and not bar(screen).display


async def test_the_filter_can_be_edited_again() -> None:
    """The user would have to type a long filter again because of one slip."""
    async with screen_over(mixed().session) as screen:
        await screen.press("slash")
        await screen.type("Heartbeet")
        await screen.press("enter", "slash")
        assert entry(screen).value == "Heartbeet"
        await screen.press("backspace", "backspace", "backspace")
        await screen.type("eat")
        await screen.press("enter")
        await screen.until(lambda: len(screen.log.selection) == 10)


async def test_tab_completes() -> None:
    """The user would have to know every term and every action by heart."""
    async with screen_over(mixed().session) as screen:
        for typed, completed in (
            ("act", "action:"),
            ("action:Heartb", "action:Heartbeat "),
            ("action:heartb", "action:Heartbeat "),
            ("kind:ma", "kind:malformed "),
            ("cp:CP-", "cp:CP-A "),
            ("inv", "invalid "),
            ("not action:StatusN", "not action:StatusNotification "),
            ("(dir:to-cs", "(dir:to-csms "),
            ("nothing-begins-so", "nothing-begins-so"),
        ):
            await write(screen, typed)
            await screen.press("tab")
            assert entry(screen).value == completed
            assert entry(screen).has_focus, "tab completes here and keeps the focus"
            assert entry(screen).cursor_position == len(completed)
            await screen.press("escape")


async def test_tab_completes_what_all_completions_share_and_shows_them() -> None:
    """Tab would choose one of several for the user, or do nothing."""
    async with screen_over(mixed().session) as screen:
        await screen.press("slash")
        await screen.type("action:RemoteS")
        assert "action:RemoteStartTransaction" in note(screen) and "action:RemoteStopTransaction" in note(screen)
        await screen.press("tab")
        assert entry(screen).value == "action:RemoteSt"
        await screen.type("o")
        await screen.press("tab")
        assert entry(screen).value == "action:RemoteStopTransaction "


async def test_an_id_that_is_not_a_word_is_completed_in_quotation_marks() -> None:
    """The completion would be a filter that finds nothing."""
    async with screen_over(mixed().session) as screen:
        await write(screen, 'cp:"CP ')
        await screen.press("tab")
        assert entry(screen).value == 'cp:"CP B" '
        await screen.until(lambda: len(screen.log.selection) == 10)


async def test_the_chosen_charge_point_and_the_filter_both_apply() -> None:
    """The filter would show the charge points that the user excluded."""
    async with screen_over(mixed().session, (200, 60)) as screen:
        screen.session_screen.query_one("#charge_points").focus()
        await screen.press("j", "enter")
        await screen.until(lambda: "only CP B" in screen.said())
        await write(screen, "connectorId>10")
        await screen.until(lambda: len(screen.log.selection) == 5)
        await screen.press("escape")
        await screen.until(lambda: len(screen.log.selection) == 10)
        await screen.press("escape")
        await screen.until(lambda: len(screen.log.selection) == 20)
