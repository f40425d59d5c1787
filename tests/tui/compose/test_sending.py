"""Sending from the compose screen to a peer over a real connection."""

from __future__ import annotations

import json
from pathlib import Path

from ocpptui.ocpp.version import Role, Version
from ocpptui.session.settings import SessionSettings
from ocpptui.tui.compose.json_area import JsonArea
from tests.tui.compose.bench import bench


async def test_a_call_is_sent_and_its_answer_is_shown_below_it() -> None:
    async with bench() as here:
        here.peer.answers["Reset"] = '[3,%s,{"status":"Accepted"}]'
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: "CALLRESULT" in here.outcome)
        assert here.peer.payloads() == [{"type": "Hard"}]
        assert " ms" in here.outcome or " µs" in here.outcome
        assert '"status": "Accepted"' in here.text()
        await here.press("space", "f5")
        await here.until(lambda: len(here.peer.received) == 2)
        assert here.peer.payloads()[1] == {"type": "Soft"}


async def test_the_command_that_would_send_the_same_is_shown_and_copied(home: Path) -> None:
    """Whoever has composed a call wants it in a script next."""
    async with bench(Role.CHARGE_POINT) as here:
        await here.open(action="Authorize", payload='{"idTag":"🔌"}')
        here.peer.answers["Authorize"] = '[3,%s,{"idTagInfo":{"status":"Accepted","parentIdTag":"\\ud83d\\udd0c"}}]'
        await here.press("ctrl+y")
        assert here.notices() == ["Nothing was sent yet."]
        await here.press("f5")
        await here.until(lambda: "CALLRESULT" in here.outcome)
        assert "ocpptui send --version 1.6" in here.line("command")
        assert '"parentIdTag": "🔌"' in here.screen.query_one("#answer_text", JsonArea).text
        await here.press("ctrl+y")
        await here.until(lambda: len(here.notices()) == 2)
        assert here.app.clipboard.startswith("printf %s")
        await here.press("tab")
        here.screen.query_one("#answer_text", JsonArea).focus()
        await here.press("y")
        await here.until(lambda: len(here.notices()) == 3)


async def test_an_error_answer_is_shown_with_its_code_and_description() -> None:
    async with bench() as here:
        here.peer.answers["Reset"] = '[4,%s,"NotSupported","no \\u001b[31m reset",{"why":1}]'
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: "CALLERROR" in here.outcome)
        assert "NotSupported" in here.outcome
        assert "␛[31m" in here.outcome
        assert '"why": 1' in here.text()


async def test_an_answer_against_the_schema_says_so() -> None:
    async with bench() as here:
        here.peer.answers["Reset"] = '[3,%s,{"status":"Maybe"}]'
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: "a problem: $." in here.outcome)
        assert "$.status" in here.outcome


async def test_a_missing_answer_is_reported_after_the_time_out() -> None:
    async with bench(settings=SessionSettings(automatic=False, call_timeout=0.2)) as here:
        here.peer.answers["Reset"] = None
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: "no answer within 0.2 s" in here.outcome)


async def test_the_end_of_the_connection_ends_the_waiting() -> None:
    async with bench() as here:
        here.peer.answers["Reset"] = None
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: "waiting" in here.outcome)
        assert here.peer.socket is not None
        await here.peer.socket.close()
        await here.until(lambda: "closed before" in here.outcome)
        await here.press("f5")
        await here.until(lambda: "not sent" in here.outcome)


async def test_an_invalid_payload_is_sent_only_by_a_second_key() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.paste("x" * 30)
        await here.press("f5")
        assert here.screen.armed
        assert "F5 again" in here.line("state")
        assert here.peer.received == []
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.payloads()[0]["idTag"].endswith("x" * 30)


async def test_an_edit_disarms_the_second_key() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.paste("x" * 30)
        await here.press("f5", "x", "f5")
        assert here.peer.received == []
        assert here.screen.armed


