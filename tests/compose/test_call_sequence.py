"""A sequence says what it sends and expects; an answer is as expected or a surprise with its reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocpptui.compose.awaited_message import AwaitedMessage
from ocpptui.compose.call_sequence import CallSequence, call_sequence, surprise_in
from ocpptui.compose.saved_calls import SavedCall, WrongCallFile
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version

SAVED = {"reset": SavedCall("Reset", '{"type": "Soft"}')}


def read(text: str) -> CallSequence:
    def saved(name: str) -> SavedCall:
        if name not in SAVED:
            raise WrongCallFile(f"Nothing is saved as {name!r}.")
        return SAVED[name]

    return call_sequence(text, "test", saved)


def answer(payload: Any) -> Message:
    frame = parse(json.dumps([3, "1", payload]))
    assert isinstance(frame, Message)
    return frame


def error(code: str) -> Message:
    frame = parse(json.dumps([4, "1", code, "no", {}]))
    assert isinstance(frame, Message)
    return frame


def surprise(step: str, frame: Message) -> str:
    action = "" if "action" in step or "call" in step else 'action = "Vendor"\n'
    return surprise_in(Version.V16, read(f"[[step]]\n{action}{step}").steps[0], frame)


def test_a_step_has_all_that_the_file_says() -> None:
    steps = read(
        '[[step]]\ncall = "reset"\nfields = ["type=Hard"]\npause = 1.5\nto = "CP2"\n'
        '[[step]]\ntitle = "odd"\naction = "DataTransfer"\npayload = {vendorId = "x"}\ntimeout = 5\nanyway = true\n'
    ).steps
    assert (steps[0].title, steps[0].what, steps[0].fields, steps[0].pause, steps[0].to) == (
        "reset", SAVED["reset"], ("type=Hard",), 1.5, "CP2",
    )  # fmt: skip
    assert (steps[1].title, steps[1].what, steps[1].timeout, steps[1].anyway) == (
        "odd", SavedCall("DataTransfer", '{"vendorId":"x"}'), 5.0, True,
    )  # fmt: skip


def test_a_step_that_waits_has_the_action_and_the_filter_of_the_message() -> None:
    plain, full = read(
        '[[step]]\nexpect = "BootNotification"\n'
        '[[step]]\ntitle = "plugged in"\nexpect = "*"\nfilter = "connectorId=1"\ntimeout = 90\nto = "CP2"\n'
    ).steps
    assert (plain.title, plain.what) == ("BootNotification", AwaitedMessage("BootNotification"))
    assert (full.title, full.what, full.timeout, full.to) == (
        "plugged in", AwaitedMessage("*", "connectorId=1"), 90.0, "CP2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expect", "payload"),
    [
        ("", {"status": "Accepted"}),
        ("", {}),
        ('expect = {status = "Rejected"}', {"status": "Rejected"}),
        ('expect = {status = ["Accepted", "Rejected"]}', {"status": "Rejected"}),
        ('expect = {idTagInfo.status = "Accepted"}', {"idTagInfo": {"status": "Accepted"}}),
        ('expect = {"idTagInfo.status" = "Accepted"}', {"idTagInfo": {"status": "Accepted"}}),
        ('expect = {"list[1].key" = "b"}', {"list": [{"key": "a"}, {"key": "b"}]}),
        ('expect = {"list[].key" = "b"}', {"list": [{"key": "a"}, {"key": "b"}]}),
        ("expect = {n = 5, f = 1.5, b = false}", {"n": 5, "f": 1.5, "b": False}),
    ],
)
def test_an_answer_as_expected_is_no_surprise(expect: str, payload: Any) -> None:
    assert surprise(expect, answer(payload)) == ""


@pytest.mark.parametrize(
    ("expect", "payload", "says"),
    [
        ("", {"status": "Rejected"}, "Rejected"),
        ("", {"idTagInfo": {"status": "Blocked"}}, "Blocked"),
        ('expect = {status = "Accepted"}', {"status": "Rejected"}, 'status is "Rejected", expected was "Accepted"'),
        ('expect = {status = "Accepted"}', {}, "status is missing"),
        ("expect = {n = 1}", {"n": True}, "n is true, expected was 1"),
        ("expect = {n = 1}", {"n": "1"}, 'n is "1", expected was 1'),
        ('expect = {"list[2].key" = "b"}', {"list": [{"key": "b"}]}, "list[2].key is missing"),
        ("expect = {n = 1}", {"n": 1, "status": "Rejected"}, "Rejected"),
        ('error = "NotSupported"', {"status": "Accepted"}, "CALLERROR NotSupported was expected"),
    ],
)
def test_any_other_answer_is_a_surprise(expect: str, payload: Any, says: str) -> None:
    assert says in surprise(expect, answer(payload))


def test_a_call_error_is_a_surprise_unless_it_is_the_expected_one() -> None:
    assert "NotSupported" in surprise("", error("NotSupported"))
    assert surprise('error = "NotSupported"', error("NotSupported")) == ""
    assert surprise("error = true", error("InternalError")) == ""
    assert "InternalError" in surprise('error = "NotSupported"', error("InternalError"))
    assert surprise_in(Version.V16, read('[[step]]\ncall = "reset"').steps[0], None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no steps"),
        ("step = []", "no steps"),
        ("[[step]]\n", "Step 1: It has no action"),
        ('[[step]]\ncall = "reset"\n[[step]]\ncall = "rest"', "Step 2: Nothing is saved"),
        ('[[step]]\ncall = "reset"\naction = "Reset"', "for other steps"),
        ('[[step]]\ncall = "reset"\ntimeout = -1', "number of seconds"),
        ('[[step]]\ncall = "reset"\ntimeout = nan', "number of seconds"),
        ('[[step]]\ncall = "reset"\nfields = "a=1"', "list of texts"),
        (
            '[[step]]\ncall = "reset"\nexpect = "Accepted"',
            "call is for a step that sends. What is expected of an answer",
        ),
        ('[[step]]\ncall = "reset"\nexpect = 5', "expect is a table"),
        ('[[step]]\nexpect = ""', "expect is the action of the message"),
        ('[[step]]\nexpect = "Heartbeat"\nfilter = 5', "filter is a text"),
        ('[[step]]\nexpect = "Heartbeat"\nfilter = "(a"', "a bracket is not closed"),
        ('[[step]]\nexpect = "Heartbeat"\nerror = true', "error is for a step that sends"),
        ('[[step]]\ncall = "reset"\nfilter = "a"', "filter is for a step that waits"),
        ('[[step]]\naction = "NotifyPeriodicEventStream"\nexpect = {status = "a"}', "is a SEND, which is not answered"),
        ('[[step]]\naction = "NotifyPeriodicEventStream"\nerror = true', "is a SEND, which is not answered"),
        ('[[step]]\ncall = "reset"\nexpect = {status = []}', "list of what it may be"),
        ('[[step]]\ncall = "reset"\nexpect = {"a b." = 1}', "not the path of a field"),
        ('[[step]]\ncall = "reset"\nexpected = {status = "a"}', "did you mean expect"),
        ('[[step]]\ncall = "reset"\nerror = true\nexpect = {a = 1}', "either an answer or a CALLERROR"),
        ('seed = 1\n[[step]]\ncall = "reset"', "no setting 'seed'"),
    ],
)
def test_a_wrong_file_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(WrongCallFile) as wrong:
        read(text)
    assert says in str(wrong.value)
