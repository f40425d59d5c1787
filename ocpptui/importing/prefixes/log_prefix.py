"""The prefix of a frame in a log: its time, direction, charge point and version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ocpptui.importing.found_frame import Flow
from ocpptui.importing.packets.packet_addresses import addresses_in
from ocpptui.importing.prefixes.name_places import SURE
from ocpptui.importing.prefixes.prefix_names import may_be_name, name_in, spots_in
from ocpptui.importing.times.start_clock import count_in
from ocpptui.importing.times.timestamps import Moment, TimeSlot, best_moment, moment_in, slot_of
from ocpptui.importing.words.line_shapes import without_digits, without_traces
from ocpptui.importing.words.log_words import RECEIVED_MARK, REFUSED, SENT_MARK, with_marks
from ocpptui.importing.words.name_forms import looks_like_name, path_name, without_closing
from ocpptui.importing.words.party_words import CENTRAL_SYSTEM, CHARGE_POINT, SERVER, STATION
from ocpptui.importing.words.stated_versions import MAY_BE_VERSION, version_in
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.secret_names import may_state_credentials
from ocpptui.ocpp.version import Direction, Version

LONGEST = 600
"""How many characters before a frame are read."""

_STATION = rf"(?:{STATION}s?|cs(?=[ _-]?to))"
_BACKEND = rf"(?:{CENTRAL_SYSTEM}|cs|target|upstream)"
_TOWARDS = r"\s*(?:[_ -]to[_ -]|-+>+|=+>+|>+|→|➡️?)\s*"
_BACKWARDS = r"\s*(?:<+-+|<+=+|<+|←|⬅️?)\s*"
_DIRECTION = lazily(
    rf"(?P<up>\b{_STATION}{_TOWARDS}{_BACKEND}\b|\b{_BACKEND}{_BACKWARDS}{_STATION}\b|(?<!\w)>>\s?cs\b)"
    rf"|(?P<down>\b{_BACKEND}{_TOWARDS}{_STATION}\b|\b{_STATION}{_BACKWARDS}{_BACKEND}\b|(?<!\w)<<\s?cs\b)",
    re.IGNORECASE,
)
_BEFORE_PARTY = r"(?:[\s_-]+(?:the\s+)?|\s?[=:]\s?[\"']?)"
_FROM_PARTY = rf"(?:from{_BEFORE_PARTY}|(?:src|source|sender|origin)\s?[=:]\s?[\"']?)"
_TO_PARTY = rf"(?:to{_BEFORE_PARTY}|(?:dst|dest|destination|target|receiver|recipient)\s?[=:]\s?[\"']?)"
_OTHER_PARTY = r"(?<=[\w.:*@#\])\"'])"
_LEANING = lazily(
    rf"(?P<up>{_OTHER_PARTY}\s{{0,3}}(?:-+>+|=+>+|→|➡️?)\s*[\[(\"']?{SERVER}\b"
    rf"|\b{SERVER}[\])\"']?\s*(?:<+-+|<+=+|←|⬅️?)\s*[\[(\"']?\w"
    rf"|\b{_FROM_PARTY}(?:{_STATION})\b|\b{_TO_PARTY}{SERVER}\b|\bup(?:stream|link)\b)"
    rf"|(?P<down>\b{SERVER}[\])\"']?\s*(?:-+>+|=+>+|→|➡️?)\s*[\[(\"']?\w"
    rf"|{_OTHER_PARTY}\s{{0,3}}(?:<+-+|<+=+|←|⬅️?)\s*[\[(\"']?{SERVER}\b"
    rf"|\b{_TO_PARTY}(?:{_STATION})\b|\b{_FROM_PARTY}{SERVER}\b|\bdown(?:stream|link)\b)",
    re.IGNORECASE,
)
"""Only one of the two parties is called what it is, or the other is not named."""
_REST_OF_NAME = lazily(r"[-#._:]\w")
"""Behind a word for a charge point that only begins its name: `CSMS -> CP-7` says no more than `CSMS -> A7`."""
_END_OF_PROXY = lazily(rf"\b(?:(?P<backend>{SERVER})|{_STATION})[ _-]?(?:side|leg|end|facing)\b", re.IGNORECASE)
"""At which end of a proxy a line was written."""
_MAY_NAME_PARTY = lazily(
    r"[<>→➡←⬅]|(?:to|from)[\s_=:-]|(?:up|down)(?:stream|link)"
    r"|(?:src|source|sender|origin|dst|dest(?:ination)?|target|receiver|recipient)\s?[=:]",
    re.IGNORECASE,
)
"""What a text must have for either; it is found sooner."""
_LETTER = rf"\w{SENT_MARK}{RECEIVED_MARK}"
_FLOW = lazily(
    rf"(?P<sent>(?<!{SENT_MARK}){SENT_MARK}++|(?-i:internalSend\w*|send(?:Ocpp)?(?:Message|Call|Re(?:quest|sponse))\w*)"
    rf"|(?<![{_LETTER}<>='\"-])(?<!['\"]\s)=>(?=\s?['\"]$)|(?<![{_LETTER}<>=-])=>(?=\s?$)|(?<![=-])>>|➡|→|(?<![{_LETTER}<>=-])--?>(?![{_LETTER}>-])"
    r"|(?<!\S)>(?=\s*(?:TEXT\b|['\"]?$)))"
    rf"|(?P<received>(?<!{RECEIVED_MARK}){RECEIVED_MARK}++|(?-i:handleIncoming\w*|(?:on|handle|receive)(?:Ocpp)?Message\w*)"
    rf"|(?<![{_LETTER}<>=-])<=(?=\s?['\"]?$)|<<(?![=-])|⬅|←|(?<![{_LETTER}<>=-])<--?(?![{_LETTER}<>-])"
    r"|(?<!\S)<(?=\s*(?:TEXT\b|['\"]?$)))",
    re.IGNORECASE,
)
"""In a text `with_marks`."""
_PREPOSITION = lazily(
    r"\b(?:(?P<up>from)|(?<!able )(?<!ailed )(?<!rying )(?P<down>to))\b[:=\s]{1,3}[\[(<\"']?\w", re.IGNORECASE
)
"""Before the name of a charge point, if nothing else is said."""
_HANDSHAKE = lazily(
    r"(?P<url>wss?://[^\s\"'<>\\]+)|\bGET (?P<get>/[^\s\"'\\]*) HTTP/1|\bpath\s*[=:]\s*['\"]?(?P<path>/[^\s\"',]+)"
    r"|\burl: (?P<place>(?:wss?:/)?/[^\s\"',]+)"
)
_CONNECTED = lazily(
    rf"\b(?:{CHARGE_POINT}|client|evse)\s"
    r"(?:(?:(?:is|has|was|just|re-?)\s)*(?:re-?)?connected\s?[:=]?\s?[\"'(\[<]?(?P<behind>[^\s\"'()\[\]<>,;]+)"
    r"|[:=]?\s?[\"'(\[<]?(?P<before>[^\s\"'()\[\]<>,;]+)[\"')\]>]?\s(?:(?:is|has|was|just)\s)*(?:re-?)?connected\b)"
    r"|\bconnect(?:ed|ing) (?:to|on) (?P<to>/[^\s\"',]+)",
    re.IGNORECASE,
)
_KEY_OF_ID = lazily(
    rf"(?<![\w.])(?:{CHARGE_POINT}|cs)[ _-]?(?:id|identity|identifier)\"?\s{{0,3}}[=:]",
    re.IGNORECASE,
)
"""A key for nothing but the id of a charge point."""
_MAY_BE_HANDSHAKE = lazily(r"wss?://|GET /|path|url: |onnect(?:ed|ing)\b")
MOST_SHAPES = 8192
"""How many shapes of prefixes are remembered."""


@dataclass(slots=True)
class Prefix:
    """What the prefix of a frame says, but for names. Treat it as immutable."""

    moment: Moment | None
    direction: Direction | None
    flow: Flow | None
    leaning: Direction | None
    """The direction that it suggests, without naming both parties."""
    version: Version | None
    connection: str
    """The two addresses between which the frame went, if it names them."""
    is_complete: bool
    """Whether it says all that the lines above could say."""
    shape: str
    """The prefix with zeros for its digits."""
    may_state_secret: bool = False
    """Whether a secret may be in it, or in what is left of a longer text."""
    since_start: int | None = None
    """Where it has no time, how many microseconds its device had run."""

    @property
    def says_direction(self) -> bool:
        return self.direction is not None or self.flow is not None or self.leaning is not None


@dataclass(slots=True)
class _Shape:
    """What all prefixes say that differ only in their digits."""

    time: TimeSlot | None
    direction: Direction | None
    flow: Flow | None
    leaning: Direction | None
    may_name_version: bool
    may_state_secret: bool
    has_addresses: bool
    is_complete: bool
    is_counted: bool
    """Whether they begin with how long the device had run."""


_NAME_OF_FRAME = lazily(r"\b(?:frame|payload|message|msg|raw|text|data|body|json)$", re.IGNORECASE)
_FROM_OR_TO = lazily(rf"[{SENT_MARK}{RECEIVED_MARK}](?: \w+)? (?:from|to) \S+$")
_shapes: dict[str, _Shape] = {}


def read_prefix(text: str) -> Prefix:
    """Read the text before a frame; what is nearer to the frame takes precedence."""
    is_long = len(text) > LONGEST
    text = text[-LONGEST:]
    masked = key = without_digits(text)
    shape = _shapes.get(key)
    if shape is None:
        key = without_traces(key)
        shape = _shapes.get(key)
    if shape is None:
        moment = best_moment(text)
        direction, leaning, flow = _directions(key)
        slot = None if moment is None else slot_of(text, moment)
        complete = moment is not None and bool(direction or flow or leaning) and _names_surely(key.strip())
        may_name_version, has_addresses = MAY_BE_VERSION.search(key) is not None, addresses_in(key) is not None
        is_counted = moment is None and count_in(text) is not None
        secret = may_state_credentials(key)
        shape = _Shape(slot, direction, flow, leaning, may_name_version, secret, has_addresses, complete, is_counted)
        if len(_shapes) >= MOST_SHAPES:
            _shapes.clear()
        _shapes[key] = shape
    else:
        moment = None if shape.time is None else moment_in(text, shape.time) or best_moment(text)
    version = version_in(text) if shape.may_name_version else None
    since_start = count_in(text) if shape.is_counted else None
    secret = is_long or shape.may_state_secret
    if shape.has_addresses and (pair := addresses_in(text)) is not None:
        direction, flow, leaning, connection = None, pair.flow, None, pair.connection
    else:
        direction, flow, leaning, connection = shape.direction, shape.flow, shape.leaning, ""
    return Prefix(moment, direction, flow, leaning, version, connection, shape.is_complete, masked, secret, since_start)


def may_say_whose(shape: str) -> bool:
    """Whether there may be a version or an identity, of a handshake or behind a key, in any of the texts that have this
    shape, with zeros for their digits."""
    return any(may.search(shape) is not None for may in (_MAY_BE_HANDSHAKE, MAY_BE_VERSION, _KEY_OF_ID))


def identity_in(text: str) -> str:
    """The charge point in the URL or request line of a handshake within a text, or in what is said of its connection;
    empty if there is none.

    The last segment of a URL is one only if it is more than the address of the central system.
    """
    if _MAY_BE_HANDSHAKE.search(text) is None:
        return ""
    for match in reversed(list(_HANDSHAKE.finditer(text))):
        path = without_closing(match[0]) if match["url"] else match["get"] or match["path"] or match["place"]
        span = path_name(path)
        if span is not None:
            return unquote(path[span[0] : span[1]])
    connected = _CONNECTED.search(text)
    if connected is None:
        return ""
    path, name = connected["to"], connected["behind"] or connected["before"] or ""
    if path is not None:
        span = path_name(path)
        name = "" if span is None else unquote(path[span[0] : span[1]])
    name = name.rstrip(".:!")
    return name if looks_like_name(name) and may_be_name(name) else ""


def ids_with_key(text: str) -> set[str]:
    """What a text without a frame states as the id of a charge point behind its key, `chargePointId: 'CP-77'`; without
    quotation marks, only what looks like one."""
    first = _KEY_OF_ID.search(text)
    if first is None:
        return set()
    text = text[first.start() :][:LONGEST]
    sure = {spot.start: spot for spot in spots_in(without_digits(text)) if spot.likely and spot.trust >= SURE}
    found = set()
    for key in _KEY_OF_ID.finditer(text):
        start = len(text) - len(text[key.end() :].lstrip(" '\""))
        name = name_in(text, sure[start]) if start in sure else ""
        if name and (text[start - 1] in "'\"" or looks_like_name(name)):
            found.add(name)
    return found


def _names_surely(text: str) -> bool:
    """Whether the words around a name in a masked text say that it is the charge point's."""
    spots = spots_in(text)
    return bool(spots) and spots[0].trust >= SURE


