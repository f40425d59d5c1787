"""Secrets in texts that are not JSON: messages that are truncated, damaged or in another notation, and sentences.

If such a text may contain a secret, everything in it is masked except what is known to be something else: the names of
fields, actions and settings, and the message id. The defects of the text remain.
"""

from __future__ import annotations

import re

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.text import LITERAL_NAMES
from ocpptui.jsontext.tokens import Token, TokenKind, is_closed, replaced, tokens
from ocpptui.ocpp.actions import versions_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.labelled_secrets import without_credentials, without_labelled_secrets
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secret_fields import CARRIERS, LARGE, PROFILE, VALUE_LABELS, VALUES, profile_fields, setting_fields
from ocpptui.ocpp.secret_names import (
    MASK,
    SECRET_FIELDS,
    is_nearly_secret_setting,
    is_secret_name,
    may_name_setting,
    names_secret,
)
from ocpptui.ocpp.url_secrets import Found, without_cut_password, without_url_secrets


def mask_broken(text: str, found: Found = str) -> str:
    """A text that is not a frame, with its secrets masked; unchanged if it has none.

    More is masked than the secrets; `found` is called with what has the name of one. Bytes that are not UTF-8 are lone
    surrogates in it, as `surrogateescape` writes them.
    """
    if "\0" in text:  # UTF-16, most likely
        plain = text.replace("\0", "")
        return _without_words(text) if mask_broken(plain) != plain else text
    masked = without_cut_password(without_credentials(without_url_secrets(text, found), found))
    if not _may_hold_secret(masked):
        return without_labelled_secrets(masked, also=VALUE_LABELS)[0] if _ends_without_name(masked) else masked
    if not _LIKE_JSON.search(masked) or _HTTP_HEAD.match(masked):
        return mask_sentence(masked, found)
    careful = mask_tokens(masked, found)
    is_still_wrong = _BYTES.search(careful) is not None or not isinstance(parse(careful), Message)
    return careful if is_still_wrong else _without_words(masked)


def mask_sentence(text: str, found: Found = str) -> str:
    """A text in words, or the head of an HTTP message, with its secrets masked."""
    masked, rest = without_labelled_secrets(text, found)
    return mask_words(masked) if may_name_setting(rest) else masked


def mask_words(text: str) -> str:
    """A sentence that names a secret, with what may be the secret masked: ordinary words stay unless `=` or `:`
    precedes them.
    """
    return _WORD.sub(lambda match: match[0] if _is_ordinary(match) else f"{match['sign'] or ''}{MASK}", text)


def _may_hold_secret(text: str) -> bool:
    plain = text.replace("\0", "")
    if may_name_setting(plain):
        return True
    lower = plain.lower()
    if names_secret(plain) and (
        any(name in lower for name in VALUE_LABELS) or without_labelled_secrets(plain)[0] != plain
    ):
        return True
    if not any(name in lower for name in SIGNS_OF_SETTINGS):
        return False
    return len(text) > LARGE or PROFILE.lower() in lower or "connectiondata" in lower or not _is_harmless(text)


SIGNS_OF_SETTINGS = tuple(
    name.lower()
    for name in sorted((CARRIERS - {"GetConfiguration", "GetVariables", "DataTransfer"})
                       | {"configurationKey", "getVariableResult", "setVariableData", "reportData", "eventData",
                          "connectionData"})
)  # fmt: skip
"""One of these is in every message that can contain a secret, wherever it is truncated, even if one character in the
name of the secret is wrong."""


def _is_harmless(text: str) -> bool:
    """Whether each value of a setting in the text has the name of the setting beside it, without anything unusual."""
    fields = setting_fields() | VALUES | {"key"}
    named: set[tuple[str | int, ...]] = set()
    values = []
    for token in tokens(text):
        steps = token.path
        last = next((step for step in reversed(steps) if isinstance(step, str)), "")
        if token.kind is TokenKind.KEY and token.value not in fields:
            return False
        if token.kind is TokenKind.WORD and token.value not in LITERAL_NAMES.values():
            return False
        if token.kind is TokenKind.STRING and last in ("key", "name"):
            if not _is_legible(text, token):
                return False
            if last == "key":
                named.add(steps[:-1])
            elif steps[-2:-1] == ("variable",):
                named.add(steps[:-2])
        elif token.kind in (TokenKind.STRING, TokenKind.NUMBER) and last in VALUES:
            values.append(steps)
    return all(any(steps[:length] in named for length in range(len(steps))) for steps in values)


def _is_legible(text: str, name: Token) -> bool:
    """Whether a string is a name, complete and followed by what may follow a value; else it may be a secret."""
    written = text[name.start : name.end]
    return is_closed(written) and _NAME.fullmatch(name.value) is not None and _END.match(text, name.end) is not None


