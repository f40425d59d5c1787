"""JSON that programs write around plain values: types beside values, tables as lists, texts as bytes."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from typing import Any

from ocpptui.importing.fields.field_vocabulary import meanings
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.json_defects import has_too_many_values

_TYPES = frozenset((
    "S", "N", "BOOL", "B", "L", "M", "SS", "NS",  # DynamoDB
    "string", "long", "int", "double", "float", "boolean", "bytes", "array", "map",  # unions of Avro
    "stringValue", "intValue", "doubleValue", "boolValue", "integerValue", "timestampValue",  # OpenTelemetry, Firestore
    "$numberLong", "$numberInt", "$numberDouble",  # MongoDB
))  # fmt: skip
"""Names of types that are the only key of an object with the value."""
_KEYS_OF_TYPE = ("DataType", "dataType", "Type")
_KEYS_OF_TEXT = ("StringValue", "stringValue", "Value")
_KINDS_OF_TEXT = ("String", "Number")
_NESTED = frozenset(("M", "L", "map", "array"))
_NUMBERS = frozenset(("N", "$numberInt", "$numberLong", "$numberDouble"))
_NAMES_OF_COLUMN = ("name", "ColumnName", "columnName", "text", "label", "field")
MOST_BYTES = 2**20
"""The most bytes of a text that is written as a list of numbers or in base64."""
_BASE64 = lazily(r"(?:ey|ew|Cns|H4sI)[A-Za-z0-9+/\s_-]{8,}={0,2}")
"""What begins in base64 as an object does, or data of gzip; a frame in base64 is found as bytes."""
_OF_GZIP = "H4sI"
LARGEST_RATIO = 200
"""How many times as large as its data a text may be when unpacked."""
FEWEST = 2


def plain_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object without the types that are written around their values: `{"S": "CP7"}`."""
    if not any(type(value) is dict and len(value) in (1, 2) for value in fields.values()):
        return fields
    return {name: _untyped(value) for name, value in fields.items()}


def _untyped(value: Any, depth: int = 0) -> Any:
    if type(value) is dict and len(value) == 2:
        return _beside_type(value)
    if type(value) is not dict or len(value) != 1 or depth > 20:
        return value
    ((kind, inner),) = value.items()
    if kind not in _TYPES:
        return value
    if kind in _NESTED and type(inner) is dict:
        return {name: _untyped(one, depth + 1) for name, one in inner.items()}
    if kind in _NESTED and type(inner) is list:
        return [_untyped(one, depth + 1) for one in inner]
    if kind in _NUMBERS and type(inner) is str:
        return _number(inner)
    return value if type(inner) in (dict, list) else inner


def _beside_type(value: dict[str, Any]) -> Any:
    """The text that is beside the name of its type, as in attributes of SQS and SNS; any other object as it is."""
    kind, text = (next((value[key] for key in keys if key in value), None) for keys in (_KEYS_OF_TYPE, _KEYS_OF_TEXT))
    return text if kind in _KINDS_OF_TEXT and type(text) is str else value


def _number(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if type(value) in (int, float) else text


def rows_in(fields: dict[str, Any]) -> list[Any] | None:
    """The rows of an object that is a table: names of columns and lists of cells, or a list of cells for each name;
    None if it is not one."""
    lists = [value for value in fields.values() if type(value) is list and value]
    if len(lists) < FEWEST:
        return _rows_by_key(fields)
    for values in lists:
        names = _column_names(values)
        if names is None:
            continue
        for rows in lists:
            if rows is not values and all(type(row) is list and len(row) == len(names) for row in rows):
                return [dict(zip(names, row, strict=True)) for row in rows]
    width = len(lists[0])
    columns = {name: value for name, value in fields.items() if type(value) is list and len(value) == width}
    if len(columns) < FEWEST or not any(_holds_frames(value) for value in columns.values()):
        return None
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _rows_by_key(fields: dict[str, Any]) -> list[Any] | None:
    """The rows of an object of columns that are objects of cells with the same keys."""
    columns = {name: value for name, value in fields.items() if type(value) is dict and value}
    if len(columns) < FEWEST or len(columns) < len(fields):
        return None
    keys = next(iter(columns.values())).keys()
    if any(column.keys() != keys for column in columns.values()):
        return None
    holding = sum(1 for column in columns.values() if _holds_frames(list(column.values())))
    if not holding or (holding == len(columns) and _known(columns) <= _known(keys)):
        return None  # each object is a row, with a key of its own
    return [{name: column[key] for name, column in columns.items()} for key in keys]


def _known(names: Iterable[str]) -> int:
    """How many of these names of fields have a meaning."""
    return sum(1 for name in names if meanings(name))


def rows_below_names(values: list[Any]) -> list[Any] | None:
    """The rows of a list of lists whose first has the names of the columns; None if it is not one."""
    names = values[0] if len(values) >= FEWEST and type(values[0]) is list else []
    if len(names) < FEWEST or not all(type(name) is str and name for name in names):
        return None
    if not all(type(row) is list and len(row) == len(names) for row in values):
        return None
    if _known(names) < FEWEST or any(START.match(name) for name in names):
        return None
    return [dict(zip(names, row, strict=True)) for row in values[1:]]


def _column_names(values: list[Any]) -> list[str] | None:
    """The names in a list of names of columns, or of objects that describe columns; None if it is not one."""
    if len(values) < FEWEST:
        return None
    names = list(map(_column_name, values))
    return [name for name in names if name] if all(name and not START.match(name) for name in names) else None


def _column_name(value: Any) -> str:
    name = next((value[key] for key in _NAMES_OF_COLUMN if key in value), "") if type(value) is dict else value
    return name if type(name) is str else ""


def _holds_frames(cells: list[Any]) -> bool:
    """Whether a column has frames in its cells, and nothing that is an object."""
    if any(type(cell) is dict for cell in cells):
        return False
    return any(type(cell) is str and START.match(cell) for cell in cells)


def text_of_bytes(value: list[Any]) -> str | None:
    """The text that is written as a list of its bytes, as journald does; None if it is not one."""
    if not 10 <= len(value) <= MOST_BYTES or not all(type(one) is int and 0 <= one < 256 for one in value):
        return None
    text = bytes(value).decode("utf-8", "replace")
    return text if "[" in text or "{" in text else None


def text_of_base64(text: str) -> str | None:
    """The JSON object that a text in base64 is, or the text that is compressed in it; None if it is not one."""
    if not 12 <= len(text) <= MOST_BYTES or _BASE64.fullmatch(text) is None:
        return None
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        if text.startswith(_OF_GZIP):
            return _unpacked(data)
        decoded = data.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.lstrip()[:1] == "{" else None


def _unpacked(data: bytes) -> str | None:
    """The text in data of gzip (RFC 1952); None if it is damaged, or so large that it is no log."""
    unpacking, most = zlib.decompressobj(wbits=31), LARGEST_RATIO * len(data)
    try:
        unpacked = unpacking.decompress(data, most)
    except zlib.error:
        return None
    return unpacked.decode("utf-8", "replace") if unpacking.eof else None


def decoded_json(text: str) -> Any:
    """The value that a text is in JSON; None if it is not JSON, or has more values than are read at once."""
    if has_too_many_values(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
