"""Answers that a recording lacks, although the charge point has got them: it uses what only they can have told it."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_refusal, once_woken
from ocpptui.diagnosis.meter_traces import meter_call, start_call, stop_call
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_16
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_STARTS = 20
"""Starts without an answer that are remembered."""
_BOOT = BOOT_16.replace("10:0", "09:0")
_UNANSWERED = start_call().splitlines()[0] + "\n"
_OTHERS = '10:02:00 > Heartbeat {}\n10:02:01 < ok {"currentTime":"2026-01-01T10:02:01Z"}\n'
_LATER = "11:20:00 > Heartbeat {}\n"

START_ANSWERED = Rule(
    "capture.start-answer",
    Severity.INFO,
    "The recording lacks the answer to this StartTransaction, but the charge point got it.",
    "OCPP 1.6 section 6.46: the central system gives the transactionId in its answer",
    versions=FIRST_GENERATION,
    says="The recording lacks the answer to this StartTransaction, but the charge point got it: it uses transaction "
    "{transaction}.",
    remedy="Lines of the log are missing. Other calls without an answer may have had one, too.",
    replaces=frozenset({"rpc.unanswered", "rpc.closed-before-answer", "rpc.passed-over"}),
    positive=(
        f"{_BOOT}* {_UNANSWERED}{_OTHERS}{stop_call(2000)}11:00:00 < ok\n{_LATER}",
        f"* {_UNANSWERED}{meter_call(1100, '10:01:00')}{meter_call(1200, '10:02:00')}{_LATER}",
    ),
    negative=(
        f"{_BOOT}{_UNANSWERED}{_OTHERS}{_LATER}",
        f"{_BOOT}{start_call()}{stop_call(2000)}11:00:00 < ok\n{_LATER}",
        f"{_UNANSWERED}{_OTHERS}{stop_call(2000)}11:00:00 < ok\n{_LATER}",  # it may be one from before the recording
        f"{_BOOT}{_UNANSWERED}{meter_call(1100, '10:01:00', number=-1)}{_LATER}",
        f"{_BOOT}{_UNANSWERED}{meter_call(1100, '10:01:00', number=0)}{_LATER}",
        f"{_BOOT}{start_call('09:30:00')}{_UNANSWERED}{meter_call(1100, '10:01:00')}{_LATER}",
        f"{_BOOT}{_UNANSWERED}{meter_call(1100, '10:01:00')}{_LATER}".replace('"connectorId": 1', '"connectorId": 2'),
    ),
)

RULES = (START_ANSWERED,)


class UsedAnswerChecker(Checker):
    """Looks for the transaction ids of starts that have no answer."""

    def begin(self) -> None:
        self.starts: dict[int, int | None] = {}  # the connectors of starts without an answer, by their records

    @on_call("StartTransaction")
    def started(self, call: Seen) -> None:
        put(self.starts, call.index, call.integer("connectorId"), MOST_STARTS)
        if not self.is_awake and call.is_timed:
            self.wait("answer", call.clock + self.time_out, self.wake)  # nearly always, the answer comes before

    @on_exchange("StartTransaction")
    @on_refusal("StartTransaction")
    def answered(self, call: Seen, answer: Seen) -> None:
        self.starts.pop(call.index, None)
        if not self.starts:
            self.stop_waiting("answer")

    @once_woken
    @on_call("MeterValues")
    def metered(self, call: Seen) -> None:
        if self.starts:
            connector = call.integer("connectorId")
            self.used(call, [start for start, place in self.starts.items() if place == connector])

    @once_woken
    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        boot = self.known.boot
        if self.starts and boot is not None and boot < min(self.starts):
            self.used(call, list(self.starts))

    def used(self, call: Seen, starts: list[int]) -> None:
        """Report the start that a message is about, if it names a transaction that no answer has named."""
        number = call.integer("transactionId")
        if len(starts) == 1 and number is not None and number > 0 and str(number) not in self.known.transactions:
            del self.starts[starts[0]]
            self.found(START_ANSWERED, starts[0], (call,), transaction=number)
