"""A talk with meter values, transactions and charging profiles of OCPP 1.6."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Direction
from tests.kit.talk import NOW, Talk

CURRENT, POWER = "Current.Import", "Power.Active.Import"


def sample(value: float | str, measurand: str | None = None, **more: Any) -> dict[str, Any]:
    """A sampled value of 1.6."""
    return {"value": str(value), **({} if measurand is None else {"measurand": measurand}), **more}


def at(seconds: float) -> int:
    """A time of the talk, in µs since 1970."""
    return NOW + round(seconds * 1_000_000)


class MeterTalk(Talk):
    """Things happen at a second of the talk, at any charge point."""

    def measures(
        self,
        second: float,
        *samples: dict[str, Any],
        charge_point: str = "CP001",
        connector: int = 1,
        said: float | None = None,
        transaction: int | None = None,
    ) -> int:
        """MeterValues; `said` is the second that they claim."""
        payload: dict[str, Any] = {
            "connectorId": connector,
            "meterValue": [{"timestamp": date_time(at(second if said is None else said)), "sampledValue": samples}],
        }
        if transaction is not None:
            payload["transactionId"] = transaction
        return self.asks(second, "MeterValues", payload, {}, charge_point)

    def starts(self, second: float, transaction: int, *, connector: int = 1, charge_point: str = "CP001") -> int:
        payload = {"connectorId": connector, "idTag": "A", "meterStart": 0, "timestamp": date_time(at(second))}
        answer = {"transactionId": transaction, "idTagInfo": {"status": "Accepted"}}
        return self.asks(second, "StartTransaction", payload, answer, charge_point)

    def limits(self, second: float, amperes: float, *, connector: int = 1, charge_point: str = "CP001") -> int:
        """A TxDefaultProfile in place of the one before."""
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amperes}]}
        profile = {
            "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative", "chargingSchedule": schedule,
        }  # fmt: skip
        payload = {"connectorId": connector, "csChargingProfiles": profile}
        accepted = {"status": "Accepted"}
        return self.asks(second, "SetChargingProfile", payload, accepted, charge_point, Direction.TO_CHARGE_POINT)

    def asks(
        self,
        second: float,
        action: str,
        payload: dict[str, Any],
        answer: dict[str, Any],
        charge_point: str = "CP001",
        direction: Direction = Direction.TO_CSMS,
    ) -> int:
        """A call and its answer at once; the index of the call."""
        self.now = at(second) - 1_000_000
        where: dict[str, Any] = {"charge_point": charge_point, "connection": 1 + sum(charge_point.encode())}
        call = self.call(action, json.dumps(payload), direction=direction, **where)
        self.answer(call, json.dumps(answer), after=1, **where)
        return call
