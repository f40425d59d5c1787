"""The messages of a transaction. If these fail, a backend cannot tell one transaction from another."""

from __future__ import annotations

from ocpptui.ocpp.version import Version
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.transaction import MOST_DATA, EventCircumstances, Transaction
from tests.simulator.conftest import START

TOKEN = DriverToken("A")
SECOND = 1_000_000


def test_a_message_gets_the_id_as_soon_as_it_is_known() -> None:
    """1.6: StopTransaction of a charge that began offline is made before StartTransaction was answered."""
    transaction = Transaction(Version.V16, 1, START)
    stop = transaction.stop_call(TOKEN, 5, StopReason.LOCAL, START)
    assert stop.payload["transactionId"] is None
    transaction.id = "17"
    assert transaction.filled(stop).payload["transactionId"] == 17
    assert list(transaction.filled(stop).payload) == list(stop.payload)


def test_transaction_data_is_bounded_and_keeps_its_beginning() -> None:
    transaction = Transaction(Version.V16, 1, START)
    for number in range(10 * MOST_DATA):
        transaction.collect({"n": number})
    assert len(transaction.data) <= MOST_DATA
    assert transaction.data[0] == {"n": 0}
    assert transaction.data[-1] == {"n": 10 * MOST_DATA - 1}


def test_ids_of_2_x_are_unique_over_connectors_and_times() -> None:
    moments = [START + step * SECOND // 1000 for step in range(100)]
    ids = {Transaction(Version.V201, evse, moment).id for evse in (1, 2) for moment in moments}
    assert len(ids) == 200
    assert all(len(one) <= 36 for one in ids)


def test_the_evse_is_named_once() -> None:
    transaction = Transaction(Version.V201, 2, START)
    at = EventCircumstances(START, "EVConnected", is_offline=False)
    events = [transaction.event(kind, "Trigger", at, connector=1).payload for kind in ("Started", "Updated")]
    assert ["evse" in event for event in events] == [True, False]
    assert [event["seqNo"] for event in events] == [0, 1]
