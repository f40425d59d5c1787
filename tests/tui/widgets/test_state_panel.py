"""The state of a charge point as derived from its messages, in lines that fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.session import Session
from ocpptui.stations.meter_values import HISTORY, MeterReading
from ocpptui.stations.setting_messages import SettingNews
from ocpptui.stations.state import ChargePointState
from ocpptui.tui.widgets.log_row import clock_text
from ocpptui.tui.widgets.state_lines import BARS, sparkline, state_lines
from ocpptui.tui.widgets.state_panel import StatePanel
from tests.kit.driver import NARROW, WIDE, boot, central_system, status
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import NOW, Talk


def lines(session: Session, width: int = 34) -> list[str]:
    return [line.content.plain for line in state_lines(session.knowledge["CP001"], width)]


def charged_16(talk: Talk) -> None:
    """A charge of 1.5 kWh in OCPP 1.6, and a running one."""
    talk.exchange(
        "BootNotification",
        '{"chargePointVendor":"ACME","chargePointModel":"Wall","firmwareVersion":"1.4"}',
        '{"status":"Accepted","currentTime":"2026-11-22T10:00:00Z","interval":300}',
    )
    talk.call("StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Charging"}')
    talk.call("StatusNotification", '{"connectorId":2,"errorCode":"GroundFailure","status":"Faulted"}')
    for number, connector in ((7, 2), (8, 1)):
        start = (
            f'{{"connectorId":{connector},"idTag":"TAG{number}","meterStart":1000,"timestamp":"2026-11-22T10:00:00Z"}}'
        )
        talk.exchange("StartTransaction", start, f'{{"transactionId":{number},"idTagInfo":{{"status":"Accepted"}}}}')
    stop = '{"transactionId":7,"meterStop":2500,"timestamp":"2026-11-22T11:00:00Z","reason":"Remote"}'
    talk.exchange("StopTransaction", stop)
    for value in (1100, 1200, 1400):
        sample = (
            f'[{{"value":"{value}","unit":"Wh"}},{{"value":"{value}","measurand":"Power.Active.Import","unit":"W"}}]'
        )
        meter = f'[{{"timestamp":"2026-11-22T10:10:00Z","sampledValue":{sample}}}]'
        talk.exchange("MeterValues", f'{{"connectorId":1,"transactionId":8,"meterValue":{meter}}}')


def charged_201(talk: Talk) -> None:
    """A running charge in OCPP 2.0.1."""
    where = {"version": Version.V201}
    talk.call(
        "StatusNotification",
        '{"timestamp":"2026-11-22T10:00:00Z","connectorStatus":"Occupied","evseId":1,"connectorId":1}',
        **where,
    )
    for sequence, kind, energy in ((0, "Started", 1000), (1, "Updated", 1750)):
        talk.call(
            "TransactionEvent",
            f'{{"eventType":"{kind}","timestamp":"2026-11-22T10:00:00Z","triggerReason":"Authorized","seqNo":{sequence},'
            '"transactionInfo":{"transactionId":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","chargingState":"Charging"},'
            '"evse":{"id":1,"connectorId":1},"idToken":{"idToken":"ABC","type":"ISO14443"},'
            f'"meterValue":[{{"timestamp":"2026-11-22T10:00:00Z","sampledValue":[{{"value":{energy}}}]}}]}}',
            **where,
        )


def test_a_charge_of_ocpp_16_is_shown_with_its_energy() -> None:
    """The technician would have to add up the meter values from the log."""
    talk = Talk()
    charged_16(talk)
    shown = "\n".join(lines(talk.session))
    for words in ("CP001  OCPP 1.6", "ACME Wall 1.4", "boot Accepted, heartbeat 300 s", "1 Charging", "GroundFailure"):
        assert words in shown
    assert "▶ 8  0.40 kWh  connector 1  TAG8" in lines(talk.session, 60)
    assert any(line.startswith("  stopped ") and line.endswith(" after 2.0 s") for line in lines(talk.session, 60))
    running = next(line for line in lines(talk.session, 60) if line.startswith("  since "))
    assert ", for " in running and len(running) <= 33, "for how long it runs is not cut off"
    assert "■ 7  1.50 kWh  connector 2  Remote  TAG7" in lines(talk.session, 60)
    assert "■ 7" in shown and "  1.50 kWh  connector 2  Remote" in shown
    assert shown.index("▶ 8") < shown.index("■ 7"), "running transactions come first"
    energy = next(line for line in lines(talk.session) if line.startswith("Energy"))
    assert energy.split()[1:3] == ["1400", "Wh"] and energy.endswith("▁▃█")


def test_a_charge_of_ocpp_201_is_shown_with_its_evse() -> None:
    """A long transaction id would displace everything else."""
    talk = Talk()
    charged_201(talk)
    shown = lines(talk.session)
    assert "1/1 Occupied" in "\n".join(shown)
    place = next(number for number, line in enumerate(shown) if line.startswith("▶ aaaaaaaa-bbbb"))
    assert "0.75 kWh  1/1  Charging  ABC" in shown[place + 1]


def test_the_newest_transactions_are_shown_and_the_rest_counted() -> None:
    """The user would think that there were only eight."""
    known = ChargePointState("CP001")
    for number in range(20):
        known.transaction(str(number)).stopped = NOW
    shown = [line.content.plain for line in state_lines(known, 34)]
    assert "■ 19  ended" in shown and "■ 14  ended" not in shown and "and 15 earlier" in shown


@pytest.mark.parametrize("width", [20, 34, 80])
@given(
    name=st.text(max_size=60),
    vendor=st.text(max_size=60),
    status_text=st.text(min_size=1, max_size=40),
    transaction=st.text(min_size=1, max_size=60),
    unit=st.text(max_size=20),
    value=st.floats(-1e9, 1e9),
)
def test_no_line_is_wider_than_the_panel_or_controls_the_terminal(
    width: int, name: str, vendor: str, status_text: str, transaction: str, unit: str, value: float
) -> None:
    """What a charge point sends would break the screen or the terminal."""
    known = ChargePointState(name, vendor=vendor, registration="Accepted")
    known.set_status(1, 1, status_text, status_text, NOW)
    known.transaction(transaction).id_token = name
    known.add_reading(1, 0, MeterReading(vendor or "Voltage", "L1", "Outlet", unit, value), NOW)
    known.settings.take(SettingNews(SettingPlace("key"), "value"), NOW)
    for line in state_lines(known, width):
        assert line.content.cell_length <= width
        assert line.content.plain.isprintable()


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=HISTORY), st.integers(1, 40))
def test_a_sparkline_shows_the_last_values_from_lowest_to_highest(values: list[float], width: int) -> None:
    """A peak would look like a dip, or the whole panel would fail."""
    line = sparkline(values, width)
    shown = values[-width:]
    assert len(line) == len(shown)
    if min(shown) < max(shown):
        assert line[shown.index(max(shown))] == BARS[-1] and line[shown.index(min(shown))] == BARS[0]
    else:
        assert set(line) == {BARS[0]}


def test_a_unit_is_written_as_people_write_it() -> None:
    """`35.9 Percent` is wider than its column, and no display of a car says it."""
    known = ChargePointState("CP001")
    known.add_reading(1, 0, MeterReading("SoC", "", "", "Percent", 35.9), NOW)
    known.add_reading(1, 0, MeterReading("Temperature", "", "", "Celsius", 31), NOW)
    text = "\n".join(line.content.plain for line in state_lines(known, 34))
    assert "35.9 %" in text and "31 °C" in text and "Percent" not in text


async def test_the_panel_follows_the_only_charge_point_and_the_chosen_one() -> None:
    """The user would read the state of another charge point."""
    async with central_system("CP001", size=WIDE, automatic=True) as (driver, _, peers):
        await peers["CP001"].send(boot())
        await peers["CP001"].send(status(1, "Preparing"))
        await driver.shows("ACME Wall", "1 Preparing  since")
    async with central_system("CP001", "CP002", size=WIDE, automatic=True) as (driver, _, peers):
        await peers["CP001"].send(status(1, "Preparing"))
        await peers["CP002"].send(status(1, "Faulted"))
        await driver.shows("Choose a charge point to see")
        await driver.until(lambda: len(driver.app.screen.query_one("#charge_points").options) == 3)  # type: ignore[attr-defined]
        await driver.press("shift+tab", "shift+tab", "j", "j")
        await driver.shows("1 Faulted  since", "only CP002")


async def test_the_panel_scrolls_with_the_keys() -> None:
    """At 80x24 the meter values of a large charge point would be out of reach."""
    async with central_system("CP001", size=NARROW, automatic=True) as (driver, _, peers):
        for connector in range(1, 31):
            await peers["CP001"].send(status(connector, "Available"))
        await driver.until(lambda: len(driver.app.session.knowledge["CP001"].connectors) == 30)  # type: ignore[union-attr]
        await driver.press("f3")
        await driver.shows("  1 Available")
        await driver.press("tab", "G")
        await driver.shows(" 30 Available")
        await driver.press("g")
        await driver.hides(" 30 Available")


def test_directions_are_those_of_the_wire() -> None:
    """What the central system requested would look like the state of the charge point."""
    talk = Talk()
    index = talk.call("GetConfiguration", "{}", direction=Direction.TO_CHARGE_POINT)
    talk.answer(index, '{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}')
    assert "▸ 1 configuration value known" in lines(talk.session)


# -- the past, and where the lines lead -----------------------------------------------------------------------------


PROFILE = (
    '{"chargingProfileId":3,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute",'
    '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":10}]}}'
)


def panel(screen: Screen) -> StatePanel:
    return screen.session_screen.query_one(StatePanel)


def shown(screen: Screen) -> str:
    return str(screen.session_screen.query_one("#state_text").render())


async def go_to_line(screen: Screen, words: str) -> None:
    """Move the cursor of the panel to the line with these words, with the keys."""
    panel(screen).focus()
    await screen.press("g")
    for _ in range(60):
        lines = shown(screen).split("\n")
        if any(words in line and "⏎" in line for line in lines):
            return
        await screen.press("j")
    raise AssertionError(f"no line leads from {words} in\n{shown(screen)}")


async def test_the_state_is_that_of_the_record_and_each_line_leads_to_what_it_is_about() -> None:
    """The user would see how it ended, not how it was; and search the log for a transaction by hand."""
    talk = Talk()
    charged_16(talk)
    for number in range(20, 28):
        talk.exchange(
            "StartTransaction",
            f'{{"connectorId":2,"idTag":"X","meterStart":{number},"timestamp":"2026-11-22T10:00:00Z"}}',
            f'{{"transactionId":{number},"idTagInfo":{{"status":"Accepted"}}}}',
        )
    get = talk.call("GetConfiguration", "{}", direction=Direction.TO_CHARGE_POINT)
    talk.answer(get, '{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}')
    for action, payload in (
        ("ReserveNow", '{"connectorId":2,"expiryDate":"2026-11-22T12:00:00Z","idTag":"X","reservationId":5}'),
        ("SetChargingProfile", f'{{"connectorId":2,"csChargingProfiles":{PROFILE}}}'),
    ):
        talk.answer(talk.call(action, payload, direction=Direction.TO_CHARGE_POINT), '{"status":"Accepted"}')
    async with screen_over(talk.session, WIDE) as screen:
        await screen.until(lambda: "▶ 27" in shown(screen) and "as of" not in shown(screen), "the state now")
        await screen.press("home")
        first = f"as of {clock_text(talk.timeline.time(0))[:8]}"
        await screen.until(lambda: first in shown(screen) and "boot" not in shown(screen), "the first state")
        screen.log.select(9)
        await screen.until(lambda: "▶ 8" in shown(screen) and "■ 7" in shown(screen), "the state in the middle")
        assert "▶ 27" not in shown(screen)
        await screen.press("end")
        await screen.until(lambda: "▶ 27" in shown(screen), "the state now")

        await go_to_line(screen, "and 5 earlier")
        await screen.press("enter")
        await screen.until(lambda: "■ 7" in shown(screen), "all transactions")
        await go_to_line(screen, "▶ 8")
        await screen.press("enter")
        await screen.until(lambda: screen.log.has_focus and len(screen.log.selection) == 8, "one transaction")
        assert screen.log.contents.filter.text == 'transaction:"8"'
        assert talk.timeline.action(screen.log.selection.index_of_row(0)) == "StartTransaction"
        await screen.press("escape")
        await screen.until(lambda: len(screen.log.selection) == len(talk.timeline), "the whole log")

        await go_to_line(screen, "  stopped ")
        await screen.press("enter")
        await screen.until(lambda: screen.log.cursor == 8, "the end of the transaction")
        assert talk.timeline.action(8) == "StopTransaction"
        await go_to_line(screen, "2 Faulted")
        await screen.press("enter")
        await screen.until(lambda: screen.log.contents.filter.text == "connectorId=2", "the messages of the connector")
        await screen.press("escape", "end")
        await go_to_line(screen, "reservation 5")
        await screen.press("enter")
        await screen.until(lambda: "reservationId=5" in screen.log.contents.filter.text, "the reservation")
        rows = [screen.log.selection.index_of_row(row) for row in range(len(screen.log.selection))]
        assert {talk.timeline.action(index) for index in rows} == {"ReserveNow"}
        await screen.press("escape", "end")
        await go_to_line(screen, "why this limit: profile 3")
        await screen.press("enter")
        await screen.until(lambda: type(screen.app.screen).__name__ == "LimitsScreen", "the account of the limit")
        await screen.shows("profile 3")
        await screen.press("escape")
        await go_to_line(screen, "configuration value")
        await screen.press("enter")
        await screen.until(lambda: type(screen.app.screen).__name__ == "ConfigurationScreen", "the table")


async def test_the_panel_has_a_scrollbar_only_where_there_is_more_to_see() -> None:
    """A scrollbar over empty lines would promise something below them."""
    talk = Talk()
    charged_16(talk)
    async with screen_over(talk.session, (200, 60)) as screen:
        await screen.until(lambda: "▶ 8" in shown(screen), "the state")
        assert not panel(screen).show_vertical_scrollbar
        await screen.pilot.resize_terminal(200, 24)
        await screen.until(lambda: panel(screen).show_vertical_scrollbar, "more than there is room for")
        await screen.pilot.resize_terminal(200, 60)
        await screen.until(lambda: not panel(screen).show_vertical_scrollbar, "room for everything")
        await screen.pilot.resize_terminal(200, 40)
        await screen.until(lambda: panel(screen).size.height < 40, "less room, yet enough")
        await screen.until(lambda: not panel(screen).show_vertical_scrollbar, "still room for everything")
