from __future__ import annotations

from ocpptui.ocpp.did_you_mean import nearest

NAMES = ["Heartbeat", "BootNotification", "StatusNotification"]


def test_a_wrong_case_or_a_slip_finds_the_name() -> None:
    assert nearest("heartbeat", NAMES) == "Heartbeat"
    assert nearest("BootNotificaton", NAMES) == "BootNotification"


def test_a_beginning_finds_the_only_name_that_has_it() -> None:
    """Whoever knows the first word of an action would have to look the rest up."""
    assert nearest("Boot", NAMES) == "BootNotification"
    assert nearest("status", NAMES) == "StatusNotification"
    assert nearest("Bo", NAMES) is None
    assert nearest("Boot", [*NAMES, "BootReason"]) is None


def test_something_else_finds_nothing() -> None:
    assert nearest("Reset", NAMES) is None
    assert nearest("", NAMES) is None
    assert nearest("x" * 10_000_000, NAMES) is None
