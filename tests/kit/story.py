"""A call in a line, so that what a charge point says reads as a story."""

from __future__ import annotations

from typing import Any


def story_line(action: str, payload: dict[str, Any]) -> str:
    """The action with what matters of its payload: a status, or why a transaction began, changed or ended."""
    detail = payload.get("status") or payload.get("connectorStatus") or payload.get("reason") or ""
    if action == "TransactionEvent":
        detail = f"{payload['eventType']} {payload['triggerReason']}"
        if payload["triggerReason"] == "ChargingStateChanged":
            detail += f" {payload['transactionInfo'].get('chargingState')}"
    if action == "NotifyEvent":
        data = payload["eventData"][0]
        detail = f"{data['component']['name']} {data['actualValue']}"
    if payload.get("errorCode", "NoError") != "NoError":
        detail += f" {payload['errorCode']}"
    return f"{action} {detail}".strip()
