"""What a charge point and its central system say of one charge, for tests of limits."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.diagnosis.limit_account import LimitAccount, account_of, place_in
from ocpptui.ocpp.version import Direction, Version
from ocpptui.stations.limit_reader import LimitReader
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.ocpp.profile_contents import NOW, content

SECOND = 1_000_000
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


class ChargeTalk:
    """The records of one charge point at connector or EVSE 1; each message comes a second after the one before."""

    def __init__(self, version: Version | None = Version.V16) -> None:
        self.timeline = Timeline()
        self.version = version
        self.charge_point = "CP001"
        self.now = NOW
        self._ids = 0

    @property
    def is_1x(self) -> bool:
        return self.version in (None, Version.V16)

    def say(self, message: list[Any], direction: Direction) -> int:
        self.now += SECOND
        record = message_record(
            json.dumps(message),
            time=self.now,
            connection=1,
            direction=direction,
            charge_point=self.charge_point,
            version=self.version,
        )
        return self.timeline.append(record)

    def call(self, action: str, payload: Any, answer: Any = None, direction: Direction = UP) -> int:
        """A call and, unless it is None, its result; the index of the last."""
        self._ids += 1
        index = self.say([2, str(self._ids), action, payload], direction)
        return index if answer is None else self.say([3, str(self._ids), answer], direction.opposite)

    def ask(self, action: str, payload: Any, answer: Any = None) -> int:
        """The same from the central system."""
        return self.call(action, payload, answer, DOWN)

    def set(
        self,
        number: int,
        *periods: tuple[int, float] | dict[str, Any],
        status: str | None = "Accepted",
        at: int = 1,
        **more: Any,
    ) -> int:
        """SetChargingProfile, with a schedule that began in the past unless `start` says otherwise."""
        generation = 1 if self.is_1x else 2
        body = content(number, *(periods or ((0, 10.0),)), generation=generation, **{"start": NOW, **more})
        names = ("connectorId", "csChargingProfiles") if self.is_1x else ("evseId", "chargingProfile")
        return self.ask("SetChargingProfile", {names[0]: at, names[1]: body}, status and {"status": status})

    def start(self, transaction: int = 7, at: int = 1) -> int:
        if self.is_1x:
            begun = {"connectorId": at, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-22T00:00:00Z"}
            begun["timestamp"] = "2099-01-01T00:00:00Z"  # a wrong clock does not move the start behind its record
            answer = {"transactionId": transaction, "idTagInfo": {"status": "Accepted"}}
            return self.call("StartTransaction", begun, answer)
        return self.event("Started", transaction, at)

    def event(self, kind: str, transaction: int = 7, at: int = 1, **more: Any) -> int:
        event = {
            "eventType": kind,
            "transactionInfo": {"transactionId": str(transaction)},
            "evse": {"id": at, "connectorId": 1},
            **more,
        }
        return self.call("TransactionEvent", event, {})

    def stop(self, transaction: int = 7) -> int:
        if self.is_1x:
            return self.call("StopTransaction", {"transactionId": transaction, "meterStop": 1}, {})
        return self.event("Ended", transaction)

    def meter(self, *amperes: float, offered: float | None = None, after: int = 60, **more: Any) -> int:
        """MeterValues with a current for each phase."""
        self.now += after * SECOND
        samples = [
            {"value": str(value), "measurand": "Current.Import", "phase": f"L{phase}", "unit": "A"}
            for phase, value in enumerate(amperes, 1)
        ]
        if offered is not None:
            samples.append({"value": str(offered), "measurand": "Current.Offered", "unit": "A"})
        values = [{"timestamp": "2026-11-22T00:00:00Z", "sampledValue": samples}]
        if self.is_1x:
            return self.call("MeterValues", {"connectorId": 1, "transactionId": 7, "meterValue": values, **more}, {})
        for sample in samples:
            sample["unitOfMeasure"] = {"unit": sample.pop("unit")}  # type: ignore[assignment]
            sample["value"] = float(sample["value"])  # type: ignore[assignment]
        return self.event("Updated", meterValue=values, **more)

    def reader(self, index: int | None = None) -> LimitReader:
        reader = LimitReader(self.timeline, len(self.timeline) - 1 if index is None else index)
        assert reader.advance(60)
        return reader

    def account(self, index: int | None = None, place: int | None = None) -> LimitAccount:
        reader = self.reader(index)
        return account_of(reader, place_in(reader) if place is None else place)
