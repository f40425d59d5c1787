"""Confidential values in free text: known ones, and those that look like an address or a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from urllib.parse import quote, unquote

import orjson

from ocpptui.jsontext.known_texts import KnownTexts
from ocpptui.jsontext.tokens import Steps, Token, TokenKind, replaced, rewritten, tokens
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.redaction.id_notations import bare_id, other_notations, written_as
from ocpptui.redaction.name_notations import name_notations, with_parts_replaced
from ocpptui.redaction.places import is_a_name, is_confidential, is_host, is_text_for_people, setting_names, values_in
from ocpptui.redaction.pseudonyms import Pseudonyms
from ocpptui.redaction.shapes import ShapeKind
from ocpptui.redaction.text_guesses import SHORTEST_TELLING, TextGuess, guesses_in, guesses_until
from ocpptui.timeline.known_secrets import is_worth_a_search

DEEPEST = 40
"""Texts within texts that are searched, one in the other."""
SHORTEST = 3
"""Characters of a known value that is looked for; a shorter value is found only by its path or a telling name."""
MOST_WITH_OTHER_NOTATIONS = 10_000
"""Known values up to which other notations of each are looked for."""
REMEMBERED = 20_000
"""Texts whose result is cached: most texts in a recording recur."""
REMEMBERED_LENGTH = 100

_URL_PARTS = re.compile(r"([^/]*//)(?:([^@/?#]*)@)?(\[[^\]]*\]?|[^:/?#]*)(:\d+)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_COMMON = re.compile(
    r"|ocpp[\w.-]*|wss?|api|v\d{1,2}|(?:central|web)?socket|steve|services?"
    r"|(?:centralsystem|centralsystemservice|chargepointservice)(?:ocpp\d\ds?)?",
    re.I,
)
"""Segments of a path that identify neither a charge point nor a customer."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


class _Known(Enum):
    """What a known value is."""

    VALUE = auto()
    HOST = auto()
    NAME = auto()
    """The whole name of a person."""
    PART = auto()
    """A part of one, which counts only where it begins with a capital letter."""
    SECRET = auto()
    """A password or the like, which gets no pseudonym."""