async def test_a_payload_that_is_not_json_can_be_sent_too() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f6", "delete")
        assert "not JSON" in here.line("state")
        await here.press("f5", "f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.received[0].endswith(',"Reset",\n  "type": "Hard"\n}]')


async def test_raw_mode_sends_any_text_at_all() -> None:
    async with bench() as here:
        await here.open(raw="hello, [charger")
        await here.press("f5")
        await here.until(lambda: here.peer.received == ["hello, [charger"])


async def test_raw_mode_starts_with_the_whole_message_and_shows_its_answer() -> None:
    async with bench() as here:
        here.peer.answers["Reset"] = '[3,%s,{"status":"Accepted"}]'
        await here.open(action="Reset")
        await here.press("f6", "f6")
        assert json.loads(here.raw.content)[2:] == ["Reset", {"type": "Hard"}]
        await here.press("right", "delete", "2", "f5")
        await here.until(lambda: "CALLRESULT" in here.outcome)


async def test_the_text_of_numbers_and_keys_reaches_the_wire_as_typed() -> None:
    async with bench() as here:
        payload = '{"z":"\\u00e9","connectorId":1,"csChargingProfiles":{"stackLevel":1e0,"limit":21.40}}'
        await here.open(action="SetChargingProfile", payload=payload)
        await here.press("f5", "f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.received[0].endswith(f',"SetChargingProfile",{payload}]')


async def test_a_send_of_2_1_expects_no_answer() -> None:
    async with bench(Role.CHARGE_POINT, Version.V21) as here:
        await here.open(action="NotifyPeriodicEventStream")
        await here.press("f5")
        await here.until(lambda: "SEND gets no answer" in here.outcome)
        assert json.loads(here.peer.received[0])[0] == 6


async def test_a_message_that_only_the_other_side_sends_can_be_sent() -> None:
    async with bench(Role.CHARGE_POINT) as here:
        await here.open(action="Reset")
        assert "sent by the central system, not by us" in here.line("target")
        await here.press("f5")
        await here.until(lambda: here.peer.payloads() == [{"type": "Hard"}])


async def test_an_action_that_no_version_knows_can_be_sent() -> None:
    async with bench() as here:
        here.peer.answers["VendorMagic"] = '[4,%s,"NotImplemented","",{}]'
        await here.open()
        await here.paste("VendorMagic")
        await here.press("enter")
        assert "no such action" in here.line("target")
        await here.press("f5")
        await here.until(lambda: "NotImplemented" in here.outcome)


# -- answering --------------------------------------------------------------------------------------------------


async def test_a_waiting_call_is_answered_with_a_changed_result() -> None:
    async with bench() as here:
        await here.peer.send('[2,"b1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
        await here.until(lambda: bool(here.session.waiting))
        await here.open(answer_to=here.session.waiting[0])
        assert "answer to BootNotification" in here.line("target")
        assert "✓ valid" in here.line("state")
        await here.reach("$.status")
        await here.press("space", "f5")
        await here.until(lambda: len(here.peer.received) == 1)
        number, message_id, payload = json.loads(here.peer.received[0])
        assert (number, message_id, payload["status"]) == (3, "b1", "Pending")
        await here.until(lambda: "no other call is waiting" in here.outcome)


async def test_a_waiting_call_is_answered_with_an_error() -> None:
    async with bench(version=Version.V201) as here:
        await here.peer.send('[2,"h1","Heartbeat",{}]')
        await here.peer.send('[2,"h2","Heartbeat",{}]')
        await here.until(lambda: len(here.session.waiting) == 2)
        await here.open(answer_to=here.session.waiting[0])
        await here.press("f4")
        assert "error for Heartbeat" in here.line("target")
        await here.type("Occ")
        await here.press("enter", "down")
        await here.paste("too often")
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert json.loads(here.peer.received[0]) == [4, "h1", "OccurrenceConstraintViolation", "too often", {}]
        await here.until(lambda: "the next waiting call is Heartbeat" in here.outcome)
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 2)
        assert json.loads(here.peer.received[1])[:2] == [3, "h2"]


async def test_an_answered_call_cannot_be_answered_again() -> None:
    async with bench() as here:
        await here.peer.send('[2,"h1","Heartbeat",{}]')
        await here.until(lambda: bool(here.session.waiting))
        index = here.session.waiting[0]
        await here.open(answer_to=index)
        await here.session.answer(index, "{}")
        await here.press("f5")
        await here.until(lambda: "not sent" in here.outcome)
        assert len(here.peer.received) == 1


async def test_an_answer_can_be_any_text_too() -> None:
    async with bench() as here:
        await here.peer.send('[2,"h1","Heartbeat",{}]')
        await here.until(lambda: bool(here.session.waiting))
        await here.open(answer_to=here.session.waiting[0])
        await here.press("f6", "f6")
        assert here.raw.content.startswith('[3,"h1",{"currentTime":')
        await here.press("right", "delete", "5", "f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.received[0].startswith('[5,"h1",{')
        await here.press("f6", "f4", "f6", "f6")
        assert '"NotSupported"' in here.screen.composer.raw_text()


# -- what was sent ----------------------------------------------------------------------------------------------


async def test_a_sent_message_can_be_recalled_and_sent_again() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        await here.press("space", "f5")
        await here.until(lambda: len(here.peer.received) == 2)
        await here.press("ctrl+up", "ctrl+up")
        assert "Hard" in here.row("type")
        await here.press("ctrl+down")
        assert "Soft" in here.row("type")
        await here.press("f7")
        await here.type("Hard")
        await here.press("enter", "f5")
        await here.until(lambda: len(here.peer.received) == 3)
        assert here.peer.payloads()[2] == {"type": "Hard"}


async def test_an_unsent_draft_survives_the_screen() -> None:
    async with bench() as here:
        await here.open(action="RemoteStartTransaction")
        await here.type("ZZ")
        await here.press("escape")
        await here.until(lambda: len(here.app.screen_stack) == 1)
        await here.open(action="RemoteStartTransaction")
        assert "ZZ" in here.row("idTag")
        assert "unsent draft" in here.outcome
        await here.press("f8")
        assert "ZZ" not in here.row("idTag")
        await here.press("escape")
        await here.until(lambda: len(here.app.screen_stack) == 1)
        await here.open(action="RemoteStartTransaction")
        assert "ZZ" not in here.row("idTag")


async def test_an_unsent_draft_that_is_not_json_survives_too() -> None:
    async with bench() as here:
        await here.open(action="Reset")
        await here.press("f6", "delete", "escape", "escape")
        await here.until(lambda: len(here.app.screen_stack) == 1)
        await here.open(action="Reset")
        assert "not JSON" in here.line("state")
        assert here.screen.composer.text.startswith('\n  "type"')
