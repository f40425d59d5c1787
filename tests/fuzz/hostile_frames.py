"""Frames that are nearly right: examples of every action, changed in their values, their structure and their text."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Direction, Transport, Version

VERSIONS = Version.offered(Transport.JSON)

TEXTS = (
    "",
    " ",
    "\0",
    "\x1b]0;PWNED\x07\x1b[2J",
    "\x9b2J\x9d0;PWNED\x9c",
    "\u202egnp.exe\u2066",
    "\ud800",
    "a\udfffb",
    "\udc80\udcff",
    "\ufeff\ufffe\uffff",
    "é漢👨‍👩‍👧",
    "a\tb\r\nc\u2028d",
    "=HYPERLINK(1)",
    "＝1",
    "</script><b>",
    "'; touch x; '$(x)`x`",
    "|a|b|",
    "*" * 300,
    "a" * 5000,
    '[2,"1","Heartbeat",{}]',
    '{"key":"AuthorizationKey","value":"s3cret"}',
    "AuthorizationKey",
    "BasicAuthPassword",
    "ftp://user:pw@host:99999/%ff%00?token=x#y",
    "ws://[::1/x",
    "2026-11-26T10:00:00.000Z",
    "2026-02-30T25:61:61.9999999999+99:99",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999999-23:59",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    "1e400",
    "NaN",
    "٣",
    "Accepted",
)
NUMBERS = ("0", "-0", "-0.0", "1", "-1", "1e400", "-1e400", "1e-400", "9" * 30, "9" * 5000, "NaN", "Infinity",
           "2147483648", "9223372036854775808", "0.1", "1.0", "00", "1e2", "18446744073709551616")  # fmt: skip


class Verbatim(str):
    """JSON text that stands for itself."""


def value(rng: Random, depth: int = 3) -> Any:
    """Any value that JSON, or a careless writer of it, can hold."""
    kind = rng.random()
    if kind < 0.35 or not depth:
        return rng.choice(TEXTS)
    if kind < 0.55:
        return Verbatim(rng.choice(NUMBERS))
    if kind < 0.7:
        return rng.choice((None, True, False))
    if kind < 0.85:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(TEXTS): value(rng, depth - 1) for _ in range(rng.randrange(4))}


def written(rng: Random, content: Any) -> str:
    """A value as JSON in one of the notations that are found in the wild."""
    escapes, separators = rng.random() < 0.5, rng.choice((",", ", ", " ,\n"))

    def text(one: Any) -> str:
        if isinstance(one, Verbatim):
            return str(one)
        if isinstance(one, dict):
            return "{" + separators.join(f"{text(str(name))}:{text(inner)}" for name, inner in one.items()) + "}"
        if isinstance(one, list | tuple):
            return "[" + separators.join(map(text, one)) + "]"
        return json.dumps(one, ensure_ascii=escapes)

    return text(content)


@cache
def _example(version: Version, action: str, part: Part, full: bool) -> str:
    tree = field_tree(version, action, part)
    return "{}" if tree is None else json.dumps(complete_example(tree) if full else smallest(tree))


def payload(rng: Random, version: Version, action: str, part: Part) -> Any:
    """An example of an action, with some changes."""
    content = json.loads(_example(version, action, part, rng.random() < 0.5))
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        content = changed(rng, content)
    return content


def changed(rng: Random, content: Any) -> Any:
    """A value with one change somewhere in it."""
    if isinstance(content, dict) and content and rng.random() < 0.85:
        name = rng.choice(list(content))
        action = rng.random()
        if action < 0.12:
            return {key: one for key, one in content.items() if key != name}
        if action < 0.2:
            return {**content, rng.choice(TEXTS): value(rng)}
        if action < 0.25:
            return {rng.choice((key.upper(), key.lower(), key + " ")) if key == name else key: one
                    for key, one in content.items()}  # fmt: skip
        return {**content, name: changed(rng, content[name])}
    if isinstance(content, list) and content and rng.random() < 0.85:
        place = rng.randrange(len(content))
        action = rng.random()
        if action < 0.15:
            return content[:place] + content[place + 1 :]
        if action < 0.3:
            return content * (rng.choice((2, 3, 40)) if len(content) < 100 else 2)
        return [*content[:place], changed(rng, content[place]), *content[place + 1 :]]
    if rng.random() < 0.02:
        levels = rng.choices((("[", "]"), ('{"a":', "}")), k=rng.choice((50, 300, 1500)))
        return Verbatim("".join(begin for begin, _ in levels) + "0" + "".join(end for _, end in reversed(levels)))
    return value(rng)


def message_id(rng: Random) -> Any:
    if rng.random() < 0.85:
        return f"id-{rng.randrange(20)}"
    return value(rng, 1)


def frame(rng: Random, version: Version, direction: Direction) -> str:
    """The text of a message in a direction."""
    action = rng.choice([one for one in actions(version) if direction in one.directions or rng.random() < 0.05])
    identity, kind = message_id(rng), rng.random()
    if kind < 0.55:
        elements = [6 if action.is_send else 2, identity, action.name, payload(rng, version, action.name, Part.REQUEST)]
    elif kind < 0.85:
        elements = [3, identity, payload(rng, version, action.name, Part.RESPONSE)]
    else:
        elements = [rng.choice((4, 5)), identity, rng.choice(("GenericError", "x", *TEXTS)), rng.choice(TEXTS), {}]
    if rng.random() < 0.15:
        elements = changed(rng, elements)
    return damaged_text(rng, written(rng, elements)) if rng.random() < 0.25 else written(rng, elements)


def damaged_text(rng: Random, text: str) -> str:
    """A text that was cut, doubled, quoted otherwise, or has something in it that does not belong there."""
    place, other = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    match rng.randrange(9):
        case 0:
            return text[:place]
        case 1:
            return text[place:]
        case 2:
            return text[:place] + text[other:]
        case 3:
            return text[:place] + text[place:other] * rng.choice((2, 50)) + text[other:]
        case 4:
            return text[:place] + rng.choice(TEXTS) + text[place:]
        case 5:
            return text.replace('"', "'")
        case 6:
            return json.dumps(text)[1:-1]
        case 7:
            return text.replace('"', "", rng.randrange(1, 9))
        case _:
            return text[:place] + rng.choice('[]{}",:\\0') + text[place + 1 :]


def damaged_bytes(rng: Random, data: bytes) -> bytes:
    """Bytes of which some were flipped, cut, doubled or moved."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if not found:
            break
        place, other = sorted((rng.randrange(len(found)), rng.randrange(len(found))))
        match rng.randrange(6):
            case 0:
                found[place] ^= 1 << rng.randrange(8)
            case 1:
                found[place] = rng.choice((0, 10, 13, 27, 34, 92, 0x80, 0xFF))
            case 2:
                del found[place : place + rng.choice((1, 4, 100))]
            case 3:
                found[place:place] = found[place : min(other, place + 200)]
            case 4:
                found[place:place] = rng.randbytes(rng.choice((1, 4, 16)))
            case _:
                if rng.random() < 0.3:
                    del found[place:]
    return bytes(found)
