"""A sequence waits for what a person does at the charger. The wrong message would let it go on too early."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.compose.awaited_message import AwaitedMessage, awaited_message, said_in
from ocpptui.compose.call_payload import WrongPayload
from ocpptui.compose.placeholders import PlaceholderValues
from ocpptui.compose.saved_calls import WrongCallFile
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.session import Session
from tests.kit.talk import NOW, Talk

VALUES = PlaceholderValues(now=NOW, new_uuid=lambda: "u", transaction="7")


class WaitingStep:
    """The records of a central system, in which a step waits for a message of one charge point."""

    def __init__(self) -> None:
        self.session = Session(role=Role.CENTRAL_SYSTEM)
        self.talk = Talk(self.session)
        self.taken: set[int] = set()

    def waits(self, action: str, filter_text: str = "", start: int | None = None) -> Any:
        awaited = AwaitedMessage(action, filter_text)
        begin = len(self.session.timeline) if start is None else start
        return awaited.condition(self.session, "CP001", begin, self.taken, VALUES)


PREPARING = '{"connectorId":1,"errorCode":"NoError","status":"Preparing"}'
CHARGING = PREPARING.replace("Preparing", "Charging")


def test_it_is_the_first_such_message_from_its_start_on() -> None:
    log = WaitingStep()
    log.talk.call("StatusNotification", PREPARING)  # before the step
    found = log.waits("StatusNotification")
    assert found() is None
    log.talk.exchange("Heartbeat")
    assert found() is None
    index = log.talk.call("StatusNotification", PREPARING)
    assert found() == index


def test_only_the_charge_point_of_the_step_is_heard_and_not_ourselves() -> None:
    log = WaitingStep()
    found = log.waits("DataTransfer")
    log.talk.call("DataTransfer", charge_point="CP002")
    log.talk.call("DataTransfer", direction=Direction.TO_CHARGE_POINT)
    assert found() is None
    index = log.talk.call("DataTransfer")
    assert found() == index


def test_the_filter_decides_which_of_them_it_is() -> None:
    log = WaitingStep()
    found = log.waits("*", "connectorId=1 status=Charging")
    log.talk.call("StatusNotification", PREPARING)
    assert found() is None
    index = log.talk.call("StatusNotification", CHARGING)
    assert found() == index


def test_a_placeholder_in_the_filter_has_the_value_of_the_run() -> None:
    log = WaitingStep()
    found = log.waits("MeterValues", "transactionId=${transaction}")
    log.talk.call("MeterValues", '{"connectorId":1,"transactionId":6,"meterValue":[]}')
    assert found() is None
    index = log.talk.call("MeterValues", '{"connectorId":1,"transactionId":7,"meterValue":[]}')
    assert found() == index


def test_a_message_that_another_step_has_taken_is_not_taken_again() -> None:
    """Two steps that wait for a Heartbeat wait for two of them."""
    log = WaitingStep()
    first = log.talk.call("Heartbeat")
    log.taken.add(first)
    found = log.waits("Heartbeat", start=0)
    assert found() is None
    second = log.talk.call("Heartbeat")
    assert found() == second


def test_a_filter_that_breaks_with_its_values_is_a_sentence() -> None:
    with pytest.raises(WrongPayload, match="the filter"):
        WaitingStep().waits("*", "after:${transaction}")


@pytest.mark.parametrize(
    ("content", "action", "says"),
    [
        ({"filter": 5}, "Heartbeat", "filter is a text in quotes"),
        ({}, " ", "expect is the action"),
        ({"filter": "status="}, "Heartbeat", "does not work"),
        ({"filter": "(a"}, "Heartbeat", "does not work"),
    ],
)
def test_a_step_that_cannot_wait_is_refused_when_the_file_is_read(
    content: dict[str, Any], action: str, says: str
) -> None:
    """And not after half of the sequence was sent."""
    with pytest.raises(WrongCallFile, match=says):
        awaited_message(content, action)


def test_a_person_reads_what_is_waited_for() -> None:
    assert awaited_message({"filter": "connectorId=1"}, "* ").words == "any message with connectorId=1"
    assert awaited_message({}, " Heartbeat").words == "Heartbeat"
    assert awaited_message({"filter": "id=${transaction}"}, "Heartbeat").filter == "id=${transaction}"
    assert "Preparing" in said_in(parse(f'[2,"1","StatusNotification",{PREPARING}]'), Version.V16)
    assert said_in(parse("["), Version.V16) == ""
