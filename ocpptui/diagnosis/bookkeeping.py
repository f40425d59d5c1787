"""Keeps what is known of a charge point up to date. It runs after all other checkers.

Sources: OCPP 1.6 edition 2 sections 4 to 7, OCPP 2.0.1 and 2.1 Part 2.
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record, on_stray
from ocpptui.diagnosis.known import (
    LONGEST_SETTING,
    MOST_CONNECTORS,
    MOST_RESERVATIONS,
    MOST_SETTINGS,
    MOST_TRANSACTIONS,
    KnownConnector,
    KnownReservation,
    KnownTransaction,
)
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import charging_profile
from ocpptui.ocpp.connector_states import OUT_OF_USE
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import integer_at, text_at
from ocpptui.ocpp.profile_store import cleared_by
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.stations.setting_messages import settings_in, settings_reported
from ocpptui.timeline.record import ConnectionEvent, RecordKind

HEARTBEAT_INTERVAL = ("HeartbeatInterval", "OCPPCommCtrlr.HeartbeatInterval")


class ReportedStatus(NamedTuple):
    """What a StatusNotification or NotifyEvent says of one connector."""

    place: tuple[int, int]
    """EVSE (0 in 1.x) and connector."""
    status: str
    error: str
    """The error code of OCPP 1.x; empty for NoError."""


def statuses_in(call: Seen) -> tuple[ReportedStatus, ...]:
    """The statuses of connectors that a StatusNotification or NotifyEvent reports."""
    return call.read_once(_statuses_of)


def _statuses_of(call: Seen) -> tuple[ReportedStatus, ...]:
    found: list[ReportedStatus] = []
    status, connector = call.text("connectorStatus") or call.text("status"), call.integer("connectorId")
    if status is not None and connector is not None:
        error = call.text("errorCode") or ""
        place = (call.integer("evseId") or 0, connector)
        found.append(ReportedStatus(place, status, "" if error == "NoError" else error))
    for event in call.objects("eventData"):
        if text_at(event, "variable", "name") == "AvailabilityState" and (status := text_at(event, "actualValue")):
            evse = integer_at(event, "component", "evse", "id") or 0
            place = (evse, integer_at(event, "component", "evse", "connectorId") or 0)
            found.append(ReportedStatus(place, status, ""))
    return tuple(found)


class Bookkeeper(Checker):
    """Writes `known`; nothing else does."""

    # -- connections --------------------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        if (connection := self.known.connections.get(event.connection)) is not None:
            connection.opened = event.clock

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        if (connection := self.known.connections.get(event.connection)) is not None:
            connection.closed = event.clock

    @on_record(RecordKind.PING, RecordKind.PONG)
    def control_frame(self, record: Seen) -> None:
        connection = self.known.connections.get(record.connection)
        if connection is not None and record.direction is Direction.TO_CSMS:
            connection.controlled = record.clock

    @on_stray
    def answered_without_call(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CHARGE_POINT:
            self.known.lacks_own = answer.index
        else:
            self.forget_commanded(answer)

    def forget_commanded(self, answer: Seen) -> None:
        """The central system has sent a call that the recording lacks: it may have changed what it had set before."""
        known = self.known
        known.lacks_command, known.local_list_version = answer.index, None
        known.profiles.remove(lambda profile: True)
        for one in known.reservations.values():
            one.is_lost = True

    # -- boot, heartbeat, status --------------------------------------------------------------------------------

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        known = self.known
        known.boot, known.boot_clock = call.index, call.clock if call.is_timed else None
        known.registration = known.registered = known.retry_interval = None
        connection = known.connections.get(call.connection)
        if connection is not None and connection.heard_index < 0 and connection.told_index < 0 and call.is_timed:
            connection.begins_with_boot = True
        for one in known.reservations.values():
            one.is_lost = True

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        known = self.known
        if known.boot != call.index:
            return
        known.registration, known.registered = answer.text("status"), answer.clock if answer.is_timed else None
        interval = answer.integer("interval")
        interval = answer.integer("heartbeatInterval") if interval is None else interval
        if known.registration != "Accepted":
            known.retry_interval = interval
        elif interval is not None and interval > 0:  # 0 leaves the choice to the charge point
            known.heartbeat_interval = interval
        else:
            known.heartbeat_interval = None

    @on_exchange("BootNotification", "Heartbeat")
    def time_told(self, call: Seen, answer: Seen) -> None:
        now = answer.date_time("currentTime")
        if now is not None and answer.is_timed:
            self.known.clock_offset = now - answer.clock

    @on_call("StatusNotification", "NotifyEvent")
    def status(self, call: Seen) -> None:
        for place, status, error in statuses_in(call):
            if status in OUT_OF_USE and self.known.reservations:
                self.lose_reservations(place[0] or place[1])
            before = self.known.connectors.get(place)
            if before is None or (before.status, before.error) != (status, error):
                new = KnownConnector(status, call.clock, call.index, error)
                put(self.known.connectors, place, new, MOST_CONNECTORS)

    def lose_reservations(self, place: int) -> None:
        """Reservations of a connector or EVSE that is out of use, or with 0 all of them, may have ended."""
        for one in self.known.reservations.values():
            if not place or not one.connector or one.connector == place:
                one.is_lost = True

    # -- transactions -------------------------------------------------------------------------------------------

    def transaction(self, transaction_id: str) -> KnownTransaction:
        """The transaction with this id, added if it is new; ended ones are forgotten first."""
        known = self.known.transactions
        found = known.get(transaction_id)
        if found is None:
            if len(known) >= MOST_TRANSACTIONS:
                self.forget(next((one.id for one in known.values() if not one.is_open), next(iter(known))))
            found = known[transaction_id] = self.known.open[transaction_id] = KnownTransaction(transaction_id)
        return found

    def forget(self, transaction_id: str) -> None:
        self.known.transactions.pop(transaction_id, None)
        self.known.open.pop(transaction_id, None)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        transaction_id = answer.integer("transactionId")
        if transaction_id is None:
            return
        self.forget(str(transaction_id))  # an id that is used again names another transaction
        self.forget_earlier_answers(call)
        one = self.transaction(str(transaction_id))
        one.connector, one.id_token = call.integer("connectorId"), call.text("idTag")
        one.start, one.started = call.index, call.clock if call.is_timed else None
        one.started_at, one.meter_start = call.date_time("timestamp"), call.measured("meterStart")
        one.token_status = answer.text("idTagInfo", "status")
        self.reservation_used(one, call.integer("reservationId"))

    def forget_earlier_answers(self, call: Seen) -> None:
        """A start that is sent again and gets another id is one transaction: it has the last id."""
        if not self.known.open:
            return
        same = (call.integer("connectorId"), call.text("idTag"), call.date_time("timestamp"))
        for one in self.known.open_transactions:
            if one.start is not None and (one.connector, one.id_token, one.started_at) == same and None not in same:
                del self.known.open[one.id]

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        transaction_id = call.integer("transactionId")
        if transaction_id is not None:
            self.end(self.transaction(str(transaction_id)), call, call.text("reason"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction_id = call.text("transactionInfo", "transactionId")
        if not transaction_id:
            return
        one, kind = self.transaction(transaction_id), call.text("eventType")
        if (evse := call.integer("evse", "id")) is not None:
            one.evse = evse
        if (connector := call.integer("evse", "connectorId")) is not None:
            one.connector = connector
        if not one.id_token and (token := call.text("idToken", "idToken")) is not None:
            one.id_token = token  # "" if nobody has to authorize (NoAuthorization)
        one.charging_state = call.text("transactionInfo", "chargingState") or one.charging_state
        if (remote_start := call.integer("transactionInfo", "remoteStartId")) is not None:
            one.remote_start_id = remote_start
        if (number := call.integer("seqNo")) is not None:
            one.last_seq_no = number if one.last_seq_no is None else max(number, one.last_seq_no)
        if kind == "Started" and one.start is None:
            one.start, one.started = call.index, call.clock if call.is_timed else None
            one.started_at = call.date_time("timestamp")
        self.reservation_used(one, call.integer("reservationId"))
        if kind == "Ended":
            self.end(one, call, call.text("transactionInfo", "stoppedReason"))

    @on_exchange("TransactionEvent")
    def event_answered(self, call: Seen, answer: Seen) -> None:
        one = self.known.transactions.get(call.text("transactionInfo", "transactionId") or "")
        if one is not None and (status := answer.text("idTokenInfo", "status")):
            one.token_status = status

    def end(self, one: KnownTransaction, call: Seen, reason: str | None) -> None:
        if one.is_open:
            one.end, one.ended = call.index, call.clock if call.is_timed else None
            one.reason = reason
            self.known.open.pop(one.id, None)
        place = one.connector if one.evse is None else one.evse
        self.known.profiles.end_transaction(-1 if place is None else place, one.id)

    def reservation_used(self, one: KnownTransaction, reservation: int | None) -> None:
        if reservation is not None:
            one.reservation = reservation
            self.known.reservations.pop(reservation, None)

    # -- configuration ------------------------------------------------------------------------------------------

    @on_exchange("GetConfiguration", "ChangeConfiguration", "GetVariables", "SetVariables")
    def configured(self, call: Seen, answer: Seen) -> None:
        for name, value, is_in_force in settings_in(call.payload, answer.payload):
            self.set(name, value if is_in_force else None)
        if call.action == "GetConfiguration" and not call.value("key"):
            self.known.has_all_settings = True

    @on_call("NotifyReport")
    def reported(self, call: Seen) -> None:
        for name, value in settings_reported(call.payload):
            self.set(name, value)

    def set(self, name: str, value: str | None) -> None:
        known = self.known
        if value is None or len(value) > LONGEST_SETTING or len(name) > LONGEST_SETTING:
            known.settings.pop(name, None)
        elif name in known.settings or len(known.settings) < MOST_SETTINGS:
            known.settings[name] = value
        else:
            known.has_all_settings = False
        if name in HEARTBEAT_INTERVAL:
            known.heartbeat_interval = known.whole_setting(name)

    # -- local list, reservations, charging profiles ------------------------------------------------------------

    @on_exchange("SendLocalList")
    def list_sent(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "Accepted":
            version = call.integer("listVersion")
            self.known.local_list_version = call.integer("versionNumber") if version is None else version

    @on_exchange("GetLocalListVersion")
    def list_version(self, call: Seen, answer: Seen) -> None:
        version = answer.integer("listVersion")
        self.known.local_list_version = answer.integer("versionNumber") if version is None else version

    @on_exchange("ReserveNow")
    def reserved(self, call: Seen, answer: Seen) -> None:
        number = call.integer("reservationId")
        number = call.integer("id") if number is None else number
        if number is None or answer.text("status") != "Accepted":
            return
        place = call.integer("connectorId")
        new = KnownReservation(
            number,
            call.index,
            call.integer("evseId") if place is None else place,
            call.text("idTag") or call.text("idToken", "idToken"),
            time_of(call.text("expiryDate") or call.text("expiryDateTime") or ""),
            answer.time if answer.is_timed else None,
            call.text("parentIdTag") is not None or bool(call.object("groupIdToken")),
        )
        put(self.known.reservations, number, new, MOST_RESERVATIONS)

    @on_exchange("CancelReservation")
    def cancelled(self, call: Seen, answer: Seen) -> None:
        number = call.integer("reservationId")
        if number is not None and answer.text("status") == "Accepted":
            self.known.reservations.pop(number, None)

    @on_call("ReservationStatusUpdate")
    def reservation_ended(self, call: Seen) -> None:
        if (number := call.integer("reservationId")) is not None:
            self.known.reservations.pop(number, None)

    @on_exchange("SetChargingProfile")
    def profile_set(self, call: Seen, answer: Seen) -> None:
        place = call.integer("connectorId")
        place = call.integer("evseId") if place is None else place
        content = call.object("csChargingProfiles") or call.object("chargingProfile")
        if place is not None and content and answer.text("status") == "Accepted":
            self.known.profiles.add(charging_profile(content, place, answer.time, record=call.index))

    @on_exchange("ClearChargingProfile")
    def profiles_cleared(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") in ("Accepted", "Unknown"):  # the latter says that none of its profiles match
            self.known.profiles.remove(cleared_by(call.payload))
