"""The page of promises: what it says is held by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.network import limits, paced_reader, websocket_transport
from ocpptui.network.large_messages import LARGE
from ocpptui.ocpp.json_defects import MAX_VALUES
from ocpptui.runtime.signals import HASTE

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "PROMISES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE))))
def test_a_test_that_is_named_exists(name: str) -> None:
    """A promise that nothing holds is broken by the next change, and nobody notices."""
    file, _, test = name.partition("::")
    assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("section", PAGE.split("\n## ")[1:], ids=lambda section: str(section).partition("\n")[0])
def test_each_section_is_held_by_a_test(section: str) -> None:
    assert "`tests/" in section


LIMITS = {
    f"{limits.MAX_SIZE // 2**20} MB (`--max-size`)": "a message",
    f"{MAX_VALUES:,}, more": "values",
    f"{websocket_transport.MAX_HEAD // 1024} KB, 128 headers, {limits.OPEN_TIMEOUT:g} s": "the head",
    f"{limits.OPEN_TIMEOUT:g} s (`--open-timeout`) |": "a TLS handshake",
    f"{limits.MAX_CONNECTIONS:,} (`--max-connections`)": "connections",
    f"{limits.QUEUE_DEPTH} beyond": "messages read",
    f"{paced_reader.SLICE * 1000:g} ms for small messages; a message over {LARGE // 1024} kB": "the time",
    f"{limits.CLOSE_TIMEOUT:g} s, {HASTE:g} s after a signal": "the closing handshake",
}


@pytest.mark.parametrize("figure", LIMITS)
def test_each_limit_is_that_of_the_program(figure: str) -> None:
    """Who runs it beside hostile peers plans with these figures."""
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {LIMITS[figure]}")]
    assert figure in row
