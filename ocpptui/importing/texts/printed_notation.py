"""Frames as a program prints its own values: `repr` of Python, `util.inspect` of Node, `inspect` of Ruby and Elixir.

Only a text that is wholly in such a notation is translated. JSON with a mistake in it is not: what was on the wire is
what the user looks for.
"""

from __future__ import annotations

import ast
import json
import re

import orjson

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import without_surrogates
from ocpptui.ocpp.json_defects import has_too_many_values

PRINTED = "printed"
"""What a record says of a frame in such a notation."""
_TOKEN = lazily(
    r"\s*(?:(?P<string>'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\"|`(?:[^`\\]|\\.)*+`)"
    r"|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<omitted>\[(?:Object|Array|Function[^\]\n]*)\])"
    r"|(?P<word>[A-Za-z_$][\w$]*)|(?P<sign>[\[\]{},:]))"
)
_PYTHON = {"True": "true", "False": "false", "None": "null"}
_STRING_OR_WORD = lazily(r"""'(?:[^'\\]|\\.)*+'?|"(?:[^"\\]|\\.)*+"?|(?<![\w$])[A-Z][a-z]++(?![\w$])""", re.DOTALL)
_NODE = frozenset(("true", "false", "null", "undefined"))
_TOKEN_OF_MAP = lazily(
    r"\s*(?:(?P<string>\"(?>(?:[^\"\\\n]|\\.)*)\")|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))"
    r"|(?P<atom>[A-Za-z_]\w*+):(?=\s)|(?P<word>true|false|nil)(?!\w)|(?P<opening>%?\{)|(?P<arrow>=>)|(?P<sign>[\[\]},])"
    r"|:(?P<symbol>[A-Za-z_]\w*+|\"(?>(?:[^\"\\\n]|\\.)*)\"))"
)
"""A token of a hash of Ruby, `{"a"=>nil}` or `{:a=>nil}`, or of a map of Elixir, `%{"a" => nil}` or `%{a: nil}`.

Ruby 3.4 prints `{a: nil}` for the second, which may as well be JSON without its quotes.
"""
_JSON_OF_TOKEN = {"nil": "null", "=>": ":", "%{": "{"}
_ESCAPE = lazily(r"\\(?:u\{(?P<code>[0-9A-Fa-f]{1,6})\}|(?P<sign>.))")
_ESCAPED = {"#": "#", "a": "\\u0007", "v": "\\u000b", "e": "\\u001b", "0": "\\u0000"}
"""What JSON does not have escaped so."""
_LEFT_OUT = lazily(
    r"(?:(?<![\w$])[\w$]++|'[^'\n]*+')\s*+:\s*+(?:undefined|\[(?:Object|Array|Function[^\[\]\n]{0,200})\])\s*+,?"
)
"""A field whose value the notation does not show, or that JSON does not have."""
_MESSAGE = lazily(
    r"<Call(?P<kind>Result|Error)? - unique_id=(?P<id>[^,\n]{1,255}), (?:action=(?P<action>\w{1,100}), payload="
    r"|error_code=(?P<code>\w{1,100}), error_description=(?P<description>[^\n]{0,1000}?), error_details=)"
    r"(?P<payload>\{.*\})>$",
    re.DOTALL,
)
"""A message as the Python library `ocpp` prints it."""
LONGEST_LITERAL = 2**18
"""The most characters that are read by the parser of Python, which takes up to a kilobyte of memory for each value."""


