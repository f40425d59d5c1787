"""What may be the name of a charge point by its form alone, and what loggers write as words."""

from __future__ import annotations

import re

from ocpptui.importing.words.log_words import NEVER, NOISE, NOUNS, WORDS, is_flow_word
from ocpptui.importing.words.party_words import CHARGE_POINT, STATION
from ocpptui.importing.words.stated_versions import SEGMENT_OF_OCPP, SEGMENT_OF_VERSION
from ocpptui.jsontext.lazy_pattern import lazily

LONGEST = 100
"""The most characters of a name."""
MANY_DIGITS = 5
"""How many digits a number has that may be a name wherever it is."""
_PLACEHOLDER = lazily(
    r"[{}<>$]|%[sdv(]|%\w{1,40}%|^:|^\*+$|^(?:x{3,}|your|my(?=\D*$))[-_]|chargeboxid|chargepointid|identity$",
    re.IGNORECASE,
)
_DAY = lazily(r"(?:19|20)\d\d(?:-?\d\d){0,2}")
_OWNERS = frozenset(("tenant", "org", "organization", "organisation", "customer", "operator", "company", "account",
                     "group", "site", "location", "partner", "project", "network"))  # fmt: skip
"""Who has charge points, as paths name them in the singular; the segment behind is not a charge point."""
_QUERY = lazily(
    r"[?&](?:id|identity|name|sn|serial"
    rf"|(?:{CHARGE_POINT}|client|device)[-_]?(?:id|identity|name|serial)?)=(?P<name>[^&#\s\"']+)",
    re.IGNORECASE,
)
_OCPP_WORDS = ("ocpp", "centralsystem", "steve", "websocket", "ws")
_FILE = lazily(r"/(?:bin|etc|home|opt|proc|root|srv|tmp|usr|var)/")
"""How the path of a file begins."""
_EXTENSION = lazily(r"\.(?:html?|js|css|php|json|xml|py|go|java|cs|kt|ts|rs|cpp|c|h|log|txt|zip|bin|png|ico)(?::\d+)?$")
_SOURCE = lazily(r"\.(?:[cm]?[jt]sx?|php|py|go|java|cs|kt|rs|cc|cpp|cxx|ino|[ch]|hpp)(?::\d+)*:?$")
_ALSO_NAMES = frozenset(("charger", "wallbox", "evse", "pulsar"))
_OPENING = {"]": "[", ")": "(", "}": "{", ">": "<"}
_HUMP = lazily("(?<=[a-z])(?=[A-Z])")
_WITH_KIND = lazily(
    rf"(?:{STATION}|cs|cb)(?:_?id)?#(?P<name>[^#]+)",
    re.IGNORECASE,
)
_FORMULA = lazily(r'="(?P<name>[^"]*+)"')
_BETWEEN_PARTS = lazily("[-_./ ]")


def looks_like_name(name: str) -> bool:
    """Whether a name is unlike a word: it has letters and digits, or is a long number."""
    letters, digits = any(map(str.isalpha, name)), sum(map(str.isdigit, name))
    return (letters and digits > 0) or digits >= 5


def without_kind(name: str) -> str:
    """A name without what a database or a spreadsheet writes around it: the kind of the key in a table of many kinds,
    `CP#CP-77`, or the formula that keeps a number as it is, `="0012"`."""
    match = _WITH_KIND.fullmatch(name) or _FORMULA.fullmatch(name)
    return name if match is None else match["name"]


def looks_given(name: str) -> bool:
    """Whether a name is so unlike what programs call their parts that it was given to a charge point: `CP-77`."""
    return looks_like_name(name) and (sum(map(str.isupper, name)) > 1 or sum(map(str.isdigit, name)) >= MANY_DIGITS)


def within_topic(text: str) -> tuple[int, int] | None:
    """Start and end of the only part of a topic or logger with dots or colons that is no word: `ocpp.cp.CP-77.in`;
    None if it is none, or has several."""
    for sign in ".:":
        parts = text.split(sign)
        if len(parts) < 2:
            continue
        names = [place for place, part in enumerate(parts) if not (is_path_word(part) or is_flow_word(part))]
        if len(names) == 1 and is_path_word(parts[0]) and looks_given(parts[names[0]]):
            start = sum(len(part) + 1 for part in parts[: names[0]])
            return start, start + len(parts[names[0]])
    return None


def is_placeholder(name: str) -> bool:
    """Whether it is a placeholder for a name: `{chargeBoxId}`, `<id>`."""
    return _PLACEHOLDER.search(name) is not None


