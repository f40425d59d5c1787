"""Reading and laying out JSON as text, beside `json.loads` of the same text: a common frame, and one of 15 MB.

    python -m tests.benchmarks.json_text

Prints how many times as long each takes; the last figure is the payload's text of the large frame, which is cut out
without reading it again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from ocpptui.jsontext.text import compact, indented
from ocpptui.jsontext.tokens import scalars, tokens
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message

ROUNDS = 5
SAMPLE = {
    "timestamp": "2026-01-31T12:00:00Z",
    "sampledValue": [
        {"value": "230.5", "measurand": "Voltage", "phase": phase, "location": "Outlet", "unit": "V"}
        for phase in ("L1", "L2", "L3")
    ],
}


def frame(samples: int, indent: int | None) -> str:
    """A MeterValues of so many moments."""
    payload = {"connectorId": 1, "transactionId": 7, "meterValue": [SAMPLE] * samples}
    return f'[2,"a8b1c2","MeterValues",{json.dumps(payload, indent=indent)}]'


def seconds(function: Callable[[], object], times: int) -> float:
    """Seconds of the processor for one call, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            function()
        best = min(best, time.process_time() - began)
    return best / times


def report(name: str, text: str, times: int) -> None:
    message = parse(text)
    assert isinstance(message, Message)
    beside = seconds(lambda: json.loads(text), times)
    work: dict[str, Callable[[], object]] = {
        "tokens": lambda: sum(1 for _ in tokens(text)),
        "scalars": lambda: sum(1 for _ in scalars(text)),
        "indented": lambda: indented(text),
        "compact": lambda: compact(text),
        "payload": lambda: message.payload_text,
    }
    print(f"{name}, {len(text):,} characters: json.loads takes {beside * 1e6:,.1f} us")
    for what, function in work.items():
        print(f"  {what:10} {seconds(function, times) / beside:.2f} times as long")


def main() -> None:
    report("a frame", frame(2, None), 2_000)
    report("a large frame", frame(22_000, 1), 1)


if __name__ == "__main__":
    main()
