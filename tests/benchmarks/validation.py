"""Reading and validating a frame, beside the `ocpp` package's own `unpack` and validation of the same frames.

Prints for each frame how many times as fast we are; the least of a MeterValues, the message that there is most of, is
last. Goal: at least 50 times.
"""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

from ocpp.messages import _validate_payload, unpack

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import validator
from ocpptui.ocpp.version import Version

ROUNDS = 7

MEASURANDS = ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import")
TIME = "2026-01-31T12:00:00.000Z"


def sampled_16() -> list[dict[str, Any]]:
    return [
        {"value": "230.5", "context": "Sample.Periodic", "measurand": measurand, "phase": phase, "location": "Outlet"}
        for measurand in MEASURANDS
        for phase in ("L1", "L2", "L3")
    ]


def sampled_201() -> list[dict[str, Any]]:
    return [sample | {"value": 230.5, "unitOfMeasure": {"unit": "Wh", "multiplier": 0}} for sample in sampled_16()]


FRAMES = [
    (Version.V16, "Heartbeat", {}),
    (Version.V16, "BootNotification", {"chargePointVendor": "Example", "chargePointModel": "Model S"}),
    (
        Version.V16,
        "MeterValues",
        {"connectorId": 1, "transactionId": 7, "meterValue": [{"timestamp": TIME, "sampledValue": sampled_16()}]},
    ),
    (
        Version.V201,
        "MeterValues",
        {"evseId": 1, "meterValue": [{"timestamp": TIME, "sampledValue": sampled_201()}]},
    ),
]


def rate(function: Callable[[], object]) -> float:
    """Calls a second."""
    timer = timeit.Timer(function)
    count, _ = timer.autorange()
    rounds = max(1, count // 4)
    return rounds / median(timer.repeat(ROUNDS, rounds))


def compare(version: Version, action: str, raw: str) -> tuple[float, float]:
    """How many times as fast we validate a frame that is read already, and read and validate it."""
    check, call, frame = validator(version, action, Part.REQUEST), unpack(raw), parse(raw)
    assert check is not None
    assert isinstance(frame, Message)
    payload = frame.payload
    assert check(payload)
    _validate_payload(call, version.value)

    def ours() -> bool:
        read = parse(raw)
        return isinstance(read, Message) and check(read.payload)

    def theirs() -> None:
        _validate_payload(unpack(raw), version.value)

    validated = rate(lambda: check(payload)) / rate(lambda: _validate_payload(call, version.value))
    return validated, rate(ours) / rate(theirs)


def main() -> None:
    """Measure and print."""
    least = least_read = float("inf")
    for version, action, payload in FRAMES:
        raw = json.dumps([2, "a81f-1234", action, payload], separators=(",", ":"))
        validated, read = compare(version, action, raw)
        print(f"{version} {action} ({len(raw)} bytes): validated {validated:.0f}, read and validated {read:.0f} times")
        if action == "MeterValues":
            least, least_read = min(least, validated), min(least_read, read)
    print(f"MeterValues, read and validated: {least_read:.0f}")
    print(f"MeterValues, validated: {least:.0f}")


if __name__ == "__main__":
    main()
