"""ChangeAvailability: whether the connectors become what it asks for, and stay so."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import RunningTransactionChecker
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_16, START_16, STILL_THERE, STOP_16, event_2, status_2, status_16
from ocpptui.ocpp.connector_states import OUT_OF_USE
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _change(wanted: str = "Inoperative", status: str = "Accepted", connector: int = 1, at: str = "10:05:00") -> str:
    return (
        f'{at} < ChangeAvailability {{"connectorId":{connector},"type":"{wanted}"}}\n'
        f'{at} > ok {{"status":"{status}"}}\n'
    )


def _change_2(status: str = "Accepted") -> str:
    return (
        '10:05:00 < ChangeAvailability {"operationalStatus":"Inoperative","evse":{"id":1}}\n'
        f'10:05:01 > ok {{"status":"{status}"}}\n'
    )


_AVAILABLE = status_16("Available", "10:00:00")
_CLOSED = status_16("Unavailable", "10:00:00")
_WHILE_IT_RUNS = f"{START_16}{_change().replace('10:05:00 >', '* 10:05:00 >')}"
_TOLD_LATE = STOP_16.replace("T10:02:00Z", "T10:04:59Z").replace("10:02:0", "10:05:1")
_AGAIN = BOOT_16.replace("10:00", "10:06")

UNKEPT = Rule(
    "cmd.availability",
    Severity.WARNING,
    "The charge point agreed to change its availability, but does not do it, or does it at the wrong time.",
    "OCPP 1.6 section 5.2; OCPP 2.0.1 and 2.1 Part 2 G03.FR.04, G03.FR.05, G04.FR.05 and G04.FR.06",
    says="The charge point agreed to become {wanted}, but {what}{transaction}{more}.",
    remedy="It must report the new status. While a transaction runs, it must answer Scheduled and wait for its end.",
    positive=(
        f"{_AVAILABLE}* {_change()}{STILL_THERE}",
        f"{_CLOSED}* {_change('Operative')}{STILL_THERE}",
        f"2.0.1\n{status_2('Available', '10:00:00')}* {_change_2()}{STILL_THERE}",
        f"{_WHILE_IT_RUNS}{STILL_THERE}",
        f"{_WHILE_IT_RUNS}{STOP_16.replace('10:02:0', '10:05:3')}",
        f"2.0.1\n{event_2('Started', '10:01:00')}{_change_2().replace('10:05:01', '* 10:05:01')}{STILL_THERE}",
    ),
    negative=(
        f"{_AVAILABLE}{_change()}{status_16('Unavailable', '10:05:02')}{STILL_THERE}",
        f"{_CLOSED}{_change()}{STILL_THERE}",
        f"{_CLOSED}{_change('Operative')}{status_16('Available', '10:05:02')}{STILL_THERE}",
        f"{_AVAILABLE}{_change('Operative')}{STILL_THERE}",
        f"{_change()}{STILL_THERE}",
        f"{_AVAILABLE}{_change(status='Rejected')}{STILL_THERE}",
        f"{_AVAILABLE}{_change()}10:05:10 closed\n10:10:00 opened\n{STILL_THERE}",
        f"{START_16}{_change(status='Scheduled')}{STILL_THERE}",
        f"{START_16}{STOP_16}{_change()}",
        f"{START_16}{_change(connector=2)}",
        # The end of the transaction is in the queue, or may be.
        f"{START_16}{_change()}{_TOLD_LATE}{STILL_THERE}",
        f"{START_16}{_change()}",
        f"2.0.1\n{event_2('Started', '10:01:00')}{_change_2()}{event_2('Ended', '10:05:02', 1)}{STILL_THERE}",
        f"{START_16}10:02:00 closed\n10:03:00 opened\n{_change()}",
        f"2.0.1\n{event_2('Started', '10:01:00')}{_change_2('Scheduled')}",
        f"{_AVAILABLE}{_change()}{status_16('Unavailable', '10:05:02')}10:20:00 CP2 > Heartbeat {{}}",
    ),
)

FORGOTTEN = Rule(
    "cmd.unavailable-after-boot",
    Severity.WARNING,
    "A connector that was set Inoperative is Available after a restart.",
    "OCPP 1.6 sections 4.9 and 5.2; OCPP 2.0.1 and 2.1 Part 2 B01.FR.07 and G03.FR.08",
    says="{place} was set Inoperative before the restart, and reports {status} after it.",
    remedy="The charge point must keep its availability over a restart. Drivers can use what the operator has taken "
    "out of service.",
    positive=(
        f"{_AVAILABLE}{_change()}{status_16('Unavailable', '10:05:02')}{_AGAIN}* {status_16('Available', '10:06:05')}",
        f"{_change(connector=0)}{_AGAIN}* {status_16('Available', '10:06:05')}{status_16('Available', '10:06:06', 2)}",
        (
            f"2.0.1\n{_change_2()}10:06:00 > BootNotification "
            '{"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}\n'
            f"* {status_2('Available', '10:06:05')}"
        ),
    ),
    negative=(
        f"{_AVAILABLE}{_change()}{_AGAIN}{status_16('Unavailable', '10:06:05')}",
        f"{_change(connector=2)}{_AGAIN}{status_16('Available', '10:06:05')}",
        f"{_change()}{_change('Operative', at='10:05:10')}{_AGAIN}{status_16('Available', '10:06:05')}",
        f"{_change()}{_AGAIN}{_change('Operative', at='10:06:03')}{status_16('Available', '10:06:05')}",
        f"{_change(status='Rejected')}{_AGAIN}{status_16('Available', '10:06:05')}",
        # Somebody has opened it at the charge point, before the restart.
        f"{_change()}{status_16('Available', '10:05:30')}{_AGAIN}{status_16('Available', '10:06:05')}",
        f"{_AGAIN}{status_16('Available', '10:06:05')}",
        f"{_change()}10:05:10 closed\n10:05:20 opened\n{status_16('Available', '10:05:25')}",
    ),
)

RULES = (UNKEPT, FORGOTTEN)


class AvailabilityChecker(RunningTransactionChecker):
    """Follows what the central system makes operative or not."""

    def begin(self) -> None:
        self.wanted = ""
        """What the last ChangeAvailability that is waited for asks for."""
        self.closed: dict[int, int] = {}
        """The call that set a connector (1.x), an EVSE (2.x) or, with 0, all of them Inoperative."""

    @on_call("ChangeAvailability")
    def asked(self, call: Seen) -> None:
        if (call.text("type") or call.text("operationalStatus")) == "Operative":
            self.closed.clear()

    @on_exchange("ChangeAvailability")
    def answered(self, call: Seen, answer: Seen) -> None:
        place, status = call.integer("connectorId"), answer.text("status")
        place = (call.integer("evse", "id") if place is None else place) or 0
        wanted = call.text("type") or call.text("operationalStatus") or ""
        if status not in ("Accepted", "Scheduled"):
            return
        if wanted == "Inoperative":
            put(self.closed, place, call.index, MOST_CONNECTORS)
        if status == "Accepted":
            self.accepted(call, answer, place, wanted)

    def accepted(self, call: Seen, answer: Seen, place: int, wanted: str) -> None:
        running = [
            one for one in self.known.open_transactions if place in (0, one.connector if one.evse is None else one.evse)
        ]
        for one in running:
            if wanted == "Inoperative" and self.runs(one, call):
                words = {"what": Phrase("transaction "), "transaction": one.id, "more": Phrase(" runs")}
                self.found_if_it_ran(UNKEPT, one, call, answer, wanted=Phrase("Inoperative"), **words)
                return
        statuses, index = self.statuses_at(place, call), call.index
        is_to_change = (
            all(status not in OUT_OF_USE for status in statuses)
            if wanted == "Inoperative"
            else all(status == "Unavailable" for status in statuses)
        )
        if statuses and is_to_change and not running:
            self.wanted = wanted
            self.expect(
                "availability",
                call,
                answer,
                self.limits.command_patience,
                lambda waited: self.found(
                    UNKEPT,
                    index,
                    wanted=wanted,
                    what=Phrase(f"in {waited} it reported no new status"),
                    transaction=Phrase(),
                    more=Phrase(),
                ),
            )

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        status = call.text("status") or call.text("connectorStatus")
        if self.wanted and (status == "Unavailable") is (self.wanted == "Inoperative"):
            self.wanted = ""
            self.stop_waiting("availability")
        if status == "Available" and self.closed:
            self.opened(call)

    def opened(self, call: Seen) -> None:
        """Look whether a connector that is Available was set Inoperative before."""
        evse, connector = call.integer("evseId") or 0, call.integer("connectorId") or 0
        place = evse or connector
        which = place if place in self.closed else 0
        if not place or which not in self.closed:
            return
        index = self.closed.pop(which)
        if self.known.boot is not None and self.known.boot > index > self.known.lacks_command:
            name = Phrase(f"{'EVSE' if evse else 'Connector'} {place}")
            self.found(FORGOTTEN, call, (index, self.known.boot), place=name, status="Available")

    @on_call("NotifyEvent")
    def event(self, call: Seen) -> None:
        self.stop_waiting("availability")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_all_waiting()
