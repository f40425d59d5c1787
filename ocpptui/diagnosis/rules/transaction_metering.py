"""Meter values over time: registers, gaps, transactions, and whether current, power and status agree."""

from __future__ import annotations

from ocpptui.diagnosis.meter_traces import (
    STATUS,
    event_call,
    evse_meter_call,
    meter_call,
    meter_value_at,
    reads_settings,
    start_call,
    stop_call,
    transaction_data,
)
from ocpptui.diagnosis.rule import Rule
from ocpptui.ocpp.version import FIRST_GENERATION, SECOND_GENERATION, Version
from ocpptui.timeline.severity import Severity

_16 = frozenset({Version.V16})
_EACH_MINUTE = reads_settings(("MeterValueSampleInterval", "60"))
_MINUTES = "".join(meter_call(1000 + 100 * minute, f"10:0{minute}:00") for minute in range(1, 4))

_STARTED_2 = f"2.0.1\n{event_call('Started', '10:00:00', 1)}"
_EACH_10_S = [evse_meter_call(at=f"10:05:{second}") for second in (10, 20, 30, 40)]

BACKWARDS = Rule(
    "meter.decreasing",
    Severity.ERROR,
    "A register of the meter goes backwards.",
    "OCPP 1.6 section 7.31; errata sheet 3.78; OCPP 2.0.1 and 2.1 Part 2 J02.FR.16",
    says="{measurand} shows {value}, but it showed {before} before.",
    remedy="The energy of the transaction is wrong: the meter was reset or replaced, or its unit changes.",
    positive=(
        f"{start_call()}{meter_call(2000, '10:10:00')}* {meter_call(1500, '10:20:00')}",
        f"{start_call()}* {meter_call(900, '10:10:00')}",
        f"2.0.1\n{event_call('Started', '10:00:00', 500)}* {event_call('Updated', '10:10:00', 400)}",
    ),
    negative=(
        f"{start_call()}{meter_call(2000, '10:10:00')}{meter_call(2000, '10:20:00')}",
        f"{start_call()}{meter_call(2000, '10:20:00')}{meter_call(1500, '10:10:00', sent='10:20:01')}",
        f"{meter_call(2000, '10:10:00')}{meter_call(1500, '10:20:00', number=8)}",
    ),
)

JUMP = Rule(
    "meter.register-jump",
    Severity.WARNING,
    "A register of the meter rises by more than any charge point can deliver.",
    "OCPP 1.6 section 7.31; Open OCPP Trace, fixture meter anomaly",
    says="{measurand} rises by {energy} kWh in {time}; that would be {power} kW.",
    remedy="Its unit changes between Wh and kWh, or another meter is read.",
    positive=(f"{start_call()}{meter_call(2000, '10:10:00')}* {meter_call(2000000, '10:20:00')}",),
    negative=(f"{start_call()}{meter_call(2000, '10:10:00')}{meter_call(30000, '10:20:00')}",),
)

