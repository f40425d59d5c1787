"""Clock-aligned meter values. If these fail, a backend that bills by the quarter of an hour gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import DAY, time_of
from ocpptui.ocpp.version import Version
from ocpptui.simulator.aligned_data import next_aligned
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from tests.simulator.conftest import SECOND, START

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated


@given(st.integers(0, 2 * 10**15), st.integers(1, 100_000))
def test_moments_are_multiples_of_the_interval_since_midnight(now: int, interval: int) -> None:
    due = next_aligned(now, interval)
    assert due is not None
    assert now < due <= now + interval * SECOND
    assert due % DAY % (interval * SECOND) == 0
    assert next_aligned(now, 0) is None


def set_interval(operated: Operated, seconds: int) -> None:
    if operated.version is Version.V16:
        call: dict[str, Any] = {"key": "ClockAlignedDataInterval", "value": str(seconds)}
        assert operated.order("ChangeConfiguration", call, 0.1) == {"status": "Accepted"}
        return
    variable = {"component": {"name": "AlignedDataCtrlr"}, "variable": {"name": "Interval"}}
    result = operated.order("SetVariables", {"setVariableData": [{**variable, "attributeValue": str(seconds)}]}, 0.1)
    assert result["setVariableResult"][0]["attributeStatus"] == "Accepted"


def values(operated: Operated) -> list[dict[str, Any]]:
    """The clock-aligned MeterValues, of transactions and without."""
    payloads = [said.payload for said in operated.told("MeterValues", "TransactionEvent")]
    found = [value for payload in payloads for value in payload.get("meterValue", [])]
    return [value for value in found if value["sampledValue"][0]["context"] == "Sample.Clock"]


def test_each_connector_is_measured_by_the_clock(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=2, meter_interval=0))
    set_interval(operated, 10)
    operated.bench.run(30)
    times = [time_of(value["timestamp"]) for value in values(operated)]
    assert len(times) == 6
    assert all(time is not None and time % (10 * SECOND) == 0 for time in times)


def test_a_transaction_is_measured_in_its_own_message(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=1, meter_interval=0))
    operated.start()
    set_interval(operated, 10)
    operated.bench.run(25)
    assert len(values(operated)) == 2
    if version is Version.V16:
        assert all(said.payload["transactionId"] == 1 for said in operated.told("MeterValues"))
    else:
        triggers = [said.payload["triggerReason"] for said in operated.told("TransactionEvent")]
        assert triggers.count("MeterValueClock") == 2
        assert not operated.told("MeterValues")


def test_interval_0_ends_it(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=1))
    set_interval(operated, 10)
    operated.bench.run(11)
    set_interval(operated, 0)
    before = len(values(operated))
    operated.bench.run(60)
    assert before == len(values(operated)) > 0


def test_when_the_clock_is_set_values_stay_aligned(operate: Operate, version: Version) -> None:
    operated = operate(version, ChargePointSettings(connectors=1))
    set_interval(operated, 10)
    operated.bench.run(11)
    operated.bench.set_clock(3333 * SECOND)
    operated.bench.run(40)
    times = [time_of(value["timestamp"]) or 0 for value in values(operated)]
    assert [time % (10 * SECOND) for time in times[2:]] == [0] * len(times[2:])
    assert len(times) >= 4
    assert times[-1] > START + 3333 * SECOND


@pytest.mark.parametrize("key", ["MeterValuesSampledData", "MeterValuesAlignedData", "StopTxnSampledData"])
def test_a_measurand_that_the_meter_does_not_have_is_refused(operate: Operate, key: str) -> None:
    """1.6 section 3.16.4: SHALL be Rejected."""
    operated = operate(Version.V16)
    for value, expected in (("Foo.Bar,SoC", "Rejected"), ("SoC,Voltage", "Accepted"), ("", "Accepted")):
        assert operated.order("ChangeConfiguration", {"key": key, "value": value}) == {"status": expected}
