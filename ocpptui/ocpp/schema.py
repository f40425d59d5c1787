"""The JSON Schemas of every action, and the trees of fields behind forms, examples and explanations.

The schemas are the files of the `ocpp` package: OCPP 1.6 with the security extension (draft-04 and draft-06), 2.0.1 and
2.1 (draft-06). They are read on demand, without importing the package's own modules. If a file
differs from the official schema, `schema_corrections.json` beside this module has the correct value and its source.
Those of 2.0, which was withdrawn, are in `schemas_2.0/`, made from the last release of `ocpp` that had them; those of
1.2 and 1.5 come from the types of OCPP-S.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.packaged_json import packaged_json
from ocpptui.ocpp.service_schemas import service_schema
from ocpptui.ocpp.version import Version

SCHEMAS_KEPT = 1024
"""Size of the cache: more than all versions have payloads; bounded, because a peer may invent any number of actions."""


_OF_SERVICES = (Version.V12, Version.V15)
"""The versions whose schemas come from the types of OCPP-S."""


class Part(StrEnum):
    """Which half of an exchange a payload belongs to."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a payload, with what the schema says about it. Lengths are in characters (code points)."""

    name: str
    """The JSON key; empty for the payload itself and for the items of an array."""
    type: str
    """`object`, `array`, `string`, `integer`, `number`, `boolean`, or `any` if the schema names none."""
    required: bool = False
    description: str = ""
    enum: tuple[str, ...] = ()
    """The allowed values, in the order of the schema; empty if any value is allowed."""
    format: str = ""
    """`date-time`, `uri`, or empty."""
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    fields: tuple[Field, ...] = ()
    """The fields of an object: the required ones first, then the others, each in the order of the schema."""
    item: Field | None = None
    """The items of an array."""
    open: bool = False
    """Properties beyond `fields` are allowed, as in customData."""
    default: Any = None

    def child(self, name: str) -> Field | None:
        """The field of this name in an object, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def at(self, steps: Iterable[str | int]) -> Field | None:
        """The field at a path of keys and of numbers of items, or None."""
        field: Field | None = self
        for step in steps:
            if field is not None:
                field = field.item if isinstance(step, int) else field.child(step)
        return field


def schema_file(version: Version, action: str, part: Part) -> tuple[str, str] | None:
    """The package with the schema file of a payload, and its name in there; None if the version has no such payload, or
    if its schemas are made from the types of OCPP-S."""
    if version in _OF_SERVICES or (known := _with_payload(version, action, part)) is None:
        return None
    plain = version.generation == 1 or known.is_send
    suffix = "Response" if part is Part.RESPONSE else "" if plain else "Request"
    if version is Version.V20:
        return "ocpptui.ocpp", f"schemas_2.0/{action}{suffix}.json"
    return "ocpp", f"v{version.replace('.', '')}/schemas/{action}{suffix}.json"


def _with_payload(version: Version, action: str, part: Part) -> catalog.Action | None:
    known = catalog.find_action(version, action)
    return None if known is None or (known.is_send and part is Part.RESPONSE) else known


@lru_cache(maxsize=SCHEMAS_KEPT)
def schema(version: Version, action: str, part: Part) -> dict[str, Any] | None:
    """The JSON Schema of a payload; None for an unknown action and for the answer to a SEND, which has none.

    Cached and shared: do not change it.
    """
    if version in _OF_SERVICES:
        return service_schema(version, action, part is Part.RESPONSE)
    found = schema_file(version, action, part)
    if found is None:
        return None
    loaded: dict[str, Any] = packaged_json(*found)
    for correction in schema_corrections():
        if (correction.version, correction.action, correction.part) == (version, action, part):
            correction.apply(loaded)
    return loaded


@dataclass(frozen=True, slots=True)
class SchemaCorrection:
    """One value of a schema file in which the `ocpp` package differs from the official schema."""

    version: Version
    action: str
    part: Part
    at: tuple[str, ...]
    """The keys that lead to the value."""
    shipped: Any
    """The value in the package. If the package has another value, it was corrected and nothing is changed."""
    correct: Any
    source: str
    """OCPP document and section."""

    def apply(self, schema: dict[str, Any]) -> None:
        """Put the correct value into a schema."""
        *steps, last = self.at
        for step in steps:
            schema = schema[step]
        if schema[last] == self.shipped:
            schema[last] = self.correct


@lru_cache(maxsize=1)
def schema_corrections() -> tuple[SchemaCorrection, ...]:
    """What `schema_corrections.json` says."""
    entries = packaged_json("ocpptui.ocpp", "schema_corrections.json")
    return tuple(
        SchemaCorrection(
            Version(entry["version"]),
            entry["action"],
            Part(entry["part"]),
            tuple(entry["at"]),
            entry["shipped"],
            entry["correct"],
            entry["source"],
        )
        for entry in entries
    )


@lru_cache(maxsize=SCHEMAS_KEPT)
def field_tree(version: Version, action: str, part: Part) -> Field | None:
    """The payload as a tree of fields, an object without a name at its root; None if there is no schema. Cached."""
    root = schema(version, action, part)
    return None if root is None else schema_tree(root)


def schema_tree(root: Mapping[str, Any], *, is_described: bool = True) -> Field:
    """The tree of fields of a JSON Schema with local definitions; one that contains itself ends in an `any`.

    Without descriptions it is made in a fraction of the time.
    """
    return _field("", root, root, True, (), _words if is_described else _no_words)


def _field(
    name: str,
    node: Mapping[str, Any],
    root: Mapping[str, Any],
    required: bool,
    open_refs: tuple[str, ...],
    words: Callable[[str], str],
) -> Field:
    reference = node.get("$ref")
    if isinstance(reference, str):
        target = root["definitions"][reference.rpartition("/")[2]]
        if reference in open_refs:
            # A definition that contains itself ends here: its second occurrence may contain anything.
            return Field(name, "any", required, words(target.get("description", "")))
        node, open_refs = {**target, **node}, (*open_refs, reference)
    kind = node.get("type", "object" if "properties" in node else "any")
    default = node.get("default")
    fields: list[Field] = []
    if kind == "object":
        wanted = node.get("required", ())
        inner = node.get("properties", {}).items()
        fields = [_field(key, sub, root, key in wanted, open_refs, words) for key, sub in inner]
        fields.sort(key=lambda field: (not field.required, field.name == "customData"))
    return Field(
        name,
        kind,
        required,
        words(node.get("description", "")),
        tuple(node.get("enum", ())),
        node.get("format", ""),
        node.get("minLength"),
        node.get("maxLength"),
        node.get("minimum"),
        node.get("maximum"),
        node.get("multipleOf"),
        node.get("minItems"),
        node.get("maxItems"),
        tuple(fields),
        _field("", node.get("items", {}), root, True, open_refs, words) if kind == "array" else None,
        kind == "object" and node.get("additionalProperties", True) is not False,
        _BOOLEANS.get(str(default), default) if kind == "boolean" else default,
    )


_BOOLEANS = {"false": False, "true": True}
"""The schemas of 2.0 have the default of tbc in quotation marks."""


def _no_words(description: str) -> str:
    return ""


def _words(description: str) -> str:
    """A description as plain text, without the markup of the specification's source."""
    from html import unescape  # slow to load, and an opened file needs no descriptions

    text = _MODEL_PATH.sub("", description).replace("*(2.1)*", "")
    text = _CROSS_REFERENCE.sub(r"\1", unescape(text))
    text = _LINE_BREAK.sub(" ", text)
    return " ".join(_EMPHASIS.sub(r"\2", text).split())


_MODEL_PATH = re.compile(r"\A.*?urn:x-(?:oca|enexis):\S+", re.DOTALL)
"""Many begin with the class path of the information model and its identifier."""
_CROSS_REFERENCE = re.compile(r"<<[^,>]*,\s*([^>]*)>>")
_LINE_BREAK = re.compile(r" \+\s*(?:\r?\n|\Z)")
_EMPHASIS = re.compile(r"(?<![\w*])([_*])([^\s_*](?:[^_*\n]*[^\s_*])?)\1(?![\w*])")
