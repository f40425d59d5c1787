"""The program on a machine whose clock is really set, as far as libfaketime can make it believe so."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.program import OCPPTUI

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

pytestmark = pytest.mark.needs("faketime")


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def heartbeats(path: Path) -> int:
    answers = (record for record in records(path) if record["messageType"] == "CALLRESULT")
    return sum(record.get("action") == "Heartbeat" for record in answers)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("offset", "words"),
    [("-1h", "back by 1 h."), ("+1d", "forward by 1 d."), ("+3652d", "forward by 3652 d.")],
)
def test_heartbeats_go_on_and_the_log_says_that_the_clock_was_set(
    environment: dict[str, str], tmp_path: Path, offset: str, words: str
) -> None:
    clock, central, charger = tmp_path / "clock", tmp_path / "central.jsonl", tmp_path / "charger.jsonl"
    clock.write_text("+0")
    faked = {
        **environment,
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [*OCPPTUI, *arguments, "--headless"]
        return subprocess.Popen(command, env=faked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    server = start("central-system", "--port", "0", "--interval", "1", "--record", str(central))
    assert server.stderr is not None
    with server:
        url = server.stderr.readline().decode().split()[-1]
        with start("charge-point", f"{url}CP1", "--record", str(charger)) as client:
            until(lambda: heartbeats(central) >= 2)
            aside = clock.with_name("aside")
            aside.write_text(offset)
            os.replace(aside, clock)
            count = heartbeats(central)
            until(lambda: heartbeats(central) >= count + 3)
            client.terminate()
            client.communicate()
        server.terminate()
        server.communicate()
    for path in (central, charger):
        told = [record["detail"]["text"] for record in records(path) if record["messageType"] == "NOTE"]
        assert told == [f"The clock of this machine was set {words}"]
