"""Which connection a frame of a log is of, and in which version it is read."""

from __future__ import annotations

import pytest

from ocpptui.importing.connections.log_connections import LogConnections
from ocpptui.importing.import_tally import ImportTally
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
        for serial in ("S1", "S1", "", "S2"):  # a start without one says nothing
            found.note(found.of(name, "", JSON), name, _boot(serial))
    (warning,) = tally.warnings
    assert warning.startswith("CP-1 started with two serial numbers, S1 and S2")


_BOOT_2 = '[2,"9","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}]'


def _heard(found: LogConnections, raw: str, name: str = "CP-1", connection: str = "") -> tuple[int, Version | None]:
    """The number of the connection of the next frame, and its version."""
    frame = _message(raw)
    known = found.of(name, found.now(name, connection, frame), JSON)
    found.note(known, name, frame)
    return known.number, found.version_of(known, None, [])


@pytest.mark.parametrize(("name", "connection"), [("CP-1", ""), ("CP-1", "session 7"), ("", ""), ("", "tcp 4")])
def test_a_charge_point_that_starts_in_another_version_has_a_new_connection(name: str, connection: str) -> None:
    """After an update from 1.6 to 2.0.1, every message would be shown as a faulty one of 1.6."""
    tally = ImportTally()
    found = LogConnections(tally, None, 0)
    first = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    status = (
        '[2,"2","StatusNotification",{"evseId":1,"connectorId":1,"connectorStatus":"Available",'
        '"timestamp":"2026-03-14T09:30:00Z"}]'
    )
    told = [_heard(found, raw, name, connection) for raw in (first, first, _BOOT_2, status, _BOOT_2, first)]
    assert told == [(1, "1.6"), (1, "1.6"), (2, "2.0.1"), (2, "2.0.1"), (2, "2.0.1"), (3, "1.6")]
    who = name or "A charge point"
    assert [sentence for sentence in tally.evidence if "another version" in sentence] == [
        f"{who} starts again in another version of OCPP: connection {number} begins with that BootNotification."
        for number in (2, 3)
    ]


def test_a_start_that_the_calls_before_do_not_contradict_begins_no_connection() -> None:
    """A log that begins in the middle would fall into two connections, and its answers would be orphans."""
    found = LogConnections(ImportTally(), None, 0)
    heartbeat = '[2,"1","Heartbeat",{}]'
    assert [_heard(found, raw)[0] for raw in (heartbeat, _BOOT_2, heartbeat, _BOOT_2)] == [1, 1, 1, 1]


def test_a_faulty_start_begins_no_connection() -> None:
    """What is wrong with it would be taken for another version."""
    found = LogConnections(ImportTally(), None, 0)
    first = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    faulty = '[2,"2","BootNotification",{"chargePointVendor":"V"}]'
    assert [_heard(found, raw) for raw in (first, faulty, first)] == [(1, "1.6")] * 3


def test_under_the_version_of_the_user_no_connection_begins_anew() -> None:
    found = LogConnections(ImportTally(), Version.V16, 0)
    first = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    assert [_heard(found, raw) for raw in (first, _BOOT_2)] == [(1, "1.6"), (1, "1.6")]


def test_two_serial_numbers_are_noticed_across_an_update() -> None:
    tally = ImportTally()
    found = LogConnections(tally, None, 0)
    found.note(found.of("CP-1", "", JSON), "CP-1", _boot("S1"))
    _heard(found, _BOOT_2.replace('"model"', '"serialNumber":"S2","model"'))
    assert tally.warnings == ["CP-1 started with two serial numbers, S1 and S2: two charge points may have this name."]