def _is_binary(text: str, sign: re.Match[str]) -> bool:
    """Whether a sign is the bracket of a binary of Erlang, `<<"…">>`, and no arrow."""
    inside = text[sign.end() : sign.end() + 1] if sign[0] == "<<" else text[sign.start() - 1 : sign.start()]
    return sign[0] in ("<<", ">>") and inside in ('"', "'")


def _is_value(text: str, sign: re.Match[str]) -> bool:
    """Whether a sign begins the value of a field: `frame: <<"`."""
    return text[: sign.start()].rstrip()[-1:] in ("=", ":", ",", "{", "(", "[")


def _is_whole_binary(text: str, sign: re.Match[str]) -> bool:
    """Whether a sign is a bracket of a binary of Erlang whose other one is there, too: `[<<"ocpp.CP-77">>]`."""
    other = text.find('">>', sign.end()) if sign[0] == "<<" else text.rfind('<<"', 0, sign.start())
    return _is_binary(text, sign) and other >= 0


def _is_separator(marked: str, sign: re.Match[str]) -> bool:
    """Whether an arrow only leads to the frame: the words before it say the direction, `received from CP-77 => `,
    or name the field, `payload -> `."""
    before = marked[: sign.start()].rstrip()
    return (
        not marked[sign.end() :].strip(" :\"'")
        and sign[0][0] in "<>=-→←➡⬅"
        and (_FROM_OR_TO.search(before[before.rfind("\n") + 1 :]) or _NAME_OF_FRAME.search(before)) is not None
    )


