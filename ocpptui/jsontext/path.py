"""Where something stands in a payload, as people write it: `$.meterValue[0].sampledValue[1].unit`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

MAX_KEY = 100
"""A longer key is cut; no field of OCPP comes near."""


def json_path(steps: Iterable[str | int]) -> str:
    """The JSONPath of a list of keys and indexes (RFC 9535); a key that is no plain name stands in brackets."""
    return "$" + "".join(_step(step) for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _NAME.fullmatch(step):
        return f".{step}"
    cut = step if len(step) <= MAX_KEY else step[: MAX_KEY - 1] + "…"
    escaped = json.dumps(cut, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{escaped.encode('utf-8', 'backslashreplace').decode()}']"


_NAME = re.compile(r"[^\W\d]\w{0,99}")
