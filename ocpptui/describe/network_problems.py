"""The problem of a connection, and what to try, in sentences that apply to every front end.

The front end adds how to try it (an option of the command line, a field of the start screen).
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, cast, get_origin, get_type_hints

from ocpptui.describe.connect_problems import CONNECT_WORDS, advice_on_status
from ocpptui.describe.foreign_words import foreign_advice
from ocpptui.describe.incoming_problems import INCOMING_WORDS
from ocpptui.describe.profile_problems import PROFILE_WORDS
from ocpptui.describe.setting_problems import SETTING_WORDS
from ocpptui.describe.soap_problems import SOAP_WORDS
from ocpptui.describe.tls_problems import ALERTS, TLS_WORDS, alert_advice
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.timeline.connection_detail import ProblemFacts
from ocpptui.timeline.record import Record, RecordKind

Remedy: TypeAlias = Callable[[NetworkProblem], str]
"""How to solve a problem in one front end, as a sentence; empty if there is nothing to add."""


class ProblemWords(NamedTuple):
    """What happened and why, and what to try. Either may be empty."""

    sentence: str
    advice: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, self))


def words_of(problem: NetworkProblem) -> ProblemWords:
    """The problem in words."""
    sentence, advice = _WORDS[problem.code]
    if problem.code is P.HTTP_STATUS:
        advice = advice_on_status(problem)
    elif problem.code in (P.SERVER_REJECTS_CERTIFICATE, P.PEER_REJECTS_CERTIFICATE):
        advice = alert_advice(problem.facts.get("alert"))
    elif problem.code in (P.PEER_WITHOUT_HTTP, P.PEER_WITHOUT_TLS_OR_HTTP):
        advice = foreign_advice(problem.facts.get("name")) or advice
    facts = _shown(problem.facts)
    return ProblemWords(_filled(sentence, facts), _filled(advice, facts))


def problem_text(problem: NetworkProblem, remedy: Remedy | None = None) -> str:
    """The problem, what to try, and the remedy of a front end."""
    return " ".join(filter(None, (*words_of(problem), remedy(problem) if remedy is not None else "")))


def recorded_problem(detail: Mapping[str, Any]) -> NetworkProblem | None:
    """The problem in the detail of a record; None if there is none or it is unknown."""
    return _problem(detail.get("problem"), detail.get("facts"))


def recorded_words(detail: Mapping[str, Any], remedy: Remedy | None = None) -> list[str]:
    """What the detail of a record says about a problem, one sentence each, as worded when it was recorded."""
    problem = recorded_problem(detail)
    words = [str(detail[key]) for key in ("error", "advice") if detail.get(key)]
    if not words and problem is not None:
        words = [text for text in words_of(problem) if text]
    if problem is not None and remedy is not None and (text := remedy(problem)):
        words.append(text)
    return words


def worded(record: Record) -> Record:
    """The record of a connection event with sentences for its problem and for what was tolerated, as in a recording."""
    if record.kind is not RecordKind.CONNECTION:
        return record
    whole = _worded(record.detail)
    return record if whole is record.detail else replace(record, detail=whole)


def _worded(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    if not ("problem" in detail or "tolerated" in detail or "upstream" in detail):
        return detail
    whole = dict(detail)
    if isinstance(detail.get("upstream"), Mapping):
        whole["upstream"] = _worded(detail["upstream"])
    if (problem := recorded_problem(detail)) is not None:
        words = words_of(problem)
        whole |= {key: text for key, text in (("error", words.sentence), ("advice", words.advice)) if text}
    if "tolerated" in detail:
        whole["tolerated"] = [_tolerated(one) for one in detail["tolerated"]]
    return whole


def _tolerated(one: Mapping[str, Any]) -> Mapping[str, Any]:
    problem = _problem(one.get("problem"), one.get("facts"))
    return one if problem is None else {**one, "text": words_of(problem).sentence}


def _problem(code: object, facts: object) -> NetworkProblem | None:
    """From a record, which may be from any file: `code` may be of a later version, `facts` may have any form."""
    try:
        problem = NetworkProblem(P(str(code)))
    except ValueError:
        return None
    if isinstance(facts, Mapping):
        problem.facts = cast(ProblemFacts, {name: one for name, one in facts.items() if _fits(name, one)})
    return problem


def _fits(name: str, value: object) -> bool:
    kind = _KINDS.get(name)
    return kind is not None and isinstance(value, (int, float) if kind is float else kind)


_KINDS = {name: get_origin(kind) or kind for name, kind in get_type_hints(ProblemFacts).items()}
"""The type of each fact."""


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


_OPTIONAL = re.compile(r"\[([^][]*)\]")
"""A part of a sentence that is left out unless all its facts are known."""


def _filled(template: str, facts: _Facts) -> str:
    """The sentence with its facts; it ends with one full stop, whatever a fact ends with."""

    def kept(part: re.Match[str]) -> str:
        names = [name for _, name, _, _ in string.Formatter().parse(part[1]) if name is not None]
        return part[1] if all(name in facts for name in names) else ""

    text = _OPTIONAL.sub(kept, template).format_map(facts)
    return f"{text.rstrip('.')}." if text.endswith(".") else text


def _shown(facts: Mapping[str, Any]) -> _Facts:
    """The facts in the form in which the sentences use them; those that say nothing are left out."""
    shown = _Facts({name: text for name, value in facts.items() if (text := _text(name, value))})
    shown.setdefault("scheme", "empty")
    shown.setdefault("oldest", "1.2")
    if not facts.get("secure"):
        shown["try_tls"] = "If it expects TLS, use wss://."
    meaning = ALERTS.get(shown["alert"]) if "alert" in shown else _CLOSE_CODES.get(facts.get("closeCode"))
    if meaning:
        shown["meaning"] = meaning
    if isinstance(names := facts.get("names"), list) and names:
        shown["names"] = " and ".join(map(repr, names))
    return shown


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.strip(" .!?\t\r\n") if name in ("reason", "phrase") else text  # some libraries write sentences


_CLOSE_CODES: Mapping[object, str] = {
    1000: "OK",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1007: "invalid frame payload data",
    1008: "policy violation",
    1009: "message too big",
    1010: "mandatory extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
}
"""RFC 6455 section 7.4.1 and the registry of IANA."""

_CUT = "The TCP connection ended without a Close frame (1006)"
_CUT_ADVICE = "Check for a proxy or firewall with an idle time-out, a reboot, or a lost network."

_WORDS: Mapping[P, tuple[str, str]] = {
    **SETTING_WORDS,
    **PROFILE_WORDS,
    **CONNECT_WORDS,
    **INCOMING_WORDS,
    **TLS_WORDS,
    **SOAP_WORDS,
    P.NOT_OPEN: ("Connection {connection}[ to {name}] is not open.", ""),
    P.NOT_CONNECTED: ("{name} is not connected.", ""),
    P.NOT_WAITING: ("Record {record} is not a call that waits for an answer.", ""),
    P.CLOSED_WITH_CODE: ("The peer closed the connection: {closeCode}[ ({meaning})][, {reason}].", ""),
    P.PING_UNANSWERED: ("The peer answered earlier pings and not this one; it is considered gone.", ""),
    P.MESSAGE_TOO_LARGE: ("The peer sent a message that is larger than allowed[: {reason}].", "Allow larger messages."),
    P.WEBSOCKET_BROKEN: ("The peer broke the WebSocket protocol[: {reason}].", ""),
    P.COMPRESSED_UNASKED: (
        "The peer broke the WebSocket protocol[: {reason}].",
        "It compresses (RSV1) although that was not agreed; check its settings.",
    ),
    P.CLOSE_UNANSWERED: ("The peer did not answer our Close frame.", ""),
    P.CLOSE_CUT: ("The peer ended the TCP connection without answering our Close frame.", ""),
    P.RESET: (_CUT + ": the peer reset it (RST).", _CUT_ADVICE),
    P.CUT: (_CUT + "[: {reason}].", _CUT_ADVICE),
    P.TLS_BROKEN: ("The connection ended without a Close frame (1006), since TLS failed[: {reason}].", _CUT_ADVICE),
    P.CUT_BY_PEER: (_CUT + ": the peer ended it (FIN).", _CUT_ADVICE),
    P.CUT_BY_US: (_CUT + ": we ended it.", ""),
}  # fmt: skip
"""The sentence and the advice for each problem; here are those of an open connection and its end.

A part in brackets is left out unless all its facts are known.
"""
