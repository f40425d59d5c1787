"""The words that loggers write around a frame, and that are therefore never the name of a charge point."""

from __future__ import annotations

import re

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Version

_SENT_ELSEWHERE = (
    r"gesendet|ausgehend|envoy[eé]e?|sortante?|enviad[oa]|saliente|inviat[oa]|uscita|verzonden|uitgaande?|sa[ií]da"
    r"|wys[lł]an[eoay]|wychodz[aą]c[aey]|odchoz[ií]|skickat|utg[aå]ende|giden|исходящ(?:ее|ий|ая)|отправлено"
    r"|odesl[aá]no|odeslan[aáeéyý]|l[aä]htev[aä]|l[aä]hetetty|g[oö]nderilen|elk[uü]ld[oö]tt|trimis|发送|發送|传送|傳送|送信|송신|발신"
)
"""Words for what was sent, in other languages than English."""
_RECEIVED_ELSEWHERE = (
    r"empfangen|eingehend|re[cç]ue?|entrante?|recibid[oa]|ricevut[oa]|entrata|ontvangen|inkomende?|entrada|recebid[oa]"
    r"|odebran[eoay]|przychodz[aą]c[aey]|p[rř][ií]choz[ií]|mottaget|inkommande|inng[aå]ende|gelen"
    r"|входящ(?:ее|ий|ая)|получено"
    r"|p[rř]ijato|p[rř]ijat[aáeéyý]|saapuva|vastaanotettu|al[iı]nan|be[eé]rkez[oő]|primit|接收|收到|受信|수신"
)
"""Words for what was received."""
SENT = rf"sent|sends?|sending|snd|tx|outgoing|outbound|transmit(?:ted|ting)?|wrote|{_SENT_ELSEWHERE}"
"""Words for what the writer of a log, or of a table, sent."""
_ANSWERED = r"respond(?:ed|ing)?|repl(?:y|ied|ying)|answer(?:ed|ing)"
"""Words of a log for the same; as the value of a field, they are the type of a message."""
RECEIVED = (
    r"received?|receives|receiving|recv|rcvd?|rx|incoming|inbound|got"
    rf"|{_RECEIVED_ELSEWHERE}"
)
"""Words for what it received."""
_QUOTED_VALUE = r"(?:(?<=\w\.)|(?<=[=:>][\"'])|(?<=[=:>]\s[\"']))"
_OUT = (
    r"(?-i:\bOUT\b)|(?<=[\[(|/=:])out(?=\s?(?:[\])|/,;]|\s|$))|\bout(?=\s?:?\s?(?:<<['\"])?$)"
    rf"|{_QUOTED_VALUE}out(?=[\"'])"
)
_IN = (
    r"(?-i:\bIN\b)|(?<=[\[(|/=:])in(?=\s?(?:[\])|/,;]|\s|$))|\bin(?=\s?:?\s?(?:<<['\"])?$)"
    rf"|{_QUOTED_VALUE}in(?=[\"'])"
)
"""Short words that are directions only in capitals or on their own."""
SENT_MARK, RECEIVED_MARK = "\ufdd0", "\ufdd1"
"""What `with_marks` writes for each letter of these words; no text has these characters."""
_MARKS = rf"[{SENT_MARK}{RECEIVED_MARK}]"
FLOW = rf"(?<!{_MARKS}){_MARKS}++|<<|>>|<[-=]|[-=]>|[→←➡⬅]|(?<=\s)[<>](?=\s)"
"""Words and signs for either, in a text `with_marks`: expressions with all the words would take long to compile."""
_FLOW_WORD = lazily(
    rf"(?:\b|(?-i:(?<=[A-Z]_)))(?:(?P<sent>{SENT}|{_ANSWERED})|{RECEIVED})\b(?P<not>(?=[\"']?\s?[:=]\s?(?:false|no)\b))?|(?P<out>{_OUT})|{_IN}",
    re.IGNORECASE,
)

