"""The words with which logs say that a connection opened, closed or failed, in several languages."""

from __future__ import annotations

import re

from ocpptui.importing.words.log_words import NOUNS, NOUNS_ELSEWHERE
from ocpptui.importing.words.party_words import SERVER
from ocpptui.jsontext.lazy_pattern import lazily

CONNECTION = (
    r"connection|conn|web[ _-]?socket(?:session|connection|server|client)?|wss?|socket(?! #?0\b)"
    r"|verbindung|websocket-?verbindung|connexion|conexi[oó]n|conex[aã]o|liga[cç][aã]o|connessione"
    r"|(?:websocket-?)?verbinding"
)
"""Nouns for a connection, in shapes with zeros for digits. A session alone may be one of charging, and a socket with a
number of one digit an outlet."""
HANDSHAKE = r"handshake|upgrade|switching protocols"
_LOOKS_SAME = str.maketrans({"-": "[ _-]"})
STATION = "|".join(sorted({*NOUNS, *NOUNS_ELSEWHERE}, key=len, reverse=True)).translate(_LOOKS_SAME)
"""Nouns for a charge point, in all languages that logs are read in."""
PARTY = rf"ocpp(?:j|[\d._]*)|{STATION}|{SERVER}"
"""Who connects, and to whom: with one of these, `connected` alone speaks of the connection."""

