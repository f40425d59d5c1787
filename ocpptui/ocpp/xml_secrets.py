"""Secrets in SOAP envelopes, and in texts that were meant as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.tokens import Steps, replaced
from ocpptui.ocpp.labelled_secrets import without_labelled_secrets
from ocpptui.ocpp.secret_fields import VALUES, longest_allowed
from ocpptui.ocpp.secret_names import (
    MASK,
    is_nearly_secret_setting,
    is_secret_name,
    is_secret_setting,
    may_name_secret,
)
from ocpptui.ocpp.soap_encoding import payload_element
from ocpptui.ocpp.url_secrets import Found, may_hold_url_secret, without_url_secrets
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.xml_elements import XmlElement, element_text, xml_elements


def mask_envelope(
    text: str, version: Version | None, found: Found, mask_text: Callable[[str, Found], str]
) -> tuple[str, tuple[str, ...]]:
    """An envelope with its secrets masked, and their paths in the payload; unchanged and () if it has none.

    `mask_text` masks what is within an element. `$` is the path of what is outside of the payload, such as the
    password of a WS-Security header.
    """
    if not may_name_secret(text) and not may_hold_url_secret(text):
        return text, ()
    payload = payload_element(text)
    edits: list[tuple[int, int, str]] = []
    paths: list[str] = []
    for element, steps, is_secret in _leaves(text, xml_elements(text), payload, None, False):
        content = element_text(text, element)
        if is_secret:
            limit = longest_allowed(version, element.name) if version is not None else None
            found(content)
            new = "*" * len(content) if limit is not None and len(content) > limit else MASK
        else:
            new = mask_text(content, found)
        if new != content:
            edits.append((element.content, element.content_end, escape(new, quote=False)))
            paths.append("$" if steps is None else json_path(steps))
    masked = replaced(text, edits)
    everywhere = without_labelled_secrets(without_url_secrets(masked, found), found)[0]
    return everywhere, tuple(dict.fromkeys(paths if everywhere == masked else [*paths, "$"]))


def mask_broken_envelope(text: str, found: Found = str) -> str:
    """A text that is not an envelope but was meant as one, with everything that may be a secret masked."""
    masked = without_labelled_secrets(without_url_secrets(text, found), found)[0]
    if not may_name_secret(masked) and (not _SIGN.search(masked) or _is_harmless(masked)):
        return masked
    parts: list[str] = []
    done = 0
    name = ""
    for tag in _TAG.finditer(masked):
        parts += _content(masked[done : tag.start()], name), tag[0]
        name, done = "" if tag[0].startswith("</") else tag["name"] or "", tag.end()
    return "".join((*parts, _content(masked[done:], name)))


def _leaves(
    text: str, elements: list[XmlElement], payload: XmlElement | None, steps: Steps | None, is_setting: bool
) -> Iterator[tuple[XmlElement, Steps | None, bool]]:
    """The elements without elements in them that are not empty, where each is in the payload, and whether its content
    is a secret as a whole. `is_setting`: they are the parts of a secret setting."""
    seen: Counter[str] = Counter()
    for element in elements:
        place = None if steps is None else (*steps, element.name)
        if place is not None and element.name in _LISTS:
            place = (*place, seen[element.name])
            seen[element.name] += 1
        if payload is not None and element.start == payload.start:
            place = ()
        if element.children:
            holds = any(
                child.name == "key" and is_secret_setting(element_text(text, child)) for child in element.children
            )
            yield from _leaves(text, element.children, payload, place, holds)
        elif element.content < element.content_end:
            yield element, place, (is_setting and element.name in VALUES) or is_secret_name(element.name)


def _is_harmless(text: str) -> bool:
    """Whether each value in the text has a legible name before it, none of which is that of a secret."""
    names = [match["name"] for match in _KEY.finditer(text)]
    return len(names) >= len(_VALUE.findall(text)) and not any(map(is_secret_setting, names))


def _content(text: str, element: str) -> str:
    """What is between two tags, without what may be a secret."""
    if element in _HEADERS or (element == "key" and _NAME.fullmatch(text)) or is_nearly_secret_setting(text):
        return text
    return _WORDS.sub(lambda word: word[0] if word[0] == _DOCUMENT_TYPE else MASK, text)


_LISTS = frozenset({"configurationKey"})
_HEADERS = frozenset({"chargeBoxIdentity", "Action", "MessageID", "RelatesTo", "To", "Address"})
"""Elements of the head, which say what the message is."""
_SIGN = re.compile("changeConfiguration|configurationKey", re.IGNORECASE)
_TAG = re.compile(r"<[/?!]?(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*[/?]?>")
_KEY = re.compile(r"<(?:[\w.-]+:)?key>\s*(?P<name>[A-Za-z][\w.\- ]{0,99})</(?:[\w.-]+:)?key>")
_VALUE = re.compile(r"<(?:[\w.-]+:)?value\b")
_NAME = re.compile(r"\s*[A-Za-z][\w.\-]{0,99}\s*")
_DOCUMENT_TYPE = "!DOCTYPE"
"""Why the text is malformed, which the masked one has to show, too."""
_WORDS = re.compile(r"(?<=<)!DOCTYPE\b|[^\s<>&\x00-\x1f\udc80-\udcff]+")
