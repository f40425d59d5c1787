"""The version that a file states decides by which schemas its frames are judged."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.importing.words.stated_versions import SEGMENT_OF_OCPP, SEGMENT_OF_VERSION, version_in, version_of
from ocpptui.ocpp.version import Transport, Version

SPELLINGS = ["ocpp{}", "OCPP {}", "ocpp-{}", "OCPP_v{}", "OCPP{}J", "Ocpp{}-json"]
OFFERED = Version.offered(Transport.JSON)


@pytest.mark.parametrize("spelling", [*SPELLINGS, "{}", "v{}", "{}J", "{}-json", " {} "])
@pytest.mark.parametrize("version", OFFERED)
def test_a_version_is_known_in_any_spelling(version: Version, spelling: str) -> None:
    assert version_of(spelling.format(version)) is version


@pytest.mark.parametrize("separator", ["", "_", "."])
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("version", OFFERED)
def test_a_text_names_what_a_value_states(version: Version, spelling: str, separator: str) -> None:
    """The same words in a column and in a line would be two versions."""
    said = spelling.format(version.replace(".", separator))
    assert version_of(said) is version
    assert version_in(f"12:00 CP-77 ({said}) received") is version


@pytest.mark.parametrize("value", ["1.60", "firmware 1.6", 16, "16", "21", None, 1.7, "ocpp2.0", "1.6 beta"])
def test_other_numbers_are_no_version(value: Any) -> None:
    """The version of a firmware would decide."""
    assert version_of(value) is None


@pytest.mark.parametrize("text", ["OCPP 1.6 or ocpp2.0.1", "ocpp1.65", "ocpp 2.0.1.4", "version 1.6", "ocpp 1.7"])
def test_a_text_with_none_or_several_names_none(text: str) -> None:
    assert version_in(text) is None


def test_a_number_states_it_too() -> None:
    """As JSON writes it without quotes."""
    assert version_of(1.6) is Version.V16


@pytest.mark.parametrize("version", Version)
def test_no_version_is_a_segment_with_a_name(version: Version) -> None:
    """The charge points of a path such as `/CP-77/ocpp1.5` would be called by the version."""
    for segment in (f"v{version}", version.value, f"ocpp{version}", f"ocpp{version.replace('.', '')}"):
        assert SEGMENT_OF_OCPP.fullmatch(segment) is not None
        assert SEGMENT_OF_VERSION.fullmatch(segment) is not None
