"""How the simulated charge point handles remote control: start, stop, reset, trigger, unlock, reserve, availability.

Source: OCPP 1.6 sections 5.1, 5.2, 5.11 to 5.14, 5.17, 5.18; OCPP 2.x use cases B11, B12, E14, F01 to F06, G03, G04,
H01 to H04.
"""

from __future__ import annotations

from ocpptui.ocpp.charging_profile import TX_PROFILE, charging_profile
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.charge_plan import ChargePlan
from ocpptui.simulator.connector import Connector, Reservation
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.smart_charging import can_follow
from ocpptui.simulator.station_readings import measured


def start(device: Device, request: Payload, now: int) -> Reply:
    """RemoteStartTransaction (1.6), RequestStartTransaction (2.x): answers, then charges."""
    is_1x = device.version.generation == 1
    wanted = integer_at(request, "connectorId" if is_1x else "evseId")
    token = _token(device.version, request)
    connector = device.free_connector(wanted, token.text) if device.is_accepted else None
    content = object_at(request, "chargingProfile")
    if connector is None:
        return status_reply("Rejected")
    if content:
        profile = charging_profile(content, connector.number, now)
        if profile.purpose != TX_PROFILE or profile.transaction or not can_follow(device, profile):
            return status_reply("Rejected")
        device.profiles.add(profile)
    plan = ChargePlan(
        connector.number,
        token,
        authorize=device.configuration.flag("AuthorizeRemoteTxRequests"),
        remote_start_id=None if is_1x else integer_at(request, "remoteStartId"),
        is_remote=True,
        reservation=connector.reservation.id if connector.reservation is not None else None,
    )
    return status_reply("Accepted", *device.begin(plan, now))


def stop(device: Device, request: Payload, now: int) -> Reply:
    """RemoteStopTransaction (1.6), RequestStopTransaction (2.x)."""
    charge = device.charge_of(_transaction(device.version, request))
    if charge is None or not device.is_accepted:
        return status_reply("Rejected")
    return status_reply("Accepted", *charge.stop(now, StopReason.REMOTE))


def transaction_status(device: Device, request: Payload, now: int) -> Reply:
    """GetTransactionStatus (2.x E14): whether the transaction is ongoing, and whether messages wait for delivery."""
    wanted = text_at(request, "transactionId")
    known = {} if wanted is None else {"ongoingIndicator": device.charge_of(wanted) is not None}
    return Reply({**known, "messagesInQueue": device.queue.holds(wanted)})


def _token(version: Version, request: Payload) -> DriverToken:
    if version.generation == 1:
        return DriverToken(text_at(request, "idTag") or "")
    token = object_at(request, "idToken")
    return DriverToken(text_at(token, "idToken") or "", text_at(token, "type") or "Central")


def _transaction(version: Version, request: Payload) -> str:
    if version.generation == 1:
        return str(integer_at(request, "transactionId"))
    return text_at(request, "transactionId") or ""


def reset(device: Device, request: Payload, now: int) -> Reply:
    """Reset: answers, ends the transactions and closes; then the charge point connects again and boots."""
    kind = text_at(request, "type")
    if device.version.generation == 1:
        reason = StopReason.HARD_RESET if kind == "Hard" else StopReason.SOFT_RESET
        return status_reply("Accepted", *device.reset(reason, "RemoteReset", now))
    if "evseId" in request or kind == "ImmediateAndResume":
        return status_reply("Rejected")  # B12: a single EVSE cannot be reset here, nor a transaction resumed
    if kind == "OnIdle" and device.running():
        device.reset_when_idle()
        return status_reply("Scheduled")
    return status_reply("Accepted", *device.reset(StopReason.SOFT_RESET, "RemoteReset", now))


def unlock(device: Device, request: Payload, now: int) -> Reply:
    """UnlockConnector: 1.6 thereby ends a running transaction; 2.x refuses if one is running (F05)."""
    is_1x = device.version.generation == 1
    connector = device.connectors.get(integer_at(request, "connectorId" if is_1x else "evseId") or 0)
    if connector is None or (not is_1x and not _has(connector, integer_at(request, "connectorId"))):
        return status_reply("NotSupported" if is_1x else "UnknownConnector")
    charge = connector.charge
    if charge is None or not charge.is_running or not (is_1x or _is_in_use(connector, request)):
        return status_reply("Unlocked")
    if not is_1x:
        return status_reply("OngoingAuthorizedTransaction")
    return status_reply("Unlocked", *charge.stop(now, StopReason.UNLOCKED))


def _has(connector: Connector, evse_connector: int | None) -> bool:
    """Whether an EVSE has a connector of this number (2.x)."""
    return evse_connector in [one.number for one in connector.evse_connectors]


def _is_in_use(connector: Connector, request: Payload) -> bool:
    """Whether the cable is in the connector that a request names (2.x)."""
    return connector.plugged_in is None or connector.plugged_in.number == integer_at(request, "connectorId")


