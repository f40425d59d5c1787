"""Values that are one text by rules of their own: URLs (RFC 3986), durations and intervals of ISO 8601, EXI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ocpptui.ocpp.secret_names import MASK, is_secret_parameter
from ocpptui.unwrapping.der import bytes_of_base64
from ocpptui.unwrapping.unwrapped import Contents, InsideLine, field_line, problem_line

MOST_PARAMETERS = 50
LONGEST_URL = 10_000


def url_contents(text: str) -> Contents | None:
    """The parts of a URL that has a query, a fragment or a user name, which is masked; None for anything else."""
    if len(text) > LONGEST_URL or _URL.match(text) is None:
        return None
    try:
        parts = urlsplit(text)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port is not None else ''}"
    except ValueError as error:
        return "URL", [problem_line(f"It is not a URL: {error}.")]
    if not (parts.query or parts.fragment or "@" in parts.netloc):
        return None
    return f"{parts.scheme} URL", list(_url_lines(parts, host))


def _url_lines(parts: SplitResult, host: str) -> Iterator[InsideLine]:
    yield field_line("host", host)
    if "@" in parts.netloc:
        user_info = parts.netloc.rpartition("@")[0]
        password = f", password {MASK}" if ":" in user_info else ""
        yield field_line("user", f"{MASK}{password}")
    if parts.path:
        yield field_line("path", unquote(parts.path))
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        yield problem_line(f"Its query has more than {MOST_PARAMETERS} parts.")
        return
    for name, value in pairs:
        yield field_line(name or "(no name)", MASK if is_secret_parameter(name) else value)
    if parts.fragment:
        yield field_line("fragment", unquote(parts.fragment))


def duration_contents(text: str) -> str | None:
    """A duration or an interval of ISO 8601 in words; None for anything else."""
    if len(text) > LONGEST_INTERVAL:
        return None
    parts = text.split("/")
    repeated = ""
    if len(parts) > 1 and (repetition := _REPEATED.fullmatch(parts[0])) is not None:
        count = repetition[1]
        repeated = "without end" if not count else "once" if int(count) == 1 else f"{count} times"
        parts = parts[1:]
    durations = [_duration_words(part) for part in parts]
    if not any(durations) or len(parts) > 2:
        return None
    if len(parts) == 1:
        words = f"duration of {durations[0]}"
    else:
        begin, end = durations
        if begin and end:
            return None
        words = f"from {parts[0]} for {end}" if end else f"for {begin} until {parts[1]}"
        if not _MOMENT.match(parts[0] if end else parts[1]):
            return None
    return f"{words}, repeated {repeated}" if repeated else words


def _duration_words(text: str) -> str:
    """`PT1H30M` as `1 h 30 min`; empty if it is not a duration."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return ""
    amounts = [_amount_words(amount, unit) for unit, amount in zip(_UNITS, match.groups()[1:], strict=True) if amount]
    if not amounts or text.endswith("T"):
        return ""
    return f"{'minus ' if match[1] == '-' else ''}{' '.join(amounts)}"


def _amount_words(amount: str, unit: str) -> str:
    """`1 year`, `2 years`, `1 h`."""
    return f"{amount} {unit if amount != '1' or len(unit) == 1 else unit.removesuffix('s')}"


def exi_contents(text: str) -> Contents:
    """The stream of EXI with which a car and a contract provider speak (ISO 15118), measured."""
    data = bytes_of_base64(text)
    if data is None:
        return "EXI", [problem_line("It is not base64.")]
    what = f"EXI of ISO 15118, {len(data):,} bytes"
    lines = [field_line("begins with", data[:8].hex(" "))]
    if not data.startswith(b"$EXI") and data[0] >> 6 != 0b10:
        lines.append(problem_line("It does not begin as EXI does, with the bits 10."))
    return what, lines


EXI_FIELDS = frozenset({"exiRequest", "exiResponse"})
"""Fields of Get15118EVCertificate (OCPP 2.x Part 2)."""
LONGEST_INTERVAL = 100
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{1,20}://")
_UNITS = ("years", "months", "weeks", "d", "h", "min", "s")
_AMOUNT = r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)"
_DURATION = re.compile(
    rf"([+-])?P(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}W)?(?:{_AMOUNT}D)?"
    rf"(?:T(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?"
)
_REPEATED = re.compile(r"R([0-9]{0,6})")
_MOMENT = re.compile(r"[0-9]{4}-?[0-9]{2}")
