"""A short session with something for each term of the filter, and texts that the user may type into the filter."""

from __future__ import annotations

from hypothesis import strategies as st

from ocpptui.filter.query import parse_filter
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import Origin, Record, RecordKind, message_record
from ocpptui.timeline.record_store import MemoryStore
from ocpptui.timeline.timeline import Timeline

NOON = 1_763_812_800_000_000  # 2025-11-22T12:00:00Z
SECOND = 1_000_000


def timeline_of(*records: Record, source: MemoryStore | None = None) -> Timeline:
    timeline = Timeline(source)
    for record in records:
        timeline.append(record)
    timeline._recent._kept[:] = [None] * timeline._recent.KEPT
    return timeline


def frame(
    raw: str | bytes,
    direction: Direction = Direction.TO_CSMS,
    at: int = NOON,
    connection: int = 1,
    charge_point: str = "CP001",
    version: Version | None = Version.V16,
    origin: Origin = Origin.WIRE,
) -> Record:
    return message_record(
        raw,
        time=at,
        connection=connection,
        direction=direction,
        charge_point=charge_point,
        version=version,
        origin=origin,
    )


def soap(raw: str | bytes, direction: Direction = Direction.TO_CSMS, at: int = NOON) -> Record:
    """A message of a charge point of OCPP 1.5."""
    return message_record(
        raw,
        time=at,
        connection=3,
        direction=direction,
        charge_point="OLD",
        version=Version.V15,
        transport=Transport.SOAP,
    )


def found(text: str, timeline: Timeline) -> list[int]:
    return parse_filter(text).select(timeline, 0, len(timeline))


BOOT = '[2,"a81f","BootNotification",{"chargePointVendor":"Acme","chargePointModel":"One"}]'


def session() -> Timeline:
    """0 opened, 1 boot, 2 its answer after 3 s, 3 a refused call, 4 its error, 5 an orphan, 6 rubbish, 7 a note, 8 a
    call with meter values."""
    back = Direction.TO_CHARGE_POINT
    return timeline_of(
        Record(NOON, 1, RecordKind.CONNECTION, None, "CP001", Version.V16, detail={"event": "opened", "url": "ws://host/CP001"}),
        frame(BOOT, at=NOON + SECOND),
        frame(
            '[3,"a81f",{"currentTime":"2025-11-22T12:00:04Z","interval":300,"status":"Accepted"}]',
            back,
            NOON + 4 * SECOND,
        ),
        frame(
            '[2,"17","Reset",{"type":"Soft","note":"a b"}]',
            back,
            NOON + 5 * SECOND,
            origin=Origin.MANUAL,
        ),
        frame('[4,"17","NotSupported","no \\"reset\\" here",{"hint":[1,"two"]}]', at=NOON + 6 * SECOND),
        frame('[3,"nobody",{}]', at=NOON + 7 * SECOND, connection=2, charge_point="CP 2", version=Version.V201),
        frame(b"\xff rubbish", at=NOON + 8 * SECOND, connection=2, charge_point="CP 2", version=Version.V201),
        Record(NOON + 9 * SECOND, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "the Fuse blew"}),
        frame('[2,"9","MeterValues",{"connectorId":2,"meterValue":[{"timestamp":"2025-11-22T12:00:00Z","sampledValue":['
              '{"value":"230.5","measurand":"Voltage"},{"value":"7"}]}]}]', at=NOON + 10 * SECOND),
    )  # fmt: skip


SESSION = session()

PIECES = [
    "action:",
    "(",
    ")",
    "or",
    "and",
    "not",
    "-",
    '"',
    " ",
    "kind:call",
    "x=",
    ">",
    "<",
    "latency",
    "\\",
    "*",
    "a.b",
]
ANY_TEXT = st.text() | st.lists(st.sampled_from(PIECES) | st.characters()).map("".join)
