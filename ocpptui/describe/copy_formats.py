"""The formats for copying a record: its JSON, the raw text, or the command that sends it again."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import NamedTuple

from ocpptui.jsontext.text import indented
from ocpptui.jsontext.tree import JsonDefect, Pairs, parse_tree, tree_text
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.identity import path_segment
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.timeline.record import Origin, Record, RecordKind
from ocpptui.timeline.timeline import Timeline

ANYWHERE = "ws://localhost:9000/"
ANYWHERE_OF_SOAP = "http://localhost:9000/"
"""The target of a command if the record does not name one."""


class Copied(StrEnum):
    """The three formats for copying a record."""

    JSON = "JSON"
    RAW = "raw"
    COMMAND = "command"


class Nothing(NamedTuple):
    """The record has no text in that format."""

    why: str
    """A sentence for the user."""


UNWRITABLE = Nothing("This payload cannot be written into a command; copy it raw.")


def copied(timeline: Timeline, index: int, how: Copied, control_name: str = "") -> str | Nothing:
    """The text of the record at `index`; `control_name` is what scripts call the session of a central system."""
    record = timeline.record(index)
    match how:
        case Copied.RAW:
            return _raw(record)
        case Copied.JSON:
            return _json(record)
    return _command(timeline, index, record, control_name)


def _raw(record: Record) -> str | Nothing:
    if record.raw is None:
        return Nothing("Only a message has a raw text.")
    return record.raw if isinstance(record.raw, str) else record.raw.decode("utf-8", "backslashreplace")


def _json(record: Record) -> str | Nothing:
    frame = record.frame
    if isinstance(frame, Message):
        return indented(frame.payload_text)
    if frame is None and record.detail:
        return json.dumps(dict(record.detail), indent=2, ensure_ascii=False, default=str)
    return Nothing(
        "This is not a message with a payload; copy it raw." if record.raw is not None else "There is no JSON."
    )


def _command(timeline: Timeline, index: int, record: Record, control_name: str) -> str | Nothing:
    """The `ocpptui send` command for this call; `ocpptui control` for that of a central system that runs."""
    frame = record.frame
    if not isinstance(frame, Message) or frame.action is None or not record.kind.is_call:
        return Nothing("Only a call can be sent by a command.")
    if record.direction is Direction.TO_CHARGE_POINT and control_name:
        return _control_command(timeline, index, frame, control_name)
    if record.direction is Direction.TO_CHARGE_POINT:
        return Nothing("`ocpptui send` acts as a charge point; the central system sent this call. e sends it again.")
    if record.origin is Origin.TRANSLATED:
        return Nothing("This call is translated from another version, for looking; copy it as JSON or raw.")
    if record.version is not None and record.transport not in record.version.spoken_on:
        return Nothing(f"ocpptui does not speak OCPP {record.version}; copy the call as JSON or raw.")
    tree = parse_tree(frame.payload_text)
    if not frame.action.isprintable() or isinstance(tree, JsonDefect):
        return UNWRITABLE
    version = record.version
    words = ["--version", str(version)] if version is not None else []
    words += ["--anyway"] * _needs_anyway(timeline, index, frame.action)
    payload = tree_text(tree)
    words += ["--json", "-"] if payload != "{}" else []
    end_of_options = ["--"] if frame.action.startswith("-") else []
    name = record.charge_point or "CP001"
    if record.transport is Transport.SOAP:  # the URL has no id
        words += ["--id", name]
        url = _url(timeline, index, ("http://", "https://")) or ANYWHERE_OF_SOAP
    else:
        url = _url(timeline, index, ("ws://", "wss://")) or ANYWHERE + path_segment(name)
    import shlex  # seldom needed

    command = shlex.join(["ocpptui", "send", *words, *end_of_options, url, frame.action])
    # Not `echo`, which in some shells interprets backslashes.
    return command if payload == "{}" else f"printf %s {shlex.quote(payload)} | {command}"


def _control_command(timeline: Timeline, index: int, frame: Message, control_name: str) -> str | Nothing:
    """The `ocpptui control` command that has a running central system send this call."""
    tree, action = parse_tree(frame.payload_text), frame.action or ""
    if not action.isprintable() or action.startswith("-") or not isinstance(tree, Pairs):
        return UNWRITABLE
    names = [name for name, _ in tree.items]
    if len(set(names)) != len(names) or not all(name.isidentifier() and name.isascii() for name in names):
        return UNWRITABLE
    version = timeline.record(index).version
    of = field_tree(version, action, Part.REQUEST) if version is not None else None
    fields = []
    for name, value in tree.items:
        inner = of.child(name) if of is not None else None
        is_text = isinstance(value, str) and inner is not None and inner.type == "string"
        fields.append(f"{name}={value}" if is_text else f"{name}:={tree_text(value)}")
    anyway = ["--anyway"] * _needs_anyway(timeline, index, action)
    import shlex  # seldom needed

    to = f"--to={timeline.charge_point(index)}"
    return shlex.join(["ocpptui", "control", *anyway, to, control_name, "send", action, *fields])


def _needs_anyway(timeline: Timeline, index: int, action: str) -> bool:
    version = timeline.record(index).version
    unknown = version is not None and catalog.find_action(version, action) is None
    return unknown or timeline.verdict(index) is Verdict.INVALID


def _url(timeline: Timeline, index: int, schemes: tuple[str, ...]) -> str | None:
    """The URL, of one of these schemes, of a record's connection, from the connection event before it."""
    kinds, place = timeline.kinds[:index].tobytes(), index
    while (place := kinds.rfind(RecordKind.CONNECTION, 0, place)) >= 0:
        if timeline.connection(place) == timeline.connection(index):
            url = timeline.record(place).detail.get("url")
            if isinstance(url, str) and url.startswith(schemes) and url.isprintable():
                return url
    return None
