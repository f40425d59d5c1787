"""How the simulated charge point handles tariffs; `running_cost` calculates with them.

Source: OCPP 2.1 Part 2 use cases I07 to I11.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, integer_at, object_at, text_at, texts_at
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.running_cost import tariff_problem


def set_tariff(device: Device, request: Payload, now: int) -> Reply:
    """SetDefaultTariff (I07): for one EVSE, or for all with 0."""
    evse, tariff = integer_at(request, "evseId") or 0, object_at(request, "tariff")
    if evse and evse not in device.connectors:
        return status_reply("Rejected")
    if problem := tariff_problem(tariff, now):
        return status_reply(problem)
    for number in [evse] if evse else device.connectors:
        device.tariffs.defaults[number] = tariff
    return status_reply("Accepted")


def get_tariffs(device: Device, request: Payload, now: int) -> Reply:
    """GetTariffs (I09): each tariff with its EVSEs."""
    wanted = integer_at(request, "evseId") or 0
    evses: dict[str, list[int]] = {}
    for number, tariff in sorted(device.tariffs.defaults.items()):
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
        for number, tariff in device.tariffs.defaults.items()
        if evse in (0, number) and (not names or text_at(tariff, "tariffId") in names)
    }
    for number in gone:
        del device.tariffs.defaults[number]
    results: list[Payload] = [{"tariffId": name, "status": "Accepted"} for name in sorted(set(gone.values()))]
    results += [{"tariffId": name, "status": "NoTariff"} for name in dict.fromkeys(names) if name not in gone.values()]
    return Reply({"clearTariffsResult": results or [{"status": "NoTariff"}]})


def change_transaction_tariff(device: Device, request: Payload, now: int) -> Reply:
    """ChangeTransactionTariff (I11): the transaction goes on with the new tariff, and says so."""
    charge = device.charge_of(text_at(request, "transactionId") or "")
    if charge is None:
        return status_reply("TxNotFound")
    tariff = object_at(request, "tariff")
    if problem := tariff_problem(tariff, now):
        return status_reply(problem)
    before = device.tariff_of(charge.plan.connector, charge.transaction)
    if before and text_at(before, "currency") != text_at(tariff, "currency"):
        return status_reply("NoCurrencyChange")
    device.tariffs.change(charge.transaction, tariff)
    return status_reply("Accepted", *charge.tell_tariff(now))
