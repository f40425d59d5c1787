"""Which fields around a frame the whole file has to explain, and with what value."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.importing.fields.unknown_fields import LONGEST_UNKNOWN, unknown_fields


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("kulku", "ylos", "ylos"),
        ("numero", 7, "7"),
        ("sender", "gw-north", "gw-north"),
        ("kanava", "/ocpp/CP-77/in", "CP-77"),
        ("lokero", "ocpp.cp.CP-77.in", "CP-77"),
        ("avain", "CP#CP-77", "CP-77"),
    ],
)
def test_a_value_of_an_unknown_name_is_kept(name: str, value: Any, kept: str) -> None:
    """The charge point or the direction in it would not be found."""
    assert list(unknown_fields({name: value})) == [(name, kept)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timestamp", "2026-03-14"), ("direction", "in"), ("msg", "received"), ("level", "info"),
        ("topic", "ocpp/CP-77"), ("kulku", ""),
        ("kulku", '{"a":1}'), ("kulku", [1]), ("kulku", True), ("kulku", "y" * (LONGEST_UNKNOWN + 1)),
    ],
)  # fmt: skip
def test_what_is_known_or_no_word_is_not(name: str, value: Any) -> None:
    """A level or a text would be learned as the direction."""
    assert list(unknown_fields({name: value})) == []


def test_who_wrote_it_comes_last() -> None:
    """The host counts only where nothing else names the charge point."""
    assert [name for name, _ in unknown_fields({"host": "gw-1", "kulku": "ylos"})] == ["kulku", "host"]
