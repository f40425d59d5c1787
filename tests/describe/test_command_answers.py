"""What the answer to a command is said to be. If these fail, a refusal passes for a success."""

from __future__ import annotations

import pytest

from ocpptui.describe.command_answers import MEANINGS, answer_words
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.refused_request import ACCEPTANCES, REFUSALS
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version


def said(action: str, text: str, version: Version = Version.V16) -> tuple[str, bool]:
    return answer_words(version, action, parse(text))


@pytest.mark.parametrize(
    ("action", "answer", "words", "is_refused"),
    [
        ("Reset", '[3,"1",{"status":"Accepted"}]', "Accepted", False),
        ("UnlockConnector", '[3,"1",{"status":"Unlocked"}]', "Unlocked", False),
        ("UnlockConnector", '[3,"1",{"status":"UnlockFailed"}]', "UnlockFailed: the lock did not open", True),
        ("RemoteStartTransaction", '[3,"1",{"status":"Rejected"}]', "Rejected: it does not start a charge", True),
        ("ChangeAvailability", '[3,"1",{"status":"Scheduled"}]', "Scheduled: when the running charge has ended", False),
        ("GetLog", '[3,"1",{"status":"Rejected","filename":"a"}]', "Rejected: it does not upload that log; ", True),
        ("GetDiagnostics", '[3,"1",{}]', "it has no diagnostics to upload", True),
        ("GetDiagnostics", '[3,"1",{"fileName":"a.log"}]', "fileName a.log", False),
        ("UpdateFirmware", '[3,"1",{}]', "received; its FirmwareStatusNotification says more", False),
        ("GetLocalListVersion", '[3,"1",{"listVersion":7}]', "listVersion 7", False),
        ("Reset", '[3,"1",{}]', "answered, without any field; the answer breaks its schema", True),
        ("Reset", '[3,"1",{"status":"Perhaps"}]', "Perhaps; the answer breaks its schema", True),
        ("Reset", '[3,"1",{"status":"Accepted","x":1}]', "the answer breaks its schema", False),
        ("Reset", '[4,"1","NotSupported","No reset.",{}]', "CALLERROR NotSupported No reset.", True),
    ],
)
def test_an_answer_is_said_as_it_came_with_its_meaning(action: str, answer: str, words: str, is_refused: bool) -> None:
    text, refused = said(action, answer)
    assert words in text
    assert refused is is_refused


def test_what_is_no_message_is_no_success() -> None:
    assert isinstance(parse("[3,"), Malformed)
    assert said("Reset", "[3,")[1]
    assert answer_words(None, "Reset", None).is_refused


def test_every_meaning_is_of_a_status_that_its_answer_can_have() -> None:
    """A misspelt status would never be explained."""
    for action, status in MEANINGS:
        if not action:
            assert status in REFUSALS | ACCEPTANCES, status
            continue
        trees = [field_tree(version, action, Part.RESPONSE) for version in Version]
        fields = [tree.child("status") for tree in trees if tree is not None]
        assert any(field is not None and status in field.enum for field in fields), (action, status)


def test_the_message_of_a_refusal_stays() -> None:
    frame = parse('[3,"1",{"status":"Rejected","statusInfo":{"reasonCode":"TxInProgress"}}]')
    assert isinstance(frame, Message)
    words = answer_words(Version.V201, "RequestStartTransaction", frame)
    assert words == ("Rejected: it does not start a charge; TxInProgress", True)
