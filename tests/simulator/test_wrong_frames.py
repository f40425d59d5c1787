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


READABLE = {
    Breakage.NUL: {"control-in-text"},
    Breakage.INTEGER_ID: {"integer-id"},
    Breakage.LONG_ID: {"long-id"},
    Breakage.INDENTED: set[str](),
}
"""What a tolerant peer can read all the same, and the defects that it finds."""
UNREADABLE = [how for how in Breakage if how not in READABLE]


@given(FRAMES, st.sampled_from(UNREADABLE), st.floats(0, 1, exclude_max=True))
def test_a_broken_frame_is_malformed(frame: str, how: Breakage, place: float) -> None:
    wrong = broken(frame, how, place)
    assert wrong
    assert isinstance(parse(wrong), Malformed)


@given(FRAMES, st.sampled_from(list(READABLE)))
def test_an_odd_frame_has_its_defect_and_no_other(frame: str, how: Breakage) -> None:
    before, wrong = parse(frame), broken(frame, how, 0.5)
    after = parse(wrong)
    assert wrong != frame
    assert isinstance(before, Message) and isinstance(after, Message)
    new = {defect.name for defect in after.defects} - {defect.name for defect in before.defects}
    assert new == READABLE[how] - {defect.name for defect in before.defects}
    if how is not Breakage.NUL:
        assert (after.kind, after.action, after.payload) == (before.kind, before.action, before.payload)


EXAMPLES = {
    Breakage.LEADING_COMMA: '[,2,"7","Authorize",{"idTag":"AB"}]',
    Breakage.EMPTY_VALUE: '[2,"7","Authorize",{"idTag":}]',
    Breakage.WRONG_ESCAPE: '[2,"7","Authorize",{"idTag":"AB\\x"}]',
    Breakage.NUL: '[2,"7","Authorize",{"idTag":"AB\\u0000"}]',
    Breakage.INTEGER_ID: '[2,7,"Authorize",{"idTag":"AB"}]',
    Breakage.LONG_ID: f'[2,"7{"0" * 39}","Authorize",{{"idTag":"AB"}}]',
    Breakage.INDENTED: '[\n  2,\n  "7",\n  "Authorize",\n  {\n    "idTag": "AB"\n  }\n]',
}


@given(st.sampled_from(["007", "9" * 36, "9" * 5000, "\ud800", "²", "0"]), st.sampled_from(list(READABLE)))
def test_any_message_id_can_become_odd(message_id: str, how: Breakage) -> None:
    """A proxy breaks frames of others, with whatever ids they have."""
    assert isinstance(parse(broken(JSON.call(message_id, "Heartbeat", "{}"), how, 0.5)), Message)


def test_a_frame_is_broken_as_in_the_field() -> None:
    found = {how: broken('[2,"7","Authorize",{"idTag":"AB"}]', how, 0.5) for how in EXAMPLES}
    assert found == EXAMPLES


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
    call = dialect.call("one", "Reset", '{"type":"Soft"}')
    before = dialect.read(call)
    assert isinstance(before, Message)
    for text, kind in ((call, before.kind), (dialect.result(before, '{"status":"Accepted"}'), MessageKind.CALLRESULT)):
        wrong, is_odd = broken(text, how, place), how in (Breakage.INTEGER_ID, Breakage.LONG_ID, Breakage.INDENTED)
        assert wrong != text
        assert isinstance(dialect.read(wrong), Message if is_odd else Malformed), wrong
        after = dialect.read(with_message_id(text, message_id))
        assert isinstance(after, Message) and (after.kind, after.id) == (kind, message_id)
