"""The completions offered while the user types a filter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.filter.query import completions, word_at
from ocpptui.timeline.severity import Severity
from tests.timeline.example_session import ANY_TEXT, BOOT, SESSION, found, frame, session, timeline_of


@given(ANY_TEXT, st.integers(-3, 50))
def test_completion_never_raises(text: str, cursor: int) -> None:
    start, end = word_at(text, cursor)
    assert 0 <= start <= end <= len(text)
    assert all(isinstance(word, str) for word in completions(text, cursor, SESSION))


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("", ["action:", "cp:", "unanswered", "latency>", "not"]),
        ("act", ["action:"]),
        ("foo -(INV", ["invalid"]),
        ("conn", ["conn:", "connectorId="]),
        ("action:boo", ["action:BootNotification"]),
        ("action:Notify", ["action:NotifyEvent", "action:NotifyReport"]),
        ("cp:", ["cp:CP001", 'cp:"CP 2"']),
        ('cp:"CP', ['cp:"CP 2"']),
        ("kind:c", ["kind:call", "kind:connection"]),
        ("dir:", ["dir:to-csms", "dir:to-cp"]),
        ("event:", ["event:opened", "event:closed"]),
        ("conn:", ["conn:1", "conn:2"]),
        ("transport:", ["transport:json", "transport:soap"]),
        ("rule:rpc", ["rule:rpc.*", "rule:rpc.not-json"]),
        ("version:", ["version:1.6", "version:2.0.1", "version:2.1"]),
    ],
)
def test_completion_offers_terms_and_values_of_the_timeline(text: str, some: list[str]) -> None:
    offered = completions(text, len(text), session())
    assert [word for word in some if word not in offered] == []


def test_a_completed_topic_finds_all_its_rules() -> None:
    """In quotation marks it would mean a rule of that name, which does not exist."""
    timeline = timeline_of(frame("nonsense"), frame('[9,"1","Heartbeat",{}]'))
    for index, rule in enumerate(("rpc.not-json", "rpc.unknown-type")):
        timeline.set_findings(index, (rule,), Severity.ERROR)
    assert completions("rule:", 5, timeline)[:2] == ["rule:rpc.not-json", "rule:rpc.unknown-type"]
    assert "rule:rpc.*" in completions("rule:r", 6, timeline)
    assert found("rule:rpc.*", timeline) == [0, 1]
    assert found("rule:RPC", timeline) == found("rule:rpc*", timeline) == [0, 1], "as in check --only"
    assert found("rule:rpc.unknown-type", timeline) == [1]


def test_completion_replaces_the_word_at_the_cursor() -> None:
    text = "kind:call -(acti) foo"
    assert word_at(text, 14) == (12, 16)
    assert completions(text, 14, session())[0] == "action:"


@given(st.text(min_size=1))
def test_a_completed_charge_point_finds_exactly_that_one(identity: str) -> None:
    timeline = timeline_of(frame(BOOT, charge_point=identity), frame(BOOT, charge_point="another"))
    completed = completions("cp:", 3, timeline)[0]
    expected = [0, 1] if identity.casefold() == "another" else [0]
    assert found(completed, timeline) == expected
