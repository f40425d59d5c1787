"""Writes a large recording of mixed OCPP 1.6 traffic, the same for the same number of records.

    python -m tests.benchmarks.large_recording FILE [RECORDS]

1,000,000 records (the default) are about 430 MB: 40 charge points that boot, report, authorize, charge and are asked
things by their central system, with a few wrong, malformed, orphaned and unanswered messages among them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import orjson

from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind

DEFAULT_RECORDS = 1_000_000
START = 1_763_805_600_000_000  # 2025-11-22T10:00:00Z
CHARGE_POINTS = 40

CALL, RESULT, ERROR = 2, 3, 4
TO_CSMS, TO_CHARGE_POINT = Direction.TO_CSMS.value, Direction.TO_CHARGE_POINT.value


def write_large_recording(path: Path, records: int = DEFAULT_RECORDS) -> None:
    """Write a recording of this many records."""
    with path.open("wb") as file:
        lines: list[bytes] = []
        for count, line in enumerate(_lines(), 1):
            lines.append(line)
            if count == records or len(lines) == 10_000:
                file.write(b"".join(lines))
                lines.clear()
            if count == records:
                return


@contextmanager
def large_recording(records: int = DEFAULT_RECORDS) -> Iterator[Path]:
    """A recording of this many records in a temporary folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ocpptui-benchmark-") as folder:
        path = Path(folder) / f"{records}-records.jsonl"
        write_large_recording(path, records)
        yield path


class _ChargePoint:
    """One charge point and what it goes through, one exchange after the other, for ever."""

    def __init__(self, number: int) -> None:
        self.connection = number
        self.name = f"CP{number:03}"
        self.random = Random(number)
        self.meter = 1000 * number
        self.transaction = 10_000 * number

    def exchanges(self) -> Iterator[tuple[str, str, str, str]]:
        """Direction of the call, action, payload, and payload of the answer (`error`, `none`, `orphan`)."""
        boot = f'{{"chargePointVendor":"Example","chargePointModel":"Wall 22","chargePointSerialNumber":"{self.name}"}}'
        yield TO_CSMS, "BootNotification", boot, '{"status":"Accepted","currentTime":"%T","interval":300}'
        while True:
            connector = self.random.randint(1, 2)
            yield TO_CSMS, "StatusNotification", self._status(connector, "Preparing"), "{}"
            yield TO_CSMS, "Authorize", '{"idTag":"04A1B2C3D4E5F6"}', '{"idTagInfo":{"status":"Accepted"}}'
            if self.random.random() < 0.1:
                yield TO_CHARGE_POINT, "GetConfiguration", '{"key":["HeartbeatInterval"]}', _CONFIGURATION
            self.transaction += 1
            start = f'{{"connectorId":{connector},"idTag":"04A1B2C3D4E5F6","meterStart":{self.meter},"timestamp":"%T"}}'
            started = f'{{"transactionId":{self.transaction},"idTagInfo":{{"status":"Accepted"}}}}'
            yield TO_CSMS, "StartTransaction", start, started
            yield TO_CSMS, "StatusNotification", self._status(connector, "Charging"), "{}"
            for _ in range(self.random.randint(15, 40)):
                yield TO_CSMS, "MeterValues", self._meter_values(connector), "{}"
                chance = self.random.random()
                if chance < 0.25:
                    yield TO_CSMS, "Heartbeat", "{}", '{"currentTime":"%T"}'
                elif chance < 0.26:
                    yield TO_CHARGE_POINT, "ChangeAvailability", '{"connectorId":"1","type":"Operative"}', "error"
                elif chance < 0.265:
                    yield TO_CHARGE_POINT, "UnlockConnector", '{"connectorId":9}', "none"
                elif chance < 0.27:
                    yield TO_CSMS, "Heartbeat", "{}", "orphan"
                elif chance < 0.272:
                    yield TO_CSMS, "", "", ""
            stop = f'{{"transactionId":{self.transaction},"meterStop":{self.meter},"timestamp":"%T","reason":"Local"}}'
            yield TO_CSMS, "StopTransaction", stop, '{"idTagInfo":{"status":"Accepted"}}'
            yield TO_CSMS, "StatusNotification", self._status(connector, "Available"), "{}"

    def _status(self, connector: int, status: str) -> str:
        return f'{{"connectorId":{connector},"errorCode":"NoError","status":"{status}","timestamp":"%T"}}'

    def _meter_values(self, connector: int) -> str:
        self.meter += self.random.randint(20, 180)
        power = self.random.randint(2000, 11000)
        samples = [f'{{"value":"{self.meter}","measurand":"Energy.Active.Import.Register","unit":"Wh"}}']
        if self.random.random() < 0.2:
            samples.append(f'{{"value":"{power}.5","measurand":"Power.Active.Import","unit":"W"}}')
            samples.append(f'{{"value":"{power / 230:.1f}","measurand":"Current.Import","unit":"A","phase":"L1"}}')
        return (
            f'{{"connectorId":{connector},"transactionId":{self.transaction},'
            f'"meterValue":[{{"timestamp":"%T","sampledValue":[{",".join(samples)}]}}]}}'
        )


