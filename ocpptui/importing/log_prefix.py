"""The prefix of a frame in a log: its time, direction, charge point and version."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from ocpptui.importing.found_frame import Flow
from ocpptui.importing.timestamps import Moment, best_moment
from ocpptui.ocpp.identity import identity_in_path
from ocpptui.ocpp.version import Direction, Version

LONGEST = 600
"""How many characters before a frame are read."""

_STATION = r"(?:charge[ _]?points?|charging[ _]?station|charge[ _]?box|charger|station|cp|cs(?=[ _-]?to)|client|evse)"
_BACKEND = r"(?:central[ _]?system|csms|cs|server|backend|target|cloud)"
_TOWARDS = r"\s*(?:[_ -]to[_ -]|-+>|=+>|>+|→|➡️?)\s*"
_BACKWARDS = r"\s*(?:<-+|<=+|<+|←|⬅️?)\s*"
_DIRECTION = re.compile(
    rf"(?P<up>\b{_STATION}{_TOWARDS}{_BACKEND}\b|\b{_BACKEND}{_BACKWARDS}{_STATION}\b|(?<!\w)>>\s?cs\b)"
    rf"|(?P<down>\b{_BACKEND}{_TOWARDS}{_STATION}\b|\b{_STATION}{_BACKWARDS}{_BACKEND}\b|(?<!\w)<<\s?cs\b)",
    re.IGNORECASE,
)
_SENT = r"sent|sends?|sending|tx|outgoing|outbound|transmit(?:ted|ting)?|respond(?:ed|ing)?|repl(?:y|ied|ying)|wrote"
_RECEIVED = r"received?|receiving|recv|rcvd|rx|incoming|inbound|got"
_FLOW = re.compile(
    rf"(?P<sent>\b(?:{_SENT})\b|internalSend\w*|>>|➡|→|(?<![\w<>=-])--?>(?![\w>-])|(?<!\S)>(?=\s*(?:TEXT\b|['\"]?$)))"
    rf"|(?P<received>\b(?:{_RECEIVED})\b|handleIncoming\w*|<<|⬅|←|(?<![\w<>=-])<--?(?![\w<>-])|(?<!\S)<(?=\s*(?:TEXT\b|['\"]?$)))",
    re.IGNORECASE,
)
_NAME = r"[^\s:;,'\"<>()\[\]{}=]+"
_CHARGE_POINT = (
    # the name of a field
    re.compile(
        r"\b(?:charge_?box_?(?:id|identity)|charge_?point_?(?:id|identity)|charging_?station_?(?:id)?|cp_?id|station_?id"
        r"|charger_?id|client_?id|client|charger|station|cp)\s*[=:]\s*[\"']?(?P<id>[^\s\"',;\]\[)}]+)",
        re.IGNORECASE,
    ),
    # what was sent to or received from
    re.compile(r"\b(?:from|to|for|recv|send|sent|received)\s+(?P<id>[^\s:]+):\s*['\"]?$", re.IGNORECASE),
    # its name, then what happened
    re.compile(
        rf"(?:^|[\s\]:])(?P<id>{_NAME}):\s*(?:{_SENT}|{_RECEIVED})(?:\s+(?:a\s+)?(?:message|frame|text))?\s*+(?::\s*+)?['\"]?$",
        re.IGNORECASE,
    ),
    re.compile(r"\bcp#(?P<id>[^\s:]+)"),
    re.compile(r"\[(?:TXT|TEXT|MSG|WS)\]\s*\[(?P<id>[^\]]+)\]"),
    re.compile(r"\b(?:Call|CallResult|CallError|station|charger|client)\s+(?P<id>(?=\S*\d)[\w.-]++)\s*+(?::\s*+)?$"),
    # the only word between the time and the frame
    re.compile(r":\d\d(?:[.,]\d+)?Z?[\]\s]\s*(?P<id>(?=\S*[A-Za-z_-])(?=\S*\d)[\w.-]++)\s*+(?:[|:-]\s*+)?$"),
)
_NO_NAMES = re.compile(
    r"(?:ocpp|info|debug|trace|warning|error|message|websocket|ws|text|data|received?|recv|sen[dt]|[rt]x)",
    re.IGNORECASE,
)
"""Words in the position of a charge point's name that are not one."""
_VERSION = re.compile(r"ocpp[ _-]?v?(?P<v>1[._]?6|2[._]?0[._]?1|2[._]?1)(?!\d|[._]\d)j?", re.IGNORECASE)
_VERSIONS = {"16": Version.V16, "201": Version.V201, "21": Version.V21}
_PLACE = re.compile(
    r"wss?://[^\s\"'<>\\]+|\bGET (?P<get>/[^\s\"'\\]*) HTTP/1|\bpath\s*[=:]\s*['\"]?(?P<path>/[^\s\"',]+)"
    r"|\burl: (?P<url>/[^\s\"',]+)"
)
_MAY_BE_PLACE = re.compile(r"wss?://|GET /|path|url: /")
_ANY_DIGIT = str.maketrans("123456789", "000000000")


class Prefix(NamedTuple):
    """What the prefix of a frame says."""

    moment: Moment | None
    direction: Direction | None
    flow: Flow | None
    charge_point: str
    version: Version | None


def read_prefix(text: str) -> Prefix:
    """Read the text before a frame; what is nearer to the frame takes precedence."""
    text = text[-LONGEST:]
    moment = best_moment(text)
    direction, flow = _direction(text.translate(_ANY_DIGIT))
    return Prefix(moment, direction, flow, _charge_point(text), version_in(text))


def version_in(text: str) -> Version | None:
    """The only version that a text names; None if it names none or several."""
    if "ocpp" not in text and "OCPP" not in text:
        return None
    named = {_VERSIONS[match["v"].replace(".", "").replace("_", "")] for match in _VERSION.finditer(text)}
    return named.pop() if len(named) == 1 else None


def identity_in(text: str) -> str:
    """The identity in a URL or request line within a text: its last path segment; empty if there is none."""
    if _MAY_BE_PLACE.search(text) is None:
        return ""
    for match in reversed(list(_PLACE.finditer(text))):
        path = match["get"] or match["path"] or match["url"] or _path_of(match[0])
        identity = identity_in_path(path)
        if identity:
            return identity
    return ""


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # brackets that are not around an IPv6 address
        return ""


@lru_cache(maxsize=4096)
def _direction(text: str) -> tuple[Direction | None, Flow | None]:
    """The direction in a prefix. Its digits are masked: they do not matter, and without them prefixes repeat."""
    for match in _DIRECTION.finditer(text):
        return (Direction.TO_CSMS if match["up"] else Direction.TO_CHARGE_POINT), None
    flow = None
    for match in _FLOW.finditer(text):
        flow = Flow.SENT if match["sent"] else Flow.RECEIVED
    return None, flow


def _charge_point(text: str) -> str:
    for pattern in _CHARGE_POINT:
        names = [match["id"].strip("'\"") for match in pattern.finditer(text)]
        if names and not _NO_NAMES.fullmatch(names[-1]):
            return names[-1]
    return ""
