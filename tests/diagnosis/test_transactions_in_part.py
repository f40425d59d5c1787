"""Transactions that went as they may, in recordings that have only a part of them: no rule rings."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.diagnosis.meter_traces import meter_call, start_call, stop_call
from ocpptui.diagnosis.status_traces import status_2, status_16
from ocpptui.diagnosis.trace import read_trace
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.record import Record
from tests.kit.partial_recordings import parts, problems_of

RECORDINGS = Path(__file__).parents[2] / "recordings"


def boot_16(at: str) -> str:
    return (
        f'{at} opened\n{at} > BootNotification {{"chargePointVendor":"A","chargePointModel":"B"}}\n'
        f'{at} < ok {{"currentTime":"2026-01-01T{at}Z","interval":300,"status":"Accepted"}}\n'
    )


def boot_2(at: str, reason: str = "PowerUp") -> str:
    return (
        f'{at} opened\n{at} > BootNotification {{"reason":"{reason}","chargingStation":'
        f'{{"vendorName":"A","model":"B"}}}}\n'
        f'{at} < ok {{"currentTime":"2026-01-01T{at}Z","interval":300,"status":"Accepted"}}\n'
    )


def event(kind: str, number: int, trigger: str, at: str, *more: str, sent: str = "", name: str = "t1") -> str:
    """An event of EVSE 1, or of EVSE 2 for `t2`; `sent` is when it was sent, if later."""
    evse = f'"evse":{{"id":{name[-1]},"connectorId":1}}'
    state = {"Started": "EVConnected", "Updated": "Charging", "Ended": "Idle"}[kind]
    reason = ',"stoppedReason":"PowerLoss"' if trigger == "AbnormalCondition" else ""
    return (
        f'{sent or at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z",'
        f'"triggerReason":"{trigger}","seqNo":{number},{evse},'
        f'"transactionInfo":{{"transactionId":"{name}","chargingState":"{state}"{reason}}}{"".join(more)}}}\n'
        f"{sent or at} < ok\n"
    )


def elsewhere(text: str) -> str:
    """The same at connector 2."""
    return text.replace('"connectorId":1', '"connectorId":2').replace('"connectorId": 1', '"connectorId": 2')


TOKEN = ',"idToken":{"idToken":"A","type":"ISO14443"}'
OFFLINE = ',"offline":true'

OFFLINE_16 = (
    boot_16("09:00:00")
    + status_16("Available", "09:00:05")
    + '09:58:00 > Authorize {"idTag":"A"}\n09:58:00 < ok {"idTagInfo":{"status":"Accepted"}}\n'
    + status_16("Preparing", "09:59:00")
    + start_call()
    + status_16("Charging", "10:00:05")
    + meter_call(2000, "10:10:00")
    + "10:15:00 closed\n11:00:00 opened\n"
    # what happened while it was offline: samples, the end, and another transaction
    + meter_call(3000, "10:20:00", sent="11:00:01")
    + meter_call(4000, "10:30:00", sent="11:00:02")
    + stop_call(4500, "10:35:00").replace("10:35:00 >", "11:00:03 >")
    + "11:00:03 < ok\n"
    + start_call("10:40:00", 4500, 8).replace("10:40:00 ", "11:00:04 ")
    + meter_call(5000, "10:50:00", sent="11:00:05", number=8)
    + status_16("Charging", "11:00:06")
    + meter_call(6000, "11:05:00", number=8)
    + stop_call(6500, "11:10:00", number=8)
    + "11:10:00 < ok\n"
    + status_16("Finishing", "11:10:01")
    + status_16("Available", "11:11:00")
    + "11:40:00 > Heartbeat {}\n"
)
"""A transaction ends and another one starts offline; all is delivered later, in its order."""

POWER_LOSS_16 = (
    boot_16("09:00:00")
    + start_call()
    + elsewhere(start_call("10:01:00", 500, 8))
    + meter_call(2000, "10:10:00")
    + "10:12:00 closed\n"
    + boot_16("10:20:00")
    + status_16("Available", "10:20:05")
    + status_16("Charging", "10:20:05", 2)
    + stop_call(2100, "10:12:00", ',"reason":"PowerLoss"').replace("10:12:00 >", "10:20:10 >")
    + "10:20:10 < ok\n"
    + start_call("10:30:00", 2100, 9)
    + status_16("Charging", "10:30:05")
    + meter_call(2500, "10:40:00", number=9)
    + elsewhere(meter_call(3500, "10:40:00", number=8))
    + elsewhere(stop_call(3600, "10:45:00", number=8))
    + "10:45:00 < ok\n"
    + stop_call(3000, "10:50:00", number=9)
    + "10:50:00 < ok\n"
    + "11:40:00 > Heartbeat {}\n"
)
"""After a power loss one transaction is stopped, and one on another connector goes on."""

OFFLINE_2 = (
    "2.0.1\n"
    + boot_2("09:00:00")
    + status_2("Available", "09:00:05")
    + status_2("Occupied", "09:59:50")
    + event("Started", 0, "CablePluggedIn", "10:00:00")
    + event("Updated", 1, "Authorized", "10:00:10", TOKEN)
    + event("Updated", 2, "MeterValuePeriodic", "10:05:00")
    + "10:07:00 closed\n11:00:00 opened\n"
    # of the events in between, it may drop any Updated
    + event("Updated", 5, "MeterValuePeriodic", "10:20:00", OFFLINE, sent="11:00:01")
    + event("Ended", 7, "StopAuthorized", "10:40:00", OFFLINE, sent="11:00:02")
    + event("Started", 0, "CablePluggedIn", "10:45:00", OFFLINE, sent="11:00:03", name="next-t1")
    + event("Updated", 3, "MeterValuePeriodic", "11:05:00", name="next-t1")
    + event("Ended", 4, "StopAuthorized", "11:10:00", TOKEN, name="next-t1")
    + status_2("Available", "11:11:00")
    + "11:40:00 > Heartbeat {}\n"
)

POWER_LOSS_2 = (
    "2.0.1\n"
    + boot_2("09:00:00")
    + status_2("Available", "09:00:05")
    + event("Started", 0, "CablePluggedIn", "10:00:00", TOKEN)
    + event("Started", 0, "CablePluggedIn", "10:00:30", TOKEN, name="t2")
    + event("Updated", 1, "MeterValuePeriodic", "10:01:00")
    + event("Updated", 1, "MeterValuePeriodic", "10:01:10", name="t2")
    + "10:02:00 closed\n"
    + boot_2("10:20:00")
    + status_2("Occupied", "10:20:05")
    + status_2("Available", "10:20:05", 2)
    + event("Ended", 2, "AbnormalCondition", "10:02:00", OFFLINE, sent="10:20:10", name="t2")
    + event("Updated", 2, "ChargingStateChanged", "10:20:20")
    + event("Updated", 3, "MeterValuePeriodic", "10:25:00")
    + event("Ended", 4, "StopAuthorized", "10:40:00")
    + "11:40:00 > Heartbeat {}\n"
)

CONVERSATIONS = {
    "offline in 1.6": OFFLINE_16,
    "power loss in 1.6": POWER_LOSS_16,
    "offline in 2.0.1": OFFLINE_2,
    "power loss in 2.0.1": POWER_LOSS_2,
}


def problems(records: list[Record]) -> list[tuple[str, str]]:
    return problems_of(records, "tx.", "tx2.", "meter.")


@pytest.mark.parametrize("text", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_a_part_of_what_went_as_it_may_has_no_problem(text: str) -> None:
    """Support would look for a lost transaction in each recording that begins in mid-session."""
    for part in parts(read_trace(text).records):
        assert problems(part) == []


@pytest.mark.parametrize("text", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_without_times_it_has_no_problem(text: str) -> None:
    """The log of a library without times would be full of alarms."""
    records = read_trace(text).records
    for record in records:
        if record.kind.is_message:
            record.detail = {**record.detail, "timeless": True}
    for part in parts(records):
        assert problems(part) == []


@pytest.mark.parametrize("text", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_one_record_that_is_missing_is_no_problem(text: str) -> None:
    """A logger that lost a line would be taken for a charge point that lost a transaction."""
    records = read_trace(text).records
    for missing in range(len(records)):
        if records[missing].kind.is_message:
            assert problems([*records[:missing], *records[missing + 1 :]]) == [], missing


@pytest.mark.parametrize("name", ["charge-1.6", "charge-2.0.1"])
def test_a_part_of_a_recorded_charge_has_no_problem(name: str) -> None:
    files = FileSession([RECORDINGS / f"{name}.jsonl"])
    files.read_whole()
    timeline = files.session.timeline
    for part in parts([timeline.record(index) for index in range(len(timeline))]):
        assert problems(part) == []
