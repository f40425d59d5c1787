"""The compose screen as a whole: what it shows at both sizes, and how the user moves in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.compose.history import Compositions
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.tui.compose.action_picker import ActionPicker
from ocpptui.tui.compose.json_area import JsonArea
from ocpptui.tui.screens.compose_screen import ComposeScreen
from tests.kit.driver import central_system
from tests.kit.soap_bench import post
from tests.ocpp.envelopes import request
from tests.tui.compose.bench import bench

SIZES = [(80, 24), (200, 60)]


def footer(text: str) -> str:
    return text.splitlines()[-1]


@pytest.mark.parametrize("size", SIZES)
async def test_the_footer_fits_and_names_at_most_six_keys(size: tuple[int, int]) -> None:
    async with bench(size=size) as here:
        await here.open(action="Reset")
        bindings = [active.binding for active in here.screen.active_bindings.values() if active.binding.show]
        named = {binding.description for binding in bindings if (binding.id or "").startswith("compose.")}
        assert named == {"Send", "JSON", "Action", "Sent", "Back"}, "the sixth is the app's help"
        await here.until(lambda: all(name in footer(here.text()) for name in named))


async def test_at_80_columns_f6_goes_round_form_json_and_raw() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        for view in ("json", "raw", "form"):
            await here.press("f6")
            assert here.screen.view == view
            assert here.screen.focused is here.screen.query_one(f"#{view}")
        assert not here.json.display


async def test_at_200_columns_form_and_json_are_side_by_side() -> None:
    async with bench(size=(200, 60)) as here:
        await here.open(action="Reset")
        assert here.form.display
        assert here.json.display
        assert '"type": "Hard"' in here.text()
        await here.press("space")
        assert '"type": "Soft"' in here.text()


async def test_a_resized_terminal_shows_the_json() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        assert '"type"' not in here.text()
        await here.pilot.resize_terminal(200, 60)
        await here.until(lambda: '"type": "Hard"' in here.text())


async def test_the_line_below_explains_the_field() -> None:
    async with bench(version=Version.V201) as here:
        await here.open(action="Reset")
        assert "type: required" in here.line("help")
        await here.reach("$.evseId")
        assert "evseId: optional" in here.line("help")
        assert "EVSE" in here.line("help")


async def test_actions_of_the_other_side_are_shown_by_a_switch_and_named_as_such() -> None:
    async with bench() as here:
        await here.open()
        await here.type("bootnot")
        assert "BootNotification " not in here.text()
        await here.press("f8")
        picker = here.screen.query_one(ActionPicker)
        await here.until(lambda: picker.everything)
        await here.pilot.pause()
        assert "BootNotification" in here.text()
        assert "sent by the charge point" in here.text()
        await here.press("ctrl+u")
        await here.until(lambda: "actions of this version" in here.text())
        lines = here.text().splitlines()[2:-2]
        assert all(line.split()[0][0].isupper() for line in lines if line.strip()), "each action is one line"
        await here.type("bootnot")
        await here.press("enter")
        assert here.screen.composer.action == "BootNotification"


async def test_the_footer_names_the_key_of_the_help_that_works_in_the_field() -> None:
    """`?` is a letter in a field; it became `HeartbeatInterval?`."""
    async with central_system("CP001") as (driver, _, _):
        await driver.press("c")
        await driver.type("changec")
        await driver.press("enter")
        await driver.until(lambda: "f1 Help" in driver.footer(), "the key of the help")
        await driver.press("escape", "c")
        await driver.type("setch")
        await driver.press("enter", "down")
        await driver.until(lambda: "? Help" in driver.footer(), "a group takes no letters")


async def test_the_charge_point_to_send_to_is_found_by_typing() -> None:
    async with central_system("CP001", "CP002", "XY003") as (driver, _, peers):
        await driver.press("c")
        await driver.shows("Send to which charge point?", "CP001", "CP002", "XY003")
        await driver.type("p002")
        await driver.hides("│ XY003")  # in the list; behind it, the log has the charge point, too
        await driver.press("enter")
        await driver.type("clearca")
        await driver.press("enter", "f5")
        await driver.until(lambda: len(peers["CP002"].received) == 1)


async def test_a_request_for_diagnostics_starts_with_a_url_that_receives_them(tmp_path: Path) -> None:
    async with central_system("CP001", writer=RecordingWriter(tmp_path / "a.jsonl")) as (driver, _, _):
        await driver.press("c")
        await driver.type("getd")
        await driver.press("enter")
        await driver.shows("http://127.0.0.1:", "/CP001")
        assert "example.com" not in driver.text()


async def test_a_description_is_shown_in_full_where_there_is_room() -> None:
    async with bench(version=Version.V201, size=(200, 60)) as here:
        await here.open(action="SetMonitoringLevel")
        await here.until(lambda: "9-Debug" in here.text(), "the end of the description")


async def test_an_action_is_found_by_its_initials() -> None:
    async with bench(version=Version.V201) as here:
        await here.open()
        await here.type("getvar")
        await here.press("enter")
        assert here.screen.composer.action == "GetVariables"
        await here.press("f4")
        assert here.screen.view == "picker"
        await here.type("rst")
        await here.press("enter")
        assert here.screen.composer.action == "RequestStartTransaction"


async def test_enter_in_a_list_sends_nothing() -> None:
    """A key meant for the list of actions, of values or of sent messages must not reach the charge point."""
    async with bench() as here:
        await here.open()
        assert "choose an action → CP001" in here.line("target")
        await here.type("res")
        await here.press("enter")
        assert here.screen.composer.action == "Reset"
        await here.press("enter", "enter")
        assert here.peer.received == []
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        await here.press("f4")
        assert here.text().splitlines()[3].split()[0] == "Reset"
        await here.press("escape", "f7", "enter", "enter", "enter", "enter")
        await here.pilot.pause()
        assert len(here.peer.received) == 1


async def test_escape_goes_back_one_step_at_a_time() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f4")
        assert here.screen.view == "picker"
        await here.press("escape")
        assert here.screen.view == "form"
        await here.press("f6", "escape")
        assert here.screen.view == "form"
        await here.press("escape")
        await here.until(lambda: len(here.app.screen_stack) == 1)


async def test_edited_raw_text_is_not_overwritten() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f6", "f6", "X", "f6", "f6", "f6")
        assert here.raw.content.startswith("X[2,")
        await here.press("f6", "space", "f6", "f6")
        assert here.raw.content.startswith("X[2,")


async def test_unchanged_raw_text_follows_the_form() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f6", "f6", "f6", "space", "f6", "f6")
        assert here.raw.content.endswith('"Reset",{"type":"Soft"}]')


async def test_raw_text_goes_out_byte_for_byte_if_it_is_not_changed() -> None:
    """An editor has its own idea of a line end."""
    text = '[2,"1","Reset",{"a":"\u2028\x85\r\n"}]  '
    async with bench() as here:
        await here.open(raw=text)
        await here.press("f5")
        await here.until(lambda: here.peer.received == [text])


async def test_it_opens_over_a_session_without_a_connection() -> None:
    """The form can show a row of an opened file."""
    async with bench() as here:
        session = Session(role=None)
        screen = ComposeScreen(session, None, Compositions(), action="Reset", payload='{"type":"Hard"}')
        await here.app.push_screen(screen)
        await here.pilot.pause()
        assert "not connected" in here.text()
        await here.press("f5")
        await here.until(lambda: "not sent" in here.text())
        await session.close()


async def test_the_version_of_a_closed_connection_is_remembered() -> None:
    async with bench(Role.CENTRAL_SYSTEM, Version.V201) as here:
        number = here.connection
        assert here.peer.socket is not None
        await here.peer.socket.close()
        await here.until(lambda: not here.session.connections)
        await here.app.push_screen(ComposeScreen(here.session, number, here.memory, action="Reset"))
        await here.pilot.pause()
        assert here.screen.composer.version is Version.V201
        assert here.screen.composer.charge_point == "CP001"
        assert "not connected" in here.text()


async def test_the_first_line_shows_that_the_peer_disconnected() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        assert "not connected" not in here.line("target")
        assert here.peer.socket is not None
        await here.peer.socket.close()
        await here.until(lambda: "not connected" in here.line("target"))


async def test_the_keys_are_in_the_registry_and_can_be_rebound() -> None:
    async with bench() as here:
        here.app.set_keymap({"compose.send": "f12"})
        await here.open(action="Reset")
        await here.press("f12")
        await here.until(lambda: len(here.peer.received) == 1)


async def test_the_pane_with_the_focus_has_a_sign_in_its_title() -> None:
    """Without colours nobody sees where the next letter goes."""
    async with bench(size=(120, 30)) as here:
        await here.open()
        assert "▸ Actions" in here.text()
        await here.type("reset")
        await here.press("enter")
        for key, title, other in (("", "Form", "JSON"), ("f6", "JSON", "Form"), ("f6", "Raw text", "")):
            await here.press(*([key] if key else []))
            await here.until(lambda title=title: f"▸ {title}" in here.text(), title)  # type: ignore[misc]
            assert f" {other} " in here.text() and here.text().count("▸ ") == 1


@pytest.mark.parametrize("size", SIZES)
async def test_over_soap_the_envelope_is_beside_the_form_in_step(size: tuple[int, int]) -> None:
    """A developer of SOAP would have to send a message in order to see it."""
    async with central_system(size=size, automatic=True) as (driver, session, _):
        url = session.listening_urls[0].replace("ws:", "http:", 1)
        assert (await post(url, request("Heartbeat")))[0] == 200
        number = next(iter(session.connections))
        screen = ComposeScreen(session, number, Compositions(), action="Reset")
        await driver.app.push_screen(screen)
        is_wide = size == SIZES[1]
        envelope = screen.query_one("#envelope", JsonArea)
        await driver.until(lambda: envelope.display == is_wide, "the envelope beside the form")
        if is_wide:
            await driver.shows("<soap:Body>", ">Hard</", "/Reset</wsa:Action>")
            before = envelope.text
            await driver.press("space")
            await driver.shows(">Soft</")
            assert envelope.text.replace(">Soft<", ">Hard<") == before, "the message id would flicker"
        await driver.press("f6")
        await driver.until(lambda: screen.query_one("#json").display and not envelope.display, "the JSON to edit")
        await driver.press("f6")
        await driver.shows("resetRequest")
        assert screen.view == "raw"