GAP = Rule(
    "meter.gap",
    Severity.WARNING,
    "During a transaction no meter values come for longer than their interval.",
    "OCPP 1.6 sections 3.16.1, 4.7 and 9.1.19; errata sheet 3.15; OCPP 2.0.1 and 2.1 Part 2 J02.FR.11; "
    "Open OCPP Trace, fixture meter value gap",
    says="No meter values of the transaction came for {time}, {but}.",
    remedy="The central system cannot show the session, or limit it. `unmetered` under [check] sets the limit where "
    "the interval is unknown.",
    positive=(
        f"{_EACH_MINUTE}{start_call()}* {meter_call(1100, '10:01:00')}10:10:00 > Heartbeat {{}}",
        # Their pace shows the interval.
        f"{start_call()}{_MINUTES}* {meter_call(1400, '10:04:00')}10:10:00 > Heartbeat {{}}",
        f"{start_call()}* {stop_call(2000, '10:30:00')}",
        f"2.0.1\n{event_call('Started', '10:00:00')}* {event_call('Ended', '10:30:00')}",
    ),
    negative=(
        (
            f"{_EACH_MINUTE}{start_call()}{meter_call(1100, '10:01:00')}{meter_call(1200, '10:02:00')}"
            f"{stop_call(1300, '10:02:30')}10:10:00 > Heartbeat {{}}"
        ),
        (
            f"{_EACH_MINUTE}{start_call()}{meter_call(1100, '10:01:00')}10:01:30 closed\n"
            "10:10:00 opened\n10:10:01 > Heartbeat {}"
        ),
        f"{start_call()}{meter_call(1100, '10:01:00')}10:10:00 > Heartbeat {{}}",
        f"{start_call()}{_MINUTES}{meter_call(1400, '10:03:20')}10:10:00 > Heartbeat {{}}",  # not even
        f"{start_call()}{_MINUTES}{meter_call(1400, '10:04:00')}{stop_call(1500, '10:05:00')}10:10:00 > Heartbeat {{}}",
        f"{_EACH_MINUTE}{start_call()}10:10:00 > Heartbeat {{}}",
        f"{start_call()}{meter_call(1100, '10:10:00')}{stop_call(2000, '10:30:00')}",
        f"{start_call()}{stop_call(2000, '10:05:00')}",
        f"{reads_settings(('MeterValueSampleInterval', '0'))}{start_call()}{stop_call(2000, '10:30:00')}",
        f"{start_call()}{meter_call(1100, '10:10:00', number=None)}{stop_call(2000, '10:30:00')}",
        f"{start_call()}10:10:00 closed\n10:20:00 opened\n{stop_call(2000, '10:30:00')}",
        f'{start_call()}10:10:00 < [3,"values",{{}}]\n{stop_call(2000, "10:30:00")}',
        stop_call(2000, "10:30:00"),
        start_call() + stop_call(2000, "10:30:00").replace("10:30:00 >", "10:00:02 >"),  # from the queue
        f"2.0.1\n{event_call('Started', '10:00:00', 5)}{event_call('Ended', '10:30:00')}",
    ),
)

ALTHOUGH_OFF = Rule(
    "meter.although-off",
    Severity.WARNING,
    "Periodic samples come although their interval is 0.",
    "OCPP 1.6 section 9.1.19; OCPP 2.0.1 and 2.1 Part 2 J02.FR.11",
    says="A periodic sample comes, but {setting} is 0.",
    remedy="The charge point does not use its configuration.",
    positive=(
        reads_settings(("MeterValueSampleInterval", "0"))
        + start_call()
        + meter_call(1100, "10:01:00", context="Sample.Periodic")
        + "* "
        + meter_call(1200, "10:02:00", context="Sample.Periodic"),
    ),
    negative=(
        reads_settings(("MeterValueSampleInterval", "0"))
        + start_call()
        + meter_call(1100, "10:01:00", context="Sample.Clock")
        + meter_call(1200, "10:02:00", context="Sample.Clock"),
        start_call() + meter_call(1100, "10:01:00", context="Sample.Periodic"),
    ),
)

MISSING = Rule(
    "meter.measurand-missing",
    Severity.WARNING,
    "A configured measurand never comes.",
    "OCPP 1.6 sections 3.16.4 and 9.1.17; OCPP 2.0.1 and 2.1 Part 2 J02.FR.11",
    says="{missing} was not in the last {count} meter values of the transaction, but {setting} has it.",
    remedy="The charge point cannot measure it, and should have rejected the setting.",
    positive=(
        reads_settings(("MeterValuesSampledData", "Energy.Active.Import.Register,Current.Import"))
        + start_call()
        + "".join(meter_call(1100 + n, f"10:0{n}:00") for n in range(1, 5))
        + "* "
        + meter_call(1200, "10:05:00"),
    ),
    negative=(
        reads_settings(("MeterValuesSampledData", "Energy.Active.Import.Register,Current.Import.L1,SoC"))
        + start_call()
        + "".join(meter_call(1100 + n, f"10:0{n}:00", I1=5) for n in range(1, 6)),
    ),
)

NO_TRANSACTION_ID = Rule(
    "meter.no-transaction",
    Severity.INFO,
    "Meter values of a connector with a transaction do not name it.",
    "OCPP 1.6 section 4.7; errata sheet 3.16",
    versions=_16,
    says="The meter values of connector {connector} have no transactionId, but transaction {transaction} runs there.",
    remedy="Many central systems do not assign them to the transaction.",
    positive=(
        f"{start_call()}* {meter_call(1100, '10:01:00', number=None)}{meter_call(1200, '10:02:00', number=None)}",
    ),
    negative=(
        f"{start_call()}{meter_call(1100, '10:01:00')}",
        f"{meter_call(1100, '10:01:00', number=None)}",
        f"{start_call()}{meter_call(1100, '09:50:00', sent='10:01:00', number=None)}",
        f"{start_call()}{meter_call(1100, '10:15:00', number=None, context='Sample.Clock')}",
    ),
)


