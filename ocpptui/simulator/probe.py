"""What a central system asks a charge point by itself after each connection: its configuration, then its state.

A charge point that boots by itself is asked once it is registered, one that says nothing after a while. One question
follows the answer to the other, and a charge point that is rejected is asked nothing (2.x B03.FR.03).
"""

from __future__ import annotations

from enum import Enum, auto

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, text_at
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.version import Version
from ocpptui.simulator.effects import Effect, SendCall

BOOT_PATIENCE = 5 * SECOND
"""Microseconds for a BootNotification, after the connection or the trigger."""
REPORT_PATIENCE = 60 * SECOND
"""Microseconds for the next part of a report."""


class _Step(Enum):
    IDLE = auto()
    AWAITS_BOOT = auto()
    READS = auto()
    TRIGGERS_BOOT = auto()


class Probe:
    """The questions on one connection after another."""

    def __init__(self, version: Version) -> None:
        self.due: int | None = None
        """When `tick` is due, in microseconds since 1970-01-01 UTC."""
        self._version = version
        self._step = _Step.IDLE
        self._report = 0  # the requestId
        self._connectors: set[tuple[int, int]] = set()  # EVSE and connector, as reports name them (2.x)

    def opened(self, now: int) -> None:
        """The connection is open: give the charge point the time to boot."""
        self._step, self.due = _Step.AWAITS_BOOT, now + BOOT_PATIENCE

    def closed(self) -> None:
        """The connection is gone."""
        self._step, self.due = _Step.IDLE, None

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.due = None if self.due is None else self.due + by

    def booted(self, status: str, now: int) -> list[Effect]:
        """A BootNotification was answered."""
        if status == "Rejected":
            self.due = None
            self._step = _Step.IDLE if self._step is not _Step.AWAITS_BOOT else self._step
            return []
        if self._step is _Step.AWAITS_BOOT:
            return self._read(now)
        return self._states() if self._step is _Step.TRIGGERS_BOOT else []

    def tick(self, registration: str, now: int) -> list[Effect]:
        """What did not come in time is not waited for; `registration` is the status that was answered last."""
        if self.due is None or now < self.due:
            return []
        self.due = None
        if self._step is _Step.AWAITS_BOOT:
            return [] if registration == "Rejected" else self._read(now)
        return self._after_reading(registration) if self._step is _Step.READS else self._states()

    def heard(self, action: str, request: Payload, registration: str, now: int) -> list[Effect]:
        """A call of the charge point, perhaps a part of the report."""
        if action != "NotifyReport" or self._step is not _Step.READS or request.get("requestId") != self._report:
            return []
        for part in objects_at(request, "reportData"):
            evse = object_at(part, "component", "evse")
            number, connector = integer_at(evse, "id") or 0, integer_at(evse, "connectorId") or 0
            if number:
                self._connectors.add((number, connector))
        self.due = now + REPORT_PATIENCE
        return [] if request.get("tbc") is True else self._after_reading(registration)

    def answered(self, action: str, sent: Payload, answer: Message | None, registration: str, now: int) -> list[Effect]:
        """The answer to one of our calls; None if none came."""
        is_done = (
            answer is not None and answer.kind is MessageKind.CALLRESULT and not refused_with(answer.payload)
        )  # fmt: skip
        if self._step is _Step.READS and action == "GetConfiguration":
            return self._after_reading(registration)
        if self._step is _Step.READS and action == "GetBaseReport" and sent.get("requestId") == self._report:
            if not is_done:
                return self._after_reading(registration)
            self.due = now + REPORT_PATIENCE
        is_boot = action == "TriggerMessage" and text_at(sent, "requestedMessage") == "BootNotification"
        if self._step is _Step.TRIGGERS_BOOT and is_boot:
            if not is_done:
                return self._states()
            self.due = now + BOOT_PATIENCE
        return []

    def _read(self, now: int) -> list[Effect]:
        self._step, self.due = _Step.READS, None
        if self._version.generation == 1:
            return [SendCall("GetConfiguration", {})]
        self._connectors.clear()
        self._report = now // SECOND % 2**31
        return [SendCall("GetBaseReport", {"requestId": self._report, "reportBase": "FullInventory"})]

    def _after_reading(self, registration: str) -> list[Effect]:
        self.due = None
        if registration == "Rejected":
            self._step = _Step.IDLE
            return []
        if registration:
            return self._states()
        self._step = _Step.TRIGGERS_BOOT
        return [SendCall("TriggerMessage", {"requestedMessage": "BootNotification"})]

    def _states(self) -> list[Effect]:
        """StatusNotification of everything in 1.6, of each connector in 2.x (F06.FR.12)."""
        self._step, self.due = _Step.IDLE, None
        wanted: Payload = {"requestedMessage": "StatusNotification"}
        if self._version.generation == 1:
            return [SendCall("TriggerMessage", wanted)]
        named = {one for one in self._connectors if one[1]}
        whole = {(number, 1) for number, _ in self._connectors} - {(number, 1) for number, _ in named}
        return [
            SendCall("TriggerMessage", {**wanted, "evse": {"id": number, "connectorId": connector}})
            for number, connector in sorted(named | whole) or [(1, 1)]
        ]
