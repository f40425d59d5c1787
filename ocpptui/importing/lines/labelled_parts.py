"""Frames in labelled parts, as programs print their objects and some loggers write their lines.

`CallMessage{id='a1', action='Heartbeat', payload='{}'}` of Java, `Call { Id = a1, Action = Heartbeat, Payload = {} }`
of C#, `&{MessageTypeId:2 UniqueId:a1 Action:Heartbeat Payload:{}}` of Go, and OCPP.Core's `Type=2 / ID=a1 /
Action=Heartbeat / Message={}`; also in brackets, `[a1] [Heartbeat] [Call] {}`. The payload must be JSON: an object that
is printed in another notation leaves out quotes, so that nobody knows what was on the wire.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ocpptui.importing.fields.field_values import message_type_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.packets.printed_bytes import unescaped
from ocpptui.importing.words.action_names import action_and_kind
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.json_defects import has_too_many_values
from ocpptui.ocpp.json_encoding import message_type
from ocpptui.ocpp.message import MessageKind

_CONTENT = lazily(r"\w[\"']?\s?[=:]\s?(?:\"\\*\"?|['`])?\{")
"""A label before an object, without which a line has no payload."""
_LABEL = lazily(r"(?<![\w.-])[\"']?(?P<name>[A-Za-z][A-Za-z_-]{1,30})[\"']?\s?[=:](?!//)\s?")
_LABEL_AFTER_LABEL = lazily(r"(?<=\s)[A-Za-z][\w-]{0,30}[=:]")
_BETWEEN = lazily(r"[\s,;/|]*(?:and\s)?")
_VALUE = lazily(
    r"'(?P<single>(?:[^'\\]++|\\.)*+)'|\"(?P<double>(?:[^\"\\]++|\\.)*+)\"|`(?P<back>[^`]*+)`"
    r"|(?P<word>[^\s,;|{}()\[\]\"'=]++)"
)
_UNLABELLED = lazily(r"&\{(?P<number>[234]) (?P<id>[^\s{}]{1,255}) (?P<words>[A-Za-z][^{}]{0,300}? )?(?=\{)")
_BRACKETS = lazily(r"\[([^\[\]]{1,255})\]\s?\[([^\[\]]{1,255})\]\s?\[([^\[\]]{1,255})\]\s{0,3}(?=\{)")
_TYPE = lazily(r"&?(?P<name>[A-Za-z_][\w.$:<>]{0,80})?\s?[({\[]\s*$")
_KIND = lazily(
    r"(?P<error>Call_?Error|Error(?:Message|Frame)?$)|(?P<result>Call_?Result|(?:Result|Response|Confirmation)(?:Message|Frame)?$)"
    r"|(?P<call>Call|Request)"
)
_NUMBERS = {"call": 2, "result": 3, "error": 4}
MOST_LABELS = 40
"""How many labels of a line are read."""
_PARTS = frozenset((
    FieldMeaning.MESSAGE_TYPE, FieldMeaning.MESSAGE_ID, FieldMeaning.ACTION, FieldMeaning.PAYLOAD,
    FieldMeaning.ERROR_CODE, FieldMeaning.ERROR_DESCRIPTION,
))  # fmt: skip
_MESSAGE_ID, _MESSAGE_TYPE, _PAYLOAD = "messageId", "messageTypeId", "payload"
_DETAILS = ("errordetails", "details")


class LabelledParts(NamedTuple):
    """The parts of a frame in a line, as the fields of an object."""

    start: int
    """Where they begin in the line, with the name of the object."""
    fields: dict[str, Any]
    number: int | None = None
    """The type of the message, if it is stated."""

    def are_those_of(self, raw: str | bytes) -> bool:
        """Whether these may be the parts of a frame: it has the same id and, if they name an action, that too."""
        if isinstance(raw, bytes) or f'"{self.fields[_MESSAGE_ID]}"' not in raw:
            return False
        if self.number is not None and raw.lstrip("[ \t")[:1] != str(self.number):
            return False
        actions = (value for value in self.fields.values() if type(value) is str and action_and_kind(value) is not None)
        return all(f'"{action}"' in raw for action in actions)


def labelled_parts(line: str) -> LabelledParts | None:
    """The parts of a frame, with its message id and its payload, that a line has side by side; None if it has none."""
    if has_too_many_values(line):
        return None
    labelled = _with_labels(line) if _CONTENT.search(line) is not None else None
    return labelled or _without_labels(line) or _in_brackets(line)


def _with_labels(line: str) -> LabelledParts | None:
    """The parts that have their labels."""
    place, start, end = 0, 0, -1
    fields: dict[str, Any] = {}
    for _ in range(MOST_LABELS):
        label = _LABEL.search(line, place)
        if label is None:
            break
        if end < 0 or _BETWEEN.fullmatch(line, end, label.start()) is None:
            found = _whole(line, start, fields)
            if found is not None:
                return found
            start, fields = label.start(), {}
        value, end = _value_at(line, label.end())
        if end < 0 and fields and _LABEL_AFTER_LABEL.match(line, label.end()):
            value, end = "", label.end()  # Go prints nothing for an empty text
        if end < 0:
            place = label.end()
            continue
        fields.setdefault(label["name"], value)
        place = end
    return _whole(line, start, fields)


def _without_labels(line: str) -> LabelledParts | None:
    """The parts of a frame as Go prints an object without the names of its fields: `&{2 a1 Heartbeat {}}`."""
    match = _UNLABELLED.search(line)
    end = None if match is None else value_end(line, match.end())
    if match is None or end is None or line[end : end + 1] != "}":
        return None
    number, message_id, words = int(match["number"]), match["id"], match["words"] or ""
    fields: dict[str, Any] = {
        _MESSAGE_TYPE: number,
        _MESSAGE_ID: message_id,
        _PAYLOAD: json.loads(line[match.end() : end]),
    }
    first, _, rest = words.partition(" ")
    if number == 4:
        fields |= {"errorCode": first, "errorDescription": rest.strip()}
    elif number == 2:
        fields["action"] = words.strip()
    if (number == 2 and action_and_kind(words.strip()) is None) or (number == 3) != (not words):
        return None
    return LabelledParts(match.start(), fields, number)


def _in_brackets(line: str) -> LabelledParts | None:
    """The parts of a frame of which each but the payload is in brackets: `[a1] [Heartbeat] [Call] {}`, as apostol's
    ocpp-cs writes them. The action and the type, in words, tell which of them is the id."""
    match = _BRACKETS.search(line)
    end = None if match is None else value_end(line, match.end())
    if match is None or end is None or line[end:].strip():
        return None
    words = [match[1], match[2], match[3]]
    types = [word for word in words if not word.isdigit() and message_type_of(word) is not None]
    actions = [word for word in words if word not in types and action_and_kind(word) is not None]
    kind = message_type_of(types[0]) if len(types) == len(actions) == 1 else None
    if kind not in (MessageKind.CALL, MessageKind.CALLRESULT):
        return None
    number = message_type(kind)
    (message_id,) = (word for word in words if word not in (types[0], actions[0]))
    fields = {_MESSAGE_TYPE: number, _MESSAGE_ID: message_id, "action": actions[0]}
    return LabelledParts(match.start(), {**fields, _PAYLOAD: json.loads(line[match.end() : end])}, number)


def _value_at(line: str, place: int) -> tuple[Any, int]:
    """The value at a place and where it ends; -1 if there is none."""
    if line[place : place + 1] in ("{", "["):
        end = value_end(line, place)
        return (None, -1) if end is None else (json.loads(line[place:end]), end)
    match = _VALUE.match(line, place)
    if match is None or (match["word"] and _LABEL_AFTER_LABEL.match(line, place)):
        return None, -1
    text = match["word"] or match["single"] or match["double"] or match["back"] or ""
    return (text if match["word"] else _object_in(text)), match.end()


def _object_in(text: str) -> Any:
    """The object whose JSON is the content of quotes; any other content as it is."""
    if text[:1] != "{":
        return text
    for written in (text, unescaped(text)):
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            continue
    return text


def _whole(line: str, start: int, fields: dict[str, Any]) -> LabelledParts | None:
    """The fields as an object that has all the parts of a frame; None if one is missing."""
    by_meaning: dict[FieldMeaning, tuple[int, str]] = {}
    for name, value in fields.items():
        for meaning in meanings(name):
            is_object = type(value) is dict
            if meaning.field not in _PARTS or (meaning.field is FieldMeaning.PAYLOAD) != is_object:
                continue
            if meaning.rank < by_meaning.get(meaning.field, (99, ""))[0]:
                by_meaning[meaning.field] = meaning.rank, name
    details = next((value for name, value in fields.items() if name.lower() in _DETAILS and type(value) is dict), None)
    if FieldMeaning.MESSAGE_ID not in by_meaning or (FieldMeaning.PAYLOAD not in by_meaning and details is None):
        return None
    of_type = _TYPE.search(line[max(0, start - 120) : start])
    kind = None if of_type is None or of_type["name"] is None else _KIND.search(of_type["name"])
    whole = {name: value for name, value in fields.items() if name.lower() not in _DETAILS}
    whole[_MESSAGE_ID] = whole.pop(by_meaning[FieldMeaning.MESSAGE_ID][1])
    if FieldMeaning.PAYLOAD in by_meaning:
        whole[_PAYLOAD] = whole.pop(by_meaning[FieldMeaning.PAYLOAD][1])
    else:
        whole[_PAYLOAD] = details
    stated = fields.get(by_meaning.get(FieldMeaning.MESSAGE_TYPE, (0, ""))[1])
    action = fields.get(by_meaning.get(FieldMeaning.ACTION, (0, ""))[1])
    known = type(action) is str and action_and_kind(action) is not None
    type_stated = message_type_of(stated)
    number = None if type_stated is None else message_type(type_stated)
    if number is None:
        if kind is not None:
            number = whole[_MESSAGE_TYPE] = _NUMBERS[str(kind.lastgroup)]
        elif not known:
            return None
    beginning = start if of_type is None else max(0, start - 120) + of_type.start()
    return LabelledParts(beginning, whole, number)