def _at(connector: int, call: str) -> str:
    return call.replace('"connectorId": 1', f'"connectorId": {connector}')


NOT_OPEN = Rule(
    "meter.unknown-transaction",
    Severity.WARNING,
    "Meter values name a transaction that is not open, or those of connector 0 name one of a connector.",
    "OCPP 1.6 section 4.7; errata sheet 3.16",
    versions=_16,
    says="The meter values of connector {connector} name transaction {named}, {but}.",
    remedy="They are counted for the wrong transaction, or for none.",
    positive=(
        f"{start_call()}* {meter_call(1100, '10:01:00', number=8)}",
        f"{start_call()}* {_at(0, meter_call(1100, '10:01:00'))}{_at(0, meter_call(1200, '10:02:00'))}",
        f"{start_call()}{stop_call(2000, '10:30:00')}10:30:00 < ok\n* {meter_call(2100, '10:31:00')}",
    ),
    negative=(
        f"{start_call()}{meter_call(1100, '10:01:00')}",
        f"{start_call()}{_at(2, meter_call(1100, '10:01:00'))}",  # meter.other-connector
        f"{start_call()}{meter_call(900, '09:50:00', sent='10:01:00', number=6)}",
        f"{start_call()}{meter_call(1100, '10:01:00', number=-1)}",
        f"{start_call()}{_at(0, meter_call(1100, '10:01:00', number=None))}",
        f"{start_call()}{_at(0, meter_call(1100, '10:15:00', context='Sample.Clock'))}",
        _at(0, meter_call(1100, "10:01:00")),
        f"{start_call()}{stop_call(2000, '10:30:00')}10:30:00 < ok\n{meter_call(1900, '10:29:00', sent='10:40:00')}",
        f"{start_call()}{stop_call(2000, '10:30:00')}10:30:00 < ok\n{meter_call(2000, '10:30:01')}",
        meter_call(1100, "10:01:00", number=8),
        stop_call(2000, "10:30:00") + "10:30:00 < ok\n" + meter_call(2100, "10:40:00"),
    ),
)

OUTSIDE_EVENT = Rule(
    "meter.in-transaction",
    Severity.INFO,
    "Meter values of a transaction come in MeterValues instead of TransactionEvent.",
    "OCPP 2.0.1 and 2.1 Part 2 J01.FR.14, J01.FR.22 and J02.FR.11",
    versions=SECOND_GENERATION,
    says="MeterValues has a value with the context {context}, which belongs in a TransactionEvent.",
    remedy="The CSMS cannot assign it to the transaction.",
    positive=(
        f"2.0.1\n{event_call('Started', '10:00:00', 1)}* {evse_meter_call('Sample.Periodic')}",
        _STARTED_2 + "\n".join(("", *_EACH_10_S[:2], f"* {_EACH_10_S[2]}", _EACH_10_S[3])),
    ),
    negative=(
        f"2.0.1\n{event_call('Started', '10:00:00', 1)}{evse_meter_call('Sample.Clock')}",
        f"2.0.1\n{evse_meter_call('Sample.Periodic')}",
        f"2.0.1\n{event_call('Started', '10:00:00', 1)}{evse_meter_call()}",
        _STARTED_2 + "\n".join(evse_meter_call(at=f"10:{minute}:00") for minute in (15, 30, 45, 50, 55)),
    ),
)

