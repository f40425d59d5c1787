"""What is a secret, by its name: in settings, in fields of a message, in HTTP headers and in URLs.

Sources: OCPP 1.6 security whitepaper (edition 3) A01.FR.09 and 12, OCPP 2.0.1 and 2.1 Part 2 A01: the key of Basic
authentication is neither logged nor read back. The passwords of SetNetworkProfile are of the same kind, and so are
the passwords, keys and tokens that vendors add to the configuration, to DataTransfer and to customData.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from ocpptui.ocpp.word_groups import WordGroups

SPOKEN_PHRASE = "mot de passe"
"""The one name of a password that is always several words."""
MASK = "***"
"""The replacement for a secret text."""


def is_masked(value: str) -> bool:
    """Whether a value is the mask, with the scheme and the user before it if it was an Authorization header."""
    return _MASKED.fullmatch(value) is not None


_MASKED = re.compile(r"(?:Basic [^:\r\n]*:|(?:\w+ )?(?:[^\s:]+:)?)\*\*\*")
"""A user name of Basic may be empty or contain spaces, but not a colon (RFC 7617 section 2)."""

SECRET_SETTINGS = frozenset(
    {"authorizationkey", "basicauthpassword", "apnpassword", "apnsimpin", "vpnpassword", "vpnkey"}
)
"""Configuration key of 1.6 and variables of 2.x (SecurityCtrlr; NetworkConfiguration of 2.1), in lower case."""

SECRET_FIELDS = frozenset({"basicAuthPassword", "apnPassword", "simPin", "password"})
"""Fields whose value is a secret in every message; so is `key` in the `vpn` of a network profile."""


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value of this name is a secret in any place: as a field, a setting, a header or a parameter.

    The last word decides: a `SessionToken` is a secret, a `TokenExpiry` is not. Upper and lower case, separators and
    trailing digits make no difference.
    """
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        return False
    plain = _SEPARATORS.sub("", name.casefold())
    if any(word in plain for word in _ANYWHERE) or _is_translated(plain):
        return _PUBLIC.search(plain) is None
    ending = _ENDING.search(plain)
    if ending is not None:
        return _HARMLESS.fullmatch(plain) is None
    words = WORDS_OF_NAME.findall(name)
    return bool(words) and words[-1].lower() in _LAST_WORDS and not any(word.lower() in _WIRING for word in words)


def is_secret_setting(name: str) -> bool:
    """Whether a configuration key or a variable of this name holds a secret."""
    return is_secret_name(name) or is_nearly_secret_setting(name)


def is_secret_header(name: str) -> bool:
    """Whether the value of an HTTP header of this name is a secret as a whole; that of Authorization is in part."""
    plain = name.strip().casefold()
    return plain not in _OPEN_HEADERS and (is_secret_name(plain) or _HEADER.search(plain) is not None)


def is_unmistakable_secret_name(name: str) -> bool:
    """Whether a value of this name cannot be the id of a driver, a session or a setting, as one of `token` or `key` may
    be in a log of charge points."""
    plain = name.strip().casefold()
    joined = _SEPARATORS.sub("", plain)
    return (
        any(word in joined for word in _UNMISTAKABLE)
        or _is_translated(joined)
        or (plain.startswith(_OWN_HEADER) and is_secret_name(name))
    )


def may_state_credentials(line: str) -> bool:
    """A quick test whether a line of a log can state a secret that is unmistakable by its name, its form or the header
    or URL that it is in; False is always right. It may be asked of a line with zeros for its digits, too."""
    lower = line.lower()
    if ("?" in lower and "=" in lower) or _SIGNS_OF_CREDENTIALS.are_in(lower):
        return True
    plain = lower.replace("-", "").replace("_", "").replace(".", "")
    return _UNMISTAKABLE_GROUPS.are_in(plain) or _is_translated(plain)


def _is_translated(plain: str) -> bool:
    """Whether a text in lower case has the word for a password in it that another alphabet than ASCII writes."""
    return not plain.isascii() and any(map(plain.__contains__, _TRANSLATED_BEYOND_ASCII))


