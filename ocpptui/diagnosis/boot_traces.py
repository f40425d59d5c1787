"""Boots, and what precedes and follows them, in the example traces of rules."""

from __future__ import annotations

OPENED = "10:00:00 opened\n"
BOOT_CALL = 'BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'


def boot_call_2x(reason: str = "PowerUp") -> str:
    """A BootNotification of OCPP 2.x."""
    return f'BootNotification {{"reason":"{reason}","chargingStation":{{"vendorName":"A","model":"B"}}}}'


def boot_answer(status: str, interval: int) -> str:
    """What a central system answers to a BootNotification."""
    return f'ok {{"currentTime":"2026-01-01T10:00:01Z","interval":{interval},"status":"{status}"}}'


def registered_16(status: str, interval: int = 60) -> str:
    """A BootNotification of OCPP 1.6 and its answer."""
    return f"10:00:00 > {BOOT_CALL}\n10:00:01 < {boot_answer(status, interval)}\n"


def registered_2x(status: str, interval: int = 60) -> str:
    """A BootNotification of OCPP 2.0.1 and its answer."""
    return f"2.0.1\n10:00:00 > {boot_call_2x()}\n10:00:01 < {boot_answer(status, interval)}\n"


BOOT_WITH_ID = '10:00:00 > [2,"b","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]\n'
LATE_ANSWER = f'< [3,"b",{boot_answer("Accepted", 60).removeprefix("ok ")}]'
STATUS_CALL = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}'
ACCEPTED = 'ok {"status":"Accepted"}'
TIME_ANSWER = 'ok {"currentTime":"2026-01-01T10:00:03Z"}'
REMOTE_START = 'RemoteStartTransaction {"idTag":"A"}'
REMOTE_START_2X = 'RequestStartTransaction {"remoteStartId":1,"idToken":{"idToken":"A","type":"Central"}}'
RESET_16 = f'10:00:30 < Reset {{"type":"Hard"}}\n10:00:30 > {ACCEPTED}\n'


def triggered_16(message: str) -> str:
    """A TriggerMessage that is accepted."""
    return f'10:00:02 < TriggerMessage {{"requestedMessage":"{message}"}}\n10:00:02 > {ACCEPTED}\n'


def booted_16(time: str, more: str = "", interval: int = 300) -> str:
    """An accepted boot of OCPP 1.6."""
    return (
        f'{time} > BootNotification {{"chargePointVendor":"A","chargePointModel":"B"{more}}}\n'
        f'{time} < ok {{"currentTime":"2026-01-01T{time}Z","interval":{interval},"status":"Accepted"}}\n'
    )


def booted_2x(time: str, reason: str = "PowerUp", more: str = "", serial: str = "S1") -> str:
    """An accepted boot of OCPP 2.0.1."""
    return (
        f'{time} > BootNotification {{"reason":"{reason}","chargingStation":{{"vendorName":"A","model":"B",'
        f'"serialNumber":"{serial}"{more}}}}}\n'
        f'{time} < ok {{"currentTime":"2026-01-01T{time}Z","interval":300,"status":"Accepted"}}\n'
    )


def serial_16(serial: str) -> str:
    """A serial number for `booted_16`."""
    return f',"chargePointSerialNumber":"{serial}"'


def statuses_16(time: str, *connectors: int) -> str:
    """These connectors report that they are Available."""
    return "".join(
        f'{time} > StatusNotification {{"connectorId":{one},"errorCode":"NoError","status":"Available"}}\n{time} < ok\n'
        for one in connectors
    )
