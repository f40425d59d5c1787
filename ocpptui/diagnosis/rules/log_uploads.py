"""Diagnostics and logs: whether their upload ends, and well."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SINCE_1_6
from ocpptui.timeline.severity import Severity

_DIAGNOSTICS = """
10:00:00 < GetDiagnostics {"location":"ftp://example.com/"}
10:00:01 > ok {"fileName":"d.zip"}
"""
_LOG_2 = """
2.0.1
10:00:00 < GetLog {"requestId":3,"logType":"DiagnosticsLog","log":{"remoteLocation":"https://example.com/"}}
10:00:01 > ok {"status":"Accepted","filename":"d.zip"}
"""
_LOG_16 = _LOG_2.replace("2.0.1", "")


def _upload(status: str, time: str) -> str:
    return f'10:{time} > DiagnosticsStatusNotification {{"status":"{status}"}}\n10:{time} < ok\n'


def _log(status: str, time: str, request: int | None = None) -> str:
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > LogStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


UPLOAD_FAILED = Rule(
    "log.failed",
    Severity.ERROR,
    "The upload of diagnostics or of a log failed.",
    "OCPP 1.6 sections 4.4 and 7.24; OCPP 2.0.1 and 2.1 Part 2 N01.FR.10",
    says="The upload failed: {status}.",
    remedy="Check whether the charge point reaches the location, and may write there.",
    positive=(
        _DIAGNOSTICS + _upload("Uploading", "00:02") + "* " + _upload("UploadFailed", "00:09"),
        _LOG_2 + "* " + _log("PermissionDenied", "00:09", 3),
    ),
    negative=(_DIAGNOSTICS + _upload("Uploading", "00:02") + _upload("Uploaded", "00:09"),),
)

UPLOAD_SILENT = Rule(
    "log.silent",
    Severity.WARNING,
    "The charge point accepted an upload, but does not report how it ends.",
    "OCPP 1.6 sections 4.4 and 5.9, errata section 3.31 and security whitepaper N01; OCPP 2.0.1 and 2.1 Part 2 "
    "N01.FR.08 to N01.FR.10",
    says="{waited} after it accepted this upload, the charge point has not reported {what}.",
    positive=(
        _DIAGNOSTICS.replace("10:00:00 <", "* 10:00:00 <") + _upload("Uploading", "00:02") + "12:00:00 > Heartbeat {}",
        _LOG_2.replace("10:00:00 <", "* 10:00:00 <") + "12:00:00 > Heartbeat {}",
    ),
    negative=(
        _DIAGNOSTICS + _upload("Uploaded", "00:20") + "12:00:00 > Heartbeat {}",
        _DIAGNOSTICS.replace('{"fileName":"d.zip"}', "") + "12:00:00 > Heartbeat {}",
        _LOG_2 + _log("Uploaded", "00:20", 3) + "12:00:00 > Heartbeat {}",
        _LOG_2.replace("Accepted", "Rejected") + "12:00:00 > Heartbeat {}",
        _LOG_2,
        _LOG_2 + "12:00:00 CP2 > Heartbeat {}",
        _DIAGNOSTICS.replace("10:00:01 >", "- >") + "12:00:00 > Heartbeat {}",
    ),
)

REQUEST_ID = Rule(
    "log.request-id",
    Severity.WARNING,
    "A status of the upload of a log does not name its request.",
    "OCPP 1.6 security whitepaper section 5.13; OCPP 2.0.1 and 2.1 Part 2 N01.FR.07 and N01.FR.13",
    versions=SINCE_1_6,
    says="{status} {what}.",
    remedy="The central system cannot tell which of its requests it is about.",
    positive=(
        _LOG_2 + "* " + _log("Uploading", "00:09"),
        _LOG_2 + "* " + _log("Uploading", "00:09", 1),
        _LOG_16 + "* " + _log("Uploading", "00:09", 6),
    ),
    negative=(
        _LOG_2 + _log("Uploading", "00:09", 3),
        "2.0.1\n" + _log("Idle", "00:09"),
        "2.0.1\n" + _log("Uploading", "00:09", 3),
        _LOG_16 + _log("Uploading", "00:09", 3),
        # The upload before it is cancelled.
        _LOG_2
        + _LOG_16.replace('"requestId":3', '"requestId":4').replace('"Accepted"', '"AcceptedCanceled"')
        + _log("AcceptedCanceled", "00:09", 3)
        + _log("Uploading", "00:10", 4),
        _LOG_2 + _log("Uploading", "00:09", 3).replace(">", "CP2 >").replace("<", "CP2 <"),
    ),
)

RULES = (UPLOAD_FAILED, UPLOAD_SILENT, REQUEST_ID)

_FAILURES = {"UploadFailed", "UploadFailure", "BadMessage", "NotSupportedOperation", "PermissionDenied"}
_ENDS = _FAILURES | {"Uploaded", "AcceptedCanceled"}


class LogChecker(ExpectingChecker):
    """Follows the last upload of a charge point."""

    def begin(self) -> None:
        self.request: int | None = None  # the id of the last request that was accepted
        self.before: int | None = None  # the id of the one before it, until a status names the last

    @on_exchange("GetDiagnostics", "GetLog")
    def accepted(self, call: Seen, answer: Seen) -> None:
        name = answer.text("fileName") or answer.text("filename")
        accepted = name if call.action == "GetDiagnostics" else (answer.text("status") or "").startswith("Accepted")
        if not accepted:
            return
        if (number := call.integer("requestId")) is not None:
            self.before, self.request = self.request, number
        if answer.is_timed:
            self.expect_status(call, answer, "begin", self.limits.queue_patience, "that it began")
            self.expect_status(call, answer, "end", self.limits.upload_patience, "how it ended")

    def expect_status(self, call: Seen, answer: Seen, name: str, seconds: float, what: str) -> None:
        wait, index = round(seconds * SECOND), call.index

        def missed() -> None:
            self.stop_all_waiting()
            self.found(UPLOAD_SILENT, index, waited=TimeSpan(wait), what=Phrase(what))

        self.wait(name, answer.clock + wait, missed)

    @on_call("DiagnosticsStatusNotification", "LogStatusNotification")
    def uploading(self, call: Seen) -> None:
        status = call.text("status") or ""
        if call.action == "LogStatusNotification" and status not in ("", "Idle"):
            self.compare_request(call, status)
        self.stop_waiting("begin")
        if status in _ENDS:
            self.stop_waiting("end")
        if status in _FAILURES or status.endswith("Failed"):  # also as no version spells it
            self.found(UPLOAD_FAILED, call, status=status)

    def compare_request(self, call: Seen, status: str) -> None:
        """Look whether a status names its request."""
        number, expected = call.integer("requestId"), self.request
        if number is None:
            self.found(REQUEST_ID, call, status=status, what=Phrase("has no requestId"))
        elif expected is not None and number not in (expected, self.before):
            what = Phrase(f"is for request {number}, but the last GetLog was request {expected}")
            self.found(REQUEST_ID, call, status=status, what=what)
        elif number == expected:
            self.before = None
