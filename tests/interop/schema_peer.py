"""A bare WebSocket peer that knows OCPP only through the published schemas and the `jsonschema` package.

It stands in where the `ocpp` package's own classes are at fault or missing, and shares no code with ocpptui but the
location of the schema files, and for 1.5, which has none, the schemas made from the types of OCPP-S.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema

from ocpptui.ocpp.service_schemas import service_schema
from ocpptui.ocpp.version import Version

FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}


def problems(version: str, action: str, part: str, payload: Any) -> list[str]:
    """What the published schema finds wrong with a payload; `part` is `request` or `response`."""
    # Decimals, because 0.3 is no multiple of 0.1 in binary floating point.
    schema = json.loads(_schema(version, action, part), parse_float=_decimal)
    exact = json.loads(json.dumps(payload), parse_float=_decimal)
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [error.message for error in validator.iter_errors(exact)]


def _schema(version: str, action: str, part: str) -> str:
    if version == "1.5":
        return json.dumps(service_schema(Version.V15, action, part == "response"))
    suffix = {"request": "" if version == "1.6" else "Request", "response": "Response"}[part]
    if action == "NotifyPeriodicEventStream":
        suffix = ""
    if version == "2.0":
        folder = files("ocpptui.ocpp").joinpath("schemas_2.0")
    else:
        folder = files("ocpp").joinpath(FOLDERS[version], "schemas")
    return folder.joinpath(f"{action}{suffix}.json").read_text(encoding="utf-8-sig")


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)
