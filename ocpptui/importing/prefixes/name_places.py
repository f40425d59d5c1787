"""Where the text before a frame may have the name of a charge point: each place, what it says, and how it is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ocpptui.importing.words.log_words import FLOW, NOUNS_ELSEWHERE
from ocpptui.importing.words.party_words import SERVER, STATION
from ocpptui.jsontext.lazy_pattern import lazily

STATED = 6
"""The trust in the value of a key that means the name."""
NEAR_DIRECTION = 3
"""The trust in what is directly beside the direction."""
SURE = 4
"""The trust from which the words around a name say that it is one."""

_ACCENTED = str.maketrans(
    {
        "a": "[aàáâãä]",
        "c": "[cç]",
        "e": "[eèéê]",
        "i": "[iíî]",
        "l": "[lł]",
        "o": "[oóôõö]",
        "u": "[uúûü]",
        "-": "[ _-]",
    }
)
_ELSEWHERE = "|".join(sorted(NOUNS_ELSEWHERE, key=len, reverse=True)).translate(_ACCENTED)
_NOUN = rf"(?:charge[ _-]?points|{STATION}|cs|{_ELSEWHERE})"
_KEY = (
    rf"(?:{STATION}|cs|{_ELSEWHERE})"
    r"[ _-]?(?:id|identity|identifier|name|serial)?|identity|identifier|ocpp[ _-]?id|remote[ _-]?id"
)
_OPENED = r"[\"'(\[<{]"
VALUE = r"(?<![^\s\"'`<>()\[\]{}|,;=&?\0])[^\s\"'`<>()\[\]{}|,;=&?\0]++"
_AFTER_COLON = r"(?<=:)[^\s\"'`<>()\[\]{}|,;=&?\0]++"
_ENCLOSED = r"\[[^\[\]\0]+\]|\([^()\0]+\)"
_QUOTED = rf"\"[^\"\0]+\"|'[^'\0]+'|{_ENCLOSED}|<[^<>\0]+>|{VALUE}"
_ARROW = r"(?:-{1,2}>{1,2}|={1,2}>{1,2}|<{1,2}-{1,2}|<{1,2}={1,2}|[→←➡⬅]\ufe0f?)"
_ORIGIN = r"(?:from|src|source|sender|origin)\s?[=:]\s?"
_TARGET = r"(?:to|dst|dest|destination|target|receiver|recipient)\s?[=:]\s?"
_IN_KEY = r"[^\s\"'`<>()\[\]{}|,;=&?\0]"
_PHRASE = r"[^\s\"'`<>()\[\]{}|,;=:\0]+(?: [^\s\"'`<>()\[\]{}|,;=:\0]+){1,3}"
"""A name of several words, whose end the text shows."""
_CAPITAL = r"[^\W\d_a-z][^\W\d_A-Z]+"
_TITLE = rf"(?-i:{_CAPITAL}(?: {_CAPITAL}){{0,2}} \d{{1,4}}|(?:{_CAPITAL} ){{1,3}}{_CAPITAL})"
"""A name of several words, each with a capital, or of one and a number."""
_ABOUT = (
    r"(?:\s{1,3}(?:a|an|the|new|raw|ocpp|json|ws|websocket|text|message|msg|frame|data|packet|call|request|response))*"
)


class PlaceKind(StrEnum):
    """The places of names, and of what distinguishes connections, in words for the user; `{}` is for a word there."""

    AFTER_KEY = "after the key {}"
    AFTER_NUMBER_SIGN = "after {}#"
    BESIDE_CENTRAL_SYSTEM = "beside the central system"
    IN_PATH = "in a path"
    IN_FILE_NAME = "in the name of a file"
    BEFORE_DIRECTION_AND_COLON = "before the direction, with a colon"
    AFTER_DIRECTION_WITH_COLON = "after the direction, with a colon"
    AFTER_PREPOSITION = "after from, to or for"
    AFTER_NOUN = "after the noun {}"
    BEFORE_DIRECTION = "before the direction"
    AFTER_DIRECTION = "after the direction"
    BEFORE_FRAME = "before the frame"
    IN_BRACKETS = "in brackets"
    IN_QUOTES = "in quotes"
    BETWEEN_BARS = "between bars"
    ONLY_NAME = "the only name in the line"
    AMONG_NAMES = "among the names"
    AMONG_WORDS = "among the words"
    AMONG_NUMBERS = "among the numbers"
    BEHIND_ROLE = "behind {}"
    IN_PART = "in part {} of a word"
    AFTER_CONNECTION = "after {}"
    ADDRESS = "the address"
    SOCKET = "the number of the socket"
    BEHIND_SIGN = "behind the sign #"


_BY_WHAT_IS_AROUND = (PlaceKind.ONLY_NAME, PlaceKind.AMONG_NAMES, PlaceKind.AMONG_WORDS, PlaceKind.AMONG_NUMBERS)
"""The places of one kind that only the signs around them tell apart."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a text that may be a name."""

    kind: PlaceKind
    place: str
    """Where it is in particular: the same for all lines of one shape, whatever the direction of their frames."""
    start: int
    end: int
    trust: int
    """From 0 to 6: how much the words around it say that it is the name."""
    likely: bool = True
    """False if loggers write it as a word, a host or a class: it is a name only if the file as a whole shows it."""

    @property
    def words(self) -> str:
        """Where it is, in words for the user."""
        return self.kind.value if self.kind in _BY_WHAT_IS_AROUND else self.place


