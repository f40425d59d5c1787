"""How the simulated charge point handles driver-related calls: display messages, tariffs, customer data.

Source: OCPP 2.x use cases N09, N10, O01 to O06; OCPP 2.1 I07 to I11.
"""

from __future__ import annotations

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.payload import Payload, integer_at, integers_at, object_at, text_at, texts_at
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import SendCall
from ocpptui.simulator.outgoing_calls import DriverToken


def set_message(device: Device, request: Payload, now: int) -> Reply:
    """SetDisplayMessage (O01, O02): replaces a message of the same id."""
    message = object_at(request, "message")
    transaction = text_at(message, "transactionId")
    if transaction is not None and device.charge_of(transaction) is None:
        return status_reply("UnknownTransaction")
    device.display[integer_at(message, "id") or 0] = message
    return status_reply("Accepted")


def get_messages(device: Device, request: Payload, now: int) -> Reply:
    """GetDisplayMessages (O03, O04): the messages with the requested ids, priority and state."""
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


def set_tariff(device: Device, request: Payload, now: int) -> Reply:
    """SetDefaultTariff (I07): for one EVSE, or for all with 0."""
    evse = integer_at(request, "evseId") or 0
    if evse and evse not in device.connectors:
        return status_reply("Rejected")
    for number in [evse] if evse else device.connectors:
        device.tariffs[number] = object_at(request, "tariff")
    return status_reply("Accepted")


def get_tariffs(device: Device, request: Payload, now: int) -> Reply:
    """GetTariffs (I09): each tariff with its EVSEs."""
    wanted = integer_at(request, "evseId") or 0
    evses: dict[str, list[int]] = {}
    for number, tariff in sorted(device.tariffs.items()):
        if wanted in (0, number):
            evses.setdefault(text_at(tariff, "tariffId") or "", []).append(number)
    if not evses:
        return status_reply("NoTariff")
    assignments = [
        {"tariffId": name, "tariffKind": "DefaultTariff", "evseIds": numbers} for name, numbers in evses.items()
    ]
    return Reply({"status": "Accepted", "tariffAssignments": assignments})


def clear_tariffs(device: Device, request: Payload, now: int) -> Reply:
    """ClearTariffs (I10): by name, by EVSE, or all; one result for each cleared tariff, or NoTariff."""
    names, evse = texts_at(request, "tariffIds"), integer_at(request, "evseId") or 0
    gone = {
        number: text_at(tariff, "tariffId") or ""
        for number, tariff in device.tariffs.items()
        if evse in (0, number) and (not names or text_at(tariff, "tariffId") in names)
    }
    for number in gone:
        del device.tariffs[number]
    results: list[Payload] = [{"tariffId": name, "status": "Accepted"} for name in sorted(set(gone.values()))]
    results += [{"tariffId": name, "status": "NoTariff"} for name in dict.fromkeys(names) if name not in gone.values()]
    return Reply({"clearTariffsResult": results or [{"status": "NoTariff"}]})


def change_transaction_tariff(device: Device, request: Payload, now: int) -> Reply:
    """ChangeTransactionTariff (I11): the transaction goes on with the new tariff, and says so."""
    charge = device.charge_of(text_at(request, "transactionId") or "")
    if charge is None:
        return status_reply("TxNotFound")
    tariff = object_at(request, "tariff")
    before = device.tariff_of(charge.plan.connector, charge.transaction)
    if before and text_at(before, "currency") != text_at(tariff, "currency"):
        return status_reply("NoCurrencyChange")
    device.transaction_tariffs[charge.transaction] = tariff
    return status_reply("Accepted", *charge.tell_tariff(now))
