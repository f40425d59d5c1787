"""Faults and errors that connectors report in their status."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.bookkeeping import ReportedStatus, statuses_in
from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.known import MOST_CONNECTORS, KnownTransaction
from ocpptui.diagnosis.place_words import place_at
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import START_16, STOP_16, event_2
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity


def _status(status: str, connector: int = 1, error: str = "NoError", more: str = "") -> str:
    return f'StatusNotification {{"connectorId":{connector},"errorCode":"{error}","status":"{status}"{more}}}'


def _status_2(status: str) -> str:
    return (
        f'StatusNotification {{"timestamp":"2026-01-01T10:00:02Z","connectorStatus":"{status}",'
        f'"evseId":1,"connectorId":1}}'
    )


def _event(status: str, name: str = "AvailabilityState") -> str:
    return (
        'NotifyEvent {"generatedAt":"2026-01-01T10:05:00Z","seqNo":0,"eventData":[{"eventId":1,'
        f'"timestamp":"2026-01-01T10:05:00Z","trigger":"Delta","actualValue":"{status}",'
        '"eventNotificationType":"HardWiredNotification","component":{"name":"Connector","evse":{"id":1,'
        f'"connectorId":1}}}},"variable":{{"name":"{name}"}}}}]}}'
    )


_RUNNING_2 = f"2.0.1\n{event_2('Started', '10:01:00')}"

FAULT = Rule(
    "status.fault",
    Severity.WARNING,
    "A connector reports a fault or an error.",
    "OCPP 1.6 sections 4.9 and 7.6; OCPP 2.0.1 and 2.1 Part 2 E06.FR.16, use cases G01 and N07",
    says="{place} is {status}{first}{error}{second}{vendor}{third}{info}.",
    remedy="What is Faulted cannot be used; with another status, the code is a warning of what may follow. The "
    "inspector shows the whole message.",
    positive=(
        (
            f"* 10:00:00 > {_status('Faulted', error='GroundFailure')}\n10:00:00 < ok\n"
            f"10:10:00 > {_status('Faulted', error='GroundFailure')}"
        ),
        f"{START_16}* 10:05:00 > {_status('Faulted', error='GroundFailure')}",
        f"* 10:00:00 > {_status('Available', error='WeakSignal')}",
        f"2.0.1\n* 10:00:00 > {_status_2('Faulted')}",
        f"2.1\n* 10:00:00 > {_event('Faulted')}",
    ),
    negative=(
        f"10:00:00 > {_status('Available')}",
        f"2.0.1\n10:00:00 > {_status_2('Available')}",
        f"{START_16}10:05:00 > {_status('Charging')}",
        f"2.1\n10:00:00 > {_event('Occupied')}",
        f"2.1\n10:00:00 > {_event('Faulted', 'State')}",
    ),
)

FAULT_IN_TRANSACTION = Rule(
    "status.fault-in-transaction",
    Severity.ERROR,
    "A connector becomes Faulted while its transaction runs.",
    "OCPP 1.6 section 4.9; OCPP 2.0.1 and 2.1 Part 2 E06.FR.16",
    says="{place} becomes Faulted while its transaction {transaction} runs.",
    remedy="The driver gets no more energy, although the session is not over.",
    positive=(
        f"{START_16}* 10:05:00 > {_status('Faulted', error='GroundFailure')}",
        f"{START_16}* 10:05:00 > {_status('Faulted', 0, error='GroundFailure')}",
        f"{_RUNNING_2}* 10:05:00 > {_status_2('Faulted')}",
        f"{_RUNNING_2}* 10:05:00 > {_event('Faulted')}",
    ),
    negative=(
        f"10:05:00 > {_status('Faulted', error='GroundFailure')}",
        f"{START_16}{STOP_16}10:05:00 > {_status('Faulted', error='GroundFailure')}",
        f"{START_16}10:05:00 > {_status('Faulted', 2, error='GroundFailure')}",
        f"{START_16}10:05:00 > {_status('SuspendedEV', error='EVCommunicationError')}",
    ),
)

NO_ERROR_CODE = Rule(
    "status.fault-without-code",
    Severity.INFO,
    "A connector is Faulted, but no code says what is wrong.",
    "OCPP 1.6 sections 4.9, 6.47 and 7.6",
    versions=frozenset({Version.V16}),
    says="Connector {connector} is Faulted, but its error code is {error}{lacks}.",
    remedy="Nobody can tell what is wrong. OtherError needs a vendorErrorCode or info that says more.",
    positive=(f"* 10:00:00 > {_status('Faulted')}", f"* 10:00:00 > {_status('Faulted', error='OtherError')}"),
    negative=(
        f"10:00:00 > {_status('Faulted', error='PowerMeterFailure')}",
        "10:00:00 > " + _status("Faulted", error="OtherError", more=',"vendorErrorCode":"E17"'),
        "10:00:00 > " + _status("Faulted", error="OtherError", more=',"info":"Door open"'),
        f"10:00:00 > {_status('Available')}",
    ),
)

EV_COMMUNICATION = Rule(
    "status.ev-communication",
    Severity.WARNING,
    "EVCommunicationError comes with a status that it may not have.",
    "OCPP 1.6 section 4.9",
    versions=frozenset({Version.V16}),
    says="Connector {connector} reports EVCommunicationError with the status {status}.",
    remedy="It may only come with Preparing, SuspendedEV, SuspendedEVSE or Finishing; it is not a fault of the "
    "connector.",
    positive=(
        f"* 10:00:00 > {_status('Faulted', error='EVCommunicationError')}",
        f"* 10:00:00 > {_status('Charging', error='EVCommunicationError')}",
    ),
    negative=(
        f"10:00:00 > {_status('SuspendedEV', error='EVCommunicationError')}",
        f"10:00:00 > {_status('Faulted', error='GroundFailure')}",
    ),
)

RULES = (FAULT, FAULT_IN_TRANSACTION, NO_ERROR_CODE, EV_COMMUNICATION)

_OF_EV_COMMUNICATION = ("Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing")


class _Last(NamedTuple):
    """The last status and error of a connector in one connection."""

    status: str
    error: str
    connection: int


class FaultChecker(Checker):
    """Looks at each new fault and error of a connector."""

    def begin(self) -> None:
        self.last: dict[tuple[int, int], _Last] = {}  # by EVSE and connector

    @on_call("StatusNotification", "NotifyEvent")
    def reported(self, call: Seen) -> None:
        for one in statuses_in(call):
            self.compare(call, one)

    def compare(self, call: Seen, one: ReportedStatus) -> None:
        """Look whether a connector reports a fault or an error that it did not report before."""
        (evse, connector), status = one.place, one.status
        before, last = self.last.get(one.place), _Last(status, one.error, call.connection)
        if before == last:
            return
        put(self.last, one.place, last, MOST_CONNECTORS)
        if status != "Faulted" and not one.error:
            return
        place, error = place_at(evse, connector), call.text("errorCode") or ""
        vendor, info = call.text("vendorErrorCode"), call.text("info")
        if status == "Faulted":
            details = _details(": ", error, vendor, info)
            self.found(FAULT, call, (), place=place, status=Phrase("faulted"), **details)
            transaction = self.transaction_at(evse, connector)
            if transaction is not None and (before is None or before.status != status):
                related = () if transaction.start is None else (transaction.start,)
                self.found(FAULT_IN_TRANSACTION, call, related, place=place, transaction=transaction.id)
            if error == "NoError" or (error == "OtherError" and not vendor and not info):
                lacks = Phrase("" if error == "NoError" else ", and neither vendorErrorCode nor info says more")
                self.found(NO_ERROR_CODE, call, connector=connector, error=error, lacks=lacks)
        else:
            details = _details(" and reports ", error, vendor, info)
            self.found(FAULT, call, (), place=place, status=status, **details)
        if error == "EVCommunicationError" and status not in _OF_EV_COMMUNICATION:
            self.found(EV_COMMUNICATION, call, connector=connector, status=status)

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.last.clear()

    def transaction_at(self, evse: int, connector: int) -> KnownTransaction | None:
        """The transaction that runs there; any, for the whole charge point."""
        if not evse and not connector:
            return next(iter(self.known.open.values()), None)
        return self.known.open_transaction_at(evse or None, connector or None)


def _details(first: str, error: str, vendor: str | None, info: str | None) -> dict[str, str]:
    """What a message says of an error beside its status, each with what separates it from what is before it."""
    found: dict[str, str] = {}
    between = first
    words = {"error": "" if error == "NoError" else error, "vendor": vendor or "", "info": info or ""}
    for name, (what, text) in zip(("first", "second", "third"), words.items(), strict=True):
        found |= {name: Phrase(between if text else ""), what: text}
        between = ", " if text else between
    return found
