"""The small pieces of JSON text that are written in one way everywhere."""

from __future__ import annotations

import json

import orjson


def quote(text: str) -> str:
    """A string as JSON, in UTF-8 where that is possible."""
    try:
        return orjson.dumps(text).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, which only an escape can carry
        return json.dumps(text)
