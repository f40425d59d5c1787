"""What charge points in the field do wrong, so that a central system can be tried against it.

A quirk changes the calls of the simulated charge point as they leave it: the charge point itself knows nothing of it,
and an answer finds the call as it was meant. Faults of the wire are not quirks of a station.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp.date_times import HOUR, date_time, time_of
from ocpptui.ocpp.payload import Payload
from ocpptui.simulator.effects import SendCall

BOOT_ON_RECONNECT = "boot-on-reconnect"
NO_STATUS_AFTER_RECONNECT = "no-status-after-reconnect"
CLOCK_STARTS_OFF = "clock-starts-off"
TRIGGER_NEVER_KEPT = "trigger-never-kept"
"""The quirks of the connection, of the clock and of answers, which the behaviour itself has."""

_TIMES = ("timestamp", "generatedAt")
_STOPS = ("StopTransaction", "TransactionEvent")
_TOO_LONG = 60
"""Characters that no version allows in a serial number, a model or an info."""
_TOO_LONG_TOKEN = 300
"""The same of a token, which may have 255 in 2.1."""


@dataclass(frozen=True, slots=True)
class QuirkCircumstances:
    """What a quirk may depend on."""

    amount: float
    is_charging: bool
    """Whether a transaction runs."""


Change = Callable[[SendCall, QuirkCircumstances], list[SendCall]]
"""What is sent in place of a call: nothing, another one, or several."""


def _kept(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [call]


# -- times ----------------------------------------------------------------------------------------------------------


def _clock_off(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    def shifted(text: str) -> str:
        time = time_of(text)
        return text if time is None else date_time(time + int(at.amount * HOUR))

    return [_with_times(call, shifted)]


def _no_zone(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: text.removesuffix("Z"))]


def _short_zone(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: text.removesuffix("Z") + "+00")]


def _nanoseconds(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: f"{_FRACTION.sub('', text.removesuffix('Z'))}.195996200Z")]


def _no_fraction(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: _FRACTION.sub("", text))]


def _of_1970(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: f"1970-01-01{text[10:]}")]


def _empty_time(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_times(call, lambda text: "")]


def _with_times(call: SendCall, change: Callable[[str], str]) -> SendCall:
    return _mapped(call, lambda name, value: change(value) if name in _TIMES and isinstance(value, str) else value)


# -- status ---------------------------------------------------------------------------------------------------------


def _no_status_of_station(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [] if call.action == "StatusNotification" and call.payload.get("connectorId") == 0 else [call]


def _lower_case_status(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    if call.action != "StatusNotification":
        return [call]
    names = ("status", "connectorStatus")
    return [_mapped(call, lambda name, value: value.lower() if name in names else value)]


def _without_status(status: str) -> Change:
    def change(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
        return [] if call.action == "StatusNotification" and call.payload.get("status") == status else [call]

    return change


def _heartbeats_of_charges(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [] if call.action == "Heartbeat" and not at.is_charging else [call]


def _unknown_error_code(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [SendCall(call.action, {**call.payload, "errorCode": "Error"})] if "errorCode" in call.payload else [call]


def _long_info(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    if call.action != "StatusNotification":
        return [call]
    return [SendCall(call.action, {**call.payload, "info": "x" * _TOO_LONG})]


# -- identity -------------------------------------------------------------------------------------------------------


def _long(length: int, *names: str) -> Change:
    """Fills the texts of these names to a length."""

    def change(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
        def longer(name: str, value: Any) -> Any:
            return value.ljust(length, "0") if name in names and isinstance(value, str) else value

        return [_mapped(call, longer)]

    return change


def _null_for_missing(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    if call.action != "BootNotification":
        return [call]
    station = call.payload.get("chargingStation")
    if isinstance(station, dict):
        return [SendCall(call.action, {**call.payload, "chargingStation": {"modem": None, **station}})]
    missing = dict.fromkeys(("iccid", "imsi", "meterType", "meterSerialNumber"))
    return [SendCall(call.action, {**missing, **call.payload})]


def _vendor_field(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [SendCall(call.action, {**call.payload, "vendorExtension": "1"})]


# -- transactions ---------------------------------------------------------------------------------------------------


def _duplicate_stop(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [call, call] if _is_stop(call) else [call]


def _stop_without_token(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_without(call, "idTag", "idToken")] if _is_stop(call) else [call]


def _meter_start_zero(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [SendCall(call.action, {**call.payload, "meterStart": 0})] if "meterStart" in call.payload else [call]


def _decimals(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    names = ("meterStart", "meterStop", "seqNo", "timeSpentCharging")
    return [_mapped(call, lambda name, value: float(value) if name in names else value)]


def _transaction_minus_one(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [SendCall(call.action, {**call.payload, "transactionId": -1})] if "transactionId" in call.payload else [call]


def _is_stop(call: SendCall) -> bool:
    return call.action in _STOPS and call.payload.get("eventType", "Ended") == "Ended"


# -- meter values ---------------------------------------------------------------------------------------------------


def _meter_without_transaction(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_without(call, "transactionId")] if call.action == "MeterValues" else [call]


def _kwh_as_wh(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    def changed(sample: Payload) -> Payload:
        if not str(sample.get("measurand")).startswith("Energy"):
            return sample
        value = round(float(sample["value"]) / 1000, 3)
        return {**sample, "value": str(value) if isinstance(sample["value"], str) else value}

    return [_with_samples(call, changed)]


def _energy_unit_of_power(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    def changed(sample: Payload) -> Payload:
        if not str(sample.get("measurand")).startswith("Power"):
            return sample
        return {**sample, **({"unit": "Wh"} if "unit" in sample else {"unitOfMeasure": {"unit": "Wh"}})}

    return [_with_samples(call, changed)]


def _unknown_measurand(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    def changed(sample: Payload) -> Payload:
        is_power = str(sample.get("measurand")).startswith("Power")
        return {**sample, "measurand": "Request.Energy"} if is_power else sample

    return [_with_samples(call, changed)]


def _current_on_neutral(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    def changed(sample: Payload) -> Payload:
        is_current = sample.get("measurand") == "Current.Import" and "phase" in sample
        return {**sample, "phase": "N"} if is_current else sample

    return [_with_samples(call, changed)]


def _numbers_for_texts(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    return [_with_samples(call, lambda sample: {**sample, "value": float(sample["value"])})]


def _object_for_list(call: SendCall, at: QuirkCircumstances) -> list[SendCall]:
    values = call.payload.get("meterValue")
    if not isinstance(values, list) or len(values) != 1:
        return [call]
    return [SendCall(call.action, {**call.payload, "meterValue": values[0]})]


def _with_samples(call: SendCall, change: Callable[[Payload], Payload]) -> SendCall:
    return _mapped(call, lambda name, value: [change(one) for one in value] if name == "sampledValue" else value)


# -- parts ----------------------------------------------------------------------------------------------------------


def _without(call: SendCall, *names: str) -> SendCall:
    return SendCall(call.action, {name: value for name, value in call.payload.items() if name not in names})


def _mapped(call: SendCall, change: Callable[[str, Any], Any]) -> SendCall:
    """The call with each member changed, at any depth."""

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walked(change(name, each)) for name, each in value.items()}
        return [walked(each) for each in value] if isinstance(value, list) else value

    return SendCall(call.action, walked(call.payload))


_FRACTION = re.compile(r"\.[0-9]+")


# -- all of them ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quirk:
    """One thing that a charge point does wrong."""

    description: str
    change: Change
    generations: tuple[int, ...] = (1, 2)
    """Those of OCPP in which it has an effect."""
    unit: str = ""
    """What its amount is measured in; empty if it is only there or not."""


_1X = (1,)

QUIRKS: Mapping[str, Quirk] = {
    BOOT_ON_RECONNECT: Quirk("It sends BootNotification on each connection.", _kept),
    NO_STATUS_AFTER_RECONNECT: Quirk("After a reconnection it does not report its connectors.", _kept),
    "clock-off": Quirk("Its clock is wrong by so many hours.", _clock_off, unit="hours"),
    CLOCK_STARTS_OFF: Quirk("Its clock is wrong by so many hours until it is set.", _kept, unit="hours"),
    "timestamp-without-zone": Quirk("Its timestamps have no Z.", _no_zone),
    "timestamp-with-short-zone": Quirk("Its timestamps have the zone +00, without minutes.", _short_zone),
    "timestamp-with-nanoseconds": Quirk("Its timestamps have nine digits after the second.", _nanoseconds),
    "timestamp-without-fraction": Quirk("Its timestamps have whole seconds.", _no_fraction),
    "clock-never-set": Quirk("Its timestamps are of 1970-01-01: its clock was never set.", _of_1970),
    "empty-timestamp": Quirk("Its timestamps are empty texts.", _empty_time),
    "no-connector-zero": Quirk("It does not report the status of connector 0.", _no_status_of_station, _1X),
    "lower-case-status": Quirk("It writes the status in lower case.", _lower_case_status),
    "no-preparing": Quirk("It never reports Preparing.", _without_status("Preparing"), _1X),
    "no-finishing": Quirk("It never reports Finishing.", _without_status("Finishing"), _1X),
    "heartbeat-only-while-charging": Quirk("It sends no heartbeat while no car charges.", _heartbeats_of_charges),
    "unknown-error-code": Quirk("It reports the error code Error, which is in no list.", _unknown_error_code, _1X),
    "long-info": Quirk("The info of its status has 60 characters.", _long_info, _1X),
    "long-serial": Quirk(
        "Its serial number has 60 characters.", _long(_TOO_LONG, "chargePointSerialNumber", "serialNumber")
    ),
    "long-model": Quirk("Its model has 60 characters.", _long(_TOO_LONG, "chargePointModel", "model")),
    "long-token": Quirk(
        "It makes the number of each card 300 characters long.", _long(_TOO_LONG_TOKEN, "idTag", "idToken")
    ),
    "null-for-missing": Quirk("It writes null for what its BootNotification does not have.", _null_for_missing),
    "vendor-field": Quirk("It adds a field of its own to each call.", _vendor_field),
    TRIGGER_NEVER_KEPT: Quirk("It accepts each TriggerMessage and sends nothing.", _kept),
    "duplicate-stop": Quirk("It reports the end of each transaction twice.", _duplicate_stop),
    "stop-without-token": Quirk("It does not say who stopped a transaction.", _stop_without_token),
    "meter-start-zero": Quirk("It says that each transaction starts at 0 Wh.", _meter_start_zero, _1X),
    "transaction-minus-one": Quirk(
        "It names each transaction -1, as if the answer to its start never came.", _transaction_minus_one, _1X
    ),
    "decimals-for-integers": Quirk("It writes whole numbers with a decimal point.", _decimals),
    "meter-without-transaction": Quirk("Its meter values name no transaction.", _meter_without_transaction, _1X),
    "kwh-as-wh": Quirk("It measures energy in kWh and says that it is Wh.", _kwh_as_wh),
    "energy-unit-of-power": Quirk("It says that power is measured in Wh.", _energy_unit_of_power),
    "unknown-measurand": Quirk("It names power by a measurand that is in no list.", _unknown_measurand),
    "current-on-neutral": Quirk("It says that the current of each phase flows on N.", _current_on_neutral),
    "numbers-for-texts": Quirk("It writes measured values as numbers, not as texts.", _numbers_for_texts, _1X),
    "object-for-list": Quirk("It writes one meter value as an object, not as a list.", _object_for_list),
}
"""All quirks, by name."""


class StationQuirks:
    """The quirks of one charge point, and which calls they have changed."""

    def __init__(self, amounts: Mapping[str, float], generation: int) -> None:
        """`amounts` has the quirks by name; those of another generation have no effect."""
        self._amounts = {name: amount for name, amount in amounts.items() if generation in QUIRKS[name].generations}
        self._changed: list[tuple[SendCall, SendCall | None]] = []  # as sent, as meant; None for what is too much

    def has(self, name: str) -> bool:
        return name in self._amounts

    def amount(self, name: str) -> float:
        """How much of a quirk it has; 0 if it does not have it."""
        return self._amounts.get(name, 0.0)

    def sent(self, call: SendCall, *, is_charging: bool) -> list[SendCall]:
        """What the charge point sends in place of the call that it means."""
        calls = [call]
        for name, amount in self._amounts.items():
            at = QuirkCircumstances(amount, is_charging)
            calls = [each for one in calls for each in QUIRKS[name].change(one, at)]
        if calls != [call]:
            self._changed += [(each, None if number else call) for number, each in enumerate(calls)]
        return calls

    def meant(self, action: str, sent: Payload) -> Payload | None:
        """The payload that was meant with one that was sent; None if the answer to it is of no use."""
        for number, (call, original) in enumerate(self._changed):
            if call.action == action and call.payload == sent:
                del self._changed[number]
                return None if original is None else original.payload
        return sent

    def closed(self) -> None:
        """The connection is gone, and no answer comes any more."""
        self._changed.clear()
