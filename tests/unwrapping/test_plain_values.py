"""URLs, durations and EXI in words."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ocpptui.unwrapping.payload_walk import unwrapped
from ocpptui.unwrapping.plain_values import duration_contents, url_contents
from tests.kit.talk import NOW


def lines_of(text: str) -> list[str]:
    """What is said of a URL."""
    found = url_contents(text)
    assert found is not None
    return [line.text for line in found[1]]


def test_the_parts_of_a_query_are_listed_and_decoded() -> None:
    """A signed URL is a line of 800 characters, and the part that is wrong is within it."""
    lines = lines_of("https://logs.example:8443/a%20b?device=CP%2F1&expires=1700000000&token=Hunter2&empty=#part")
    assert lines == [
        "host  logs.example:8443",
        "path  /a b",
        "device  CP/1",
        "expires  1700000000",
        "token  ***",
        "empty  ",
        "fragment  part",
    ]


@pytest.mark.parametrize("scheme", ["ftp", "ftps", "sftp", "https"])
def test_a_user_name_in_a_location_is_masked(scheme: str) -> None:
    """Upload locations hold the account of a file server."""
    text = "\n".join(lines_of(f"{scheme}://operator:Hunter2@files.example/diagnostics"))
    assert "user  ***, password ***" in text
    assert "operator" not in text
    assert "Hunter2" not in text
    assert "host  files.example" in text


@pytest.mark.parametrize("text", ["https://example.com/firmware.bin", "no URL", "a:b", "://", "urn:x:y"])
def test_what_has_no_parts_says_nothing(text: str) -> None:
    """Lines that repeat the payload cover those that say something."""
    assert url_contents(text) is None


@pytest.mark.parametrize(
    ("text", "in_words"),
    [
        ("PT1H30M", "duration of 1 h 30 min"),
        ("P1DT12H", "duration of 1 d 12 h"),
        ("PT0.5S", "duration of 0.5 s"),
        ("P2W", "duration of 2 weeks"),
        ("-P1Y2M", "duration of minus 1 year 2 months"),
        ("P1Y1M1W1DT1H1M1S", "duration of 1 year 1 month 1 week 1 d 1 h 1 min 1 s"),
        ("R1/2023-11-14T00:00:00Z/P1W", "from 2023-11-14T00:00:00Z for 1 week, repeated once"),
        ("2023-11-14T00:00:00Z/PT15M", "from 2023-11-14T00:00:00Z for 15 min"),
        ("PT15M/2023-11-14T00:00:00Z", "for 15 min until 2023-11-14T00:00:00Z"),
        ("R3/2023-11-14T00:00:00Z/P1D", "from 2023-11-14T00:00:00Z for 1 d, repeated 3 times"),
        ("R/2023-11-14T00:00:00Z/P1D", "from 2023-11-14T00:00:00Z for 1 d, repeated without end"),
        *((text, None) for text in ("P", "PT", "P1", "P1DT", "PT1D", "Parking", "a/b", "P1D/P1D", "x/P1D", "", "/")),
    ],
)
def test_durations_and_intervals_are_in_words(text: str, in_words: str | None) -> None:
    """PT5400S is not read at a glance, and what is no duration must not become one."""
    assert duration_contents(text) == in_words


@pytest.mark.parametrize(
    ("data", "shown", "is_wrong"),
    [(bytes.fromhex("8098021050908c0c0c") * 20, "180 bytes", False), (b"<?xml version='1.0'?>", "21 bytes", True)],
)
def test_exi_is_named_and_measured(data: bytes, shown: str, is_wrong: bool) -> None:
    """An EXI request that is cut off, or XML in its place, is seen by its size and first bytes."""
    found = list(unwrapped({"exiRequest": base64.b64encode(data).decode()}, NOW))
    assert found[0].what == f"EXI of ISO 15118, {shown}"
    assert any(line.sort == "problem" for line in found[0].lines) == is_wrong


def test_exi_that_is_no_base64_says_so() -> None:
    """The other side cannot read it."""
    assert list(unwrapped({"exiResponse": "?"}, NOW))[0].lines[0].text == "It is not base64."


@given(
    some.one_of(some.text(), some.builds(str.__add__, some.sampled_from(["https://", "ftp://[", "P1D/"]), some.text()))
)
def test_no_text_raises(text: str) -> None:
    """A peer could close the inspector with a message."""
    assert url_contents(text) is None or url_contents(text)
    assert duration_contents(text) is None or duration_contents(text)
