"""Passwords of Basic authentication, whose form is judged before they are masked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.password_form import PasswordFault, fault_of_password, passwords_set_by
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline

_WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789!", min_size=1, max_size=80)


def _request(version: Version, password: str) -> tuple[str, dict[str, Any]]:
    if version is Version.V16:
        return "ChangeConfiguration", {"key": "AuthorizationKey", "value": password}
    variable = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    return "SetVariables", {"setVariableData": [{"attributeValue": password, **variable}]}


def _record(version: Version, password: str) -> Record:
    action, payload = _request(version, password)
    assert list(passwords_set_by(action, payload)) == [password]
    raw = json.dumps([2, "1", action, payload])
    return message_record(
        raw, time=0, connection=1, direction=Direction.TO_CHARGE_POINT, charge_point="CP1", version=version
    )


def _found(record: Record) -> list[str]:
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    timeline.append(record)
    while not diagnosis.advance(1):
        pass
    return [one.text for one in findings_at(timeline, 0) if one.rule == "sec.password"]


@given(st.sampled_from([Version.V16, Version.V201, Version.V21]), _WORDS)
def test_a_masked_password_is_judged_as_it_was(version: Version, password: str) -> None:
    """The check would find a weak password only in a recording that shows it to everyone."""
    plain = _record(version, password)
    masked = Masking().masked(plain)
    line = to_line(masked)
    assert len(password) < 6 or password.encode() not in line.replace(b"AuthorizationKey", b"")
    read = from_line(line.rstrip(b"\n"))
    assert isinstance(read, Record)
    assert _found(read) == _found(masked) == _found(plain)
    assert bool(_found(read)) == (fault_of_password(version, password) is not None)


@pytest.mark.parametrize(
    ("version", "password", "fault"),
    [
        (Version.V16, "0" * 31, PasswordFault.SHORT),
        (Version.V16, "0" * 32, None),
        (Version.V16, "0" * 33, PasswordFault.NOT_HEXADECIMAL),
        (Version.V16, "x" * 32, PasswordFault.NOT_HEXADECIMAL),
        (Version.V16, "f" * 40, None),
        (Version.V16, "f" * 41, PasswordFault.LONG),
        (Version.V201, "x" * 15, PasswordFault.SHORT),
        (Version.V201, "x" * 16, None),
        (Version.V21, "x" * 64, None),
        (Version.V21, "x" * 65, PasswordFault.LONG),
        (Version.V15, "x", None),
        (None, "x", None),
    ],
)
def test_the_form_is_that_of_the_version(version: Version | None, password: str, fault: PasswordFault | None) -> None:
    """A right password would be called weak, or a weak one right."""
    assert fault_of_password(version, password) is fault
