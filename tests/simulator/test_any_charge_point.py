"""The central system and charge points that send anything. If this fails, one wrong call ends a session."""

from __future__ import annotations

import json
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.actions import may_send
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.central_system_memory import CentralSystemMemory
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.effects import AddNote, SendAnswer, SendCall, SendError
from ocpptui.simulator.token_table import token_table
from tests.kit.changed_payloads import ChangedPayload, changed_payloads

NOW = 1_795_341_723_120_000
TABLE = """
unknown = "NoCredit"
concurrent = false
[[token]]
id = "text"
group = "A group of 25 characters."
expires = 2040-01-01
message = "Hello"
"""


@cache
def authority() -> CertificateAuthority:
    made = new_authority(NOW)
    return CertificateAuthority(made.chain, made.key)


@settings(max_examples=200, deadline=None)
@given(st.lists(changed_payloads(), max_size=6), st.booleans())
def test_every_call_gets_one_answer_that_is_valid(said: list[ChangedPayload], strict: bool) -> None:
    own = CentralSystemSettings(probe=True, tokens=token_table(TABLE), authority=authority(), strict=strict)
    memory = CentralSystemMemory(own)
    sides = {version: CentralSystemBehaviour(version, own, memory=memory, charge_point="CP1") for version in Version}
    for version, action, part, payload in said:
        behaviour = sides[version]
        behaviour.opened(NOW)
        if part is Part.RESPONSE:
            frame = parse(json.dumps([3, "m1", payload]))
            assert isinstance(frame, Message)
            behaviour.answered(action, payload, frame, NOW)
            continue
        if not may_send(version, Role.CHARGE_POINT, action):
            continue
        frame = parse(JSON.call("m1", action, json.dumps(payload)))
        effects = behaviour.received(frame, action, NOW)
        answers = [one for one in effects if isinstance(one, SendAnswer | SendError)]
        assert len(answers) == 1
        for one in effects:
            match one:
                case SendAnswer():
                    assert violations(version, action, Part.RESPONSE, one.payload) == ()
                case SendCall():
                    assert violations(version, one.action, Part.REQUEST, one.payload) == ()
                case _:
                    assert isinstance(one, SendError | AddNote)
    kept = json.loads(json.dumps(memory.kept_state(NOW)))
    again = CentralSystemMemory(own)
    again.restore(kept, NOW)
    assert again.kept_state(NOW) == memory.kept_state(NOW)