REFUSED = lazily(
    r"\b(?:unable|fail(?:s|ed|ure)?|could(?:\snot|n['’]t)|can(?:\s?not|['’]t)|error|exception)\b[^\[{<]{0,30}"
    r"\b(?:pars|decod|deseriali[sz]|unmarshal|handl|process|validat|understand|interpret)\w*"
    r"|\b(?:invalid|malformed|unexpected|unpars[ae]*ble|bad|broken|corrupt(?:ed)?|incorrect)\s(?:\w+\s){0,2}"
    r"(?:message|frame|json|payload|data|request|response|call|packet)\b"
    r"|\b(?:pars|decod|deseriali[sz]|validat|syntax|format)\w*\s?(?:error|exception|failed|failure)\b",
    re.IGNORECASE,
)
"""What the writer of a log says of a frame that it received and could not read."""


def with_marks(text: str) -> str:
    """A text of the same length with marks in place of the words for what was sent and what was received. What is not
    `outbound=false` was received."""
    return _FLOW_WORD.sub(_mark, text)


def is_flow_word(text: str) -> bool:
    """Whether a whole text is one of the words for what was sent or received."""
    return _FLOW_WORD.fullmatch(text) is not None


def _mark(word: re.Match[str]) -> str:
    is_sent = word["out"] is not None or (word["sent"] is not None) == (word["not"] is None)
    return (SENT_MARK if is_sent else RECEIVED_MARK) * len(word[0])


_LEVELS = """
trace debug info information notice warn warning error err fatal critical severe verbose fine finer finest trce dbug
dbg inf wrn crit vrb vbs ftl alert emerg panic
"""
LEVEL = "|".join(_LEVELS.split())
"""The levels of a log."""
_ABOUT = """
ocpp ocppj ocpp-j json soap xml ws wss websocket websockets http https tcp tls text binary utf8 message messages msg
msgs frame frames packet data payload raw body content bytes byte string str object array call callresult callerror
result request response req res resp conf confirmation reply answer event events action type id uuid uid key value
length len size count number seq message_id messageid msgid uniqueid msgtype messagetype connection connections
connected connecting disconnected session socket channel link queue topic subscribe publish process processing
processed handle handling handled parse parsed parsing validate time timestamp date
"""
_WHO = """
server backend central centralsystem central_system csms cs cms cpo system management cloud platform target host
gateway proxy broker upstream downstream remote local peer user admin self me unknown none null undefined nil
"""
_DIRECTIONS = """
sent send sends sending tx out outgoing outbound transmit transmitted transmitting respond responded responding
replied replying wrote write receive received receives receiving recv rcvd rx in incoming inbound got read from to
for of by with via on at into onto up down dn uplink downlink direction dir ingress egress answered answering snd rcv
"""
_LOGGERS = """
log logs logger main root app application service services api worker thread task node python java go info:
mainthread default stdout stderr f p router handler listener controller manager core module pid tid ocppserver
ocpplogger websocketlogger steve lib src com org net io
"""
_WORDS = """
r i o side end leg facing
a an the is are was were be been and or not no yes ok true false new old it this that as after before while when
took ms us s sec seconds now still has have had will can may must should could would retry retries attempt try
successfully failed success failure status state code reason
"""
_PATHS = """
chargers chargepoints charge-points chargingstations stations clients devices centralsystemservice steve/websocket
v1 v2 ocpp16 ocpp20 ocpp201 ocpp21 ocpp1.6 ocpp2.0 ocpp2.0.1 ocpp2.1 ocpp1.6j socket.io live stream test dev prod
health index metrics login home favicon.ico charging charge connect evcp emobility
"""
_DAYS = """
mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday utc gmt cet cest est pst am pm
"""
WORDS = frozenset(f"{_LEVELS} {_ABOUT} {_WHO} {_DIRECTIONS} {_LOGGERS} {_WORDS} {_PATHS} {_DAYS}".split()) | frozenset(
    f"{action.name}{half}".lower()
    for version in Version
    for action in catalog.actions(version)
    for half in ("", "request", "response", ".req", ".conf", "req", "conf", "confirmation")
)
"""In lower case."""
_NOUNS = """
chargepoint charge_point charge-point chargepoints chargingstation charging_station charging-station chargebox
charge_box charger station stations cp cps client clients evse wallbox device point box
"""
NOUNS = frozenset(_NOUNS.split())
"""Nouns for a charge point, in lower case."""
_NOUNS_ELSEWHERE = """
ladepunkt ladestation ladesaule borne borne-de-recharge point-de-charge punto-de-carga punto-recarga estacion cargador
colonnina punto-di-ricarica stazione laadpaal laadpunt laadstation estacao carregador stacja ladowarka laddstolpe
ladestasjon станция
"""
NOUNS_ELSEWHERE = tuple(_NOUNS_ELSEWHERE.split())
"""The same in other languages, without accents, the words of each with hyphens."""

