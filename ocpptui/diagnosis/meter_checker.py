"""Follows the meter values of each transaction, for the rules of `meter_samples` and `transaction_metering`."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange, on_record, on_stray
from ocpptui.diagnosis.exact_number import exact_number
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS, KnownTransaction
from ocpptui.diagnosis.meter_comparisons import MeterComparisons
from ocpptui.diagnosis.meter_run import (
    INTERVALS,
    ROUNDING,
    TOTAL,
    UNTIED,
    MeterRun,
    is_later,
    is_thousandth,
    timestamp_of,
)
from ocpptui.diagnosis.rule import Phrase, TimeSpan
from ocpptui.diagnosis.rules.meter_samples import LARGEST_VALUE
from ocpptui.diagnosis.rules.transaction_data import DATA_MISSING
from ocpptui.diagnosis.rules.transaction_metering import (
    CONTEXT,
    DATA_ALTHOUGH_OFF,
    GAP,
    NO_TRANSACTION_ID,
    NOT_OPEN,
    OUTSIDE_EVENT,
    REBASED,
)
from ocpptui.diagnosis.rules.transaction_registers import METER_BACKWARDS, METER_UNIT
from ocpptui.diagnosis.seen import Seen, known_time_of
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import meter_values_in, samples_in
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent, RecordKind

_EVEN = 4
"""Two spaces between messages are alike if they differ by no more than this part of one."""
_SEVERAL = 3
"""Values without a context that are surely periodic."""


class MeterValueChecker(MeterComparisons):
    """Follows the meter values of each transaction. Most records are meter values: each step must be cheap."""

    listens = False

    def begin(self) -> None:
        super().begin()
        self.overdue: dict[str, tuple[int, TimeSpan, Phrase]] = {}  # by transaction: what is said if it still lives
        self.runs: dict[str, MeterRun] = {}
        self.settled: dict[int, Any] = {}  # the transaction that values of a connector name, once that was checked
        self.stopped: dict[int, tuple[int, float, int]] = {}  # by connector: time, meterStop and record of the last end
        self.stray = -1  # the last answer whose call the recording lacks, which may have had meter values

    # -- messages -----------------------------------------------------------------------------------------------

    @on_call("MeterValues")
    def sampled(self, call: Seen) -> None:
        payload = call.payload
        get = payload.get
        number, connector = get("transactionId"), get("connectorId")
        place = get("evseId") if connector is None else connector
        values = get("meterValue")
        if values is None:
            values = meter_values_in(payload)
        if type(place) is not int or type(values) is not list:
            return
        is_named = type(number) is int and number > 0
        name = str(number) if is_named else f"@{place}"
        run = self.runs.get(name) or self.run(name)
        self.follow(call, run, values, place)
        if connector is None:
            if "event" not in run.said and self.known.open_transactions:
                self.in_transaction(call, run, place, values)
        elif (place > 0 or number is not None) and self.settled.get(place, -1) != number:
            self.assign(call, place, number, values)
        if is_named and call.is_timed:
            self.hear(run, call, name)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        payload = call.payload
        values, number = payload.get("meterValue"), call.text("transactionInfo", "transactionId")
        if not number or (values is None and payload.get("eventType") != "Ended"):
            return
        run = self.run(number)
        if type(values) is list:
            self.follow(call, run, values, -1, is_end=payload.get("eventType") == "Ended")
        if payload.get("eventType") == "Ended":
            self.forget(number)
            if (one := self.known.transactions.get(number)) is not None:
                self.look_for_values(call, run, one)
        elif call.is_timed and payload.get("triggerReason") == "MeterValuePeriodic":
            self.hear(run, call, number)

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, meter, time = call.integer("connectorId"), call.measured("meterStart"), call.date_time("timestamp")
        before = self.stopped.get(connector or 0)
        if before is not None and meter == 0 and time is not None and time >= before[0] and before[1] > ROUNDING:
            self.found(REBASED, call, (before[2],), before=exact_number(before[1]))

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number, meter, time = answer.integer("transactionId"), call.measured("meterStart"), call.text("timestamp")
        self.settled.clear()
        if number is None:
            return
        run = MeterRun()
        put(self.runs, str(number), run, MOST_TRANSACTIONS)
        if meter is not None and time is not None and abs(meter) < LARGEST_VALUE:
            run.registers[TOTAL] = (time, float(meter), call.index)
            run.start = call.index

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        number, meter, time = call.integer("transactionId"), call.measured("meterStop"), call.text("timestamp") or ""
        self.settled.clear()
        data = meter_values_in({"meterValue": call.value("transactionData")})
        if number is not None:
            run = self.run(str(number))
            last = run.registers.get(TOTAL)
            transaction, ended = self.known.transactions.get(str(number)), known_time_of(time)
            if last is not None and meter is not None and meter < last[1] - ROUNDING and is_later(time, last[0]):
                if is_thousandth(meter, last[1]):
                    values_of: dict[str, Any] = {"field": Phrase("meterStop"), "value": meter, "measured": last[1]}
                    self.found(METER_UNIT, call, (last[2],), **values_of)
                elif last[2] != run.start and not self.is_below_start(transaction, meter):
                    values = {
                        "stop": exact_number(meter),
                        "before": exact_number(last[1]),
                        "at": Phrase("in its last sample"),
                    }
                    self.found(METER_BACKWARDS, call, (last[2],), transaction=number, **values)
            elif type(data) is list:
                self.follow(call, run, data, -1, is_end=True)
            self.forget(str(number))
            if transaction is not None:
                self.look_for_values(call, run, transaction)
                if transaction.connector and meter is not None and ended is not None:
                    put(self.stopped, transaction.connector, (ended, meter, call.index), MOST_CONNECTORS)
                if not data:
                    self.look_for_data(call, transaction)
        if type(data) is list and data:
            self.check_data(call, data)

    @staticmethod
    def is_below_start(one: KnownTransaction | None, meter: float) -> bool:
        """Whether the end is even below the meter at the start, which is reported by itself."""
        return one is not None and one.meter_start is not None and meter < one.meter_start

    def look_for_data(self, call: Seen, one: KnownTransaction) -> None:
        """Find a StopTransaction without the data that the configuration asks for."""
        value, interval = self.known.setting("StopTxnSampledData"), self.known.whole_setting(INTERVALS[0])
        ended, needed = call.date_time("timestamp"), self.limits.unmetered if interval is None else interval
        if not value or not value.strip() or one.start is None or one.started_at is None or ended is None:
            return
        if needed and ended - one.started_at >= needed * SECOND:
            told: dict[str, Any] = {"message": Phrase("The StopTransaction"), "what": Phrase("meter values")}
            self.found(DATA_MISSING, call, transaction=one.id, setting="StopTxnSampledData", value=value[:80], **told)

    def look_for_values(self, call: Seen, run: MeterRun, one: KnownTransaction) -> None:
        """Find a transaction that ended without any meter value."""
        place = one.connector if one.evse is None else one.evse
        last, first = call.date_time("timestamp"), one.started_at
        if run.kinds or one.start is None or one.started is None or not one.is_open or self.stray > one.start:
            return
        if last is None or first is None:
            return
        untied = self.runs.get(f"@{place}")
        if self.known.whole_setting(*INTERVALS) == 0 or (untied is not None and untied.kinds):
            return
        is_whole = all(c.opened is None or c.opened <= one.started for c in self.known.connections.values())
        watched = min(last - first, call.since(one.started) or 0)  # what was queued is delivered at once
        if is_whole and watched >= self.limits.unmetered * SECOND:
            but = Phrase("from its start to its end")
            self.found(GAP, call, (one.start,), time=TimeSpan(last - first), but=but)

    def check_data(self, call: Seen, data: list[Any]) -> None:
        """What the transactionData of a StopTransaction must and must not have."""
        contexts = {
            one.get("context") for value in data for one in samples_in(value) if isinstance(one, dict)
            if isinstance(one.get("context"), str)
        }  # fmt: skip
        if "Transaction.Begin" in contexts and "Transaction.End" not in contexts:
            self.found(CONTEXT, call, context="Transaction.End", fault=Phrase("is missing beside Transaction.Begin"))
        setting = self.known.setting
        if setting("StopTxnSampledData") == "" and setting("StopTxnAlignedData") == "":
            self.found(DATA_ALTHOUGH_OFF, call)

    @on_stray
    def lacks_calls(self, answer: Seen) -> None:
        self.stray = answer.index
        self.stop_all_waiting()

    # -- transactions -------------------------------------------------------------------------------------------

    def run(self, name: str) -> MeterRun:
        found = self.runs.get(name)
        if found is None:
            found = MeterRun()
            put(self.runs, name, found, MOST_TRANSACTIONS)
        return found

    def forget(self, number: str) -> None:
        run = self.runs.get(number)
        if run is not None and run.watched:
            self.stop_waiting(f"gap {number}")
            run.watched = False

    def assign(self, call: Seen, connector: int, number: Any, values: list[Any]) -> None:
        """Compare the transaction that meter values name with the one of their connector."""
        named = self.known.transactions.get(str(number)) if type(number) is int and number > 0 else None
        has_ended = named is not None and not named.is_open
        running = None if has_ended else self.known.open_transaction_at(None, connector)
        elsewhere = named if named is not None and named.is_open and named.start is not None else None
        if elsewhere is not None and (not elsewhere.connector or elsewhere.connector == connector):
            elsewhere = None
        if not has_ended and elsewhere is None and (running is None or running.start is None):
            return
        sample = next((one for value in values for one in samples_in(value) if isinstance(one, dict)), {})
        time = known_time_of(timestamp_of(values[-1])) if values else None
        if time is None or sample.get("context") in UNTIED:
            return
        if named is not None and named.end is not None:
            stop = self.stopped.get(connector)
            late = self.limits.meter_value_tolerance * SECOND
            if stop is not None and stop[2] == named.end and time > stop[0] + late:
                put(self.settled, connector, number, MOST_CONNECTORS)
                but = Phrase("which has ended")
                self.found(NOT_OPEN, call, (named.end,), connector=connector, named=number, but=but)
            return
        if elsewhere is not None and elsewhere.start is not None:
            put(self.settled, connector, number, MOST_CONNECTORS)
            but = Phrase(f"but that runs at connector {elsewhere.connector}")
            if not connector:  # of another connector, meter.other-connector says so
                self.found(NOT_OPEN, call, (elsewhere.start,), connector=connector, named=number, but=but)
            return
        if running is None or running.start is None or time < (running.started_at or time):
            return
        put(self.settled, connector, number, MOST_CONNECTORS)
        if number is None:
            self.found(NO_TRANSACTION_ID, call, (running.start,), connector=connector, transaction=running.id)
        elif type(number) is int and number > 0 and named is None:
            but = Phrase("but another one runs there")
            self.found(NOT_OPEN, call, (running.start,), connector=connector, named=number, but=but)

    def in_transaction(self, call: Seen, run: MeterRun, evse: int, values: list[Any]) -> None:
        """Find values of a transaction in MeterValues of 2.x."""
        for value in values:
            for sample in samples_in(value):
                context = sample.get("context", "") if isinstance(sample, dict) else UNTIED[0]
                if context in UNTIED or (context == "" and not (run.count >= _SEVERAL and _is_off_clock(value))):
                    continue
                if self.known.open_transaction_at(evse, None) is not None:
                    run.said.add("event")
                    shown = str(context) if context else Phrase("Sample.Periodic, the default")
                    self.found(OUTSIDE_EVENT, call, context=shown)
                    return

    # -- gaps ---------------------------------------------------------------------------------------------------

    def hear(self, run: MeterRun, call: Seen, number: str) -> None:
        """Note when values came, and watch for the next ones."""
        clock, before = call.clock, run.taken
        pace = clock - run.heard if run.heard else 0
        if abs(pace - run.pace) * _EVEN <= run.pace and not _is_delivery(before, run.time, pace):
            run.even += 1
        else:
            run.even = 0
        run.pace, run.taken, run.heard, run.heard_index = pace, run.time, clock, call.index
        if not run.watched and (run.even >= _SEVERAL - 1 or self.known.setting(*INTERVALS)):
            self.watch(run, number)  # else the interval is unknown

    def interval(self, run: MeterRun) -> tuple[float, bool] | None:
        """The interval of the values in seconds, and whether only their pace shows it; None if neither does."""
        interval = self.known.whole_setting(*INTERVALS)
        if interval is None and run.even >= _SEVERAL - 1 and run.pace:
            return run.pace / SECOND, True
        return (interval, False) if interval else None

    def allowed(self, run: MeterRun) -> int | None:
        """How long no meter values may come, in µs; None if that is unknown."""
        interval = self.interval(run)
        if interval is None:
            return None
        seconds, is_guessed = interval
        return round(((_SEVERAL if is_guessed else 2) * seconds + self.limits.meter_value_tolerance) * SECOND)

    def watch(self, run: MeterRun, number: str) -> None:
        """Look later whether further meter values have come."""
        allowed = self.allowed(run)
        if allowed is not None:
            run.watched, run.until = True, run.heard + allowed
            self.wait(f"gap {number}", run.until, lambda: self.look(run, number))

    def look(self, run: MeterRun, number: str) -> None:
        run.watched = False
        allowed, interval = self.allowed(run), self.interval(run)
        if allowed is None or interval is None:
            return
        if run.heard + allowed <= run.until:
            seconds, is_guessed = interval
            before = "before, they came about every" if is_guessed else "their interval is"
            but = Phrase(f"but {before} {TimeSpan(round(seconds * SECOND))}")
            # Another message has to show that the charge point could have sent them.
            self.overdue[number] = run.heard_index, TimeSpan(allowed), but
            self.listen(True)
        else:
            self.watch(run, number)

    @on_record(RecordKind.CALL, RecordKind.SEND)
    def spoke(self, call: Seen) -> None:
        if call.direction is Direction.TO_CSMS:
            for index, time, but in self.overdue.values():
                self.found(GAP, index, time=time, but=but)
            self.overdue.clear()
            self.listen(False)

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        for number in self.runs:
            self.forget(number)
        self.overdue.clear()
        self.listen(False)


def _is_delivery(before: str, taken: str, pace: int) -> bool:
    """Whether values came in another pace, in µs, than they were taken in, as those of an outage are delivered."""
    then, now = known_time_of(before), known_time_of(taken)
    if not then or not now:
        return False
    return abs(now - then - pace) * _EVEN > max(now - then, pace)


def _is_off_clock(meter_value: Any) -> bool:
    """Whether a value was not taken at a full minute, as clock-aligned ones are."""
    time = known_time_of(timestamp_of(meter_value))
    return time is not None and time % (60 * SECOND) != 0
