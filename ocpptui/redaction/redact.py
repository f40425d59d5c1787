"""Recordings without confidential data (tokens, serial numbers, addresses, keys), safe to share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from xml.sax.saxutils import escape

from ocpptui.jsontext.path import field_names, json_path, nearest_key
from ocpptui.jsontext.text import LITERAL_NAMES, utf8, without_surrogates
from ocpptui.jsontext.tokens import Steps, Token, TokenKind, replaced, rewritten
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.version import Transport
from ocpptui.redaction.connection_details import learn_detail, redacted_detail
from ocpptui.redaction.free_text import FreeText
from ocpptui.redaction.personal_names import is_a_coordinate
from ocpptui.redaction.places import (
    Sensitivity,
    choices,
    is_a_reading,
    is_confidential,
    is_confidential_by,
    is_confidential_name,
    is_text_for_people,
    is_vendors,
    sensitivity_of,
    setting_names,
    values_in,
)
from ocpptui.redaction.plain_messages import is_plain, payload_values
from ocpptui.redaction.pseudonyms import Pseudonyms
from ocpptui.redaction.remains import RemainKind, Remains
from ocpptui.redaction.xml_tokens import xml_tokens
from ocpptui.timeline.masking import secrets_of
from ocpptui.timeline.record import Record, RecordKind, with_raw
from ocpptui.timeline.timeline import Timeline

MAX_PLACES = 1000
"""Paths that the list of replacements distinguishes at most."""
_OF_VENDORS = ("DataTransfer", "")
_DESCRIPTION = (3,)
"""The path of the description of an error (OCPP-J 1.6 section 4.2.3)."""


class Redaction:
    """Redacts the records of a recording consistently.

    First it learns from all records (`learn`, then `finish`), so that it finds a token that has its own field in one
    record also in the free text and the malformed frames of all others. Passwords that OCPP forbids in logs become
    `***`, everything else a pseudonym (`Pseudonyms`). All other characters of a text are unchanged.

    `keep` contains paths such as `$.idTag` or `chargingProfile.transactionId`; the values found there are unchanged
    wherever they occur. `chargePointId` and `detail.url` are the paths outside of messages. `vendor` also replaces
    everything in DataTransfer and customData, `texts` the texts for people and about them.
    """

    def __init__(
        self, *, keep: Iterable[str] = (), vendor: bool = False, texts: bool = False, key: bytes | None = None
    ) -> None:
        self.replaced: Counter[str] = Counter()
        """The number of replaced values by the path of their field."""
        self.remains = Remains()
        """What was left and may still identify someone."""
        self._keep = tuple(_names_in(path) for path in keep)
        self._vendor = vendor
        self._texts = texts
        self._text = FreeText(Pseudonyms(key), texts=texts)
        self._actions: dict[str, str] = {}
        self._charge_points: set[str] = {""}
        self._with_secrets: set[int | None] = {None}  # indexes of records; of one without index, it is not known
        self._knows_indexes = True

    # -- looking -------------------------------------------------------------------------------------------------

    def learn(self, record: Record, action: str, index: int | None = None) -> None:
        """Learn what is confidential in a record; for an answer, `action` is that of its call.

        `index` is the place of the record in the timeline, if it will be given again with the record.
        """
        self._knows_indexes &= index is not None
        if record.charge_point not in self._charge_points:
            self._charge_points.add(record.charge_point)
            self._learn_value(("chargePointId",), record.charge_point)
        learn_detail(record.detail, self._text)
        if record.raw is None:
            return
        raw, frame = _text_of(record.raw), record.frame
        of = frame.action if isinstance(frame, Message) and frame.action is not None else action
        if isinstance(frame, Message):
            secrets: list[str] = []
            raw, masked = mask(raw, frame, record.version, secrets.append)
            for secret in secrets:
                self._text.learn_secret(secret)
            if masked:
                self._with_secrets.add(index)
            if not masked and is_plain(record, frame) and self._learn_plain(frame, of):
                return
        elif frame is not None:
            self._with_secrets.add(index)
            for secret in secrets_of(record):
                self._text.learn_secret(secret)
            self._text.learn_from(raw)
        found = values_in(raw) if record.transport is Transport.JSON else list(xml_tokens(raw))
        names = setting_names(found)
        for token in found:
            if token.kind is TokenKind.KEY or token.value in LITERAL_NAMES.values():
                continue
            if len(token.path) > 1 and self._is_confidential(token, names, of):
                self._learn_value(token.path, token.value)
            elif token.kind is TokenKind.STRING:
                self._text.learn_from(token.value)

    def _learn_plain(self, frame: Message, action: str) -> bool:
        """Learn from a message without looking at its text; False if that is not enough."""
        if self._vendor and (action in _OF_VENDORS or "customData" in frame.raw):
            return False
        for names, value in payload_values(frame.payload):
            sensitivity = sensitivity_of(names, action)
            if sensitivity is Sensitivity.SETTING:
                return False
            if is_confidential_by(sensitivity, str(value)):
                if type(value) is bool:
                    continue
                self._learn_value(names, str(value))
            elif type(value) is str:
                self._text.learn_from(value)
        return True

    def finish(self) -> None:
        """End the learning after the last record."""
        self._text.finish()

    def _learn_value(self, steps: Steps, value: str) -> None:
        if self._is_kept(steps):
            self._text.keep(value)
        elif value and value != MASK:
            self._text.learn_value(steps, value)

    # -- replacing -----------------------------------------------------------------------------------------------

    def record(self, record: Record, action: str, index: int | None = None) -> Record:
        """The record with its confidential values replaced; `index` is its place in the timeline."""
        self.remains.begin(index)
        identity = record.charge_point
        charge_point = self._replaced(("chargePointId",), identity, self._text.value(identity))
        detail = redacted_detail(record.detail, self._text, self._replaced)
        if record.kind is RecordKind.NOTE and "text" in detail:
            detail = {**detail, "text": self._prose(("detail", "text"), str(record.detail["text"]), detail["text"])}
        if record.raw is None:
            return replace(record, charge_point=charge_point, detail=detail, parsed=None)
        raw, masked = self._raw(record, action, index)
        if raw == record.raw:
            return replace(record, charge_point=charge_point, detail=detail)
        masked = tuple(dict.fromkeys((*record.masked, *masked)))
        return replace(with_raw(record, raw, masked), charge_point=charge_point, detail=detail)

    def action(self, action: str) -> str:
        """The action as it may be shown: an OCPP action is unchanged."""
        known = self._actions.get(action)
        if known is None:
            known = action if not action or catalog.versions_of(action) else self._text.redacted(action)
            if len(self._actions) < MAX_PLACES:
                self._actions[action] = known
        return known

    def _raw(self, record: Record, action: str, index: int | None) -> tuple[str | bytes, tuple[str, ...]]:
        assert record.raw is not None
        raw, frame = _text_of(record.raw), record.frame
        masked: tuple[str, ...] = ()
        if frame is not None and (not self._knows_indexes or index in self._with_secrets):
            raw, masked = mask(raw, frame, record.version)
            for path in masked:
                self._count(f"{self.action(action) or record.kind.name} {_INDEX.sub('[*]', path)}")
        if record.transport is Transport.SOAP:
            raw = self._envelope(raw, record, action)
        elif isinstance(frame, Message):
            raw = self._frame(raw, record, frame, frame.action if frame.action is not None else action)
        else:
            raw = self._malformed(raw, record)
        if record.kind is RecordKind.MALFORMED:
            self.remains.note(RemainKind.MALFORMED, "")
        return without_surrogates(raw) if isinstance(record.raw, str) else utf8(raw), masked

    def _frame(self, raw: str, record: Record, frame: Message, action: str) -> str:
        known = choices(record.version, action, record.kind)
        if is_plain(record, frame) and self._leaves(frame, known, action):
            return raw
        found = values_in(raw)
        names = setting_names(found)
        edits: list[tuple[int, int, str]] = []
        for token in found:
            if len(token.path) > 1:
                new = self._in_payload(token, names, known, action)
            elif token.path == (2,) and frame.action is not None:
                new = self.action(token.value)
            elif token.kind is TokenKind.STRING:
                new = self._text.redacted(token.value)
                if token.path == _DESCRIPTION and record.kind.is_error:
                    new = self._prose(("errorDescription",), token.value, new)
            else:
                new = token.value
            if new != token.value:
                new = self._counted(token, new, action or record.kind.name)
                edits.append((token.start, token.end, rewritten(raw[token.start : token.end], new, token.kind)))
        return replaced(raw, edits)

    def _prose(self, steps: Steps, text: str, new: str) -> str:
        """A text for people outside of payloads, as it is after its confidential values were replaced."""
        if " " not in text.strip() or self._is_kept(steps):
            return new
        if self._texts:
            return self._text.prose(text)
        self.remains.note(RemainKind.TEXT, _dotted(steps))
        return new

    def _leaves(self, frame: Message, known: Mapping[str, frozenset[str]], action: str) -> bool:
        """Whether a message has nothing to replace, as far as that can be said without looking at its text."""
        redacted = self._text.redacted
        if self._vendor and (action in _OF_VENDORS or "customData" in frame.raw):
            return False
        if redacted(frame.id) != frame.id or (frame.action is not None and self.action(frame.action) != frame.action):
            return False
        left: list[tuple[tuple[str, ...], str]] = []
        for names, value in payload_values(frame.payload):
            for name in names:
                if name not in known and not is_confidential_name(name) and redacted(name) != name:
                    return False
            sensitivity = sensitivity_of(names, action)
            if sensitivity is Sensitivity.SETTING or (
                sensitivity is not Sensitivity.NOTHING and is_confidential_by(sensitivity, str(value))
            ):
                return False
            if type(value) is not str:
                if type(value) is float and is_a_coordinate(names[-1] if names else ""):
                    left.append((names, str(value)))
                continue
            if value in known.get(names[-1] if names else "", ()):
                continue
            if sensitivity is Sensitivity.READING:
                continue
            if redacted(value, is_version="version" in names[-1].lower() if names else False) != value:
                return False
            if self._texts and is_text_for_people(names, value):
                return False
            left.append((names, value))
        for names, value in left:
            self.remains.look_at(names, value, known, action)
        return True

    def _envelope(self, raw: str, record: Record, action: str) -> str:
        """Redact a SOAP envelope; in a malformed one, the text between the values is free text."""
        found = list(xml_tokens(raw))
        names, known = setting_names(found), choices(record.version, action, record.kind)
        is_broken = record.kind is RecordKind.MALFORMED
        parts: list[str] = []
        done = 0
        for token in found:
            new = (
                self._in_payload(token, names, known, action)
                if len(token.path) > 1
                else self._text.redacted(token.value)
            )
            between = raw[done : token.start]
            parts.append(self._between(between, record) if is_broken else between)
            original = raw[token.start : token.end]
            parts.append(
                original if new == token.value else escape(self._counted(token, new, action or record.kind.name))
            )
            done = token.end
        rest = raw[done:]
        return "".join((*parts, self._between(rest, record) if is_broken else rest))

    def _in_payload(
        self, token: Token, names: Mapping[Steps, str], known: Mapping[str, frozenset[str]], action: str
    ) -> str:
        value, steps = token.value, token.path
        if token.kind is TokenKind.KEY:
            return value if value in known or is_confidential_name(value) else self._text.redacted(value)
        if value in LITERAL_NAMES.values() and token.kind is TokenKind.WORD:
            return value
        if self._is_confidential(token, names, action):
            return value if self._is_kept(steps) else self._value(token)
        if value in known.get(nearest_key(steps), ()) or is_a_reading(steps, value):
            return value
        path = tuple(step for step in steps if isinstance(step, str))
        if token.kind is not TokenKind.STRING:
            if is_a_coordinate(nearest_key(steps)):
                self.remains.look_at(path, value, known, action)
            return value
        if self._texts and is_text_for_people(path, value):
            return value if self._is_kept(steps) else self._text.prose(value)
        new = self._text.redacted(value, is_version="version" in nearest_key(steps).lower())
        self.remains.look_at(path, new, known, action)
        return new

    def _malformed(self, raw: str, record: Record) -> str:
        """Redact a malformed frame: JSON notation as in a frame, the rest as free text."""
        found = values_in(raw)
        names = setting_names(found)
        parts: list[str] = []
        done = 0
        for token in found:
            is_value = token.kind is not TokenKind.KEY and token.value not in LITERAL_NAMES.values()
            if is_value and self._is_confidential(token, names, ""):
                new = token.value if self._is_kept(token.path) else self._value(token)
            elif token.kind is TokenKind.STRING:
                new = self._text.redacted(token.value)
            else:
                continue
            if new != token.value:
                new = self._counted(token, new, record.kind.name)
            parts.append(self._between(raw[done : token.start], record))
            original = raw[token.start : token.end]
            parts.append(original if new == token.value else rewritten(original, new, token.kind))
            done = token.end
        return "".join((*parts, self._between(raw[done:], record)))

    def _between(self, text: str, record: Record) -> str:
        new = self._text.redacted(text)
        if new != text:
            self._count(record.kind.name)
        return new

    def _is_confidential(self, token: Token, names: Mapping[Steps, str], action: str) -> bool:
        if is_confidential(token.path, token.value, names, action):
            return True
        return self._vendor and is_vendors(token.path, action)

    def _value(self, token: Token) -> str:
        return self._text.number(token.value) if token.kind is TokenKind.NUMBER else self._text.value(token.value)

    # -- telling -------------------------------------------------------------------------------------------------

    def _counted(self, token: Token, new: str, action: str) -> str:
        self._count(f"{self.action(action)} {self._path(token.path)}")
        return new

    def _replaced(self, steps: Steps, old: str, new: str) -> str:
        if old == new or self._is_kept(steps):
            return old
        self._count(_dotted(steps))
        return new

    def _path(self, steps: Steps) -> str:
        if len(steps) == 1 and isinstance(steps[0], str):
            return f"header {self._text.redacted(steps[0])}"
        named = (self._text.redacted(step) if isinstance(step, str) else step for step in steps[1:])
        return _INDEX.sub("[*]", json_path(named)) if len(steps) > 1 else f"frame[{steps[0] if steps else 0}]"

    def _count(self, place: str) -> None:
        self.replaced[place if place in self.replaced or len(self.replaced) < MAX_PLACES else "elsewhere"] += 1

    def _is_kept(self, steps: Steps) -> bool:
        named = tuple(step for step in steps if isinstance(step, str))
        return any(named == path[1:] if path[0] == "$" else named[-len(path) :] == path for path in self._keep)


def redaction_of(
    timeline: Timeline,
    *,
    keep: Iterable[str] = (),
    vendor: bool = False,
    texts: bool = False,
    learned: Callable[[], None] = lambda: None,
) -> Redaction:
    """A redaction that has learned from all records of a timeline; it calls `learned` after each."""
    redaction = Redaction(keep=keep, vendor=vendor, texts=texts)
    for index in range(len(timeline)):
        redaction.learn(timeline.record(index), timeline.action(index), index)
        learned()
    redaction.finish()
    return redaction


def _dotted(steps: Steps) -> str:
    return ".".join(step for step in steps if isinstance(step, str))


def _text_of(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")


def _names_in(path: str) -> tuple[str, ...]:
    """The names in a path as users write it; `$` comes first if it starts at the payload."""
    names = field_names(path.strip())
    return ("$", *names) if path.strip().startswith("$") else names


_INDEX = re.compile(r"\[(?:\*|\d+)\]")
