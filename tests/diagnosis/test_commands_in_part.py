"""Commands that were followed as they must be, in recordings that have only a part of them: no rule rings."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.profile_traces import profile_call
from ocpptui.diagnosis.status_traces import event_2, status_2, status_16
from ocpptui.diagnosis.trace import read_trace
from tests.kit.partial_recordings import parts, problems_of, without_one, without_times

TOPICS = ("status.", "cmd.", "report.", "log.", "firmware.", "profile.")


def asked(at: str, call: str, answer: str = '{"status":"Accepted"}') -> str:
    """A call of the central system and its answer."""
    return f"{at} < {call}\n{at} > ok {answer}\n"


def said(at: str, call: str, answer: str = "{}") -> str:
    """A call of the charge point and its answer."""
    return f"{at} > {call}\n{at} < ok {answer}\n"


def booted(at: str, firmware: str) -> str:
    boot = f'{{"chargePointVendor":"A","chargePointModel":"B","firmwareVersion":"{firmware}"}}'
    return f"{at} opened\n" + said(
        at,
        f"BootNotification {boot}",
        f'{{"currentTime":"2026-01-01T{at}Z","interval":300,"status":"Accepted"}}',
    )


def booted_2(at: str, reason: str) -> str:
    boot = f'{{"reason":"{reason}","chargingStation":{{"vendorName":"A","model":"B"}}}}'
    return f"{at} opened\n" + said(
        at,
        f"BootNotification {boot}",
        f'{{"currentTime":"2026-01-01T{at}Z","interval":300,"status":"Accepted"}}',
    )


def drawn(at: str, amperes: float, transaction: int = 7) -> str:
    sample = f'{{"value":"{amperes}","measurand":"Current.Import","unit":"A","phase":"L1"}}'
    return said(
        at,
        f'MeterValues {{"connectorId":1,"transactionId":{transaction},"meterValue":'
        f'[{{"timestamp":"2026-01-01T{at}Z","sampledValue":[{sample}]}}]}}',
    )


def setting(at: str, key: str, value: str) -> str:
    shown = f'{{"configurationKey":[{{"key":"{key}","readonly":false,"value":"{value}"}}]}}'
    return asked(at, f'GetConfiguration {{"key":["{key}"]}}', shown)


STOP = 'StopTransaction {"transactionId":7,"meterStop":1000,"timestamp":"2026-01-01T10:20:00Z","reason":"Remote"}'
START = 'StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:20Z"}'
STARTED = '{"idTagInfo":{"status":"Accepted"},"transactionId":7}'

CHARGE_16 = (
    booted("09:00:00", "1.0")
    + status_16("Available", "09:00:04", 0)
    + status_16("Available", "09:00:05")
    + status_16("Available", "09:00:06", 2)
    + setting("09:10:00", "MeterValueSampleInterval", "60")
    + asked("09:11:00", 'ChangeConfiguration {"key":"MeterValueSampleInterval","value":"30"}')
    + setting("09:12:00", "MeterValueSampleInterval", "30")
    + asked("09:13:00", f"{profile_call((0, 16))}")
    + asked("10:00:00", 'RemoteStartTransaction {"idTag":"A","connectorId":1}')
    + status_16("Preparing", "10:00:05")
    + said("10:00:20", START, STARTED)
    + status_16("Charging", "10:00:22")
    + "".join(drawn(f"10:{minute:02}:{second:02}", 16) for minute in (1, 2, 3, 4) for second in (0, 30))
    + asked("10:05:10", f"{profile_call((0, 8), chargingProfileId=2, stackLevel=1)}")
    + "".join(drawn(f"10:{minute:02}:{second:02}", 8) for minute in (5, 6, 7, 8) for second in (30, 59))
    + asked("10:09:10", 'ClearChargingProfile {"id":2}')
    + "".join(drawn(f"10:{minute:02}:{second:02}", 16) for minute in (10, 11, 12) for second in (0, 30))
    + asked("10:15:00", 'TriggerMessage {"requestedMessage":"StatusNotification","connectorId":1}')
    + status_16("Charging", "10:15:01")
    + asked("10:19:58", 'RemoteStopTransaction {"transactionId":7}')
    + said("10:20:00", STOP)
    + status_16("Finishing", "10:20:01")
    + status_16("Available", "10:21:00")
    + said("10:40:00", "Heartbeat {}", '{"currentTime":"2026-01-01T10:40:00Z"}')
)

OPERATION_16 = (
    booted("09:00:00", "1.0")
    + status_16("Available", "09:00:05")
    + status_16("Available", "09:00:06", 2)
    + asked(
        "09:10:00",
        'ReserveNow {"connectorId":1,"expiryDate":"2026-01-01T09:30:00Z","idTag":"A","reservationId":5}',
    )
    + status_16("Reserved", "09:10:02")
    + asked("09:20:00", 'CancelReservation {"reservationId":5}')
    + status_16("Available", "09:20:02")
    + asked("09:40:00", 'ChangeAvailability {"connectorId":2,"type":"Inoperative"}')
    + status_16("Unavailable", "09:40:02", 2)
    + asked("10:00:00", 'Reset {"type":"Soft"}')
    + "10:00:10 closed\n"
    + booted("10:01:00", "1.0")
    + status_16("Available", "10:01:05")
    + status_16("Unavailable", "10:01:06", 2)
    + asked("10:10:00", 'ChangeAvailability {"connectorId":2,"type":"Operative"}')
    + status_16("Available", "10:10:02", 2)
    + asked("10:20:00", 'SendLocalList {"listVersion":7,"updateType":"Full","localAuthorizationList":[]}')
    + asked("10:21:00", "GetLocalListVersion {}", '{"listVersion":7}')
    + asked("10:30:00", 'GetDiagnostics {"location":"ftp://example.com/"}', '{"fileName":"d.zip"}')
    + said("10:30:10", 'DiagnosticsStatusNotification {"status":"Uploading"}')
    + said("10:31:00", 'DiagnosticsStatusNotification {"status":"Uploaded"}')
    + asked(
        "11:00:00",
        'UpdateFirmware {"location":"ftp://example.com/f.bin","retrieveDate":"2026-01-01T11:00:00Z"}',
        "{}",
    )
    + "".join(
        said(f"11:0{minute}:00", f'FirmwareStatusNotification {{"status":"{status}"}}')
        for minute, status in enumerate(("Downloading", "Downloaded", "Installing", "Installed"), 1)
    )
    + "11:05:00 closed\n"
    + booted("11:06:00", "1.1")
    + status_16("Available", "11:06:05")
    + status_16("Available", "11:06:06", 2)
    + said("14:00:00", "Heartbeat {}", '{"currentTime":"2026-01-01T14:00:00Z"}')
)

STATION_2 = (
    "2.0.1\n"
    + booted_2("09:00:00", "PowerUp")
    + status_2("Available", "09:00:05")
    + status_2("Available", "09:00:06", 2)
    + asked("09:10:00", 'GetBaseReport {"requestId":5,"reportBase":"FullInventory"}')
    + "".join(
        said(
            f"09:10:0{number + 2}",
            f'NotifyReport {{"requestId":5,"seqNo":{number},"tbc":{str(number < 2).lower()},'
            '"generatedAt":"2026-01-01T09:10:01Z"}',
        )
        for number in range(3)
    )
    + asked("09:40:00", 'GetLog {"requestId":3,"logType":"DiagnosticsLog","log":{"remoteLocation":"ftp://a/"}}')
    + said("09:40:10", 'LogStatusNotification {"status":"Uploading","requestId":3}')
    + said("09:41:00", 'LogStatusNotification {"status":"Uploaded","requestId":3}')
    + asked(
        "10:00:00",
        'RequestStartTransaction {"remoteStartId":4,"evseId":1,"idToken":{"idToken":"A","type":"Central"}}',
    )
    + status_2("Occupied", "10:00:10")
    + event_2("Started", "10:00:20", 0, ',"remoteStartId":4,"chargingState":"Charging"', "RemoteStart")
    + asked("10:01:00", profile_call((0, 16), chargingProfilePurpose="TxProfile", transactionId="t1", generation=2))
    + asked("10:10:00", 'RequestStopTransaction {"transactionId":"t1"}')
    + event_2("Ended", "10:10:02", 1, ',"stoppedReason":"Remote"', "RemoteStop")
    + status_2("Available", "10:11:00")
    + asked("10:20:00", 'Reset {"type":"OnIdle"}')
    + "10:20:10 closed\n"
    + booted_2("10:21:00", "RemoteReset")
    + status_2("Available", "10:21:05")
    + status_2("Available", "10:21:06", 2)
    + said("14:00:00", "Heartbeat {}", '{"currentTime":"2026-01-01T14:00:00Z"}')
)

CONVERSATIONS = {"charge in 1.6": CHARGE_16, "operation in 1.6": OPERATION_16, "station in 2.0.1": STATION_2}
EACH = pytest.mark.parametrize("text", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())


@EACH
def test_a_part_of_commands_that_were_followed_has_no_problem(text: str) -> None:
    """Support would look for what a charge point did not do in each recording that begins in mid-session."""
    for part in parts(read_trace(text).records):
        assert problems_of(part, *TOPICS) == []


@EACH
def test_commands_without_times_have_no_problem(text: str) -> None:
    """The log of a library without times would be full of alarms."""
    for part in parts(without_times(read_trace(text).records)):
        assert problems_of(part, *TOPICS) == []


@EACH
def test_a_message_that_was_lost_is_no_problem(text: str) -> None:
    """A logger that lost a line would be taken for a charge point that does not do what it accepts."""
    for part in without_one(read_trace(text).records):
        assert problems_of(part, *TOPICS) == []
