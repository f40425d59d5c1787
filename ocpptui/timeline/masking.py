"""Records without secrets, before they are kept or shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

from ocpptui.jsontext.known_texts import KnownTexts
from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.text import quote
from ocpptui.jsontext.tokens import TokenKind, replaced, rewritten, tokens
from ocpptui.ocpp.harmless_texts import LONGEST_SHAPE
from ocpptui.ocpp.http_headers import without_secret
from ocpptui.ocpp.json_encoding import JsonMessage
from ocpptui.ocpp.key_codes import KEY_CODE_PLACE
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.password_form import SETTERS, PasswordFault, fault_of_password, passwords_set_by
from ocpptui.ocpp.secret_names import MASK, is_masked
from ocpptui.ocpp.secrets import SecretFreeTest, mask, mask_own_text, mask_text
from ocpptui.ocpp.url_secrets import Found
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Record, RecordKind, with_raw

MASKED_FAULT = "passwordFault"
"""The entry of a record's detail with what is wrong with a password that is masked in it (`PasswordFault`)."""
SHOWN_KEY_CODE = "shownKeyCode"
"""The entry of a record's detail that is true if a key code is masked in it that its file shows."""
REMEMBERED = 20
"""Secrets of a connection that are remembered, the newest."""
SHORTEST = 4
"""Characters of a secret that is looked for in an error; in other messages it would be found by chance."""
TELLING = 8
"""Characters of a secret that is looked for everywhere, if it is not an ordinary word."""
SHAPES = 500
"""How many shapes of messages without a secret are remembered, for all sessions; each has `LONGEST_SHAPE` at most."""
_SECRET_FREE = SecretFreeTest(SHAPES)


class Masking:
    """Masks the records of one session or import.

    It remembers the secrets that it has masked, and those that it gets, to mask them also where a peer repeats them
    under another name: in the description of a CALLERROR, for example.
    """

    def __init__(
        self,
        *,
        keeps_secrets: bool = False,
        of_files: bool = False,
        found: Callable[[Iterable[str]], object] = tuple,
    ) -> None:
        """`of_files`: the records are from files, which still show what is masked here. `found` is called with the
        secrets of each record that has some."""
        self._keeps_secrets = keeps_secrets
        self._of_files = of_files
        self._found_all = found
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
        frame = record.parsed or record.frame
        if frame is None:
            if record.kind is RecordKind.CONNECTION and record.detail.get("event") == "closed":
                self._known.pop(record.connection, None)
            detail = _masked_detail(record, lambda secret: self._found_all((secret,)))
            if known:
                detail = _without(detail, KnownTexts(known, anywhere=0), record.charge_point)
            return record if detail == record.detail else replace(record, detail=detail)
        if _is_free(frame):  # almost all messages of a session end here
            return _without_echo(record, known) if known else record
        found: list[str] = []
        raw, paths = mask(frame.raw, frame, record.version, found.append)
        if found:
            self._found_all(found)
            self._known[record.connection] = _latest(self._known.get(record.connection, ()), found)
        if paths:
            fault = _fault_in(frame, record)
            record = with_raw(record, raw, paths)
            if fault is not None:
                record = replace(record, detail={**record.detail, MASKED_FAULT: fault.value})
            if self._of_files and KEY_CODE_PLACE in paths:
                record = replace(record, detail={**record.detail, SHOWN_KEY_CODE: True})
        return _without_echo(record, known) if known else record


def _is_free(frame: Message | Malformed | None) -> bool:
    """Whether a message certainly holds no secret, which most show by their shape, without a search."""
    return type(frame) is JsonMessage and len(frame.raw) <= LONGEST_SHAPE and _SECRET_FREE.is_free(frame)


def _fault_in(frame: Message | Malformed, record: Record) -> PasswordFault | None:
    """What is wrong with the first password of a request that has not the form that OCPP asks for."""
    if not isinstance(frame, Message) or frame.action not in SETTERS:
        return None
    passwords = passwords_set_by(frame.action, frame.payload)
    return next(filter(None, (fault_of_password(record.version, one) for one in passwords if not is_masked(one))), None)


def masked(record: Record, call: Record | None = None) -> Record:
    """A record of a file as `Masking` masks it, without the secrets of the call that it answers."""
    if call is None and _is_free(record.frame):
        return record
    masking = Masking(of_files=True)
    if call is not None:
        masking.masked(replace(call, connection=record.connection))
    return masking.masked(record)


