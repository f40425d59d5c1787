"""SOAP envelopes anywhere in a text: where one begins and ends, in plain XML or escaped, on one line or on many.

Sources: XML 1.0 section 2.4 (entities), RFC 8259 section 7 (escapes of JSON).
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

from ocpptui.importing.texts.multiline_frame import MOST_LINES, MOST_TEXT, NotContinued
from ocpptui.importing.times.timestamps import best_moment
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily

DEEPEST = 4
"""How many levels of escapes are undone."""
MOST_BEFORE = 80
"""How many characters before an envelope may have the bracket that it is in."""
_LESS = r"(?:(?P<plain><)|(?P<entity>&(?:amp;)*+(?:lt|\#60|\#x3[cC]);)|(?P<unicode>(?<!\\)\\++u003[cC]))"
_TAGS = lazily(
    r"(?>(?P<declaration>(?:<|&(?:amp;)*+lt;|(?<!\\)\\++u003[cC])\?xml\b[^<>&]{0,200}?\?(?:>|&(?:amp;)*+gt;|\\++u003[eE])"
    r"\s{0,80}+(?>(?:\\{1,9}+[nrt]\s{0,80}+){0,4}))?)"
    + _LESS
    + r"(?:(?P<close>\\{0,9}+/)(?:[\w.-]{1,60}:)?Envelope\s{0,80}+(?:>|&(?:amp;)*+(?:gt|\#62|\#x3[eE]);|\\++u003[eE])"
    r"|(?:[\w.-]{1,60}:)?Envelope(?=[\s>&\\]|$))"
)
"""The beginning of an envelope, with its declaration, or its end."""
_DECLARATION = lazily(r"<\?xml\b[^<>]{0,200}\?>\s{0,9}(?:\[\\r\])?(?:\[\\n\])?[\"']?\s{0,9}$")
"""An XML declaration at the end of a line, which an envelope may follow."""
_BEGINS = lazily(r"\s*+(?:<!--[^<>]*+-->\s*+)?<(?:[\w.-]{1,60}:)?Envelope(?=[\s>]|$)")
_SIGN = lazily(r"soap|urn:/{0,2}ocpp", re.IGNORECASE)
"""What tells a truncated envelope from another element of this name."""
_ESCAPED = lazily(r"=\s{0,9}\\{1,20}+(?:[\"']|x22|u0022)|>\s{0,9}\\{1,20}+(?:[nrt]|x0[9aAdD])|<\\{1,20}+/")
_ESCAPE = lazily(r"\\(?:u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<other>.))", re.DOTALL)
_ENTITY = lazily(r"&(?:amp;)*+(?:lt|\#60|\#x3c);", re.IGNORECASE)
_DOUBLED = lazily(r"=\s{0,9}\"\"(?=[^\s>/\"])")
_QUOTE = lazily(r"(?<!\\)\"")
_ANY_TAG = lazily(r"<(?P<closing>/?)(?P<name>[A-Za-z_][\w.:-]{0,120})(?:[^<>]*+(?P<empty>(?<=/))?>)?")
_QUOTES = "\"'`"
_PAIRS = (("CDATA[", "]]>"), ('"', '"'), ("'", "'"), ("`", "`"), ("<<", ">>"), ("[", "]"), ("(", ")"), ("{", "}"))
_RULE_BEHIND = lazily(r"(?<![-=*_#~])([-=*_#~])\1{7,}+\Z")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_TAG = lazily(r"<[/?!A-Za-z_]|&(?:amp;)*+lt;|(?<!\\)\\++u003[cC]")
_RULE = lazily(r"\s*+(?:([-=*_#~])\1{5}|\.\.\.\s{0,9}\(?(?:message )?truncated)", re.IGNORECASE)
_WIRE = lazily(r"(?:>>|<<)\s{0,9}\"$")
"""Before the text of a line in the wire log of Apache HttpClient, which is in quotes."""
_HTTP = lazily(r"[A-Z]{3,10} \S{1,2000} HTTP/1|HTTP/1\.\d \d{3}")
_CHUNK_SIZE = lazily(r"[0-9a-fA-F]{1,8}\[\\r\]\[\\n\]$")
_FRAME = lazily(r"\[\s{0,9}[2-6]\s{0,9},\s{0,9}\"")
_JOINED = lazily(r"(?P<quote>['\"`])\s{0,9}\+\s{0,9}$")
"""The end of a line of a text that Node.js prints in several pieces."""


class Spotted(NamedTuple):
    """An envelope in a line."""

    start: int
    end: int
    """The position after it."""
    may_go_on: bool
    """Whether it has no end and is the last in its line."""
    raw: str


def envelopes_in(line: str) -> list[Spotted]:
    """The envelopes in a line, in time that is linear in its length."""
    found: list[Spotted] = []
    start, notation = -1, ""
    for match in _TAGS.finditer(line):
        this = "plain" if match["plain"] else "entity" if match["entity"] else "unicode"
        if start >= 0 and this != notation:
            continue  # an envelope within the payload of another
        if match["close"]:
            if start >= 0:
                found.append(Spotted(start, match.end(), False, decoded(line[start : match.end()])))
                start = -1
            continue
        if start >= 0:
            found += _cut(line, start, match.start(), may_go_on=False)
        start, notation = match.start(), this
    if start >= 0:
        found += _cut(line, start, len(line), may_go_on=True)
    return found


def declaration_in(line: str) -> int | None:
    """Where an XML declaration starts that ends a line; None if there is none."""
    match = _DECLARATION.search(line, max(0, len(line) - 300))
    return None if match is None else match.start()


def decoded(raw: str) -> str:
    """The text of an envelope without the escapes of the entities, the JSON or the CSV around it."""
    for _ in range(DEEPEST):
        if _ENTITY.match(raw):
            raw = unescape(raw)
        elif raw.startswith("\\") or _ESCAPED.search(raw):
            raw = _ESCAPE.sub(_unescaped, raw).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        elif _DOUBLED.search(raw):
            raw = raw.replace('""', '"')
        else:
            break
    return raw


def _cut(line: str, start: int, end: int, *, may_go_on: bool) -> list[Spotted]:
    """An envelope without an end."""
    if may_go_on and _WIRE.search(line[max(0, start - 40) : start]):
        return [Spotted(start, end, True, "")]
    text = without_surroundings(line[max(0, start - MOST_BEFORE) : start], line[start:end])
    may_go_on = may_go_on and len(text) == len(line[start:end].rstrip())
    if not may_go_on and not _SIGN.search(text):
        return []
    return [Spotted(start, start + len(text), may_go_on, decoded(text))]


def without_surroundings(before: str, text: str) -> str:
    """The text of an envelope that was cut off, without what ends the text around it: quotes, brackets, a rule, or the
    tag of an element that began before it. `before` is the text directly before it."""
    if text.startswith("<"):
        opened: Counter[str] = Counter()
        for tag in _ANY_TAG.finditer(text):
            if tag["closing"] and not opened[tag["name"]] and not _is_cut(tag[0], tag["name"], opened):
                text = text[: tag.start()]
                break
            opened[tag["name"]] += -1 if tag["closing"] else not tag["empty"]
    elif (end := text.find("<")) >= 0:
        text = text[:end]
    text = _RULE_BEHIND.sub("", text.rstrip())
    if text.rfind("<") > text.rfind(">"):
        return text
    if before[-1:] == '"' and (quote := _QUOTE.search(text)) is not None and (text[0] != "<" or _ESCAPED.search(text)):
        return text[: quote.start()]
    for opening, closing in _PAIRS:
        inner = text.rstrip(" \t)]};,") if opening in _QUOTES else text
        if inner.endswith(closing) and _is_open(before, opening, closing):
            return inner[: -len(closing)].rstrip()
    return text


def _is_cut(tag: str, name: str, opened: Counter[str]) -> bool:
    """Whether a closing tag is the beginning of the one of an open element: the envelope was cut off within it."""
    return tag[-1] != ">" and any(count and one.startswith(name) for one, count in opened.items())


def _is_open(before: str, opening: str, closing: str) -> bool:
    """Whether a text ends within these quotes or brackets; words may be between the bracket and the envelope."""
    if opening in _QUOTES:
        return before.endswith(opening)
    return before.rfind(opening) > before.rfind(closing)


def _unescaped(escape: re.Match[str]) -> str:
    if escape["unit"] or escape["byte"]:
        return chr(int(escape["unit"] or escape["byte"], 16))
    return _LETTERS.get(escape["other"], escape["other"])


class SpreadEnvelope:
    """The lines of an envelope that has begun but not ended yet."""

    def __init__(self, line: str, start: int, number: int) -> None:
        self.number = number
        """The number of its first line."""
        self.line = line
        """The whole first line."""
        self.prefix = line[:start]
        self._is_wire = _WIRE.search(self.prefix) is not None
        self._shape = without_digits(self.prefix)
        self._pieces: list[str] = []
        self._size = 0
        self._marked = 0  # pieces up to the last one with a tag
        self._in_tag = self._in_text = self._is_whole = False
        self.is_sure = _TAGS.search(line, start) is not None
        """False while it is only an XML declaration."""
        self._notation = "<" if line[start] == "<" else line[start]
        self._joined = self._joined_piece(line[start:], first=True)
        self._add(self._joined if self._joined is not None else self._of_wire(line[start:]))

    @property
    def raw(self) -> str:
        """Its text so far, without trailing lines that have no tag."""
        text = ("" if self._joined is not None else "\n").join(self._pieces[: self._marked])
        return decoded(text if self._is_whole else without_surroundings(self.prefix[-MOST_BEFORE:], text))

    @property
    def is_envelope(self) -> bool:
        return self.is_sure and _SIGN.search("".join(self._pieces[:9])) is not None

    @property
    def lines(self) -> int:
        """How many lines `raw` has."""
        return self._marked

    def take(self, line: str) -> str | None:
        """Continue with a line; returns the rest of the line after the end of the envelope, None if it has not ended.

        Raises NotContinued if the line does not belong to it.
        """
        if len(self._pieces) >= MOST_LINES or self._size > MOST_TEXT:
            raise NotContinued
        content = self._content(line)
        if not self.is_sure:
            if content.strip():
                if not _BEGINS.match(content):
                    raise NotContinued
                self.is_sure = True
                for match in _TAGS.finditer(content):
                    if match["close"]:
                        return self._end(content, match.end())
            self._add(content)
            return None
        for match in _TAGS.finditer(content):
            if match[0][0] != self._notation:
                continue
            if not match["close"]:
                raise NotContinued
            return self._end(content, match.end())
        self._add(content)
        return None

    def _end(self, content: str, end: int) -> str:
        self._is_whole = True
        self._add(content[:end])
        return content[end:]

    def _add(self, content: str) -> None:
        self._pieces.append(content)
        self._size += len(content)
        opened, closed = content.rfind(self._notation), content.rfind(">")
        if opened >= 0 or closed >= 0:
            self._marked = len(self._pieces)
            self._in_tag = opened > closed
            self._in_text = content[opened : opened + 2] not in ("</", "<?") and content[-2:] != "/>"

    def _content(self, line: str) -> str:
        """What a line adds, without the prefix of the logger. Raises NotContinued."""
        if self._joined is not None:
            piece = self._joined_piece(line, first=False)
            if piece is None:
                raise NotContinued
            return piece
        if self._is_wire:
            if without_digits(line[: len(self._shape)]) != self._shape:
                raise NotContinued
            body = line[len(self._shape) :]
            if _HTTP.match(body):
                raise NotContinued
            return self._of_wire(body)
        tag = _TAG.search(line)
        before = line if tag is None else line[: tag.start()]
        if not before.strip():
            return line
        lead = without_digits(before.rstrip())
        if tag is not None and self._shape.startswith(lead):  # each line has the prefix of the logger
            return line[len(lead) :].removeprefix(" ")
        moment = best_moment(line[:120])
        if (moment is not None and before.strip() != line[moment.start : moment.end]) or _FRAME.search(line):
            raise NotContinued
        if not (self._in_tag or self._in_text) or _RULE.match(line):
            raise NotContinued
        return line

    def _of_wire(self, text: str) -> str:
        """The text of a line of a wire log."""
        if not self._is_wire:
            return text
        text = text.rstrip().removesuffix('"')
        return "" if _CHUNK_SIZE.match(text) else text.replace("[\\r]", "").replace("[\\n]", "")

    def _joined_piece(self, line: str, *, first: bool) -> str | None:
        """The piece of a text that is printed in several; None if it is not."""
        match = _JOINED.search(line[-40:])
        if first:
            return None if match is None or self.prefix[-1:] != match["quote"] else line[: line.rfind(match["quote"])]
        text = line.strip()
        quote = text[:1]
        if quote not in ("'", '"', "`"):
            return None
        end = text.rfind(quote)
        return text[1:end] if end > 0 else None
