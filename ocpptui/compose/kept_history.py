"""The messages that the user has sent in all sessions: a bounded file without secrets in the user's folder.

Each session appends to it, so that several at a time do not disturb each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ocpptui.compose.history import Composition, MessageForm
from ocpptui.compose.secret_free import secret_free_payload
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.secrets import mask_text
from ocpptui.runtime.portable_files import open_to_append, write_private
from ocpptui.workspace.folders import state_folder

MOST_KEPT = 200
"""Messages of earlier sessions that are offered."""
LONGEST_KEPT = 20_000
"""Characters of a message that is kept."""
LARGEST_FILE = 8_000_000
"""Bytes of the file that are read; more is not ours."""


class KeptHistory:
    """The file. What cannot be read or written is left out: nothing depends on it."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file; None for that of the user."""
        self._path = path

    def load(self) -> list[Composition]:
        """The messages of earlier sessions, oldest first, each once. Shortens the file if it has grown."""
        try:
            path = self._place()
            with path.open("rb") as file:
                lines = file.read(LARGEST_FILE).splitlines()
        except OSError:
            return []
        found = list(filter(None, map(_composition, lines)))
        newest: dict[tuple[str, MessageForm, str], Composition] = {}
        for one in reversed(found):
            newest.setdefault((one.action, one.form, one.text), one)
        kept = list(newest.values())[:MOST_KEPT][::-1]
        if len(lines) > 2 * MOST_KEPT:
            self._shorten(path, kept)
        return kept

    def add(self, composition: Composition) -> None:
        """Append a message without its secrets."""
        line = _line(composition)
        if line is None:
            return
        try:
            with open(open_to_append(self._place()), "ab", buffering=0) as file:
                file.write(line)
        except OSError:
            return

    def _place(self) -> Path:
        """Raises OSError."""
        return self._path or state_folder() / "sent.jsonl"

    def _shorten(self, path: Path, kept: Iterable[Composition]) -> None:
        text = b"".join(filter(None, map(_line, kept))).decode()
        try:
            temporary = path.with_suffix(".new")
            write_private(temporary, text)
            temporary.replace(path)
        except OSError:
            return


def _line(composition: Composition) -> bytes | None:
    """The line of a message; None if it is too long."""
    is_raw = composition.form is MessageForm.RAW
    text = mask_text(composition.text) if is_raw else secret_free_payload(composition.action, composition.text)
    if len(text) > LONGEST_KEPT:
        return None
    content = {
        "time": composition.time,
        "chargePoint": composition.charge_point,
        "action": composition.action,
        "form": composition.form.value,
        "text": text,
    }
    return value_text(content).encode() + b"\n"


def _composition(line: bytes) -> Composition | None:
    """The message of a line; None if it is damaged."""
    try:
        content: Any = json.loads(line)
        time, charge_point = content["time"], content["chargePoint"]
        action, text = content["action"], content["text"]
        form = MessageForm(content["form"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(time) is not int or not all(isinstance(one, str) for one in (charge_point, action, text)):
        return None
    if form is MessageForm.PAYLOAD and not action:
        return None
    return Composition(charge_point, action, text, form, None, time)
