"""Which calls move a file, and by which protocol. If these fail, a charge point gets a URL that it cannot use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.file_protocols import (
    FAILURES,
    FIRMWARE_LOCATIONS,
    FIRMWARE_STATUSES,
    SUCCESSES,
    UPLOAD_LOCATIONS,
    UPLOAD_STATUSES,
    file_protocols,
    location_in,
)
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version


def fields_in(field: Field) -> Iterator[Field]:
    for child in (*field.fields, *([field.item] if field.item is not None else [])):
        yield child
        yield from fields_in(child)


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21], ids=str)
def test_every_call_with_a_location_is_known(version: Version) -> None:
    """A new version may have more of them."""
    found = set()
    for action in actions(version):
        tree = field_tree(version, action.name, Part.REQUEST)
        if tree is not None and any(one.name in ("location", "remoteLocation") for one in fields_in(tree)):
            found.add(action.name)
    known = {name for name in (*UPLOAD_LOCATIONS, *FIRMWARE_LOCATIONS) if field_tree(version, name, Part.REQUEST)}
    assert found - {"PublishFirmwareStatusNotification"} - _OF_OTHER_KINDS == known


_OF_OTHER_KINDS = {"BootNotification", "MeterValues", "StartTransaction", "StopTransaction", "TransactionEvent"}
"""Where `location` is where in a charge point a value was measured."""


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21], ids=str)
def test_every_status_that_says_how_a_file_was_moved_is_known(version: Version) -> None:
    statuses: set[str] = set()
    for name in UPLOAD_STATUSES | FIRMWARE_STATUSES:
        tree = field_tree(version, name, Part.REQUEST)
        if tree is not None:
            statuses |= {value for one in fields_in(tree) if one.name == "status" for value in one.enum or ()}
    ends = {one for one in statuses if one.startswith(("Upload", "Download")) and one.endswith(("ed", "Failure"))}
    assert ends - {"DownloadScheduled", "DownloadPaused"} <= FAILURES | SUCCESSES


def test_protocols_are_read_from_either_setting() -> None:
    assert file_protocols({"SupportedFileTransferProtocols": "FTP, https ,"}) == {"FTP", "HTTPS"}
    assert file_protocols({"OCPPCommCtrlr.FileTransferProtocols": "SFTP"}) == {"SFTP"}
    assert file_protocols({}) == frozenset()


def test_a_location_is_found_in_each_call_and_in_nothing_else() -> None:
    for payload in ({"location": "u"}, {"firmware": {"location": "u"}}, {"log": {"remoteLocation": "u"}}):
        assert location_in(payload) == "u"
    odd: list[object] = [None, [], {"location": {}}, {"log": 1}, "u"]
    assert [location_in(one) for one in odd] == [""] * len(odd)