class FreeText:
    """Finds and replaces confidential values. First call `learn` and the like, then `finish`, then `redacted`."""

    def __init__(self, pseudonyms: Pseudonyms, *, texts: bool = False) -> None:
        """`texts`: the texts for people in JSON within texts are confidential as a whole."""
        self._texts = texts
        self._pseudonyms = pseudonyms
        self._known: dict[str, _Known] = {}  # by the value in lower case
        self._kept: set[str] = set()
        self._notations: set[str] = set()  # how else known values may be written
        self._named: dict[str, tuple[str, ...]] = {}  # the same of names, with their parts in that order
        self._sought = KnownTexts(())
        self._done: dict[tuple[str, bool], str] = {}
        self._learned: set[str] = set()

    def keep(self, value: str) -> None:
        """Leave this value unchanged, wherever it occurs."""
        self._kept.add(_folded(value))

    def learn(self, value: str) -> None:
        """Treat this value as confidential, wherever it occurs, unless it is a word of OCPP."""
        if not (value.isalpha() and is_word_of_ocpp(value)):
            self._known.setdefault(_folded(value), _Known.VALUE)

    def learn_secret(self, secret: str) -> None:
        """Mask this secret, wherever it occurs."""
        if is_worth_a_search(secret):
            self._known[_folded(secret)] = _Known.SECRET

    def learn_name(self, name: str) -> None:
        """Treat this name of a person as confidential, and each of its parts where it is alone."""
        if any(map(str.isdigit, name)):
            self.learn(name)
            return
        if not is_word_of_ocpp(name):
            self._known.setdefault(_folded(name), _Known.NAME)
        parts = _PARTS_OF_NAME.findall(name)
        for part in parts if len(parts) > 1 else ():
            if part[0].isupper() and not is_word_of_ocpp(part):
                self._known.setdefault(_folded(part), _Known.PART)

    def learn_host(self, name: str) -> None:
        """Treat this host name or address as confidential."""
        if self._pseudonyms.host(name) != name and self._known.get(_folded(name)) is not _Known.SECRET:
            self._known[_folded(name)] = _Known.HOST

    def learn_from(self, text: str, depth: int = 0) -> None:
        """Learn the host names and credentials in the URLs of a text, and the values after telling names."""
        if len(text) < SHORTEST_TELLING or text.isalnum() or text in self._learned or depth > DEEPEST:
            return
        if len(text) <= REMEMBERED_LENGTH:
            if len(self._learned) >= REMEMBERED:
                self._learned.clear()
            self._learned.add(text)
        if (values := _json_values(text)) is not None:
            for token, is_known in values:
                if is_known:
                    self.learn_value(token.path, token.value)
                elif token.kind is TokenKind.STRING:
                    self.learn_from(token.value, depth + 1)
            return
        for hidden in _hidden(text):
            if hidden.path and is_confidential(hidden.path, hidden.value, {}, ""):
                self.learn_value(hidden.path, hidden.value)
            self.learn_from(hidden.value, depth + 1)
        for guess in guesses_in(text):
            found = text[guess.start : guess.end]
            if guess.kind is ShapeKind.URL and (parts := _URL_PARTS.match(found)):
                for credential in (parts[2] or "").split(":"):
                    self.learn(unquote(credential))
                self.learn_host(parts[3])
            elif guess.is_name:
                self.learn_name(found)
            elif guess.kind in _LEARNED_SHAPES:
                self.learn(found)

    def learn_value(self, steps: Steps, value: str) -> None:
        """Treat the value of a confidential field as confidential, wherever it occurs."""
        if is_a_name(steps):
            self.learn_name(value)
        elif is_host(steps, value):
            self.learn_host(value)
        else:
            self.learn(value)

    def finish(self) -> None:
        """End the learning: no pseudonym will equal a confidential value."""
        for value in self._kept:
            self._known.pop(value, None)
        self._pseudonyms.avoid(self._known)
        for value, kind in self._known.items() if len(self._known) < MOST_WITH_OTHER_NOTATIONS else ():
            if kind is _Known.VALUE:
                self._notations.update(other_notations(value))
            elif kind is _Known.NAME:
                self._named.update(name_notations(value))
        self._sought = KnownTexts((*filter(_is_telling, self._known), *self._notations, *self._named))

    def value(self, value: str) -> str:
        """The replacement of a value that is confidential as a whole."""
        folded = _folded(value)
        if folded in self._kept:
            return value
        known = self._known.get(folded)
        if known is _Known.SECRET:
            return MASK
        if known is _Known.HOST:
            return self._pseudonyms.host(value)
        if known is _Known.NAME or known is _Known.PART:
            return self._pseudonyms.name(value)
        if known is None and (parts := self._named.get(folded)) is not None:
            return with_parts_replaced(value, parts, self._pseudonyms.name)
        if _EMAIL.fullmatch(value):
            return self._pseudonyms.email(value)
        bare = bare_id(value)
        return written_as(value, self._pseudonyms.of(bare)) if bare else self._pseudonyms.of(value)

    def prose(self, text: str) -> str:
        """The replacement of a text for people."""
        folded = _folded(text)
        return self.value(text) if folded in self._known or folded in self._kept else self._pseudonyms.prose(text)

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
        if len(text) < SHORTEST or _TIME.fullmatch(text) or _folded(text) in self._kept:
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
        if (values := _json_values(text)) is not None:
            return self._in_json(text, values, depth)
        parts: list[str] = []
        done = 0
        for hidden in _hidden(text):
            new = self.redacted(hidden.value, depth=depth + 1)
            if new != hidden.value:
                parts.append(self._searched(text[done : hidden.start], is_version))
                parts.append(rewritten(text[hidden.start : hidden.end], new, hidden.kind))
                done = hidden.end
        return "".join((*parts, self._searched(text[done:], is_version)))

    def _in_json(self, text: str, values: list[tuple[Token, bool]], depth: int) -> str:
        edits: list[tuple[int, int, str]] = []
        for token, is_known in values:
            if token.kind is TokenKind.STRING and self._texts and is_text_for_people(_names(token.path), token.value):
                new = self.prose(token.value)
            elif is_known:
                new = self.number(token.value) if token.kind is TokenKind.NUMBER else self.value(token.value)
            elif token.kind is TokenKind.STRING or token.kind is TokenKind.KEY:
                new = self.redacted(token.value, depth=depth + 1)
            else:
                continue
            if new != token.value:
                edits.append((token.start, token.end, rewritten(text[token.start : token.end], new, token.kind)))
        return replaced(text, edits)

    def _searched(self, text: str, is_version: bool) -> str:
        guesses = guesses_in(text)
        if not guesses:
            return self._without_known(text)
        parts: list[str] = []
        done = 0
        ahead = 0  # the first guess that does not end before the known value
        for start, end in self._known_in(text):
            while ahead < len(guesses) and guesses[ahead].end <= start:
                ahead += 1
            if any(_cut((guess.label, guess.end), (start, end)) for guess in guesses_until(guesses, ahead, end)):
                # known values go first
                parts += self._matched(text[done:start], is_version), self.value(text[start:end])
                done = end
        return "".join((*parts, self._matched(text[done:], is_version)))

    def _matched(self, text: str, is_version: bool) -> str:
        parts: list[str] = []
        done = 0
        for guess in guesses_in(text):
            parts.append(self._without_known(text[done : guess.start]))
            parts.append(self._replaced(guess, text[guess.start : guess.end], is_version))
            done = guess.end
        parts.append(self._without_known(text[done:]))
        return "".join(parts)

    def _replaced(self, guess: TextGuess, found: str, is_version: bool) -> str:
        if _folded(found) in self._kept:
            return found
        if _folded(found) in self._known or guess.kind is None:
            return self.value(found)
        if guess.kind is ShapeKind.URL:
            bare = found.rstrip(".,;:!?)")
            return self.url(bare) + found[len(bare) :]
        if guess.kind is ShapeKind.ADDRESS:
            return self._without_known(found) if is_version else self._address(found)
        return self.value(found)

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
        folded = _folded(text)
        for start, end in self._sought.places(folded):
            if self._known.get(folded[start:end]) is not _Known.PART or text[start].isupper():
                yield start, end


