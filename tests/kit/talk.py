"""What two peers say to each other in a session, one thing a second after the other."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record

NOW = 1_700_000_000_000_000


class Talk:
    """What a test lets happen in a session, a second apart."""

    def __init__(self, session: Session | None = None) -> None:
        self.session = session or Session()
        self.now = NOW

    @property
    def timeline(self) -> Any:
        return self.session.timeline

    def raw(
        self,
        raw: str | bytes,
        direction: Direction = Direction.TO_CSMS,
        *,
        charge_point: str = "CP001",
        version: Version | None = Version.V16,
        connection: int = 1,
        after: int = 1_000_000,
    ) -> int:
        """Something on the wire, `after` microseconds later; its index."""
        self.now += after
        record = message_record(
            raw,
            time=self.now,
            connection=connection,
            direction=direction,
            charge_point=charge_point,
            version=version,
        )
        return self._observed(record)

    def call(self, action: str = "Heartbeat", payload: str = "{}", message_id: str | None = None, **where: Any) -> int:
        message_id = message_id or f"id-{len(self.session.timeline)}"
        return self.raw(f'[2,"{message_id}","{action}",{payload}]', **where)

    def answer(self, call: int, payload: str = "{}", after: int = 12_000, **where: Any) -> int:
        frame, direction = self.session.timeline.frame(call), self.session.timeline.direction(call)
        assert isinstance(frame, Message) and direction is not None
        return self.raw(f'[3,"{frame.id}",{payload}]', direction.opposite, after=after, **where)

    def exchange(self, action: str = "Heartbeat", payload: str = "{}", answer: str = "{}") -> tuple[int, int]:
        call = self.call(action, payload)
        return call, self.answer(call, answer)

    def happened(self, event: ConnectionEvent, **detail: Any) -> int:
        detail = {"event": event.value, **detail}
        return self._observed(Record(self.now, 1, RecordKind.CONNECTION, None, "CP001", Version.V16, detail=detail))

    def ping(self) -> int:
        return self._observed(Record(self.now, 1, RecordKind.PING, Direction.TO_CSMS, "CP001", Version.V16))

    def _observed(self, record: Record) -> int:
        self.session.observer.observed(record, None)
        return len(self.session.timeline) - 1