class NamePlace(NamedTuple):
    """A place, and how names are found there."""

    kind: PlaceKind
    trust: int
    needs: tuple[re.Pattern[str], ...]
    """What a text has that has anything at this place; each is found sooner than the whole pattern."""
    pattern: re.Pattern[str]

    @property
    def is_beside_direction(self) -> bool:
        """Whether its pattern is for a text `with_marks`."""
        return _BESIDE_DIRECTION in self.needs


_BESIDE_DIRECTION = lazily(FLOW)
_AFTER_KEY = lazily(rf"(?:{_KEY})\"?\s{{0,3}}[=:]", re.IGNORECASE)
_NUMBER_SIGN, _SLASH, _BRACKET, _QUOTE, _BAR = map(lazily, ("#", "/", r"[\[({<]", r"[\"'`]", r"[|\t;]"))
_LOG_FILE = lazily(r"\.(?:log|txt)", re.IGNORECASE)
_CENTRAL_SYSTEM = lazily(SERVER, re.IGNORECASE)
_COLON_AT_END = lazily(r":\s{0,3}['\"`]?$")
_PREPOSITION = lazily(r"\b(?:from|to|for|of)\s", re.IGNORECASE)
NEEDED = (
    _BESIDE_DIRECTION,
    _AFTER_KEY,
    _NUMBER_SIGN,
    _SLASH,
    _BRACKET,
    _QUOTE,
    _BAR,
    _LOG_FILE,
    _CENTRAL_SYSTEM,
    _COLON_AT_END,
    _PREPOSITION,
)
"""All that places need."""
PLACES = tuple(
    NamePlace(kind, trust, needs, lazily(pattern, re.IGNORECASE))
    for kind, trust, needs, pattern in (
        (
            PlaceKind.AFTER_KEY,
            6,
            (_AFTER_KEY,),
            rf"(?<![\w.])(?P<word>{_KEY})\s{{0,3}}[=:]\s{{0,3}}(?P<name>{_PHRASE})\s?[,;\])|]",
        ),
        (
            PlaceKind.AFTER_KEY,
            6,
            (_AFTER_KEY,),
            rf"(?<![\w.])(?P<word>{_KEY})=(?P<name>(?-i:[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+){{1,3}}))(?=\s[\w.]+=)",
        ),
        (
            PlaceKind.AFTER_KEY,
            6,
            (_AFTER_KEY,),
            rf"(?<![\w.])(?P<word>{_KEY})\"?\s{{0,3}}[=:]\s{{0,3}}(?P<name>{_QUOTED}|{_AFTER_COLON})",
        ),
        (PlaceKind.AFTER_NUMBER_SIGN, 6, (_NUMBER_SIGN,), r"\b(?P<word>cp|charger|station|cs)#(?P<name>[^\s:\0]+)"),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"(?<![^\s\]>|\0])(?P<name>{_TITLE})\s{{0,3}}{_ARROW}\s{{0,3}}{_OPENED}?{SERVER}\b",
        ),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"\b{SERVER}[\"')\]>]?\s{{0,3}}{_ARROW}\s{{0,3}}(?P<name>{_TITLE})(?![\w.-])",
        ),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"(?P<name>{_ENCLOSED}|{VALUE})\s{{0,3}}{_ARROW}\s{{0,3}}{_OPENED}?{SERVER}\b",
        ),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"\b{SERVER}[\"')\]>]?\s{{0,3}}{_ARROW}\s{{0,3}}(?P<name>{_QUOTED})",
        ),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"\b{_ORIGIN}[\"']?(?P<name>{_IN_KEY}+)[\"']?[,;]?\s{{1,3}}{_TARGET}[\"']?{SERVER}\b",
        ),
        (
            PlaceKind.BESIDE_CENTRAL_SYSTEM,
            5,
            (_CENTRAL_SYSTEM,),
            rf"\b{_ORIGIN}[\"']?{SERVER}[\"']?[,;]?\s{{1,3}}{_TARGET}[\"']?(?P<name>{_IN_KEY}+)",
        ),
        (
            PlaceKind.IN_PATH,
            5,
            (_SLASH,),
            (
                r"(?P<name>\b[a-z]{2,10}://[^\s\"'<>\\\0]+|(?<![\w/])/?[\w.%:*-]+(?:/[\w.%:*+-]+)+/?(?:\?[\w.%:*+&=-]+)?"
                r"|(?<![\w/])/[\w.%:*-]+/?\?[\w.%:*+&=-]+)"
            ),
        ),
        (
            PlaceKind.IN_FILE_NAME,
            0,
            (_LOG_FILE,),
            r"(?<![\w.-])(?>(?:[\w.-]*/)*)(?P<name>[\w*.-]+)\.(?:log|txt)(?:\.\d{1,3})?(?![\w.])",
        ),
        (
            PlaceKind.BEFORE_DIRECTION_AND_COLON,
            5,
            (_BESIDE_DIRECTION,),
            rf"(?<![^\0\n\[\]()|<>{{}}])(?P<name>[^\0\n\[\]()|<>{{}}]*?):\s{{0,3}}(?:{FLOW})",
        ),
        (
            PlaceKind.AFTER_DIRECTION_WITH_COLON,
            5,
            (_BESIDE_DIRECTION, _COLON_AT_END),
            rf"(?:{FLOW}){_ABOUT}\s{{1,3}}(?P<name>{_QUOTED})(?:(?<=:)|\s{{0,3}}:)\s{{0,3}}['\"`]?$",
        ),
        (
            PlaceKind.AFTER_DIRECTION_WITH_COLON,
            5,
            (_BESIDE_DIRECTION, _COLON_AT_END),
            rf"(?:{FLOW}){_ABOUT}\s(?P<name>{_PHRASE}):\s{{0,3}}['\"`]?$",
        ),
        (
            PlaceKind.AFTER_PREPOSITION,
            4,
            (_PREPOSITION, _COLON_AT_END),
            rf"\b(?:from|to|for|of)\s(?:the\s)?(?:{_NOUN}\s?[:=]?\s)?(?P<name>{_PHRASE}):\s{{0,3}}['\"`]?$",
        ),
        (
            PlaceKind.AFTER_PREPOSITION,
            4,
            (_PREPOSITION,),
            rf"\b(?:from|to|for|of)\s{{1,3}}(?:the\s{{1,3}})?(?:{_NOUN}\s{{0,3}}[:=]?\s{{1,3}})?(?P<name>{_QUOTED})",
        ),
        (PlaceKind.AFTER_NOUN, 4, (), rf"\b(?P<word>{_NOUN})\s{{1,3}}(?P<name>{_QUOTED})"),
        (
            PlaceKind.BEFORE_DIRECTION,
            3,
            (_BESIDE_DIRECTION,),
            rf"(?P<name>{_ENCLOSED}|{VALUE})\s{{0,3}}[-–|/]?\s{{0,3}}{_OPENED}?\s{{0,3}}(?:{FLOW})",
        ),
        (
            PlaceKind.AFTER_DIRECTION,
            3,
            (_BESIDE_DIRECTION,),
            rf"(?:{FLOW}){_ABOUT}\s{{0,3}}[\])}}>|:/-]*\s{{0,3}}(?P<name>{_QUOTED})",
        ),
        (PlaceKind.BEFORE_FRAME, 2, (), rf"(?P<name>{_QUOTED})\s{{0,3}}[-–|>:]{{0,3}}\s{{0,3}}['\"`]?$"),
        (PlaceKind.IN_BRACKETS, 1, (_BRACKET,), r"[\[({<](?P<name>[^\[\](){}<>\0]+)[\])}>]"),
        (PlaceKind.IN_QUOTES, 1, (_QUOTE,), r"(?<!\w)(?P<quote>[\"'`])(?P<name>[^\"'`\0]+)(?P=quote)(?!\w)"),
        (PlaceKind.BETWEEN_BARS, 1, (_BAR,), r"(?:^|[|\t;])\s{0,3}(?P<name>[^|\t;\0\[\]{}]+?)\s{0,3}(?=[|\t;])"),
    )
)
"""Where names are, how much that says, and the text that shows it."""
NUMBERED = frozenset(
    ("cp", "chargepoint", "chargepoints", "charger", "chargebox", "chargestation", "chargingstation", "wallbox")
)
"""The nouns, in plain letters, after which a number is the name: `cp 12`."""
