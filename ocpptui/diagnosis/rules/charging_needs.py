"""Charging needs of a car with ISO 15118: whether the CSMS answers them with a charging profile."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_stray
from ocpptui.diagnosis.profile_traces import profile_call
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, Direction
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _needs(status: str = "Accepted") -> str:
    needs = '{"requestedEnergyTransfer":"AC_three_phase"}'
    return (
        f'10:00:00 > NotifyEVChargingNeeds {{"evseId":1,"chargingNeeds":{needs}}}\n'
        f'10:00:01 < ok {{"status":"{status}"}}\n'
    )


_PROFILE = profile_call(chargingProfilePurpose="TxProfile", transactionId="t1", generation=2)
_LATER = "10:01:31 > Heartbeat {}"
_ENDED = (
    '10:00:20 > TransactionEvent {"eventType":"Ended","timestamp":"2026-01-01T10:00:20Z","triggerReason":"EVDeparted",'
    '"seqNo":3,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}\n10:00:20 < ok\n'
)

UNSERVED = Rule(
    "profile.needs-unserved",
    Severity.WARNING,
    "The CSMS accepts the charging needs of a car, but sends no charging profile.",
    "OCPP 2.0.1 and 2.1 Part 2 K15.FR.07, K15.FR.08, K17.FR.07 and K17.FR.08",
    versions=SECOND_GENERATION,
    says="The CSMS answered {status}, but in {waited} it sent no SetChargingProfile for EVSE {evse}.",
    remedy="The car waits for a schedule, then charges by the TxDefaultProfile, or not at all.",
    positive=(f"2.0.1\n* {_needs()}{_LATER}", f"2.0.1\n* {_needs('Processing')}{_LATER}"),
    negative=(
        f"2.0.1\n{_needs()}10:00:04 < {_PROFILE}\n{_LATER}",
        f"2.0.1\n{_needs('Rejected')}{_LATER}",
        f"2.0.1\n{_needs()}",
        f"2.0.1\n{_needs()}{_ENDED}{_LATER}",
        f"2.0.1\n{_needs()}10:00:20 closed\n10:00:30 opened\n{_LATER}",
        f'2.0.1\n{_needs()}10:00:20 > [3,"x",{{"status":"Accepted"}}]\n{_LATER}',
        f"2.0.1\n{_needs()}{_LATER}".replace("10:00:01 <", "- <"),
        f"2.0.1\n{_needs()}10:01:31 CP2 > Heartbeat {{}}",
    ),
)

RULES = (UNSERVED,)


class ChargingNeedsChecker(Checker):
    """Waits for the charging profile that a car needs."""

    def begin(self) -> None:
        self.waiting: set[int] = set()  # EVSEs

    @on_exchange("NotifyEVChargingNeeds")
    def needs(self, call: Seen, answer: Seen) -> None:
        status, evse, index = answer.text("status"), call.integer("evseId"), call.index
        if status not in ("Accepted", "Processing") or evse is None or not answer.is_timed or len(self.waiting) > 100:
            return
        wait = round(self.limits.command_patience * SECOND)
        self.waiting.add(evse)

        def missed() -> None:
            self.waiting.discard(evse)
            self.found(UNSERVED, index, status=Phrase(status), waited=TimeSpan(wait), evse=evse)

        self.wait(f"needs {evse}", answer.clock + wait, missed)

    @on_call("SetChargingProfile")
    def served(self, call: Seen) -> None:
        self.stop(call.integer("evseId"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if self.waiting and call.text("eventType") == "Ended":
            self.stop(call.integer("evse", "id"))

    def stop(self, evse: int | None) -> None:
        """Wait no longer for an EVSE; None or 0: for any."""
        for one in list(self.waiting):
            if evse in (None, 0, one):
                self.waiting.discard(one)
                self.stop_waiting(f"needs {one}")

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CSMS:  # the call that the recording lacks may be what is waited for
            self.stop(None)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop(None)
