"""The connector and the transaction that a message is about."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.payload import integer_at, shown_text
from ocpptui.remote_control.circumstances import ConnectorPlace
from ocpptui.stations.state import ChargePointState


def pointed_at(payloads: list[Any], known: ChargePointState) -> tuple[ConnectorPlace | None, str]:
    """The connector that the payloads of an exchange name, and its transaction if that is open; else None and ""."""
    place, transaction = None, ""
    for payload in payloads:
        place = place or _place_in(payload)
        transaction = transaction or (
            shown_text(payload, "transactionId") or shown_text(payload, "transactionInfo", "transactionId")
        )
    found = known.transactions.get(transaction)
    if found is not None:
        if place is None and (found.evse or found.connector):
            place = ConnectorPlace(found.evse, found.connector)
        if not found.running:
            transaction = ""
    return place, transaction


def _place_in(payload: Any) -> ConnectorPlace | None:
    evse = integer_at(payload, "evseId") or integer_at(payload, "evse", "id") or 0
    connector = integer_at(payload, "connectorId") or integer_at(payload, "evse", "connectorId") or 0
    return ConnectorPlace(evse, connector) if evse > 0 or connector > 0 else None