CONTEXT = Rule(
    "meter.context",
    Severity.INFO,
    "The contexts Transaction.Begin and Transaction.End are not those of the first and the last meter values.",
    "OCPP 1.6 section 7.35; errata sheet 4.25; OCPP 2.0.1 and 2.1 Part 2 E01.FR.09, E06.FR.11 and J02.FR.10",
    says="The context {context} {fault}.",
    remedy="A central system that bills by these two values takes the wrong ones.",
    positive=(
        f"{start_call()}{meter_call(1100, '10:05:00')}* {meter_call(1200, '10:10:00', context='Transaction.Begin')}",
        f"{start_call()}* {meter_call(1100, '10:05:00', context='Transaction.End')}{meter_call(1200, '10:10:00')}",
        "* " + stop_call(1200, more=transaction_data(meter_value_at(1000, "10:00:00", "Transaction.Begin"))),
    ),
    negative=(
        f"{start_call()}{meter_call(1000, '10:00:00', context='Transaction.Begin')}{meter_call(1200, '10:10:00')}",
        f"{start_call()}{meter_call(1100, '10:05:00')}{meter_call(1200, '10:59:59', context='Transaction.End')}"
        + stop_call(1200),
        f"{start_call()}{meter_call(1100, '10:05:00')}"
        + stop_call(
            1200,
            more=transaction_data(
                meter_value_at(1000, "10:00:00", "Transaction.Begin"),
                meter_value_at(1200, "11:00:00", "Transaction.End"),
            ),
        ),
        stop_call(1200),
    ),
)

DATA_ALTHOUGH_OFF = Rule(
    "meter.data-although-off",
    Severity.WARNING,
    "A StopTransaction has meter values although both settings for them are empty.",
    "OCPP 1.6 section 3.16.5",
    versions=_16,
    positive=(
        reads_settings(("StopTxnSampledData", ""), ("StopTxnAlignedData", ""))
        + "* "
        + stop_call(5, more=transaction_data(meter_value_at(5, "10:00:00"))),
    ),
    negative=(
        reads_settings(("StopTxnSampledData", ""), ("StopTxnAlignedData", "Voltage"))
        + stop_call(5, more=transaction_data(meter_value_at(5, "10:00:00"))),
        stop_call(5, more=transaction_data(meter_value_at(5, "10:00:00"))),
    ),
)

TIME_BACKWARDS = Rule(
    "meter.time-backwards",
    Severity.WARNING,
    "Meter values of a transaction do not come in the order of their times.",
    "OCPP 1.6 section 3.7",
    versions=FIRST_GENERATION,
    says="This value was taken {time} before one that came earlier.",
    remedy="Queued messages must be sent first and in their order, or the clock was set back.",
    positive=(f"{start_call()}{meter_call(1200, '10:20:00')}* {meter_call(1100, '10:10:00', sent='10:20:30')}",),
    negative=(
        f"{start_call()}{meter_call(1200, '10:20:00')}{meter_call(1200, '10:19:30', sent='10:20:30')}",
        (
            f"{start_call()}{meter_call(1200, '10:20:00')}"
            f"{meter_call(1000, '10:00:00', sent='10:20:30', context='Sample.Clock')}"
        ),
    ),
)

TIME_AHEAD = Rule(
    "meter.time-ahead",
    Severity.WARNING,
    "A meter value comes from the future.",
    "OCPP 1.6 sections 4.2 and 4.6; OCPP 2.0.1 and 2.1 Part 2 B01.FR.06",
    says="By the clock of the central system, this value was taken {time} in the future.",
    remedy="The clock of the charge point is wrong, or it sends local time as UTC.",
    positive=(
        (
            f'09:59:00 > Heartbeat {{}}\n09:59:00 < ok {{"currentTime":"2026-01-01T09:59:00Z"}}\n{start_call()}'
            f"* {meter_call(1200, '12:01:00', sent='10:01:00')}"
        ),
    ),
    negative=(
        (
            f'09:59:00 > Heartbeat {{}}\n09:59:00 < ok {{"currentTime":"2026-01-01T09:59:00Z"}}\n{start_call()}'
            f"{meter_call(1200, '10:01:00')}"
        ),
        f"{start_call()}{meter_call(1200, '12:01:00', sent='10:01:00')}",
    ),
)

DISAGREE = Rule(
    "meter.power-and-current-disagree",
    Severity.WARNING,
    "Power, current and voltage of one moment do not fit together.",
    "OCPP 1.6 section 7.31; OCPP 2.0.1 and 2.1 Part 2, MeasurandEnumType",
    says="The power is {power} W, but current and voltage give {product} W.",
    remedy="One of them has a wrong unit, or is of another moment or phase.",
    positive=(f"{start_call()}* {meter_call(1100, '10:01:00', P=22000, I1=16, U1=230)}",),
    negative=(
        f"{start_call()}{meter_call(1100, '10:01:00', P=11000, I1=16, I2=16, I3=16, U1=230, U2=230, U3=230)}",
        f"{start_call()}{meter_call(1100, '10:01:00', P=11000, I=16, U=230)}",
        f"{start_call()}{meter_call(1100, '10:01:00', P=100, I1=0, U1=230)}",
    ),
)

