"""The transfers of files in a log, live or opened: one row for each, with what was said of it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocpptui.session.transfer_notes import TRANSFER
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer. A recording may say anything of it."""

    record: int
    """The last record about it."""
    time: int
    """Of that record, in µs since 1970."""
    charge_point: str
    is_upload: bool
    protocol: str
    peer: str
    name: str
    state: str
    moved: int
    expected: int | None
    problem: str
    file: Path | None
    """What has arrived."""


class TransferRows:
    """All transfers of a timeline, the newest last; `look` takes in what is new."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._seen = 0
        self._rows: dict[tuple[str, int], TransferRow] = {}

    def look(self) -> list[TransferRow]:
        """The transfers so far."""
        timeline = self._timeline
        for index in range(self._seen, len(timeline)):
            if timeline.kind(index) is RecordKind.NOTE:
                self._take(index)
        self._seen = len(timeline)
        return list(self._rows.values())

    def _take(self, index: int) -> None:
        record = self._timeline.record(index)
        about = record.detail.get(TRANSFER)
        if not isinstance(about, Mapping):
            return
        file = record.detail.get("file")
        number = _whole(about.get("number")) or 0
        self._rows[record.charge_point, number] = TransferRow(
            record=index,
            time=record.time,
            charge_point=record.charge_point,
            is_upload=about.get("direction") == "upload",
            protocol=_text(about.get("protocol")),
            peer=_text(about.get("peer")),
            name=_text(about.get("name")),
            state=_text(about.get("state")),
            moved=_whole(about.get("moved")) or 0,
            expected=_whole(about.get("expected")),
            problem=_text(about.get("problem")),
            file=Path(file) if isinstance(file, str) and file else None,
        )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