def _lines() -> Iterator[bytes]:
    """Lines without end, in the order of time."""
    charge_points = [_ChargePoint(number) for number in range(1, CHARGE_POINTS + 1)]
    running = [(charge_point, charge_point.exchanges()) for charge_point in charge_points]
    time = START
    for charge_point in charge_points:
        detail = {
            "event": ConnectionEvent.OPENED.value,
            "url": f"ws://localhost/{charge_point.name}",
            "subprotocol": "ocpp1.6",
        }
        yield to_line(
            Record(
                time,
                charge_point.connection,
                RecordKind.CONNECTION,
                None,
                charge_point.name,
                Version.V16,
                detail=detail,
            )
        )
    number = 0
    while True:
        for charge_point, exchanges in running:
            direction, action, payload, answer = next(exchanges)
            number += 1
            time += 12_345
            text = rfc3339_text(time)
            odd = charge_point.connection % 2  # some makers number their messages, others use UUIDs
            message_id = f"{charge_point.connection:08x}-0000-4000-8000-{number:012x}" if odd else str(number)
            other = TO_CHARGE_POINT if direction == TO_CSMS else TO_CSMS
            if not action:
                yield to_line(_malformed(time, charge_point))
                continue
            payload = payload.replace("%T", text[:19] + "Z")
            if answer != "orphan":
                raw = f'[2,"{message_id}","{action}",{payload}]'
                yield _line(text, charge_point, direction, "CALL", message_id, action, "", raw)
            if answer == "none":
                continue
            time += 4_321
            text = rfc3339_text(time)
            if answer == "error":
                raw = f'[4,"{message_id}","TypeConstraintViolation","connectorId is no integer",{{}}]'
                error = '"error":{"code":"TypeConstraintViolation","description":"connectorId is no integer",'
                error += '"details":{}},'
                yield _line(text, charge_point, other, "CALLERROR", message_id, action, error, raw)
            else:
                answer = answer.replace("%T", text[:19] + "Z") if answer != "orphan" else "{}"
                raw = f'[3,"{message_id}",{answer}]'
                yield _line(text, charge_point, other, "CALLRESULT", message_id, action, "", raw)


def _line(
    time: str, charge_point: _ChargePoint, direction: str, kind: str, message_id: str, action: str, error: str, raw: str
) -> bytes:
    """The line that `to_line` makes of this message, made quicker."""
    origin = "wire" if direction == TO_CSMS else "behaviour"
    return (
        f'{{"schemaVersion":"1.1","timestamp":"{time}","ocppVersion":"1.6","transport":"json",'
        f'"chargePointId":"{charge_point.name}","direction":"{direction}","messageType":"{kind}",'
        f'"messageId":"{message_id}","action":"{action}",{error}"raw":'
    ).encode() + (
        orjson.dumps(raw)
        + f',"meta":{{"ocpptui":{{"connection":{charge_point.connection},"origin":"{origin}"}}}}}}\n'.encode()
    )


def _malformed(time: int, charge_point: _ChargePoint) -> Record:
    raw = '[2,"cut-off","MeterValues",{"connectorId":1,"meterValue":[{"timest'
    return Record(
        time,
        charge_point.connection,
        RecordKind.MALFORMED,
        Direction.TO_CSMS,
        charge_point.name,
        Version.V16,
        raw,
        Origin.WIRE,
    )


_CONFIGURATION = '{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}'


if __name__ == "__main__":
    write_large_recording(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_RECORDS)
