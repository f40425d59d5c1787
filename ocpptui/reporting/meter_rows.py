"""Every reading of a timeline's meter values with its place, transaction and time, whichever message has it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import meter_values_in
from ocpptui.stations.meter_values import MeterReading, readings
from ocpptui.timeline.timeline import Timeline

AT_ONCE = 0.05
"""Seconds of reading between two deliveries of rows."""


class MeterRow(NamedTuple):
    """One reading."""

    record: int
    """The index of the message that has it."""
    time: int
    """When it was measured, in µs since 1970 UTC; when the message was sent, if it does not say."""
    sent: int
    """When the message was sent, by the clock of the recording."""
    charge_point: str
    evse: int | None
    """None in OCPP 1.x."""
    connector: int | None
    transaction: str | None
    reading: MeterReading


def meter_rows(timeline: Timeline) -> Iterator[MeterRow]:
    """The readings in the order of their messages. Signed data and texts that are not numbers are left out."""
    rows: list[MeterRow] = []

    class CollectorOfThis(MeterCollector):
        def take(self, found: list[MeterRow]) -> None:
            rows.extend(found)

    run = CheckerRun(timeline, (CollectorOfThis,), lambda *found: None)
    is_done = False
    while not is_done:
        is_done = run.advance(AT_ONCE)
        yield from rows
        rows.clear()


class MeterCollector(Checker):
    """Follows one charge point for its readings. A subclass does something with them."""

    @abstractmethod
    def take(self, found: list[MeterRow]) -> None:
        """The readings of one message, at least one."""

    @on_call("MeterValues")
    def measured(self, call: Seen) -> None:
        self.collect(
            call, call.integer("evseId"), call.integer("connectorId"), call.text("transactionId"), call.payload
        )

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        number = call.integer("transactionId")
        one = self.known.transactions.get(str(number))
        values = {"meterValue": call.value("transactionData")}
        self.collect(call, None, None if one is None else one.connector, number, values)

    @on_call("TransactionEvent")
    def happened(self, call: Seen) -> None:
        name = call.text("transactionInfo", "transactionId")
        one = self.known.transactions.get(name or "")
        evse = call.integer("evse", "id") or (None if one is None else one.evse)
        connector = call.integer("evse", "connectorId") or (None if one is None else one.connector)
        self.collect(call, evse, connector, name, call.payload)

    def collect(
        self, call: Seen, evse: int | None, connector: int | None, transaction: str | int | None, payload: Any
    ) -> None:
        number = call.integer("transactionId") if transaction is None else transaction
        name = None if number is None else str(number)
        rows = []
        for reading in readings(meter_values_in(payload)):
            time = time_of(reading.timestamp) if reading.timestamp else None
            measured = call.time if time is None else time
            rows.append(MeterRow(call.index, measured, call.time, self.known.identity, evse, connector, name, reading))
        if rows:
            self.take(rows)
