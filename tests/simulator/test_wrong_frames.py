"""Frames that are made wrong. If these fail, a peer gets a right frame where its user wants to see it stumble."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.service_types import VERSIONS
from ocpptui.ocpp.soap_dialect import SoapDialect
from ocpptui.ocpp.version import Role
from ocpptui.simulator.fault_plan import Breakage
from ocpptui.simulator.wrong_frames import broken, with_message_id

FRAMES = st.builds(
    lambda message_id, payload: JSON.call(message_id, "Heartbeat", json.dumps(payload)),
    st.text(min_size=1, max_size=36),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.just([{}]), max_size=3),
)


@given(FRAMES, st.sampled_from(Breakage), st.floats(0, 1, exclude_max=True))
def test_a_broken_frame_is_malformed(frame: str, how: Breakage, place: float) -> None:
    wrong = broken(frame, how, place)
    assert wrong
    assert isinstance(parse(wrong), Malformed)


@given(FRAMES, st.text(min_size=1, max_size=36))
def test_another_id_changes_only_the_id(frame: str, message_id: str) -> None:
    before, after = parse(frame), parse(with_message_id(frame, message_id))
    assert isinstance(before, Message) and isinstance(after, Message)
    assert after.id == message_id
    assert (after.kind, after.action, after.payload) == (before.kind, before.action, before.payload)


@given(
    st.sampled_from([SoapDialect(version, role, "CP1") for version in VERSIONS for role in Role]),
    st.sampled_from(Breakage),
    st.floats(0, 1, exclude_max=True),
    st.text("abc-:<&", min_size=1, max_size=36),
)
def test_an_envelope_is_made_wrong_in_the_same_ways(
    dialect: SoapDialect, how: Breakage, place: float, message_id: str
) -> None:
    call = dialect.call("1", "Reset", '{"type":"Soft"}')
    before = dialect.read(call)
    assert isinstance(before, Message)
    for text, kind in ((call, before.kind), (dialect.result(before, '{"status":"Accepted"}'), MessageKind.CALLRESULT)):
        assert isinstance(dialect.read(broken(text, how, place)), Malformed)
        after = dialect.read(with_message_id(text, message_id))
        assert isinstance(after, Message) and (after.kind, after.id) == (kind, message_id)
