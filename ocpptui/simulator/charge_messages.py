"""The messages about the transaction of one charge, in the form that the version has for them."""

from __future__ import annotations

from ocpptui.ocpp.version import Version
from ocpptui.simulator.charge_plan import ChargePlan
from ocpptui.simulator.charge_readings import ChargeReadings
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.effects import SendCall
from ocpptui.simulator.metering import EnergyMeter
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.transaction import EventCircumstances, Transaction


class ChargeMessages:
    """Makes the calls about a transaction, with the readings of the meter that belong into each."""

    def __init__(self, version: Version, configuration: Configuration, meter: EnergyMeter) -> None:
        self._is_v16 = version.generation == 1
        self._meter = meter
        self._readings = ChargeReadings(version, configuration, meter)

    def start(
        self,
        transaction: Transaction,
        plan: ChargePlan,
        token: DriverToken | None,
        trigger: str,
        at: EventCircumstances,
    ) -> SendCall:
        """StartTransaction, or TransactionEvent Started; `token` is None in 2.x before one is accepted."""
        if self._is_v16:
            assert token is not None
            self._readings.collect(transaction, at.now, "Transaction.Begin")
            return transaction.start_call(token, self._meter.read(at.now).energy, plan.reservation, at.now)
        return transaction.event(
            "Started",
            trigger,
            at,
            values=[self._readings.at_edge(at.now, "Transaction.Begin")],
            token=token,
            connector=self._connector,
            info={} if plan.remote_start_id is None else {"remoteStartId": plan.remote_start_id},
            reservation=plan.reservation,
        )

    def update(
        self, transaction: Transaction, trigger: str, at: EventCircumstances, token: DriverToken | None = None
    ) -> SendCall:
        """TransactionEvent Updated about something that happened (2.x)."""
        return transaction.event("Updated", trigger, at, token=token, connector=self._connector)

    def report(self, transaction: Transaction, trigger: str, at: EventCircumstances, context: str = "") -> SendCall:
        """TransactionEvent Updated (2.x), with meter values if a context is given."""
        values = [self._readings.sampled(at.now, context)] if context else None
        return transaction.event("Updated", trigger, at, values=values)

    def sample(self, transaction: Transaction, at: EventCircumstances, context: str) -> SendCall:
        """The meter values of the transaction at this moment."""
        if self._is_v16:
            return transaction.meter_call(self._readings.sampled(at.now, context))
        return self.report(
            transaction, "MeterValuePeriodic" if context == "Sample.Periodic" else "Trigger", at, context
        )

    def aligned_sample(self, transaction: Transaction, at: EventCircumstances) -> SendCall:
        """The clock-aligned meter values of the transaction."""
        value = self._readings.aligned(at.now)
        if self._is_v16:
            return transaction.meter_call(value)
        return transaction.event("Updated", "MeterValueClock", at, values=[value])

    def keep_sample(self, transaction: Transaction, now: int, context: str) -> None:
        """Keep a reading for the end of the transaction, if its message carries any."""
        self._readings.collect(transaction, now, context)

    def stop(
        self,
        transaction: Transaction,
        by: DriverToken | None,
        reason: StopReason,
        at: EventCircumstances,
        *,
        seconds: int,
    ) -> SendCall:
        """StopTransaction, or TransactionEvent Ended; energy flowed for so many seconds."""
        if self._is_v16:
            self._readings.collect(transaction, at.now, "Transaction.End")
            return transaction.stop_call(by, self._meter.read(at.now).energy, reason, at.now)
        return transaction.event(
            "Ended",
            reason.trigger,
            at,
            values=[self._readings.at_edge(at.now, "Transaction.End")],
            token=by,
            info={"stoppedReason": reason.stopped, "timeSpentCharging": seconds},
        )

    @property
    def _connector(self) -> int | None:
        """The connector of the EVSE; None until a car is plugged in."""
        return None if self._meter.car is None else self._meter.evse_connector
