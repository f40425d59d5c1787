"""Secrets in URLs: the password before an `@`, and the parameters of a query that hold one (RFC 3986 section 3.2.1).

A URL can be in any text, with its slashes escaped as JSON escapes them, percent-encoded within another URL, or cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from ocpptui.ocpp.secret_names import MASK, is_secret_parameter, without_escapes

Found = Callable[[str], object]
"""Called with each secret that is masked."""


def may_hold_url_secret(text: str) -> bool:
    """A quick test whether a URL with a secret can be in a text; False is always right."""
    if "@" in text:
        return True
    if "=" not in text and "%" not in text and "\\u" not in text:
        return False
    return "%40" in text or "u0040" in text or _QUERY.search(text) is not None


def without_url_secrets(text: str, found: Found = str) -> str:
    """A text without the passwords in its URLs: those before an `@`, and those that a query names."""
    if "@" in text or "%40" in text:
        text = _without_user_info(text, found)
    if "=" in text or "u003d" in text or "%3" in text:
        text = _QUERY.sub(lambda match: _without_parameter(match, found), text)
    return text


def without_cut_password(text: str) -> str:
    """A text that is truncated, without the beginning of the password in a URL at its end; digits are a port."""
    return _CUT_URL.sub(rf"\1{MASK}", text)


def _without_user_info(text: str, found: Found) -> str:
    def masked(match: re.Match[str]) -> str:
        found(match["password"])
        return match["before"] + MASK + match["at"]

    whole = _WHOLE_URL.match(text)
    if whole is not None:
        text = masked(whole) + text[whole.end() :]
    if "/" in text:
        text = _PASSWORD.sub(masked, text)
        text = _ODD_PASSWORD.sub(masked, text)
        text = _LONE_USER.sub(masked, text)
    if "%40" in text:
        text = _QUOTED_PASSWORD.sub(masked, text)
    return _WITHOUT_SCHEME.sub(masked, text)


def _without_parameter(match: re.Match[str], found: Found) -> str:
    if match["value"] == MASK or not is_secret_parameter(unquote(without_escapes(match["name"]))):
        return match[0]
    found(match["value"])
    return match[0][: match.start("value") - match.start()] + MASK


LONGEST_ODD = 256
"""Characters of a password that contains what would end it; without a bound, the search would take long."""
_SLASHES = r"(?:/\\*+|(?<=[A-Za-z]:))/"
_PASSWORD = re.compile(rf"(?P<before>{_SLASHES}[^\s/\\@:?#\"'<>]*:)(?!\*\*\*@)(?P<password>[^\s/\\?#\"'<>]+)(?P<at>@)")
_ODD_PASSWORD = re.compile(
    rf"(?P<before>{_SLASHES}[^\s/\\@:?#\"'<>]*:)(?!\*\*\*@|[0-9]{{1,5}}(?:[/?#\\]|%2F))"
    rf"(?P<password>(?:[^\s\"<>\\]|\\.){{1,{LONGEST_ODD}}})(?P<at>@)"
)
"""A password with a character that ought to be percent-encoded; after digits and a slash, an `@` is in the path."""
_WHOLE_URL = re.compile(
    r"(?P<before>\s*[A-Za-z][\w+.\-]{0,30}:\\*+/\\*+/[^\s/\\@:?#\"'<>]{0,100}:)(?!\*\*\*@|[0-9]{1,5}(?:[/?#\s\\]|\Z))"
    rf"(?P<password>[^\n@]{{1,{LONGEST_ODD}}})(?P<at>@)(?=[^\s@]*\Z)"
)
"""A text that is nothing but a URL, in whose password anything can be."""
_LONE_USER = re.compile(rf"(?P<before>{_SLASHES})(?=[^\s/\\@:?#\"'<>]*[0-9])(?P<password>[^\s/\\@:?#\"'<>*]+)(?P<at>@)")
"""What is alone before the `@` may be a token; a name without digits is a user."""
_QUOTED_PASSWORD = re.compile(
    r"(?P<before>%2F%2F[^\s%&\"'<>:]{0,100}(?:%3A|:))(?P<password>(?:(?!%40)[^\s&\"'<>]){1,256})(?P<at>%40)",
    re.IGNORECASE,
)
_WITHOUT_SCHEME = re.compile(
    r"(?<![\w@.\-])(?P<before>(?!(?:mailto|sips?|acct|xmpp|tel|e?-?mail|from|to|cc|contact):)[\w.\-]{1,64}:)"
    r"(?!\*\*\*@|/)(?P<password>[^\s@/:,;\"'`<>{}()\[\]\\]{1,256})(?P<at>@)(?=[\w\[])",
    re.IGNORECASE,
)
"""The user, the password and the host of a URL whose scheme is missing, as in a CONNECT request."""
_QUERY = re.compile(
    r"(?:[?&;#]|\\u0026|%26|%3F)(?P<name>(?:[\w.\-\[\]]|%(?!3D)[0-9A-Fa-f]{2}){1,100}?)(?:=|\\++u003d|%3D)"
    r"(?P<value>(?:[^\s&#;\"'<>\\]|;(?![\w.\-]{1,100}=)|'(?![\s,:}\])]|\Z)|\\(?!u0026|[\"nrt\\]).)+)",
    re.IGNORECASE,
)
_CUT_URL = re.compile(rf"({_SLASHES}[^\s/\\@:?#\"'<>]+:)(?!\*\*\*|[0-9]{{0,5}}\Z)[^\s/\\?#\"'<>]+\Z")
