"""Status of connectors: which status may follow which, and whether it fits the transactions."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V12, Version.V15, Version.V16})
_2X = frozenset(Version) - _1X


def _status(status: str, connector: int = 1, error: str = "NoError", more: str = "") -> str:
    return f'StatusNotification {{"connectorId":{connector},"errorCode":"{error}","status":"{status}"{more}}}'


def _status_2(status: str) -> str:
    return (
        f'StatusNotification {{"timestamp":"2026-01-01T10:00:02Z","connectorStatus":"{status}",'
        f'"evseId":1,"connectorId":1}}'
    )


_BOOT = """
10:00:00 opened
10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
_BOOT_2 = """
2.0.1
10:00:00 opened
10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
_START = """
10:01:00 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:01:00Z"}
10:01:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_STOP = """
10:02:00 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:02:00Z"}
10:02:01 < ok
"""

CONNECTOR_ZERO = Rule(
    "status.connector-0",
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
    remedy="A status between the two is missing, or the charge point names the wrong one.",
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

FAULT = Rule(
    "status.faulted",
    Severity.WARNING,
    "A connector reports a fault.",
    "OCPP 1.6 sections 4.9 and 7.6; OCPP 2.0.1 and 2.1 Part 2 use cases G01 and N07",
    says="{place} is faulted{error}.",
    remedy="It cannot be used until the fault is gone. The inspector shows what else the message says.",
    positive=(
        (
            f"* 10:00:00 > {_status('Faulted', error='GroundFailure')}\n10:00:00 < ok\n"
            f"10:10:00 > {_status('Faulted', error='GroundFailure')}"
        ),
        f"2.0.1\n* 10:00:00 > {_status_2('Faulted')}",
    ),
    negative=(f"10:00:00 > {_status('Available', error='WeakSignal')}", f"2.0.1\n10:00:00 > {_status_2('Available')}"),
)

NO_ERROR_CODE = Rule(
    "status.fault-without-error",
    Severity.WARNING,
    "A connector is Faulted, but its error code is NoError.",
    "OCPP 1.6 sections 4.9 and 7.6",
    versions=frozenset({Version.V16}),
    says="Connector {connector} is Faulted, but its error code is NoError.",
    remedy="Nobody can tell what is wrong. A charge point must give one of the error codes, at least OtherError.",
    positive=(f"* 10:00:00 > {_status('Faulted')}",),
    negative=(f"10:00:00 > {_status('Faulted', error='OtherError')}",),
)

CHARGES_WITHOUT_TRANSACTION = Rule(
    "status.charging-without-transaction",
    Severity.WARNING,
    "A connector is Charging, but no transaction was started on it.",
    "OCPP 1.6 sections 4.8 and 4.9",
    versions=frozenset({Version.V16}),
    says="Connector {connector} is Charging, but after {waited} it has no transaction.",
    remedy="Nobody can be billed for the energy. Look for a StartTransaction that the charge point has queued.",
    positive=(f"{_BOOT}* 10:00:30 > {_status('Charging')}\n10:00:30 < ok\n10:05:00 > Heartbeat {{}}",),
    negative=(
        f"{_BOOT}10:00:30 > {_status('Charging')}\n10:00:30 < ok\n{_START}10:05:00 > Heartbeat {{}}",
        f"{_BOOT}{_START}10:01:30 > {_status('Charging')}\n10:01:30 < ok\n10:05:00 > Heartbeat {{}}",
        f"10:00:30 > {_status('Charging')}\n10:00:30 < ok\n10:05:00 > Heartbeat {{}}",
        (
            f"{_BOOT}10:00:30 > {_status('Charging')}\n10:00:30 < ok\n"
            f"10:00:40 > {_status('Finishing')}\n10:00:40 < ok\n10:05:00 > Heartbeat {{}}"
        ),
    ),
)

AVAILABLE_IN_TRANSACTION = Rule(
    "status.available-in-transaction",
    Severity.WARNING,
    "A connector is Available, but its transaction was not stopped.",
    "OCPP 1.6 sections 4.9 and 4.10",
    versions=frozenset({Version.V16}),
    says="Connector {connector} is Available, but {waited} later its transaction {transaction} is still open.",
    remedy="The StopTransaction is missing or still queued. The central system goes on counting the session.",
    positive=(f"{_START}* 10:03:00 > {_status('Available')}\n10:03:00 < ok\n10:10:00 > Heartbeat {{}}",),
    negative=(
        f"{_START}{_STOP}10:03:00 > {_status('Available')}\n10:03:00 < ok\n10:10:00 > Heartbeat {{}}",
        f"{_START}10:01:50 > {_status('Available')}\n10:01:50 < ok\n{_STOP}10:10:00 > Heartbeat {{}}",
        f"{_START}10:03:00 > {_status('Available', 2)}\n10:03:00 < ok\n10:10:00 > Heartbeat {{}}",
        f"{_START}10:03:00 > {_status('Available')}\n10:03:00 < ok\n10:03:10 closed\n10:10:00 opened",
    ),
)

UNKNOWN_CONNECTOR = Rule(
    "status.unknown-connector",
    Severity.WARNING,
    "A connector reports a status that the charge point does not have by its configuration.",
    "OCPP 1.6, key NumberOfConnectors",
    versions=frozenset({Version.V16}),
    says="Connector {connector} reports a status, but NumberOfConnectors is {count}.",
    positive=(
        f"""
        10:00:00 < GetConfiguration {{"key":["NumberOfConnectors"]}}
        10:00:00 > ok {{"configurationKey":[{{"key":"NumberOfConnectors","readonly":true,"value":"2"}}]}}
        * 10:00:30 > {_status("Available", 3)}
        """,
    ),
    negative=(
        f"""
        10:00:00 < GetConfiguration {{"key":["NumberOfConnectors"]}}
        10:00:00 > ok {{"configurationKey":[{{"key":"NumberOfConnectors","readonly":true,"value":"2"}}]}}
        10:00:30 > {_status("Available", 2)}
        """,
        f"10:00:30 > {_status('Available', 3)}",
    ),
)

NOT_REPORTED = Rule(
    "status.missing-after-boot",
    Severity.WARNING,
    "After its BootNotification was accepted, the charging station does not report its connectors.",
    "OCPP 2.0.1 and 2.1 Part 2 B01.FR.05",
    versions=_2X,
    says="The BootNotification was accepted, but in {waited} no connector has reported its status.",
    remedy="The CSMS does not know which connectors are available.",
    positive=(_BOOT_2.replace("10:00:00 >", "* 10:00:00 >") + "10:05:00 > Heartbeat {}",),
    negative=(
        f"{_BOOT_2}10:00:02 > {_status_2('Available')}\n10:00:02 < ok\n10:05:00 > Heartbeat {{}}",
        f"{_BOOT_2}10:00:05 closed\n10:05:00 opened\n10:06:00 > Heartbeat {{}}",
    ),
)

TIME_DIFFERS = Rule(
    "status.clock-differs",
    Severity.WARNING,
    "The clock of the charge point differs from that of the central system.",
    "OCPP 1.6 sections 4.2 and 4.6; OCPP 2.0.1 and 2.1 Part 2 B01.FR.06 and use case G02",
    says="By its timestamp, the charge point's clock is {difference} {direction} that of the central system.",
    remedy="It should take over the currentTime of the answer. Transactions and meter values get wrong times.",
    positive=(
        _BOOT + "* 10:00:05 > " + _status("Available", more=',"timestamp":"2026-01-01T09:00:05Z"'),
        _BOOT + "* 10:00:05 > " + _status("Available", more=',"timestamp":"2026-01-01T10:10:05+00:00"'),
    ),
    negative=(
        _BOOT + "10:00:05 > " + _status("Available", more=',"timestamp":"2026-01-01T12:00:06+02:00"'),
        "10:00:05 > " + _status("Available", more=',"timestamp":"2026-01-01T09:00:05Z"'),
        _BOOT + "10:00:05 > " + _status("Available"),
    ),
)

RULES = (
    CONNECTOR_ZERO,
    NOT_ALLOWED,
    FAULT,
    NO_ERROR_CODE,
    CHARGES_WITHOUT_TRANSACTION,
    AVAILABLE_IN_TRANSACTION,
    UNKNOWN_CONNECTOR,
    NOT_REPORTED,
    TIME_DIFFERS,
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


class _Last(NamedTuple):
    """The last status of a connector in one connection."""

    status: str
    connection: int
    record: int


class StatusChecker(Checker):
    """Follows the status of each connector, and the clock of the charge point."""

    def begin(self) -> None:
        self.last: dict[tuple[int, int], _Last] = {}  # by EVSE and connector
        self.clock_offset: int | None = None  # of the central system, in µs, against that of the recording
        self.clock_is_reported = False

    # -- one status ---------------------------------------------------------------------------------------------

    @on_call("StatusNotification")
    def reported(self, call: Seen) -> None:
        self.stop_waiting("report")
        self.compare_clocks(call)
        status, connector = call.text("connectorStatus") or call.text("status"), call.integer("connectorId")
        if status is None or connector is None:
            return
        evse = call.integer("evseId") or 0
        before = self.last.get((evse, connector))
        put(self.last, (evse, connector), _Last(status, call.connection, call.index), MOST_CONNECTORS)
        if before is None or before.connection != call.connection:
            before = None
        if before is None or before.status != status:
            self.changed(call, evse, connector, status, before)
        count = self.known.whole_setting("NumberOfConnectors")
        if count is not None and connector > count and before is None:
            self.found(UNKNOWN_CONNECTOR, call, connector=connector, count=count)

    def changed(self, call: Seen, evse: int, connector: int, status: str, before: _Last | None) -> None:
        name = f"connector {connector}"
        self.stop_waiting(name)
        if status == "Faulted":
            self.faulted(call, evse, connector)
        if connector == 0:
            if status not in _OF_CONNECTOR_ZERO:
                self.found(CONNECTOR_ZERO, call, status=status)
            return
        if before is not None and status not in _FOLLOWS.get(before.status, status).split():
            is_certain = not self.known.whole_setting("MinimumStatusDuration")
            if is_certain:
                self.found(
                    NOT_ALLOWED, call, (before.record,), connector=connector, before=before.status, status=status
                )
        wait = round(self.limits.status_settles * SECOND)
        if not call.is_timed or self.known.version not in _1X:
            return
        transaction, index = self.known.open_transaction_at(None, connector), call.index
        waited = TimeSpan(wait)
        if status == "Charging" and transaction is None and self.known.booted:

            def look() -> None:
                if self.known.open_transaction_at(None, connector) is None:
                    self.found(CHARGES_WITHOUT_TRANSACTION, index, connector=connector, waited=waited)

            self.wait(name, call.clock + wait, look)
        elif status == "Available" and transaction is not None and transaction.start is not None:
            start, number = transaction.start, transaction.id

            def look_again() -> None:
                still = self.known.transactions.get(number)
                if still is not None and still.is_open:
                    values = {"connector": connector, "transaction": number, "waited": waited}
                    self.found(AVAILABLE_IN_TRANSACTION, index, (start,), **values)

            self.wait(name, call.clock + wait, look_again)

    def faulted(self, call: Seen, evse: int, connector: int) -> None:
        error, info, vendor = call.text("errorCode"), call.text("info"), call.text("vendorErrorCode")
        words = ", ".join(part for part in (error if error != "NoError" else None, vendor, info) if part)
        place = f"Connector {connector} of EVSE {evse}" if evse else f"Connector {connector}"
        if not evse and connector == 0:
            place = "The charge point"
        self.found(FAULT, call, place=place, error=f": {words[:100]}" if words else "")
        if error == "NoError":
            self.found(NO_ERROR_CODE, call, connector=connector)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.stop_waiting("report")
        for _, connector in self.last:
            self.stop_waiting(f"connector {connector}")

    # -- after a boot -------------------------------------------------------------------------------------------

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.last.clear()
        self.clock_is_reported = False

    @on_exchange("BootNotification", "Heartbeat")
    def time_known(self, call: Seen, answer: Seen) -> None:
        now = answer.date_time("currentTime")
        if now is None or not answer.is_timed:
            return
        self.clock_offset = now - answer.clock
        if answer.action == "BootNotification" and answer.text("status") == "Accepted":
            wait, index = round(self.limits.status_settles * SECOND), call.index
            waited = TimeSpan(wait)
            self.wait("report", answer.clock + wait, lambda: self.found(NOT_REPORTED, index, waited=waited))

    @on_call("NotifyEvent", "TransactionEvent")
    def otherwise_reported(self, call: Seen) -> None:
        self.stop_waiting("report")

    def compare_clocks(self, call: Seen) -> None:
        """Compare the timestamp of a status, which is sent at once, with the time of the central system."""
        time = call.date_time("timestamp")
        if time is None or self.clock_offset is None or self.clock_is_reported or not call.is_timed:
            return
        apart = time - (call.clock + self.clock_offset)
        if abs(apart) > self.limits.clock_tolerance * SECOND:
            self.clock_is_reported = True
            side = "ahead of" if apart > 0 else "behind"
            self.found(TIME_DIFFERS, call, difference=TimeSpan(abs(apart)), direction=side)
