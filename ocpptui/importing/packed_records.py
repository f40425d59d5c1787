"""Records in columns, as one process hands them over to another.

Almost all records of a log are flawless messages that share most with others: such a record is a value in each column,
and the number of what it shares. The others are bytes of `pickle`.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any, NamedTuple

import orjson

from ocpptui.ocpp.json_encoding import JsonMessage
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.secrets import SecretFreeMessage, SecretFreeTest
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import Origin, Record, RecordKind

MOST_SHARED = 20_000
"""How many sets of shared values are numbered; records with others are handed over as bytes."""
FORMAT = 2
"""Of `marshal`: a later one looks for each object among those written before, which takes longer."""

_MEMBERS = (None, *Direction, *Version, *Transport)
_CODES = {member: code for code, member in enumerate(_MEMBERS)}
_KINDS = {int(kind): kind for kind in MessageKind}
_RECORD_KINDS = {code: RecordKind[kind.name] for code, kind in _KINDS.items()}


class PackedRecords(NamedTuple):
    """Some records, as simple values for `marshal`."""

    order: bytes
    """For each record, 1 if it is in the columns, and 0 if it is among the others."""
    columns: Sequence[Sequence[Any]]
    others: bytes
    """A list, in bytes of `pickle`."""
    new_shared: Sequence[tuple[Any, ...]]
    """The sets of shared values that no record before had."""


class RecordPacker:
    """Packs the records of one log, in their order."""

    def __init__(self) -> None:
        self._shared: dict[tuple[Any, ...], int] = {}
        self._new: list[tuple[Any, ...]] = []
        self._test = SecretFreeTest()

    def packed(self, records: Iterable[Record]) -> PackedRecords:
        """Some records, to be read by a `RecordUnpacker` that reads all of the log."""
        rows, others, order = list[tuple[Any, ...]](), list[Record](), bytearray()
        for record in records:
            row = self._row(record)
            order.append(row is not None)
            if row is None:
                others.append(record)
            else:
                rows.append(row)
        new, self._new = self._new, []
        columns = [list(column) for column in zip(*rows, strict=True)]
        return PackedRecords(bytes(order), columns, pickle.dumps(others) if others else b"", new)

    def _row(self, record: Record) -> tuple[Any, ...] | None:
        """The values of a record in the columns; None if they cannot say all of it."""
        frame, detail = record.parsed, record.detail
        if not isinstance(frame, JsonMessage) or frame.defects or frame.kind.is_error or record.raw is not frame.raw:
            return None
        has_own_detail = len(detail) > 1 or (len(detail) == 1 and "guessed" not in detail)
        guessed = () if has_own_detail or not detail else tuple(detail["guessed"])
        shared = record.connection, record.charge_point, guessed, record.direction, record.version, record.transport
        number = self._shared.get(shared)
        if number is None:
            number = len(self._shared)
            if number >= MOST_SHARED:
                return None
            self._shared[shared] = number
            self._new.append((*shared[:3], *map(_CODES.__getitem__, shared[3:])))
        own_detail = dict(detail) if has_own_detail else None
        is_free = self._test.is_free(frame)
        return record.time, number, int(frame.kind), frame.id, frame.action, frame.raw, is_free, own_detail


class RecordUnpacker:
    """Reads what a `RecordPacker` has packed: all of it, in its order."""

    def __init__(self) -> None:
        self._shared: list[tuple[Any, ...]] = []

    def learn(self, packed: PackedRecords) -> None:
        """Note what is shared, also by records that nobody asks for."""
        for connection, name, guessed, *codes in packed.new_shared:
            detail = {"guessed": list(guessed)} if guessed else {}
            self._shared.append((connection, name, detail, *map(_MEMBERS.__getitem__, codes)))

    def records(self, packed: PackedRecords, first: int) -> Iterator[Record]:
        """The records from a place on, one after the other. A message is not parsed again, only its payload is decoded;
        nor is it searched for secrets if it has none."""
        others: list[Record] = pickle.loads(packed.others) if packed.others else []
        plain = packed.order.count(1, 0, first)
        of_columns = starmap(self._record, zip(*(column[plain:] for column in packed.columns), strict=True))
        of_others = iter(others[first - plain :])
        return (next(of_columns) if is_plain else next(of_others) for is_plain in packed.order[first:])

    def _record(
        self,
        time: int,
        number: int,
        code: int,
        message_id: str,
        action: str | None,
        raw: str,
        is_free: bool,
        own_detail: dict[str, Any] | None,
    ) -> Record:
        connection, name, detail, direction, version, transport = self._shared[number]
        kind = SecretFreeMessage if is_free else JsonMessage
        message = kind(raw, _KINDS[code], message_id, action, orjson.loads(raw)[-1])
        if own_detail is not None:
            detail = own_detail
        return Record(
            time, connection, _RECORD_KINDS[code], direction, name, version, raw, Origin.WIRE, detail, (), message,
            transport,
        )  # fmt: skip
