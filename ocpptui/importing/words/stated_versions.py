"""The version of OCPP that a text or a value states, and what only looks like one in a path or behind a name."""

from __future__ import annotations

import re
from typing import Any

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.version import Transport, Version

_BY_DIGITS = {version.value.replace(".", ""): version for version in Version.offered(Transport.JSON)}
"""The versions that are looked for; any other is named by the user."""
_SPELLED = "|".join(map("[._]?".join, _BY_DIGITS))
_DOTTED = "|".join(map(re.escape, Version.offered(Transport.JSON)))
_IN_TEXT = lazily(rf"ocpp[ _-]?v?(?P<version>{_SPELLED})(?!\d|[._]\d)")
"""In lower case: a pattern that begins with letters of one case is found several times as fast."""
_AS_VALUE = lazily(rf"(?:ocpp[ _/-]?v?(?P<named>{_SPELLED})|v?(?P<number>{_DOTTED}))(?:[ -]?j|-?json)?", re.IGNORECASE)
LONGEST_VALUE = 20
"""The most characters of a value that states a version."""
MAY_BE_VERSION = lazily(r"ocpp[ _-]?v?0", re.IGNORECASE)
"""What a text that states a version has, with zeros for its digits."""
VERSION_BEHIND_NAME = lazily(r"[:@/_-]?ocpp[ _-]?v?\d(?:[._]?\d){1,2}j?(?![\w.])|[:@]ocpp(?![\w.])", re.IGNORECASE)
"""Any version of OCPP behind the name of a charge point, `CP-77:ocpp1.6`, or the word alone."""
SEGMENT_OF_OCPP = lazily(r"v?\d(?:\.\d){0,2}|ocpp[-_.]?v?[0-9.]*j?(?:son)?")
"""A segment of a path, in lower case, that says no more than OCPP or any version."""
SEGMENT_OF_VERSION = lazily(r"v\d(?:\.\d){0,2}|\d(?:\.\d){1,2}|ocpp[-_.]?v?\d[\d.]*j?(?:son)?", re.IGNORECASE)
"""A segment of a path that is any version, which may be behind the name."""


def version_in(text: str) -> Version | None:
    """The only version that a text names; None if it names none or several."""
    text = text.lower()
    if "ocpp" not in text:
        return None
    named = {_by_digits(match["version"]) for match in _IN_TEXT.finditer(text)}
    return named.pop() if len(named) == 1 else None


def version_of(value: Any) -> Version | None:
    """The OCPP version that a field states: `1.6`, `ocpp2.0.1`, `OCPP16`, `2.0.1-J`; None if it states none."""
    if isinstance(value, float):
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        return None
    match = _AS_VALUE.fullmatch(value.strip())
    return None if match is None else _by_digits(match["named"] or match["number"])


def _by_digits(spelled: str) -> Version:
    return _BY_DIGITS["".join(filter(str.isdigit, spelled))]
