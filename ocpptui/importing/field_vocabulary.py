"""The names of columns and keys for time, direction, charge point, frame and so on, and the words in them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

from ocpptui.importing.found_frame import Flow
from ocpptui.importing.line_shapes import without_digits
from ocpptui.importing.log_words import NOUNS_ELSEWHERE, RECEIVED_ELSEWHERE, SENT_ELSEWHERE
from ocpptui.importing.timestamps import Moment, best_moment, moment_in, slot_in_shape
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.json_encoding import MESSAGE_TYPES
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Direction, Version


class FieldMeaning(StrEnum):
    """What a column or key contains; the values are the names for the user."""

    TIME = "time"
    CHARGE_POINT = "charge_point"
    DIRECTION = "direction"
    RAW = "raw"
    PAYLOAD = "payload"
    ANSWER = "answer"
    """The payload of the answer, if a call and its answer are side by side."""
    ACTION = "action"
    MESSAGE_ID = "message_id"
    MESSAGE_TYPE = "message_type"
    VERSION = "version"
    CONNECTION = "connection"
    ERROR_CODE = "error_code"
    ERROR_DESCRIPTION = "error_description"
    ERROR_DETAILS = "error_details"


class Meaning(NamedTuple):
    """What a name says about its content."""

    field: FieldMeaning
    rank: int
    """Lower is more certain."""


_INFRASTRUCTURE_WORDS = """
host hostname hostip index service servicename pod podname namespace app application source sourcetype env environment
region zone account container containername logger loggername loglevel level severity thread threadname process pid
cluster node server instance cloudroleinstance cloudrolename logstream logstreamname log loggroup splunkserver kind
version firmware firmwareversion model vendor file filename tenant tenantid user ip
"""
INFRASTRUCTURE = frozenset(_INFRASTRUCTURE_WORDS.split())
"""Names of fields and columns that say where and how a log was written: none of them says that it has the charge
point."""
_WRITER_WORDS = """
host hostname source instance node server logstream logstreamname app application service logger loggername name
"""
WRITERS = frozenset(_WRITER_WORDS.split())
"""Those that say who wrote a line; where each charge point wrote its own lines, they have its name."""
_BRACKET = lazily(r"[(\[]")
_STREAM_ID = lazily(r"(?P<millis>\d{13})-\d{1,9}")
"""The id of an entry of a stream of Redis."""


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name in the form for look-up: letters without accents and digits, in lower case, without a suffix in
    brackets."""
    name = _BRACKET.split(name, maxsplit=1)[0].lower()
    return "".join(filter(str.isalnum, name if name.isascii() else unicodedata.normalize("NFKD", name)))


