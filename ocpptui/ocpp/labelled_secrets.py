"""Secrets whose name is before them in a text: `password=…`, `"apiKey": "…"` at any depth of escaping, `X-Token: …` in
a list of headers, `<password>…</password>`.

Works on any text, because it looks at nothing but a name, a sign after it and the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.header_credentials import AUTHORIZATION, COOKIES, SCHEMES, parse_basic, secrets_within
from ocpptui.ocpp.secret_names import (
    MASK,
    SPOKEN_NAMES,
    SPOKEN_PHRASE,
    WORDS_OF_NAME,
    is_masked,
    is_secret_header,
    is_secret_name,
    is_unmistakable_secret_name,
    without_escapes,
)
from ocpptui.ocpp.url_secrets import Found, without_url_secrets


def without_credentials(text: str, found: Found = str) -> str:
    """The text without what is a secret by its form: JSON Web Tokens (RFC 7519), private keys in PEM, the credentials
    after a scheme of authentication or an option, and a word with digits after `token`, `password` and the like."""

    def masked(match: re.Match[str]) -> str:
        for secret in _secrets_of_form(match):
            found(secret)
        return match[0][: match.start("value") - match.start()] + MASK

    for form in (_JSON_WEB_TOKEN, _ISSUED, _CREDENTIALS, _SPOKEN, _PRIVATE_KEY, _NETWORK_CODE, _OPTION):
        text = form.sub(masked, text)
    return text


def stated_credentials(text: str) -> Iterator[str]:
    """The secrets in a line of a log that are certainly no id, number or name: credentials in headers of HTTP, in URLs
    and in options, passwords after their name. A `token` or `key` in such a line may be that of a driver or of a
    setting."""
    urls = list[str]()
    without_url_secrets(text, urls.append)
    yield from urls
    for form in (_JSON_WEB_TOKEN, _ISSUED, _CREDENTIALS, _NETWORK_CODE, _OPTION):
        for match in form.finditer(text):
            if form is not _CREDENTIALS or len(match["value"]) >= _LONG_TOKEN or parse_basic(match[0]) is not None:
                yield from _secrets_of_form(match)
    for secret in _labelled_in(text, frozenset()):
        name, value = secret.name.lower(), text[secret.value : secret.end]
        is_authorization = name in AUTHORIZATION
        if is_masked(value) or not (is_authorization or is_unmistakable_secret_name(name)):
            continue
        if not is_authorization or value.partition(" ")[0].lower() in SCHEMES:
            yield from secrets_within(name, value)


def _secrets_of_form(match: re.Match[str]) -> Iterator[str]:
    value = match["value"]
    return secrets_within("", match[0]) if match.re is _CREDENTIALS else iter((value,))


class _Labelled(NamedTuple):
    """A secret in a text, with its label."""

    name: str
    start: int
    """Where its name starts."""
    value: int
    end: int


def without_labelled_secrets(text: str, found: Found = str, also: frozenset[str] = frozenset()) -> tuple[str, str]:
    """The text with such secrets masked; and what is left of it without their names, which may name others.

    `also` are further names, in lower case, whose values count as secrets.
    """
    parts: list[str] = []
    rest: list[str] = []
    done = 0
    for secret in _labelled_in(text, also):
        value = text[secret.value : secret.end]
        if not is_masked(value):
            for one in secrets_within(secret.name, value):
                found(one)
            value = MASK
        parts += text[done : secret.value], value
        rest.append(text[done : secret.start])
        done = secret.end
    parts.append(text[done:])
    rest.append(text[done:])
    return "".join(parts), "".join(rest)


def _labelled_in(text: str, also: frozenset[str]) -> Iterator[_Labelled]:
    """The secrets with a label in a text, in their order."""
    done = 0
    for label in _LABEL.finditer(text):
        if label.start() >= done and (secret := _secret_after(text, label, also)) is not None:
            yield secret
            done = secret.end


def _secret_after(text: str, label: re.Match[str], also: frozenset[str]) -> _Labelled | None:
    """The secret after a name, `=` or `:`, if the name is that of one."""
    name = without_escapes(label["name"])
    if name[0] in "nrt" and text[max(0, label.start() - 1) : label.start()] == "\\":
        name = name if is_secret_name(name) else name[1:]  # an escaped end of line or tab precedes it
    at_line_start = label["sign"] == ":" and _LINE_START.search(text, max(0, label.start() - 4), label.start())
    if not (
        is_secret_name(name)
        or name.lower() in also
        or (at_line_start and is_secret_header(name) and name.lower() != "key")
    ):
        return None
    start = label.end()
    opening = (_DOUBLED if label["doubled"] else _OPENING).match(text, start)
    if text[start : start + 1] in _BRACKETS:
        whole = value_end(text, start)
        line = _LINE.match(text, start)
        end = whole if whole is not None else line.end() if line is not None else start
    elif opening is not None:
        closing = _closing(opening[0]).search(text, opening.end())
        start, end = opening.end(), len(text) if closing is None else closing.start()
    elif label["sign"] == ">":
        if text[max(0, label.start() - 1) : label.start()] not in ("<", ":"):
            return None
        end = text.find("<", start)
        end = len(text) if end < 0 else end
    else:
        value = _unquoted_value(name, at_line_start=bool(at_line_start)).match(text, start)
        if value is None or _is_ordinary(name, value[0]) or not value[0].strip("="):
            return None  # base64 may end with a word that is a name, such as `/pw==`
        end = value.end()
    return _Labelled(name, label.start(), start, end) if end > start else None


def _is_ordinary(name: str, value: str) -> bool:
    """Whether what follows a secret name and its sign is a word of a sentence about it, or the name of a module:
    `password: changed`, `[auth:Auth]`, `token:TokenManager`."""
    if _ORDINARY.fullmatch(value):
        return True
    if is_unmistakable_secret_name(name):
        return False
    word, module = WORDS_OF_NAME.findall(name)[-1:], _MODULE.match(value)
    return bool(word) and module is not None and word[0].lower() in module[1].lower()


def _unquoted_value(name: str, *, at_line_start: bool) -> re.Pattern[str]:
    """What the value of a secret name may be without quotation marks around it."""
    if at_line_start:
        return _LINE
    if name.lower() in COOKIES:
        return _PAIRS
    return _PHRASE if is_secret_header(name) else _WORD


@lru_cache(maxsize=32)
def _closing(opening: str) -> re.Pattern[str]:
    """The end of a string that starts with this quotation mark and the backslashes before it."""
    return re.compile(rf"(?<!\\){re.escape(opening)}" if len(opening) > 1 else rf"(?<!\\)(?:\\\\)*{re.escape(opening)}")


_LABEL = re.compile(
    rf"(?<![A-Za-z0-9_.\-])-{{0,2}}(?P<name>(?i:{SPOKEN_PHRASE})"
    r"|[^\W\d_](?:[\w.\-]|\\+u00[0-9a-fA-F]{2}){0,99})(?:\\*[\"'`](?P<doubled>\")?)?"
    r"[ \t]*(?P<sign>=>?|:=?|>|[：＝])[ \t]*"
)
_BRACKETS = ("[", "{")
_OPENING = re.compile(r"(?<!\\)\\*[\"'`]")
_DOUBLED = re.compile(r'""')
"""A quotation mark as it is written in a field of CSV (RFC 4180)."""
_LINE_START = re.compile(r"(?:\A|[\r\n]|\\[rn])\s*\Z")
_LINE = re.compile(r"(?:[^\r\n\\]|\\(?![rn]))+")
_PHRASE = re.compile(r"(?:(?:Basic|Bearer|Digest|Negotiate|ApiKey)[ \t]+)?[^\s,;&\"'`<>{}\[\]()\\]+", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;&\"'`<>{}\[\]()\\]+")
_PAIRS = re.compile(
    r"[^\s,;&\"'`<>{}\[\]()\\]+(?:\"[^\s;\"]*\")?"
    r"(?:;[ \t]{0,3}[\w.\-]{1,100}=(?:\"[^\s;\"]*\"|[^\s,;&\"'`<>{}\[\]()\\]*))*"
)
"""Cookies, or one with its attributes (RFC 6265 section 4)."""
_JSON_WEB_TOKEN = re.compile(r"\b(?P<value>eyJ[\w\-]{6,}+\.[\w\-]{4,}+(?:\.[\w\-]*+)?)")
_CREDENTIALS = re.compile(
    r"\b(?:Basic|Bearer|Negotiate)[ \t]+(?![\w.\-]+:\*\*\*)(?P<value>(?=[A-Za-z+/._~\-]{0,200}[0-9=])[\w+/=.~\-]{8,})",
    re.IGNORECASE,
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?P<value>(?:(?!-----END)[^\"'`])+)")
"""A key in PEM (RFC 7468), complete or cut off."""
_NETWORK_CODE = re.compile(r"WIFI:(?:[^;\s]{0,100};){0,4}?P:(?P<value>[^;\s]+)")
"""The code by which a phone joins a network."""
_OPTION = re.compile(r"(?:(?<!\S)(?:-u|-{2}user)[ =][^\s:]{1,100}:|\bsshpass +-p ?)(?P<value>(?!\*\*\*|//)[^\s\"'`]+)")
"""An option of curl or of sshpass."""
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?P<value>A(?:KI|SI)A[A-Z0-9]{16}|AIza[\w\-]{35}|gh[opsu]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}"
    r"|glpat-[\w\-]{20,255}|xox[abeprs]-[\w\-]{10,255}|[rs]k_live_[A-Za-z0-9]{16,255})(?![A-Za-z0-9])"
)
"""What Amazon, Google, GitHub, GitLab, Slack and Stripe issue, by the marks with which they make it known."""
_SPOKEN = re.compile(
    rf"\b(?:{'|'.join(SPOKEN_NAMES)})"
    r"(?:[ \t]+(?:is|was|of|for|to))?[ \t]+[\"'(<]?"
    r"(?P<value>(?=[^\s0-9]{0,200}[0-9])(?=[^\sA-Za-z]{0,200}[A-Za-z])[\w+=~!@#$%^&*\-]{8,}+)(?![\w./])",
    re.IGNORECASE,
)
_LONG_TOKEN = 16
"""Characters after `Basic` or `Bearer` that are not a word of a sentence."""
_ORDINARY = re.compile(
    r"expected\b.*|required|missing|unknown|invalid|null|true|false|none|got a secret"
    r"|file|path|this|the|it|an?|must|cannot|could|give|write|is|not?|only|one|every|was|has|in|for|with|from"
    r"|(?:not )?(?:yes|ok|okay|set|unset|empty|found|present|absent|pending|timeout|success|successful|failure|error"
    r"|started|done|(?:in)?correct|wrong|valid|(?:un)?changed|updated|enabled|disabled|(?:un|mis)?configured|hidden|masked"
    r"|redacted|granted|denied|expired|revoked|refused|failed|accepted|rejected|blocked|stored|saved|loaded|received|sent"
    r"|NotSupported|NotImplemented|RebootRequired|ConcurrentTx|falsch|richtig|ja|nein|abgelaufen)[\s.,;!?)]*"
    r"|\d{1,2}|GPIO_?\d{1,2}",
    re.IGNORECASE,
)
"""What sentences about a field say after its name. A number of two digits protects nothing: it counts something."""
_MODULE = re.compile(r":?([A-Z][a-z]+(?:[A-Z][a-z]+)*)(?![\w\-+/=])")
"""The name of a class or of a module."""
