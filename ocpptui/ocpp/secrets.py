"""The secrets in the raw text of a message, and in any other text, masked; every other byte stays as it is.

`mask` does it for messages, those that can be read and those that cannot, and `mask_text` for all other texts that
leave the program. What is secret is decided by name in `ocpptui.ocpp.secret_names`. Texts within texts are searched in
turn, however often they are escaped. A text that is not JSON is masked by `ocpptui.ocpp.broken_secrets`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from ocpptui.jsontext.path import json_path, nearest_key
from ocpptui.jsontext.text import value_text
from ocpptui.jsontext.tokens import Token, TokenKind, replaced, rewritten, tokens, value_end
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.broken_secrets import mask_broken, mask_sentence, mask_tokens, mask_words
from ocpptui.ocpp.harmless_texts import ZEROS, HarmlessTexts
from ocpptui.ocpp.json_encoding import JsonMessage
from ocpptui.ocpp.labelled_secrets import without_credentials, without_labelled_secrets
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.secret_fields import CARRIERS, LARGE, PROFILE, VALUE_LABELS, VALUES, longest_allowed, setting_fields
from ocpptui.ocpp.secret_names import (
    MASK,
    SECRET_FIELDS,
    is_nearly,
    is_nearly_secret_setting,
    is_secret_name,
    is_secret_setting,
    may_hold_credentials,
    may_name_secret,
    may_name_setting,
    names_secret,
    without_escapes,
)
from ocpptui.ocpp.url_secrets import Found, may_hold_url_secret, without_url_secrets
from ocpptui.ocpp.vast_secrets import VAST, mask_vast
from ocpptui.ocpp.version import Transport, Version


@overload
def mask(
    raw: str, frame: Message | Malformed, version: Version | None, found: Found = str
) -> tuple[str, tuple[str, ...]]: ...


@overload
def mask(
    raw: str | bytes, frame: Message | Malformed, version: Version | None, found: Found = str
) -> tuple[str | bytes, tuple[str, ...]]: ...


def mask(
    raw: str | bytes, frame: Message | Malformed, version: Version | None, found: Found = str
) -> tuple[str | bytes, tuple[str, ...]]:
    """A message with its secrets masked, and their JSON paths within the payload; unchanged and () if it has none.

    A secret text becomes `"***"` (of the same length if it is longer than its version allows) and a secret number 0, so
    that the message is as valid as before. Passwords in URLs are masked too. In a message that is not a frame, whatever
    may be a secret is masked, and in a `LARGE` one every value of a setting, both with `$` for the path; a text that
    is not a frame does not become one. `found` is called with each secret that has a name or a form. Never raises.
    """
    if type(frame) is SecretFreeMessage and frame.raw is raw:
        return raw, ()
    if len(raw) > VAST and frame.transport is Transport.JSON:
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")
        masked = mask_vast(text, frame, found)
        if masked == text:
            return raw, ()
        return masked if isinstance(raw, str) else masked.encode("utf-8", "surrogateescape"), ("$",)
    if isinstance(frame, Malformed) or isinstance(raw, bytes):
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")
        broken = _mask_broken_envelope(text, found) if frame.transport is Transport.SOAP else mask_broken(text, found)
        if broken == text:
            return raw, ()
        return broken if isinstance(raw, str) else broken.encode("utf-8", "surrogateescape"), ("$",)
    if frame.transport is Transport.SOAP:
        from ocpptui.ocpp.xml_secrets import mask_envelope  # sessions of OCPP-J do not need it

        return mask_envelope(raw, version, found, mask_text)
    holds_setting = _may_hold_setting(frame)
    if not holds_setting and not may_hold_url_secret(raw) and not may_hold_credentials(raw):
        return raw, ()
    if len(raw) > LARGE:
        masked = _mask_large(raw) if holds_setting else raw
        masked = without_url_secrets(masked, found)
        return masked, () if masked == raw else ("$",)
    masking = _Masking(raw, version, found, holds_setting, is_frame=True)
    for value in _read(raw):
        masking.look(value, in_profile=frame.action == PROFILE)
    return replaced(raw, masking.edits), tuple(dict.fromkeys(masking.paths))


class SecretFreeMessage(JsonMessage):
    """A message of which `may_need_masking` has said that it holds none, so that its text is not searched again."""

    __slots__ = ()


def may_need_masking(frame: Message) -> bool:
    """A quick test of a message in JSON whose False is always right, in every version."""
    raw = frame.raw
    return len(raw) > VAST or _may_hold_setting(frame) or may_hold_url_secret(raw) or may_hold_credentials(raw)


class SecretFreeTest:
    """Tells which messages need no masking, as `may_need_masking` does, but looks only at one of each shape."""

    def __init__(self) -> None:
        self._texts = HarmlessTexts()

    def is_free(self, frame: Message) -> bool:
        """Whether a message in JSON certainly holds no secret."""
        if frame.action not in _WITHOUT_SETTINGS:
            return not may_need_masking(frame)
        text = frame.raw
        if _PLAIN_ID.fullmatch(frame.id):  # what is before its end holds nothing, and differs in each message
            text = text[text.find(frame.id) + len(frame.id) :]
        shape = text.encode("utf-8", "surrogatepass").translate(ZEROS)
        return shape in self._texts.shapes or (len(frame.raw) <= VAST and self._texts.is_harmless(shape, text))


_PLAIN_ID = re.compile(r"[0-9a-fA-F-]+")


def mask_text(text: str, found: Found = str) -> str:
    """Any text with its secrets masked: a sentence, headers, a URL, a message within a message. Never raises.

    It is for foreign texts that are not a message; in a sentence about a password, every unusual word may be one.
    """
    masked = mask_own_text(text, found)
    if not may_name_setting(masked) or _is_json(text):
        return masked
    if "{" in masked or "[" in masked:
        return mask_tokens(masked, found) if may_name_setting(without_labelled_secrets(masked)[1]) else masked
    return mask_sentence(masked, found)


def mask_own_text(text: str, found: Found = str) -> str:
    """A text that ocpptui has worded, with the secrets in it masked: those in URLs, in JSON and after their names.

    Everything that leaves the program and is not a message goes through this. Where it names a setting that is secret,
    what it says the value is counts as the secret.
    """
    if not (may_name_secret(text) or may_hold_url_secret(text) or may_hold_credentials(text)):
        return text
    if _is_json(text):
        return _mask_json(text, found)
    text = _with_masked_quotations(text, found)
    names = VALUE_LABELS if may_name_secret(text) else frozenset[str]()
    labelled = without_labelled_secrets(without_url_secrets(text, found), found, names)[0]
    return without_credentials(labelled, found)


def _mask_json(text: str, found: Found) -> str:
    masking = _Masking(text, None, found)
    for value in _read(text):
        masking.look(value)
    return replaced(text, masking.edits)


def _with_masked_quotations(text: str, found: Found) -> str:
    """A sentence with the secrets in the JSON that it quotes masked."""
    edits: list[tuple[int, int, str]] = []
    place = 0
    for _ in range(MOST_QUOTATIONS):
        opening = _BRACKET.search(text, place)
        if opening is None:
            break
        end = value_end(text, opening.start())
        place = opening.end() if end is None else end
        if end is not None and end - opening.start() <= LARGE:
            edits.append((opening.start(), end, _mask_json(text[opening.start() : end], found)))
    return replaced(text, edits)


MOST_QUOTATIONS = 20
"""Brackets in a sentence that are tried as the beginning of JSON; trying each would take long."""
_BRACKET = re.compile(r"[\[{]")


def _is_json(text: str) -> bool:
    """Whether a text is an array, an object or a string of JSON that can be searched value by value."""
    if len(text) > LARGE or text.lstrip()[:1] not in _OPENINGS:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _mask_broken_envelope(text: str, found: Found) -> str:
    from ocpptui.ocpp.xml_secrets import mask_broken_envelope

    return mask_broken_envelope(text, found)


def secret_paths(action: str, payload: Any) -> frozenset[str]:
    """The JSON paths of the secrets in a payload; `$` means the whole of one that is too large to search."""
    try:
        text = value_text(payload)
    except (RecursionError, TypeError, ValueError):
        return frozenset({"$"})
    if not (names_secret(text) or may_hold_url_secret(text) or action in CARRIERS):
        return frozenset()
    if len(text) > LARGE:
        return frozenset({"$"})
    masking = _Masking(text, None)
    for value in _read(text):
        masking.look(value, in_profile=action == PROFILE)
    return frozenset(json_path(steps) for steps in masking.steps)


def _may_hold_setting(frame: Message) -> bool:
    """A cheap test whose False is always right; almost every frame needs nothing else."""
    if frame.kind is MessageKind.CALL or frame.kind is MessageKind.SEND:
        if frame.action in _WITHOUT_SETTINGS:
            return names_secret(frame.raw)
        if frame.action == PROFILE:
            return True
    elif (
        frame.kind is MessageKind.CALLRESULT
        and not frame.defects
        and type(frame.payload) is dict
        and _FREQUENT_RESULTS.issuperset(frame.payload)
        and "=" not in frame.raw
    ):
        return False
    return may_name_secret(frame.raw) or "connectiondata" in frame.raw.lower()


_WITHOUT_SETTINGS = frozenset(action.name for version in Version for action in actions(version)) - CARRIERS
"""Actions in which no setting of OCPP can be; what a vendor adds to them may hold a secret all the same."""
_FREQUENT_RESULTS = frozenset({"status", "currentTime", "interval", "idTagInfo", "idTokenInfo", "transactionId"})
"""Fields of the most frequent answers, none of which can hold a secret."""
_OPENINGS = ("[", "{", '"')


# -- value by value -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Value:
    """A value in a text, with what is in it."""

    token: Token
    """The scalar, or the bracket that opens it."""
    end: int
    members: list[tuple[Token | None, _Value]] = field(default_factory=list)
    """The pairs of an object, including repeated keys; the items of an array, without a key."""

    @property
    def is_object(self) -> bool:
        return self.token.value == "{" and self.token.kind is TokenKind.OPEN

    @property
    def is_array(self) -> bool:
        return self.token.value == "[" and self.token.kind is TokenKind.OPEN


def _read(text: str) -> list[_Value]:
    """The values of a JSON text; a valid text has one at the top."""
    top: list[_Value] = []
    opened: list[_Value] = []
    key: Token | None = None
    for token in tokens(text):
        if token.kind is TokenKind.CLOSE:
            opened.pop().end = token.end
        elif token.kind is TokenKind.KEY:
            key = token
        else:
            value = _Value(token, token.end)
            if not opened:
                top.append(value)
            else:
                opened[-1].members.append((key if opened[-1].is_object else None, value))
            if token.kind is TokenKind.OPEN:
                opened.append(value)
    return top


class _Masking:
    """The secrets of a text, as they are found."""

    def __init__(
        self,
        text: str,
        version: Version | None,
        found: Found = str,
        has_settings: bool = True,
        *,
        is_frame: bool = False,
    ) -> None:
        self.edits: list[tuple[int, int, str]] = []
        self.steps: list[tuple[str | int, ...]] = []
        self._text = text
        self._version = version
        self._found = found
        self._has_settings = has_settings
        self._is_frame = is_frame

    @property
    def paths(self) -> Sequence[str]:
        """Their paths within the payload of a frame."""
        return [json_path(steps[1:]) for steps in self.steps]

    def look(self, value: _Value, *, in_profile: bool = False) -> None:
        """Look for secrets in a value that is not one itself."""
        if len(value.token.path) >= DEEPEST:
            self._hide(value)
        elif value.is_object and self._has_settings:
            if self._has_secret_setting(value) and not (
                in_profile and not any(self._is(key, VALUES) for key, _ in value.members)
            ):
                self._hide_settings(value)
                return
            for key, member in value.members:
                if self._is_secret(key, in_profile):
                    self._hide(member)
                else:
                    inside = in_profile or (key is not None and key.value.casefold() == "connectiondata")
                    self._look_at(key, member, inside)
        elif value.members:
            if self._has_settings and self._is_list_with_setting(value):
                for _, member in value.members:
                    if not self._says(is_secret_setting, member.token):
                        self._hide(member)
                return
            has_name = False
            for _, member in value.members:
                if has_name and member.token.kind is TokenKind.STRING:
                    self._hide(member)  # beside the setting whose value it may be
                else:
                    self.look(member, in_profile=in_profile)
                    has_name = has_name or (self._has_settings and self._has_secret_setting(member))
        elif value.token.kind is TokenKind.STRING:
            self._look_into(value)

    def _look_at(self, key: Token | None, member: _Value, in_profile: bool) -> None:
        if member.is_array and self._is(key, _NAME_LISTS):  # the names that GetConfiguration asks for
            for _, name in member.members:
                if not self._says(is_secret_setting, name.token):
                    self.look(name, in_profile=in_profile)
        else:
            self.look(member, in_profile=in_profile)

    def _is_secret(self, key: Token | None, in_profile: bool) -> bool:
        if self._is(key, _PROFILE_SECRETS if in_profile else SECRET_FIELDS):
            return True
        return key is not None and any(map(is_secret_name, self._both(key)))

    def _is_list_with_setting(self, value: _Value) -> bool:
        """Whether an array has the name of a secret setting among its items, which a frame and a list of names have
        not."""
        if self._is_frame and not value.token.path:
            return False
        return value.is_array and any(self._says(is_secret_setting, item.token) for _, item in value.members)

    def _hide_settings(self, holder: _Value) -> None:
        """Hide every value in an object that names a secret setting, but for what the schemas know to be none."""
        for key, member in holder.members:
            if len(member.token.path) >= DEEPEST:
                self._hide(member)
            elif self._names_setting(key, member):
                for name in (member, *(item for _, item in member.members if member.is_array)):
                    if name.is_object:
                        self._hide_settings(name)
            elif self._is(key, VALUES) or not (member.members or (key is not None and key.value in setting_fields())):
                self._hide(member)
            else:
                self._hide_settings(member)
                if member.token.kind is TokenKind.STRING:
                    self._look_into(member)

    def _hide(self, value: _Value) -> None:
        token = value.token
        if token.kind is TokenKind.OPEN:
            if value.members:  # of the same type as before, so that the violations stay
                self._edit(value, f'["{MASK}"]' if value.is_array else f'{{"{MASK}":"{MASK}"}}')
                self._find(value)
        elif token.kind is TokenKind.NUMBER:
            self._find(value)
            self._edit(value, "0" if token.value.lstrip("-").isdigit() else "0.5")
        elif token.kind is TokenKind.STRING and token.value:
            limit = longest_allowed(self._version, nearest_key(token.path)) if self._version is not None else None
            too_long = limit is not None and len(token.value) > limit
            self._find(value)
            self._edit(value, f'"{"*" * len(token.value) if too_long else MASK}"')

    def _find(self, value: _Value) -> None:
        within = [value]
        while within:
            one = within.pop()
            if one.token.kind is not TokenKind.OPEN:
                self._found(one.token.value)
            within += (member for _, member in one.members)

    def _look_into(self, value: _Value) -> None:
        """Look for secrets in the text of a string: a message within the message, a sentence, a URL."""
        token, text = value.token, value.token.value
        written = self._text[token.start : token.end]
        if self._has_settings and may_name_secret(written) and self._says(is_nearly_secret_setting, token):
            masked = text
        elif self._has_settings and may_name_secret(written) and not may_name_secret(text):
            masked = mask_words(text)  # an escape is damaged
        else:
            try:
                masked = mask_text(text, self._found)
            except RecursionError:  # there are texts in texts in deep values
                masked = MASK
        if masked != text:
            self._edit(value, rewritten(written, masked, token.kind))

    def _has_secret_setting(self, value: _Value) -> bool:
        return value.is_object and any(self._names_secret(key, member) for key, member in value.members)

    def _names_secret(self, key: Token | None, member: _Value) -> bool:
        """Whether a pair of an object shows that the object contains a secret setting: `"key": "AuthorizationKey"`, for
        example, or `"variable": {"name": "BasicAuthPassword"}`."""
        if self._names_setting(key, member):
            return any(self._says(is_secret_setting, one.token) for one in _within(member, 3))
        return member.is_object and any(
            not inner.members and self._names_setting(name, inner) and self._says(is_secret_setting, inner.token)
            for name, inner in member.members
        )

    def _names_setting(self, key: Token | None, member: _Value) -> bool:
        """Whether the value of this key is the name of a setting."""
        if self._is(key, _NAMING):
            return True
        is_text = member.token.kind is TokenKind.STRING
        return is_text and key is not None and _LIKE_NAMING.fullmatch(key.value) is not None

    def _says(self, is_name: Callable[[str], bool], token: Token) -> bool:
        """Whether a string is such a name, decoded or as it is written, since an escape may be the damage."""
        return token.kind is TokenKind.STRING and any(map(is_name, self._both(token)))

    def _is(self, key: Token | None, fields: frozenset[str]) -> bool:
        """Whether a key is nearly one of these, decoded or as it is written."""
        return key is not None and any(is_nearly(name, fields) for name in self._both(key))

    def _both(self, token: Token) -> tuple[str, ...]:
        written = self._text[token.start + 1 : token.end - 1]
        if written == token.value:
            return (written,)
        return token.value, written, without_escapes(token.value)

    def _edit(self, value: _Value, new: str) -> None:
        self.edits.append((value.token.start, value.end, new))
        self.steps.append(value.token.path)


DEEPEST = 80
"""Levels from which a value in a text that may hold a secret counts as one, because a search would not end."""


def _within(value: _Value, levels: int) -> Iterator[_Value]:
    """A value and those within it, so many levels deep."""
    yield value
    if levels:
        for _, member in value.members:
            yield from _within(member, levels - 1)


_NAMING = frozenset({"key", "name", "variable"})
"""Keys whose value is the name of a setting."""
_LIKE_NAMING = re.compile(
    r"(?:config(?:uration)?|setting|param(?:eter)?|option|variable)_?(?:key|name)?", re.IGNORECASE
)
"""Keys that those who do not know OCPP use for it."""
_NAME_LISTS = frozenset({"key", "unknownKey"})
"""Keys whose value is a list of such names."""
_PROFILE_SECRETS = SECRET_FIELDS | {"key"}


# -- large messages -----------------------------------------------------------------------------------------------


def _mask_large(raw: str) -> str:
    has_profile = PROFILE in raw or "connectiondata" in raw.lower()

    def masked(pair: re.Match[str]) -> str:
        name = without_escapes(pair["name"])
        if name not in VALUES and not is_secret_name(name) and not (has_profile and name.lower() == "key"):
            return pair[0]
        return pair["label"] + (f'"{MASK}"' if pair["text"] else "0")

    return _PAIR.sub(masked, raw)


_PAIR = re.compile(
    r'(?P<label>"(?P<name>(?:[^"\\]|\\.){1,100}+)"\s*+:\s*+)(?:(?P<text>"(?:[^"\\]|\\.)++")|-?[0-9][0-9.eE+-]*+)',
    re.DOTALL,
)
