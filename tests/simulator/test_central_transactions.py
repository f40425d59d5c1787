"""The transactions of the central system. If these fail, two charges get one id, or a token seems in use for ever."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.simulator.central_transactions import CentralTransactions

TIME = "2026-11-22T10:02:03Z"
NOBODY = ("", "")


def start(**changes: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "ABC", "meterStart": 0, "timestamp": TIME, **changes}


def test_only_a_limited_number_of_transactions_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load test that runs for days would fill the memory."""
    monkeypatch.setattr("ocpptui.simulator.central_transactions.MAX_REMEMBERED", 3)
    transactions = CentralTransactions()
    given = [transactions.number("CP", start(meterStart=meter)) for meter in (1, 2, 3, 4, 4, 1)]
    assert given == [1, 2, 3, 4, 4, 5]


def test_a_token_is_in_use_until_its_transaction_ends() -> None:
    transactions = CentralTransactions()
    transactions.begin("CP1", "7", "Abc", 1)
    assert transactions.uses("ABC", besides=NOBODY)
    assert not transactions.uses("ABC", besides=("CP1", "7")), "the same transaction goes on"
    assert not transactions.uses("other", besides=NOBODY)
    transactions.begin("CP1", "7", "other", 1)
    assert transactions.uses("abc", besides=NOBODY), "the card that stops a transaction does not take it over"
    transactions.end("CP2", "7")
    assert transactions.uses("abc", besides=NOBODY)
    transactions.end("CP1", "7")
    assert not transactions.uses("abc", besides=NOBODY)


def test_a_connector_that_is_free_or_charges_another_has_ended_what_ran() -> None:
    """A charge point that lost its StopTransaction would block the card of its driver for good."""
    transactions = CentralTransactions()
    transactions.begin("CP1", "1", "A", 1)
    transactions.begin("CP1", "2", "B", 2)
    transactions.is_free("CP1", 1)
    assert not transactions.uses("A", besides=NOBODY)
    transactions.begin("CP1", "3", "C", 2)
    assert not transactions.uses("B", besides=NOBODY)
    assert transactions.uses("C", besides=NOBODY)


_STEPS = st.lists(st.tuples(st.sampled_from(["CP1", "CP2"]), st.integers(1, 3), st.booleans()), max_size=12)


@settings(max_examples=60)
@given(_STEPS, _STEPS)
def test_a_next_process_goes_on_as_if_there_were_one(before: list[Any], after: list[Any]) -> None:
    def play(transactions: CentralTransactions, steps: list[Any]) -> list[object]:
        seen: list[object] = []
        for name, connector, ends in steps:
            number = transactions.number(name, start(connectorId=connector))
            if ends:
                transactions.end(name, str(number))
            else:
                transactions.begin(name, str(number), f"T{connector}", connector)
            seen.append((number, [transactions.uses(f"T{one}", besides=NOBODY) for one in (1, 2, 3)]))
        return seen

    one, first, second = CentralTransactions(), CentralTransactions(), CentralTransactions()
    play(one, before)
    play(first, before)
    second.take(first.kept())
    assert play(second, after) == play(one, after)


@pytest.mark.parametrize("kept", [{}, {"started": 7, "running": [1], "nextTransactionId": "x"}, {"started": [{}]}])
def test_strange_values_do_no_harm(kept: dict[str, Any]) -> None:
    transactions = CentralTransactions()
    transactions.take(kept)
    assert transactions.number("CP", start()) >= 1