NOT_CHARGING = Rule(
    "meter.power-without-charging",
    Severity.WARNING,
    "Power flows although the connector does not report that it charges.",
    "OCPP 1.6 sections 4.9 and 7.7; OCPP 2.0.1 and 2.1 Part 2, ChargingStateEnumType",
    says="The power is {power} W, but the state is {status}.",
    remedy="A status report is missing, or the meter of another connector is read.",
    positive=(
        (STATUS % "SuspendedEV")
        + start_call()
        + meter_call(1100, "10:01:00", P=7000)
        + "* "
        + meter_call(1200, "10:02:00", P=7000),
    ),
    negative=(
        (STATUS % "Charging")
        + start_call()
        + meter_call(1100, "10:01:00", P=7000)
        + meter_call(1200, "10:02:00", P=7000),
        start_call() + meter_call(1100, "10:01:00", P=7000) + meter_call(1200, "10:02:00", P=7000),
        (STATUS % "Finishing")
        + meter_call(1100, "09:40:00", sent="10:01:00", P=7000)
        + meter_call(1200, "09:41:00", sent="10:01:01", P=7000),
    ),
)

IMPLAUSIBLE = Rule(
    "meter.implausible",
    Severity.INFO,
    "The energy register rises by far less than the power that flows.",
    "OCPP 1.6 section 7.31; OCPP 2.0.1 and 2.1 Part 2, MeasurandEnumType; Open OCPP Trace, fixture meter anomaly",
    says="The register rises by {rise:.12g} Wh in {time}, although at least {power:.0f} W flow.",
    remedy="The register counts kWh but is reported in Wh, or the meter does not answer.",
    positive=(
        (
            f"{start_call()}{meter_call(1100, '10:10:00', P=11000)}{meter_call(1100, '10:15:00', P=11000)}"
            f"* {meter_call(1100, '10:25:00', P=11000)}{meter_call(1100, '10:30:00', P=11000)}"
        ),
        f"{start_call()}{meter_call(1000, '10:00:10', P=7000)}* {meter_call(1007, '11:00:10', P=7000)}",
    ),
    negative=(
        (
            f"{start_call()}{meter_call(1100, '10:10:00', P=11000)}{meter_call(2000, '10:15:00', P=11000)}"
            f"{meter_call(3000, '10:25:00', P=11000)}"
        ),
        (
            f"{start_call()}{meter_call(1100, '10:10:00', P=0)}{meter_call(1100, '10:15:00', P=0)}"
            f"{meter_call(1100, '10:25:00', P=0)}"
        ),
        f"{start_call()}{meter_call(1000, '10:00:10', P=7000)}{meter_call(8000, '11:00:10', P=7000)}",
        f"{start_call()}{meter_call(1000, '10:00:10', P=7000)}{meter_call(1007, '11:00:10', P=0)}",
    ),
)

REBASED = Rule(
    "meter.rebased",
    Severity.INFO,
    "The register starts at 0 again with each transaction.",
    "OCPP 1.6 section 7.31",
    versions=FIRST_GENERATION,
    says="The register starts at 0 again; the transaction before ended at {before} Wh.",
    remedy="Energy that is lost between transactions cannot be seen.",
    positive=(f"{start_call()}{stop_call(3000)}11:00:00 < ok\n* {start_call('12:00:00', 0, 8)}",),
    negative=(f"{start_call()}{stop_call(3000)}11:00:00 < ok\n{start_call('12:00:00', 3000, 8)}",),
)

RULES = (
    BACKWARDS,
    JUMP,
    GAP,
    ALTHOUGH_OFF,
    MISSING,
    NO_TRANSACTION_ID,
    NOT_OPEN,
    OUTSIDE_EVENT,
    CONTEXT,
    DATA_ALTHOUGH_OFF,
    TIME_BACKWARDS,
    TIME_AHEAD,
    DISAGREE,
    NOT_CHARGING,
    IMPLAUSIBLE,
    REBASED,
)
