"""What is measured of a charge: the MeterValues that its messages carry, and the time in which energy flowed."""

from __future__ import annotations

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.metering import EnergyMeter, meter_value
from ocpptui.simulator.transaction import Transaction


class ChargeReadings:
    """The readings of a meter, with the measurands that the configuration wants in each kind of message."""

    def __init__(self, version: Version, configuration: Configuration, meter: EnergyMeter) -> None:
        self._version = version
        self._configuration = configuration
        self._meter = meter

    def sampled(self, now: int, context: str) -> Payload:
        """A MeterValue at `now`, with the measurands for the running transaction."""
        return self._with("MeterValuesSampledData", now, context)

    def at_edge(self, now: int, context: str) -> Payload:
        """A MeterValue at `now`, with the measurands for the beginning or the end of a transaction."""
        if self._version.generation > 1 and context == "Transaction.Begin":
            names = self._configuration.members("SampledDataCtrlr", "TxStartedMeasurands")
            return meter_value(self._version, self._meter.read(now), names, context)
        return self._with("StopTxnSampledData", now, context)

    def aligned(self, now: int) -> Payload:
        """A clock-aligned MeterValue at `now`."""
        return self._with("MeterValuesAlignedData", now, "Sample.Clock")

    def collect(self, transaction: Transaction, now: int, context: str) -> None:
        """Keep a reading for StopTransaction's transactionData, if it is to carry any (1.6 section 3.16.3)."""
        key = "StopTxnAlignedData" if context == "Sample.Clock" else "StopTxnSampledData"
        if self._version.generation == 1 and self._configuration.names(key):
            transaction.collect(self._with(key, now, context))

    def _with(self, key: str, now: int, context: str) -> Payload:
        return meter_value(self._version, self._meter.read(now), self._configuration.names(key), context)


class ChargingTime:
    """How long energy flowed: without the pauses (2.x TransactionType.timeSpentCharging)."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._before = 0  # microseconds until then

    @property
    def seconds(self) -> int:
        return self._before // SECOND

    def seconds_until(self, now: int) -> int:
        """The seconds until `now`."""
        return (self._before + (now - self._since if self._since is not None else 0)) // SECOND

    def count(self, now: int, *, is_charging: bool) -> None:
        """Count until `now`, and from then on only while energy flows."""
        if self._since is not None:
            self._before += now - self._since
        self._since = now if is_charging else None

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._since = None if self._since is None else self._since + by