_NAMES = {
    FieldMeaning.TIME: (
        "timestamp time ts t timestamputc timeutc utc datetime date createdat created createdon loggedat logtime "
        "logdate asctime eventtime timegenerated receivedat sentat messagetimestamp messagetime occurredat instant at "
        "timeepoch epochmillis timemillis "
        "timestampms timems epoch epochms realtimetimestamp sourcerealtimetimestamp startedat receivetimestamp "
        "senttimestamp publishtime publishedat processedat starttime arrivaltime approximatearrivaltimestamp "
        "ingestiontime insertedat updatedat when requesttime requestedat timeunixnano observedtimeunixnano "
        "zeitstempel zeitpunkt zeit uhrzeit datum "
        "horodatage heure fecha fechahora hora marcatemporal dataora ora datahora tijdstip tijd czas tidpunkt tid время"
    ),
    FieldMeaning.CHARGE_POINT: (
        "chargepointidentity chargeboxidentity ocppidentity ocppid "
        "chargepointid chargingstationid chargeboxid chargepoint chargingstation "
        "chargebox chargerid charger stationid station cpid cp identity chargeridentity chargepointname clientid "
        f"client deviceid device evseserial unit wallbox {' '.join(NOUNS_ELSEWHERE).replace('-', '')} cbid csid "
        "chargestationid thingname partitionkey"
    ),
    FieldMeaning.DIRECTION: (
        "direction dir flow messagedirection way origin sender source from destination dest target recipient receiver "
        "to fromclient isfromclient fromchargepoint fromcp fromstation incoming isincoming outgoing isoutgoing sent "
        "inbound isinbound outbound isoutbound received type kind event messagetype msgtype category channel "
        "eventtype richtung sens direccion sentido "
        "direzione direcao richting kierunek riktning retning направление initiatedby initiator originator sentby by "
        "party side"
    ),
    FieldMeaning.RAW: (
        "raw frame rawmessage ocppmessage message msg text data body content payload json rawpayload rawdata log line "
        "nachricht mensaje messaggio mensagem bericht wiadomosc meddelande trame trama сообщение"
    ),
    FieldMeaning.PAYLOAD: (
        "payload params request requestpayload requestbody data body content message msg arguments parameters "
        "messagepayload messagebody messagedata nutzlast inhalt contenu contenido anfrage requete solicitud"
    ),
    FieldMeaning.ANSWER: (
        "result response responsepayload responsebody answer reply confirmation antwort reponse respuesta risposta "
        "resposta"
    ),
    FieldMeaning.ACTION: (
        "action method operation command actionname messagename feature procedure messageaction callaction "
        "aktion accion azione actie"
    ),
    FieldMeaning.MESSAGE_ID: (
        "messageid uniqueid msgid correlationid messageuid uniquemessageid messageuniqueid requestid callid "
        "nachrichtenid idmessage idmensaje idmessaggio berichtid uid uuid id"
    ),
    FieldMeaning.MESSAGE_TYPE: (
        "messagetype messagetypeid msgtype typeid nachrichtentyp typedemessage tipodemensaje tipomessaggio berichttype "
        "kind type"
    ),
    FieldMeaning.VERSION: "ocppversion ocppprotocol protocolversion subprotocol protocol ocpp version",
    FieldMeaning.CONNECTION: (
        "connectionid connection connid websocketid socketid websocketsessionid wssessionid streamid "
        "tcpstream tcptcpstream filedescriptor fd channel channelid"
    ),
    FieldMeaning.ERROR_CODE: "errorcode",
    FieldMeaning.ERROR_DESCRIPTION: "errordescription",
    FieldMeaning.ERROR_DETAILS: "errordetails",
}
SURE_ID = 13
"""Rank of the last name that means only a message id."""
TARGETS = frozenset(["destination", "dest", "dst", "target", "recipient", "receiver", "to"])
"""Names of what a frame goes to."""
ORIGINS = frozenset(["from", "src", "source", "sender", "origin"])
"""Names of what it comes from, where another field says what it goes to."""
_OF_CHARGE_POINT = frozenset(["fromclient", "isfromclient", "fromchargepoint", "fromcp", "fromstation"])
_OF_WRITER = {
    **dict.fromkeys(("incoming", "isincoming", "inbound", "isinbound", "received"), Flow.RECEIVED),
    **dict.fromkeys(("outgoing", "isoutgoing", "outbound", "isoutbound", "sent"), Flow.SENT),
}  # fmt: skip
"""Names of boolean fields."""
_AMBIGUOUS = "cs"
"""Means charging station or central system."""


@lru_cache(maxsize=4096)
def meanings(name: str) -> tuple[Meaning, ...]:
    """The possible meanings of a name."""
    if len(name) > 60:
        return ()
    known = _meanings_of(name)
    while not known and "." in name:  # `labels.charge_point_id`
        name = name.partition(".")[2]
        known = _meanings_of(name)
    return known


def _meanings_of(name: str) -> tuple[Meaning, ...]:
    plain, known = plain_name(name), _known_meanings()
    return known.get(plain) or known.get(_undecorated(plain), ())


@cache
def _known_meanings() -> Mapping[str, tuple[Meaning, ...]]:
    """The meanings of each plain name; made when a file has names for the first time, as most logs have none."""
    known: dict[str, tuple[Meaning, ...]] = {}
    for field, names in _NAMES.items():
        for rank, name in enumerate(map(plain_name, names.split())):
            known[name] = (*known.get(name, ()), Meaning(field, rank))
    return known


_DECORATED = lazily(r"(?:ocpp)?(?P<name>\w+?)(?:json|string|str|text|column|keyword)?")


def _undecorated(plain: str) -> str:
    """A name without the words that programs put around it: `ocpp_message_id`, `payload_json`, `Request String`."""
    match = _DECORATED.fullmatch(plain)
    return match["name"] if match is not None else plain


_OF_ANSWER = lazily(
    r"(?:response|respond|resp(?:time|date|at|ts)|answer|reply|replied|result|conf(?:time|date|at|ts)|confirmation|antwort|reponse|respuesta|risposta|resposta)"
)


