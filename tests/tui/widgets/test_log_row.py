"""A row of the log: its content, and its exact width for any record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from ocpptui.describe.record_line import summary_of
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.actions import may_send
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.tui.widgets.log_row import columns_for, fitted, log_row
from tests.kit.talk import Talk

BACK = Direction.TO_CHARGE_POINT
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["status", "idTagInfo", "idToken", "evse", "chargingSchedule", "meterValue", "sampledValue", "connectorId", "key"]
)
HALF_RIGHT = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=12,
)
"""Payloads with names that mean something and values that are not what they should be."""
ACTIONS = sorted({action.name for version in Version.offered(Transport.JSON) for action in catalog.actions(version)})


def style(part: str) -> Style:
    return Style()


def line(talk: Talk, index: int, width: int = 80, *, longest: int = 20, waiting: bool = False) -> str:
    """The text of a row in a log of this width."""
    charge_points = talk.timeline.charge_points()
    columns = columns_for(width, max(map(len, charge_points), default=0), len(charge_points) > 1, longest)
    strip = log_row(talk.timeline, index, columns, style, waiting=waiting)
    assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length == width
    return strip.text


def test_a_refusal_has_a_sign_that_no_problem_has() -> None:
    """Without colours, a request that did nothing would look like one that was done."""
    talk = Talk()
    for status, sign in (("Rejected", "⊘"), ("UnlockFailed", "⊘"), ("Unlocked", " ")):
        call = talk.call("UnlockConnector", '{"connectorId":1}', direction=BACK)
        answer = talk.answer(call, f'{{"status":"{status}"}}')
        expected = "✗" if status == "Rejected" else sign  # which is no status of this answer
        assert line(talk, answer)[14] == expected


# -- any record -----------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([*ACTIONS, "Unknown", ""]),
    ANY_JSON | HALF_RIGHT,
    ANY_JSON | HALF_RIGHT,
    st.sampled_from([20, 80, 200]),
)
def test_any_payload_makes_a_row(action: str, payload: Any, answer: Any, width: int) -> None:
    """One odd message would end the program, or misalign the rows below it."""
    talk = Talk()
    call = talk.raw(json.dumps([2, "1", action, payload]), version=Version.V201)
    line(talk, call, width)
    line(talk, talk.raw(json.dumps([3, "1", answer]), BACK, version=Version.V201), width)
    line(talk, talk.raw(json.dumps([4, "1", action, action, answer]), BACK, version=Version.V201), width)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.binary(max_size=40), st.integers(20, 220))
def test_anything_on_the_wire_makes_a_row(raw: str | bytes, width: int) -> None:
    """What is not OCPP at all is just what users search a log for."""
    talk = Talk()
    line(talk, talk.raw(raw, charge_point="漢字"), width)


@given(st.text(max_size=30), st.integers(0, 40))
def test_a_text_fits_exactly(text: str, width: int) -> None:
    """A wide character at the edge would be cut in half, or the row be one cell short."""
    assert cell_len(fitted(text, width)) == width


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_action_is_summed_up_in_words(version: Version) -> None:
    """A summary would be raw JSON or empty, but users want to see the content of a message at a glance."""
    for action in catalog.actions(version):
        role = Role.CHARGE_POINT if may_send(version, Role.CHARGE_POINT, action.name) else Role.CENTRAL_SYSTEM
        tree = field_tree(version, action.name, Part.REQUEST)
        assert tree is not None
        for payload in (smallest(tree), complete_example(tree)):
            talk = Talk()
            call = talk.call(action.name, json.dumps(payload), direction=role.sends, version=version)
            assert action.name in line(talk, call, 200, longest=len(action.name))
            record = talk.timeline.record(call)
            summary = summary_of(record, record.frame, action.name)
            assert '{"' not in summary, f"{action.name}: {summary}"
            assert summary or not payload, action.name


# -- what stands in it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "payload", "version", "words"),
    [
        ("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "W"}, Version.V16, "ACME W"),
        ("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"}, Version.V16,
         "connector 1  Available"),
        ("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"}, Version.V16,
         "connector 1  Faulted  GroundFailure"),
        ("StatusNotification", {"evseId": 2, "connectorId": 1, "connectorStatus": "Occupied"}, Version.V201,
         "EVSE 2 connector 1  Occupied"),
        ("Authorize", {"idTag": "04A2"}, Version.V16, "04A2"),
        ("StartTransaction", {"connectorId": 1, "idTag": "T", "meterStart": 5}, Version.V16,
         "connector 1  T  from 5 Wh"),
        ("MeterValues", {"connectorId": 1, "meterValue": [{"sampledValue": [{"value": "7"}]}]}, Version.V16,
         "connector 1  energy 7 Wh"),
        ("Heartbeat", {}, Version.V16, ""),
        ("Invented", {"a": 1, "b": [1, 2]}, Version.V16, "a 1  b [1, 2]"),
    ],
)  # fmt: skip
def test_the_summary_starts_with_what_users_look_for(
    action: str, payload: dict[str, Any], version: Version, words: str
) -> None:
    """The user would have to open every message to see its connector."""
    talk = Talk()
    text = line(talk, talk.call(action, json.dumps(payload), version=version), 120)
    assert text.split(action, 1)[1].replace("…", "", 1).strip() == words


def test_direction_and_kind_are_shown_by_signs_and_words() -> None:
    """Without colours a call, an answer and an error would look alike."""
    talk = Talk()
    talk.happened(ConnectionEvent.OPENED)
    call, answer = talk.exchange(answer='{"currentTime":"2023-11-14T22:13:21Z"}')
    assert "→  Heartbeat" in line(talk, call)
    assert "←  └ Heartbeat" in line(talk, answer)
    back = talk.call("Reset", '{"type":"Hard"}', direction=BACK)
    assert "←  Reset" in line(talk, back) and "…" in line(talk, back)
    error = talk.raw(f'[4,"id-{back}","NotSupported","No.",{{}}]')
    assert "→! └ Reset" in line(talk, error) and "NotSupported No." in line(talk, error)
    assert "→✗ malformed" in line(talk, talk.raw("hello"))
    assert "! └ orphan answer" in line(talk, talk.raw('[3,"x",{}]'))
    assert "→✗ Authorize" in line(talk, talk.call("Authorize"))
    assert "→✗ Invented" in line(talk, talk.call("Invented"))
    assert "→✗ Heartbeat" in line(talk, talk.call(message_id=f"id-{call}"))
    assert "→~ Heartbeat" in line(talk, talk.call(payload="null"))
    assert "→? Heartbeat" in line(talk, talk.call(), waiting=True)
    assert "·✗ failed" in line(talk, talk.happened(ConnectionEvent.FAILED, error="no"))
    first = Talk()
    assert "·  opened" in line(first, first.happened(ConnectionEvent.OPENED, url="ws://h/CP001", subprotocol="ocpp1.6"))


@pytest.mark.parametrize(
    ("after", "shown"),
    [(0, "0 µs"), (340, "340 µs"), (9_940, "9.9 ms"), (12_000, "12 ms"), (9_999_000, "10 s"), (75_000_000, "75 s"),
     (7_200_000_000, "2.0 h")],
)  # fmt: skip
def test_latency_is_shown_in_a_unit_that_fits(after: int, shown: str) -> None:
    """The column would overflow, or three seconds look like three hundred."""
    talk = Talk()
    answer = talk.answer(talk.call(), after=after)
    assert f" {shown} " in line(talk, answer)


def test_the_charge_point_is_named_if_there_are_several_or_room() -> None:
    """The user could not tell several charge points apart; the name of a single one would displace the summary."""
    talk = Talk()
    one = talk.call(charge_point="CP-ONE")
    assert "CP-ONE" not in line(talk, one)
    assert "CP-ONE" in line(talk, one, 200)
    talk.call(charge_point="CP-TWO", connection=2)
    assert "CP-ONE" in line(talk, one)


def test_a_mark_is_shown_beside_the_time() -> None:
    """The user could not see which records are marked."""
    talk = Talk()
    index = talk.call()
    before = line(talk, index)
    talk.timeline.marks.add(index)
    assert line(talk, index) == before[:12] + "*" + before[13:]


@pytest.mark.parametrize("time", [-(2**62), -1, 2**62])
def test_an_impossible_time_is_shown_as_such(time: int) -> None:
    """A damaged file would end the program."""
    talk = Talk()
    talk.now = time
    assert line(talk, talk.call(after=0))
