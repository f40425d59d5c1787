"""The list of charge points: the state of each at a glance, and a choice that stays with its charge point."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from ocpptui.ocpp.version import Version
from ocpptui.session.session import Session
from ocpptui.stations.state import ChargePointState
from ocpptui.tui.widgets.charge_point_list import ALL, MOST_SHOWN, ChargePointList, charge_point_row
from tests.kit.driver import NARROW, WIDE, boot, central_system, status
from tests.kit.talk import NOW, Talk


def known() -> ChargePointState:
    one = ChargePointState("CP001", version=Version.V16, vendor="ACME", model="Wall", last_seen=NOW)
    one.connections.add(1)
    one.set_status(0, 0, "Available", "", NOW)
    one.set_status(0, 1, "Charging", "", NOW)
    one.set_status(2, 1, "Faulted", "", NOW)
    return one


def test_a_row_shows_what_matters_in_one_line_or_two() -> None:
    """The user would have to choose each charge point to see which one is faulted."""
    seen = datetime.fromtimestamp(NOW / 1e6).strftime("%H:%M:%S")
    for words in ("● CP001", "1.6", "ACME Wall", "1 Charging", "2/1 Faulted", seen):
        assert words in charge_point_row(known(), 100, 10).plain
    first, second = charge_point_row(known(), 36, 10).plain.split("\n")
    assert first.startswith("● CP001 1.6 ") and second.startswith("  1 Charging 2/1 Faulted  ACME")
    assert "0 Available" not in second, "connector 0 is the charge point itself"


def test_a_row_shows_how_many_records_have_a_problem() -> None:
    """Of a hundred charge points the user would have to open each to find the one that is refused."""
    assert "✗ 1,204  1 Charging" in charge_point_row(known(), 100, 10, 1204).plain
    assert charge_point_row(known(), 36, 10, 3).plain.split("\n")[1].startswith("  ✗ 3  1 Charging")
    assert "✗" not in charge_point_row(known(), 100, 10).plain


def test_a_disconnected_charge_point_is_marked_without_colour() -> None:
    """With NO_COLOR the user would not see which charge point disconnected."""
    left = known()
    left.connections.clear()
    assert charge_point_row(left, 36, 10).plain.startswith("○ CP001")


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text(min_size=1, max_size=40),
    st.integers(30, 120),
    st.integers(0, 9**9),
)
def test_no_row_is_wider_than_the_list(name: str, vendor: str, word: str, width: int, problems: int) -> None:
    """A long name would push everything else out, or a charge point send a command to the terminal."""
    one = ChargePointState(name, version=Version.V201, vendor=vendor, last_seen=NOW)
    for connector in range(1, 5):
        one.set_status(1, connector, word, "", NOW)
    for line in charge_point_row(one, width, 24, problems).split("\n", allow_blank=True):
        assert line.cell_length <= width
        assert line.plain.isprintable()


class ListApp(App[None]):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.charge_points = ChargePointList(session)
        self.chosen: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.charge_points

    def on_charge_point_list_charge_point_chosen(self, message: ChargePointList.ChargePointChosen) -> None:
        self.chosen.append(message.charge_point)

    @property
    def highlighted(self) -> str:
        place = self.charge_points.highlighted
        assert place is not None
        return str(self.charge_points.get_option_at_index(place).prompt)


async def test_the_choice_stays_with_its_charge_point_when_others_come() -> None:
    """The next call would go to another charge point."""
    talk = Talk()
    talk.call(charge_point="CP005")
    app = ListApp(talk.session)
    async with app.run_test(size=NARROW) as pilot:
        app.charge_points.update()
        app.charge_points.focus()
        await pilot.press("j")
        assert app.chosen == ["CP005"]
        for name in ("CP001", "CP009", "CP003"):
            talk.call(charge_point=name)
            app.charge_points.update()
            await pilot.pause()
        assert "CP005" in app.highlighted and app.chosen == ["CP005"]
        await pilot.press("g")
        assert app.chosen == ["CP005", None] and app.highlighted == ALL
        await pilot.press("G")
        assert app.chosen[-1] == "CP009"


async def test_changes_are_shown_without_moving_the_cursor() -> None:
    """A busy session would throw the cursor back to the top twice a second."""
    talk = Talk()
    for number in range(60):
        talk.call(charge_point=f"CP{number:03}")
    app = ListApp(talk.session)
    async with app.run_test(size=NARROW) as pilot:
        app.charge_points.update()
        app.charge_points.focus()
        await pilot.press("G")
        top = app.charge_points.scroll_offset.y
        talk.call(
            "StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Faulted"}', charge_point="CP059"
        )
        app.charge_points.update()
        await pilot.pause()
        assert "1 Faulted" in app.highlighted and app.charge_points.scroll_offset.y == top


async def test_charge_points_beyond_the_limit_are_counted() -> None:
    """The user would think that the others never connected."""
    talk = Talk()
    for number in range(MOST_SHOWN + 7):
        talk.call(charge_point=f"CP{number:04}")
    while not talk.session.learn(1.0):
        pass
    app = ListApp(talk.session)
    async with app.run_test(size=NARROW) as pilot:
        app.charge_points.update()
        await pilot.pause()
        last = app.charge_points.get_option_at_index(app.charge_points.option_count - 1)
        assert str(last.prompt) == "and 7 more; the filter cp:ID finds them" and last.disabled


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_choosing_narrows_log_and_state_and_enter_goes_to_the_log(size: tuple[int, int]) -> None:
    """With twenty charge points on one port the user could not find anything."""
    async with central_system("CP001", "CP002", size=size, automatic=True) as (driver, session, peers):
        await peers["CP001"].send(boot(1))
        await peers["CP002"].send(status(1, "Faulted"))
        await driver.shows("BootNotification", "StatusNotification")
        await driver.until(lambda: size == NARROW or driver.app.screen.query_one(ChargePointList).option_count == 3)
        await driver.press(*["f3"] * (1 if size == NARROW else 2))  # the log is the first where there are others
        await driver.shows("all charge points", "CP001", "CP002")
        await driver.press("j", "j")
        await driver.shows("OCPP 1.6", "1 Faulted  since")
        await driver.press("enter")
        await driver.shows("only CP002", "StatusNotification")
        await driver.hides("BootNotification")
        await peers["CP002"].send(status(1, "Available"))
        await driver.shows("connector 1  Available")
        await driver.press("escape")
        await driver.shows("BootNotification")
        await driver.hides("only CP002")
        assert session.connections
