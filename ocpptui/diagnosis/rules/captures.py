"""Captures: what a recording does not show, because it does not contain all that happened."""

from __future__ import annotations

from ocpptui.diagnosis.fact_kinds import Stray
from ocpptui.diagnosis.rule import Rule
from ocpptui.timeline.severity import Severity

_BEATS = "".join(f"10:0{minute}:00 > Heartbeat {{}}\n" for minute in range(5))
_ANSWERED = "".join(
    f'10:0{minute}:00 < [3,"{minute}",{{"currentTime":"2026-01-01T10:0{minute}:00Z"}}]\n' for minute in range(5)
)
_MARKED = _ANSWERED.replace("10:01:00 <", "* 10:01:00 <")
_STOPPED = '* 10:00:00 < RemoteStopTransaction {"transactionId":1}\n'
_LATE_ANSWER = '10:01:45 < [3,"463480570",{}]\n10:02:00 > Authorize {"idTag":"A"}\n'
RULES = (
    Rule(
        "capture.starts-late",
        Severity.INFO,
        "The call that this answers may have been made before the recording begins, in the middle of the connection.",
        "Open OCPP Trace 1.1, fixture orphan-response",
        lambda facts: facts.stray is Stray.BEFORE,
        positive=('* 10:00:00 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]',),
        negative=('10:00:00 opened\n10:00:01 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]',),
    ),
    Rule(
        "capture.no-answers",
        Severity.INFO,
        "The recording has no answer to this call or any other in its direction: it cannot show which calls had none.",
        "Seen in the field: logs of one side that hold its calls only",
        lambda facts: facts.lacks_answers,
        remedy="Record or log both directions. If really no call was answered, the log of the other side may say why.",
        positive=(
            "* " + _BEATS,
            # the answers of the charge point are recorded, those to it are not
            "* " + _BEATS + '10:08:01 < ClearCache {}\n10:08:02 > ok {"status":"Accepted"}\n',
        ),
        negative=(
            "10:00:00 opened\n" + _BEATS,  # who records the connection, records all of it
            _BEATS + '10:08:00 > Heartbeat {}\n10:08:01 < ok {"currentTime":"2026-01-01T10:08:01Z"}\n',
            "10:00:00 > Heartbeat {}\n10:01:00 > Heartbeat {}",
        ),
    ),
    Rule(
        "capture.no-calls",
        Severity.INFO,
        "The recording shows no call from the other side before this answer, so it is unknown which call this answers.",
        "Seen in the field: logs of one side that hold only what was sent to it, or by it",
        lambda facts: facts.stray is Stray.FIRST_UNRECORDED,
        remedy="Record or log both directions, from the beginning. Only the first such answer has this note.",
        positive=(_MARKED, _MARKED + '10:08:01 < ClearCache {}\n10:08:02 > ok {"status":"Accepted"}\n'),
        negative=(
            "10:00:00 opened\n" + _ANSWERED,  # who records the connection, records all of it
            '10:00:00 > DataTransfer {"vendorId":"A"}\n10:00:01 < ok {"status":"Accepted"}\n'
            + _ANSWERED.partition("\n")[2],
        ),
    ),
    Rule(
        "capture.no-answer",
        Severity.INFO,
        "This call has no recorded answer, but other messages are missing, too: it may have had one.",
        "Seen in the field: excerpts of logs, from which people leave lines out",
        lambda facts: facts.lacks_lines,
        remedy="The whole log shows whether it was answered. An answer without its call shows that lines are missing.",
        positive=(f"{_STOPPED}{_LATE_ANSWER}",),
        negative=(
            "10:00:00 opened\n" + _STOPPED[2:] + _LATE_ANSWER,  # who records the connection, records all of it
            _STOPPED[2:],
            _STOPPED[2:] + '10:00:05 > ok {"status":"Accepted"}\n' + _LATE_ANSWER,
        ),
    ),
)
