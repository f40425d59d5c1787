"""How the simulated charge point handles what concerns drivers: display messages and customer data.

Source: OCPP 2.x use cases N09, N10, O01 to O06.
"""

from __future__ import annotations

from functools import partial

from ocpptui.ocpp.date_times import date_time, time_of
from ocpptui.ocpp.payload import Payload, integer_at, integers_at, object_at, objects_at, text_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import SendCall
from ocpptui.simulator.outgoing_calls import DriverToken

_ALWAYS_FRONT = "AlwaysFront"
MOST_SHOWN = 100
"""How many display messages are kept; a further one is rejected."""


def set_message(device: Device, request: Payload, now: int) -> Reply:
    """SetDisplayMessage (O01, O02): replaces a message of the same id, and one that is always in front another such."""
    message = object_at(request, "message")
    drop_ended(device, now)
    transaction = text_at(message, "transactionId")
    if transaction is not None and device.charge_of(transaction) is None:
        return status_reply("UnknownTransaction")
    if problem := _unsupported(device, message):
        return status_reply(problem)
    if len(device.display) >= MOST_SHOWN and integer_at(message, "id") not in device.display:
        return status_reply("Rejected")
    if text_at(message, "priority") == _ALWAYS_FRONT:
        for other in [key for key, shown in device.display.items() if text_at(shown, "priority") == _ALWAYS_FRONT]:
            del device.display[other]
    device.display[integer_at(message, "id") or 0] = message
    return status_reply("Accepted")


def _unsupported(device: Device, message: Payload) -> str:
    """The status for a message that cannot be shown (DisplayMessageStatusEnumType); empty if it can."""
    supported = partial(device.configuration.members, "DisplayMessageCtrlr")
    contents = [object_at(message, "message"), *objects_at(message, "messageExtra")]
    if any(text_at(one, "format") not in supported("SupportedFormats") for one in contents):
        return "NotSupportedMessageFormat"
    return "" if text_at(message, "priority") in supported("SupportedPriorities") else "NotSupportedPriority"


def drop_ended(device: Device, now: int) -> None:
    """Show no message longer than until its end, or that of its transaction (O01, O02.FR.07)."""
    for number, message in list(device.display.items()):
        end, transaction = time_of(text_at(message, "endDateTime") or ""), text_at(message, "transactionId")
        is_over = end is not None and end <= now
        if is_over or (transaction is not None and device.charge_of(transaction) is None):
            del device.display[number]


def get_messages(device: Device, request: Payload, now: int) -> Reply:
    """GetDisplayMessages (O03, O04): the messages with the requested ids, priority and state."""
    drop_ended(device, now)
    wanted = integers_at(request, "id")
    found = [
        message
        for key, message in device.display.items()
        if (not wanted or key in wanted)
        and text_at(request, "priority") in (None, text_at(message, "priority"))
        and text_at(request, "state") in (None, text_at(message, "state"))
    ]
    if not found:
        return status_reply("Unknown")
    payload = {"requestId": integer_at(request, "requestId") or 0, "messageInfo": found, "tbc": False}
    return status_reply("Accepted", *messages.valid(device.version, [SendCall("NotifyDisplayMessages", payload)]))


def clear_message(device: Device, request: Payload, now: int) -> Reply:
    """ClearDisplayMessage (O05)."""
    drop_ended(device, now)
    found = device.display.pop(integer_at(request, "id") or 0, None)
    return status_reply("Unknown" if found is None else "Accepted")


def customer_information(device: Device, request: Payload, now: int) -> Reply:
    """CustomerInformation (N09, N10): all that is kept of a customer is what the cache and the list say of a token."""
    named = [key for key in ("customerCertificate", "idToken", "customerIdentifier") if key in request]
    if len(named) != 1:
        return status_reply("Invalid")
    wants_report, wants_clear = request.get("report") is True, request.get("clear") is True
    if not wants_report and not wants_clear:
        return status_reply("Rejected")
    token = DriverToken(text_at(object_at(request, "idToken"), "idToken") or "")
    known = device.authorizer.known(token) if token.text else None
    if wants_clear:
        device.authorizer.forget(token)
    if not wants_report:
        return status_reply("Accepted")
    data = "" if known is None else f"idToken {token.text}: {known.status}"
    request_id = integer_at(request, "requestId") or 0
    part = {"requestId": request_id, "generatedAt": date_time(now), "data": data, "seqNo": 0, "tbc": False}
    return status_reply("Accepted", SendCall("NotifyCustomerInformation", part))
