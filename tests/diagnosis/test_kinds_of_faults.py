"""Kinds of faults that tools for operators look for, each as a conversation, and what is like them but is not one."""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import inf

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

BOOTED = """
10:00:00 opened
10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:02 < ok {"currentTime":"2026-01-01T10:00:02Z","interval":60,"status":"Accepted"}
"""
AVAILABLE = """
10:00:03 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}
10:00:03 < ok
"""
STARTED = """
10:00:10 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Preparing"}
10:00:10 < ok
10:00:11 > Authorize {"idTag":"04A2"}
10:00:11 < ok {"idTagInfo":{"status":"Accepted"}}
10:00:12 > StartTransaction {"connectorId":1,"idTag":"04A2","meterStart":1000,"timestamp":"2026-01-01T10:00:12Z"}
10:00:12 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
10:00:13 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Charging"}
10:00:13 < ok
"""


def sample(time: str, value: int) -> str:
    meter = f'[{{"timestamp":"2026-01-01T{time}Z","sampledValue":[{{"value":"{value}","unit":"Wh"}}]}}]'
    return f'{time} > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":{meter}}}\n{time} < ok\n'


def stopped(time: str, value: int, reason: str = "Local") -> str:
    return (
        f'{time} > StopTransaction {{"transactionId":7,"meterStop":{value},"timestamp":"2026-01-01T{time}Z",'
        f'"reason":"{reason}"}}\n{time} < ok\n'
    )


def heartbeats(*times: str) -> str:
    return "".join(f'{time} > Heartbeat {{}}\n{time} < ok {{"currentTime":"2026-01-01T{time}Z"}}\n' for time in times)


SAMPLES = sample("10:01:00", 1100) + sample("10:02:00", 1200) + sample("10:03:00", 1300)