def mask_tokens(text: str, found: Found = str) -> str:
    """A text that names a secret, with everything that may be the secret masked; `found` as in `mask_broken`."""
    if len(text) > LARGE or "\0" in text:
        return _without_words(text)
    has_profile = "vpn" in text.lower()
    head = HEAD.match(text)
    start = head.end() if head is not None else 0
    edits = []
    for token in tokens(text):
        new = _masked_token(text, token, has_profile)
        if token.start >= start and new != text[token.start : token.end]:
            edits.append((token.start, token.end, new))
            if token.kind is TokenKind.STRING and _is_labelled(token):
                found(token.value)
    return replaced(text, edits)


def _is_labelled(token: Token) -> bool:
    """Whether a string is the value of a setting, which is a secret one in a text that names one, or of a secret."""
    key = nearest_key(token.path)
    return key in VALUES or is_secret_name(key)


def _masked_token(text: str, token: Token, has_profile: bool) -> str:
    written, value = text[token.start : token.end], token.value
    match token.kind:
        case TokenKind.OPEN | TokenKind.CLOSE:
            return written
        case TokenKind.NUMBER:
            return "0"
        case TokenKind.WORD:
            return written if value in LITERAL_NAMES.values() or _is_known(value) else _without_words(written)
        case TokenKind.KEY:
            return written if _is_known(value) else _masked_string(written)
    label = _LABEL.search(text, max(0, token.start - LONGEST_LABEL), token.start)
    is_name = label is not None and (label[1] == "name" or not has_profile)
    if _is_known(value) or (is_name and _is_legible(text, token)):
        return written
    return _masked_string(written)


def _masked_string(written: str) -> str:
    """A string or key in its quotation marks, which may be missing; its defects remain."""
    quote = written[0] if written[0] in _QUOTES else ""
    inner = written[len(quote) :]
    end = quote if quote and len(written) > 1 and is_closed(written) else ""
    return quote + _BYTES.sub("\udcff", _RIGHT.sub(MASK, inner[: len(inner) - len(end)])) + end


def _is_known(word: str) -> bool:
    """Whether a word is the name of a field, an action or a secret setting, and therefore not the secret."""
    return (
        word in VALUES
        or word in SECRET_FIELDS
        or word in setting_fields()
        or word in profile_fields()
        or word in ("key", "messageId", "data")
        or is_nearly_secret_setting(word)
        or bool(versions_of(word))
    )


def _without_words(text: str) -> str:
    """A text reduced to the head of the frame and the punctuation."""
    head = HEAD.match(text)
    start = head.end() if head is not None else 0
    return text[:start] + _BYTES.sub("\udcff", _WORDS.sub(MASK, text[start:]))


def _is_ordinary(match: re.Match[str]) -> bool:
    word = match["word"]
    if is_nearly_secret_setting(word.strip("'\"`,;.")):
        return True
    return _ORDINARY.fullmatch(word) is not None and not match["sign"]


def _ends_without_name(text: str) -> bool:
    """Whether a text ends in an object with a value, before the name of its setting or within it."""
    lower = text.lower()
    place = max(lower.rfind(name) for name in VALUE_LABELS)
    if place < 0 or "}" in text[place:] or "sampledvalue" in lower:
        return False
    return _WHOLE_NAME.search(text, text.rfind("{", 0, place) + 1) is None


_WHOLE_NAME = re.compile(r"(?:key|name|variable)\\*[\"'`][ \t]*:[ \t]*\\*[\"'`][^\"'`]*[\"'`]", re.IGNORECASE)
_LIKE_JSON = re.compile(r"[{}\[\]\"'`]")
_HTTP_HEAD = re.compile(r"\s*(?:[A-Z]{3,10} \S+ HTTP/[0-9.]+\r?\n|HTTP/[0-9.]+ [0-9]{3}\b)")
HEAD = re.compile(r'\s*\[\s*[0-9]{1,3}\b(?:\s*,\s*(?:(["\'])[\w.:-]{0,64}\1|[0-9]{1,36}))?')
"""The message type, and the message id if it is legible."""
_LABEL = re.compile(r'"(name|key)"[ \t\r\n]*:[ \t\r\n]*\Z')
LONGEST_LABEL = 20
_QUOTES = "\"'`"
_NAME = re.compile(r"[A-Za-z][\w.\- ]{0,99}")
_END = re.compile(r"[ \t\r\n]*(?:[,}\]]|\Z)")
_RIGHT = re.compile(r'(?:[^\\\x00-\x1f\udc80-\udcff]|\\["\\/bfnrt\']|\\u[0-9a-fA-F]{4})+')
"""What may be in a string of JSON."""
_BYTES = re.compile("[\udc80-\udcff]+")
_WORDS = re.compile(r"[^\s\[\]{}:,\"'`\\<>=\x00-\x1f\udc80-\udcff]+")
_WORD = re.compile(r"(?P<sign>[=:]\s*+)?(?P<word>[^\s=:]++)")
_ORDINARY = re.compile(r"[A-Za-z]?[a-z]{0,14}(?:-[a-z]{1,14})*[.,;!?)]?")