def is_of_answer(name: str) -> bool:
    """Whether a name begins with a word for the answer to a call: `Response Time`, `responded_at`."""
    return _OF_ANSWER.match(plain_name(name)) is not None


# -- directions --------------------------------------------------------------------------------------------------------

_STATION = (
    r"(?:cp|chargepoint|chargingpoint|chargingstation|chargestation|chargebox|charger|station"
    r"|evse|client|wallbox|device)"
)
_BACKEND = r"(?:csms|centralsystem|centralserver|chargingstationmanagementsystem|server|backend|cloud|cms|cpo|platform)"
_ONE_STATION = lazily(_STATION)
_ONE_BACKEND = lazily(_BACKEND)
_UP = lazily(
    rf"(?:from)?(?:{_STATION}|cs)(?:to|2)?{_BACKEND}|{_STATION}(?:to|2)?cs|to{_BACKEND}|from{_STATION}|upstream|uplink|up|c2s"
)
_DOWN = lazily(
    rf"(?:from)?{_BACKEND}(?:to|2)?(?:{_STATION}|cs)|cs(?:to|2)?{_STATION}|to{_STATION}|from{_BACKEND}|downstream|downlink|down|dn|s2c"
)
_WHAT = r"(?:message|frame|ws|websocket|ocpp)?"
_OF_WHAT = r"(?:message|frame|call|request|response)?"
_SENT = lazily(
    _WHAT
    + r"(?:out|outgoing|outbound|outcoming|sends?|sent|sending|tx|transmit(?:ted)?|egress|write"
    + rf"|{SENT_ELSEWHERE})"
    + _OF_WHAT
)
_RECEIVED = lazily(
    _WHAT
    + r"(?:in|incoming|inbound|received?|receives|receiving|recv|rcvd|rx|ingress|read"
    + rf"|{RECEIVED_ELSEWHERE})"
    + _OF_WHAT
)
_ACTIVE_UP = lazily(rf"{_STATION}(?:sends?|sent)|{_BACKEND}(?:receive[sd]?)|sentby{_STATION}|receivedby{_BACKEND}")
_ACTIVE_DOWN = lazily(rf"{_BACKEND}(?:sends?|sent)|{_STATION}(?:receive[sd]?)|sentby{_BACKEND}|receivedby{_STATION}")
"""Which end does what: `Server received`, `sent by charger`."""
_SIGNS = {
    **dict.fromkeys((">>", "->", "→", ">", "⬆", "➡", "=>", "-->"), Flow.SENT),
    **dict.fromkeys(("<<", "<-", "←", "<", "⬇", "⬅", "<=", "<--"), Flow.RECEIVED),
}
_BACKWARDS = lazily(r"(?P<to>[\w ]++)\s*+(?:<[-=]*+|←|⬅️?)\s*+(?P<origin>\w[\w ]*+)")


class DirectionClue(NamedTuple):
    """The direction of a frame, absolute or as seen by the logger; at most one of the two is set."""

    direction: Direction | None = None
    flow: Flow | None = None

    def __bool__(self) -> bool:
        return self.direction is not None or self.flow is not None


_UNKNOWN = DirectionClue()


def direction_of(name: str, value: Any) -> DirectionClue:
    """The direction that a field states; unset if its content does not state one."""
    if isinstance(value, str):
        return _direction_of_word(plain_name(name), value) if len(value) <= 60 else _UNKNOWN
    if isinstance(value, bool):
        return _direction_of_boolean(plain_name(name), value)
    return _UNKNOWN


@lru_cache(maxsize=4096)
def _direction_of_word(name: str, word: str) -> DirectionClue:
    word = word.strip().lower().replace("\ufe0f", "")
    if word in ("true", "false", "1", "0", "yes", "no"):
        return _direction_of_boolean(name, word in ("true", "1", "yes"))
    if word in _SIGNS:
        return DirectionClue(flow=_SIGNS[word])
    turned = _BACKWARDS.fullmatch(word)
    letters = "".join(filter(str.isalnum, f"{turned['origin']}to{turned['to']}" if turned else word))
    letters = letters.removeprefix("direction") or letters
    up, down = _is_up(letters), _is_down(letters)
    if up != down:
        return DirectionClue(Direction.TO_CSMS if up else Direction.TO_CHARGE_POINT)
    if _SENT.fullmatch(letters):
        return DirectionClue(flow=Flow.SENT)
    if _RECEIVED.fullmatch(letters):
        return DirectionClue(flow=Flow.RECEIVED)
    if name in TARGETS or name in _SENDERS:
        by_station = _ONE_STATION.fullmatch(letters) is not None or (letters == _AMBIGUOUS and name == "origin")
        if by_station or _ONE_BACKEND.fullmatch(letters):
            sender_is_station = by_station != (name in TARGETS)
            return DirectionClue(Direction.TO_CSMS if sender_is_station else Direction.TO_CHARGE_POINT)
    return _direction_of_half(word)


