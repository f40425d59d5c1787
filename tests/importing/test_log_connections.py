"""Which connection a frame of a log is of, and in which version it is read."""

from __future__ import annotations

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.log_connections import LogConnections
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport, Version

JSON, SOAP = Transport.JSON, Transport.SOAP


def _message(raw: str) -> Message:
    message = parse(raw)
    assert isinstance(message, Message)
    return message


def _boot(serial: str) -> Message:
    payload = f'{{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"{serial}"}}'
    return _message(f'[2,"1","BootNotification",{payload}]')


def test_numbers_go_on_behind_those_of_other_files() -> None:
    """Two files that are opened together would share their connections."""
    found = LogConnections(ImportTally(), None, taken=3)
    keys = [("CP-1", "", JSON), ("CP-1", "tcp 7", JSON), ("CP-1", "", SOAP), ("CP-1", "", JSON)]
    assert [found.of(*key).number for key in keys] == [4, 5, 6, 4]
    assert len(found) == 3


def test_what_the_file_states_holds_until_it_states_another() -> None:
    found = LogConnections(ImportTally(), None, 0)
    connection, guessed = found.of("CP-1", "", JSON), list[str]()
    assert found.version_of(connection, Version.V201, guessed) is Version.V201
    found.note(connection, "CP-1", _boot("S1"))  # as only 1.6 has it
    assert found.version_of(connection, None, guessed) is Version.V201
    assert guessed == []


def test_a_version_without_the_action_of_a_later_call_was_assumed_too_early() -> None:
    """The call would be shown as one of an unknown action."""
    tally = ImportTally()
    found = LogConnections(tally, None, 0)
    connection, guessed = found.of("CP-1", "", JSON), list[str]()
    found.note(connection, "CP-1", _message('[2,"1","Heartbeat",{}]'))
    assert found.version_of(connection, None, guessed) is Version.V16
    found.note(
        connection,
        "CP-1",
        _message('[2,"2","NotifyReport",{"requestId":1,"generatedAt":"2026-03-14T09:30:00Z","seqNo":0}]'),
    )
    assert found.version_of(connection, None, guessed) is Version.V201
    assert guessed == ["version", "version"]
    assert len([one for one in tally.evidence if one.startswith("Connection 1 is read as OCPP")]) == 2


def test_the_version_of_the_user_is_that_of_all() -> None:
    found, guessed = LogConnections(ImportTally(), Version.V21, 0), list[str]()
    assert found.version_of(found.of("CP-1", "", JSON), Version.V16, guessed) is Version.V21
    assert guessed == []


def test_two_serial_numbers_of_one_name_are_said_once() -> None:
    """The user would look for one charge point where there are two."""
    tally = ImportTally()
    found = LogConnections(tally, None, 0)
    for name in ("CP-1", "CP-2"):
        for serial in ("S1", "S1", "S2"):
            found.note(found.of(name, "", JSON), name, _boot(serial))
    (warning,) = tally.warnings
    assert warning.startswith("CP-1 started with two serial numbers, S1 and S2")
