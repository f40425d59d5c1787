"""The secrets in a JSON text, value by value: by the name of a field, beside the name of a setting, within strings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ocpptui.jsontext.path import json_path, nearest_key
from ocpptui.jsontext.tokens import Token, TokenKind, rewritten, tokens
from ocpptui.ocpp.broken_secrets import mask_words
from ocpptui.ocpp.header_credentials import secrets_within
from ocpptui.ocpp.secret_fields import VALUES, longest_allowed, setting_fields
from ocpptui.ocpp.secret_names import (
    MASK,
    SECRET_FIELDS,
    is_nearly,
    is_nearly_secret_setting,
    is_secret_name,
    is_secret_setting,
    may_name_secret,
    without_escapes,
)
from ocpptui.ocpp.url_secrets import Found
from ocpptui.ocpp.version import Version


@dataclass(slots=True)
class NestedValue:
    """A value in a text, with what is in it."""

    token: Token
    """The scalar, or the bracket that opens it."""
    end: int
    members: list[tuple[Token | None, NestedValue]] = field(default_factory=list)
    """The pairs of an object, including repeated keys; the items of an array, without a key."""

    @property
    def is_object(self) -> bool:
        return self.token.value == "{" and self.token.kind is TokenKind.OPEN

    @property
    def is_array(self) -> bool:
        return self.token.value == "[" and self.token.kind is TokenKind.OPEN


def nested_values(text: str) -> list[NestedValue]:
    """The values of a JSON text; a valid text has one at the top."""
    top: list[NestedValue] = []
    opened: list[NestedValue] = []
    key: Token | None = None
    for token in tokens(text):
        if token.kind is TokenKind.CLOSE:
            opened.pop().end = token.end
        elif token.kind is TokenKind.KEY:
            key = token
        else:
            value = NestedValue(token, token.end)
            if not opened:
                top.append(value)
            else:
                opened[-1].members.append((key if opened[-1].is_object else None, value))
            if token.kind is TokenKind.OPEN:
                opened.append(value)
    return top


class ValueMasking:
    """The secrets of a text, as they are found."""

    def __init__(
        self,
        text: str,
        version: Version | None,
        mask_inner: Callable[[str, Found], str],
        found: Found = str,
        has_settings: bool = True,
        *,
        is_frame: bool = False,
    ) -> None:
        """`mask_inner` masks a text within the text; `found` is called with each secret."""
        self.edits: list[tuple[int, int, str]] = []
        self.steps: list[tuple[str | int, ...]] = []
        self._text = text
        self._version = version
        self._mask_inner = mask_inner
        self._found = found
        self._has_settings = has_settings
        self._is_frame = is_frame

    @property
    def paths(self) -> Sequence[str]:
        """Their paths within the payload of a frame."""
        return [json_path(steps[1:]) for steps in self.steps]

    def look(self, value: NestedValue, *, in_profile: bool = False) -> None:
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

    def _look_at(self, key: Token | None, member: NestedValue, in_profile: bool) -> None:
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

    def _is_list_with_setting(self, value: NestedValue) -> bool:
        """Whether an array has the name of a secret setting among its items, which a frame and a list of names have
        not."""
        if self._is_frame and not value.token.path:
            return False
        return value.is_array and any(self._says(is_secret_setting, item.token) for _, item in value.members)

    def _hide_settings(self, holder: NestedValue) -> None:
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

    def _hide(self, value: NestedValue) -> None:
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

    def _find(self, value: NestedValue) -> None:
        within = [value]
        while within:
            one = within.pop()
            if one.token.kind is not TokenKind.OPEN:
                for secret in secrets_within(nearest_key(one.token.path), one.token.value):
                    self._found(secret)
            within += (member for _, member in one.members)

    def _look_into(self, value: NestedValue) -> None:
        """Look for secrets in the text of a string: a message within the message, a sentence, a URL."""
        token, text = value.token, value.token.value
        written = self._text[token.start : token.end]
        if self._has_settings and may_name_secret(written) and self._says(is_nearly_secret_setting, token):
            masked = text
        elif self._has_settings and may_name_secret(written) and not may_name_secret(text):
            masked = mask_words(text)  # an escape is damaged
        else:
            try:
                masked = self._mask_inner(text, self._found)
            except RecursionError:  # there are texts in texts in deep values
                masked = MASK
        if masked != text:
            self._edit(value, rewritten(written, masked, token.kind))

    def _has_secret_setting(self, value: NestedValue) -> bool:
        return value.is_object and any(self._names_secret(key, member) for key, member in value.members)

    def _names_secret(self, key: Token | None, member: NestedValue) -> bool:
        """Whether a pair of an object shows that the object contains a secret setting: `"key": "AuthorizationKey"`, for
        example, or `"variable": {"name": "BasicAuthPassword"}`."""
        if self._names_setting(key, member):
            return any(self._says(is_secret_setting, one.token) for one in _within(member, 3))
        return member.is_object and any(
            not inner.members and self._names_setting(name, inner) and self._says(is_secret_setting, inner.token)
            for name, inner in member.members
        )

    def _names_setting(self, key: Token | None, member: NestedValue) -> bool:
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

    def _edit(self, value: NestedValue, new: str) -> None:
        self.edits.append((value.token.start, value.end, new))
        self.steps.append(value.token.path)


DEEPEST = 80
"""Levels from which a value in a text that may hold a secret counts as one, because a search would not end."""


def _within(value: NestedValue, levels: int) -> Iterator[NestedValue]:
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
