"""The calls without an answer, with ids that a peer uses again. An answer would be shown beside another call."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.ocpp.unanswered_calls import UnansweredCalls, Waiting

STEPS = st.lists(st.tuples(st.sampled_from(["add", "take", "take_oldest"]), st.sampled_from("abc")), max_size=40)


@given(STEPS)
@example([("add", "a")] * 3 + [("take", "a")] * 3)
def test_it_is_a_list_of_calls_however_often_an_id_is_used(steps: list[tuple[str, str]]) -> None:
    """Compared with a plain list in the order in which the calls were made."""
    calls, plain = UnansweredCalls(), list[tuple[str, Waiting]]()
    for token, (step, key) in enumerate(steps):
        same = [call for name, call in plain if name == key]
        if step == "add":
            calls.add(key, (token, token))
            plain.append((key, (token, token)))
        elif step == "take":
            taken = calls.take(key)
            assert taken == (same[-1] if same else None)
            plain = [one for one in plain if one[1] != taken]
        else:
            assert calls.take_oldest() == (plain.pop(0) if plain else None)
        assert calls.count == len(plain)
        assert sorted(calls.all()) == [call for _, call in plain]
        assert calls.oldest() == (plain[0][1] if plain else None)
        for name in "abc":
            assert calls.get(name) == next((call for known, call in reversed(plain) if known == name), None)
