"""The fields of the Common Event Format of ArcSight, in which the name of a field is in another one.

`cs1Label=ChargePoint cs1=CP-77 deviceDirection=0` says the same as `ChargePoint=CP-77 direction=in`.
"""

from __future__ import annotations

import re

from ocpptui.jsontext.lazy_pattern import lazily

MARK = "CEF:"
"""What each event begins with."""
LABEL = "Label="
"""What ends the name of a field that has the name of another."""
_LABEL = lazily(
    r"(?<!\S)(?P<key>(?:c[sn]|cfp|c6a|deviceCustom\w{1,20}|flex\w{1,20})\d)Label=(?P<name>[^=\0]{1,60}?)(?=\s+\w+=|\s*$)"
)
_FIELD = lazily(r"(?<!\S)(?P<key>[a-zA-Z]\w{1,30}\d)=")
_DIRECTION = lazily(r"(?<!\S)deviceDirection=(?P<number>[01])(?!\S)")
_ESCAPE = lazily(r"\\([\\=])")


def with_own_names(prefix: str, rest: str) -> tuple[str, str]:
    """The text before a frame and that behind it, with each field under the name that its label has."""
    labels = {
        match["key"]: "_".join(match["name"].split()) for part in (prefix, rest) for match in _LABEL.finditer(part)
    }

    def named(field: re.Match[str]) -> str:
        return f"{labels.get(field['key'], field['key'])}="

    def renamed(text: str) -> str:
        text = _FIELD.sub(named, _LABEL.sub("", text))
        return _DIRECTION.sub(lambda match: f"direction={'in' if match['number'] == '0' else 'out'}", text)

    return renamed(prefix), renamed(rest)


def cef_unescaped(line: str) -> str:
    """A line without the backslashes that this format has before equals signs and backslashes."""
    return _ESCAPE.sub(r"\1", line)
