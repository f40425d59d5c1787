"""Confidential values in free text: known ones, and those that look like an address or a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from ocpptui.jsontext.tokens import Token, TokenKind, rewritten, tokens
from ocpptui.redaction.places import CONFIDENTIAL, is_confidential_name
from ocpptui.redaction.pseudonyms import Pseudonyms

ANYWHERE = 8
"""Characters from which a known value is also found inside a word."""
DEEPEST = 40
"""Texts within texts that are searched, one in the other."""
HEAD = 3
"""Characters by which known values are looked up; a shorter value is found only by its path or a telling name."""
REMEMBERED = 20_000
"""Texts whose result is cached: most texts in a recording recur."""
REMEMBERED_LENGTH = 100

_PEM = r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)"
_URL = r"\b[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s\"'<>\\{}|^`]+"
_EMAIL = r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
_MAC = r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b"
_IPV4 = r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)"
_IPV6 = r"(?<![\w:])\[?(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f:]{2,39}(?:\.\d+){0,3}\]?(?![\w:])"
_COMPOUND = "|".join(sorted(filter(lambda name: name != name.lower(), CONFIDENTIAL), key=len, reverse=True))
_SIMPLE = "|".join(sorted(filter(str.islower, CONFIDENTIAL), key=len, reverse=True))
_VALUE_PART = r"[^<>&\s\"',;{}\[\]\\]"
_SIGN = r"\\*[\"']?[ \t]*(?:=|:|>)[ \t]*\\*[\"']?"
_NAMED = rf"(?<![/\w])(?:(?i:{_COMPOUND})|{_SIMPLE})(?:{_SIGN}|[ \t]+(?={_VALUE_PART}{{0,40}}[0-9])){_VALUE_PART}+"
"""A telling name and its value, after a sign; or after a space, if there is a digit in it. Names that are ordinary
words count in lower case only."""
_PATTERNS = re.compile(
    rf"(?P<pem>{_PEM})|(?P<url>{_URL})|(?P<named>{_NAMED})|(?P<email>{_EMAIL})|(?P<mac>{_MAC})|(?P<ip>{_IPV4}|{_IPV6})",
    re.DOTALL,
)
_VALUE = re.compile(r"(?<![^<>&\s\"',;{}\[\]\\=:])[^<>&\s\"',;{}\[\]\\=:]++\Z")
_URL_PARTS = re.compile(r"([^/]*//)(?:([^@/?#]*)@)?(\[[^\]]*\]?|[^:/?#]*)(:\d+)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_COMMON = re.compile(
    r"|ocpp[\w.-]*|wss?|api|v\d{1,2}|(?:central|web)?socket|centralsystem(?:service)?|steve|services?", re.I
)
"""Segments of a path that identify neither a charge point nor a customer."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


