"""How a central system registers charge points: at once, later, or not at all.

Source: OCPP 1.6 section 4.2, OCPP 2.x use cases B01 to B03.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.payload import Payload, integer_at, objects_at, text_at
from ocpptui.runtime.bounded import put

REGISTRATION_STATUSES = ("Accepted", "Pending", "Rejected")
MOST_CHARGE_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class RegistrationPlan:
    """The answer to BootNotification."""

    status: str = "Accepted"
    boots: int = 0
    """For so many of them, after which the answer is Accepted; 0: until the plan is changed."""

    def __str__(self) -> str:
        if not self.boots:
            return self.status
        return f"{self.status} for {counted(self.boots, 'boot')}"


def registration_plan(text: str) -> RegistrationPlan:
    """A plan as users write it: `accepted`, `pending`, or `rejected:3` for three boots. Raises ValueError."""
    name, colon, number = text.partition(":")
    status = name.strip().capitalize()
    if status not in REGISTRATION_STATUSES:
        raise ValueError(f"{text!r} is not a registration; write accepted, pending or rejected, or pending:3")
    if not colon:
        return RegistrationPlan(status)
    if not (number.isascii() and number.isdecimal() and 0 < int(number) <= 1_000_000):
        raise ValueError(f"{text!r}: after the colon is a number of boots")
    return RegistrationPlan(status, int(number))


def named_plan(text: str) -> tuple[str, RegistrationPlan]:
    """The same with a charge point before it, `CP001=pending:3`; the name is empty for all. Raises ValueError."""
    name, _, plan = text.rpartition("=")
    return name.strip(), registration_plan(plan)


class Registrations:
    """The plans for all charge points, and what each was answered last."""

    def __init__(
        self, plan: RegistrationPlan | None = None, named: Mapping[str, RegistrationPlan] | None = None
    ) -> None:
        self._plan = plan or RegistrationPlan()
        self._named = dict(named or {})
        self._boots: dict[str, int] = {}  # the boots that were answered by the plan in force
        self._status: dict[str, str] = {}

    def plan(self, charge_point: str) -> RegistrationPlan:
        """The plan for a charge point; the name is empty for those that have none of their own."""
        return self._named.get(charge_point, self._plan)

    def left(self, charge_point: str) -> RegistrationPlan:
        """What is left of the plan after the boots that were answered."""
        plan, before = self.plan(charge_point), self._boots.get(charge_point, 0)
        if not plan.boots:
            return plan
        return RegistrationPlan(plan.status, plan.boots - before) if before < plan.boots else RegistrationPlan()

    def change(self, plan: RegistrationPlan, charge_point: str = "") -> None:
        """Answer the next BootNotification of a charge point, or of all, by another plan."""
        if charge_point:
            self._named[charge_point] = plan
            self._boots.pop(charge_point, None)
        else:
            self._plan = plan
            self._named.clear()
            self._boots.clear()

    def booted(self, charge_point: str) -> str:
        """The answer to a BootNotification."""
        status = self.left(charge_point).status
        put(self._boots, charge_point, self._boots.get(charge_point, 0) + 1, MOST_CHARGE_POINTS)
        put(self._status, charge_point, status, MOST_CHARGE_POINTS)
        return status

    def status(self, charge_point: str) -> str:
        """What its last BootNotification was answered; empty if it has sent none."""
        return self._status.get(charge_point, "")

    def kept(self) -> list[Payload]:
        """What was answered, as plain values; the plans are settings and not kept."""
        return [
            {"chargePoint": name, "status": status, "boots": self._boots.get(name, 0)}
            for name, status in self._status.items()
        ]

    def take(self, kept: Payload) -> None:
        """Go on from such values, which are under `registrations`."""
        for one in objects_at(kept, "registrations"):
            name, status = text_at(one, "chargePoint") or "", text_at(one, "status") or ""
            if status in REGISTRATION_STATUSES:
                self._status[name] = status
                self._boots[name] = integer_at(one, "boots") or 0
