"""What a line without a frame says of a connection: that it opened, closed, was refused or failed.

The words decide, and they are the same in all lines of one shape. Whose connection it is, the frames show (see
`stated_connections`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ocpptui.importing.words import connection_words as words
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.importing.words.party_words import SERVER
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.timeline.record import ConnectionEvent

LONGEST = 500
"""Characters of a line that may state an event; a longer one says many things."""
_NEAR = 90
"""Characters between a connection and what is said of it."""
_BREAK = lazily(r"[;!?\n]")
_LETTERS = lazily(r"[^\W\d_]+")
_BEFORE = 45
"""Characters before the words that may turn their meaning."""
_SUBJECT = rf"(?:{words.CONNECTION}|{words.HANDSHAKE})"
_ANY_SUBJECT = rf"(?:{words.CONNECTION}|{words.PARTY})(?![\w-])"
_END = (
    r"(?![\w-]|[\"']?\s?[=:]\s?[\"']?(?:true|false|yes|no|\d{1,3}\b)"
    r"|[ _-](?:time-?out|value|count(?:er)?|interval|limit|handler|callback)\b)"
)
"""What is not behind a word for what happened: more of the word, the value of a setting, or the name of one."""
_VERB = r"(?<![\w.-])"


def _stated(pattern: str) -> re.Pattern[str]:
    return lazily(pattern, re.IGNORECASE)


_FAILED_TO_CONNECT = (
    r"(?:failed|unable|could not|couldn['’]t|cannot|can['’]t|error) (?:to )?(?:(?:re-?)?connect(?:ing)?"
    rf"|(?:open|establish)(?:ing)? (?:the |a )?(?:new )?(?:\w+ )?(?:{words.CONNECTION}))"
)
_SUBJECTS = _stated(rf"{_VERB}(?:(?P<connection>{_SUBJECT})\b|(?:{words.PARTY})(?![\w-]))")
_HAPPENED = _stated(
    rf"{_VERB}(?:(?P<refused>{words.REFUSED})|(?P<failed>{words.FAILED})|(?P<disconnected>{words.DISCONNECTED})"
    rf"|(?P<closed>{words.CLOSED})|(?P<connected>{words.CONNECTED})|(?P<opened>{words.OPENED})){_END}"
)
_OF_PARTIES = {"disconnected": ConnectionEvent.CLOSED, "connected": ConnectionEvent.OPENED}
"""What is said of a charge point, too."""
_AT_PLACE = _stated(r"\b(?:evse|socket|port) ?[#:]?0\b:? ?(?:(?:is|has|was|got|now) ){0,2}$")
"""What is before `connected` where it speaks of the cable."""
_EVENTS = (ConnectionEvent.REFUSED, ConnectionEvent.FAILED, ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
"""The most special first: a connection that was lost may have been open."""
_PHRASES: dict[ConnectionEvent, re.Pattern[str]] = {
    ConnectionEvent.REFUSED: _stated(
        rf"{_VERB}(?:{words.REFUSED})\b(?: the| a| new| incoming| client){{0,2}} {_SUBJECT}{_END}"
        r"|\"WebSocket /\S*\"\s000\b"
    ),
    ConnectionEvent.FAILED: _stated(rf"{_VERB}{_FAILED_TO_CONNECT}{_END}|{_VERB}(?:{words.FAILED}) {_SUBJECT}{_END}"),
    ConnectionEvent.CLOSED: _stated(
        rf"{_VERB}(?:{words.CLOSING})(?: \w+){{0,2}}? {_SUBJECT}{_END}"
        rf"|{_VERB}(?:{words.DISCONNECTED})\b[\"']?(?: \w+){{0,2}} {_ANY_SUBJECT}{_END}"
        r"|websocket: close (?:sent|0{4})|(?<!\S)[<>] CLOSE 0{4}\b|\bon_?close\b|closestatus\["
        r"|no close frame received|\bConnectionClosed(?:OK|Error)\b|\bclose event\b"
    ),
    ConnectionEvent.OPENED: _stated(
        rf"{_VERB}(?:{words.NEW})(?: \w+){{0,2}}? (?:{words.CONNECTION}){_END}"
        rf"|{_VERB}(?:{words.CONNECTION}) (?:{words.NEW_BEHIND}){_END}"
        rf"|{_VERB}(?:{words.CONNECTED}) (?:to|with|mit|zu|[aà]|avec|con|al?|com|met)\b(?: \w+){{0,2}}?"
        rf" (?:{_ANY_SUBJECT}|url|wss?://)"
        r"|\b000 switching protocols\b"
    ),
}
"""What states them in one piece."""
_NOT_OF_IT = lazily(
    r"\b(?:messages?|frames?|requests?|response|payload|notification|call|config\w*|setup|timeout|time-out|parameters?"
    r"|settings?|certificates?|stat(?:e|us)|subprotocol)\b",
    re.IGNORECASE,
)
"""Between subject and verb: what is closed, lost or accepted is something else."""
_CANNOT_SEND = lazily(r"\b(?:send|sent|sending|write|deliver\w*|forward\w*|reply|respond)\b", re.IGNORECASE)
_PROSE = lazily(r"\s{0,8}(?:#|\*\*|[-*] |> |\d{1,2}\. |//|[│┃↑])")
"""How a line of a text about a log begins."""
_CODE = lazily(
    r"(?:\b(?:close|closed|closing|disconnected|status|received|sent|with|lost)|(?:code|status|close)[\"']?)"
    r"[\s=:(\[,\"'-]{1,4}(?:(?:close )?(?:code|status)[\"']?[\s=:(\[]{1,3})?(?P<code>1\d{3}|[34]\d{3})"
    r"(?![\w.:-]|\s?ms\b)"
    r"|\bcode[=:](?P<other>1\d{3}|[34]\d{3})\b|\((?P<alone>10(?:0\d|1[0-5]))\)",
    re.IGNORECASE,
)
_REASON = lazily(
    r"\b(?:reason|grund|raison|motivo|reden)[\"']?\s?(?:=|:|ist\b)\s?(?P<reason>\"[^\"]*\"|'[^']*'|[^,;\])}\"']+)"
    r"|\b(?:sent|received) [134]\d{3} \([^()]+\) (?P<told>[^;]+);"
    r"|\b(?:1\d{3}|[34]\d{3})\s?\((?P<behind>[^()]+)\)",
    re.IGNORECASE,
)
_NO_REASON = frozenset(("", "null", "none", "no reason", "n/a", "undefined", "unknown", "-"))
_BY_STATION = rf"(?:(?:the )?remote )?(?:{words.STATION})"
_BY = lazily(
    rf"\b(?:by|von|vom|durch|par|por|dal?|door)(?: the| der| dem| la| le| el| il| de)?"
    r" (?:(?P<peer>(?:the )?(?:peer|remote|other side))"
    rf"|(?P<station>{_BY_STATION})|(?P<server>{SERVER}))\b"
    r"|\breceived 1\d{3} .{0,80}?then sent (?P<received>1)"
    r"|\bsent 1\d{3} .{0,80}?(?P<sent>then received 1|no close frame received$)"
    r"|(?<!\S)(?:(?P<outward>>)|(?P<inward><)) CLOSE [134]\d{3}\b"
    r"|(?P<nobody>no close frame received or sent|without a? ?close frame|unexpected EOF)",
    re.IGNORECASE,
)
_SIDES = {
    "peer": "peer",
    "station": "charge-point",
    "server": "central-system",
    "received": "peer",
    "sent": "us",
    "inward": "peer",
    "outward": "us",
    "nobody": "nobody",
}
LONGEST_REASON = 123
"""Bytes of a reason (RFC 6455 section 5.5)."""
_PING_TIMEOUT = "keepalive ping timeout"
"""Why the package websockets closes a connection; other lines with a keepalive are of other connections."""
_UPGRADED = lazily(r"\"GET \S+ HTTP/[\d.]+\" 101\b|\s101\s.{0,120}\"GET \S+ HTTP/[\d.]+\"")
"""The line of an HTTP server or proxy for a WebSocket; those of nginx, HAProxy and load balancers come at its end."""
_MAY_BE_ACCESS = lazily(r"\"GET \S+ HTTP/0")


class LogStatement(NamedTuple):
    """What a line says of a connection."""

    event: ConnectionEvent
    needs_name: bool
    """Whether it is one only if the line names a charge point: `CP-77: disconnected`."""
    needs_frames: bool = False
    """Whether it is one only if the connection has had frames: a server writes the line of a request at its end."""


SAYS = {
    ConnectionEvent.OPENED: "no frame; it says that a connection opened",
    ConnectionEvent.CLOSED: "no frame; it says that a connection closed",
    ConnectionEvent.FAILED: "no frame; it says that a connection failed",
    ConnectionEvent.REFUSED: "no frame; it says that a connection was refused",
}
"""What the report of a line that states an event begins with."""


def may_state(shape: str) -> bool:
    """Whether a line of this shape, with zeros for its digits, may say something of a connection."""
    return _stated_by(shape) is not None or _MAY_BE_ACCESS.search(shape) is not None


def stated_in(line: str) -> LogStatement | None:
    """What a line without a frame says of a connection; None if it says nothing of one."""
    text = line.lower().replace("connector", "")
    for part in words.SUBJECT_PARTS:
        if part in text:
            break
    else:
        if "http/" not in text:
            return None
    if len(line) > LONGEST:
        return None
    if "HTTP/" in line and _UPGRADED.search(line) is not None:
        return LogStatement(ConnectionEvent.CLOSED, needs_name=True, needs_frames=True)
    return _stated_by(without_digits(line))


@lru_cache(maxsize=8192)
def _stated_by(shape: str) -> LogStatement | None:
    """The same of all lines of a shape, with zeros for their digits."""
    if len(shape) > LONGEST or not _may_be_statement(shape.lower()):
        return None
    if _PROSE.match(shape) is not None or shape.rstrip().endswith("?"):
        return None
    happened = [word for word in _HAPPENED.finditer(shape) if not _is_of_cable(word)]
    subjects = list(_SUBJECTS.finditer(shape)) if happened else []
    for event in _EVENTS:
        phrase = _PHRASES[event].search(shape)
        span = _span_of(event, happened, subjects, shape) if phrase is None else phrase.span()
        if span is not None:
            return LogStatement(event, needs_name=False) if _is_so(event, shape, *span) else None
    for word in happened:
        of_party = _OF_PARTIES.get(word.lastgroup or "")
        if of_party is not None:
            return LogStatement(of_party, needs_name=True) if _is_so(of_party, shape, *word.span()) else None
    return None


def _is_of_cable(word: re.Match[str]) -> bool:
    return word.lastgroup in _OF_PARTIES and _AT_PLACE.search(word.string, 0, word.start()) is not None


def _span_of(
    event: ConnectionEvent, happened: Sequence[re.Match[str]], subjects: Sequence[re.Match[str]], shape: str
) -> tuple[int, int] | None:
    """Where a text says of a connection that an event happened: from the one to the other."""
    for word in happened:
        of_party = _OF_PARTIES.get(word.lastgroup or "")
        if (of_party or word.lastgroup) != event:
            continue
        for subject in subjects:
            is_near = 0 <= word.start() - subject.end() <= _NEAR
            if (
                is_near
                and (of_party or subject["connection"])
                and not _BREAK.search(shape, subject.end(), word.start())
            ):
                return subject.start(), word.end()
    return None


def _is_so(event: ConnectionEvent, shape: str, start: int, end: int) -> bool:
    """Whether the words from `start` to `end` state that it happened, and nothing before them says otherwise."""
    before = shape[max(0, start - _BEFORE) : end]
    before = before[before.rfind("; ") + 1 :].replace("no close frame", "")
    if event is not ConnectionEvent.FAILED and words.NOT_YET.search(before) is not None:
        return False
    within = shape[start:end].replace("close frame", "")
    return _NOT_OF_IT.search(within) is None and _CANNOT_SEND.search(before) is None


def _may_be_statement(text: str) -> bool:
    """Whether a text in small letters has parts of the words for a connection and for what happens to it, and none for
    something else that connects."""
    text = text.replace(_PING_TIMEOUT, "")
    without_nouns = text.replace("connector", "")
    if not any(part in without_nouns for part in words.SUBJECT_PARTS):
        return False
    without_nouns = without_nouns.replace("connection", "")
    return (
        any(part in without_nouns for part in words.EVENT_PARTS)
        and not any(part in text for part in words.OTHER_PARTS)
        and words.OTHER_WORDS.isdisjoint(_LETTERS.findall(text))
    )


def detail_of(event: ConnectionEvent, line: str) -> dict[str, Any]:
    """What a line says of an event besides that it happened, as in `ConnectionDetail`: of a close its code and reason
    (RFC 6455 section 5.5.1), and who began it."""
    detail: dict[str, Any] = {}
    if event is not ConnectionEvent.CLOSED:
        return detail
    code = _CODE.search(line)
    if code is not None:
        number = int(code["code"] or code["other"] or code["alone"])
        if number <= 1015 or number >= 3000:
            detail["closeCode"] = number
    reason = _REASON.search(line)
    if reason is not None:
        text = (reason["reason"] or reason["told"] or reason["behind"] or "").strip().strip("\"'").strip()
        if text.casefold() not in _NO_REASON:
            detail["closeReason"] = text[:LONGEST_REASON]
    by = _BY.search(line)
    if by is not None:
        detail["closedBy"] = next(_SIDES[name] for name, value in by.groupdict().items() if value)
    return detail
