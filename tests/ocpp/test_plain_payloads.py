"""The payloads of many messages, read together: each as if it were read alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.plain_payloads import plain_message_id, plain_payload, plain_payloads
from tests.jsontext.json_texts import VALUES


@given(st.lists(st.tuples(st.sampled_from(["2", "3", "4", "true", '"2"']), st.lists(VALUES, max_size=4)), max_size=5))
def test_the_payloads_of_many_messages_are_those_of_each(frames: list[tuple[str, list[str]]]) -> None:
    """A record would be judged by the payload of another one."""
    raws = [f"[{','.join((kind, *values))}]" for kind, values in frames]
    assert plain_payloads(raws) == [plain_payload(raw) for raw in raws]


@given(st.sampled_from(["2", "3", "4", "true"]), st.lists(VALUES, max_size=4))
def test_the_message_id_is_that_of_the_whole_message(kind: str, values: list[str]) -> None:
    """A call would be taken for that of another answer."""
    for raw in (f"[{','.join((kind, *values))}]", f'[{kind},"a",{",".join(values)}]'):
        assert plain_message_id(raw) in (None, parse(raw).id)
    assert plain_message_id('[3,"a",{}]') == "a"


def test_a_message_that_is_not_json_any_more_leaves_the_others_their_payloads() -> None:
    """Another program may overwrite a recording while it is read."""
    good = '[3,"a",{"x":1}]'
    assert plain_payloads([good, '[3,"b",{"y"', good]) == [{"x": 1}, None, {"x": 1}]
