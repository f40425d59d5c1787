"""Times as logs write them, in every notation seen so far, with or without date, zone and fraction."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import micros_of

_NAMES = {
    1: "jan ene gen january janv janvier januar enero",
    2: "feb fév fev févr février februar february febr",
    3: "mar mär mrz mrt maa mars march märz marzo",
    4: "apr avr abr april avril abril",
    5: "may mai mei maj mag mayo",
    6: "jun giu juin june juni junio",
    7: "jul lug juil july juli julio juillet",
    8: "aug ago août aou august agosto",
    9: "sep set sept september septembre",
    10: "oct okt ott out october oktober octobre octubre",
    11: "nov november novembre noviembre",
    12: "dec dez déc dic december dezember décembre",
}
MONTHS = {name: number for number, names in _NAMES.items() for name in names.split()}
"""Month names in the languages that loggers use."""
_MONTH = r"(?P<{0}>[A-Za-zäéûÄ]{{3,9}})\.?"
_CLOCK = r"(?P<h{0}>\d{{1,2}}):(?P<i{0}>\d\d):(?P<s{0}>\d\d)(?:(?:[.,]|:(?=\d{{3}}))(?P<f{0}>\d{{1,9}}))?"
_ZONE = (
    r"(?:\s?(?:GMT|UTC)?(?P<z{0}>Z(?![A-Za-z])|[+-]\d\d:?\d\d(?!\d)|(?:(?<=GMT)|(?<=UTC))[+-]\d{{1,2}}(?::\d\d)?(?![\d:])"
    r"|(?<=\d)[+-]\d\d(?![\w:.-]))"
    r"| (?P<u{0}>UTC|GMT)\b)?"
)

_HALF = r"(?:\s?(?P<p{0}>[AP]\.?M\b\.?|[ap]\.\s?m\.{1}))?"
_AT = r"(?:T|[\s:,_@|-]{1,3}|,? (?:at|um|à|om|alle|klo) )"
"""Between a date and its time of day: Kibana writes `Nov 25, 2024 @ 12:34:21`."""
MONTH_WORD = (
    r"(?:[Jj](?:an|ui?[ln])|[Ff][eé][bv]|[Mm](?:a[argijy]|är|r[tz]|ei)|[Aa](?:[bpv]r|go|o[uû]|ug)|[Ss]e[pt]"
    r"|[Oo](?:[ckt]t|ut)|[Nn]ov|[Dd](?:[eéi]c|ez)|[Ee]ne|[Gg](?:en|iu)|[Ll]ug)[a-zéûä]{0,7}"
)
"""A word that begins as the name of a month: a number behind any other is no day, nor is one before it."""
_KNOWN_MONTH = "(?P<{0}>" + MONTH_WORD.replace("{", "{{").replace("}", "}}") + r")\.?"

_ISO = lazily(
    r"(?<!\d)(?P<y>\d{4})([-/.])(?P<m>\d\d)\2(?P<d>\d\d)(?:T|[\s_,@|:-]{1,3})"
    + _CLOCK.format("").replace("[.,]", "[.,:]")
    + _HALF.format("", "")
    + _ZONE.format("")
)
"""By far the most frequent notation, and so tried first: year, month, day, time."""
_WORD_FIRST = "|".join(
    (
        # month name, day, year: JavaScript
        r"\b" + _MONTH.format("m2") + r"\s{1,2}(?P<d2>\d{1,2})(?:st|nd|rd|th)?,? (?P<y2>\d{4}|\d\d(?=,))"
        + _AT + _CLOCK.format("2") + _HALF.format("2", "|[ap]m\\b") + _ZONE.format("2"),
        # month name, day, time, year: asctime, date
        r"\b" + _MONTH.format("m8") + r"\s{1,2}(?P<d8>\d{1,2}) " + _CLOCK.format("8")
        + r" (?:(?:(?P<u8>UTC|GMT)|[A-Z]{3,4}) )?(?P<y8>(?:19|20)\d\d)(?![\w.:-])",
        # month name, day and maybe year, with the same sign between them
        r"(?<![^\W_])" + _KNOWN_MONTH.format("mF") + r"(?P<sepF>[/-])(?P<dF>\d{1,2})(?:(?P=sepF)(?P<yF>\d{4}))?"
        + _AT + _CLOCK.format("F") + _ZONE.format("F"),
        # a level, month and day, without a year: glog, klog
        r"(?<!\w)[DIWEF](?P<mJ>[01]\d)(?P<dJ>[0-3]\d) {1,2}" + _CLOCK.format("J"),
        # month name and day, without a year: syslog
        r"\b" + _MONTH.format("m3") + r"\s{1,2}(?P<d3>\d{1,2})(?: |,? (?:[@|-]|at) |, |\t)" + _CLOCK.format("3"),
        # an object of Python, as it is printed
        (
            r"\bdatetime\((?P<yB>\d{4}), (?P<mB>\d{1,2}), (?P<dB>\d{1,2}), (?P<hB>\d{1,2}), (?P<iB>\d{1,2})"
            r"(?:, (?P<sB>\d{1,2})(?:, (?P<fB>\d{1,6}))?)?"
            r"(?:, tzinfo=(?P<zB>[\w.<]{0,40}?\b(?:utc|UTC)>?))?(?=[,)])"
        ),
    )
)  # fmt: skip
_NUMBER_FIRST = "|".join(
    (
        # day, month name, year: HTTP and Apache
        r"(?<!\d)(?P<d1>\d{1,2})(?:\. |[ /-])" + _MONTH.format("m1")
        + r"[ /-](?P<y1>\d{4}|\d\d(?= \d))" + _AT
        + _CLOCK.format("1").replace("):(", ")[:.](") + _HALF.format("1", "|[ap]m\\b") + _ZONE.format("1"),
        # year, month and day of one digit
        r"(?<!\d)(?P<y9>\d{4})(?P<sep9>[-/._])(?P<m9>\d{1,2})(?P=sep9)(?P<d9>\d{1,2})"
        r"(?:,?\s{1,3}|[-_T])(?P<q9>上午|下午)?\s?"
        + _CLOCK.format("9").replace("):(", ")(?P<c9>[:._-])(", 1).replace("):(", ")(?P=c9)(")
        + _HALF.format("9", "|[ap]m\\b") + _ZONE.format("9"),
        # year, month name, day: rsyslog and Cisco
        r"(?<!\d)(?P<yC>(?:19|20)\d\d) " + _MONTH.format("mC") + r"\s{1,2}(?P<dC>\d{1,2}),? "
        + _CLOCK.format("C") + _ZONE.format("C"),
        # a day of the week between date and time, and often no seconds: Org
        r"(?<!\d)(?P<yD>\d{4})(?P<sepD>[-/.])(?P<mD>\d\d)(?P=sepD)(?P<dD>\d\d),? [^\W\d_]{2,12}\.?,? "
        + _CLOCK.format("D").replace(r":(?P<sD>\d\d)(?:", r"(?::(?P<sD>\d\d)(?:", 1)
        + r")?(?![\d:])" + _ZONE.format("D"),
        # year, month name, day, with the same sign between them
        r"(?<!\d)(?P<yE>(?:19|20)\d\d)(?P<sepE>[/-])" + _MONTH.format("mE") + r"(?P=sepE)(?P<dE>\d{1,2})"
        + _AT + _CLOCK.format("E") + _ZONE.format("E"),
        # day, month name, without a year
        r"(?<![\w.:])(?P<dG>\d{1,2})(?:\. |[ /-])" + _KNOWN_MONTH.format("mG") + _AT + _CLOCK.format("G")
        + _ZONE.format("G"),
        # numbers of a month and a day, without a year: Android, Java
        r"(?<![\w./:+-])(?:(?P<dH>\d\d)(?P<sepH>[/-])(?P<mH>\d\d)|(?P<dI>\d{1,2})\.(?P<mI>\d{1,2})\.)"
        r"(?:,?\s{1,2}|[T_]| [@|-] )" + _CLOCK.format("H") + _ZONE.format("H"),
        # numbers, with the year last, or anywhere if it has two digits
        r"(?<!\d)(?P<d4>\d{1,2})(?P<sep4>[./-])(?P<m4>\d{1,2})(?P=sep4)"
        r"(?P<y4>\d{4}|\d\d(?!\d))(?:,?\s+|(?<=\d{4})" + _AT + ")"
        + _CLOCK.format("4").replace("}}:(", "}}[:.](").replace("):(", ")[:.](")
        + r"(?:\s*(?P<p4>[AaPp]\.?\s?[Mm]\b\.?))?" + _ZONE.format("4"),
        # one number: 20240226T091445
        r"(?<!\d)(?P<y5>(?:19|20)\d\d)(?P<m5>[01]\d)(?P<d5>[0-3]\d)[T _-]?(?P<h5>[0-2]\d):?(?P<i5>[0-5]\d)"
        r":?(?P<s5>[0-5]\d)(?:(?:[.,]|(?=\d{3}(?!\d)))(?P<f5>\d{1,9}))?" + _ZONE.format("5") + r"(?!\d)",
        # seconds, milliseconds, microseconds or nanoseconds since 1970
        r"(?:(?<![\w.:-])|(?<=[Tt]ime:)|(?<=[Ss]tamp:)|(?<=\bts:))(?P<e6>1\d{9}(?:\d{9}|\d{6}|\d{3})?)(?:[.,](?P<f6>\d{1,9}))?(?![\w:-])",
        # a time without a date
        r"(?<![\d:.])" + _CLOCK.format("7") + r"(?![\d:])",
    )
)  # fmt: skip
_AT_START = (
    # one number with a year of two digits: MySQL
    r"^[\[(]?(?P<yA>\d\d)(?P<mA>[01]\d)(?P<dA>[0-3]\d)[ T_-]\s?(?P<hA>[012]?\d):?(?P<iA>[0-5]\d):?"
    r"(?P<sA>[0-5]\d)(?:[.,](?P<fA>\d{1,9}))?(?![\w:])"
)
_OTHER = lazily(
    r"(?=[A-Za-zäéûÄ]{3,12}\.?[\s/-]{1,2}\d|[DIWEF][01]\d|datetime\()(?<![^\W_])(?:" + _WORD_FIRST + ")"
    r"|(?=\d)(?<!\d)(?:" + _NUMBER_FIRST + ")|" + _AT_START
)
"""What any notation begins with is looked at first: most places in a line cost no more than that."""

_QUOTE = r"\\{0,3}[\"'`]"
_QUOTED = rf"{_QUOTE}[^\"'`]*{_QUOTE}"
_REJECTED = lazily(
    rf"\bparsing time {_QUOTED}(?: as {_QUOTED})?(?:: cannot parse {_QUOTED} as {_QUOTED})?"
    rf"|\btime data {_QUOTED}(?: does not match format {_QUOTED})?"
    rf"|\b[Tt]ext {_QUOTED} could not be parsed|\bUnparseable date: {_QUOTED}|\b[Ii]nvalid isoformat string: {_QUOTED}"
)
"""A time that a parser rejected, as Go, Python and Java write it: what it quotes is of a payload, or a format."""
_OF_PARSERS = ("pars", "time data", "isoformat")
"""One of these is in each of them."""


@dataclass(slots=True)
class Moment:
    """A time found in a text. Treat it as immutable; frozen, it would take longer to make, once for each line."""

    start: int
    end: int
    time: int
    """Microseconds since 1970: in UTC if `zoned`, otherwise in local time."""
    zoned: bool
    dated: bool = True
    """False if the text has only a time of day; `time` then counts from midnight."""
    yeared: bool = True
    """False if the year is missing; `time` is then in 1972, which has every possible day."""
    fraction: bool = False
    readings: tuple[int | None, int | None, int | None] | None = None
    """The time if the day comes first, if the month does and if the year does, where the notation leaves that open."""


def best_moment(text: str) -> Moment | None:
    """The most complete time in a text: with date, zone and fraction; among equals, the last."""
    found = _moments(text)
    if not found:
        return None
    accepted = without_rejected(text, " ")
    if accepted != text:
        found = _moments(accepted) or found
    return max(found, key=lambda moment: (moment.dated, moment.yeared, moment.zoned, moment.fraction, moment.start))


def without_rejected(text: str, blank: str) -> str:
    """A text with this character for each of a time that a parser rejected."""
    if not any(word in text for word in _OF_PARSERS):
        return text
    return _REJECTED.sub(lambda match: blank * len(match[0]), text)


def _moments(text: str) -> list[Moment]:
    found = [moment for moment in map(_iso_moment, _ISO.finditer(text)) if moment is not None]
    return found or [moment for moment in map(_other_moment, _OTHER.finditer(text)) if moment is not None]


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """Where a time is in each of the texts that differ only in their digits."""

    start: int
    end: int
    seconds: int = 0
    """Where the seconds end, in the most frequent notation; 0 in any other, and the rest is then unknown."""
    fraction: int = 0
    """Where the fraction ends that follows the seconds after a sign, or its sixth digit; 0 if there is none."""
    scale: int = 1_000_000
    """How many microseconds the last of these digits counts."""
    zone: int = 0
    """Where the zone begins; 0 if there is none."""


def slot_of(text: str, moment: Moment) -> TimeSlot:
    """Where a time is that was found in a text."""
    match = _ISO.fullmatch(text, moment.start, moment.end)
    return TimeSlot(moment.start, moment.end) if match is None else _slot_of_iso(match)


def _slot_of_iso(match: re.Match[str]) -> TimeSlot:
    """Where the parts of a time are in the most frequent notation; only where all of it is for one with AM or PM."""
    if match["p"]:
        return TimeSlot(*match.span())
    zone = max(match.start("z"), match.start("u"), 0)
    start, until = match.span("f")
    until = min(until, start + 6)
    return TimeSlot(*match.span(), match.end("s"), max(until, 0), 10 ** (6 - max(until - start, 0)), zone)


@lru_cache(maxsize=1024)
def slot_in_shape(shape: str) -> TimeSlot | None:
    """Where a time is in the texts that are nothing but that, in the most frequent notation; None for any others.

    `shape` is such a text with zeros for its digits.
    """
    match = _ISO.match(shape)
    if match is None or match.end() != len(shape):
        return None
    slot = _slot_of_iso(match)
    return slot if slot.seconds else None


def moment_in(text: str, slot: TimeSlot) -> Moment | None:
    """The time that is in this slot of a text; None if there is none.

    Its parts are cut out at their places, which takes a fraction of the time of a regular expression.
    """
    start, end, seconds, until, zone = slot.start, slot.end, slot.seconds, slot.fraction, slot.zone
    base = _start_of_minute(text[start : seconds - 2]) if seconds else None
    offset = _offset_of(text[zone:end]) if zone else 0
    digits = text[seconds - 2 : seconds] + text[seconds + 1 : until]
    if base is None or offset is None or not digits.isdecimal() or digits[0] > "5":
        return _moment_at(text, start, end)
    return Moment(start, end, base + int(digits) * slot.scale - offset, zone > 0, True, True, until > 0)


@lru_cache(maxsize=256)
def _start_of_minute(text: str) -> int | None:
    """Microseconds since 1970 of a date and a time up to where its seconds begin; many lines are of one minute."""
    match = _ISO.fullmatch(f"{text}00")
    return None if match is None else _seconds_of(*match.group("y", "m", "d", "h", "i", "s"))


@lru_cache(maxsize=256)
def _offset_of(zone: str) -> int | None:
    """By how many microseconds a zone is ahead of UTC; None if this is not a zone."""
    if zone[:1] in ("+", "-"):
        hours, _, minutes = zone[1:].partition(":")
        digits = hours.zfill(2).ljust(4, "0") if not minutes else hours.zfill(2) + minutes
        offset = (int(digits[:2]) * 60 + int(digits[2:])) * 60_000_000 if digits.isdecimal() else None
        return -offset if offset is not None and zone[0] == "-" else offset
    return 0 if zone in ("Z", "UTC", "GMT") else None


def _moment_at(text: str, start: int, end: int) -> Moment | None:
    """The time that is exactly this part of a text; None if it is not one."""
    match = _ISO.fullmatch(text, start, end)
    if match is not None:
        return _iso_moment(match)
    match = _OTHER.fullmatch(text, start, end)
    return None if match is None else _other_moment(match)


def _iso_moment(match: re.Match[str]) -> Moment | None:
    year, _, month, day, hour, minute, second, fraction, half, zone, universal = match.groups()
    if half:
        hour = str(_hour(int(hour), half))
    base = _seconds_of(year, month, day, hour, minute, second)
    if base is None:
        return None
    return _moment(match, base, fraction, zone or universal)


def _other_moment(match: re.Match[str]) -> Moment | None:
    number = (match.lastgroup or "")[-1]  # that of the notation: the names of all its groups end with it
    names = match.re.groupindex

    def part(letter: str) -> str | None:
        return match[letter + number] if letter + number in names else None

    if number == "6":
        return _epoch_moment(match, match["e6"], match["f6"])
    hour, minute, second = (int(part(letter) or 0) for letter in "his")
    fraction = part("f")
    if number == "B":
        fraction = (fraction or "").zfill(6)  # a number of microseconds
    if number == "7":
        base = _seconds(1970, 1, 1, hour, minute, second)
        return replace(_moment(match, base, fraction, None), dated=False) if base is not None else None
    date = "I" if number == "H" and match["dI"] is not None else number
    day, month_text, year_text = int(match[f"d{date}"]), match[f"m{date}"], part("y")
    year = int(year_text) if year_text else 1972
    year += 2000 if year < 100 else 0
    month = int(month_text) if month_text.isdecimal() else MONTHS.get(month_text.lower(), 0)
    half = part("q") or part("p")
    hour = _hour(hour, "p" if half == "下午" else half)
    zone = part("z") or part("u")
    if number in "4H":
        is_american = match["sepH"] is not None or match["sep4"] == "/" or bool(half)
        moment = _numeric_moment(match, (day, month, year), (hour, minute, second), (fraction, zone, is_american))
        return moment if moment is None or number == "4" else replace(moment, yeared=False)
    base = _seconds(year, month, day, hour, minute, second)
    return None if base is None else replace(_moment(match, base, fraction, zone), yeared=bool(year_text))


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day; `half` is AM or PM."""
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _numeric_moment(
    match: re.Match[str],
    date: tuple[int, int, int],
    clock: tuple[int, int, int],
    rest: tuple[str | None, str | None, bool],
) -> Moment | None:
    """A date of numbers, whose year is the last, or of two digits, or 1972 where it is missing. `rest` is the fraction,
    the zone, and whether the month usually comes first: with slashes, AM and PM, or with no year."""
    fraction, zone, is_american = rest
    first, second, year = date
    day_first, month_first = _seconds(year, second, first, *clock), _seconds(year, first, second, *clock)
    may_be_year = match["y4"] is not None and len(match["y4"]) == len(match["d4"])
    year_first = _seconds(2000 + first, second, year - 2000, *clock) if may_be_year else None
    usual = (month_first, day_first, year_first) if is_american else (day_first, month_first, year_first)
    base = next((one for one in usual if one is not None), None)
    if base is None:
        return None
    moment = _moment(match, base, fraction, zone)
    after = moment.time - base
    readings = _later(day_first, after), _later(month_first, after), _later(year_first, after)
    return replace(moment, readings=readings)


def _later(time: int | None, by: int) -> int | None:
    return None if time is None else time + by


def _epoch_moment(match: re.Match[str], digits: str, fraction: str | None) -> Moment:
    micros = int(digits.ljust(16, "0")[:16]) if len(digits) > 10 else int(digits) * 1_000_000
    if len(digits) == 10 and fraction:
        micros += int(fraction.ljust(6, "0")[:6])
    return Moment(match.start(), match.end(), micros, True, fraction=True)


def _moment(match: re.Match[str], base: int, fraction: str | None, zone: str | None) -> Moment:
    time = base + (int(fraction.ljust(6, "0")[:6]) if fraction else 0) - (_offset_of(zone) or 0 if zone else 0)
    return Moment(match.start(), match.end(), time, zone is not None, fraction=fraction is not None)


@lru_cache(maxsize=256)
def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """Microseconds since 1970 of a date and time; None if they do not exist."""
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return micros_of(moment) + (1_000_000 if second == 60 else 0)


@lru_cache(maxsize=256)
def _seconds_of(*digits: str) -> int | None:
    """The same of the digits as they are written; many lines of a log are of one second."""
    return _seconds(*map(int, digits))
