"""Statuses, boots, transactions and wrong answers in the example traces of rules."""

from __future__ import annotations

BOOT_16 = """
10:00:00 opened
10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
BOOT_2 = """
2.0.1
10:00:00 opened
10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
START_16 = """
10:01:00 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:01:00Z"}
10:01:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
STOP_16 = """
10:02:00 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:02:00Z"}
10:02:01 < ok
"""
STILL_THERE = "10:20:00 > Heartbeat {}"
"""Time passes."""


def status_16(status: str, at: str, connector: int = 1, error: str = "NoError", more: str = "") -> str:
    """A StatusNotification of 1.6 with its answer. `at` is a time of the trace."""
    payload = f'{{"connectorId":{connector},"errorCode":"{error}","status":"{status}"{more}}}'
    return f"{at} > StatusNotification {payload}\n{at} < ok\n"


def status_2(status: str, at: str, evse: int = 1, connector: int = 1, said: str = "") -> str:
    """A StatusNotification of 2.x with its answer; `said` is the time in it, `at` if it is empty."""
    return (
        f'{at} > StatusNotification {{"timestamp":"2026-01-01T{said or at}Z","connectorStatus":"{status}",'
        f'"evseId":{evse},"connectorId":{connector}}}\n{at} < ok\n'
    )


def event_2(kind: str, at: str, number: int = 0, info: str = "", trigger: str = "CablePluggedIn") -> str:
    """A TransactionEvent of transaction t1 at EVSE 1 with its answer."""
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}},"evse":{{"id":1,"connectorId":1}}}}\n'
        f"{at} < ok\n"
    )


def wrong_answer(exchange: str) -> str:
    """The two lines of an exchange, of which the answer breaks the rule."""
    call, answer = exchange.splitlines()
    return f"{call}\n* {answer}\n"