FAULTS = {
    "failed authorization": (
        "auth.refused",
        BOOTED + '10:00:05 > Authorize {"idTag":"DEAD"}\n10:00:06 < ok {"idTagInfo":{"status":"Invalid"}}',
    ),
    "connector fault": (
        "status.fault",
        BOOTED
        + AVAILABLE
        + '10:00:20 > StatusNotification {"connectorId":1,"errorCode":"GroundFailure","status":"Faulted"}',
    ),
    "station offline in a session": (
        "conn.lost-in-transaction",
        BOOTED + AVAILABLE + STARTED + sample("10:01:00", 1100) + '10:01:30 closed {"closeCode":1006}\n10:30:00 opened',
    ),
    "no heartbeat": (
        "heartbeat.missing",
        BOOTED + heartbeats("10:01:02", "10:02:02") + "10:20:00 > Heartbeat {}",
    ),
    "irregular heartbeats": (
        "heartbeat.interval",
        BOOTED + heartbeats("10:00:12", "10:00:22", "10:00:32", "10:00:42", "10:00:52", "10:01:02"),
    ),
    "gap in the meter values": (
        "meter.gap",
        BOOTED
        + AVAILABLE
        + """
        10:00:04 < GetConfiguration {"key":["MeterValueSampleInterval"]}
        10:00:05 > ok {"configurationKey":[{"key":"MeterValueSampleInterval","readonly":false,"value":"60"}]}
        """
        + STARTED
        + SAMPLES
        + heartbeats("10:04:00", "10:10:00", "10:20:00")
        + sample("10:25:00", 3300),
    ),
    "gap in meter values whose interval nobody has read": (
        "meter.gap",
        BOOTED
        + AVAILABLE
        + STARTED
        + SAMPLES
        + sample("10:04:00", 1400)
        + heartbeats("10:05:00", "10:06:30", "10:08:00", "10:09:30")
        + sample("10:10:00", 2000),
    ),
    "session without meter values": (
        "meter.gap",
        BOOTED
        + AVAILABLE
        + STARTED
        + heartbeats(*(f"10:{minute}:00" for minute in range(11, 40)))
        + stopped("10:40:00", 5000),
    ),
    "odd meter values": (
        "meter.decreasing",
        BOOTED + AVAILABLE + STARTED + SAMPLES + sample("10:04:00", 900),
    ),
    "invalid reason for the stop": (
        "tx.reason-invalid",
        BOOTED + AVAILABLE + STARTED + SAMPLES + stopped("10:04:00", 1400, "UserPressedButton"),
    ),
    "unexpected start": (
        "tx.unexpected-start",
        """
        10:00:00 opened
        10:00:01 > StartTransaction {"connectorId":1,"idTag":"04A2","meterStart":0,"timestamp":"2026-01-01T10:00:01Z"}
        10:00:02 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
        """,
    ),
    "transition of the status": (
        "status.transition",
        BOOTED
        + AVAILABLE
        + '10:00:20 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Finishing"}\n10:00:20 < ok',
    ),
    "failed diagnostics": (
        "log.failed",
        BOOTED
        + """
        10:01:00 < GetDiagnostics {"location":"ftp://example.com/"}
        10:01:00 > ok {"fileName":"a.zip"}
        10:01:30 > DiagnosticsStatusNotification {"status":"Uploading"}
        10:01:30 < ok
        10:02:00 > DiagnosticsStatusNotification {"status":"UploadFailed"}
        10:02:00 < ok
        """,
    ),
    "failed firmware update": (
        "firmware.failed",
        BOOTED
        + """
        10:01:00 < UpdateFirmware {"location":"ftp://example.com/a.bin","retrieveDate":"2026-01-01T10:01:00Z"}
        10:01:00 > ok
        10:01:30 > FirmwareStatusNotification {"status":"Downloading"}
        10:01:30 < ok
        10:02:00 > FirmwareStatusNotification {"status":"DownloadFailed"}
        10:02:00 < ok
        """,
    ),
    "diagnostics that failed by another name": (
        "log.failed",
        BOOTED + '10:02:00 > DiagnosticsStatusNotification {"status":"DiagnosisFailed"}\n10:02:00 < ok',
    ),
    "firmware update that failed by another name": (
        "firmware.failed",
        BOOTED + '10:02:00 > FirmwareStatusNotification {"status":"InstallFailed"}\n10:02:00 < ok',
    ),
    "heartbeats that come too seldom": (
        "heartbeat.interval",
        BOOTED + heartbeats("10:01:02", "10:03:00", "10:05:00"),
    ),
    "heartbeats that come now too soon, now too late": (
        "heartbeat.interval",
        BOOTED + heartbeats("10:01:45", "10:01:55", "10:03:40", "10:03:50"),
    ),
    "connector fault that only an event reports": (
        "status.fault",
        """
        2.1
        10:05:00 > NotifyEvent {"generatedAt":"2026-01-01T10:05:00Z","seqNo":0,"eventData":[{"eventId":1,
            "timestamp":"2026-01-01T10:05:00Z","trigger":"Delta","actualValue":"Faulted",
            "eventNotificationType":"HardWiredNotification","component":{"name":"EVSE","evse":{"id":2}},
            "variable":{"name":"AvailabilityState"}}]}
        """,
    ),
    "no answer to one call": (
        "rpc.passed-over",
        """
        10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:05 > [2,"x","Heartbeat",{}]
        10:00:05.5 < [3,"x",{"currentTime":"2026-01-01T10:00:05Z"}]
        """,
    ),
    "short session": ("tx.duration", BOOTED + AVAILABLE + STARTED + stopped("10:00:20", 1001)),
    "slow answer": (
        "rpc.slow-answer",
        BOOTED + '10:01:00 > Heartbeat {}\n10:01:15 < ok {"currentTime":"2026-01-01T10:01:15Z"}',
    ),
    "unresponsive central system": (
        "rpc.unanswered",
        BOOTED + "".join(f"10:0{minute}:30 > Heartbeat {{}}\n" for minute in range(1, 6)),
    ),
    "unresponsive central system, said once": (
        "rpc.peer-does-not-answer",
        BOOTED + "".join(f"10:0{minute}:30 > Heartbeat {{}}\n" for minute in range(1, 6)),
    ),
    "repeated boot": (
        "boot.repeated",
        BOOTED
        + """
        10:00:30 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:31 < ok {"currentTime":"2026-01-01T10:00:31Z","interval":60,"status":"Accepted"}
        10:01:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:01:01 < ok {"currentTime":"2026-01-01T10:01:01Z","interval":60,"status":"Accepted"}
        """,
    ),
}