class FreeText:
    """Finds and replaces confidential values. First call `learn` and `learn_host`, then `finish`, then `redacted`."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._known: dict[str, bool] = {}  # value in lower case: whether it is a host name
        self._kept: set[str] = set()
        self._heads: dict[str, list[str]] | None = None
        self._done: dict[tuple[str, bool], str] = {}

    def keep(self, value: str) -> None:
        """Leave this value unchanged, wherever it occurs."""
        self._kept.add(_folded(value))

    def learn(self, value: str) -> None:
        """Treat this value as confidential, wherever it occurs."""
        self._known.setdefault(_folded(value), False)

    def learn_host(self, name: str) -> None:
        """Treat this host name or address as confidential."""
        if self._pseudonyms.host(name) != name:
            self._known[_folded(name)] = True

    def learn_from(self, text: str) -> None:
        """Learn the host names and credentials in the URLs of a text, and the values after telling names."""
        if "://" not in text and "=" not in text and ":" not in text and ">" not in text:
            return
        for hidden in _hidden(text):
            if hidden.path and is_confidential_name(str(hidden.path[-1])):
                self.learn(hidden.value)
            self.learn_from(hidden.value)
        for match in _PATTERNS.finditer(text):
            if match.lastgroup == "url" and (parts := _URL_PARTS.match(match.group())):
                for credential in (parts[2] or "").split(":"):
                    self.learn(unquote(credential))
                self.learn_host(parts[3])
            elif match.lastgroup == "named" and (value := _VALUE.search(match.group())):
                self.learn(value.group())

    def finish(self) -> None:
        """End the learning: no pseudonym will equal a confidential value."""
        for value in self._kept:
            self._known.pop(value, None)
        self._pseudonyms.avoid(self._known)
        self._heads = {}
        for value in sorted(self._known, key=len, reverse=True):
            if len(value) >= (HEAD if not value.isdigit() else HEAD + 1) and any(map(str.isalnum, value)):
                self._heads.setdefault(value[:HEAD], []).append(value)

    def value(self, value: str) -> str:
        """The replacement of a value that is confidential as a whole."""
        folded = _folded(value)
        if folded in self._kept:
            return value
        return self._pseudonyms.host(value) if self._known.get(folded) else self._pseudonyms.of(value)

    def number(self, text: str) -> str:
        """The replacement of a confidential number."""
        return text if text in self._kept else self._pseudonyms.number(text)

    def host(self, name: str) -> str:
        """The replacement of a host name or an address."""
        return name if _folded(name) in self._kept else self._pseudonyms.host(name)

    def redacted(self, text: str, *, is_version: bool = False, depth: int = 0) -> str:
        """The text with its confidential values replaced. `is_version`: what looks like an IP address is a version.

        `depth` counts the texts that it is in; the text that is too deep is replaced as a whole.
        """
        if depth > DEEPEST:
            return self.value(text)
        if len(text) < HEAD or _TIME.fullmatch(text) or _folded(text) in self._kept:
            return text
        key = text, is_version
        done = self._done.get(key)
        if done is None:
            done = self._redacted(text, is_version, depth)
            if len(text) <= REMEMBERED_LENGTH:
                if len(self._done) >= REMEMBERED:
                    self._done.clear()
                self._done[key] = done
        return done

    def url(self, url: str) -> str:
        """The URL with user, host, path and query replaced; scheme, port and common words of the path are unchanged."""
        match = _URL_PARTS.fullmatch(url)
        if match is None:
            return self.value(url)
        scheme, user, host, port, path, query, fragment = match.groups()
        shown = ":".join(self._quoted(part) for part in user.split(":")) + "@" if user else ""
        return "".join(
            (
                scheme,
                shown,
                self.host(host),
                port or "",
                self.path(path),
                self._query(query) if query else "",
                f"#{self._quoted(fragment[1:])}" if fragment else "",
            )
        )

    def path(self, path: str) -> str:
        """The path with its names replaced; `?` starts its query."""
        path, mark, query = path.partition("?")
        segments = (part if self._is_common(part) else self._quoted(part) for part in path.split("/"))
        return "/".join(segments) + (self._query(f"?{query}") if mark else "")

    def _is_common(self, segment: str) -> bool:
        return _COMMON.fullmatch(segment) is not None and _folded(segment) not in self._known

    def _query(self, query: str) -> str:
        pairs = (pair.partition("=") for pair in query[1:].split("&"))
        return "?" + "&".join(
            f"{name}={self._quoted(value)}" if mark else self._quoted(name) for name, mark, value in pairs
        )

    def _quoted(self, part: str) -> str:
        return quote(self.value(unquote(part)), safe="*+:,;!$'()@ ~", errors="surrogatepass")

    def _redacted(self, text: str, is_version: bool, depth: int) -> str:
        if _folded(text) in self._known:
            return self.value(text)
        parts: list[str] = []
        done = 0
        for hidden in _hidden(text):
            new = self.redacted(hidden.value, depth=depth + 1)
            if new != hidden.value:
                parts.append(self._searched(text[done : hidden.start], is_version))
                parts.append(rewritten(text[hidden.start : hidden.end], new, hidden.kind))
                done = hidden.end
        return "".join((*parts, self._searched(text[done:], is_version)))

    def _searched(self, text: str, is_version: bool) -> str:
        matches = list(_PATTERNS.finditer(text))
        if not matches:
            return self._without_known(text)
        parts: list[str] = []
        done = 0
        for start, end in self._known_in(text):
            if any(_cut(match.span(), (start, end)) for match in matches):  # known values go before guesses
                parts += self._matched(text[done:start], is_version), self.value(text[start:end])
                done = end
        return "".join((*parts, self._matched(text[done:], is_version)))

    def _matched(self, text: str, is_version: bool) -> str:
        parts: list[str] = []
        done = 0
        for match in _PATTERNS.finditer(text):
            parts.append(self._without_known(text[done : match.start()]))
            parts.append(self._replaced(match.lastgroup or "", match.group(), is_version))
            done = match.end()
        parts.append(self._without_known(text[done:]))
        return "".join(parts)

    def _replaced(self, kind: str, found: str, is_version: bool) -> str:
        if _folded(found) in self._kept:
            return found
        if _folded(found) in self._known:
            return self.value(found)
        if kind == "url":
            bare = found.rstrip(".,;:!?)")
            return self.url(bare) + found[len(bare) :]
        if kind == "email":
            return self._pseudonyms.email(found)
        if kind == "ip":
            return self._without_known(found) if is_version else self._address(found)
        if kind == "named":
            value = _VALUE.search(found)
            return found if value is None else found[: value.start()] + self.value(value.group())
        return self._pseudonyms.of(found)

    def _address(self, found: str) -> str:
        replaced = self.host(found)
        return self._without_known(found) if replaced.endswith(".example") else replaced  # it only looked like one

    def _without_known(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        for start, end in self._known_in(text):
            parts += text[done:start], self.value(text[start:end])
            done = end
        return "".join((*parts, text[done:])) if parts else text

    def _known_in(self, text: str) -> Iterator[tuple[int, int]]:
        """The start and end of known values in a text, in order and without overlaps."""
        if not self._heads or len(text) < HEAD:
            return
        folded, place = _folded(text), 0
        while place <= len(text) - HEAD:
            for value in self._heads.get(folded[place : place + HEAD], ()):
                if folded.startswith(value, place) and (
                    len(value) >= ANYWHERE or _stands_alone(text, place, len(value))
                ):
                    yield place, place + len(value)
                    place += len(value)
                    break
            else:
                place += 1


def _folded(text: str) -> str:
    """The text in one case, converted character by character to keep positions; `ß`, which would become two, stays."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := character.casefold()) == 1 else character for character in text)


def _hidden(text: str) -> list[Token]:
    """The JSON strings in a text whose escapes make the value differ from the written text."""
    if "\\" not in text or '"' not in text:
        return []
    return [token for token in tokens(text) if token.kind is TokenKind.STRING and "\\" in text[token.start : token.end]]


def _cut(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the first span contains part of the second, but not all of it."""
    return one[0] < other[1] and other[0] < one[1] and not (one[0] <= other[0] and other[1] <= one[1])


def _stands_alone(text: str, start: int, length: int) -> bool:
    """Whether no letter or digit adjoins the span."""
    end = start + length
    return not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())
