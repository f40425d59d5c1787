"""Recordings in which rules are broken, and sessions in which they are diagnosed by one process or by several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from ocpptui.diagnosis import shared_run
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import read_trace
from ocpptui.recording.line_format import to_line
from ocpptui.session.file_session import FileSession

NEVER = 2**62
"""Bytes from which other processes help, if they never do."""


def write_rules(path: Path, rules: Iterable[Rule], *traces: str) -> Path:
    """A recording of the first trace of each rule, and of these traces, each at a charge point of its own, by time."""
    texts = [*(trace for rule in rules for trace in rule.positive[:1]), *traces]
    records = [
        replace(record, connection=100 * number + record.connection, charge_point=f"CP{number}")
        for number, text in enumerate(texts, 1)
        for record in read_trace(text).records
    ]
    path.write_bytes(b"".join(map(to_line, sorted(records, key=lambda record: record.time))))
    return path


def read_diagnosed(path: Path, large: int, patch: pytest.MonkeyPatch) -> FileSession:
    """A recording, diagnosed; other processes help if it has at least `large` bytes."""
    patch.setattr(shared_run, "LARGE", large)
    opening = FileSession([path])
    opening.session.diagnosis.whole = opening._whole
    while not opening.advance(0.01):
        pass
    while not opening.find_secrets(1):
        pass
    return opening
