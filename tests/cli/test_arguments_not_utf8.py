"""Arguments whose bytes are not UTF-8, such as names of files from another system, end no command in a traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.kit.forked_program import ForkedProgram

ODD = b"\xff\xed\xa0\x80x"
"""A byte that UTF-8 never has, and half of a surrogate pair."""
COMMANDS: list[list[bytes]] = [
    [b"send", b"URL", b"Heartbeat", b"--user", ODD],
    [b"send", b"URL", b"Heartbeat", b"--password", ODD],
    [b"send", b"URL", b"Heartbeat", b"--password", ODD, b"--password-hex"],
    [b"send", b"URL", b"Heartbeat", b"--header", b"X: " + ODD],
    [b"send", b"URL", b"Heartbeat", b"--header", ODD + b": x"],
    [b"send", b"URL", b"Heartbeat", b"--id", ODD],
    [b"send", b"URL", b"Heartbeat", b"--record", ODD],
    [b"send", b"URL", b"Heartbeat", b"--password-file", ODD],
    [b"send", b"URL", b"DataTransfer", b"vendorId=" + ODD],
    [b"send", b"URL", b"DataTransfer", b"--json", b'{"vendorId":"' + ODD + b'"}'],
    [b"send", b"URL", b"DataTransfer", b"--anyway", b"--json", b'{"vendorId":"' + ODD],
    [b"send", b"URL", ODD, b"--anyway"],
    [b"send", b"ws://127.0.0.1:1/" + ODD, b"Heartbeat"],
    [b"send", b"ws://" + ODD + b":1/", b"Heartbeat", b"--id", b"x"],
    [b"send", b"ws://" + b"x" * 70 + b":1/", b"Heartbeat", b"--id", b"x"],
    [b"charge-point", b"ws://" + ODD + b"/x", b"--headless", b"--no-reconnect"],
    [b"charge-point", b"URL", b"--headless", b"--duration", b"0.5", b"--vendor", ODD, b"--serial", ODD],
    [b"central-system", b"--headless", b"--host", ODD],
    [b"central-system", b"--headless", b"--port", b"0", b"--duration", b"0.5", b"--user", ODD, b"--password", ODD],
    [b"open", b"--headless", b"LOG"],
    [b"open", b"--headless", ODD],
    [b"open", b"--headless", b"LOG", b"--shift", ODD + b".log=1"],
    [b"open", b"--headless", b"LOG", b"--shift", ODD + b".log=1e400"],
    [b"open", b"--headless", b"LOG", b"--shift", ODD + b".log=-1e15"],
    [b"open", b"--headless", b"LOG", b"--map", ODD + b"=" + ODD],
    [b"open", b"--headless", b"LOG", b"--keylog", ODD],
    [b"convert", b"LOG", ODD + b".csv"],
    [b"convert", b"LOG", ODD],
    [b"convert", b"LOG", b"-", b"--to", b"text", b"--filter", b"cp:" + ODD],
    [b"convert", b"LOG", b"-", b"--to", b"text", b"--filter", b"x=" + ODD],
    [b"convert", b"LOG", b"-", b"--to", b"text", b"--since", ODD],
    [b"convert", b"LOG", b"-", b"--to", b"text", b"--redact", b"--keep", ODD],
    [b"diff", b"LOG", b"LOG", b"--map-id", ODD + b"=" + ODD, b"--ignore", ODD],
    [b"limits", b"LOG", b"--at", ODD],
    [b"limits", b"LOG", b"--charge-point", ODD],
    [b"replay", b"LOG", b"--as", b"cp", b"--to", b"URL", b"--yes", b"--headless", b"--id", ODD, b"--patience", b"0"],
    [b"replay", b"LOG", b"--as", b"cp", b"--to", b"URL", b"--yes", b"--headless", b"--map-token", ODD + b"=" + ODD],
    [b"replay", b"LOG", b"--as", b"cp", b"--to", b"URL", b"--yes", b"--headless", b"--report", ODD + b".json"],
    [b"actions", ODD],
]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="this system has no names that are not Unicode")
def test_it_is_used_or_refused_in_words(
    central_system: str, environment: dict[str, str], tmp_path: Path, program: ForkedProgram
) -> None:
    """A log from an old Windows machine could not be opened, and the user would not learn why."""
    log = os.fsencode(tmp_path) + b"/" + ODD + b".log"
    Path(os.fsdecode(log)).write_bytes(b'2026-11-22 10:00:00 CP1 >> [2,"1","Heartbeat",{}]\n')
    words = {b"URL": f"{central_system}CP1".encode(), b"LOG": log}
    commands = [[words.get(word, word) for word in command] for command in COMMANDS]
    for command in commands:
        result = program.run(command, environment=environment, folder=tmp_path)
        assert "Traceback" not in result.stderr, command
        assert result.returncode in (0, 1, 2, 3), command