def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of this name in the query of a URL holds a secret."""
    plain = name.casefold()
    return plain in _PARAMETERS or is_secret_name(name) or _PARAMETER.search(plain) is not None


def is_nearly_secret_setting(name: str) -> bool:
    """Whether a name is that of a secret setting of OCPP, or differs from one in one character.

    A message that is damaged in transit, or mistyped, contains the same secret.
    """
    return is_nearly(name.strip(), SECRET_SETTINGS)


def is_nearly(name: str, fields: frozenset[str]) -> bool:
    """Whether a key is one of these fields, ignoring case and one wrong character."""
    return len(name) <= LONGEST_NAME and _nearly_one_of(fields).fullmatch(name.casefold()) is not None


@cache
def _nearly_one_of(fields: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(f".?{_with_one_edit(name.casefold())}" for name in sorted(fields)), re.DOTALL)


def may_name_secret(text: str) -> bool:
    """Whether the name of a secret can be in a text: of any, or with one wrong character of one that OCPP has."""
    return names_secret(text) or may_name_setting(text)


def may_name_setting(text: str) -> bool:
    """Whether a text speaks of a password, a secret or a setting that OCPP keeps secret, whose name may have one wrong
    character; a token or a key alone is not enough."""
    if len(text) > SLICE:
        return any(map(may_name_setting, _slices(text)))
    plain = without_escapes(text).lower()
    if _VENDORS_WORDS.are_in(plain) or _PSK.search(plain) or _is_translated(plain):
        return True
    return any(_is_nearly_there(plain, piece) for piece in _PIECE_GROUPS.found_in(plain))


def names_secret(text: str) -> bool:
    """Whether the name of a secret is a word of a text. Quick, since every message is asked."""
    if len(text) > SLICE:
        return any(map(names_secret, _slices(text)))
    plain = without_escapes(text)
    lower = plain.lower()
    if not _STEMS.are_in(lower) and not _is_translated(lower):
        return False
    words = set(_WORD.findall(plain))
    if "\\" in plain:
        words.update(_AFTER_ESCAPE.findall(plain))
    words -= _harmless_words
    if any(is_secret_name(word) for word in words):
        return True
    if len(_harmless_words) > MOST_WORDS:
        _harmless_words.clear()
    _harmless_words.update(words)
    return False


def _slices(text: str) -> Iterator[str]:
    """Pieces of a long text that overlap by the length of a name, so that other threads can run in between."""
    return (text[start : start + SLICE] for start in range(0, len(text), SLICE - 8 * LONGEST_NAME))


def may_hold_credentials(text: str) -> bool:
    """A quick test whether a secret can be in a text that is known by its form; False is always right."""
    return _SIGNS_OF_FORM.are_in(text) or may_hold_key_code(text)


def may_hold_key_code(text: str) -> bool:
    """The same of a key code, an id token that is a secret."""
    return KEY_CODE_SIGN in text or ("\\u" in text and KEY_CODE_SIGN in without_escapes(text))


def without_escapes(text: str) -> str:
    """A text in which letters that JSON has escaped, once or several times, are letters."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text


def _is_nearly_there(text: str, piece: str) -> bool:
    """Whether one of the names surrounds a position of this piece of it."""
    place = text.find(piece)
    for _ in range(MAX_PLACES):
        if place < 0:
            return False
        for offset in _PIECES[piece]:
            start = place - offset
            if any(_nearly_a_name().match(text, max(0, start + shift)) for shift in (-1, 0, 1)):
                return True
        place = text.find(piece, place + 1)
    return True


MAX_PLACES = 1000
"""A text that contains a piece of a name more often than this counts as one that may name a secret."""
WORDS_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
"""The words of a name in any spelling: `AuthorizationKey`, `auth_key`, `IDToken2`."""
LONGEST_NAME = 100
"""Characters; the name of a variable has 50 at most (2.0.1 Part 2, VariableType)."""
SLICE = 500_000
"""Characters that are searched at once."""
MOST_WORDS = 10_000
_harmless_words: set[str] = set()
"""Words of earlier texts that name no secret."""


def _with_one_edit(name: str) -> str:
    """A pattern for a name in which one character is missing, one too many, or another one."""
    pattern = ".?"
    for place in reversed(range(1, len(name))):
        here, rest = re.escape(name[place]), re.escape(name[place + 1 :])
        pattern = f"(?:{here}{pattern}|.?{rest}|.{here}{rest})"
    first, rest = re.escape(name[0]), re.escape(name[1:])
    return f"(?:{first}{pattern}|{rest})"


@cache
def _nearly_a_name() -> re.Pattern[str]:
    """Made when it is needed: it takes long to compile, and opening a file does not need it."""
    return re.compile("|".join(map(_with_one_edit, _NAMES)), re.DOTALL)