NO_FAULTS = {
    "heartbeats are left out while other messages come": (
        "heartbeat.missing",
        BOOTED
        + AVAILABLE
        + STARTED
        + SAMPLES
        + sample("10:04:00", 1400)
        + sample("10:05:00", 1500)
        + heartbeats("10:05:55"),
    ),
    "three boots as the interval asks for": (
        "boot.*",
        """
        10:00:00 opened
        10:00:01 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":30,"status":"Rejected"}
        10:00:31 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:31 < ok {"currentTime":"2026-01-01T10:00:31Z","interval":30,"status":"Pending"}
        10:01:02 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:01:02 < ok {"currentTime":"2026-01-01T10:01:02Z","interval":60,"status":"Accepted"}
        """,
    ),
    "a recording that ends in a session": (
        "conn.*",
        BOOTED + AVAILABLE + STARTED + SAMPLES,
    ),
    "a document with calls alone, without times": (
        "rpc.*",
        '- > Authorize {"idTag":"04A2"}\n- > Heartbeat {}\n- > DataTransfer {"vendorId":"A"}',
    ),
    "the same status again": (
        "status.*",
        BOOTED
        + AVAILABLE
        + """
        10:05:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}
        10:05:00 < ok
        """,
    ),
    "a whole session": ("*", BOOTED + AVAILABLE + STARTED + SAMPLES),
}

BOTH_CALLS = """
10:00:00 opened
10:00:00 CP2 opened
10:00:01 > [2,"1","Heartbeat",{}]
10:01:00 > [2,"2","Heartbeat",{}]
10:01:01 < [3,"2",{"currentTime":"2026-01-01T10:01:01Z"}]
"""
NOT_ITS_ANSWER = {
    "an echo": ('10:00:02 > [3,"1",{"currentTime":"2026-01-01T10:00:02Z"}]', "rpc.answered-by-caller"),
    "the answer of another connection": (
        '10:00:02 CP2 < [3,"1",{"currentTime":"2026-01-01T10:00:02Z"}]',
        "rpc.orphan-answer",
    ),
}


def found(text: str) -> dict[str, Severity]:
    """The rules that a conversation breaks, each with its severity."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(text).records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    return {one.rule: one.severity for index in range(len(timeline)) for one in findings_at(timeline, index)}


@pytest.mark.parametrize(("rule", "text"), FAULTS.values(), ids=FAULTS.keys())
def test_each_kind_of_fault_is_found_and_named(rule: str, text: str) -> None:
    """A capture of this fault would look healthy."""
    assert rule in found(text)


@pytest.mark.parametrize(("pattern", "text"), NO_FAULTS.values(), ids=NO_FAULTS.keys())
def test_what_is_like_it_is_no_problem(pattern: str, text: str) -> None:
    """Somebody would look for a fault that is not there."""
    assert [rule for rule, severity in found(text).items() if fnmatchcase(rule, pattern) and severity.is_problem] == []


@pytest.mark.parametrize(("answer", "rule"), NOT_ITS_ANSWER.values(), ids=NOT_ITS_ANSWER.keys())
def test_a_call_is_not_answered_by_what_only_has_its_id(answer: str, rule: str) -> None:
    """A silent central system would seem to answer."""
    first, second = BOTH_CALLS.split("10:01:00", 1)
    assert found(f"{first}{answer}\n10:01:00{second}").keys() >= {rule, "rpc.unanswered"}


def test_restarts_at_a_regular_time_are_no_certain_idle_time_out() -> None:
    """Support would look for a time-out in the network of a charge point whose watchdog restarts it."""
    boot = '> BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'
    text = "".join(
        f'10:{n:02}:00 opened\n10:{n:02}:01 {boot}\n10:{n:02}:41 closed {{"closeCode":1006}}\n' for n in range(4)
    )
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(text).records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    told = [one.text for index in range(len(timeline)) for one in findings_at(timeline, index)]
    assert (
        "The last 3 connections each ended 40 s after their last message: an idle time-out closes them, or the charge "
        "point restarts by then: this one began with a BootNotification."
    ) in told
