"""Whatever a payload contains, looking into it ends, stays small and never raises."""

from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from ocpptui.unwrapping.payload_walk import LONGEST_TEXT, MOST_UNWRAPPED, MOST_VALUES, unwrapped
from tests.kit.signed_values import issued
from tests.kit.talk import NOW, Talk
from tests.tui.widgets.test_inspector import words

PEM = issued("CP001").pem
DER = issued("CP001").der

BEGINNINGS = ("", "OCMF|", "-----BEGIN CERTIFICATE-----\n", "{", "[", "https://", "P", "MII", "<", "oca:base16:asn1:")
TEXTS = some.one_of(
    some.text(),
    some.builds(str.__add__, some.sampled_from(BEGINNINGS), some.text(max_size=200)),
    some.binary(min_size=12, max_size=300).map(lambda data: base64.b64encode(data).decode()),
    some.builds(
        lambda at, byte: base64.b64encode(DER[:at] + bytes([byte]) + DER[at + 1 :]).decode(),
        some.integers(0, len(DER) - 1),
        some.integers(0, 255),
    ),
)
VALUES = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), TEXTS),
    lambda inner: some.one_of(some.lists(inner), some.dictionaries(some.text(), inner)),
    max_leaves=12,
)


@given(VALUES)
def test_no_payload_raises(payload: Any) -> None:
    """A peer could close the inspector with a message."""
    for found in unwrapped(payload, NOW):
        assert found.path.startswith("$")
        assert found.what


def test_a_text_that_is_too_long_is_skipped_with_a_sentence() -> None:
    """The screen would stand still for a firmware image in a DataTransfer."""
    found = list(unwrapped({"data": "-----BEGIN" * LONGEST_TEXT}, NOW))
    assert [(one.path, one.what) for one in found] == [("$.data", "1,000,000 characters, too many to look into")]


def test_many_values_are_not_all_unwrapped() -> None:
    """The inspector would build a million lines for one record."""
    found = list(unwrapped([PEM] * (MOST_UNWRAPPED + 5), NOW))
    assert len(found) == MOST_UNWRAPPED + 1
    assert "are not shown" in found[-1].what
    texts = ["x " * 40_000] * 10
    assert "characters of text; the others are not looked into" in list(unwrapped([*texts, PEM], NOW))[-1].what
    assert "are not looked into" in list(unwrapped([1] * (MOST_VALUES + 1), NOW))[-1].what


def test_json_in_a_text_is_a_tree_and_looked_into() -> None:
    """A certificate within the data of a DataTransfer is two texts deep."""
    found = list(unwrapped({"data": json.dumps({"certificateChain": PEM})}, NOW))
    assert [one.path for one in found] == ["$.data", "$.data.certificateChain"]
    assert found[0].lines[0].text == "{"
    assert "certificate" in found[1].what


def test_text_in_base64_is_read_and_masked() -> None:
    """A secret that is in base64 would be on the screen, since the record was masked without looking into it."""
    text = "station log\npassword=Hunter2Hunter2 level=debug"
    found = list(unwrapped({"data": base64.b64encode(text.encode()).decode()}, NOW))
    lines = [line.text for line in found[0].lines]
    assert found[0].what == "text (in base64)"
    assert lines[0] == "station log"
    assert "Hunter2" not in "".join(lines)


def test_a_certificate_that_is_cut_off_is_not_passed_over() -> None:
    """A charge point with a field that is too short stores half a certificate; its message looks like any other."""
    whole = b"\x30\x82\x02\x00" + bytes(512)
    (found,) = unwrapped({"certificate": base64.b64encode(whole[:300]).decode()}, NOW)
    assert found.what == "DER that is cut off (in base64)"
    assert [line.text for line in found.lines] == ["It begins as DER of 516 bytes, but only 300 of them are here."]
    (found,) = unwrapped({"certificate": base64.b64encode(whole).decode()}, NOW)
    assert found.what == "DER (in base64)"


def test_plain_words_and_ids_contain_nothing() -> None:
    """Every message would have lines that say nothing."""
    payload = {
        "idTag": "DEADBEEFDEADBEEF0123",
        "model": "AbcdefghijklmnopqrstuvWX",
        "uid": "550e8400-e29b-41d4-a716-446655440000",
        "n": "1234567890123456",
    }
    assert list(unwrapped(payload, NOW)) == []


def test_the_inspector_shows_it_and_the_raw_text_stays() -> None:
    """What a message contains is seen where the message is, and the evidence is not changed."""
    talk = Talk()
    payload = json.dumps({"certificateType": "ManufacturerRootCertificate", "certificate": PEM})
    call = talk.call("InstallCertificate", payload)
    text = words(talk, call)
    assert "\nInside\n$.certificate  certificate\n  subject  CN=CP001\n" in text
    assert payload in text
