"""What is measured of a charge. If these fail, a backend that bills by transactionData bills nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charge_readings import ChargingTime

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate

SECOND = 1_000_000


def test_stop_transaction_carries_the_readings_from_begin_to_end(operate: Operate) -> None:
    """1.6 section 3.16.1: StopTxnSampledData."""
    operated = operate(Version.V16, ChargePointSettings(meter_interval=10))
    operated.configure("StopTxnSampledData", "Energy.Active.Import.Register,SoC")
    operated.start()
    operated.bench.run(22)
    operated.stop(operated.transaction)
    (stop,) = operated.told("StopTransaction")
    samples = [value["sampledValue"] for value in stop.payload["transactionData"]]
    contexts = [sample[0]["context"] for sample in samples]
    assert contexts == ["Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End"]
    assert {sample["measurand"] for sample in samples[0]} == {"Energy.Active.Import.Register", "SoC"}
    registers = [int(sample[0]["value"]) for sample in samples]
    assert registers == sorted(registers)
    assert registers[-1] == stop.payload["meterStop"]


def test_without_measurands_there_is_no_transaction_data(operate: Operate) -> None:
    operated = operate(Version.V16, ChargePointSettings(meter_interval=10))
    operated.configure("StopTxnSampledData", "")
    operated.start()
    operated.stop(operated.transaction)
    assert "transactionData" not in operated.told("StopTransaction")[0].payload


def test_only_the_time_with_energy_counts() -> None:
    time = ChargingTime()
    for second, is_charging in ((0, True), (10, False), (100, True), (105, True), (110, False), (500, False)):
        time.count(second * SECOND, is_charging=is_charging)
    assert time.seconds == 20
