"""Other ways of writing the same charge point's URL."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.doctor.path_variants import MOST, path_variants
from ocpptui.ocpp.identity import path_segment


def paths(url: str, charge_point: str = "CP001") -> list[str]:
    return [urlsplit(variant.url).path for variant in path_variants(url, charge_point)]


def test_the_usual_mistakes_are_tried() -> None:
    """Each of them was in a thread of somebody whose charger did not get in."""
    found = paths("wss://csms.test/ocpp/CP001")
    assert found == ["/ocpp/CP001/", "/ocpp/CP001/CP001", "/ocpp", "/CP001", "/ocpp//CP001"]
    assert "/ocpp/CP001" in paths("ws://csms.test/ocpp/CP001/")
    assert "/ocpp/CP001" in paths("ws://csms.test/ocpp//CP001")
    assert "/ocpp/CP001" in paths("ws://csms.test/ocpp/CP001/CP001")
    assert "/ocpp/CP001" in paths("ws://csms.test/ocpp")
    assert "/ws/CP001" in paths("ws://csms.test/ws/1.6/CP001")
    assert "/DE*ABC*1" in paths("ws://csms.test/DE%2AABC%2A1", "DE*ABC*1")


def test_the_query_stays() -> None:
    assert all(one.url.endswith("?token=1") for one in path_variants("ws://csms.test/ocpp/CP001?token=1", "CP001"))


SEGMENTS = st.lists(st.sampled_from(["ocpp", "ws", "CP001", ""]), max_size=5)


@given(SEGMENTS, st.sampled_from(["CP001", "a/b", "ä*", "ocpp"]))
def test_none_is_tried_twice_and_never_the_one_that_failed(segments: list[str], charge_point: str) -> None:
    """A server would count it as one more attempt."""
    path = f"/{'/'.join([*segments, path_segment(charge_point)])}"
    found = paths(f"ws://csms.test{path}", charge_point)
    assert len(found) == len(set(found)) <= MOST
    assert path not in found
    assert all(one.startswith("/") for one in found)
