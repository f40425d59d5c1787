"""How charge points are registered. If these fail, a test of Pending or Rejected does not happen, or never ends."""

from __future__ import annotations

import pytest

from ocpptui.simulator.registrations import RegistrationPlan, Registrations, named_plan, registration_plan


def test_pending_and_rejected_last_for_some_boots_or_until_told() -> None:
    registrations = Registrations(RegistrationPlan("Rejected", 2), {"CP2": RegistrationPlan("Pending")})
    assert str(registrations.left("CP1")) == "Rejected for 2 boots"
    assert registrations.booted("CP1") == "Rejected"
    assert str(registrations.left("CP1")) == "Rejected for 1 boot"
    assert [registrations.booted("CP1") for _ in range(3)] == ["Rejected", "Accepted", "Accepted"]
    assert registrations.left("CP1") == RegistrationPlan()
    assert [registrations.booted("CP2") for _ in range(3)] == ["Pending"] * 3
    registrations.change(RegistrationPlan(), "CP2")
    assert registrations.status("CP2") == "Pending", "a plan is not an answer"
    assert registrations.booted("CP2") == registrations.status("CP2") == "Accepted"
    assert registrations.status("CP3") == ""


def test_a_change_counts_boots_anew() -> None:
    registrations = Registrations()
    registrations.booted("CP1")
    registrations.change(RegistrationPlan("Pending", 1), "CP1")
    assert [registrations.booted("CP1") for _ in range(2)] == ["Pending", "Accepted"]
    registrations.change(RegistrationPlan("Rejected", 1))
    assert [registrations.booted("CP1") for _ in range(2)] == ["Rejected", "Accepted"]
    assert registrations.booted("CP9") == "Rejected"


def test_the_next_process_goes_on() -> None:
    plan = RegistrationPlan("Pending", 2)
    first, second = Registrations(plan), Registrations(plan)
    first.booted("CP1")
    second.take({"registrations": [*first.kept(), {"chargePoint": "CP2", "status": "Perhaps"}]})
    assert second.status("CP1") == "Pending" and second.status("CP2") == ""
    assert [second.booted("CP1") for _ in range(2)] == ["Pending", "Accepted"]


def test_plans_are_read_as_users_write_them() -> None:
    assert registration_plan("pending") == RegistrationPlan("Pending")
    assert registration_plan("Rejected:3") == RegistrationPlan("Rejected", 3)
    assert str(registration_plan("rejected:3")) == "Rejected for 3 boots"
    assert named_plan("accepted") == ("", RegistrationPlan())
    assert named_plan("CP:1=2=pending:1") == ("CP:1=2", RegistrationPlan("Pending", 1))


@pytest.mark.parametrize("text", ["", "maybe", "pending:", "pending:0", "pending:-1", "pending:x", "CP1=", "CP1"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="registration|number of boots"):
        named_plan(text)
