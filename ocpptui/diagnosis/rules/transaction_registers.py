"""The meter at the start and the end of a transaction of OCPP 1.x: meterStart and meterStop."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.exact_number import exact_number
from ocpptui.diagnosis.known import MOST_CONNECTORS, KnownTransaction
from ocpptui.diagnosis.meter_traces import meter_call, start_call, stop_call
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import HOUR
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.runtime.bounded import put
from ocpptui.stations.meter_values import readings
from ocpptui.timeline.severity import Severity

_START = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A1","meterStart":1000,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""


def _stop(meter: int, at: str = "11:00:00") -> str:
    return f'{at} > StopTransaction {{"meterStop":{meter},"timestamp":"2026-01-01T{at}Z","transactionId":7}}\n'


def _stop_with(meter: int, register: float, context: str = "Transaction.End", more: str = "") -> str:
    """The same with the register in its transactionData."""
    sample = f'{{"value":"{register}","context":"{context}"{more}}}'
    data = f'"transactionData":[{{"timestamp":"2026-01-01T11:00:00Z","sampledValue":[{sample}]}}]'
    return _stop(meter).replace('"transactionId":7', f'"transactionId":7,{data}')


def _next_start(meter: int, connector: int = 1, day: int = 1, hour: int = 12) -> str:
    return (
        f'12:00:00 > StartTransaction {{"connectorId":{connector},"idTag":"A2","meterStart":{meter},'
        f'"timestamp":"2026-01-{day:02}T{hour:02}:00:00Z"}}\n'
    )


METER_BACKWARDS = Rule(
    "tx.meter-backwards",
    Severity.ERROR,
    "The meter at the end of the transaction is lower than at its start, or than in its last sample.",
    "OCPP 1.6 sections 6.45, 6.49 and 7.31; errata sheet 3.78",
    versions=FIRST_GENERATION,
    says="The meter shows {stop} Wh at the end of transaction {transaction}, but {before} Wh {at}.",
    remedy="The central system bills too little, or refuses it: the meter was reset or replaced, or its unit is wrong.",
    positive=(
        f"{_START}* {_stop(900)}",
        f"{start_call()}{meter_call(2000, '10:10:00')}* {stop_call(1800)}",
    ),
    negative=(
        f"{_START}{_stop(1000)}",
        f"{_START}{_stop(1500)}",
        _stop(900),
        f"{start_call()}{meter_call(2000.7, '10:10:00')}{stop_call(2000)}",
        meter_call(2000, "10:10:00", number=8) + stop_call(1800),
    ),
)

METER_UNIT = Rule(
    "tx.meter-unit",
    Severity.WARNING,
    "The meter at the start or the end of the transaction is given in kWh, but OCPP demands Wh.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=FIRST_GENERATION,
    says="{field} is {value:.12g}, but {measured:.0f} Wh are measured: it seems to be in kWh.",
    remedy="The central system bills a thousandth of the energy, or refuses the transaction.",
    positive=(
        f"{start_call(meter=12)}* {meter_call(12034, '10:01:00')}{meter_call(12060, '10:02:00')}",
        f"{start_call(meter=12000)}{meter_call(34567, '10:59:00')}* {stop_call(34)}",
        f"{meter_call(12034, '10:59:00')}* {stop_call(12)}",
    ),
    negative=(
        f"{start_call(meter=12000)}{meter_call(12034, '10:01:00')}{stop_call(13000)}",
        f"{start_call(meter=12)}{meter_call(34, '10:01:00')}{stop_call(1000)}",
        f"{start_call(meter=5)}{meter_call(5500, '10:45:00')}",  # which a charge of 45 minutes explains
        f"{start_call(meter=0)}{meter_call(900, '10:01:00')}",
        f"{meter_call(12034, '10:01:00', number=8)}{stop_call(12)}",
    ),
)

METER_BELOW_LAST = Rule(
    "tx.meter-jump",
    Severity.WARNING,
    "The meter at the start of the transaction is lower than at the end of the one before.",
    "OCPP 1.6 sections 6.45, 6.49 and 7.31",
    versions=FIRST_GENERATION,
    says="The meter of connector {connector} shows {start} Wh, but {stop} Wh at the end of the transaction before.",
    remedy="The meter was reset or replaced, or its value is not that of the meter of this connector.",
    positive=(f"{_START}{_stop(2000)}11:00:01 < ok\n* {_next_start(1500)}",),
    negative=(
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(2000)}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(0)}",  # a meter that counts each transaction from 0
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(1500, 2)}",
        f"{_START}{_stop(2000)}11:00:01 < ok\n{_next_start(1500, day=1, hour=9)}",  # from the queue
    ),
)

TOO_MUCH_ENERGY = Rule(
    "tx.energy-too-high",
    Severity.WARNING,
    "By its meter, the transaction took more energy than any charge point can deliver in its time.",
    "OCPP 1.6 sections 6.45 and 6.49",
    versions=FIRST_GENERATION,
    says="Transaction {transaction} took {energy:.12g} kWh in {time}; that would be {power:.0f} kW.",
    remedy="The meter was replaced meanwhile, or one of its values is in another unit. `highest-power` under "
    "[check] sets the limit.",
    positive=(f"{_START}* {_stop(9000000)}",),
    negative=(
        f"{_START}{_stop(90000)}",
        _stop(9000000),
        f"{_START}{_stop(2000, '10:00:00')}",
    ),
)

OTHER_END = Rule(
    "tx.meter-end",
    Severity.WARNING,
    "The meter at the end of the transaction is higher than the register at its end in the same message.",
    "OCPP 1.6 sections 6.49, 7.31 and 7.33 (Transaction.End)",
    versions=FIRST_GENERATION,
    says="meterStop is {stop} Wh, but the register of Transaction.End in transactionData is {end} Wh.",
    remedy="Central systems bill by the one or the other. The two must be of the same meter, at the same moment.",
    positive=(f"* {_stop_with(5000, 3000)}", f"{_START}* {_stop_with(5000, 3000)}"),
    negative=(
        _stop_with(3000, 3000),
        _stop_with(3000, 2999.6),
        _stop_with(3040, 3000),  # a register of a tenth of a kWh
        _stop_with(5000, 3000, "Sample.Periodic"),
        _stop_with(5000, 3000, more=',"location":"Inlet"'),
        _stop_with(5000, 3000, more=',"phase":"L1"'),
        _stop_with(5000, 5, more=',"unit":"kWh"'),
        _stop_with(5000, 3000, more=',"measurand":"Energy.Active.Import.Interval"'),
    ),
)

RULES = (METER_BACKWARDS, METER_UNIT, METER_BELOW_LAST, TOO_MUCH_ENERGY, OTHER_END)

_ROUNDING = 1.0
"""Wh by which rounded values of one meter may differ."""
_COARSE = 100.0
"""Wh by which the same meter may differ in two places, if one of them shows tenths of a kWh."""
_SLACK = 1000.0
"""Wh that a meter may rise at any time: a counter of whole kWh does so."""


class TransactionRegisterChecker(Checker):
    """Compares the meter at each end with that at the start, and each start with the end before it."""

    def begin(self) -> None:
        self.last_stop: dict[int, tuple[float, int, int]] = {}  # by connector: meter, timestamp and record

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        last, meter = self.last_stop.get(call.integer("connectorId") or 0), call.measured("meterStart")
        time = call.date_time("timestamp")
        if last is not None and meter and time is not None and time >= last[1] and meter < last[0] - _ROUNDING:
            values = {
                "connector": call.integer("connectorId"),
                "start": exact_number(meter),
                "stop": exact_number(last[0]),
            }
            self.found(METER_BELOW_LAST, call, (last[2],), **values)

    @on_call("StopTransaction")
    def stop(self, call: Seen) -> None:
        one, last = self.known.transactions.get(str(call.integer("transactionId"))), call.measured("meterStop")
        if last is not None:
            self.compare_end(call, last)
        if one is None or last is None:
            return
        first, time = one.meter_start, call.date_time("timestamp")
        if first is not None and one.start is not None and last < first:
            values = {"before": exact_number(first), "stop": exact_number(last), "at": Phrase("at its start")}
            self.found(METER_BACKWARDS, call, (one.start,), transaction=one.id, **values)
        elif first is not None:
            self.measure(call, one, last - first)
        if one.connector and time is not None:
            put(self.last_stop, one.connector, (last, time, call.index), MOST_CONNECTORS)

    def compare_end(self, call: Seen, last: float) -> None:
        """Compare meterStop with the register at the end; where it is lower, tx.meter-backwards says so."""
        for reading in readings(call.payload.get("transactionData")):
            if reading.context == "Transaction.End" and reading.location == "Outlet" and reading.energy is not None:
                if last > reading.energy + _COARSE:
                    self.found(OTHER_END, call, stop=exact_number(last), end=exact_number(reading.energy))
                return

    def measure(self, call: Seen, one: KnownTransaction, energy: float) -> None:
        """Compare the energy of a transaction with its time."""
        ended = call.date_time("timestamp")
        if one.start is None or one.started_at is None or ended is None or ended <= one.started_at:
            return
        time = TimeSpan(ended - one.started_at)
        if energy > _SLACK + self.limits.highest_power * 1000 * time / HOUR:
            values = {"energy": energy / 1000, "time": time, "power": energy / 1000 / (time / HOUR)}
            self.found(TOO_MUCH_ENERGY, call, (one.start,), transaction=one.id, **values)
