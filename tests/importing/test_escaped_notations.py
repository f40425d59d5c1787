"""Frames whose characters are escaped, some or all, come back as they were; what JSON does not have is a defect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from ocpptui.importing.files.unknown_content import kind_of_content
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Version
from tests.importing.conversation import conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read


def _each(pattern: str) -> Callable[[str], str]:
    """Every byte by this pattern."""
    return lambda raw: "".join(pattern % byte for byte in raw.encode())


ESCAPED: dict[str, Callable[[str], str]] = {
    "every byte for a URL": _each("%%%02X"),
    "for a URL": lambda raw: quote(raw, safe=""),
    "for a URL, without commas": lambda raw: quote(raw, safe=",:"),
    "for a form": quote_plus,
    "every byte in octal": _each("\\%03o"),
    "every byte in hexadecimal": _each("\\x%02x"),
    "every character by its number": _each("\\u%04x"),
    "every character for HTML": _each("&#%d;"),
    "every character for HTML, in hexadecimal": _each("&#x%x;"),
    "quotes in octal": lambda raw: raw.replace("\\", "\\\\").replace('"', "\\042"),
    "quotes by their number": lambda raw: raw.replace("\\", "\\\\").replace('"', "\\u0022"),
    "JSONP": lambda raw: f"callback({raw});",
    "JSONP of jQuery": lambda raw: f"jQuery112_4({raw})",
    "against JSON hijacking": lambda raw: f"for(;;);{raw}",
    "a comment behind": lambda raw: f"{raw} // a comment",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", ESCAPED)
def test_a_conversation_comes_back_from_its_escapes(tmp_path: Path, notation: str, version: Version) -> None:
    """The log would have no frame, although each of its characters is there."""
    frames = conversation(("CP-77", "CP-78"), version)
    path = tmp_path / "a.log"
    path.write_text("".join(
        f"{utc(one)} {one.name} {way(one, 'recv', 'send')} {ESCAPED[notation](one.raw)}\n" for one in frames
    ))  # fmt: skip
    check(read(path), frames, timedelta(milliseconds=2))


@pytest.mark.parametrize(
    "raw",
    [
        '[2,/* id */"a1","Heartbeat",{}]',
        '[/* call */2,"a1","Heartbeat",{}]',
        '[2,"a1",/* action */"Heartbeat",{}]',
        '[2,"a1","Heartbeat",{/* nothing */}]',
        '[2,"a1","Heartbeat",{} // nothing\n]',
    ],
)
def test_a_comment_within_a_frame_is_a_defect(tmp_path: Path, raw: str) -> None:
    """JSON has no comments: the peer refuses the frame, and the log would not show that it was there."""
    path = tmp_path / "a.log"
    path.write_text(f"2026-03-14T09:30:00Z CP-77 recv {raw}\n")
    (record,) = read(path).records
    assert record.raw == raw
    assert isinstance(JSON.read(raw), Malformed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("%5B%32%2C%22%61", "encoded for URLs"),
        (r"\u005b\u0039\u002c\u0022\u0061\u0022\u002c\u007b", "with escapes"),
        (r"\133\071\054\042\141\042\054\173", "octal escapes"),
        ("&#91;&#57;&#44;&#34;&#97;&#34;&#44;&#123;", "encoded for HTML"),
        ("=5B=32=2C=22=61=22=2C=7B", "quoted-printable"),
    ],
)
def test_a_file_of_escapes_without_a_frame_is_named(text: str, said: str) -> None:
    """ "It contains no frame" would not tell anyone what to do about it."""
    words = kind_of_content(f"2026-03-14 10:00 recv {text}\n".encode() * 3)
    assert said in words
    assert "decode it first" in words
