"""A call in a file of TOML, which people share: its action and its payload, with placeholders.

    action = "Authorize"
    version = "1.6"                      # optional: only for this version
    payload = '''{"idTag": "${prompt:Card}"}'''

The payload is JSON text or a table of TOML.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocpptui.jsontext.text import quote, value_text
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.version import Version


class WrongCallFile(ValueError):
    """A file is not a saved call or a sequence of calls; the message says why, as a sentence."""


@dataclass(frozen=True, slots=True)
class SavedCall:
    """A call that the user has saved under a name."""

    action: str
    payload: str = "{}"
    """JSON text as typed, with its placeholders; perhaps not JSON, if that was saved on purpose."""
    version: Version | None = None
    """The version that it was written for; None for any."""


def saved_call_text(call: SavedCall) -> str:
    """The file of a call. It reads back as the same call, but for half of a surrogate pair, which TOML cannot hold."""
    lines = [f"action = {_string(call.action)}"]
    if call.version is not None:
        lines.append(f"version = {_string(str(call.version))}")
    return "\n".join([*lines, f"payload = {_long_string(call.payload)}"]) + "\n"


def saved_call(text: str) -> SavedCall:
    """The call in a file. Raises WrongCallFile."""
    return saved_call_in(table_of(text))


def saved_call_in(content: Mapping[str, Any]) -> SavedCall:
    """The call in a table. Raises WrongCallFile."""
    only_known(content, ("action", "version", "payload"))
    return SavedCall(action_of_call(content), payload_of_call(content) or "{}", version_of_call(content))


def table_of(text: str) -> dict[str, Any]:
    """The table of a file. Raises WrongCallFile."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongCallFile(f"It is not valid TOML: {error}.") from None


def only_known(content: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Raises WrongCallFile for a setting with another name."""
    for name in content:
        if name not in names:
            raise WrongCallFile(f"There is no setting {name!r}{suggestion(name, names, before=', ')}; "
                                f"known are {', '.join(names)}.")  # fmt: skip


def action_of_call(content: Mapping[str, Any]) -> str:
    """The action of a call. Raises WrongCallFile."""
    action = content.get("action")
    if not isinstance(action, str) or not action.strip():
        raise WrongCallFile('It has no action, such as action = "Authorize".')
    return action.strip()


def payload_of_call(content: Mapping[str, Any]) -> str | None:
    """The payload as JSON text; None if there is none. Raises WrongCallFile."""
    payload = content.get("payload")
    if payload is None or isinstance(payload, str):
        return payload
    if not isinstance(payload, dict):
        raise WrongCallFile("Its payload is JSON text in quotes, or a table.")
    try:
        text = value_text(payload) if _is_json(payload) else None
    except (RecursionError, TypeError):
        text = None
    if text is None:
        raise WrongCallFile("Its payload has a date, or a number that JSON does not have; write it in quotes.")
    return text


def version_of_call(content: Mapping[str, Any]) -> Version | None:
    """The version of a call. Raises WrongCallFile."""
    name = content.get("version")
    if name is None:
        return None
    version = Version.parse(name) if isinstance(name, str) else None
    if version is None:
        raise WrongCallFile(f'{name!r} is not an OCPP version, such as "1.6" or "2.0.1".')
    return version


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    return isinstance(value, str | int) or (isinstance(value, float) and abs(value) < float("inf"))


def _string(text: str) -> str:
    return UNSAFE.sub(lambda found: f"\\U{ord(found[0]):08x}", quote(_whole(text)))


def _long_string(text: str) -> str:
    """A text of several lines as it is typed, unless something in it needs an escape."""
    text = _whole(text)
    plain = text.replace("\n", "")
    if UNSAFE.search(plain) or "'''" in text or text.endswith("'"):
        return _string(text)
    return f"'''\n{text}'''"


def _whole(text: str) -> str:
    """The text with a replacement character for each half of a surrogate pair."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not text.isascii() else text
