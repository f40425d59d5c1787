"""What is measured of a charge: the MeterValues that its messages carry, and the time in which energy flowed."""

from __future__ import annotations

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.measurands import ENERGY
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.meter_signing import SignedRegister
from ocpptui.simulator.metering import EnergyMeter, meter_value
from ocpptui.simulator.transaction import Transaction

WITH_KEY = "PublicKeyWithSignedMeterValue"
"""The variable that says when the public key goes with a signature."""


class ChargeReadings:
    """The readings of a meter, with the measurands that the configuration wants in each kind of message."""

    def __init__(self, version: Version, configuration: Configuration, meter: EnergyMeter) -> None:
        self._version = version
        self._configuration = configuration
        self._meter = meter
        self._begin: SignedRegister | None = None

    def sampled(self, now: int, context: str) -> Payload:
        """A MeterValue at `now`, with the measurands for the running transaction."""
        return self._with("MeterValuesSampledData", now, context)

    def at_edge(self, now: int, context: str) -> Payload:
        """A MeterValue at `now`, with the measurands for the beginning or the end of a transaction."""
        if self._version.generation > 1 and context == "Transaction.Begin":
            names = self._configuration.members("SampledDataCtrlr", "TxStartedMeasurands")
            return self._signed(meter_value(self._version, self._meter.read(now), names, context), now, context)
        return self._signed(self._with("StopTxnSampledData", now, context), now, context)

    def _signed(self, value: Payload, now: int, context: str) -> Payload:
        """With the signature of the meter over its register, where that is wanted (2.x SignReadings)."""
        samples = [one for one in value["sampledValue"] if one["measurand"] == ENERGY]
        if self._version.generation == 1 or not samples:
            return value
        is_end = context == "Transaction.End"
        reading = SignedRegister("E" if is_end else "B", now, self._meter.read(now).energy)
        readings = [reading] if self._begin is None or not is_end else [self._begin, reading]
        self._begin = self._begin or reading
        if not self._configuration.is_on("SampledDataCtrlr", "SignReadings"):
            return value
        station, wanted = self._text("ChargingStation", "SerialNumber"), self._text("OCPPCommCtrlr", WITH_KEY)
        with_key = wanted == "EveryMeterValue" or (wanted == "OncePerTransaction" and len(readings) == 1)
        serial = f"{station or 'ocpptui'}-M{self._meter.connector}"
        signed = self._meter.signer.signed(readings, serial, with_key=with_key)
        others = [one for one in value["sampledValue"] if one is not samples[0]]
        return {**value, "sampledValue": [{**samples[0], "signedMeterValue": signed}, *others]}

    def _text(self, component: str, variable: str) -> str:
        setting = self._configuration.by_place(Place(component, variable))
        return "" if setting is None else self._configuration.value(setting)

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