_NAMES = sorted(SECRET_SETTINGS | {field.lower() for field in SECRET_FIELDS})
_PIECES = {
    piece: {name.index(piece) for name in _NAMES if piece in name}
    for piece in (
        "authoriz",
        "ationkey",
        "basicaut",
        "pass",
        "word",
        "apns",
        "impin",
        "sim",
        "pin",
        "vpn",
        "nkey",
        "vp",
    )
}
"""Of each name at least one is whole when a character of it is wrong; where in the names each of them is."""
_PIECE_GROUPS = WordGroups(_PIECES, ("k", "aut", "pin", "vp"))
_SHARED = ("pass", "k", "j", "se", "pw", "wo", "slo")
"""What several of the words below have in common; a letter that is rare in OCPP is found or missed most quickly."""
_TRANSLATED = (
    "kennwort", "motdepasse", "wachtwoord", "contrasena", "senha", "heslo", "haslo", "sifre", "parola", "salasana",
    "losenord", "adgangskode",
)  # fmt: skip
"""What other languages call a password, as far as ASCII writes it."""
_TRANSLATED_BEYOND_ASCII = (
    "contraseña", "hasło", "şifre", "lösenord", "jelszó", "slaptažodis", "lykilorð", "mậtkhẩu", "пароль",
    "κωδικόςπρόσβασης", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "סיסמה",
    "كلمةالمرور", "كلمةالسر", "รหัสผ่าน",
)  # fmt: skip
"""The rest of them, looked for only in texts that are not ASCII."""
_STEMS = WordGroups((
    "pass", "key", "token", "pwd", "pin", "auth", "secret", "cred", "psk", "puk", "pw", "jwt", "bearer", "cookie",
    "session", "wort", "code", "assertion", "otp", *_TRANSLATED[2:],
), _SHARED)  # fmt: skip
"""One of these is in every secret name, the most frequent first."""
SPOKEN_NAMES = ("token", "key", "secret", "password", "passwd", "pwd", "pin", "passphrase", "credentials", "credential")
"""What sentences call a secret that they quote."""
_ANYWHERE = (
    "passw", "passphrase", "secret", "credential", "authorizationkey", "privatekey", "presharedkey", "psk", "apikey",
    "accesskeyid", *_TRANSLATED,
)  # fmt: skip
"""A name with one of these names a secret, wherever it is in the name."""
_UNMISTAKABLE = (*_ANYWHERE, "cookie")
_UNMISTAKABLE_GROUPS = WordGroups(_UNMISTAKABLE, _SHARED)
_OWN_HEADER = "x-"
_SIGNS_OF_CREDENTIALS = WordGroups((
    _OWN_HEADER, "authorization", "basic ", "bearer ", "negotiate ", "eyj", "wifi:", "-u ", "-user", "@", "%40", "%00",
    "akia", "asia", "aiza", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox", "_live_", "sshpass ",
    SPOKEN_PHRASE,
), ("pass", "_", "%", "-u"))  # fmt: skip
_VENDORS_WORDS = WordGroups((
    "passw", "passphrase", "secret", "authorizationkey", "authorization_key", "privatekey", "private_key",
    SPOKEN_PHRASE, *_TRANSLATED,
), _SHARED)  # fmt: skip
"""What vendors call their secrets, as far as it says so in any sentence."""
_PSK = re.compile(r"psk[\\\"'<=]")
"""At the end of a name; within Base64 these letters mean nothing."""
_ENDING = re.compile(
    r"(?:key|token|bearer|pwd|pass|puk|pw|jwt|cookies?|authorization|authentication|assertion|basicauth|(?:pin|pass|access|unlock|login|security)code"
    r"|(?:sim|user|admin|card|service|device|login|security)pin|(?:http|web|user|login|auth|\Ax)session|otp)"
    r"(?:value|text|string|hex|base64|b64|[0-9])*\Z"
)
"""A name that ends like this names a secret."""
_LAST_WORDS = frozenset({"pin", "pw", "pwd", "sas", "auth"})
"""Endings that are too short to be found within a word."""
_WIRING = frozenset({"gpio", "relay", "io", "led", "control", "pilot", "proximity", "pull", "cp", "pp"})
"""Words beside which a pin is one of a plug or a chip."""
_HARMLESS = re.compile(
    r".*(?:id|rfid|contract|reader|push|map)tokens?|(?:.*(?:public|primary|foreign|unique|sort|partition|idempotency))?key"
    r"|(?:config|configuration|setting|param|parameter|option|variable|unknown|nosuch|readonly|known)keys?|.*(?:websocket|hot|func(?:tion)?|enter|any)key"
    r"|noauthorization|apnauthentication|masterpass|otherpass|bypass|lowpass|highpass|.*compass"
)
"""Names with such an ending that are not secrets: an idToken names a driver, which is a matter for redaction."""
_PUBLIC = re.compile(r"publickey|passwordless")
_NAME = re.compile(r"\s*[^\s\"'`{},\\<>=]++(?: [^\s\"'`{},\\<>=]++){0,3}\s*")
_SEPARATORS = re.compile(r"[\s_.\-]+")
_OPEN_HEADERS = frozenset({"sec-websocket-key", "www-authenticate", "proxy-authenticate"})
_HEADER = re.compile(
    r"cookie|token|secret|passw|credential|signature|session|jwt|\bauth(?:entication|orization)?\b|\bkey\b|[-_]auth\b"
    r"|csrf|xsrf"
)
_PARAMETERS = frozenset({"key", "sig", "auth", "code", "pin", "sign", "hash", "k", "pw", "session", "sid"})
_PARAMETER = re.compile(r"token|passw|passwd|pwd|credential|signature|auth")
KEY_CODE_SIGN = "KeyC"
"""In every message with a key code, an id token that is a secret (see `ocpptui.ocpp.key_codes`)."""
_SIGNS_OF_FORM = WordGroups((
    "eyJ", "asic ", "earer ", "egotiate ", "PRIVATE KEY", "WIFI:", "-u ", "-user",
    "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox", "_live_",
), ("_", " ", "-u", "J", "K"))  # fmt: skip
_ESCAPE = re.compile(r"(?<!\\)\\++u([0-9a-fA-F]{4})")
_AFTER_ESCAPE = re.compile(r"\\[nrt]([A-Za-z_][\w.\-]*)")
"""A word after an escaped end of line or tab."""
_WORD = re.compile(r"[^\W\d][\w.\-]*")
