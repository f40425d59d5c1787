"""The secrets in the raw text of a message, and in any other text, masked; every other byte stays as it is.

`mask` does it for messages, those that can be read and those that cannot, and `mask_text` for all other texts that
leave the program. What is secret is decided by name in `ocpptui.ocpp.secret_names`. Texts within texts are searched in
turn, however often they are escaped. `ocpptui.ocpp.secret_values` masks JSON value by value, and
`ocpptui.ocpp.broken_secrets` a text that is not JSON.
"""

from __future__ import annotations

import json
import re
from typing import Any, overload

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.text import value_text
from ocpptui.jsontext.tokens import replaced, value_end
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.broken_secrets import mask_broken, mask_sentence, mask_tokens
from ocpptui.ocpp.harmless_texts import MOST_SHAPES, ZEROS, HarmlessTexts
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.key_codes import without_key_codes
from ocpptui.ocpp.labelled_secrets import without_credentials, without_labelled_secrets
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.secret_fields import CARRIERS, LARGE, PROFILE, VALUE_LABELS, VALUES
from ocpptui.ocpp.secret_names import (
    MASK,
    is_secret_name,
    may_hold_credentials,
    may_hold_key_code,
    may_name_secret,
    may_name_setting,
    names_secret,
    without_escapes,
)
from ocpptui.ocpp.secret_values import ValueMasking, nested_values
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
    if frame.transport is Transport.JSON and isinstance(raw, str) and may_hold_key_code(raw):
        text, codes = without_key_codes(raw, version, found)
        if codes:
            text, paths = mask(text, parse(text), version, found)
            return text, ("$",) if isinstance(frame, Malformed) else tuple(dict.fromkeys((*codes, *paths)))
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
    masking = ValueMasking(raw, version, mask_text, found, holds_setting, is_frame=True)
    for value in nested_values(raw):
        masking.look(value, in_profile=frame.action == PROFILE)
    return replaced(raw, masking.edits), tuple(dict.fromkeys(masking.paths))


def may_need_masking(frame: Message) -> bool:
    """A quick test of a message in JSON whose False is always right, in every version."""
    raw = frame.raw
    return len(raw) > VAST or _may_hold_setting(frame) or may_hold_url_secret(raw) or may_hold_credentials(raw)


def _is_bare_result(frame: Message) -> bool:
    """Whether a message is a CALLRESULT with a plain id and `{}`, as the answers to most calls are."""
    return (
        frame.kind is MessageKind.CALLRESULT
        and frame.payload == {}
        and not frame.defects
        and _PLAIN_ID.fullmatch(frame.id) is not None
    )


class SecretFreeTest:
    """Tells which messages need no masking, as `may_need_masking` does, but looks only at one of each shape."""

    def __init__(self, most_shapes: int = MOST_SHAPES) -> None:
        self._texts = HarmlessTexts(most_shapes)
        self._results = HarmlessTexts(most_shapes)  # apart, as they are tested for the settings in them, too

    def is_free(self, frame: Message) -> bool:
        """Whether a message in JSON certainly holds no secret."""
        has_no_settings = frame.action in _WITHOUT_SETTINGS
        if not has_no_settings:
            if _is_bare_result(frame):
                return True
            if frame.kind is not MessageKind.CALLRESULT or frame.defects:
                return not may_need_masking(frame)
        text = frame.raw
        if _PLAIN_ID.fullmatch(frame.id):  # what is before its end holds nothing, and differs in each message
            text = text[text.find(frame.id) + len(frame.id) :]
        shape = text.encode("utf-8", "surrogatepass").translate(ZEROS)
        if has_no_settings:
            return shape in self._texts.shapes or (len(frame.raw) <= VAST and self._texts.is_harmless(shape, text))
        if shape in self._results.shapes:
            return True
        is_free = not may_need_masking(frame)
        if is_free:
            self._results.learn(shape)
        return is_free


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
    masking = ValueMasking(text, None, mask_text, found)
    for value in nested_values(text):
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
    masking = ValueMasking(text, None, mask_text)
    for value in nested_values(text):
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
