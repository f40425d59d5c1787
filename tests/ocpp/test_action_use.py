"""Whether an action may be named as it is. A peer's developer finds here which of five mistakes was made."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.action_use import Misuse, action_hint, misuse_of, sentence_of_misuse
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Direction, Version

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
CALL, SEND = MessageKind.CALL, MessageKind.SEND


def test_every_action_may_be_sent_by_its_side_in_its_type_and_not_otherwise(version: Version) -> None:
    for action in actions(version):
        own, other = (SEND, CALL) if action.is_send else (CALL, SEND)
        for direction in Direction:
            allowed = direction in action.directions
            expected = None if allowed else Misuse.WRONG_DIRECTION
            assert misuse_of(version, direction, own, action.name) is expected
            if version.has_send and allowed:
                wrong_type = Misuse.SEND_AS_CALL if action.is_send else Misuse.CALL_AS_SEND
                assert misuse_of(version, direction, other, action.name) is wrong_type
        assert misuse_of(version, None, own, action.name) is None


def test_a_version_without_send_has_no_send_at_all() -> None:
    assert misuse_of(Version.V201, UP, SEND, "NotifyPeriodicEventStream") is Misuse.NO_SUCH_TYPE
    assert misuse_of(Version.V16, UP, SEND, "Bogus") is Misuse.NO_SUCH_TYPE
    assert misuse_of(Version.V21, UP, SEND, "Bogus") is Misuse.UNKNOWN_ACTION


def test_a_version_whose_actions_are_unknown_gets_no_verdict() -> None:
    assert misuse_of(Version.V20, UP, CALL, "Heartbeat") is None


@pytest.mark.parametrize(
    ("version", "action", "hint"),
    [
        (Version.V201, "BootNotification-Signed", "a signed BootNotification, which is optional (Part 4 section 7)"),
        (Version.V16, "BootNotification-Signed", "did you mean BootNotification?"),
        (Version.V16, "TransactionEvent", "2.0, 2.0.1, 2.1 have it"),
        (Version.V201, "StartTransaction", "1.2, 1.5, 1.6 have it"),
        (Version.V16, "heartbeat", "did you mean Heartbeat?"),
        (Version.V16, "BootNotification.req", "named BootNotification, without .req"),
        (Version.V201, "AuthorizeRequest", "named Authorize, without Request"),
        (Version.V16, "StatusNotificaton", "did you mean StatusNotification?"),
    ],
)
def test_an_unknown_action_comes_with_what_was_probably_meant(version: Version, action: str, hint: str) -> None:
    assert hint in action_hint(version, action)
    sentence = sentence_of_misuse(version, UP, action, Misuse.UNKNOWN_ACTION)
    assert sentence.startswith(f"OCPP {version} has no action ")
    assert sentence.endswith(hint)


def test_an_action_that_is_like_none_comes_without_a_hint() -> None:
    assert action_hint(Version.V16, "MakeCoffee") == ""
    assert sentence_of_misuse(Version.V16, UP, "MakeCoffee", Misuse.UNKNOWN_ACTION) == (
        "OCPP 1.6 has no action MakeCoffee"
    )


def test_a_name_of_megabytes_is_cut() -> None:
    """The sentence is shown in a row of the screen and sent to the peer."""
    assert len(sentence_of_misuse(Version.V16, UP, "x " * 1_000_000, Misuse.UNKNOWN_ACTION)) < 200


def test_the_sentences_name_the_side_and_the_type() -> None:
    assert sentence_of_misuse(Version.V16, UP, "Reset", Misuse.WRONG_DIRECTION) == "a charge point does not send Reset"
    assert sentence_of_misuse(Version.V16, DOWN, "Authorize", Misuse.WRONG_DIRECTION) == (
        "a central system does not send Authorize"
    )
    stream = "NotifyPeriodicEventStream"
    assert sentence_of_misuse(Version.V21, UP, stream, Misuse.SEND_AS_CALL).endswith("sent as a SEND, not as a CALL")
    assert sentence_of_misuse(Version.V21, UP, "Heartbeat", Misuse.CALL_AS_SEND).endswith("a CALL, not as a SEND")
    assert sentence_of_misuse(Version.V16, UP, stream, Misuse.NO_SUCH_TYPE) == "OCPP 1.6 has no SEND"