def _latest(known: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    kept = [secret for secret in new if len(secret) >= SHORTEST and set(secret) != {"*"}]
    return tuple(dict.fromkeys((*kept, *known)))[:REMEMBERED]


def secrets_of(record: Record) -> list[str]:
    """The secrets in a record that is not masked yet."""
    found: list[str] = []
    frame = record.frame
    if frame is None:
        _masked_detail(record, found.append)
    else:
        mask(frame.raw, frame, record.version, found.append)
    return found


def without_texts(record: Record, texts: KnownTexts, *, also_in_head: bool = True) -> Record:
    """A record without these texts, wherever they are in its detail or its message.

    `also_in_head`: in the message id and the action too, which a live connection still needs as they are. What is part
    of the charge point's name stays, since that is in every record.
    """
    if record.raw is None:
        detail = _without(record.detail, texts, record.charge_point)
        return record if detail == record.detail else replace(record, detail=detail)
    raw = record.raw if isinstance(record.raw, str) else record.raw.decode("utf-8", "surrogateescape")
    if not texts.are_in(raw) and "\\" not in raw:
        return record
    if not isinstance(record.frame, Message) or record.transport is Transport.SOAP:
        masked = texts.replaced_in(raw, MASK, record.charge_point)
        if masked == raw:
            return record
        text = masked if isinstance(record.raw, str) else masked.encode("utf-8", "surrogateescape")
        return with_raw(record, text, tuple(dict.fromkeys((*record.masked, "$"))))
    first = 1 if also_in_head else _FIRST_TEXT[record.kind]
    edits: list[tuple[int, int, str]] = []
    paths = [texts.replaced_in(path, MASK) for path in record.masked]
    for token in tokens(raw):
        if token.kind in _TEXTS and token.path and _place(token.path[0]) >= first:
            value = texts.replaced_in(token.value, MASK, record.charge_point)
            if value != token.value:
                edits.append((token.start, token.end, rewritten(raw[token.start : token.end], value, token.kind)))
                paths.append(texts.replaced_in(json_path(token.path[1:]), MASK))
    return with_raw(record, replaced(raw, edits), tuple(dict.fromkeys(paths))) if edits else record


def forms_of(secret: str) -> tuple[str, ...]:
    """How a secret is written as it is, in JSON and in XML."""
    if secret.isascii() and secret.isalnum():
        return (secret,)
    return tuple({secret, quote(secret)[1:-1], json.dumps(secret)[1:-1], escape(secret)})


def _masked_detail(record: Record, found: Found) -> dict[str, Any]:
    """The detail of a record that is not a message, with the secrets in its texts masked."""
    return {key: _masked(key, value, found) for key, value in record.detail.items()}


def _masked(key: str, value: Any, found: Found) -> Any:
    if isinstance(value, str):
        if key in _HEADERS:
            return without_secret(value, found)
        return mask_own_text(value, found) if key in _OURS else mask_text(value, found)
    if isinstance(value, Mapping):
        return {name: _masked(str(name), inner, found) for name, inner in value.items()}
    return [_masked(key, inner, found) for inner in value] if isinstance(value, list | tuple) else value


def _without(value: Any, texts: KnownTexts, spared: str) -> Any:
    if isinstance(value, str):
        return texts.replaced_in(value, MASK, spared)
    if isinstance(value, Mapping):
        return {name: _without(inner, texts, spared) for name, inner in value.items()}
    return [_without(inner, texts, spared) for inner in value] if isinstance(value, list | tuple) else value


def _without_echo(record: Record, known: Sequence[str]) -> Record:
    """A message without these secrets, as far as they are not found by chance."""
    raw = record.raw if isinstance(record.raw, str) else (record.raw or b"").decode("utf-8", "surrogateescape")
    sought = [form for secret in known if record.kind.is_error or _is_telling(secret) for form in _forms(secret)]
    if not any(form in raw for form in sought):
        return record
    return without_texts(record, KnownTexts(sought, anywhere=SHORTEST), also_in_head=False)


def _place(step: str | int) -> int:
    return step if isinstance(step, int) else -1


_forms = lru_cache(maxsize=256)(forms_of)


def _is_telling(secret: str) -> bool:
    return len(secret) >= TELLING and _WORD.fullmatch(secret) is None


_HEADERS = frozenset({"requestHeaders", "responseHeaders"})
_OURS = frozenset({"error", "advice", "event", "step", "problem"})
"""Entries of a detail that ocpptui has worded."""
_TEXTS = (TokenKind.STRING, TokenKind.KEY)
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
