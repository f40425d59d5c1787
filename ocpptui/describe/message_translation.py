"""A message of a log in another version, with what gets lost: for looking, never on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ocpptui.describe.record_in_full import Section
from ocpptui.describe.safe_text import printable
from ocpptui.jsontext.text import indented, value_text
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline
from ocpptui.translation.transaction_numbers import TransactionNumbers
from ocpptui.translation.translated_message import TranslatedMessage, translated_message


def message_translation(
    timeline: Timeline,
    index: int,
    target: Version,
    record_at: Callable[[int], Record] | None = None,
    numbers: TransactionNumbers | None = None,
) -> TranslatedMessage | None:
    """The message at an index in another version; an answer by what its call says.

    `record_at` returns the records in place of the timeline, for redacted ones. `numbers` has seen the messages before
    this one, and this one once only. None for a record that is not a CALL,
    SEND or CALLRESULT with an object, for one whose version or call is unknown, and where no faithful mapping exists.
    """
    read = record_at or timeline.record
    record = read(index)
    frame, version = record.frame, record.version
    if version is None or not isinstance(frame, Message) or frame.kind.is_error or not isinstance(frame.payload, dict):
        return None
    other = timeline.other_half(index)
    half = None if other is None or (numbers is None and not frame.kind.is_answer) else read(other).frame
    said = half.payload if isinstance(half, Message) and isinstance(half.payload, dict) else None
    if frame.kind is not MessageKind.CALLRESULT:
        action, part, request, answer = frame.action or "", Part.REQUEST, None, said
    elif said is None or not isinstance(half, Message) or half.action is None:
        return None
    else:
        action, part, request, answer = half.action, Part.RESPONSE, said, None
    if numbers is None:
        return translated_message(version, target, action, part, frame.payload, request)
    return numbers.translated(
        version, target, record.charge_point, action, part, frame.payload, request=request, answer=answer
    )


def versions_to_see(timeline: Timeline, index: int) -> list[Version]:
    """The other versions that can say the message, those in use first."""
    own = timeline.version(index)
    return [one for one in _BY_USE if one is not own and message_translation(timeline, index, one) is not None]


def translation_sections(timeline: Timeline, index: int, target: Version) -> Iterator[Section]:
    """The message in another version, with what is lost, assumed and missing."""
    found = message_translation(timeline, index, target)
    if found is None:
        if timeline.version(index) is not target:
            yield Section("heading", [f"In OCPP {target.as_choice}: no counterpart"])
        return
    yield Section("heading", [f"In OCPP {target.as_choice}: {found.action}, never sent"])
    yield Section("json", indented(value_text(found.payload)).split("\n"))
    notes = [f"{word}: {printable(note)}" for word, note in translation_notes(found)]
    yield Section("problem" if notes else "dim", notes or ["nothing is lost, and nothing assumed"])
    yield Section("text", [""])


def translation_notes(found: TranslatedMessage) -> Iterator[tuple[str, str]]:
    """What is lost, assumed and missing, each with its kind in one word."""
    for word, notes in (("lost", found.lost), ("assumed", found.assumed), ("missing", found.missing)):
        for note in notes:
            yield word, note


_BY_USE = (Version.V21, Version.V201, Version.V16, Version.V15, Version.V12, Version.V20)
