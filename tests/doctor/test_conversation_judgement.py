"""What the steps over an open connection make of what they saw. A threshold that is off blames the wrong side."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.doctor.conversation_judgement import OFF, boot_step, clock_step, idle_step, ping_step
from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version

NOW = 1_795_341_723_000_000
CLOSED: dict[str, Any] = {"event": "closed", "closedBy": "peer", "closeCode": 1008}


def codes(step: ExaminedStep) -> list[str]:
    return [remark.code for remark in step.remarks]


def answer(text: str) -> Message:
    found = parse(text)
    assert isinstance(found, Message)
    return found


@pytest.mark.parametrize(
    ("round_trip", "end", "code", "state"),
    [
        (0.02, None, "ping", StepState.OK),
        (1.999, None, "ping", StepState.OK),
        (2.0, None, "ping-slow", StepState.WARNING),
        (None, None, "ping-unanswered", StepState.WARNING),
        (None, CLOSED, "closed-after-upgrade", StepState.FAILED),
        (0.02, CLOSED, "ping", StepState.OK),  # it ended later, which is another step
    ],
)
def test_a_ping(round_trip: float | None, end: dict[str, Any] | None, code: str, state: StepState) -> None:
    step = ping_step(round_trip, end, 5.0)
    assert (codes(step), step.state) == ([code], state)


@pytest.mark.parametrize(
    ("ahead", "code", "words"),
    [
        (0, "clock-agrees", ""),
        (OFF - 1, "clock-agrees", ""),
        (OFF, "clock-differs", "behind"),
        (-OFF, "clock-differs", "ahead"),
    ],
)
def test_the_clock_of_this_machine_is_compared_with_the_nearest_reading_of_the_server(
    ahead: int, code: str, words: str
) -> None:
    """An answer that came late has an older Date, which says nothing about the clock."""
    step = clock_step([(NOW - 600 * SECOND, NOW), (NOW + ahead, NOW)], certificate_would_be_valid=False)
    assert codes(step) == [code]
    assert words in step.remarks[0].sentence


def test_a_clock_that_breaks_the_certificate_is_a_failure() -> None:
    step = clock_step([(NOW, NOW - 3600 * SECOND)], certificate_would_be_valid=True)
    assert (codes(step), step.state) == (["clock-breaks-certificate"], StepState.FAILED)
    assert clock_step([], certificate_would_be_valid=False).state is StepState.SKIPPED


@pytest.mark.parametrize(
    ("payload", "expected", "state"),
    [
        ('{"status":"Accepted","currentTime":"%s","interval":300}', ["boot-accepted", "clock-agrees"], StepState.OK),
        ('{"status":"Pending","currentTime":"%s","interval":300}', ["boot-pending", "clock-agrees"], StepState.WARNING),
        ('{"status":"Rejected","currentTime":"%s","interval":9}', ["boot-rejected", "clock-agrees"], StepState.FAILED),
        ('{"status":"Accepted","interval":300}', ["boot-accepted", "boot-answer-invalid"], StepState.FAILED),
        ('{"status":"accepted","currentTime":"%s","interval":1}', ["boot-answer-invalid", "clock-agrees"], None),
        ("[]", ["boot-answer-invalid"], StepState.FAILED),
    ],
)
def test_an_answer_to_boot_notification(payload: str, expected: list[str], state: StepState | None) -> None:
    """Nothing is called accepted but the one status of the standard."""
    text = f'[3,"1",{payload.replace("%s", date_time(NOW))}]'
    step = boot_step(answer(text), Version.V16, 20_000, 10.0, NOW)
    assert sorted(codes(step)) == sorted(expected)
    assert step.state is (state or StepState.FAILED)


def test_no_answer_and_an_error_fail() -> None:
    assert codes(boot_step(None, Version.V16, 0, 10.0, NOW)) == ["boot-unanswered"]
    step = boot_step(answer('[4,"1","InternalError","no such id.",{}]'), Version.V16, 0, 10.0, NOW)
    assert codes(step) == ["boot-error"]
    assert step.remarks[0].sentence == "It answered BootNotification with InternalError: no such id."


def test_silence_lasts_or_a_ping_interval_below_it_is_advised() -> None:
    assert codes(idle_step(60.0, None, 60.0, 0)) == ["idle-survived"]
    step = idle_step(60.0, CLOSED, 30.0, 2)
    assert codes(step)[0] == "idle-time-out"
    assert "less than 24 s" in step.remarks[0].advice
    assert step.seen == ("2 calls of the central system came, without an answer from us",)
