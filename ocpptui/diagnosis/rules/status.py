"""Status of connectors: which status may follow which, their numbers and times."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.place_words import lacks_connector, place_at
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, BOOT_16, STILL_THERE, status_2, status_16
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _status(status: str, connector: int = 1, error: str = "NoError", more: str = "") -> str:
    return f'StatusNotification {{"connectorId":{connector},"errorCode":"{error}","status":"{status}"{more}}}'


def _said(time: str) -> str:
    return f',"timestamp":"2026-01-01T{time}Z"'


CONNECTOR_ZERO = Rule(
    "status.connector-zero",
    Severity.ERROR,
    "Connector 0, the whole charge point, reports a status that only connectors have.",
    "OCPP 1.6 section 4.9",
    versions=frozenset({Version.V16}),
    says="Connector 0, the whole charge point, reports {status}; it may be Available, Unavailable or Faulted.",
    positive=(f"* 10:00:00 > {_status('Charging', 0)}",),
    negative=(f"10:00:00 > {_status('Available', 0)}\n10:00:00 < ok\n10:00:01 > {_status('Charging')}",),
)

NOT_ALLOWED = Rule(
    "status.transition",
    Severity.WARNING,
    "The status of the connector may not follow the one before.",
    "OCPP 1.6 section 4.9",
    versions=frozenset({Version.V16}),
    says="Connector {connector} goes from {before} to {status}, which OCPP 1.6 does not provide for.",
    remedy="A status between the two is missing, or the charge point reports the wrong one.",
    positive=(
        f"10:00:00 > {_status('Charging')}\n10:00:00 < ok\n* 10:01:00 > {_status('Preparing')}",
        f"10:00:00 > {_status('Available')}\n10:00:00 < ok\n* 10:01:00 > {_status('Finishing')}",
        f"10:00:00 > {_status('Finishing')}\n10:00:00 < ok\n* 10:01:00 > {_status('Charging')}",
    ),
    negative=(
        f"10:00:00 > {_status('Preparing')}\n10:00:00 < ok\n10:01:00 > {_status('Charging')}",
        f"10:00:00 > {_status('Charging')}\n10:00:00 < ok\n10:01:00 > {_status('Preparing', 2)}",
        f"10:00:00 > {_status('Charging')}\n10:00:00 < ok\n10:01:00 > {_status('Charging')}",
        # A new connection: what happened between the two was not reported.
        f"10:00:00 > {_status('Charging')}\n10:00:00 < ok\n10:00:05 opened\n10:01:00 > {_status('Preparing')}",
        # Short states need not be reported.
        f"""
        10:00:00 < GetConfiguration {{"key":["MinimumStatusDuration"]}}
        10:00:00 > ok
            {{"configurationKey":[{{"key":"MinimumStatusDuration","readonly":false,"value":"5"}}]}}
        10:00:00 > {_status("Charging")}
        10:00:00 < ok
        10:01:00 > {_status("Preparing")}
        """,
    ),
)

NUMBERING = Rule(
    "status.numbering",
    Severity.WARNING,
    "The numbers of the connectors or EVSEs have a gap, or are above the number of connectors.",
    "OCPP 1.6 section 3.8 and its key NumberOfConnectors; OCPP 2.0.1 and 2.1 Part 1 sections 7.1 and 7.2",
    says="{place} reports a status, but {why}.",
    remedy="They must be numbered from 1, without a gap. Central systems refuse, or ignore, a number that they do not "
    "expect.",
    positive=(
        f"""
        10:00:00 < GetConfiguration {{"key":["NumberOfConnectors"]}}
        10:00:00 > ok {{"configurationKey":[{{"key":"NumberOfConnectors","readonly":true,"value":"2"}}]}}
        * 10:00:30 > {_status("Available", 3)}
        """,
        (
            f"{BOOT_16}{status_16('Available', '10:00:02', 0)}{status_16('Available', '10:00:03')}"
            f"* {status_16('Available', '10:00:04', 3)}{STILL_THERE}"
        ),
        (
            f"{BOOT_16.replace('10:00:00 opened', '')}{status_16('Available', '10:00:03')}"
            f"* {status_16('Available', '10:00:04', 3)}{STILL_THERE}"
        ),
        f"{BOOT_2}{status_2('Available', '10:00:02')}* {status_2('Available', '10:00:03', 3)}{STILL_THERE}",
    ),
    negative=(
        f"""
        10:00:00 < GetConfiguration {{"key":["NumberOfConnectors"]}}
        10:00:00 > ok {{"configurationKey":[{{"key":"NumberOfConnectors","readonly":true,"value":"2"}}]}}
        10:00:30 > {_status("Available", 2)}
        """,
        f"10:00:30 > {_status('Available', 3)}\n{STILL_THERE}",
        (
            f"{BOOT_16}{status_16('Available', '10:00:02', 0)}{status_16('Available', '10:00:03')}"
            f"{status_16('Available', '10:00:04', 2)}{STILL_THERE}"
        ),
        # In any order, and one of them known from before the boot.
        (
            f"{status_16('Available', '09:00:00', 2)}{BOOT_16}{status_16('Available', '10:00:02', 3)}"
            f"{status_16('Available', '10:00:03')}{STILL_THERE}"
        ),
        # What changes in mid-session is not everything that there is.
        f"{status_16('Available', '10:00:02')}{status_16('Available', '10:00:03', 3)}{STILL_THERE}",
        f"{BOOT_16}{status_16('Preparing', '10:00:03', 3)}{STILL_THERE}",
        (
            f"09:59:00 > Heartbeat {{}}\n{BOOT_16.replace('10:00:00 opened', '')}"
            f"{status_16('Available', '10:00:02')}{status_16('Available', '10:00:03', 3)}{STILL_THERE}"
        ),
        (
            f"{BOOT_16}{status_16('Available', '10:00:02')}{status_16('Available', '10:00:03', 3)}"
            f"10:00:10 closed\n{STILL_THERE}"
        ),
    ),
)

OUT_OF_ORDER = Rule(
    "status.order",
    Severity.INFO,
    "The statuses of a connector do not come in the order in which they happened.",
    "OCPP 1.6 section 4.9",
    says="{place} reports a status that is {span} older than the one before.",
    remedy="The central system treats the last one that it receives as the current status.",
    positive=(
        "".join(
            f"{star}{status_16('Available', at, more=_said(said))}"
            for star, at, said in (("", "10:06:00", "10:05:00"), ("* ", "10:06:01", "10:01:00"))
        ),
        f"2.0.1\n{status_2('Occupied', '10:05:00')}* {status_2('Available', '10:05:01', said='10:01:00')}",
    ),
    negative=(
        "".join(status_16("Available", at, more=_said(at)) for at in ("10:01:00", "10:05:00")),
        (
            f"{status_16('Available', '10:05:00', more=_said('10:05:00'))}"
            f"{status_16('Available', '10:05:01', 2, more=_said('10:01:00'))}"
        ),
        f"{status_16('Available', '10:05:00', more=_said('10:05:00'))}{status_16('Charging', '10:05:01')}",
        # The clock is set by the boot.
        (
            f"{status_16('Available', '09:05:00', more=_said('20:05:00'))}{BOOT_16}"
            f"{status_16('Available', '10:05:01', more=_said('10:05:01'))}"
        ),
    ),
)

RULES = (
    CONNECTOR_ZERO,
    NOT_ALLOWED,
    NUMBERING,
    OUT_OF_ORDER,
)

_OF_CONNECTOR_ZERO = ("Available", "Unavailable", "Faulted")
_FOLLOWS = {
    "Available": "Preparing Charging SuspendedEV SuspendedEVSE Reserved Unavailable Faulted",
    "Preparing": "Available Charging SuspendedEV SuspendedEVSE Finishing Faulted",
    "Charging": "Available SuspendedEV SuspendedEVSE Finishing Unavailable Faulted",
    "SuspendedEV": "Available Charging SuspendedEVSE Finishing Unavailable Faulted",
    "SuspendedEVSE": "Available Charging SuspendedEV Finishing Unavailable Faulted",
    "Finishing": "Available Preparing Unavailable Faulted",
    "Reserved": "Available Preparing Unavailable Faulted",
    "Unavailable": "Available Preparing Charging SuspendedEV SuspendedEVSE Faulted",
    "Faulted": "Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved Unavailable",
}
"""OCPP 1.6 section 4.9, the table of transitions A1 to I8."""
_TRANSITIONS = frozenset((before, after) for before, listed in _FOLLOWS.items() for after in listed.split())


class _Last(NamedTuple):
    """The last status of a connector in one connection."""

    status: str
    connection: int
    record: int


class StatusChecker(ExpectingChecker):
    """Follows the status of each connector."""

    def begin(self) -> None:
        self.last: dict[tuple[int, int], _Last] = {}  # by EVSE and connector
        self.times: dict[tuple[int, int], tuple[int, int]] = {}  # the latest time that each said, and the record

    # -- one status ---------------------------------------------------------------------------------------------

    @on_call("StatusNotification")
    def reported(self, call: Seen) -> None:
        status, connector = call.text("connectorStatus") or call.text("status"), call.integer("connectorId")
        if status is None or connector is None:
            return
        evse = call.integer("evseId") or 0
        self.compare_times(call, evse, connector)
        place, connection = (evse, connector), call.connection
        before = self.last.get(place)
        put(self.last, place, _Last(status, connection, call.index), MOST_CONNECTORS)
        if before is not None and before.connection != connection:
            before = None
        if before is None or before.status != status:
            self.changed(call, connector, status, before)
        if before is None and (why := lacks_connector(self.known, connector)) is not None:
            self.found(NUMBERING, call, place=place_at(evse, connector), why=why)

    def changed(self, call: Seen, connector: int, status: str, before: _Last | None) -> None:
        if status not in _FOLLOWS:
            return  # no status at all
        if connector == 0:
            if status not in _OF_CONNECTOR_ZERO:
                self.found(CONNECTOR_ZERO, call, status=status)
            return
        if before is not None and before.status in _FOLLOWS and (before.status, status) not in _TRANSITIONS:
            is_certain = not self.known.whole_setting("MinimumStatusDuration")
            if is_certain:
                self.found(
                    NOT_ALLOWED, call, (before.record,), connector=connector, before=before.status, status=status
                )

    def compare_times(self, call: Seen, evse: int, connector: int) -> None:
        """Look whether a status is older than the one before it."""
        time = call.date_time("timestamp")
        if time is None:
            return
        latest = self.times.get((evse, connector))
        if latest is not None and time < latest[0] - SECOND:
            values = {"place": place_at(evse, connector), "span": TimeSpan(latest[0] - time)}
            self.found(OUT_OF_ORDER, call, (latest[1],), **values)
        put(self.times, (evse, connector), (time, call.index), MOST_CONNECTORS)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_waiting("numbers")

    # -- after a boot -------------------------------------------------------------------------------------------

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.last.clear()
        self.times.clear()

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        connection = self.known.connections.get(call.connection)
        is_whole = connection is not None and connection.begins_with_boot
        if answer.text("status") == "Accepted" and answer.is_timed and is_whole:
            self.wait("numbers", answer.clock + round(self.limits.status_settles * SECOND), self.find_gap)

    def find_gap(self) -> None:
        """Look for a connector or EVSE that did not report its status after a boot, although the others did."""
        reported = {evse or connector: one.record for (evse, connector), one in self.last.items()}
        known = {evse or connector for evse, connector in self.known.connectors}
        name = "EVSE" if any(evse for evse, _ in self.last) else "connector"
        for number in sorted(reported):
            if number > 1 and reported.keys() & {0, 1} and number - 1 not in known:
                place, why = (
                    Phrase(f"{name[0].upper()}{name[1:]} {number}"),
                    f"{name} {number - 1} has never reported one",
                )
                self.found(NUMBERING, reported[number], place=place, why=Phrase(why))
                return