NEVER = lazily(
    r"^[\W_]*$"
    r"|(?i:(?:^|[-_.:#@ ])(?:thread|threads|exec|nio|worker|pool|task|loop|eventloop|dispatcher"
    r"|scheduling|scheduler|async|conn|cmd|command|opcode"
    r"|connection|session|sess|req|request|trace|span|corr|correlation|pid|tid|coroutine|fiber|goroutine|goid|executor"
    r"|ocpp\d*|http|https|tcp|udp|json|v\d[\d.]*)(?:$|[-_.:#@ ]?\d|[-_.:#@ ]))"
    r"|^(?:[a-z][a-z_$]*\.)+[A-Za-z_$]+(?::[\w<>.]+)*$"  # a class, a module, a function
    r"|^\w+(?:::\w+)+$"
    r"|^[A-Z][a-zA-Z]*(?:\.[A-Z][a-zA-Z\d]*)+$"
    r"|^\w+(?:Handler|Service|Server|Client|Logger|Manager|Controller|Middleware|Adapter|Gateway|Impl|Listener|Session"
    r"|Socket|Thread|Worker|Task|Dispatcher|Factory|Provider|Transport|Router|Processor|Consumer|Producer|Bridge|Proxy"
    r"|Module|Core|Engine|Protocol|Connection|Interceptor|Filter|Codec|Decoder|Encoder|Reader|Writer|Queue|Hub"
    r"|Group|Pool|Executor)(?:[-:#]?\d)*$"
    r"|^\w+\.(?:py|go|java|cs|js|ts|kt|rs|cpp|c|h)(?::\d+)*$|:\d+$(?<=\.\w\w:\d)"
    r"|^\d{1,3}(?:\.\d{1,3}){3}(?:[.:]\d+)?$"  # an address
    r"|^(?=.*(?:::|[\da-fA-F]{3,4}:))(?:[\da-fA-F]{0,4}:){2,7}[\da-fA-F]{0,4}$"
    r"|^(?:UTC|GMT|Z)?[+-]?\d\d:\d\d(?::\d\d)?Z?$"  # a zone, a time of day
    r"|^[+-]?\d{1,3}(?:[.,]\d+)?(?:ms|us|s|b|kb|mb|%)$"
    r"|^v?\d+(?:\.\d+)+[A-Za-z]?$"  # a version, a number
    r"|^\w+, ?\d+$"  # a source and its line
    r"|\b(?i:len|length|size|count|line|bytes)[:=]\d+$"
    r"|^(?:pod|node|host|container|instance|service|deployment)/"
    r"|^i-(?:[\da-f]{8}|[\da-f]{17})$|^ip(?:-\d{1,3}){4}$"  # a machine of a cloud
    r"|^(?:web|worker|run|scheduler|release|router|clock|console)\.\d{1,5}$"  # a process of Heroku
    r"|-(?=[a-z]*\d)[a-z\d]{8,10}-[a-z\d]{5}$|(?:^|/)(?:[a-z\d]{32}){1,2}$"  # a pod, a container
)
"""What is never a name, by its form: threads, classes, files, addresses, zones, durations, pods, machines."""
NOISE = lazily(
    r"^(?:[a-z][\w$]*\.)+[A-Za-z_$][\w$]*$"
    r"|^\d{1,2}$"
)
"""What is a name only if the file as a whole shows it, besides what is `NEVER` one: dotted names with a number, and
numbers."""