def json_of_printed(text: str) -> str | None:
    """The JSON of a frame that is wholly in a printed notation; None for anything else.

    A mixture is something else: double quotes where the notation prefers single ones, a comma before a closing bracket,
    a number or word that it never prints.
    """
    if has_too_many_values(text):
        return None
    if "=>" in text or "%{" in text:
        return _json_of_maps(text)
    if not _is_printed(text):
        return None
    value = _value_of(text)
    if not _is_frame(value):
        return None
    try:
        return without_surrogates(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    except (ValueError, TypeError, RecursionError):
        return None


def _is_frame(value: object) -> bool:
    return isinstance(value, list) and len(value) >= 3 and type(value[0]) is int and 2 <= value[0] <= 6


def _json_of_maps(text: str) -> str | None:
    """The JSON of a frame with hashes of Ruby or maps of Elixir; None for a mixture of the two, or with another
    notation."""
    place, end, tokens, openings = 0, len(text.rstrip()), list[str](), set[str]()
    while place < end:
        match = _TOKEN_OF_MAP.match(text, place)
        if match is None:
            return None
        kind, token, place = match.lastgroup, match[match.lastgroup or 0], match.end()
        if kind == "opening":
            openings.add(token)
        if kind == "atom" and "{" in openings:
            return None
        if kind in ("symbol", "atom") and token[0] != '"':
            tokens.append(f'"{token}"' + ":" * (kind == "atom"))
        else:
            is_text = kind in ("string", "symbol")
            tokens.append(_ESCAPE.sub(_unescaped, token) if is_text else _JSON_OF_TOKEN.get(token, token))
    translated = "".join(tokens)
    try:
        is_frame = len(openings) == 1 and _is_frame(orjson.loads(translated))
    except orjson.JSONDecodeError:
        return None
    return translated if is_frame else None


def _unescaped(match: re.Match[str]) -> str:
    """An escape of Ruby or Elixir as JSON has it."""
    if match["code"] is None:
        return _ESCAPED.get(match["sign"], match[0])
    code = int(match["code"], 16)
    return json.dumps(chr(code))[1:-1] if code <= 0x10FFFF else match[0]


def json_of_message(text: str) -> str | None:
    """The JSON of a message as the Python library `ocpp` prints it; None for anything else."""
    match = _MESSAGE.match(text)
    if match is None:
        return None
    payload = match["payload"]
    head: list[object]
    if match["kind"] == "Error":
        head = [4, match["id"], match["code"], match["description"]]
    elif match["action"] is None:
        return None
    elif match["kind"] == "Result":
        head = [3, match["id"]]
    else:
        head = [2, match["id"], match["action"]]
    printed = json_of_printed(f"[{', '.join(map(repr, head))}, {payload}]")
    if printed is not None or not _is_json(payload):
        return printed
    return f"{json.dumps(head, ensure_ascii=False, separators=(',', ':'))[:-1]},{payload}]"


def _is_json(payload: str) -> bool:
    """Whether a payload is JSON already, and so is as it was on the wire."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        return False
    return True


def _value_of(text: str) -> object:
    try:
        if len(text) <= LONGEST_LITERAL:
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    import pyjson5

    try:
        return pyjson5.decode(
            _STRING_OR_WORD.sub(lambda match: _PYTHON.get(match[0], match[0]), _LEFT_OUT.sub("", text)), 200
        )
    except (pyjson5.Json5Exception, ValueError, RecursionError, OverflowError):
        return None


def _is_printed(text: str) -> bool:
    """Whether every token is one that a single notation prints, and at least one is not JSON."""
    place, end = 0, len(text.rstrip())
    before, bare_keys, words = "", False, set[str]()
    single = False
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            return False
        kind, token = match.lastgroup, match[match.lastgroup or 0]
        if kind == "string":
            if token[0] == '"' and "'" not in token:
                return False  # both print this in single quotes
            single = single or token[0] != '"'
        elif kind == "word":
            if text[match.end() : match.end() + 20].lstrip()[:1] == ":":
                bare_keys = True
            else:
                words.add(token)
        elif kind == "omitted":
            words.add("undefined")
        if kind == "sign" and token in "]}" and before == ",":
            return False
        before, place = token, match.end()
    if not (words <= _PYTHON.keys() and not bare_keys) and not words <= _NODE:
        return False
    return single or bare_keys or bool(words - {"true", "false", "null"})
