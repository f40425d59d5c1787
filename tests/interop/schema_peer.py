"""A bare WebSocket peer that knows OCPP only through the published schemas and the `jsonschema` package.

It stands in where the `ocpp` package's own classes are at fault, and shares no code with ocpptui but the location
of the schema files.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema

FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}


def problems(version: str, action: str, part: str, payload: Any) -> list[str]:
    """What the published schema finds wrong with a payload; `part` is `request` or `response`."""
    folder = files("ocpp").joinpath(FOLDERS[version], "schemas")
    suffix = {"request": "" if version == "1.6" else "Request", "response": "Response"}[part]
    if action == "NotifyPeriodicEventStream":
        suffix = ""
    text = folder.joinpath(f"{action}{suffix}.json").read_text(encoding="utf-8-sig")
    # Decimals, because 0.3 is no multiple of 0.1 in binary floating point.
    schema = json.loads(text, parse_float=_decimal)
    exact = json.loads(json.dumps(payload), parse_float=_decimal)
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [error.message for error in validator.iter_errors(exact)]


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)
