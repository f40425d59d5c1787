"""Secrets in SOAP envelopes, and in texts that were meant as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.tokens import replaced
from ocpptui.ocpp.secret_fields import VALUES, longest_allowed
from ocpptui.ocpp.secret_names import (
    MASK,
    is_nearly_secret_setting,
    is_secret_setting,
    may_name_secret,
    without_url_secrets,
)
from ocpptui.ocpp.soap_encoding import payload_element
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.xml_elements import XmlElement, element_text

Steps = tuple[str | int, ...]


def mask_envelope(text: str, version: Version | None) -> tuple[str, tuple[str, ...]]:
    """An envelope with its secrets masked, and their paths in the payload; unchanged and () if it has none."""
    masked = text
    paths: list[str] = []
    payload = payload_element(text) if may_name_secret(text) else None
    if payload is not None:
        edits = []
        for element, steps in _secrets(text, payload, ()):
            secret = element_text(text, element)
            limit = longest_allowed(version, element.name) if version is not None else None
            new = "*" * len(secret) if limit is not None and len(secret) > limit else MASK
            edits.append((element.content, element.content_end, new))
            paths.append(json_path(steps))
        masked = replaced(text, edits)
    without_passwords = without_url_secrets(masked)
    return without_passwords, tuple(paths if without_passwords == masked else [*paths, "$"])


def mask_broken_envelope(text: str) -> str:
    """A text that is not an envelope but was meant as one, with everything that may be a secret masked."""
    masked = without_url_secrets(text)
    if not may_name_secret(masked) and (not _SIGN.search(masked) or _is_harmless(masked)):
        return masked
    parts: list[str] = []
    done = 0
    name = ""
    for tag in _TAG.finditer(masked):
        parts += _content(masked[done : tag.start()], name), tag[0]
        name, done = "" if tag[0].startswith("</") else tag["name"] or "", tag.end()
    return "".join((*parts, _content(masked[done:], name)))


def _secrets(text: str, holder: XmlElement, steps: Steps) -> Iterator[tuple[XmlElement, Steps]]:
    """The elements with the value of a secret setting, and where each is."""
    is_secret = any(child.name == "key" and is_secret_setting(element_text(text, child)) for child in holder.children)
    seen: Counter[str] = Counter()
    for child in holder.children:
        place: Steps = (*steps, child.name)
        if child.name in _LISTS:
            place = (*place, seen[child.name])
            seen[child.name] += 1
        if is_secret and child.name in VALUES:
            if element_text(text, child):
                yield child, place
        else:
            yield from _secrets(text, child, place)


def _is_harmless(text: str) -> bool:
    """Whether each value in the text has a legible name before it, none of which is that of a secret."""
    names = [match["name"] for match in _KEY.finditer(text)]
    return len(names) >= len(_VALUE.findall(text)) and not any(map(is_secret_setting, names))


def _content(text: str, element: str) -> str:
    """What is between two tags, without what may be a secret."""
    if element in _HEADERS or (element == "key" and _NAME.fullmatch(text)) or is_nearly_secret_setting(text):
        return text
    return _WORDS.sub(MASK, text)


_LISTS = frozenset({"configurationKey"})
_HEADERS = frozenset({"chargeBoxIdentity", "Action", "MessageID", "RelatesTo", "To", "Address"})
"""Elements of the head, which say what the message is."""
_SIGN = re.compile("changeConfiguration|configurationKey", re.IGNORECASE)
_TAG = re.compile(r"<[/?!]?(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*[/?]?>")
_KEY = re.compile(r"<(?:[\w.-]+:)?key>\s*(?P<name>[A-Za-z][\w.\- ]{0,99})</(?:[\w.-]+:)?key>")
_VALUE = re.compile(r"<(?:[\w.-]+:)?value\b")
_NAME = re.compile(r"\s*[A-Za-z][\w.\-]{0,99}\s*")
_WORDS = re.compile(r"[^\s<>&\x00-\x1f\udc80-\udcff]+")