def _is_telling(value: str) -> bool:
    """Whether a value is looked for in running text: it is long enough."""
    return len(value) >= (SHORTEST + 1 if value.isdigit() else SHORTEST) and any(map(str.isalnum, value))


def _names(steps: Steps) -> tuple[str, ...]:
    return tuple(step for step in steps if isinstance(step, str))


def _json_values(text: str) -> list[tuple[Token, bool]] | None:
    """The keys and values of an array or object of JSON, and which values are confidential by the names of their
    fields; None for any other text."""
    if text[:1] not in _OPENINGS and text.lstrip()[:1] not in _OPENINGS:
        return None
    try:
        if not isinstance(orjson.loads(text), dict | list):
            return None
    except ValueError:
        return None
    found = values_in(text)
    names = setting_names(found)
    return [
        (token, token.kind in _VALUES and bool(token.value) and is_confidential(token.path, token.value, names, ""))
        for token in found
    ]


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


_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]+")
_PARTS_OF_NAME = re.compile(r"[^\W\d_]{3,}+")
_OPENINGS = ("{", "[")
_VALUES = (TokenKind.STRING, TokenKind.NUMBER)
_LEARNED_SHAPES = frozenset({None, ShapeKind.PHONE, ShapeKind.CONTRACT, ShapeKind.CAR, ShapeKind.BANK_ACCOUNT,
                             ShapeKind.CARD, ShapeKind.MAC})  # fmt: skip
"""Those that are also looked for without the separators around them."""
