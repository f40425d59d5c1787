"""The figures of small traces, computed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.report_tables import report_tables
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.reporting.follower import MOST_NAMES, OTHER, counted_name
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.ocpp.envelopes import CS_12, CS_15, CS_16, request, response
from tests.reporting.traced import report_of, tables_of
from tests.timeline.example_session import NOON, SECOND

ACCEPTED = '{"idTagInfo":{"status":"Accepted"}}'
BOOT = """
    10:00:00 opened
    10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
    10:00:00 < ok {"currentTime":"2026-01-01T10:00:00Z","interval":60,"status":"Accepted"}
"""


def status(time: str, connector: int, name: str, error: str = "NoError") -> str:
    return f"""
    {time} > StatusNotification {{"connectorId":{connector},"errorCode":"{error}","status":"{name}"}}
    {time} < ok
    """


def start(time: str, number: int, token: str = "A", meter: int = 1000, verdict: str = "Accepted") -> str:
    return f"""
    {time} > StartTransaction {{"connectorId":1,"idTag":"{token}","meterStart":{meter},
        "timestamp":"2026-01-01T{time}Z"}}
    {time} < ok {{"transactionId":{number},"idTagInfo":{{"status":"{verdict}"}}}}
    """


def stop(time: str, number: int, meter: int = 3000, reason: str = "EVDisconnected") -> str:
    return f"""
    {time} > StopTransaction {{"transactionId":{number},"meterStop":{meter},"reason":"{reason}",
        "timestamp":"2026-01-01T{time}Z"}}
    {time} < ok
    """


SOAP_SESSION = (
    ("BootNotification", "<o:chargePointVendor>A</o:chargePointVendor>", "<o:status>Accepted</o:status>"),
    (
        "StartTransaction",
        (
            "<o:connectorId>1</o:connectorId><o:idTag>A</o:idTag><o:timestamp>2026-01-01T10:00:00Z</o:timestamp>"
            "<o:meterStart>1000</o:meterStart>"
        ),
        "<o:transactionId>7</o:transactionId><o:idTagInfo><o:status>Accepted</o:status></o:idTagInfo>",
    ),
    (
        "StatusNotification",
        "<o:connectorId>1</o:connectorId><o:status>Faulted</o:status><o:errorCode>GroundFailure</o:errorCode>",
        "",
    ),
    (
        "StopTransaction",
        (
            "<o:transactionId>7</o:transactionId><o:timestamp>2026-01-01T10:10:00Z</o:timestamp>"
            "<o:meterStop>3000</o:meterStop>"
        ),
        "",
    ),
)
"""The actions of one charge, with their content and that of their answer."""


# -- uptime -----------------------------------------------------------------------------------------------------


def test_connected_time_is_that_between_open_and_close() -> None:
    (row,) = tables_of(f"""{BOOT}
        10:06:00 closed {{"closeCode":1006,"closedBy":"nobody"}}
        10:08:00 opened
        10:10:00 closed {{"closeCode":1000,"closeReason":"bye","closedBy":"peer"}}
    """)["connection"]
    assert row == {"upSeconds": 480, "downSeconds": 120, "unknownSeconds": 0, "percent": 80, "opened": 2}


def test_reconnects_have_the_reason_of_the_close() -> None:
    rows = tables_of(f"""{BOOT}
        10:06:00 closed {{"closeCode":1006,"closedBy":"nobody"}}
        10:08:00 opened
        10:09:00 opened
        10:10:00 closed {{"closeCode":1000,"closeReason":"bye","closedBy":"peer"}}
    """)["closes"]
    assert {row["reason"]: (row["count"], row["reconnects"]) for row in rows} == {
        "1006, without a Close frame": (1, 1),
        "1000 bye, by the other side": (1, 0),
        "unknown: the recording has no close": (0, 1),
    }


def test_a_connection_that_was_lost_unseen_is_unknown_since_its_last_message() -> None:
    """Nothing says when it was lost: calling it up would flatter, calling it down would accuse."""
    (row,) = tables_of(f"""{BOOT}
        10:04:00 > Heartbeat {{}}
        10:10:00 opened
        10:10:00 > Heartbeat {{}}
    """)["connection"]
    assert (row["upSeconds"], row["downSeconds"], row["unknownSeconds"]) == (240, 0, 360)


def test_messages_after_a_close_show_that_it_was_connected_again() -> None:
    """Many a log says when a connection closes, and not when the next one opens."""
    tables = tables_of(f"""{BOOT}{status("10:01:00", 1, "Available")}
        10:06:00 closed {{"closeCode":1006,"closedBy":"nobody"}}
        10:08:00 failed {{"error":"timed out"}}
        10:11:00 > Heartbeat {{}}
        10:11:00 < ok {{"currentTime":"2026-01-01T10:11:00Z"}}
        10:20:00 > Heartbeat {{}}
    """)
    (row,) = tables["connection"]
    assert (row["upSeconds"], row["downSeconds"], row["unknownSeconds"]) == (900, 120, 180)
    assert row["opened"] == 2
    assert [closed["reconnects"] for closed in tables["closes"]] == [1]
    assert tables["uptime"][0]["downSeconds"] == 120


def test_a_late_message_of_a_closed_connection_is_no_reconnect() -> None:
    (row,) = tables_of(f"""{BOOT}
        10:06:00 closed {{"closeCode":1006,"closedBy":"nobody"}}
        10:06:01 > Heartbeat {{}}
        10:10:00 opened
    """)["connection"]
    assert (row["upSeconds"], row["downSeconds"], row["opened"]) == (360, 240, 2)


def test_without_a_name_no_reconnect_is_claimed_or_denied() -> None:
    """The log of a charge point often lacks its name: 0 reconnects beside 2 connections would be wrong."""
    timeline = Timeline()
    Diagnosis(timeline)
    for record in read_trace(f"{BOOT}10:06:00 closed\n10:08:00 opened\n10:09:00 > Heartbeat {{}}").records:
        timeline.append(replace(record, charge_point=""))
    report = OperatingReport(timeline)
    assert report.advance(60)
    (found,) = report_tables(report)
    (closes,) = [table for table in found.tables if table.key == "closes"]
    assert closes.rows == [("not given", 1, None)]


def test_a_recording_without_connection_events_does_not_know_when_it_was_connected() -> None:
    tables = tables_of("10:00:00 > Heartbeat {}\n" + status("10:00:00", 1, "Available") + "10:10:00 > Heartbeat {}")
    assert tables["connection"][0]["percent"] is None
    assert tables["connection"][0]["opened"] is None
    assert (tables["uptime"][0]["upSeconds"], tables["uptime"][0]["percent"]) == (600, 100)


def test_a_recording_that_begins_in_mid_session_says_so() -> None:
    tables = tables_of("""
        10:00:00 > Heartbeat {}
        10:05:00 closed {"closeCode":1000}
        10:10:00 opened
    """)
    assert tables["period"][0]["midSession"] == "yes"
    assert (tables["connection"][0]["upSeconds"], tables["connection"][0]["downSeconds"]) == (300, 300)
    assert tables["closes"][0]["reconnects"] == 1
    assert tables_of(BOOT)["period"][0]["midSession"] == "no"


def test_a_port_is_up_while_online_and_not_faulted() -> None:
    rows = tables_of(
        BOOT
        + status("10:01:00", 1, "Available")
        + status("10:11:00", 1, "Faulted", "GroundFailure")
        + status("10:14:00", 1, "Charging")
        + '10:19:00 closed {"closeCode":1006}\n10:20:00 opened\n'
        + status("10:21:00", 1, "Unavailable")
        + status("10:22:00", 0, "Available")
    )["uptime"]
    assert rows == [
        {
            "port": "connector 1",
            "upSeconds": 16 * 60,
            "downSeconds": 5 * 60,
            "unknownSeconds": 0,
            "percent": pytest.approx(100 * 16 / 21),
            "status": "Unavailable",
            "nevi": "less than a year: no claim",
        }
    ]


def test_what_an_unknown_status_means_is_unknown() -> None:
    (row,) = tables_of(BOOT + status("10:00:00", 1, "OutOfService") + "10:09:00 > Heartbeat {}")["uptime"]
    assert (row["upSeconds"], row["downSeconds"], row["unknownSeconds"], row["percent"]) == (0, 0, 540, None)


@pytest.mark.parametrize(("down", "verdict"), [(200, "above"), (300, "not above, with no downtime excluded")])
def test_a_year_is_compared_with_nevi(down: int, verdict: str) -> None:
    """97 % of a year leaves 262.8 hours."""
    whole = 10 + 366 * 24
    tables = tables_of(
        BOOT
        + status("10:00:00", 1, "Available")
        + status("10:00:01", 1, "Faulted")
        + status(f"{10 + down}:00:01", 1, "Available")
        + f"{whole}:00:00 > Heartbeat {{}}"
    )
    assert tables["uptime"][0]["nevi"] == verdict


def test_after_its_last_record_an_open_connection_is_unknown_and_a_closed_one_is_down() -> None:
    trace = f"""{BOOT.replace("opened", "CP1 opened").replace(">", "CP1 >").replace("<", "CP1 <")}
        10:05:00 CP1 > Heartbeat {{}}
        10:00:00 CP2 opened
        10:05:00 CP2 closed {{"closeCode":1000}}
        10:30:00 CP3 opened
    """
    (open_,), (closed,) = tables_of(trace)["connection"], tables_of(trace, "CP2")["connection"]
    assert (open_["upSeconds"], open_["unknownSeconds"]) == (300, 1500)
    assert (closed["upSeconds"], closed["downSeconds"]) == (300, 1500)
    (apart,) = tables_of(trace, "CP2", one_period=False)["connection"]
    assert (apart["upSeconds"], apart["downSeconds"]) == (300, 0)


def test_without_times_no_duration_is_claimed() -> None:
    tables = tables_of("- opened\n" + status("-", 1, "Available") + "- closed")
    assert tables["connection"][0]["upSeconds"] is None
    assert tables["uptime"][0]["percent"] is None
    assert tables["period"][0]["seconds"] is None


# -- faults -----------------------------------------------------------------------------------------------------


def test_faults_are_counted_by_connector_with_their_duration() -> None:
    rows = tables_of(
        BOOT
        + status("10:01:00", 1, "Faulted", "GroundFailure")
        + status("10:02:00", 1, "Faulted", "GroundFailure")
        + status("10:03:00", 1, "Available")
        + status("10:04:00", 1, "Faulted", "GroundFailure")
        + status("10:05:00", 2, "Faulted")
        + "10:07:00 > Heartbeat {}"
    )["faults"]
    assert rows == [
        {"port": "connector 1", "error": "GroundFailure", "count": 2, "seconds": 300, "goesOn": "yes"},
        {"port": "connector 2", "error": "Faulted", "count": 1, "seconds": 120, "goesOn": "yes"},
    ]


def test_the_device_model_reports_faults_as_well() -> None:
    event = (
        '{"generatedAt":"2026-01-01T10:01:00Z","seqNo":0,"eventData":[{"eventId":1,"timestamp":"2026-01-01T10:01:00Z",'
        '"trigger":"Delta","actualValue":"%s","eventNotificationType":"HardWiredNotification","component":'
        '{"name":"Connector","evse":{"id":2,"connectorId":1}},"variable":{"name":"AvailabilityState"}}]}'
    )
    tables = tables_of(f"""
        2.0.1
        10:00:00 opened
        10:01:00 > NotifyEvent {event % "Faulted"}
        10:02:00 > NotifyEvent {event % "Available"}
        10:06:00 > Heartbeat {{}}
    """)
    assert tables["faults"][0]["seconds"] == 60
    assert tables["uptime"][0]["port"] == "EVSE 2, connector 1"
    assert tables["uptime"][0]["percent"] == 80


# -- sessions ---------------------------------------------------------------------------------------------------


def test_sessions_have_energy_duration_and_reason() -> None:
    tables = tables_of(
        BOOT
        + start("10:01:00", 1)
        + stop("10:11:00", 1)
        + start("10:21:00", 2, "B", 3000)
        + stop("10:51:00", 2, 3500, "Remote")
        + start("10:55:00", 3, "C", 3500)
    )
    (row,) = tables["sessions"]
    assert (row["started"], row["ended"], row["begunBefore"], row["notEnded"]) == (3, 2, 0, 1)
    assert (row["energyWh"], row["energyUnknown"], row["energyP50Wh"]) == (2500, 0, 500)
    assert (row["durationP50Seconds"], row["durationP95Seconds"]) == (600, 1800)
    assert (row["attempts"], row["succeeded"], row["unsettled"], row["firstAttemptPercent"]) == (3, 2, 1, 100)
    assert {row["reason"]: row["count"] for row in tables["stopReasons"]} == {"EVDisconnected": 1, "Remote": 1}


@pytest.mark.parametrize(
    ("version", "said", "counted"),
    [("1.6", "", "Local"), ("1.5", "", "not given"), ("1.6", ',"reason":7', "not given"), ("2.0.1", "", "Local")],
)
def test_a_reason_that_is_left_out_is_the_default_of_its_version(version: str, said: str, counted: str) -> None:
    """OCPP 1.6 and 2.x may leave out Local alone: counted as not given, most sessions would have no reason."""
    at = '"timestamp":"2026-01-01T10:11:00Z"'
    call = (
        f'TransactionEvent {{"eventType":"Ended",{at},"triggerReason":"StopAuthorized","seqNo":1,'
        '"transactionInfo":{"transactionId":"t1"}}'
        if version == "2.0.1"
        else f'StopTransaction {{"transactionId":1,"meterStop":1,{at}{said}}}'
    )
    assert tables_of(f"{version}\n10:11:00 > {call}")["stopReasons"] == [{"reason": counted, "count": 1}]


def test_a_session_begun_before_the_recording_has_no_energy() -> None:
    """Its meterStop alone is the register of the meter, and not what the driver took."""
    (row,) = tables_of("10:00:00 > Heartbeat {}\n" + stop("10:11:00", 7, 123_456_789))["sessions"]
    assert (row["started"], row["ended"], row["begunBefore"]) == (0, 1, 1)
    assert (row["energyWh"], row["energyUnknown"], row["durationP50Seconds"]) == (None, 1, None)
    assert (row["attempts"], row["firstAttemptPercent"]) == (0, None)


def test_a_stop_that_is_sent_again_is_one_session() -> None:
    one = "2026-01-01T10:11:00Z"
    again = f'{{"transactionId":1,"meterStop":3000,"timestamp":"{one}","reason":"Local"}}'
    tables = tables_of(f"""{BOOT}{start("10:01:00", 1)}
        10:11:00 > StopTransaction {again}
        10:11:40 > StopTransaction {again}
        10:11:41 < ok
    """)
    assert tables["sessions"][0]["ended"] == 1
    assert [row["retries"] for row in tables["actions"] if row["action"] == "StopTransaction"] == [1]


def test_a_start_that_is_sent_again_is_one_session() -> None:
    (row,) = tables_of(BOOT + start("10:01:00", 1) + start("10:01:00", 1) + stop("10:05:00", 1))["sessions"]
    assert (row["started"], row["ended"], row["energyWh"]) == (1, 1, 2000)


def test_first_attempts_that_fail_are_counted() -> None:
    (row,) = tables_of(f"""{BOOT}
        10:01:00 > Authorize {{"idTag":"A"}}
        10:01:00 < ok {{"idTagInfo":{{"status":"Invalid"}}}}
        10:02:00 > Authorize {{"idTag":"A"}}
        10:02:00 < ok {ACCEPTED}
        {start("10:02:10", 1)}
        10:11:00 > Authorize {{"idTag":"A"}}
        10:11:00 < ok {ACCEPTED}
        {stop("10:11:00", 1)}
        10:20:00 < RemoteStartTransaction {{"idTag":"B","connectorId":1}}
        10:20:00 > ok {{"status":"Accepted"}}
        {start("10:20:10", 2, "B")}
        {stop("10:31:00", 2)}
        10:40:00 < RemoteStartTransaction {{"idTag":"C","connectorId":1}}
        10:40:00 > ok {{"status":"Rejected"}}
    """)["sessions"]
    assert (row["attempts"], row["succeeded"], row["failed"], row["unsettled"]) == (4, 2, 2, 0)
    assert row["firstAttemptPercent"] == pytest.approx(100 / 3)


def test_a_token_that_stops_the_session_of_another_is_not_an_attempt() -> None:
    """Two cards of one family would halve the success of the charge point."""
    ended = stop("10:11:00", 1).replace('"transactionId"', '"idTag":"B","transactionId"')
    (row,) = tables_of(f"""{BOOT}{start("10:01:00", 1)}
        10:10:50 > Authorize {{"idTag":"B"}}
        10:10:50 < ok {ACCEPTED}
        {ended}
        10:40:00 > Heartbeat {{}}
    """)["sessions"]
    assert (row["attempts"], row["succeeded"], row["failed"]) == (1, 1, 0)


EVENT = (
    '{"eventType":"%s","timestamp":"2026-01-01T%sZ","triggerReason":"CablePluggedIn","seqNo":%d,'
    '"transactionInfo":{"transactionId":"T1"%s},"evse":{"id":1,"connectorId":1},'
    '"meterValue":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":%g,"unitOfMeasure":{"unit":"kWh"}}]}]}'
)


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_energy_of_2_x_comes_from_the_registers(version: str) -> None:
    tables = tables_of(f"""
        {version}
        10:00:00 opened
        10:01:00 > TransactionEvent {EVENT % ("Started", "10:01:00", 0, "", 5.0)}
        10:05:00 > TransactionEvent {EVENT % ("Updated", "10:05:00", 1, "", 6.0)}
        10:11:00 > TransactionEvent {EVENT % ("Ended", "10:11:00", 2, ',"stoppedReason":"EVDisconnected"', 7.5)}
    """)
    (row,) = tables["sessions"]
    assert (row["started"], row["ended"], row["energyWh"], row["durationP50Seconds"]) == (1, 1, 2500, 600)
    assert tables["stopReasons"] == [{"reason": "EVDisconnected", "count": 1}]


def test_a_transaction_of_2_x_gets_its_token_after_its_start() -> None:
    """The token and the transaction would count as two attempts, of which one fails."""
    token = '},"idToken":{"idToken":"A","type":"Central"'
    (row,) = tables_of(f"""
        2.0.1
        10:00:00 opened
        10:01:00 > TransactionEvent {EVENT % ("Started", "10:01:00", 0, "", 5.0)}
        10:02:00 > Authorize {{"idToken":{{"idToken":"A","type":"Central"}}}}
        10:02:00 < ok {{"idTokenInfo":{{"status":"Accepted"}}}}
        10:02:01 > TransactionEvent {EVENT % ("Updated", "10:02:01", 1, token, 5.0)}
        10:11:00 > TransactionEvent {EVENT % ("Ended", "10:11:00", 2, "", 7.5)}
        10:40:00 > Heartbeat {{}}
    """)["sessions"]
    assert (row["attempts"], row["succeeded"], row["failed"]) == (1, 1, 0)


def test_a_transaction_of_2_x_without_its_start_has_no_energy() -> None:
    (row,) = tables_of(f"""
        2.0.1
        10:05:00 > TransactionEvent {EVENT % ("Updated", "10:05:00", 1, "", 6.0)}
        10:11:00 > TransactionEvent {EVENT % ("Ended", "10:11:00", 2, "", 7.5)}
    """)["sessions"]
    assert (row["ended"], row["begunBefore"], row["energyWh"], row["energyUnknown"]) == (1, 1, None, 1)


# -- calls and boots --------------------------------------------------------------------------------------------


def test_calls_have_their_latency_and_what_was_not_answered() -> None:
    rows = tables_of("""
        10:00:00 opened
        10:00:01 > Heartbeat {}
        10:00:02 < ok
        10:01:01 > Heartbeat {}
        10:01:04 < ok
        10:02:00 > Authorize {"idTag":"A"}
        10:02:01 < error InternalError "no"
        10:02:02 > Authorize {"idTag":"A"}
        10:03:00 < GetConfiguration {}
        10:09:00 < ClearCache {}
        10:09:10 > MeterValues {"connectorId":1,"meterValue":[]}
    """)["actions"]
    by_action = {row["action"]: row for row in rows}
    assert by_action["Heartbeat"] == {
        "action": "Heartbeat", "direction": "cp-to-csms", "calls": 2, "unanswered": 0, "waiting": 0, "errors": 0,
        "retries": 0, "p50Ms": 1000, "p95Ms": 3000, "p99Ms": 3000,
    }  # fmt: skip
    assert (by_action["Authorize"]["errors"], by_action["Authorize"]["retries"]) == (1, 1)
    assert (by_action["Authorize"]["unanswered"], by_action["Authorize"]["waiting"]) == (1, 0)
    assert (by_action["GetConfiguration"]["unanswered"], by_action["GetConfiguration"]["p50Ms"]) == (1, None)
    assert (by_action["ClearCache"]["unanswered"], by_action["ClearCache"]["waiting"]) == (0, 1)


def test_a_call_whose_connection_closed_is_unanswered() -> None:
    rows = tables_of("10:00:00 opened\n10:00:01 > Heartbeat {}\n10:00:02 closed")["actions"]
    assert (rows[0]["unanswered"], rows[0]["waiting"]) == (1, 0)


def test_boots_and_problems_are_counted() -> None:
    tables = tables_of("""
        10:00:00 opened
        10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Pending"}
        10:00:09 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
        10:00:10 < ok {"currentTime":"2026-01-01T10:00:10Z","interval":300,"status":"Accepted"}
    """)
    assert tables["period"][0]["boots"] == 2
    assert {row["status"]: row["count"] for row in tables["boots"]} == {"Pending": 1, "Accepted": 1}
    assert {"rule": "boot.retry-early", "records": 1, "severity": "warning"} in tables["problems"]


@pytest.mark.parametrize(
    ("version", "service"), [(Version.V12, CS_12), (Version.V15, CS_15), (Version.V16, CS_16)], ids=str
)
def test_soap_counts_like_json(version: Version, service: str) -> None:
    """The reports of a fleet would leave out its oldest charge points."""
    timeline = Timeline()
    for number, (action, payload, answer) in enumerate(SOAP_SESSION):
        message_id, at = f"uuid:{number}", NOON + number * 60 * SECOND
        texts = (
            (request(action, payload, service=service, message_id=message_id), Direction.TO_CSMS, at),
            (response(action, answer, service=service, relates_to=message_id), Direction.TO_CHARGE_POINT, at + SECOND),
        )
        for text, direction, time in texts:
            record = message_record(
                text,
                time=time,
                connection=1,
                direction=direction,
                charge_point="OLD",
                version=version,
                transport=Transport.SOAP,
            )
            timeline.append(record)
    report = OperatingReport(timeline)
    assert report.advance(60)
    of = report.stations["OLD"]
    assert (of.started, of.ended, of.energy.total, of.duration.total) == (1, 1, 2000, 600 * SECOND)
    assert of.attempts.counts_at(NOON + 3600 * SECOND)[:3] == (1, 0, 0)
    assert of.boot_answers == {"Accepted": 1}
    assert of.faults[0, 1, "GroundFailure"].count == 1
    assert [figures.latency.percentile(50) for figures in of.records.exchanges.values()] == [SECOND] * 4


# -- growth -----------------------------------------------------------------------------------------------------


def test_names_are_bounded() -> None:
    """A peer that closes with a new reason each time would fill the memory."""
    counts: dict[str, int] = {}
    for number in range(3 * MOST_NAMES):
        name = counted_name(counts, f"reason {number}")
        counts[name] = counts.get(name, 0) + 1
    assert len(counts) == MOST_NAMES + 1
    assert counts[OTHER] == 2 * MOST_NAMES


def test_a_report_goes_on_where_it_was() -> None:
    """The screen would show old figures, or count records twice."""
    trace = BOOT + start("10:01:00", 1) + stop("10:11:00", 1)
    report = report_of(trace)
    records = [report.timeline.record(index) for index in range(len(report.timeline))]
    for record in records:
        report.timeline.append(record)
    assert report.progress == 0.5
    assert report.advance(60)
    assert report.stations["CP1"].boots == 2
    assert report.stations["CP1"].records.records == 2 * len(records)
