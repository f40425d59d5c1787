"""Reports of OCPP 2.x that come in parts: whether each was asked for, is whole and comes to its end."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_REPORTS = 200
_2X = frozenset(version for version in Version if version.generation == 2)
_PARTS = "OCPP 2.0.1 and 2.1 Part 2, NotifyReportRequest and the other reports, field"

REPORT_OF = {
    "GetBaseReport": "NotifyReport",
    "GetReport": "NotifyReport",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "CustomerInformation": "NotifyCustomerInformation",
    "GetDisplayMessages": "NotifyDisplayMessages",
    "GetChargingProfiles": "ReportChargingProfiles",
}
"""The report that follows a request once it is accepted; both have the same requestId."""

_BOOT = """
2.0.1
09:00:00 opened
09:00:01 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
09:00:02 < ok {"currentTime":"2026-01-01T09:00:02Z","interval":300,"status":"Accepted"}
"""
_ASK = '10:00:00 < GetBaseReport {"requestId":5,"reportBase":"FullInventory"}\n10:00:01 > ok {"status":"Accepted"}\n'
_LATER = "10:20:00 > Heartbeat {}"


def _part(number: int, continued: bool, request: int = 5, at: str = "") -> str:
    at = at or f"10:00:{number + 2:02}"
    return (
        f'{at} > NotifyReport {{"requestId":{request},"seqNo":{number},"tbc":{str(continued).lower()},'
        f'"generatedAt":"2026-01-01T10:00:01Z"}}\n{at} < ok\n'
    )


def _event(number: int, continued: bool) -> str:
    return (
        f'10:00:{number:02} > NotifyEvent {{"generatedAt":"2026-01-01T10:00:00Z","seqNo":{number},'
        f'"tbc":{str(continued).lower()},"eventData":[{{"eventId":1,"timestamp":"2026-01-01T10:00:00Z",'
        '"trigger":"Delta","actualValue":"1","eventNotificationType":"HardWiredNotification",'
        '"component":{"name":"EVSE"},"variable":{"name":"Power"}}]}\n10:00:02 < ok\n'
    )


NEVER_FINISHED = Rule(
    "report.never-finished",
    Severity.WARNING,
    "The charging station accepted to report, but the report has no end.",
    f"{_PARTS} tbc",
    versions=_2X,
    says="In {waited} after {after} of {action} {number} came nothing more, and no part was the last one.",
    remedy="The CSMS may wait for ever. The last part must have tbc false, or none.",
    positive=(
        f"2.0.1\n* {_ASK}{_LATER}",
        f"2.0.1\n* {_ASK}{_part(0, True)}{_LATER}",
    ),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False)}{_LATER}",
        f"2.0.1\n{_ASK.replace('Accepted', 'EmptyResultSet')}{_LATER}",
        f"2.0.1\n{_ASK}10:00:05 closed\n{_LATER}",
        f"2.0.1\n{_ASK}",
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False, at='10:00:50')}{_LATER}",
        f"2.0.1\n{_part(3, True)}{_LATER}",
    ),
)

NOT_ASKED_FOR = Rule(
    "report.unknown-request",
    Severity.WARNING,
    "The charging station reports what nobody has asked for.",
    f"{_PARTS} requestId",
    versions=_2X,
    says="{action} answers the request {number}, but no request had this requestId.",
    remedy="The CSMS cannot tell which of its requests the report is for.",
    positive=(f"{_BOOT}{_ASK}* {_part(0, True, 6)}{_part(1, False, 6)}",),
    negative=(
        f"{_BOOT}{_ASK}{_part(0, False)}",
        f"2.0.1\n{_part(0, False)}",
        f"{_BOOT}{_part(3, False)}",
    ),
)

OUT_OF_SEQUENCE = Rule(
    "report.seq-no",
    Severity.WARNING,
    "The parts of a report are not numbered one after the other, from 0.",
    f"{_PARTS} seqNo",
    versions=_2X,
    says="This part of {action} has the seqNo {number}, but {expected} is expected.",
    remedy="The CSMS cannot tell whether it has the whole report.",
    positive=(
        f"2.0.1\n{_ASK}{_part(0, True)}* {_part(2, True)}{_part(3, False)}",
        f"2.0.1\n{_ASK}* {_part(1, False)}",
        f"2.0.1\n{_event(0, True)}* {_event(2, False)}",
    ),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False)}",
        f"2.0.1\n{_part(3, True)}{_part(4, False)}",
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(0, True)}{_part(1, False)}",
        f"2.0.1\n{_event(0, True)}{_event(1, False)}{_event(0, False)}{_event(0, False)}",
    ),
)

AFTER_LAST = Rule(
    "report.part-after-last",
    Severity.WARNING,
    "A report goes on after its last part.",
    f"{_PARTS} tbc",
    versions=_2X,
    says="This part of {action} {number} comes after one that was not to be continued.",
    remedy="Each part but the last must have tbc true. The CSMS may ignore the rest.",
    positive=(f"2.0.1\n{_ASK}{_part(0, False)}* {_part(1, False)}{_part(2, False)}",),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False)}",
        f"2.0.1\n{_ASK}{_part(0, False)}{_part(0, False)}",
        f"2.0.1\n{_ASK}{_part(0, False)}{_ASK}{_part(0, False)}",
    ),
)

RULES = (NEVER_FINISHED, NOT_ASKED_FOR, OUT_OF_SEQUENCE, AFTER_LAST)


class _Report:
    """A report that was asked for, or that has begun."""

    __slots__ = ("goes_on", "is_finished", "last", "part", "request")

    def __init__(self, request: int | None) -> None:
        self.request = request
        """The call that asked for it; None if the recording does not have it."""
        self.last: int | None = None
        """The seqNo of the last part."""
        self.part: int | None = None
        """The record of the last part."""
        self.is_finished = False
        self.goes_on = False
        """It was reported that it goes on after its end."""


class ReportChecker(Checker):
    """Follows each report from its request to its last part."""

    def begin(self) -> None:
        self.reports: dict[tuple[str, int], _Report] = {}
        self.last_event: tuple[int, int] | None = None  # seqNo and record of a NotifyEvent that is to be continued

    # -- requests -----------------------------------------------------------------------------------------------

    @on_call(*REPORT_OF)
    def asked(self, call: Seen) -> None:
        if (number := call.integer("requestId")) is not None:
            put(self.reports, (REPORT_OF[call.action], number), _Report(call.index), MOST_REPORTS)

    @on_exchange(*REPORT_OF)
    def accepted(self, call: Seen, answer: Seen) -> None:
        number = call.integer("requestId")
        if number is None or answer.text("status") != "Accepted" or call.value("report") is False:
            return
        report = self.reports.get((REPORT_OF[call.action], number))
        if report is not None and report.request == call.index and not report.is_finished and call.is_timed:
            self.expect(answer, REPORT_OF[call.action], number, report)

    def expect(self, record: Seen, action: str, number: int, report: _Report) -> None:
        """Wait for the next part of a report."""
        request, wait = report.request, round(self.limits.report_patience * SECOND)
        if request is None or not record.is_timed:
            return
        after, related = ("the request", ()) if report.part is None else ("the last part", (report.part,))

        def missed() -> None:
            values = {"action": action, "number": number, "after": after, "waited": TimeSpan(wait)}
            self.found(NEVER_FINISHED, request, related, **values)

        self.wait(f"{action} {number}", record.clock + wait, missed)

    # -- parts --------------------------------------------------------------------------------------------------

    @on_call(*set(REPORT_OF.values()))
    def part(self, call: Seen) -> None:
        action, number, place = call.action, call.integer("requestId"), call.integer("seqNo")
        if number is None:
            return
        report = self.reports.get((action, number))
        if report is None:
            report = _Report(None)
            put(self.reports, (action, number), report, MOST_REPORTS)
            if self.known.booted and place in (0, None):
                self.found(NOT_ASKED_FOR, call, action=action, number=number)
        is_repeated = call.repeats_id or place is not None and place == report.last
        if report.is_finished and not is_repeated:
            if not report.goes_on and report.part is not None:
                report.goes_on = True
                self.found(AFTER_LAST, call, (report.part,), action=action, number=number)
        elif place is not None and not is_repeated:
            self.compare(call, action, place, report)
        report.last, report.part = place, call.index
        report.is_finished = call.value("tbc") is not True
        self.stop_waiting(f"{action} {number}")
        if not report.is_finished:
            self.expect(call, action, number, report)

    def compare(self, call: Seen, action: str, place: int, report: _Report) -> None:
        if report.last is None and report.request is None:
            return
        expected = 0 if report.last is None else report.last + 1
        related = tuple(one for one in (report.request, report.part) if one is not None)
        if place != expected:
            self.found(OUT_OF_SEQUENCE, call, related, action=action, number=place, expected=expected)

    @on_call("NotifyEvent")
    def event(self, call: Seen) -> None:
        before, number = self.last_event, call.integer("seqNo")
        if before is not None and number not in (None, *before[:1], before[0] + 1):
            values = {"action": "NotifyEvent", "number": number, "expected": before[0] + 1}
            self.found(OUT_OF_SEQUENCE, call, (before[1],), **values)
        self.last_event = (number, call.index) if number is not None and call.value("tbc") is True else None

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.last_event = None
        for action, number in self.reports:
            self.stop_waiting(f"{action} {number}")
