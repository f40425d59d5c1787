"""Uploads of logs and diagnostics. If these fail, a backend is told "Uploaded" of a file that never came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.effects import TransferOutcome
from tests.simulator.conftest import SECOND

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16 = Version.V16
LOG: dict[str, Any] = {"logType": "DiagnosticsLog", "log": {"remoteLocation": "ftp://a/b"}}


def steps(operated: Operated, action: str) -> list[tuple[str, Any]]:
    return [(said.payload["status"], said.payload.get("requestId")) for said in operated.told(action)]


def fail(operated: Operated, failure: str) -> None:
    operated.bench.outcome_of = lambda wanted: TransferOutcome(wanted.number, failure)


def test_a_log_is_uploaded_and_its_steps_have_the_request_id(operated: Operated) -> None:
    answer = operated.order("GetLog", {**LOG, "requestId": 41}, 10)
    assert answer == {"status": "Accepted", "filename": "diagnostics.log"}
    assert steps(operated, "LogStatusNotification") == [("Uploading", 41), ("Uploaded", 41)]
    (transfer,) = operated.bench.transfers
    assert (transfer.url, transfer.name) == ("ftp://a/b", "diagnostics.log")
    assert transfer.content is not None
    assert b"connector 1: Available" in transfer.content
    security = operated.order("GetLog", {**LOG, "logType": "SecurityLog", "requestId": 42})
    assert security["filename"] == "security.log"


def test_no_secret_is_in_the_log(operated: Operated) -> None:
    operated.configure("AuthorizationKey", "hunter2hunter2hunter2")
    operated.order("GetLog", {**LOG, "requestId": 41}, 10)
    content = operated.bench.transfers[0].content
    assert content is not None
    assert b"hunter2" not in content


@pytest.mark.parametrize(
    ("failure", "status"),
    [("failed", "UploadFailure"), ("permission", "PermissionDenied"), ("protocol", "NotSupportedOperation")],
)
def test_a_failure_is_told_as_what_it_is(operate: Operate, version: Version, failure: str, status: str) -> None:
    operated = operate(version)
    fail(operated, failure)
    operated.order("GetLog", {**LOG, "requestId": 41}, 20)
    assert steps(operated, "LogStatusNotification") == [("Uploading", 41), (status, 41)]


def test_it_is_tried_again_as_often_as_wanted(operate: Operate, version: Version) -> None:
    """N01.FR.13: retries and retryInterval."""
    operated = operate(version)
    fail(operated, "failed")
    operated.order("GetLog", {**LOG, "requestId": 41, "retries": 2, "retryInterval": 30}, 200)
    told = operated.told("LogStatusNotification")
    assert [said.payload["status"] for said in told] == [*["Uploading"] * 3, "UploadFailure"]
    assert told[1].time - told[0].time == 32 * SECOND  # two seconds until the failure, then the interval


def test_the_security_log_has_the_events_of_the_time_that_was_asked_for(operated: Operated) -> None:
    for _ in range(2):
        operated.order("CertificateSigned", {"certificateChain": "junk"})
        operated.bench.run(60)
    since = date_time(operated.bench.now - 90 * SECOND)
    limits: list[tuple[dict[str, str], int]] = [
        ({}, 2),
        ({"oldestTimestamp": since}, 1),
        ({"latestTimestamp": since}, 1),
    ]
    for limit, events in limits:
        log = {"remoteLocation": "http://example.com/up", **limit}
        operated.order("GetLog", {"logType": "SecurityLog", "requestId": 5, "log": log}, 10)
        content = operated.bench.transfers[-1].content or b""
        assert content.count(b"Certificate") == events
        assert b"HeartbeatInterval" not in content


def test_a_second_request_replaces_the_first(operated: Operated) -> None:
    """2.x N01.FR.20; the bytes of the first stop, too."""
    operated.order("GetLog", {**LOG, "requestId": 41}, 3)
    assert operated.order("GetLog", {**LOG, "requestId": 42}, 10)["status"] == "AcceptedCanceled"
    cancelled = [] if operated.version is V16 else [("AcceptedCanceled", 41)]
    expected = [("Uploading", 41), *cancelled, ("Uploading", 42), ("Uploaded", 42)]
    assert steps(operated, "LogStatusNotification") == expected
    assert operated.bench.given_up == [operated.bench.transfers[0].number]


def test_a_trigger_reports_the_progress_of_an_upload(operated: Operated) -> None:
    wanted = {"requestedMessage": "LogStatusNotification"}
    action = "ExtendedTriggerMessage" if operated.version is V16 else "TriggerMessage"
    operated.order(action, wanted)
    operated.order("GetLog", {**LOG, "requestId": 41}, 3)
    operated.order(action, wanted, 0.5)
    told = steps(operated, "LogStatusNotification")
    assert told == [("Idle", None), ("Uploading", 41), ("Uploading", 41)]


@pytest.mark.parametrize(
    ("failure", "status"), [("", "Uploaded"), ("failed", "UploadFailed"), ("protocol", "UploadFailed")]
)
def test_diagnostics_of_1_6(operate: Operate, failure: str, status: str) -> None:
    operated = operate(V16)
    fail(operated, failure)
    assert operated.order("GetDiagnostics", {"location": "ftp://a/b"}, 10) == {"fileName": "diagnostics.log"}
    assert steps(operated, "DiagnosticsStatusNotification") == [("Uploading", None), (status, None)]