def _directions(text: str) -> tuple[Direction | None, Direction | None, Flow | None]:
    """The direction in a masked prefix, what it leans to, and the flow."""
    leaning = None
    if _MAY_NAME_PARTY.search(text) is not None:
        for match in _LEANING.finditer(text):
            leaning = Direction.TO_CSMS if match["up"] else Direction.TO_CHARGE_POINT
        for match in _DIRECTION.finditer(text):
            said = Direction.TO_CSMS if match["up"] else Direction.TO_CHARGE_POINT
            if _REST_OF_NAME.match(text, match.end()) is None:
                return said, leaning, None
            leaning = said
    flow = None
    marked = with_marks(text)
    for match in _FLOW.finditer(marked):
        if flow is not None and (_is_binary(text, match) or _is_separator(marked, match)):
            continue
        if _is_whole_binary(text, match) or (_is_binary(text, match) and _is_value(text, match)):
            continue
        flow = Flow.SENT if match["sent"] else Flow.RECEIVED
    if leaning is None and flow is not None and (end := _END_OF_PROXY.search(text)) is not None:
        is_up = (flow is Flow.SENT) == (end["backend"] is not None)
        leaning = Direction.TO_CSMS if is_up else Direction.TO_CHARGE_POINT
    if leaning is None and flow is None:
        for match in _PREPOSITION.finditer(text):
            leaning = Direction.TO_CSMS if match["up"] else Direction.TO_CHARGE_POINT
    if leaning is None and flow is None and REFUSED.search(text) is not None:
        flow = Flow.RECEIVED
    return None, leaning, flow