def of_ends(sender: str, receiver: str) -> tuple[DirectionClue, str]:
    """The direction of a frame from one end to the other, and the name of the end that is not the central system."""
    name, way = (receiver, Direction.TO_CHARGE_POINT) if is_backend(sender) else (sender, Direction.TO_CSMS)
    if not is_backend(sender) and not is_backend(receiver):
        return DirectionClue(), ""
    return DirectionClue(way), "" if direction_of("sender", name) else name


def is_backend(cell: str) -> bool:
    """Whether a cell says that the central system sent a frame."""
    return direction_of("sender", cell).direction is Direction.TO_CHARGE_POINT


_PIECES = lazily(r"[\s()\[\]/.:-]+")


def _direction_of_half(word: str) -> DirectionClue:
    """The direction that the beginning or the end of a word states: `Incoming (from charger)`, `Publish-In`,
    `ocpp.message.received`; unset if they state none, or two."""
    pieces = list(filter(None, _PIECES.split(word)))
    if not 2 <= len(pieces) <= 6 or "not" in pieces or "{" in word:
        return _UNKNOWN
    halves = pieces[0], " ".join(pieces[1:]), pieces[-1], " ".join(pieces[:-1])
    found = {clue for half in dict.fromkeys(halves) if (clue := _direction_of_word("", half))}
    absolute = {clue for clue in found if clue.direction is not None} or found
    return absolute.pop() if len(absolute) == 1 else _UNKNOWN


def _is_up(letters: str) -> bool:
    return _UP.fullmatch(letters) is not None or _ACTIVE_UP.fullmatch(letters) is not None


def _is_down(letters: str) -> bool:
    return _DOWN.fullmatch(letters) is not None or _ACTIVE_DOWN.fullmatch(letters) is not None


def _direction_of_boolean(name: str, value: bool) -> DirectionClue:
    if name in _OF_CHARGE_POINT:
        return DirectionClue(Direction.TO_CSMS if value else Direction.TO_CHARGE_POINT)
    flow = _OF_WRITER.get(name)
    if flow is None:
        return _UNKNOWN
    return DirectionClue(flow=flow if value else flow.opposite)


_SENDERS = frozenset((
    "origin", "sender", "source", "from", "direction", "dir", "initiatedby", "initiator", "originator", "sentby", "by",
    "party", "side",
))  # fmt: skip


# -- versions, message types, times ------------------------------------------------------------------------------------

_VERSION = lazily(
    r"(?:ocpp[ _/-]?)?v?(?:1\.6(?:[ -]?[jJ]|-?json)?|2\.0\.1|2\.1)|ocpp[ _-]?v?(?:16j?|201|21)", re.IGNORECASE
)


def version_of(value: Any) -> Version | None:
    """The OCPP version that a field states: `1.6`, `ocpp2.0.1`, `OCPP16`; None if it states none."""
    if isinstance(value, float):
        value = str(value)
    if not isinstance(value, str) or len(value) > 20 or not _VERSION.fullmatch(value.strip()):
        return None
    return Version.parse(value.strip().lower().removesuffix("json"))


_TYPES = {
    "2": 2, "call": 2, "request": 2, "req": 2,
    "anfrage": 2, "requete": 2, "demande": 2, "solicitud": 2, "peticion": 2, "richiesta": 2, "pedido": 2, "verzoek": 2,
    "3": 3, "callresult": 3, "result": 3, "response": 3, "resp": 3, "res": 3, "conf": 3, "confirmation": 3,
    "antwort": 3, "reponse": 3, "respuesta": 3, "risposta": 3, "resposta": 3, "antwoord": 3, "reply": 3, "answer": 3,
    "4": 4, "callerror": 4, "error": 4, "err": 4, "fehler": 4, "erreur": 4, "errore": 4, "erro": 4, "fout": 4,
    "5": 5, "callresulterror": 5,
    "6": 6, "send": 6,
}  # fmt: skip


