"""The names of columns and keys for time, direction, charge point, frame and so on."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from ocpptui.importing.words.log_words import NOUNS_ELSEWHERE
from ocpptui.jsontext.lazy_pattern import lazily


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
heading
"""
WRITERS = frozenset(_WRITER_WORDS.split())
"""Those that say who wrote a line; where each charge point wrote its own lines, they have its name."""
REMARKS = frozenset(("msg", "message", "event", "text", "title", "name", "logger", "m", "mt"))
"""Names of fields with a text about the frame beside them."""
_PATHS = frozenset(
    ("topic", "topicname", "path", "url", "uri", "subject", "routingkey", "routingkeys", "queue", "source")
)
_ENDS_OF_PATHS = ("topic", "path", "url", "uri")
"""How other names of such fields end: `request_uri`, `RequestPath`."""
_BRACKET = lazily(r"[(\[]")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name in the form for look-up: letters without accents and digits, in lower case, without a suffix in
    brackets."""
    name = _BRACKET.split(name, maxsplit=1)[0].lower()
    return "".join(filter(str.isalnum, name if name.isascii() else unicodedata.normalize("NFKD", name)))


def is_path_field(name: str) -> bool:
    """Whether a field has a topic, a path or a URL."""
    plain = plain_name(name)
    return plain in _PATHS or plain.endswith(_ENDS_OF_PATHS)


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
        "nachrichtenid idmessage idmensaje idmessaggio berichtid messageidentifier mid uid uuid id"
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
    FieldMeaning.ERROR_CODE: "errorcode errcode errorname code",
    FieldMeaning.ERROR_DESCRIPTION: "errordescription errordesc errormessage errormsg description desc",
    FieldMeaning.ERROR_DETAILS: "errordetails errordetail details detail",
}
SURE_ID = 15
"""Rank of the last name that means only a message id."""
TARGETS = frozenset(["destination", "dest", "dst", "target", "recipient", "receiver", "to"])
"""Names of what a frame goes to."""
ORIGINS = frozenset(["from", "src", "source", "sender", "origin"])
"""Names of what it comes from, where another field says what it goes to."""


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
