"""The path of a value in a JSON text, as the program and the user write it: `$.meterValue[0].timestamp`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

MAX_KEY = 100
"""A longer key is shortened; all fields of OCPP are much shorter."""

PathStep = str | int | None
"""A key, an index, or None for the brackets `[]` and `[*]`, which name no item."""


def json_path(steps: Iterable[str | int]) -> str:
    """The JSONPath of a list of keys and indexes (RFC 9535); a key that is not a plain name is put in brackets."""
    return "$" + "".join(map(_step, steps))


def below(path: str, step: str | int) -> str:
    """The JSONPath of a key or an index below a path."""
    return path + _step(step)


def parent_path(path: str) -> str:
    """The path of the container of the value at a path that `json_path` wrote; `$` for `$` itself."""
    steps = list(_STEP.finditer(path, 1))
    return path[: steps[-1].start()] if steps else "$"


def nearest_key(steps: Sequence[str | int]) -> str:
    """The key that names the value at these steps, or the list that contains it; empty if there is none."""
    return next((step for step in reversed(steps) if isinstance(step, str)), "")


def read_path(text: str, start: int = 0) -> tuple[tuple[PathStep, ...], int]:
    """The steps of a path that the user wrote, and the offset after it: where it ends, or stops being a path.

    Keys are separated by dots. A key that contains a dot, a bracket, a colon, an equals sign or a quotation mark is
    quoted: `"odd.key"`, or as `json_path` writes it `['odd.key']`. The `$` at the beginning may be missing.
    """
    root = _ROOT.match(text, start)
    steps: list[PathStep] = []
    position = start if root is None else root.end()
    while match := _STEP.match(text, position):
        dot, name, quoted, bracketed, index = match.groups()
        if name is not None or quoted is not None:
            if (dot is None) == (position > start):  # the first key has a dot only after the `$`
                break
            steps.append(name if quoted is None else _unquoted(quoted))
        elif dot is not None:
            break
        elif bracketed is not None:
            steps.append(_unquoted(bracketed))
        else:
            steps.append(int(index) if index.isdigit() else None)
        position = match.end()
    return tuple(steps), position


def field_names(path: str) -> tuple[str, ...]:
    """The names of the fields on a path that the user wrote, without list indexes; () if it is not a path."""
    steps, end = read_path(path)
    return tuple(step for step in steps if isinstance(step, str)) if end == len(path) else ()


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if (step.isascii() and step.isidentifier() and len(step) <= MAX_KEY) or _NAME.fullmatch(step):
        return f".{step}"
    cut = step if len(step) <= MAX_KEY else step[: MAX_KEY - 1] + "…"
    escaped = json.dumps(cut, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{escaped.encode('utf-8', 'backslashreplace').decode()}']"


def _unquoted(quoted: str) -> str:
    inner = _QUOTES.sub(lambda match: match[1] or match[2] or '\\"', quoted[1:-1])
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return quoted[1:-1]


_ROOT = re.compile(r"\$(?=[.\[]|\Z)")
_NAME = re.compile(r"[^\W\d]\w{0,99}")
_STEP = re.compile(
    r"""(\.)?(?:([^.\[\]=:"\s][^.\[\]=:"]*)|("(?:[^"\\]|\\.)*")"""
    r"""|\[(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([0-9]{0,6}|\*))\])""",
    re.DOTALL,
)
_QUOTES = re.compile(r"\\(')|(\\.)|\"", re.DOTALL)