def change_availability(device: Device, request: Payload, now: int) -> Reply:
    """ChangeAvailability of the charge point, one EVSE or one connector; after the transaction if one is running."""
    one = None
    if device.version.generation == 1:
        number, operative = integer_at(request, "connectorId") or 0, text_at(request, "type") == "Operative"
    else:
        evse = object_at(request, "evse")
        number, operative = integer_at(evse, "id") or 0, text_at(request, "operationalStatus") == "Operative"
        one = integer_at(evse, "connectorId")
    if (number or one is not None) and number not in device.connectors:
        return status_reply("Rejected")
    if one is not None:
        return _change_one(device, device.connectors[number], one, operative, now)
    affected = [device.connectors[number]] if number else list(device.connectors.values())
    scheduled = False
    effects: list[Effect] = []
    for connector in affected:
        # Only taking it out of service has to wait for the driver.
        waits = connector.has_transaction and not operative
        connector.planned = operative if waits else None
        connector.is_operative = connector.is_operative if waits else operative
        scheduled |= waits
        if not operative and not waits and connector.reservation is not None:
            effects += _removed(device, connector.reservation.id)
    if not number:
        device.planned = operative if scheduled else None
        device.is_operative = device.is_operative if scheduled else operative
    return status_reply("Scheduled" if scheduled else "Accepted", *device.report_changes(now), *effects)


def _change_one(device: Device, connector: Connector, number: int, operative: bool, now: int) -> Reply:
    """ChangeAvailability of one connector of an EVSE (2.x G03); the EVSE and its other connectors stay as they are."""
    if not _has(connector, number):
        return status_reply("Rejected")
    one, charge = connector.evse_connectors[number - 1], connector.charge
    waits = connector.plugged_in is one and charge is not None and charge.is_running and not operative
    one.planned = operative if waits else None
    one.is_operative = one.is_operative if waits else operative
    effects: list[Effect] = []
    if connector.usable is None and connector.reservation is not None:
        effects += _removed(device, connector.reservation.id)
    return status_reply("Scheduled" if waits else "Accepted", *device.report_changes(now), *effects)


def reserve(device: Device, request: Payload, now: int) -> Reply:
    """ReserveNow: reserves a connector for a token until expiry; replaces a reservation of the same id."""
    is_1x = device.version.generation == 1
    number = integer_at(request, "reservationId" if is_1x else "id") or 0
    wanted = integer_at(request, "connectorId" if is_1x else "evseId")
    expiry = time_of(text_at(request, "expiryDate" if is_1x else "expiryDateTime") or "")
    if not is_1x and not _may_reserve(device, wanted):
        return status_reply("Rejected")
    candidates = list(device.connectors.values()) if wanted is None else [device.connectors.get(wanted)]
    type_wanted = text_at(request, "connectorType")
    problem = "Rejected"
    for connector in candidates:
        if connector is None or expiry is None or expiry <= now:
            break
        if not any(one.is_operative and type_wanted in (None, one.type) for one in connector.evse_connectors):
            problem = "Unavailable" if type_wanted in (None, *connector.meter.outlet.types) else problem
            continue
        problem = _obstacle(device, connector, number)
        if not problem:
            _forget(device, number)
            connector.reservation = Reservation(
                number, _token(device.version, request).text.lower(), expiry, _group(device.version, request)
            )
            plan_expiry(device, connector.reservation)
            break
    return status_reply(problem or "Accepted", *device.report_changes(now))


def plan_expiry(device: Device, reservation: Reservation) -> None:
    """Let a reservation end when its time is over."""
    number = reservation.id
    topic = f"reservation {number}"
    device.agenda.at(reservation.expiry, topic, lambda now: _expired(device, number, now), by_calendar=True)


def _may_reserve(device: Device, evse: int | None) -> bool:
    """Whether reservations are on, also for an EVSE that is not named (2.x H01.FR.01, H01.FR.19)."""
    configuration = device.configuration
    if not configuration.is_on("ReservationCtrlr"):
        return False
    return evse is not None or configuration.is_on("ReservationCtrlr", "NonEvseSpecific")


def _group(version: Version, request: Payload) -> str:
    if version.generation == 1:
        return (text_at(request, "parentIdTag") or "").lower()
    return (text_at(object_at(request, "groupIdToken"), "idToken") or "").lower()


def _obstacle(device: Device, connector: Connector, reservation: int) -> str:
    """The status that refuses to reserve a connector; empty if it can be: the reservation of that number is replaced.

    Source: OCPP 1.6 section 7.38 ReservationStatus, OCPP 2.x ReserveNowStatusEnumType.
    """
    reserved, status = connector.reservation, device.status(connector)
    if status == "Faulted":
        return status
    if connector.charge is not None or (reserved is not None and reserved.id != reservation):
        return "Occupied"
    return "" if status in ("Available", "Reserved") else "Unavailable"


