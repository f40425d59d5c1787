"""What a simulated charge point keeps from one process to the next, as plain values for a file.

A transaction that runs when the process ends is like one at a power loss: its end is reported by the next process
(OCPP 1.6 section 4.10, reason PowerLoss; 2.x E04 and stoppedReason PowerLoss).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ocpptui.ocpp.charging_profile import TX_PROFILE, charging_profile
from ocpptui.ocpp.payload import Payload, integer_at, integers_at, object_at, objects_at, text_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.standard_settings import Access, Setting
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Version
from ocpptui.simulator.battery_swaps import go_on
from ocpptui.simulator.connector import Reservation
from ocpptui.simulator.device import Device
from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.kept_connection import connection_in, kept_connection, restore_connection
from ocpptui.simulator.outgoing_calls import StopReason
from ocpptui.simulator.remote_control import plan_expiry
from ocpptui.simulator.security_reports import ACTION as EVENT
from ocpptui.simulator.transaction import UNKNOWN_ID
from ocpptui.simulator.transaction_queue import Sender

FORMAT = 1
"""The number of the format; others are not read."""
_MOST_DIGITS = 18
"""Of a transaction id or a slot: it has 64 bits at most."""


class WrongState(ValueError):
    """The values are not the state of such a charge point; the message says why."""


def kept_state(device: Device, now: int) -> Payload:
    """The state at `now`, in microseconds since 1970-01-01 UTC, as JSON can hold it."""
    return {
        "format": FORMAT,
        "ocppVersion": str(device.version),
        "firmware": device.identity.firmware,
        "configuration": {
            _name(setting): device.configuration.value(setting)
            for setting in device.configuration.all()
            if device.configuration.value(setting) != setting.default
        },
        "connection": kept_connection(device.connection, device.own_certificates, device.certificates),
        "networkProfiles": {str(slot): profile for slot, profile in device.connection.slots.items()},
        "localList": device.authorizer.local_list,
        "localListVersion": device.authorizer.list_version,
        "isOperative": device.is_operative,
        "connectors": [
            {
                "number": connector.number,
                "energy": connector.meter.read(now).energy,
                "isOperative": connector.is_operative,
                "inoperative": [one.number for one in connector.evse_connectors if not one.is_operative],
                "reservation": None if connector.reservation is None else _reservation(connector.reservation),
            }
            for connector in device.connectors.values()
        ],
        "profiles": [
            {"place": profile.place, "installed": profile.installed, "content": profile.content}
            for profile in device.profiles
            if profile.purpose != TX_PROFILE  # they end with their transaction
        ],
        "messages": [*_waiting(device), *_ends(device, now)],
        "derControls": [control.request for control in device.der],
        "securityEvents": device.security.waiting(),
        "bays": device.bays.kept(now),
    }


def _name(setting: Setting) -> str:
    place = (setting.component, setting.variable, setting.instance, str(setting.evse), str(setting.connector))
    return setting.key or "/".join(place)


def _reservation(reservation: Reservation) -> Payload:
    return {
        "id": reservation.id,
        "token": reservation.token,
        "expiry": reservation.expiry,
        "group": reservation.group,
    }


def _waiting(device: Device) -> list[Payload]:
    return [
        {"action": call.action, "payload": call.payload, "transaction": transaction, "isEdge": is_edge}
        for call, transaction, is_edge in device.queue.waiting()
    ]


def _ends(device: Device, now: int) -> list[Payload]:
    """How each running transaction ends if the process ends now."""
    ends = []
    for charge in device.running():
        call = charge.end_call(now, StopReason.POWER_LOSS)
        ends.append({"action": call.action, "payload": call.payload, "transaction": charge.mark, "isEdge": True})
    return ends


# -- back again -----------------------------------------------------------------------------------------------------


class _Restored(Sender):
    """Sends the messages of a transaction of an earlier process; in 1.6 its id may still be unknown."""

    def __init__(self, known: str) -> None:
        self.id = known

    def filled(self, call: SendCall) -> SendCall:
        if call.payload.get("transactionId", 0) is not None:
            return call
        return SendCall(call.action, {**call.payload, "transactionId": int(self.id or UNKNOWN_ID)})

    def delivered(self, call: SendCall, answer: Payload | None, now: int) -> list[Effect]:
        if call.action == "StartTransaction" and (number := integer_at(answer or {}, "transactionId")) is not None:
            self.id = str(number)
        return []


def restore(device: Device, state: Any, now: int) -> None:
    """Give a new charge point the state of an earlier one. Raises WrongState, before anything is changed."""
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise WrongState("it is not the state of a charge point")
    if state.get("ocppVersion") != str(device.version):
        raise WrongState(f"it is the state of a charge point of OCPP {state.get('ocppVersion')}")
    _restore_settings(device, state)
    kept = connection_in(state, (device.version,))
    restore_connection(kept, device.connection, device.own_certificates, device.certificates)
    if firmware := text_at(state, "firmware"):
        device.take_firmware(firmware)
    entries = object_at(state, "localList")
    device.authorizer.local_list = {name: info for name, info in entries.items() if isinstance(info, dict)}
    device.authorizer.list_version = integer_at(state, "localListVersion") or 0
    device.is_operative = state.get("isOperative") is not False
    for kept in objects_at(state, "connectors"):
        _restore_connector(device, kept, now)
    for kept in objects_at(state, "profiles"):
        place, installed = integer_at(kept, "place") or 0, integer_at(kept, "installed") or now
        device.profiles.add(charging_profile(object_at(kept, "content"), place, installed))
    for request in objects_at(state, "derControls"):
        if is_valid(device.version, "SetDERControl", Part.REQUEST, request):
            device.der.set(request, now)
    events = objects_at(state, "securityEvents")
    device.security.restore([one for one in events if is_valid(device.version, EVENT, Part.REQUEST, one)])
    device.bays.restore(object_at(state, "bays"))
    go_on(device, now)
    _restore_messages(device, state, now)


def _restore_settings(device: Device, state: Payload) -> None:
    """The values of its keys or variables, and its network profiles."""
    by_name = {_name(setting): setting for setting in device.configuration.all()}
    for name, value in object_at(state, "configuration").items():
        setting = by_name.get(name)
        if setting is None or setting.access is Access.READ_ONLY or not isinstance(value, str):
            continue
        if setting.accepts(value):
            device.configuration.set(setting, value)
    slots = {name: profile for name, profile in object_at(state, "networkProfiles").items() if _is_number(name)}
    device.connection.slots = {int(name): profile for name, profile in slots.items() if isinstance(profile, dict)}


def _restore_connector(device: Device, kept: Payload, now: int) -> None:
    """The meter, the availability and the reservation of a connector, if it is still there."""
    connector = device.connectors.get(integer_at(kept, "number") or 0)
    if connector is None:
        return
    connector.meter.not_below(integer_at(kept, "energy") or 0)
    connector.is_operative = kept.get("isOperative") is not False
    for one in connector.evse_connectors:
        one.is_operative = one.number not in integers_at(kept, "inoperative")
    reservation = object_at(kept, "reservation")
    expiry = integer_at(reservation, "expiry")
    if expiry is not None and expiry > now:
        connector.reservation = Reservation(
            integer_at(reservation, "id") or 0,
            text_at(reservation, "token") or "",
            expiry,
            text_at(reservation, "group") or "",
        )
        plan_expiry(device, connector.reservation)


def _restore_messages(device: Device, state: Payload, now: int) -> None:
    """The messages of transactions that the central system does not have yet."""
    senders: dict[str, _Restored] = {}
    for kept in objects_at(state, "messages"):
        mark = text_at(kept, "transaction") or ""
        is_known = device.version.generation > 1 or _is_number(mark.removeprefix("-"))
        sender = senders.setdefault(mark, _Restored(mark if is_known else ""))
        call = SendCall(text_at(kept, "action") or "", object_at(kept, "payload"))
        if _is_message(device.version, call):
            device.queue.put(call, sender, partial(_id_of, sender), now, is_edge=kept.get("isEdge") is True)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def _is_message(version: Version, call: SendCall) -> bool:
    """Whether it is a message about a transaction, valid once its transaction has an id."""
    known = {"transactionId": 0} if call.payload.get("transactionId", 0) is None else {}
    is_about = call.action in ("StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent")
    return is_about and is_valid(version, call.action, Part.REQUEST, {**call.payload, **known}) is True


def _id_of(sender: _Restored) -> str:
    return sender.id
