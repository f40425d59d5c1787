"""The calls that start, stop and limit charges.

Sources: OCPP 1.6 section 5; OCPP 2.0.1 and 2.1 Part 2, use cases E14, F01 to F03, F05, K01 to K10.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload
from ocpptui.remote_control.asker import Asker, RemoteCall, only_or_wanted, place_words
from ocpptui.remote_control.chosen_limit import limit_profile, limit_profile_id
from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace, is_whole_number
from ocpptui.remote_control.question import KnownValue, NotAnswered

LONGEST_SCHEDULE = 24 * 3600
"""Seconds of a composite schedule that are asked for."""


def remote_start_call(ask: Asker) -> RemoteCall:
    """RemoteStartTransaction, RequestStartTransaction."""
    place = ask.case.wanted_place() or _waiting_place(ask.case)
    where = f" at {place}" if place else ""
    token = ask.token(f"Start a charge{where} with which token?")
    if ask.is_1x:
        at = {"connectorId": place.connector} if place else {}
        return RemoteCall("RemoteStartTransaction", {**at, **token}, place_words(place))
    at = {"evseId": place.evse} if place else {}
    number = {"remoteStartId": ask.new_number("remoteStartId")}
    return RemoteCall("RequestStartTransaction", {**at, **token, **number}, place_words(place))


def _waiting_place(case: Circumstances) -> ConnectorPlace | None:
    """The only connector, or the only one where a car waits for its charge; None leaves it to the charge point."""
    places = case.places
    if len(places) == 1:
        return places[0]
    waiting = [one for one in places if case.status_of(one) in ("Preparing", "Occupied") and not case.running(one)]
    return waiting[0] if len(waiting) == 1 else None


def remote_stop_call(ask: Asker) -> RemoteCall:
    """RemoteStopTransaction, RequestStopTransaction."""
    transaction = _transaction(ask, "Stop which transaction?")
    if not ask.is_1x:
        return RemoteCall("RequestStopTransaction", {"transactionId": transaction}, f"transaction {transaction}")
    return RemoteCall("RemoteStopTransaction", {"transactionId": int(transaction)}, f"transaction {transaction}")


def _transaction(ask: Asker, words: str) -> str:
    """The open transaction that is meant; in 1.x a number."""
    case = ask.case
    if case.transaction and not case.given.get("transaction") and (not ask.is_1x or is_whole_number(case.transaction)):
        return case.transaction
    running = [one for one in case.running(case.wanted_place()) if not ask.is_1x or is_whole_number(one.id)]
    if len(running) == 1 and not case.given.get("transaction"):
        return running[0].id
    offered = tuple(
        KnownValue(
            one.id, "  ".join(part for part in (str(ConnectorPlace(one.evse, one.connector)), one.id_token) if part)
        )
        for one in running
    )
    words = words if offered else f"{words} None is known to be open."
    return str(ask.number("transaction", words, offered)) if ask.is_1x else ask.text("transaction", words, offered)


def unlock_call(ask: Asker) -> RemoteCall:
    """UnlockConnector."""
    place = ask.case.needed_place("Unlock which connector?")
    if ask.is_1x:
        return RemoteCall("UnlockConnector", {"connectorId": place.connector}, str(place))
    return RemoteCall("UnlockConnector", {"evseId": place.evse, "connectorId": place.connector or 1}, str(place))


def transaction_state_call(ask: Asker) -> RemoteCall:
    """GetTransactionStatus."""
    transaction = _transaction(ask, "Ask about which transaction?")
    return RemoteCall("GetTransactionStatus", {"transactionId": transaction}, f"transaction {transaction}")


# -- limits -----------------------------------------------------------------------------------------------------


def limit_call(ask: Asker) -> RemoteCall:
    """SetChargingProfile with one limit."""
    place = only_or_wanted(ask.case)
    text = ask.text("limit", f"Limit {place_words(place)} to how many A? (or 7.4 kW, 4000 W)")
    profile = limit_profile(text, place, ask.version, ask.case.now)
    if profile is None:
        raise NotAnswered(ask.asked_last._replace(problem=f"{text} is not a limit such as 10, 10 A or 7.4 kW"))
    if ask.is_1x:
        at = place.connector if place else 0
        return RemoteCall("SetChargingProfile", {"connectorId": at, "csChargingProfiles": profile}, place_words(place))
    at = place.evse if place else 0
    return RemoteCall("SetChargingProfile", {"evseId": at, "chargingProfile": profile}, place_words(place))


def unlimit_call(ask: Asker) -> RemoteCall:
    """ClearChargingProfile."""
    place = only_or_wanted(ask.case)
    number = limit_profile_id(place)
    whole = "ChargePointMaxProfile" if ask.is_1x else "ChargingStationMaxProfile"
    which = ask.chosen(
        "which",
        f"Remove which limits of {place_words(place)}?",
        KnownValue("last", f"profile {number}", "Set with this command"),
        KnownValue("default", "TxDefaultProfile", "Default of all charges"),
        KnownValue("charge", "TxProfile", "Running charge"),
        KnownValue("maximum", whole, "Maximum of the charge point"),
    )
    if which == "last":
        key = "id" if ask.is_1x else "chargingProfileId"
        return RemoteCall("ClearChargingProfile", {key: number}, f"profile {number}")
    purpose = {"default": "TxDefaultProfile", "charge": "TxProfile", "maximum": whole}[which]
    criteria: Payload = {"chargingProfilePurpose": purpose}
    if place is not None and which != "maximum":
        criteria |= {"connectorId": place.connector} if ask.is_1x else {"evseId": place.evse}
    payload = criteria if ask.is_1x else {"chargingProfileCriteria": criteria}
    return RemoteCall("ClearChargingProfile", payload, purpose)


def schedule_call(ask: Asker) -> RemoteCall:
    """GetCompositeSchedule of the next day."""
    place = only_or_wanted(ask.case)
    at = {"connectorId" if ask.is_1x else "evseId": place.number if place else 0}
    return RemoteCall("GetCompositeSchedule", {**at, "duration": LONGEST_SCHEDULE}, place_words(place))


def profiles_call(ask: Asker) -> RemoteCall:
    """GetChargingProfiles."""
    place = ask.case.wanted_place()
    at = {"evseId": place.evse} if place else {}
    number = ask.new_number("requestId")
    return RemoteCall("GetChargingProfiles", {"requestId": number, **at, "chargingProfile": {}}, place_words(place))