_TYPE_PREFIX = lazily(r"^(?:ocpp)?(?:messagetype|msgtype)?(?=.)")
"""What names of enumerations begin with: `MESSAGE_TYPE_CALL`."""


def message_type_of(value: Any) -> MessageKind | None:
    """The message type that a field states in words or as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value) if isinstance(value, int) else value
    return _type_of_word(text) if len(text) <= 40 else None


@lru_cache(maxsize=4096)
def _type_of_word(text: str) -> MessageKind | None:
    number = _TYPES.get(_TYPE_PREFIX.sub("", plain_name(text)))
    return None if number is None else MESSAGE_TYPES[number]


_NUMBER = lazily(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)
_FIRST, _LAST = 631_152_000, 4_102_444_800
"""1990 and 2100 in seconds since 1970: a number outside this range is not a time."""
LONGEST_TIME = 80


def moment_of(value: Any) -> Moment | None:
    """The time in a field: text in any notation, or seconds, milli-, micro- or nanoseconds since 1970."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST_TIME:
            return None
        slot = slot_in_shape(without_digits(text))
        if slot is not None and (moment := moment_in(text, slot)) is not None:  # as almost always
            return moment
        if _NUMBER.fullmatch(text):
            whole, _, fraction = text.partition(".")
            return _since_1970(int(whole), int(fraction.ljust(6, "0")[:6]) if fraction else 0, len(text))
        if (entry := _STREAM_ID.fullmatch(text)) is not None:
            return _since_1970(int(entry["millis"]), 0, len(text))
        return best_moment(text)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _since_1970(value, 0, 0)
    if isinstance(value, float) and math.isfinite(value) and abs(value) < 2**63:
        seconds = math.floor(value)
        if _FIRST <= seconds < _LAST:
            return _since_1970(seconds, round((value - seconds) * 1_000_000), 0)
        return _since_1970(seconds, 0, 0)
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        return moment_of(inner) if name in ("$date", "$numberLong") else None
    if isinstance(value, dict) and len(value) == 2:
        return _moment_of_parts({plain_name(name): inner for name, inner in value.items()})
    return None


_SECONDS = ("seconds", "epochsecond", "epochseconds", "sec", "secs", "tvsec", "secssinceepoch")
_NANOSECONDS = ("nanos", "nanoseconds", "nanoofsecond", "nanosecond", "nsec", "tvnsec", "nanossinceepoch")


def _moment_of_parts(parts: dict[str, Any]) -> Moment | None:
    """The time in seconds and nanoseconds, as Protocol Buffers, Firestore, Log4j and C write it."""
    nanos = next((parts[name] for name in _NANOSECONDS if name in parts), None)
    seconds = moment_of(next((parts[name] for name in _SECONDS if name in parts), None))
    if seconds is None or type(nanos) is not int or not 0 <= nanos < 1_000_000_000:
        return None
    return seconds._replace(time=seconds.time + nanos // 1000)


def _since_1970(number: int, micros: int, length: int) -> Moment | None:
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if _FIRST <= number // unit < _LAST:
            time = number * 1_000_000 // unit + (micros if unit == 1 else 0)
            return Moment(0, length, time, True, fraction=True)
    return None


_SERIAL = lazily(r"(\d{5})(?:[.,](\d{1,20}))?", re.ASCII)
_EPOCH_OF_EXCEL = 25_569
"""1970-01-01 as a serial date: days since 1899-12-30."""


def serial_moment(cell: str) -> Moment | None:
    """The time of a serial date as spreadsheets store it: `46082.41667` is March 1, 2026 at 10:00, without a zone.

    It is rounded to the second, or to the millisecond where it has digits enough for that.
    """
    match = _SERIAL.fullmatch(cell.strip())
    if match is None or not 32_874 <= int(match[1]) < 73_051:  # 1990 and 2100
        return None
    digits = match[2] or ""
    unit = 1_000_000 if len(digits) < 8 else 1_000
    micros = int(digits or "0") * DAY // 10 ** len(digits)
    time = (int(match[1]) - _EPOCH_OF_EXCEL) * DAY + round(micros / unit) * unit
    return Moment(0, len(cell), time, False, fraction=unit == 1_000)
