"""Reservations in the example traces of rules."""

from __future__ import annotations


def reserve_16(
    number: int = 5,
    connector: int = 1,
    token: str = "A",
    expires: str = "10:30:00",
    more: str = "",
    at: str = "10:00:00",
) -> str:
    """A ReserveNow of 1.6 without its answer."""
    return (
        f'{at} < ReserveNow {{"connectorId":{connector},"expiryDate":"2026-01-01T{expires}Z","idTag":"{token}",'
        f'"reservationId":{number}{more}}}\n'
    )


def reserve_2(evse: str = ',"evseId":1', expires: str = "10:30:00") -> str:
    """A ReserveNow of 2.0.1 without its answer."""
    return (
        f'2.0.1\n10:00:00 < ReserveNow {{"id":5,"expiryDateTime":"2026-01-01T{expires}Z",'
        f'"idToken":{{"idToken":"A","type":"Central"}}{evse}}}\n'
    )


RESERVED = '10:00:01 > ok {"status":"Accepted"}\n'
MARKED_RESERVED = f"* {RESERVED}"
NAMED = ',"reservationId":5'
OF_GROUP = ',"parentIdTag":"P"'
AFTER_EXPIRY = "10:40:00 > Heartbeat {}"


def shows(status: str, at: str = "09:59:00", connector: int = 1) -> str:
    """A StatusNotification of 1.6 with its answer, a minute before the reservation unless it says when."""
    payload = f'{{"connectorId":{connector},"errorCode":"NoError","status":"{status}"}}'
    return f"{at} > StatusNotification {payload}\n{at} < ok\n"


def reserved_start(token: str = "A", connector: int = 1, more: str = "", at: str = "10:10:00") -> str:
    """A StartTransaction without its answer."""
    return (
        f'{at} > StartTransaction {{"connectorId":{connector},"idTag":"{token}","meterStart":0,'
        f'"timestamp":"2026-01-01T{at}Z"{more}}}\n'
    )


def reserved_event(kind: str, state: str = "EVConnected", token: str = "", evse: int = 1, at: str = "10:10:00") -> str:
    """A TransactionEvent of 2.0.1 without its answer; it names the EVSE if it has an id token."""
    more = f',"idToken":{{"idToken":"{token}","type":"Central"}},"evse":{{"id":{evse}}}' if token else ""
    seq_no = int(kind != "Started")
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"Authorized",'
        f'"seqNo":{seq_no},"transactionInfo":{{"transactionId":"t","chargingState":"{state}"}}{more}}}\n'
    )


def reads_switch(key: str, value: str) -> str:
    """A GetConfiguration of one key with its answer."""
    return (
        f'09:58:00 < GetConfiguration {{"key":["{key}"]}}\n09:58:00 > ok '
        f'{{"configurationKey":[{{"key":"{key}","readonly":true,"value":"{value}"}}]}}\n'
    )


def cancel_16(status: str, at: str = "10:20:00") -> str:
    """A CancelReservation with its answer."""
    return f'{at} < CancelReservation {{"reservationId":5}}\n{at} > ok {{"status":"{status}"}}\n'


CANCELLED = cancel_16("Accepted")
