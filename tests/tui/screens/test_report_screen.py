"""The report of the session on screen."""

from __future__ import annotations

import pytest
from textual.containers import ScrollableContainer

from ocpptui.session.session import Session
from ocpptui.tui.screens.report_screen import ReportScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk


def talk_with_a_session() -> Talk:
    """A port that is available, and one charge of 2 kWh."""
    talk = Talk()
    talk.exchange("StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Available"}')
    start = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2023-11-14T22:13:21Z"}'
    talk.exchange("StartTransaction", start, '{"transactionId":7,"idTagInfo":{"status":"Accepted"}}')
    stop = '{"transactionId":7,"meterStop":2000,"timestamp":"2023-11-14T22:23:21Z","reason":"EVDisconnected"}'
    talk.exchange("StopTransaction", stop)
    return talk


async def shown(screen: Screen) -> ScrollableContainer:
    await screen.press("S")
    await screen.until(lambda: isinstance(screen.app.screen, ReportScreen), "the report")
    await screen.shows("Period")
    return screen.app.screen.query_one("#report", ScrollableContainer)


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_opens_the_report_and_closes_it(size: tuple[int, int]) -> None:
    async with screen_over(talk_with_a_session().session, size) as screen:
        await shown(screen)
        await screen.shows("CP001", "first record", "Connected")
        await screen.press("S")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_everything_is_reached_by_scrolling() -> None:
    """On 80 columns, the latencies are beyond the right edge and the sessions below the lower one."""
    async with screen_over(talk_with_a_session().session, NARROW) as screen:
        scroll = await shown(screen)
        await screen.press("pagedown", "j", "down")
        await screen.until(lambda: scroll.scroll_y >= 20, "lines further down")
        await screen.shows("2,000 Wh")
        await screen.press("l", "right")
        await screen.until(lambda: scroll.scroll_x > 0, "columns further right")
        await screen.press("h", "left", "pageup", "k", "up")
        await screen.until(lambda: scroll.scroll_x == scroll.scroll_y == 0, "the top")


async def test_it_goes_on_with_the_session() -> None:
    """The user would take old figures for the present ones."""
    talk = talk_with_a_session()
    async with screen_over(talk.session, (200, 60)) as screen:
        await shown(screen)
        await screen.shows("records                6")
        talk.exchange("StatusNotification", '{"connectorId":1,"errorCode":"GroundFailure","status":"Faulted"}')
        await screen.shows("records                8", "GroundFailure")


async def test_without_a_record_it_says_so() -> None:
    async with screen_over(Session()) as screen:
        await screen.press("S")
        await screen.shows("There is no record of a charge point yet.", "How it is counted")
