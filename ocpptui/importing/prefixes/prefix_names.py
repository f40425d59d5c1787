"""What in the text before a frame may be the name of a charge point, or of a connection.

A spot is a part of the text, with the place where it is: "in brackets before `received`". Whether a place has names is
decided from the whole file (see `charge_point_names`). Digits are replaced by zeros here: they do not matter, and
without them the same texts repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ocpptui.importing.prefixes.blanked_text import BLANK, blanked
from ocpptui.importing.prefixes.connection_spots import connection_spots_in, is_number_of_connection
from ocpptui.importing.prefixes.name_places import (
    NEAR_DIRECTION,
    NEEDED,
    NUMBERED,
    PLACES,
    STATED,
    SURE,
    VALUE,
    PlaceKind,
    Spot,
)
from ocpptui.importing.words.line_shapes import without_digits, without_traces
from ocpptui.importing.words.log_words import NEVER, NOUNS, SENT_MARK, WORDS, with_marks
from ocpptui.importing.words.name_forms import (
    LONGEST,
    is_never,
    is_path,
    is_path_word,
    is_placeholder,
    is_short_number,
    is_word,
    looks_given,
    looks_like_name,
    path_name,
    within_topic,
    without_closing,
)
from ocpptui.importing.words.stated_versions import VERSION_BEHIND_NAME
from ocpptui.jsontext.lazy_pattern import lazily

_TOKEN = lazily(VALUE)
_PART = lazily(r"[^@#/]+")
_SMALL_PART = lazily(r"[^@.#/]+")
_PART_OF_TOPIC = lazily(r"[^:]+")
_KEY_BEFORE = lazily(r"(?<![^\s,;|({\[])([^\W\d_][\w.-]{0,60})=[\"'\[(]?$")
_QUOTES = "\"'`"
_ROLE_OF_THREAD = lazily(r"(?:ocpp|ws|websocket|session|thread|worker|handler|conn)[-_](?=[^-_])", re.IGNORECASE)
"""What a thread or task is called before the charge point that it serves: `ocpp-CP-77`."""
_ROLE_BEHIND = lazily(
    r"[-_](?:reader|writer|reads?|writes?|rx|tx|recv|send|sender|receiver|handler|worker|thread|task|loop|session|ws"
    r"|conn|connection|listener)(?:[-_#]?\d{1,6})?$",
    re.IGNORECASE,
)
"""What a thread or task is called behind the charge point that it serves: `CP-77-reader-1`."""
_CONNECTION_BEHIND = lazily(r"(?:[@/]\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|#\d{1,6})$")
"""What tells the connections of a charge point apart: `CP-77@10.0.0.5:51000`, `CP-77#2`."""
_BEFORE_NAME = " \t\"'`([{<.,;:!?/|=>#-~«»“”„‘’•·—–@"
_BEHIND_NAME = " \t\"'`)]}>.,;:!?/|=<-~«»“”•·—–@#"
"""Signs that enclose a name, or part it from others."""
_SIGNS = "^$[](){}\"'`:;,|"
"""Signs that are the same whatever the direction of a frame: arrows are not."""
MOST_PARTS = 6
"""How many parts of a word are looked at."""
_LEVEL_AND_LOGGER = lazily(r"^(?:TRACE|DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL):[\w.]+(?::|$)", re.IGNORECASE)
_SENTENCE = lazily(r"[“”\"]|[:.!?] ")
MOST_WORDS = 4
"""How many words a name may have."""
_CAPITALISED = lazily(r"[^\W\d_a-z][^\W\d_A-Z]+")
_WORD_BEFORE = lazily(
    r"(?<![^\s\]|])(?P<word>[^\W\d_a-z][^\W\d_A-Z]+)(?: (?:am|an|auf|beim|de|del|der|di|du|im|la|le|of|the))? $"
)
_WORD_BEHIND = lazily(
    r" (?:(?:am|an|auf|beim|de|del|der|di|du|im|la|le|of|the) )?(?P<word>[^\W\d_a-z][^\W\d_A-Z]+)(?![\w.])"
)
_NUMBER_BEHIND = lazily(r" \d{1,4}(?![\w.:/,-])")
_COUNTED = frozenset(
    ("connector", "connectors", "gun", "outlet", "plug", "port", "phase", "line", "attempt", "frame", "part", "channel")
)
"""What is counted in a log: a number behind one of them is not of the charge point."""
_WITH_WORD = frozenset(kind for kind in PlaceKind if "{}" in kind)
_NOTHING = frozenset(("", "-", "none", "null", "nil", "undefined", "unknown", "n/a"))
_HEX = lazily(r"(?:0x)?(?=[a-f0]*0)[0a-f]{6,}|[0A-F]{8,}|[0a-fA-F]{8}(?:-[0a-fA-F]{4}){3}-[0a-fA-F]{12}")
_NUMBER = lazily(r"0{1,4}")


@lru_cache(maxsize=8192)
def spots_in(text: str) -> tuple[Spot, ...]:
    """The parts of a masked text that may be the name of a charge point, without those that are ordinary words."""
    return _spots_in(without_traces(text))


@lru_cache(maxsize=8192)
def _spots_in(text: str) -> tuple[Spot, ...]:
    text = blanked(text)
    found: dict[tuple[int, int], Spot] = {}
    marked = with_marks(text)
    text = text.replace(SENT_MARK, BLANK)
    missing = {needed for needed in NEEDED if needed.search(marked) is None}
    for known_place in PLACES:
        if not missing.isdisjoint(known_place.needs):
            continue
        for match in known_place.pattern.finditer(marked if known_place.is_beside_direction else text):
            spot = _spot(text, known_place.kind, known_place.trust, match)
            known = None if spot is None else found.get((spot.start, spot.end))
            if spot is not None and (known is None or (spot.likely and not known.likely)):
                found[spot.start, spot.end] = spot
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    words = [_within_path(text, span) for span in (_named(text, *token) for token in tokens) if span is not None]
    for span in words:
        kind, trust = (PlaceKind.ONLY_NAME, 2) if len(words) == 1 else (PlaceKind.AMONG_NAMES, 0)
        if span not in found:
            found[span] = Spot(*_after_key_or_among(kind, text, span), *span, trust)
    connections = connection_spots_in(text)
    if connections:
        spans = {(spot.start, spot.end) for spot in connections}
        numbers = [spot for spot in connections if is_number_of_connection(spot, text)]
        found = {
            span: spot
            for span, spot in found.items()
            if spot.trust >= SURE
            or not (span in spans or any(span[0] < one.end and one.start < span[1] for one in numbers))
        }
        for one in numbers:
            text = f"{text[: one.start]}{BLANK * (one.end - one.start)}{text[one.end :]}"
        tokens = [match.span() for match in _TOKEN.finditer(text)] if numbers else tokens
    spots = [*found.values(), *_any_words(text, tokens)]
    return tuple(sorted(spots, key=lambda spot: (-spot.trust, not spot.likely, -spot.start)))


def name_in(text: str, spot: Spot) -> str:
    """The name in a text at a spot of its masked form."""
    return text[spot.start : spot.end].strip()


def phrase_around(text: str, spot: Spot) -> str:
    """The name in a text at a spot with the words around it that may belong to it, `Garage` before `Left`, and a number
    behind them, `Garage 2`; the name alone if there are none, or if it looks like an id."""
    name, start, end = name_in(text, spot), spot.start, spot.end
    if not (_CAPITALISED.fullmatch(name) or is_short_number(name)):
        return name
    words = 1
    while words < MOST_WORDS - 1:
        before = _WORD_BEFORE.search(text, 0, start)
        if before is None or _is_not_of_name(before["word"]):
            break
        start, words = before.start("word"), words + 1
    while words < MOST_WORDS - 1 and not is_short_number(name):
        behind = _WORD_BEHIND.match(text, end)
        if behind is None or _is_not_of_name(behind["word"]):
            break
        end, words = behind.end(), words + 1
    if not is_short_number(name) and (number := _NUMBER_BEHIND.match(text, end)) is not None:
        end = number.end()
    return text[start:end]


def sure_name(text: str) -> str:
    """The name of a charge point in a text of which no other is known; empty if the words around say too little."""
    for spot in spots_in(without_digits(text)):
        return name_in(text, spot) if spot.trust >= SURE else ""
    return ""


def may_be_name(text: str) -> bool:
    """Whether a whole text may be the name of a charge point: loggers do not write it as a word."""
    return _named(without_digits(text), 0, len(text)) == (0, len(text))


def looks_like_trace(name: str) -> bool:
    """Whether a name is rather the number of a thread, a request or a message."""
    return _HEX.fullmatch(without_digits(name)) is not None or _NUMBER.fullmatch(without_digits(name)) is not None


def _spot(text: str, kind: PlaceKind, trust: int, match: re.Match[str]) -> Spot | None:
    start, end = match.span("name")
    if kind is PlaceKind.IN_PATH:
        return _spot_in_path(text, trust, start, end)
    span, likely = _named(text, start, end, alone=kind is PlaceKind.BEFORE_DIRECTION_AND_COLON), True
    if span is None and trust == STATED and _states(text[:start], match["word"], text[start:end]):
        enclosed = text[start] in "\"'[(<"
        span = start + enclosed, end - enclosed
    if span is None:
        span, likely = _named(text, start, end, words=True), False
    if span is None or (not likely and trust < NEAR_DIRECTION and text[span[0] : span[1]].isdecimal()):
        return None
    if trust < SURE and VERSION_BEHIND_NAME.match(text, span[1]) is not None:
        trust = SURE  # only a charge point speaks a version of OCPP: Station_A:OCPP_2.0.1
    span = _cell(text, span) if trust <= NEAR_DIRECTION else span
    span = _within_path(text, span)
    name = text[span[0] : span[1]]
    if " " in name and not _may_have_words(name, quoted_value=trust == STATED and text[match.start("name")] in "\"'"):
        return None
    word = "".join(filter(str.isalnum, match["word"].lower())) if kind in _WITH_WORD else ""
    place = kind.value.format(word)
    after = text[span[1] :].lstrip("\"')]> ")[:1]
    is_verb = kind is PlaceKind.AFTER_NOUN and name.isalpha() and name.islower() and not text[span[1] :].strip(" :")
    if kind is PlaceKind.AFTER_NOUN and word in NUMBERED and name.isdecimal():
        return Spot(kind, place, *span, trust)
    if trust == SURE and not looks_like_name(name) and (after not in ("", ":") or is_verb):
        trust = 2
    return Spot(kind, place, *span, trust) if likely else Spot(kind, place, *span, 0, likely=False)


def _spot_in_path(text: str, trust: int, start: int, end: int) -> Spot | None:
    """The name in a path, a topic or a URL that is in a text from `start` to `end`."""
    span = path_name(without_closing(text[start:end]))
    if span is None or text[start + span[1] : start + span[1] + 1] == "\0":
        return None  # a date follows: it is a file
    span = span[0], span[0] + len(text[start + span[0] : start + span[1]].rstrip(":"))
    before = text[start : start + span[0]].rstrip("/").rpartition("/")[2].lower()
    is_named = "=" in before or before in NOUNS or before in WORDS or is_path_word(before)
    # Whose path begins with OCPP, it ends with the identity, also behind a tenant (OCPP-J 1.6 section 3.1.1).
    is_named = is_named or text[start : start + 5].lower() == "/ocpp"
    if not is_named and not text.startswith("ws", start):
        trust = 3 if text[start] == "/" else 1
    name = text[start + span[0] : start + span[1]]
    if any(not is_path_word(segment) for segment in text[start + span[1] : end].split("/")[1:] if segment):
        trust = min(trust, NEAR_DIRECTION)  # a tenant may be behind it, or before it
    if not text.startswith(("ws", "/"), start) and (NEVER.search(name) or is_short_number(name)):
        return None
    return Spot(PlaceKind.IN_PATH, PlaceKind.IN_PATH.value, start + span[0], start + span[1], trust)


def _may_have_words(name: str, *, quoted_value: bool) -> bool:
    """Whether a text of several words may be a name as a whole. The quotes around the value of a key show where it
    begins and ends, so that it may begin with a number or a noun: `station="CP 77"`."""
    words = name.split()
    if quoted_value and looks_like_name(name):
        return not any(_is_not_of_name(word) for word in words if word.lower() not in NOUNS)
    return not (words[0].isdecimal() or any(map(_is_not_of_name, words)))


def _is_not_of_name(word: str) -> bool:
    """Whether a name of several words does not have this one. It may have a number behind a word: `Garage 2`."""
    return word.lower() in _COUNTED or (is_word(word, alone=False) and not word.isdecimal())


def _within_path(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The segment of a path that names a charge point, if it is a path; else the same span."""
    start, end = span
    if "/" not in text[start:end]:
        return span
    start -= text[start - 1 : start] == "/"
    named = path_name(text[start:end]) if is_path(text[start:end]) else None
    return span if named is None else (start + named[0], start + named[1])