def _forget(device: Device, reservation: int) -> bool:
    device.agenda.cancel(f"reservation {reservation}")
    for connector in device.connectors.values():
        if connector.reservation is not None and connector.reservation.id == reservation:
            connector.reservation = None
            return True
    return False


def _removed(device: Device, reservation: int) -> list[Effect]:
    """The connector of a reservation goes out of service (1.6 section 5.13, 2.x H01.FR.17)."""
    _forget(device, reservation)
    if device.version.generation == 1 or not device.is_accepted:
        return []
    update = {"reservationId": reservation, "reservationUpdateStatus": "Removed"}
    return [SendCall("ReservationStatusUpdate", update)]


def _expired(device: Device, reservation: int, now: int) -> list[Effect]:
    if not _forget(device, reservation):
        return []
    effects = device.report_changes(now)
    if device.version.generation > 1 and device.is_accepted:
        update = {"reservationId": reservation, "reservationUpdateStatus": "Expired"}
        effects.append(SendCall("ReservationStatusUpdate", update))
    return effects


def cancel_reservation(device: Device, request: Payload, now: int) -> Reply:
    """CancelReservation."""
    if not _forget(device, integer_at(request, "reservationId") or 0):
        return status_reply("Rejected")
    return status_reply("Accepted", *device.report_changes(now))


def trigger(device: Device, request: Payload, now: int) -> Reply:
    """TriggerMessage and the ExtendedTriggerMessage of 1.6: answers, then sends the message, even while Pending."""
    wanted = text_at(request, "requestedMessage") or ""
    is_1x = device.version.generation == 1
    number = integer_at(request, "connectorId") if is_1x else integer_at(object_at(request, "evse"), "id")
    if number is not None and number not in device.connectors and not (is_1x and number == 0):
        return status_reply("Rejected")
    one = integer_at(object_at(request, "evse"), "connectorId")
    if not is_1x and not _names_connector(device.connectors.get(number or 0), one, wanted):
        return status_reply("Rejected")
    calls = _triggered(device, wanted, number, one, now)
    if calls is None:
        return status_reply("NotImplemented")
    return status_reply("Accepted" if calls else "Rejected", *calls)


def _names_connector(connector: Connector | None, one: int | None, wanted: str) -> bool:
    """Whether the connector of an EVSE is there; a status is asked of one connector only (2.x F06.FR.12)."""
    if connector is None or one is None:
        return one is None and wanted != "StatusNotification"
    return _has(connector, one)


def extended_trigger(device: Device, request: Payload, now: int) -> Reply:
    """ExtendedTriggerMessage of the 1.6 security extension: its firmware status is the signed one (A04, L01)."""
    if text_at(request, "requestedMessage") == "FirmwareStatusNotification":
        work = device.firmware
        return status_reply("Accepted", messages.firmware_status(device.version, work.status, work.request_id, True))
    return trigger(device, request, now)


def _triggered(device: Device, wanted: str, number: int | None, one: int | None, now: int) -> list[SendCall] | None:
    """The requested calls; an empty list if they are not possible now, None if they never are."""
    numbers = list(device.connectors) if number is None else [number]
    match wanted:
        case "BootNotification":
            if device.is_accepted and not device.settings.boot_when_triggered:
                return []
            return [messages.boot_notification(device.version, device.identity, "Triggered")]
        case "Heartbeat":
            return [messages.heartbeat()]
        case "StatusNotification":
            is_whole = device.version.generation == 1 and number in (None, 0)
            whole = [device.status_call(0, now)] if is_whole else []
            parts = [
                (each, part.number)
                for each in numbers
                for part in (device.connectors[each].evse_connectors if each else ())
                if one in (None, part.number)
            ]
            return whole + [device.status_call(each, now, part) for each, part in parts]
        case "MeterValues":
            return [measured(device, each, now, "Trigger") for each in numbers]
        case "TransactionEvent":
            charges = [c for c in device.charges() if c.is_charging and c.plan.connector in numbers]
            return [charge.report(now, "Trigger", "Trigger") for charge in charges]
        case "DiagnosticsStatusNotification":
            return [messages.diagnostics_status(device.diagnostics.status)]
        case "LogStatusNotification":
            return [messages.log_status(device.log.status, device.log.request_id)]
        case "FirmwareStatusNotification":
            return [messages.firmware_status(device.version, device.firmware.status, device.firmware.request_id)]
        case "SignChargePointCertificate" | "SignCombinedCertificate":
            return [device.sign_certificate("")]
        case "SignChargingStationCertificate" | "SignV2GCertificate" | "SignV2G20Certificate":
            return [device.sign_certificate(wanted.removeprefix("Sign"))]
    return None
