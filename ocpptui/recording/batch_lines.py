"""The lines of records in columns, which already say most of what is in them.

The process that finds the records hands over the texts of each, and the one that keeps them makes the lines.
"""

from __future__ import annotations

import orjson

from ocpptui.jsontext.unsafe_characters import escaped_json_line
from ocpptui.ocpp.message import Message
from ocpptui.recording.line_format import to_line
from ocpptui.recording.message_line import (
    ConnectionParts,
    MessageParts,
    connection_parts,
    joined_line,
    message_parts,
    plain_text,
)
from ocpptui.timeline.columns import DIRECTIONS, LONGEST_ACTION, ORIGINS, Batch, ConnectionKey, RecordTemplate
from ocpptui.timeline.record import Record


def line_text(record: Record, action: str) -> bytes:
    """What the columns do not say of a line: the raw text and the detail. Of an unusual record, the whole line.

    `action` is that of the call of an answer.
    """
    message, own = record.parsed, None
    if isinstance(message, Message) and record.direction is not None and message.id.isascii():
        whole_action = action if message.action is None else message.action
        if len(whole_action) <= LONGEST_ACTION and whole_action.isascii() and record.charge_point.isascii():
            own = plain_text(record, message, whole_action)
    return to_line(record, action) if own is None else own


class BatchLines:
    """Makes the lines of the batches of one reader, in their order."""

    def __init__(self) -> None:
        self._of_messages: list[MessageParts] = []  # by number of the template
        self._of_connections: list[ConnectionParts] = []

    def of(self, batch: Batch, texts: list[bytes]) -> list[bytes]:
        """The line of each record, with its line feed. `texts` has its `line_text`."""
        self._learn(batch)
        messages = map(self._of_messages.__getitem__, batch.templates)
        connections = map(self._of_connections.__getitem__, batch.connections)
        rows = zip(connections, messages, batch.times, batch.ids, texts, strict=True)
        dumps = orjson.dumps
        return [
            escaped_json_line(joined_line(of_connection, of_message, time, dumps(message_id), text))
            if text[0] == _QUOTE
            else text
            for of_connection, of_message, time, message_id, text in rows
        ]

    def _learn(self, batch: Batch) -> None:
        """Add the templates and connections that are new in this batch."""
        if batch.new_templates:
            del self._of_messages[batch.first_template :]
            self._of_messages += map(_parts_of_message, batch.new_templates)
        if batch.new_connections:
            del self._of_connections[batch.first_connection :]
            self._of_connections += map(_parts_of_connection, batch.new_connections)


def _parts_of_message(template: RecordTemplate) -> MessageParts:
    direction = DIRECTIONS[template.direction]
    if direction is None or not template.action.isascii():  # its records have their whole lines
        return b"", b"", b""
    return message_parts((template.action, template.kind, direction, ORIGINS[template.origin]))


def _parts_of_connection(key: ConnectionKey) -> ConnectionParts:
    return connection_parts(key) if key.charge_point.isascii() else (b"", b"")


_QUOTE = ord('"')
