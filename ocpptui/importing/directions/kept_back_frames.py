"""Frames that a proxy did not pass on, as its log says in the line of the frame: `[client->target-BLOCKED] [2,…]`.

A word in every line is a logger, a thread or a topic; so is one whose calls have answers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from ocpptui.importing.directions.learned_directions import MOST_OPEN
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.versions import fits_in_any_version
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.message import Malformed, Message, MessageKind

_NEAR = 80
"""Characters before a frame that say what became of it; what is further away may be of anything."""
_KEPT_BACK = lazily(
    r"(?<![A-Za-z\d])(?<!not )(?<!not-)(?<!non-)(?<!never )(?<!no )"
    r"(?P<word>blocked|blocking|dropped|dropping|suppressed|suppressing|swallowed|discarded|discarding"
    r"|filtered(?: out)?|filtering out|withheld|not (?:forwarded|relayed|passed on)|held back|kept back)"
    r"(?![A-Za-z\d])(?!\s?[=:]\s?(?:false|no|none|null|0)\b)",
    re.IGNORECASE,
)
_MAY_SAY = lazily(
    r"lock|rop|uppress|wallow|iscard|ilter|ithheld|not |NOT |back|LOCK|ROP|UPPRESS|WALLOW|ISCARD|ILTER|BACK"
)
"""A part of each of these words, which few lines have."""
_NAME_GOES_ON = lazily(r"[-._/\\$@#](?=\w)|::|\(\)")
"""What is behind a word that begins a name: `dropped.handler`, `blocked-queue`, `dropped()`."""
_NAME_BEFORE = lazily(r"(?:(?<!\w)(?P<before>\w+)-|[._/\\$@#]|::)\Z")
"""What is before a word that ends a name: `packet-dropped`, `proxy.dropped`."""
MOST_SHAPES = 8192
"""Of how many shapes of prefixes is remembered whether they may have such a word."""
_PARTY = lazily(r"[>→]\s?\w+-\Z")
"""What is before a word for what became of a frame on its way to a party: `client->target-`."""


@dataclass(frozen=True, slots=True)
class KeptBackWord:
    """A word that may say that a frame was kept back."""

    text: str
    nth: int
    """How many times the line has the word up to here."""

    @property
    def key(self) -> tuple[str, int]:
        """What the same word of another line has as well."""
        return self.text.casefold(), self.nth


@lru_cache(maxsize=MOST_SHAPES)
def may_say_kept_back(shape: str) -> bool:
    """Whether there may be such a word in any of the texts that have this shape, with zeros for their digits."""
    return _MAY_SAY.search(shape) is not None


def words_for_kept_back(prefix: str) -> tuple[KeptBackWord, ...]:
    """The words in the text before a frame that may say that it was kept back; those in names do not."""
    words, times = list[KeptBackWord](), Counter[str]()
    for found in _KEPT_BACK.finditer(prefix, max(0, len(prefix) - _NEAR)):
        if not _is_in_name(found):
            word = found["word"]
            times[word.casefold()] += 1
            words.append(KeptBackWord(word, times[word.casefold()]))
    return tuple(words)


def words_beside(found: FoundFrame) -> tuple[KeptBackWord, ...]:
    """Those in the line of a frame."""
    return words_for_kept_back(found.prefix) if may_say_kept_back(found.shape) else ()


def _is_in_name(found: re.Match[str]) -> bool:
    if _NAME_GOES_ON.match(found.string, found.end()) is not None:
        return True
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    name = _NAME_BEFORE.search(before)
    if name is None or _PARTY.search(before) is not None:
        return False
    # Capitals behind small letters are a mark, not a part of the name: `target-BLOCKED`.
    return name["before"] is None or not found["word"].isupper() or name["before"].isupper()


class KeptBackFrames:
    """Which of these words a file uses to say it, by the frames so far."""

    def __init__(self) -> None:
        self._frames = 0
        self._beside = Counter[tuple[str, int]]()  # frames beside each word
        self._calls = Counter[tuple[str, int]]()
        self._answered = Counter[tuple[str, int]]()  # calls that have an answer which fits them
        self._open: dict[tuple[int, str], tuple[str, tuple[KeptBackWord, ...]]] = {}  # actions, and the words beside

    def note(self, words: tuple[KeptBackWord, ...], connection: int, frame: Message | Malformed) -> None:
        """Note the words beside the next frame, before it is asked of that frame."""
        self._frames += 1
        if not words and not self._open:  # as nearly always
            return
        for word in words:
            self._beside[word.key] += 1
        if not isinstance(frame, Message) or not frame.id:
            return
        key = connection, frame.id
        if frame.action is not None:
            for word in words:
                self._calls[word.key] += 1
            if words and (len(self._open) < MOST_OPEN or key in self._open):
                self._open[key] = frame.action, words
            elif not words:
                self._open.pop(key, None)  # the same message once more, which went on
        elif frame.kind is MessageKind.CALLRESULT and key in self._open:
            action, asked = self._open.pop(key)
            if fits_in_any_version(action, frame.payload):
                for word in asked:
                    self._answered[word.key] += 1

    def note_copy(self, words: tuple[KeptBackWord, ...], connection: int, frame: Message | Malformed) -> None:
        """Note more words beside a frame that was noted before: those in the line of a copy of it."""
        for word in words:
            self._beside[word.key] += 1
        if not isinstance(frame, Message) or frame.action is None or not frame.id:
            return
        for word in words:
            self._calls[word.key] += 1
        key = connection, frame.id
        if len(self._open) < MOST_OPEN or key in self._open:
            _, known = self._open.get(key, ("", ()))
            self._open[key] = frame.action, (*known, *words)

    def word_among(self, words: tuple[KeptBackWord, ...]) -> str:
        """The word that says that a frame was kept back; empty if none of those beside it says so."""
        return next((word.text for word in words if self._is_believed(word.key)), "")

    def _is_believed(self, key: tuple[str, int]) -> bool:
        """Whether a word is not in every line, and most of the calls beside it have no answer."""
        return self._beside[key] < self._frames and 2 * self._answered[key] <= self._calls[key]
