"""The pane that says why a connector has its limit."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction
from ocpptui.session.session import Session
from ocpptui.tui.screens.chart_screen import ChartScreen
from ocpptui.tui.screens.limits_screen import LimitsScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk

SCHEDULE = '{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":%d}]}'
PROFILE = (
    '{"connectorId":%d,"csChargingProfiles":{"chargingProfileId":%d,"stackLevel":%d,"chargingProfileKind":"Relative",'
    '"chargingProfilePurpose":"%s","chargingSchedule":%s}}'
)
METER = (
    '{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2026-11-22T10:00:00Z","sampledValue":'
    '[{"value":"15.9","measurand":"Current.Import","phase":"L1","unit":"A"}]}]}'
)


def talk_with_a_riddle() -> Talk:
    """A profile of a lower stack level at connector 1, and nothing at connector 2."""
    talk = Talk()
    start = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2023-11-14T22:13:21Z"}'
    talk.exchange("StartTransaction", start, '{"transactionId":7,"idTagInfo":{"status":"Accepted"}}')
    talk.exchange("StatusNotification", '{"connectorId":2,"errorCode":"NoError","status":"Available"}')
    talk.now += 60_000_000
    talk.exchange("MeterValues", METER)
    for number, level, amperes in ((1, 3, 16), (5, 1, 10)):
        content = PROFILE % (1, number, level, "TxDefaultProfile", SCHEDULE % amperes)
        call = talk.call("SetChargingProfile", content, direction=Direction.TO_CHARGE_POINT)
        talk.answer(call, '{"status":"Accepted"}')
    return talk


async def shown(screen: Screen) -> LimitsScreen:
    await screen.press("l")
    await screen.until(lambda: isinstance(screen.app.screen, LimitsScreen), "the limit")
    found = screen.app.screen
    assert isinstance(found, LimitsScreen)
    await screen.until(lambda: found.account is not None, "the account")
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_the_reason_comes_first_and_fits(size: tuple[int, int]) -> None:
    """The user looks for one sentence, and would have to scroll for it."""
    async with screen_over(talk_with_a_riddle().session, size) as screen:
        await shown(screen)
        await screen.reads("CP001, connector 1, at record 10", "stack level 3) is above it, and only the highest stack")
        await screen.shows("Limit        16 A on 1 phase", "Drawn        L1 15.9 A", "Profiles")
        await screen.press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_it_is_about_the_record_under_the_cursor() -> None:
    """A limit of another moment explains nothing."""
    async with screen_over(talk_with_a_riddle().session) as screen:
        screen.log.action_toggle_follow()
        screen.log.select(7)  # the answer that accepts the first profile
        await shown(screen)
        await screen.reads("at record 8", "Profile 1 (TxDefaultProfile, stack level 3) sets the limit of 16 A")


async def test_the_other_connectors_and_all_together_are_a_key_away() -> None:
    async with screen_over(talk_with_a_riddle().session, (120, 40)) as screen:
        pane = await shown(screen)
        for key, name in (("tab", "connector 2"), ("tab", "the whole charge point"), ("shift+tab", "connector 2")):
            await screen.press(key)
            assert pane.account is not None
            assert pane.account.place_name == name
            await screen.shows(name)


async def test_a_key_leads_to_the_record_of_the_reason() -> None:
    async with screen_over(talk_with_a_riddle().session) as screen:
        await shown(screen)
        await screen.press("o")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert screen.log.cursor == 8  # the request that set profile 5


async def test_the_chart_of_the_limit_can_be_found() -> None:
    """The key was in the help only."""
    async with screen_over(talk_with_a_riddle().session, NARROW) as screen:
        await shown(screen)
        await screen.shows("tab: other connector, o: record, V: chart, ?: help, esc: close")
        await screen.press("V")
        await screen.until(lambda: isinstance(screen.app.screen, ChartScreen), "the chart")


async def test_long_accounts_scroll() -> None:
    async with screen_over(talk_with_a_riddle().session, NARROW) as screen:
        pane = await shown(screen)
        scroll = pane.query_one("#limits")
        await screen.press("j", "j", "down")
        await screen.until(lambda: scroll.scroll_y > 0, "scrolled lines")
        await screen.press("k", "up", "k")
        await screen.until(lambda: scroll.scroll_y == 0, "the top")


async def test_without_a_record_nothing_opens() -> None:
    async with screen_over(Session()) as screen:
        await screen.press("l")
        assert isinstance(screen.app.screen, SessionScreen)
        assert screen.notices() == ["There is no record yet."]