def path_name(path: str) -> tuple[int, int] | None:
    """Start and end of the segment of a path or topic that names a charge point, or of the value in its query; None if
    there is none."""
    query = _QUERY.search(path) if "?" in path else None
    if query is not None:
        return None if is_placeholder(query["name"]) or len(query["name"]) > LONGEST else query.span("name")
    begin = path.find("://")
    begin = path.find("/", begin + 3) if begin >= 0 else 0
    if begin < 0 or (begin == 0 and _FILE.match(path)):
        return None
    segments = _segments(path, begin)
    if segments and _SOURCE.search(path[slice(*segments[-1])]):
        return None  # in a traceback; none of its directories is a charge point: /usr/lib/python3.9/ocpp/messages.py
    while len(segments) > 1 and SEGMENT_OF_VERSION.fullmatch(path, *segments[-1]) is not None:
        segments.pop()
    if len(segments) > 1 and _DAY.fullmatch(path, *segments[-1]) and looks_like_name(path[slice(*segments[-2])]):
        segments.pop()  # a log for each year, month or day: /ocpp/CP-77/2026-03-14
    names, is_of_ocpp, owner, noun = list[tuple[int, int]](), path.startswith("ws"), False, False
    for span in segments:
        word = path[slice(*span)].lower()
        number = word.isdecimal() and (noun or span is segments[-1])
        noun = word in NOUNS or word.rstrip("s") in NOUNS
        if is_path_word(word) and not number:
            is_of_ocpp = is_of_ocpp or noun or word.startswith(_OCPP_WORDS)
        elif word.rstrip("s") in _OWNERS:
            owner = span is not segments[-1]
            continue
        elif not owner or span is segments[-1]:
            names.append(span)
        owner = False
    if not names or (len(names) > 1 and names[-1] != segments[-1]) or (len(names) > 2 and not is_of_ocpp):
        names = [span for span in names if looks_like_name(path[slice(*span)])][-1:]
    if len(names) == 2 and _is_before_tenant(path, segments, *names):
        names.pop()
    if not names:
        return None
    name = path[names[-1][0] : names[-1][1]]
    if is_placeholder(name) or _EXTENSION.search(name) or len(name) > LONGEST:
        return None
    return names[-1]


def _is_before_tenant(
    path: str, segments: list[tuple[int, int]], first: tuple[int, int], last: tuple[int, int]
) -> bool:
    """Whether the first of two names in a path is the charge point, and the last who owns it: `/CP-77/ocpp/acme`."""
    between = [path[slice(*span)].lower() for span in segments if first < span < last]
    return (
        bool(between)
        and all(map(is_path_word, between))
        and between[0].startswith("ocpp")
        and looks_like_name(path[slice(*first)])
        and path[slice(*last)].isalpha()
        and path[slice(*last)].islower()
    )


def without_closing(url: str) -> str:
    """A URL in a text without the brackets and signs behind it: `[id=4, uri=ws://host/CP-1]`."""
    while url and url[-1] in "])}>,;." and url.count(_OPENING.get(url[-1], "\0")) < url.count(url[-1]):
        url = url[:-1]
    return url


def is_path(text: str) -> bool:
    """Whether a word with slashes is a path or topic, and no name as a whole."""
    pieces = text.split("/")
    return len(pieces) > 1 and (not pieces[0] or len(pieces) > 2 or any(map(is_path_word, filter(None, pieces))))


def _segments(path: str, begin: int) -> list[tuple[int, int]]:
    """The spans of the segments of a path from a place on, without its query."""
    place, segments = begin, list[tuple[int, int]]()
    for piece in path[begin:].partition("?")[0].split("/"):
        if piece:
            segments.append((place, place + len(piece)))
        place += len(piece) + 1
    return segments


def is_path_word(segment: str) -> bool:
    """Whether a segment of a path is one that many central systems have: `ocpp`, `ocpp1.6`, `charge-points`."""
    word = segment.lower()
    if word in WORDS or word in NOUNS or SEGMENT_OF_OCPP.fullmatch(word) is not None:
        return True
    return all((part in WORDS and len(part) > 1) or part in NOUNS for part in word.replace("_", "-").split("-"))


def is_word(name: str, *, alone: bool) -> bool:
    """Whether loggers write it as a word, a class or a host. `alone`: where nothing but a name is expected."""
    word = name.lower()
    if alone and word in _ALSO_NAMES:
        return False
    if word in WORDS or word in NOUNS or "://" in word or _EXTENSION.search(word):
        return True
    if NEVER.search(name) is not None or NOISE.search(name) is not None or is_flow_word(name):
        return True
    parts = _BETWEEN_PARTS.split(_HUMP.sub("-", name).lower())
    # A letter beside a noun is what tells two of them apart: CP-A, Charger B.
    return any(part in WORDS and len(part) > 1 for part in parts) and all(
        part in WORDS or part in NOUNS or part.isdecimal() for part in parts
    )


def is_short_number(name: str) -> bool:
    """Whether it is a number that is rather that of a connector, a thread or a line."""
    return name.isdecimal() and len(name) < MANY_DIGITS


def is_never(name: str) -> bool:
    """Whether it cannot be a name even if a file seems to show it: loggers write it in many lines."""
    word = name.lower()
    if " " in name or word in WORDS or "://" in word or NEVER.search(name) is not None or is_flow_word(name):
        return True
    parts = _BETWEEN_PARTS.split(_HUMP.sub("-", name).lower())
    return word not in NOUNS and all(part in WORDS or part in NOUNS for part in parts)
