"""Every action of OCPP-S in each of its directions between two sessions of ours, over real HTTP.

If it fails, a user cannot send that action to a charge point or central system of OCPP-S, or cannot be sent it. Bare
HTTP peers with envelopes by hand are in `tests/network`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.service_types import element_type
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.rules_file import read_rules
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import Origin, RecordKind
from tests.interop.form_examples import examples
from tests.kit.station_bench import STATION
from tests.ocpp.envelopes import CS_15, request

PATIENCE = 60.0
BY_HAND = SessionSettings(automatic=False)


@pytest.mark.parametrize("version", Version.spoken(Transport.SOAP), ids=str)
async def test_every_action_arrives_and_is_answered(version: Version, tmp_path: Path) -> None:
    central = Session(role=Role.CENTRAL_SYSTEM, settings=BY_HAND, writer=RecordingWriter(tmp_path / "a.jsonl"))
    station = Session(role=Role.CHARGE_POINT, settings=BY_HAND)
    sent = []

    async def exchange(action: str, direction: Direction, request: Any, answer: Any) -> None:
        caller, callee = (station, central) if direction is Direction.TO_CSMS else (central, station)
        number = next(iter(caller.connections))
        call = await caller.send_call(number, action, json.dumps(request))
        waiting = await callee.until(lambda: callee.waiting[0] if callee.waiting else None, PATIENCE)
        assert waiting is not None, (action, caller.timeline.record(len(caller.timeline) - 1))
        heard = callee.timeline.frame(waiting)
        assert isinstance(heard, Message) and (heard.action, heard.payload) == (action, request)
        await callee.answer(waiting, json.dumps(answer))
        index = await caller.wait_for_answer(call, PATIENCE)
        assert index is not None, action
        given = caller.timeline.frame(index)
        assert isinstance(given, Message) and given.kind is MessageKind.CALLRESULT and given.payload == answer, action
        for session, row in ((caller, call), (caller, index), (callee, waiting)):
            assert session.timeline.verdict(row) is Verdict.VALID, (action, session.timeline.record(row).raw)
            assert session.timeline.transport(row) is Transport.SOAP
        sent.append(action)

    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0, soap_port=0))
        url = central.listening_urls[-1]
        await station.connect(ClientSettings(url=f"{url}ocpp", charge_point=STATION, versions=(version,)))
        assert await station.until(lambda: len(station.connections) or None, PATIENCE)
        cases = [(one.name, way) for one in catalog.actions(version) for way in one.directions]
        for action, direction in sorted(cases, key=lambda case: case[1] is Direction.TO_CHARGE_POINT):
            if element_type(version, action, is_response=False) is not None:
                for request, answer in zip(
                    examples(version, action, Part.REQUEST), examples(version, action, Part.RESPONSE), strict=True
                ):
                    await exchange(action, direction, request, answer)
        assert len(set(sent)) == {Version.V12: 18, Version.V15: 24, Version.V16: 28}[version]
    finally:
        await station.close()
        await central.close()
    assert {central.timeline.kind(row) for row in range(len(central.timeline))} <= {
        RecordKind.CONNECTION,
        RecordKind.CALL,
        RecordKind.CALLRESULT,
    }


AUTHORIZE = request("Authorize", "<o:idTag>A</o:idTag>", service=CS_15)
FAULTS: dict[str, tuple[int, str, str]] = {
    'do = "error"\ncode = "InternalError"': (500, "CALLERROR", "InternalError"),
    'do = "answer"\npayload = { idTagInfo = { status = "Blocked" } }': (200, "CALLRESULT", "Blocked"),
    'do = "other-id"': (200, "CALLRESULT", "Accepted"),
    'do = "break"\nhow = "truncated"': (200, "MALFORMED", ""),
    'do = "break"\nhow = "wrong-type"': (200, "MALFORMED", "authorizeMessage"),
    'do = "break"\nhow = "not-array"': (200, "MALFORMED", "<message>"),
    'do = "twice"': (200, "CALLRESULT", "Accepted"),
}
"""What a bare client gets by each rule: the status, what the text is, and what it contains."""


async def test_a_rule_makes_the_answer_to_an_envelope_wrong(tmp_path: Path) -> None:
    """A user would test a charge point of OCPP-S against a fault that never happened."""
    file = tmp_path / "rules.toml"
    for number, (deed, (status, kind, words)) in enumerate(FAULTS.items()):
        file.write_text(f'[[rule]]\nname = "mine"\naction = "Authorize"\n{deed}\n')
        faults = read_rules(file, Role.CENTRAL_SYSTEM)
        central = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(faults=faults))
        try:
            await central.listen(ServerSettings(host="127.0.0.1", port=0, soap_port=0))
            posted = AUTHORIZE.replace("uuid:1", f"uuid:{number}")
            async with ClientSession() as client, client.post(central.listening_urls[-1], data=posted) as given:
                text = await given.text()
            message = SOAP.read(text)
            found = "MALFORMED" if isinstance(message, Malformed) else message.kind.name
            assert (given.status, found) == (status, kind) and words in text, (deed, given.status, text)
            timeline = central.timeline
            answers = [row for row in range(len(timeline)) if timeline.origin(row) is Origin.BEHAVIOUR]
            notes = [str(timeline.record(row).detail.get("text")) for row in answers]
            if isinstance(message, Message):
                assert (message.id == f"uuid:{number}") is ("other-id" not in deed)
            assert any("No request waits" in note for note in notes) is ("twice" in deed)
        finally:
            await central.close()
