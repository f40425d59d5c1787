"""Records without secrets, before they are kept or shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.text import quote
from ocpptui.jsontext.tokens import TokenKind, replaced, rewritten, tokens
from ocpptui.ocpp.http_headers import without_secret
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.secrets import mask, mask_own_text, mask_text
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Record, RecordKind, with_raw

REMEMBERED = 20
"""Secrets of a connection that are remembered, the newest."""
SHORTEST = 4
"""Characters of a secret that is looked for in an error; in other messages it would be found by chance."""
TELLING = 8
"""Characters of a secret that is looked for everywhere, if it is not an ordinary word."""


class Masking:
    """Masks the records of one session or import.

    It remembers the secrets that it has masked, and those that it gets, to mask them also where a peer repeats them
    under another name: in the description of a CALLERROR, for example.
    """

    def __init__(self, *, keeps_secrets: bool = False) -> None:
        self._keeps_secrets = keeps_secrets
        self._given: tuple[str, ...] = ()
        self._known: dict[int, tuple[str, ...]] = {}

    def know(self, secrets: Iterable[str]) -> None:
        """Mask these secrets too, wherever they are: those that the user has given."""
        self._given = _latest(self._given, secrets)

    def masked(self, record: Record) -> Record:
        """The record with the secrets in its message or detail masked, and their paths; unchanged if it has none.

        A message stays as well formed or malformed as it was.
        """
        if self._keeps_secrets:
            return record
        known = self._given
        if record.connection in self._known:
            known += self._known[record.connection]
        if known and record.charge_point:  # a name that is everywhere cannot be hidden
            known = tuple(secret for secret in known if secret not in record.charge_point)
        frame = record.frame
        if frame is None:
            if record.kind is RecordKind.CONNECTION and record.detail.get("event") == "closed":
                self._known.pop(record.connection, None)
            return _with_masked_detail(record, known)
        found: list[str] = []
        raw, paths = mask(frame.raw, frame, record.version, found.append)
        if found:
            self._known[record.connection] = _latest(self._known.get(record.connection, ()), found)
        if paths:
            record = with_raw(record, raw, paths)
        return _without_echo(record, known) if known else record


def masked(record: Record, call: Record | None = None) -> Record:
    """A record as `Masking` masks it, without the secrets of the call that it answers."""
    masking = Masking()
    if call is not None:
        masking.masked(replace(call, connection=record.connection))
    return masking.masked(record)


def _latest(known: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    kept = [secret for secret in new if len(secret) >= SHORTEST and set(secret) != {"*"}]
    return tuple(dict.fromkeys((*kept, *known)))[:REMEMBERED]


def _with_masked_detail(record: Record, known: Sequence[str]) -> Record:
    """A record that is not a message, with the texts in its detail masked."""
    detail = {key: _masked(key, value, known) for key, value in record.detail.items()}
    return record if detail == record.detail else replace(record, detail=detail)


def _masked(key: str, value: Any, known: Sequence[str]) -> Any:
    if isinstance(value, str):
        text: str = without_secret(value) if key in _HEADERS else _mask(key, value)
        for secret in known:
            text = text.replace(secret, MASK)
        return text
    if isinstance(value, Mapping):
        return {name: _masked(str(name), inner, known) for name, inner in value.items()}
    return [_masked(key, inner, known) for inner in value] if isinstance(value, list | tuple) else value


def _mask(key: str, text: str) -> str:
    return mask_own_text(text) if key in _OURS else mask_text(text)


def _without_echo(record: Record, known: Sequence[str]) -> Record:
    """A message without these secrets, wherever they are in the texts of its payload or of its error."""
    raw = record.raw if isinstance(record.raw, str) else (record.raw or b"").decode("utf-8", "surrogateescape")
    is_error = record.kind in (RecordKind.CALLERROR, RecordKind.CALLRESULTERROR)
    sought = [secret for secret in known if is_error or _is_telling(secret)]
    if not any(form in raw for secret in sought for form in _forms(secret)):
        return record
    if not isinstance(record.frame, Message) or record.transport is Transport.SOAP:
        for secret in sought:
            for form in _forms(secret):
                raw = raw.replace(form, MASK)
        text = raw if isinstance(record.raw, str) else raw.encode("utf-8", "surrogateescape")
        return with_raw(record, text, tuple(dict.fromkeys((*record.masked, "$"))))
    first = _FIRST_TEXT[record.kind]
    edits: list[tuple[int, int, str]] = []
    paths = list(record.masked)
    for token in tokens(raw):
        if token.kind is TokenKind.STRING and token.path and _place(token.path[0]) >= first:
            value = token.value
            for secret in sought:
                for form in _forms(secret):
                    value = value.replace(form, MASK)
            if value != token.value:
                edits.append((token.start, token.end, rewritten(raw[token.start : token.end], value, token.kind)))
                paths.append(json_path(token.path[1:]))
    return with_raw(record, replaced(raw, edits), tuple(dict.fromkeys(paths))) if edits else record


def _place(step: str | int) -> int:
    return step if isinstance(step, int) else -1


@lru_cache(maxsize=256)
def _forms(secret: str) -> tuple[str, ...]:
    """How a secret is written as it is, in JSON and in XML."""
    if secret.isascii() and secret.isalnum():
        return (secret,)
    return tuple({secret, quote(secret)[1:-1], json.dumps(secret)[1:-1], escape(secret)})


def _is_telling(secret: str) -> bool:
    return len(secret) >= TELLING and _WORD.fullmatch(secret) is None


_HEADERS = frozenset({"requestHeaders", "responseHeaders"})
_OURS = frozenset({"error", "advice", "event", "step", "problem"})
"""Entries of a detail that ocpptui has worded."""
_FIRST_TEXT = {
    RecordKind.CALL: 3,
    RecordKind.SEND: 3,
    RecordKind.CALLRESULT: 2,
    RecordKind.CALLERROR: 3,
    RecordKind.CALLRESULTERROR: 3,
}
"""The first element of a message that can be foreign text; the elements before it say what the message is."""
_WORD = re.compile(r"[A-Za-z][a-z]*(?:[A-Z][a-z]+)*")
"""A word of OCPP or of a sentence, such as `Accepted`; a secret like that would be found everywhere."""
