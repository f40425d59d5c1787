"""Reports of OCPP 2.x that come in parts: whether each was asked for, is whole and comes to its end."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_REPORTS = 200
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


NOTHING_CAME = Rule(
    "report.missing",
    Severity.ERROR,
    "The charging station agreed to report, but reports nothing.",
    "OCPP 2.0.1 and 2.1 Part 2 B07.FR.03, B08.FR.03, N02.FR.03 and use case K09",
    versions=SECOND_GENERATION,
    says="The charging station accepted request {number}, but in {waited} no {action} came.",
    remedy="The CSMS waits for it in vain.",
    positive=(
        f"2.0.1\n* {_ASK}{_LATER}",
        '2.0.1\n* 10:00:00 < GetMonitoringReport {"requestId":5}\n10:00:01 > ok {"status":"Accepted"}\n' + _LATER,
    ),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, False)}{_LATER}",
        f"2.0.1\n{_ASK.replace('Accepted', 'EmptyResultSet')}{_LATER}",
        f"2.0.1\n{_ASK}10:00:05 closed\n{_LATER}",
        f"2.0.1\n{_ASK}",
        f"2.0.1\n{_ASK}{_part(0, True)}{_LATER}",
        f"2.0.1\n{_ASK}{_LATER}".replace("10:00:01 >", "- >"),
        f"2.0.1\n{_ASK}10:20:00 CP2 > Heartbeat {{}}",
    ),
)

NEVER_FINISHED = Rule(
    "report.unfinished",
    Severity.WARNING,
    "A report has no last part.",
    f"{_PARTS} tbc",
    versions=SECOND_GENERATION,
    says="The last part of {action} {number} says that more will come, but in {waited} nothing did.",
    remedy="The CSMS may wait forever. The last part must have tbc false, or none.",
    positive=(f"2.0.1\n{_ASK}* {_part(0, True)}{_LATER}", f"2.0.1\n{_ASK}{_part(0, True)}* {_part(1, True)}{_LATER}"),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False)}{_LATER}",
        f"2.0.1\n{_ASK}{_part(0, True)}10:00:05 closed\n{_LATER}",
        f"2.0.1\n{_ASK}{_part(0, True)}",
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False, at='10:00:50')}{_LATER}",
        f"2.0.1\n{_part(3, True)}{_LATER}",
    ),
)

NOT_ASKED_FOR = Rule(
    "report.request-id",
    Severity.ERROR,
    "A report has a requestId that no request has, or that two requests have at once.",
    "OCPP 2.0.1 and 2.1 Part 2 B07.FR.04, B08.FR.04 and N01.FR.07",
    versions=SECOND_GENERATION,
    says="{action} has the requestId {number}, {why}.",
    remedy="The CSMS cannot tell which of its requests the report is for.",
    positive=(
        f"{_BOOT}{_ASK}* {_part(0, True, 6)}{_part(1, False, 6)}",
        f"2.0.1\n{_ASK}* {_ASK.replace('10:00:0', '10:00:1')}{_part(0, False)}",
    ),
    negative=(
        f"{_BOOT}{_ASK}{_part(0, False)}",
        f"2.0.1\n{_part(0, False)}",
        f"{_BOOT}{_part(3, False)}",
        f"2.0.1\n{_ASK}{_part(0, False)}{_ASK.replace('10:00:0', '10:00:1')}",
        f"2.0.1\n{_ASK.replace('Accepted', 'Rejected')}{_ASK.replace('10:00:0', '10:00:1')}",
        f"2.0.1\n{_ASK}10:00:05 closed\n10:00:06 opened\n{_ASK.replace('10:00:0', '10:00:1')}",
        f"2.0.1\n{_ASK}{_ASK.replace('10:00:0', '10:19:1')}",
    ),
)

REFUSED = Rule(
    "report.unasked",
    Severity.ERROR,
    "The charging station reports what it has refused to report.",
    "OCPP 2.0.1 and 2.1 Part 2 B07.FR.05",
    versions=SECOND_GENERATION,
    says="{action} answers request {number}, which was answered {status}.",
    remedy="The CSMS does not expect the report.",
    positive=(
        f"2.0.1\n{_ASK.replace('Accepted', 'NotSupported')}* {_part(0, True)}{_part(1, False)}",
        f"2.0.1\n{_ASK.replace('Accepted', 'EmptyResultSet')}* {_part(0, False)}",
    ),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, False)}",
        f"2.0.1\n{_ASK.replace('Accepted', 'NotSupported')}{_part(0, False, 6)}",
        f"2.0.1\n{_ASK.replace('Accepted', 'NotSupported')}{_ASK.replace('10:00:0', '10:00:1')}{_part(0, False)}",
        f"2.0.1\n{_part(0, False)}",
    ),
)

OUT_OF_SEQUENCE = Rule(
    "report.sequence",
    Severity.ERROR,
    "The parts of a report are not numbered one after the other, from 0.",
    "OCPP 2.0.1 and 2.1 Part 2 B07.FR.10, B08.FR.14 and section 1.40.1, NotifyReportRequest",
    versions=SECOND_GENERATION,
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
    versions=SECOND_GENERATION,
    says="This part of {action} {number} comes after one that was not to be continued.",
    remedy="Each part but the last must have tbc true. The CSMS may ignore the rest.",
    positive=(f"2.0.1\n{_ASK}{_part(0, False)}* {_part(1, False)}{_part(2, False)}",),
    negative=(
        f"2.0.1\n{_ASK}{_part(0, True)}{_part(1, False)}",
        f"2.0.1\n{_ASK}{_part(0, False)}{_part(0, False)}",
        f"2.0.1\n{_ASK}{_part(0, False)}{_ASK}{_part(0, False)}",
    ),
)

RULES = (NOTHING_CAME, NEVER_FINISHED, NOT_ASKED_FOR, REFUSED, OUT_OF_SEQUENCE, AFTER_LAST)


class _Report:
    """A report that was asked for, or that has begun."""

    __slots__ = ("goes_on", "is_expected", "is_finished", "last", "part", "request", "status")

    def __init__(self, request: int | None) -> None:
        self.request = request
        """The call that asked for it; None if the recording does not have it."""
        self.status = ""
        """The answer to that call."""
        self.is_expected = request is not None
        """More parts are to come, as far as is known."""
        self.last: int | None = None
        """The seqNo of the last part."""
        self.part: int | None = None
        """The record of the last part."""
        self.is_finished = False
        self.goes_on = False
        """It was reported that it goes on after its end, or that it was refused."""


class ReportChecker(ExpectingChecker):
    """Follows each report from its request to its last part."""

    def begin(self) -> None:
        self.reports: dict[tuple[str, int], _Report] = {}
        self.last_event: tuple[int, int] | None = None  # seqNo and record of a NotifyEvent that is to be continued

    # -- requests -----------------------------------------------------------------------------------------------

    @on_call(*REPORT_OF)
    def asked(self, call: Seen) -> None:
        action = REPORT_OF[call.action]
        if (number := call.integer("requestId")) is None:
            return
        before = self.reports.get((action, number))
        if before is not None and before.request is not None and before.status == "Accepted" and before.is_expected:
            why = Phrase("as a request before it, whose report is still to come")
            self.found(NOT_ASKED_FOR, call, (before.request,), action=call.action, number=number, why=why)
        put(self.reports, (action, number), _Report(call.index), MOST_REPORTS)

    @on_exchange(*REPORT_OF)
    def answered(self, call: Seen, answer: Seen) -> None:
        number, status = call.integer("requestId"), answer.text("status")
        report = None if number is None else self.reports.get((REPORT_OF[call.action], number))
        if number is None or status is None or report is None or report.request != call.index:
            return
        report.status = status
        if status != "Accepted":
            report.is_expected = False
        elif call.value("report") is not False and not report.is_finished and call.is_timed:
            self.expect_part(answer, REPORT_OF[call.action], number, report)

    def expect_part(self, record: Seen, action: str, number: int, report: _Report) -> None:
        """Wait for the next part of a report."""
        request, part, wait = report.request, report.part, round(self.limits.report_patience * SECOND)
        if request is None or not record.is_timed:
            return

        def missed() -> None:
            report.is_expected = False
            waited = TimeSpan(wait)
            if part is None:
                self.found(NOTHING_CAME, request, action=Phrase(action), number=number, waited=waited)
            else:
                self.found(NEVER_FINISHED, part, (request,), action=action, number=number, waited=waited)

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
            if self.known.booted and self.known.lacks_command < (self.known.boot or 0) and place in (0, None):
                self.found(NOT_ASKED_FOR, call, action=action, number=number, why=Phrase("which no request had"))
        is_repeated = call.repeats_id or place is not None and place == report.last
        if report.status not in ("", "Accepted"):
            if not report.goes_on and report.request is not None:
                report.goes_on = True
                values = {"action": action, "number": number, "status": report.status}
                self.found(REFUSED, call, (report.request,), **values)
        elif report.is_finished and not is_repeated:
            if not report.goes_on and report.part is not None:
                report.goes_on = True
                self.found(AFTER_LAST, call, (report.part,), action=action, number=number)
        elif place is not None and not is_repeated:
            self.compare(call, action, place, report)
        report.last, report.part = place, call.index
        report.is_finished = call.value("tbc") is not True
        report.is_expected = not report.is_finished
        self.stop_waiting(f"{action} {number}")
        if not report.is_finished:
            self.expect_part(call, action, number, report)

    def compare(self, call: Seen, action: str, place: int, report: _Report) -> None:
        since = report.request if report.part is None else report.part
        if since is None or self.known.lacks_own > since:
            return
        expected = 0 if report.last is None else report.last + 1
        related = tuple(one for one in (report.request, report.part) if one is not None)
        if place != expected:
            self.found(OUT_OF_SEQUENCE, call, related, action=action, number=place, expected=expected)

    @on_call("NotifyEvent")
    def event(self, call: Seen) -> None:
        before, number = self.last_event, call.integer("seqNo")
        is_whole = before is not None and self.known.lacks_own < before[1]
        if before is not None and is_whole and number not in (None, *before[:1], before[0] + 1):
            values = {"action": "NotifyEvent", "number": number, "expected": before[0] + 1}
            self.found(OUT_OF_SEQUENCE, call, (before[1],), **values)
        self.last_event = (number, call.index) if number is not None and call.value("tbc") is True else None

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.last_event = None
        for (action, number), report in self.reports.items():
            report.is_expected = False
            self.stop_waiting(f"{action} {number}")