def _any_words(text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[Spot]:
    """The words and parts of words that the whole file may show to be names: `ocpp@CP-77`, `ocpp.CP-77.recv`."""
    for token in tokens:
        span = _named(text, *token, words=True)
        if span is not None and not any(map(is_path_word, text[slice(*span)].split("/")[1:])):
            kind = PlaceKind.AMONG_NUMBERS if is_short_number(text[slice(*span)]) else PlaceKind.AMONG_WORDS
            yield Spot(*_after_key_or_among(kind, text, span), *span, -1, likely=False)
        role = _ROLE_OF_THREAD.search(text, *token)
        rest = None if role is None else _named(text, role.end(), token[1], words=True)
        if role is not None and rest is not None and looks_like_name(text[slice(*rest)]):
            place = PlaceKind.BEHIND_ROLE.format(role[0].strip("-_").lower())
            yield Spot(PlaceKind.BEHIND_ROLE, place, *rest, -5, likely=False)
        first = text[slice(*token)].partition(":")[0]
        of_topic = is_path_word(first) or first.startswith("ocpp")  # a channel of Redis, a logger: ocpp:CP-77:in
        for trust, pattern in ((-2, _PART), (-3, _SMALL_PART), *([(-4, _PART_OF_TOPIC)] if of_topic else ())):
            parts = list(pattern.finditer(text, *token))
            if 2 <= len(parts) <= MOST_PARTS:
                for number, part in enumerate(parts, 1):
                    span = _named(text, *part.span(), words=True)
                    if span is not None:
                        place = PlaceKind.IN_PART.format(f"{number} of {len(parts)}")
                        yield Spot(PlaceKind.IN_PART, place, *span, trust, likely=False)


def _cell(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The whole of what is in quotes around a word, or its cell if the line has cells between bars or tabs."""
    if text[span[0] - 1 : span[0]] != " ":
        return span
    quote = text[span[1] : span[1] + 1]
    opening = text.rfind(quote, 0, span[0]) + 1 if quote in _QUOTES and quote else 0
    if opening and not text[max(opening - 2, 0)].isalnum() and "\0" not in text[opening : span[0]]:
        return opening, span[1]
    start = max(text.rfind("|", 0, span[0]), text.rfind("\t", 0, span[0])) + 1
    ends = [end for end in (text.find("|", span[1]), text.find("\t", span[1])) if end >= 0]
    if not start or not ends or "\0" in text[start : min(ends)]:
        return span
    cell = text[start : min(ends)]
    return start + len(cell) - len(cell.lstrip()), start + len(cell.rstrip())


def _named(text: str, start: int, end: int, *, alone: bool = False, words: bool = False) -> tuple[int, int] | None:
    """The span without what surrounds a name; None if it is an ordinary word, or with `words` if it is never a name."""
    while True:
        before = start, end
        while start < end and text[start] in _BEFORE_NAME:
            start += 1
        while end > start and text[end - 1] in _BEHIND_NAME:
            end -= 1
        level = _LEVEL_AND_LOGGER.match(text[start:end])
        if level is not None:
            start += level.end()
        version = VERSION_BEHIND_NAME.search(text, start, end)
        if version is not None and version.end() == end:
            end = version.start()
        if alone:
            start = _after_words(text, start, end)
        for pattern in (_ROLE_BEHIND, _CONNECTION_BEHIND):
            behind = pattern.search(text, start, end)
            if behind is not None and looks_given(text[start : behind.start()]):
                end = behind.start()
        role = _ROLE_OF_THREAD.match(text, start, end)
        if role is not None and looks_given(text[role.end() : end]):
            start = role.end()
        topic = within_topic(text[start:end])
        if topic is not None:
            start, end = start + topic[0], start + topic[1]
        if end - start > 2 and text[start] == text[end - 1] and text[start] in "_*":
            start, end = start + 1, end - 1  # emphasis in Markdown
        if (start, end) == before:
            break
    name = text[start:end]
    if (
        not name
        or len(name) > LONGEST
        or name.count(" ") >= MOST_WORDS
        or _SENTENCE.search(name)
        or is_placeholder(name)
        or (is_never(name) if words else is_word(name, alone=alone))
    ):
        return None
    return start, end


def _after_words(text: str, start: int, end: int) -> int:
    """Where a name of one or several words begins, after ordinary words and the names of loggers."""
    if looks_like_name(last := text[start:end].rpartition(" ")[2]) and len(last) > 2:
        return end - len(last)
    while " " in text[start:end]:
        first, _, rest = text[start:end].partition(" ")
        if "  " not in text[start:end] and not is_word(first.strip("-–:|>"), alone=False) and first.strip("-–:|>"):
            break
        start = end - len(rest.lstrip())
    return start


def _states(before: str, key: str, value: str) -> bool:
    """Whether the text before a value and its key say that it is the name, whatever it is. The number of an EVSE is
    none."""
    if not before.endswith("=") and not (before.rstrip().endswith(":") and value.isdecimal()):
        return False
    is_evse = key.lower().startswith("evse") and is_short_number(value)
    return value.lower() not in _NOTHING and not is_placeholder(value) and not is_evse


def _after_key_or_among(kind: PlaceKind, text: str, span: tuple[int, int]) -> tuple[PlaceKind, str]:
    """The kind and the place of a value behind a key, whatever that means: `kulku=`; else `kind`, with what is around
    it in brackets."""
    key = _KEY_BEFORE.search(text, 0, span[0])
    if key is not None:
        return PlaceKind.AFTER_KEY, PlaceKind.AFTER_KEY.format(key[1])
    return kind, f"{kind} ({_around(text, *span)})"


def _around(text: str, start: int, end: int) -> str:
    """The characters around a word, and how many lines are below its own: the place of words that are distinguished by
    nothing else."""
    below = text.count("\n", end)
    before, after = text[:start].rstrip()[-1:] or "^", text[end:].lstrip()[:1] or "$"
    return "…".join(
        "a" if sign.isalpha() else "T" if sign == "\0" else sign if sign in _SIGNS else "*" for sign in (before, after)
    ) + (f", {below}" if below else "")
