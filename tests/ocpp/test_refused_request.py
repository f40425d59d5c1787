"""Which answers refuse a request: every status of every schema is either a refusal or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.refused_request import ACCEPTANCES, PLACES, REFUSALS, refused_with
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version

OF_A_CERTIFICATE = ("certificateStatus", "", "status")
"""The answer to GetCertificateChainStatus, which reports on certificates and refuses nothing."""


def statuses(field: Field, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The path and the words of each enumeration called a status."""
    for child in (*field.fields, *([field.item] if field.item is not None else [])):
        here = (*path, child.name)
        if child.enum and here[-1].casefold().endswith("status"):
            yield here, child.enum
        yield from statuses(child, here)


def all_statuses() -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for version in Version:
        for action in catalog.actions(version):
            tree = field_tree(version, action.name, Part.RESPONSE)
            for path, words in statuses(tree) if tree is not None else ():
                found.setdefault(path, set()).update(words)
    return found


def test_every_status_of_every_answer_is_decided() -> None:
    """A refusal that a version adds would look like any other answer."""
    found = all_statuses()
    del found[OF_A_CERTIFICATE]
    assert {tuple(filter(None, path)) for path in found} == {tuple(filter(None, place)) for place in PLACES.items()}
    assert set().union(*found.values()) == REFUSALS | ACCEPTANCES
    assert not REFUSALS & ACCEPTANCES


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", sorted(REFUSALS | ACCEPTANCES))
def test_the_status_is_found_where_answers_have_it(place: str, word: str) -> None:
    key = PLACES[place]
    payload = {"other": 1, place: {key: word} if key else word}
    assert refused_with(payload) == (word if word in REFUSALS else "")


@pytest.mark.parametrize(("name", "key"), [place for place in PLACES.items() if place[0].endswith("Result")])
def test_a_part_that_is_refused_counts(name: str, key: str) -> None:
    """One variable of twenty that could not be set would be overlooked."""
    assert refused_with({name: [{key: "Accepted"}, {key: "Rejected"}]}) == "Rejected"
    assert refused_with({name: [{key: "Accepted"}]}) == ""


@given(
    st.recursive(
        st.none() | st.integers() | st.sampled_from(["Rejected", "Accepted"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from([name for place in PLACES.items() for name in place if name]), inner, max_size=3
            )
        ),
    )
)
def test_it_takes_anything(payload: object) -> None:
    """A peer may send anything."""
    assert refused_with(payload) in ("", "Rejected")
