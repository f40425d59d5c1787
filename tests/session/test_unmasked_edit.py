"""A user who edits a held message sees masks. The peer must get the secrets, and nothing that the user has replaced."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.text import value_text
from ocpptui.session.unmasked_edit import with_secrets

ORIGINAL = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cret"}]'
SHOWN = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]'


def test_a_mask_that_was_left_alone_becomes_the_secret_again() -> None:
    """A password of three asterisks would lock the charge point out."""
    edited = SHOWN.replace('"1"', '"2"')
    assert with_secrets(edited, SHOWN, ORIGINAL) == ORIGINAL.replace('"1"', '"2"')


def test_what_the_user_typed_over_a_mask_is_what_goes_on() -> None:
    assert with_secrets(SHOWN.replace("***", "new"), SHOWN, ORIGINAL) == ORIGINAL.replace("s3cret", "new")


def test_a_mask_that_was_moved_elsewhere_gets_no_secret() -> None:
    """Only its own place may have a secret: nobody can fetch it by copying the mask into a field that is shown."""
    edited = '[2,"1","ChangeConfiguration",{"key":"***","value":"***"}]'
    assert json.loads(with_secrets(edited, SHOWN, ORIGINAL))[3] == {"key": "***", "value": "s3cret"}


def test_asterisks_that_were_never_a_mask_stay() -> None:
    original = SHOWN.replace("AuthorizationKey", "Vendor")
    assert with_secrets(original, original, original) == original


def test_each_element_of_an_envelope_gets_its_own_secret() -> None:
    """Elements of one name are told apart by their place."""
    original = "<b><key>A</key><value>one</value><value>two</value></b>"
    shown = "<b><key>A</key><value>***</value><value>***</value></b>"
    edited = "<b><key>B</key><value>***</value><value>mine</value></b>"
    assert with_secrets(edited, shown, original) == "<b><key>B</key><value>one</value><value>mine</value></b>"


def test_an_edit_that_is_no_longer_json_goes_on_as_it_is_written() -> None:
    """To send what is malformed on purpose is what a debugger is for."""
    assert with_secrets("[2,", SHOWN, ORIGINAL) == "[2,"
    assert "s3cret" in with_secrets(SHOWN[:-1], SHOWN, ORIGINAL)


@given(st.dictionaries(st.text(max_size=4), st.text(min_size=1, max_size=8), min_size=1, max_size=4), st.data())
def test_whatever_was_masked_comes_back(values: dict[str, str], data: st.DataObject) -> None:
    masked = data.draw(st.sets(st.sampled_from(sorted(values))))
    shown = value_text({name: "***" if name in masked else value for name, value in values.items()})
    assert with_secrets(shown, shown, value_text(values)) == value_text(values)
