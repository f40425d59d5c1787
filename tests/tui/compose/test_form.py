"""The form: every key that changes a field changes the JSON with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.compose.action_match import ranked
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from ocpptui.tui.compose.choice_list import ChoiceList
from tests.tui.compose.bench import Bench, bench


def payload(here: Bench) -> Any:
    """The payload to be sent; the same in form and JSON."""
    here.screen._in_step.settle()
    value = json.loads(here.screen.composer.text)
    assert value == here.screen.composer.draft.value()
    return value


OPENED = [
    (Role.CENTRAL_SYSTEM, Version.V16, ["SetChargingProfile", "SendLocalList", "GetConfiguration"]),
    (Role.CHARGE_POINT, Version.V16, ["StatusNotification", "MeterValues", "Heartbeat"]),
    (Role.CENTRAL_SYSTEM, Version.V201, ["SetVariables", "RequestStartTransaction", "SetDisplayMessage"]),
    (Role.CHARGE_POINT, Version.V201, ["TransactionEvent", "NotifyReport"]),
    (Role.CENTRAL_SYSTEM, Version.V21, ["SetChargingProfile", "SetDefaultTariff", "SetDERControl"]),
    (Role.CHARGE_POINT, Version.V21, ["NotifyEVChargingNeeds", "ReportChargingProfiles", "NotifyPeriodicEventStream"]),
]


@pytest.mark.parametrize(("role", "version", "actions"), OPENED)
async def test_an_action_is_found_by_typing_and_opens_valid(role: Role, version: Version, actions: list[str]) -> None:
    async with bench(role, version) as here:
        for count, action in enumerate(actions, 1):
            await here.open()
            assert here.screen.view == "picker"
            await here.paste(action[:8].lower())
            await here.press(*(["down"] * place_in_list(role, version, action)), "enter")
            assert here.screen.composer.action == action
            assert here.screen.view == "form"
            field = field_tree(version, action, Part.REQUEST)
            assert field is not None
            assert [row.label for row in here.form.rows if row.depth == 0] == [child.name for child in field.fields]
            assert is_valid(version, action, Part.REQUEST, payload(here))
            assert "✓ valid" in here.line("state")
            await here.press("f5")
            await here.until(lambda count=count: len(here.peer.received) == count)  # type: ignore[misc]
            assert here.peer.payloads()[-1] == payload(here)
            await here.press("escape")
            await here.until(lambda: len(here.app.screen_stack) == 1)


def place_in_list(role: Role, version: Version, action: str) -> int:
    """How far down an action is in the list of those with the same first eight letters."""
    names = [one.name for one in ranked(catalog.actions(version, role), action[:8])]
    return names.index(action)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_what_is_typed_reaches_the_json(size: tuple[int, int]) -> None:
    async with bench(size=size) as here:
        await here.open(action="RemoteStartTransaction")
        await here.press("ctrl+u")
        await here.type("AB 1")
        await here.press("left", "backspace", "home", "X", "tab")
        await here.type("7")
        assert payload(here) == {"idTag": "XAB1", "connectorId": 7}
        await here.press("f6")
        assert '"connectorId": 7' in here.json.text
        assert '"connectorId": 7' in here.text()


async def test_json_that_is_typed_reaches_the_form() -> None:
    async with bench(size=(200, 60)) as here:
        await here.open(action="RemoteStartTransaction")
        await here.press("f6")
        here.json.select_all()
        here.json.replace('{"idTag": "FROM JSON", "vendorX": 1, "connectorId": 1.50}', *here.json.selection)
        await here.pilot.pause()
        assert "FROM JSON" in here.row("idTag")
        assert "1.50" in here.row("connectorId")
        assert "not allowed here" in here.row("vendorX")
        assert "expected an integer" in here.row("connectorId")
        await here.press("f6", "f6")
        assert here.screen.view == "form"
        await here.reach("$.connectorId")
        await here.press("backspace", "backspace", "backspace")
        assert here.json.content == here.screen.composer.text
        assert payload(here) == {"idTag": "FROM JSON", "vendorX": 1, "connectorId": 1}


async def test_invalid_json_leaves_the_form_unchanged_and_says_where() -> None:
    async with bench(size=(200, 60)) as here:
        await here.open(action="RemoteStartTransaction", payload='{"idTag":"A"}')
        await here.press("f6", "delete")
        assert "not JSON: line 2" in here.line("state")
        assert "A" in here.row("idTag")
        await here.press("{")
        assert "✓ valid" in here.line("state")


async def test_violations_appear_beside_their_fields_while_typing() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.paste("x" * 16)
        assert "at most 20 characters" in here.row("idTag")
        assert "✗" in here.row("idTag")
        assert "$.idTag" in here.line("state")
        await here.press("ctrl+u")
        await here.type("short")
        assert "✗" not in here.row("idTag")


async def test_a_long_violation_does_not_cover_what_is_typed() -> None:
    async with bench() as here:
        await here.open(action="ReserveNow")
        await here.reach("$.expiryDate")
        await here.press("ctrl+u", "x", "y")
        assert "xy" in here.row("expiryDate")
        assert "expected a date-time" in here.row("expiryDate")
        await here.paste("z" * 100 + "END")
        assert "END" in here.row("expiryDate")
        await here.press("home")
        assert "xyzzz" in here.row("expiryDate")


async def test_a_violation_inside_a_folded_group_is_not_hidden() -> None:
    async with bench() as here:
        await here.open(action="MeterValues", payload='{"connectorId":1,"meterValue":[{"sampledValue":[{}]}]}')
        await here.reach("$.meterValue")
        await here.press("left")
        assert len(here.form.rows) == 3
        assert "2 problems inside" in here.row("meterValue")
        await here.press("ctrl+g")
        row = here.form.row
        assert row is not None
        assert row.path == "$.meterValue[0].timestamp"


async def test_optional_fields_come_and_go() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.press("down", "space")
        assert "connectorId" in payload(here)
        await here.press("ctrl+x")
        assert "connectorId" not in payload(here)
        await here.press("down", "enter")
        assert "chargingSchedule" in payload(here)["chargingProfile"]
        assert "✓ valid" in here.line("state")
        await here.press("ctrl+x")
        assert list(payload(here)) == ["idTag"]


async def test_a_required_field_can_be_left_out_on_purpose() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.press("ctrl+x")
        assert payload(here) == {}
        assert "required, but absent" in here.row("idTag")


async def test_list_items_come_and_go() -> None:
    async with bench(Role.CHARGE_POINT) as here:
        await here.open(action="MeterValues")
        await here.reach("$.meterValue[0].sampledValue[0].value")
        await here.press("ctrl+n")
        assert len(payload(here)["meterValue"][0]["sampledValue"]) == 2
        row = here.form.row
        assert row is not None
        assert row.path == "$.meterValue[0].sampledValue[1]"
        await here.press("ctrl+x", "ctrl+x")
        assert len(payload(here)["meterValue"][0]["sampledValue"]) == 1
        assert "✓ valid" in here.line("state")


async def test_a_field_is_reached_by_its_letters_and_its_value_replaced() -> None:
    """A limit of 10 A took eleven keys to the field alone."""
    async with bench(size=(80, 16)) as here:
        await here.open(action="SetChargingProfile")
        assert "^f find" in here.line("keys")
        await here.press("ctrl+f")
        await here.type("limit")
        await here.press("enter", "1", "0")
        (period,) = payload(here)["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"]
        assert period["limit"] == 10
        await here.press("ctrl+f")
        await here.type("minCh")
        await here.press("enter", "6")
        assert payload(here)["csChargingProfiles"]["chargingSchedule"]["minChargingRate"] == 6


async def test_custom_data_takes_one_line_until_it_is_wanted() -> None:
    async with bench(Role.CHARGE_POINT, Version.V201) as here:
        await here.open(action="TransactionEvent")
        assert "left out in 2 places" in here.row("customData")
        await here.press("ctrl+end", "delete", "left", "space")
        names = [row.path for row in here.form.rows if row.label == "customData"]
        assert names == ["$.transactionInfo.customData", "$.customData"]
        row = here.form.row
        assert row is not None
        assert row.path == "$.customData"
        await here.press("space")
        assert payload(here)["customData"]


async def test_an_enum_is_chosen_stepped_through_or_typed() -> None:
    async with bench() as here:
        await here.open(action="ChangeAvailability")
        await here.reach("$.type")
        before = payload(here)["type"]
        await here.press("space")
        assert payload(here)["type"] != before
        await here.press("left")
        assert payload(here)["type"] == before
        await here.press("enter")
        assert isinstance(here.app.screen, ChoiceList)
        await here.type("inop")
        await here.press("enter")
        assert payload(here)["type"] == "Inoperative"
        await here.type("B")
        await here.paste("roken")
        await here.press("enter")
        assert payload(here)["type"] == "Broken"
        assert "✗ expected one of" in here.row("type")
        await here.press("enter", "escape")
        assert payload(here)["type"] == "Broken"


async def test_a_boolean_is_switched() -> None:
    async with bench(version=Version.V201) as here:
        await here.open(action="CustomerInformation")
        await here.reach("$.report")
        before = payload(here)["report"]
        await here.press("space")
        assert payload(here)["report"] is not before


async def test_a_date_time_can_be_set_to_now() -> None:
    async with bench(Role.CHARGE_POINT) as here:
        await here.open(action="StatusNotification", payload='{"connectorId":1,"timestamp":"never"}')
        await here.reach("$.timestamp")
        assert "✗" in here.row("timestamp")
        assert "^t now" in here.line("keys")
        await here.press("ctrl+t")
        assert payload(here)["timestamp"] == "2023-11-14T22:13:20.123Z"


async def test_known_ids_are_filled_in_and_offered() -> None:
    async with bench() as here:
        await here.peer.send('[2,"1","Authorize",{"idTag":"CAFE01"}]')
        await here.peer.send('[2,"2","Authorize",{"idTag":"CAFE02"}]')
        await here.until(lambda: len(here.session.waiting) == 2)
        assert here.session.knowledge["CP001"].suggestions("idTag") == ["CAFE02", "CAFE01"]
        await here.open(action="RemoteStartTransaction")
        assert payload(here)["idTag"] == "CAFE02"
        await here.press("enter")
        await here.type("CAFE01")
        await here.press("enter")
        assert payload(here)["idTag"] == "CAFE01"


async def test_a_key_is_chosen_by_its_value_and_the_old_value_stays_in_view() -> None:
    keys = '[{"key":"HeartbeatInterval","readonly":false,"value":"900"},{"key":"Meter","readonly":false,"value":"60"}]'
    async with bench() as here:
        here.peer.answers["GetConfiguration"] = f'[3,%s,{{"configurationKey":{keys}}}]'
        await here.open(action="GetConfiguration")
        await here.press("f5")
        await here.until(lambda: "CALLRESULT" in here.outcome)
        await here.press("f4")
        await here.type("changec")
        await here.press("enter", "enter")
        assert "HeartbeatInterval  900" in here.text()
        await here.type("met")
        await here.press("enter")
        assert payload(here) == {"key": "Meter", "value": "60"}
        row = here.form.row
        assert row is not None
        assert row.path == "$.key"
        await here.press("tab", "ctrl+u", "5")
        assert "60 → 5" in here.row("value")
        assert payload(here) == {"key": "Meter", "value": "5"}
        here.peer.answers["ChangeConfiguration"] = '[3,%s,{"status":"Accepted"}]'
        await here.press("f5")
        await here.until(lambda: "now 5" in here.row("value"), "the value in force")
        assert "now 5" in here.text()


async def test_pasted_text_keeps_its_lines() -> None:
    """A certificate in PEM has many lines."""
    async with bench() as here:
        await here.open(action="InstallCertificate")
        await here.reach("$.certificate")
        await here.press("ctrl+u")
        await here.paste("-----BEGIN-----\nMII\n-----END-----\n")
        assert payload(here)["certificate"] == "-----BEGIN-----\nMII\n-----END-----\n"
        assert "\n" not in here.row("certificate")


async def test_tab_walks_through_the_fields_and_on() -> None:
    async with bench(size=(200, 60)) as here:
        await here.open(action="RemoteStartTransaction")
        await here.press("tab", "tab", "shift+tab")
        assert here.form.cursor == 1
        await here.press("tab", "tab")
        assert here.json.has_focus
        assert here.screen.view == "json"
        await here.press("shift+tab")
        assert here.form.has_focus


async def test_the_mouse_selects_switches_and_sets_the_caret() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction", payload='{"idTag":"ABCD"}')
        start = here.form._columns.value_start
        await here.pilot.click(here.form, offset=(start + 2, 1))
        await here.type("-")
        assert payload(here)["idTag"] == "AB-CD"
        await here.pilot.click(here.form, offset=(1, 2))
        await here.pilot.pause()
        assert "connectorId" in payload(here)
        await here.pilot.click(here.form, offset=(1, 2))
        await here.pilot.pause()
        assert "connectorId" not in payload(here)


async def test_a_form_longer_than_the_screen_follows_the_cursor() -> None:
    async with bench(version=Version.V21) as here:
        await here.open(action="SetChargingProfile")
        await here.press("ctrl+end")
        last = here.form.rows[-1].label
        assert last in here.text()
        await here.press("ctrl+home")
        assert "evseId" in here.text()
        await here.press("pagedown", "pagedown")
        row = here.form.row
        assert row is not None
        assert row.label in here.text()


async def test_text_from_the_wire_cannot_control_the_terminal() -> None:
    """Neither control characters nor Textual's markup in keys and values have an effect."""
    hostile = {"[red]key\x1b[31m": "[/x]\x9b2J\u202e", "idTag": "[b]\x1b]0;title\x07"}
    async with bench(size=(200, 60)) as here:
        await here.open(action="Authorize", payload=json.dumps(hostile))
        shown = here.text()
        assert "[red]key" in shown
        assert "[b]" in shown
        assert not any(letter in shown for letter in "\x1b\x07\x9b\u202e")
        await here.press("f6", "f6")
        shown = here.text()
        assert not any(letter in shown for letter in "\x1b\x07\x9b\u202e")


async def test_a_payload_of_hundreds_of_kilobytes_stays_whole_and_can_be_changed() -> None:
    items = [{"component": {"name": f"C{n}"}, "variable": {"name": "V"}} for n in range(5000)]
    report = [{**item, "variableAttribute": [{"value": "x" * 30}]} for item in items]
    whole = {"requestId": 1, "generatedAt": "2026-01-01T00:00:00Z", "seqNo": 0, "reportData": report}
    async with bench(Role.CHARGE_POINT, Version.V201) as here:
        await here.open(action="NotifyReport", payload=json.dumps(whole))
        assert len(here.form.rows) > 30_000
        await here.press("backspace", "9", "f6")
        assert here.json.read_only
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.payloads() == [{**whole, "requestId": 9}]
