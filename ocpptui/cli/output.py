"""Output of the commands for people: no text, from any source, can control the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

from ocpptui.describe.safe_text import single_line
from ocpptui.jsontext.unsafe_characters import escaped


def say(text: str) -> None:
    """Write lines of text to standard error."""
    print(_safe(text), file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Write lines of text to standard output."""
    print(_safe(text), flush=True)


def show_json(value: Any) -> None:
    """Write a value as indented JSON to standard output; unsafe characters become JSON escapes."""
    show(json.dumps(value, ensure_ascii=False, indent=2))


def safe_json_line(line: bytes) -> bytes:
    """A line of JSON with its line feed; unsafe characters in its strings become JSON escapes."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return escaped(line.decode().rstrip("\n")).encode() + b"\n"


def _safe(text: str) -> str:
    return "\n".join(map(single_line, text.split("\n")))