CONNECTED = (
    r"(?:re-?)?connected|verbunden|connect[eé]e?s?|(?:re)?conectad[oa]|(?:ri)?conness[oa]|verbonden|(?:re)?ligad[oa]"
)
"""Participles that are said of a charge point, or of a connection."""
DISCONNECTED = (
    r"disconnect(?:ed|ing|s|ion)?|getrennt|d[eé]connect[eé]e?|d[eé]connexion|desconectad[oa]|desconexi[oó]n|desconex[aã]o"
    r"|desligad[oa]|disconness[oa]|disconnessione"
)
OPENED = (
    r"open|opened|established|accepted|accepting|upgraded|succeeded|successful(?:ly)?|completed?"
    r"|hergestellt|aufgebaut|ge[oö]ffnet|er[oö]ffnet|angenommen|[eé]tablie?|ouverte?|accept[eé]e?"
    r"|establecid[oa]|abiert[oa]|aceptad[oa]|stabilit[oa]|apert[oa]|accettat[oa]"
    r"|tot stand (?:gebracht|gekomen)|geopend|geaccepteerd|estabelecid[oa]|abert[oa]|aceit[ae]"
)
"""What is said of a connection that has opened."""
NEW = (
    r"new|incoming|inbound|neue|eingehende|nouvelle|nueva|nuova|nieuwe|inkomende|nova|handling new|accept(?:ed|ing)"
    r"|established|opened|upgraded"
)
"""What is said of it before the noun."""
NEW_BEHIND = r"entrante|in entrata|in ingresso|de entrada"
CLOSED = (
    r"closed|closing|closes|lost|terminated|ended|dropped|aborted|broken|interrupted|timed out|torn down|shut ?down"
    r"|reset by (?:peer|remote|client|server)|geschlossen|verloren|unterbrochen|abgebrochen|beendet|abgebaut"
    r"|schlie(?:ß|ss)en"
    r"|ferm[eé]e?|perdue?|interrompue?|coup[eé]e?|termin[eé]e?|cerrad[oa]|perdid[oa]|interrumpid[oa]|terminad[oa]"
    r"|chius[oa]|pers[oa]|interrott[oa]|terminat[oa]|verbroken|gesloten|onderbroken|be[eë]indigd|afgebroken"
    r"|fechad[oa]|encerrad[oa]|interrompid[oa]"
)
"""What is said of a connection that has closed."""
CLOSING = r"closed|closing|lost|terminating|terminated|dropped|dropping|aborted|aborting|schlie(?:ß|ss)e"
"""What is said of it before the noun."""
FAILED = (
    r"failed|fails|failure|refused|fehlgeschlagen|gescheitert|[eé]chou[eé]e?|refus[eé]e?|fallid[oa]|fall[oó]"
    r"|rechazad[oa]|fallit[oa]|rifiutat[oa]|mislukt|geweigerd|falhou|falhad[oa]|recusad[oa]"
)
REFUSED = r"rejected|rejecting|denied|denying|unauthori[sz]ed|abgewiesen|abgelehnt|rejet[eé]e?|denegad[oa]|negad[oa]"
NOT_YET = lazily(
    r"\b(?:not|no|never|none|cannot|can['’]t|won['’]t|isn['’]t|wasn['’]t|if|when|whenever|whether|will|would|should|may"
    r"|might|must|until|unless|before|while|once|wait(?:ing|s)?|expect(?:ed|ing|s)?|already|still|keep(?:s|ing)?|kept"
    r"|remains?|stay(?:s|ed)?|try(?:ing)?|tries|attempt(?:s|ing)?|want(?:s|ed)?|allow(?:s|ed)?|going to|about to|to be"
    r"|number of|last disconnect\w*"
    r"|nicht|kein(?:e|en|er)?|nie|wenn|falls|bereits|noch|wird|soll|pas|si|quand|d[eé]j[aà]|va|ya|cuando|non|se|quando"
    r"|gi[aà]|niet|geen|als|al|wordt|n[aã]o|j[aá])\b",
    re.IGNORECASE,
)
"""Words with which a sentence states something else than that it has happened."""
SUBJECT_PARTS = ("conne", "cone", "verb", "ocket", "liga", "handshake", "getrennt", "close", "switching p", " ws ")
"""In small letters, a part of each word of which a statement has one; most lines have none. They are found much sooner
than the expressions with the words."""
_EVENT_PARTS = """
connect conect conness verbund verbond ligad open establ stabil accept accett acept aceit upgrad succe complet
hergest aufgeb öffnet offnet angenom tabli ouvert apert abiert abert new neue nouv nuev nuov nieuw nova incom
inbound eingeh entra inkom ingress clos lost terminat ended drop abort broken interr reset geschl verlor unterbr
abgebr beend abgebaut schlie ferm perdu coup cerrad perdid chius pers verbrok geslot onderb beëind beeind afgebr
fechad encerr fail refus fehlg gescheit chou fallid falló fallo fallit rechaz rifiut mislukt geweig falh recus
reject den unauth abgew abgel rejet negad getrennt desconex switching estabel shut
"""
EVENT_PARTS = (*_EVENT_PARTS.split(), "timed out", "torn down", "tot stand", '" 000')
"""The same of the words for what happens."""
_OTHER_PARTS = """
mqtt broker amqp rabbit kafka redis postgres mysql mariadb mongodb influx sqlite database datenbank sql jdbc hikari
modbus uart bluetooth wifi wi-fi wlan modem cellular smtp e-mail urllib okhttp keep-alive keepalive vehicle
fahrzeug véhicule vehicule vehículo vehiculo veicolo voertuig veículo cable kabel câble stecker connector
connecteur conector connettore outlet zähler rfid display inverter batter solar grpc graphql dashboard browser
frontend prometheus sentry statsd transaction transaktion reserv chademo firmware download upload diagnostics
consumer producer listener connections latency http_client http-client httpclient can-bus canbus
iso0 iso-0 v0g websocket_api eichrecht healthcheck health-check zahlungsterminal
netzwerkverbindung netzverbindung internetverbindung voiture coche carro macchina
"""
OTHER_PARTS = (
    *_OTHER_PARTS.split(),
    "http client", "web client", "can bus", "iso 0", "charging session", "will activate",
    "health check", "network connection", "internet connection", "http connection", "connection string",
    "base de d", "banco de dados",
)  # fmt: skip
"""In small letters, with zeros for digits, what else a log may have that connects, opens and closes."""
_OTHER_WORDS = """
admin auto ble bms car card cars cavo ccs db dns eebus ems ev evs flap ftp grid gsm gui gun hmi lid lte meter mongo nfc
ntp ocmf payment plc plug plugged pool ppp pv queue rest secc serial sftp slac sse ssh telnet ui usb vpn
"""
OTHER_WORDS = frozenset(_OTHER_WORDS.split())
"""The same as whole words."""
