"""The actions that words in a file name. If this fails, calls lose their action, and with it their direction."""

from __future__ import annotations

import pytest

from ocpptui.importing.words.action_names import action_and_kind, full_name, named_action, only_sender
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role


@pytest.mark.parametrize(
    ("action", "role"),
    [("BootNotification", Role.CHARGE_POINT), ("Reset", Role.CENTRAL_SYSTEM), ("DataTransfer", None), ("", None)],
)
def test_some_actions_have_one_sender_alone(action: str, role: Role | None) -> None:
    assert only_sender(action) is role


def test_a_truncated_action_is_completed_where_it_tells_its_sender() -> None:
    assert full_name("BootNotif") == "BootNotification"
    assert full_name("Heartbeat") == "Heartbeat"
    assert full_name("D") == "D"


@pytest.mark.parametrize(
    ("word", "action", "kind"),
    [
        ("Reset", "Reset", None),
        ("Reset.req", "Reset", MessageKind.CALL),
        ("reset.conf", None, None),
        ("HeartbeatResponse", "Heartbeat", MessageKind.CALLRESULT),
        ("StatusNotification_conf", "StatusNotification", MessageKind.CALLRESULT),
        ("Response", None, None),
        ("SomethingRequest", None, None),
    ],
)
def test_a_word_names_an_action_and_maybe_its_half(word: str, action: str | None, kind: MessageKind | None) -> None:
    assert action_and_kind(word) == (None if action is None else (action, kind))


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("Sent HeartbeatResponse to CP-77:", "Heartbeat"),
        ("Received Reset.conf from CP-77", "Reset"),
        ("HeartbeatResp <- CP-77", "Heartbeat"),
        ("Heartbeat, HeartbeatRequest", "Heartbeat"),
        ("Reset after BootNotification", ""),
        ("sent to CP-77", ""),
    ],
)
def test_the_words_of_a_line_name_the_same_actions_as_a_field(words: str, action: str) -> None:
    """Two lists of endings knew different ones: a line with `HeartbeatResp` named nothing, a column did."""
    assert named_action(words) == action
