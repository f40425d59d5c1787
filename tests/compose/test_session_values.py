"""What a placeholder stands for is of this charge point; the transaction of another one would be stopped."""

from __future__ import annotations

from ocpptui.compose.placeholders import filled_in
from ocpptui.compose.session_values import session_values
from tests.kit.talk import NOW, Talk


def test_the_transaction_is_the_last_one_of_the_charge_point() -> None:
    talk = Talk()
    for charge_point, number, connection in (("CP001", 41, 1), ("CP002", 99, 2), ("CP001", 42, 1)):
        start = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}'
        call = talk.call("StartTransaction", start, charge_point=charge_point, connection=connection)
        accepted = f'{{"transactionId":{number},"idTagInfo":{{"status":"Accepted"}}}}'
        talk.answer(call, accepted, charge_point=charge_point, connection=connection)

    def filled(text: str, charge_point: str) -> str:
        return filled_in(text, session_values(talk.session, charge_point, NOW, {}, {}))

    assert filled("${transaction}", "CP001") == "42"
    assert filled("${transaction}", "CP002") == "99"
    assert filled("${uuid}", "CP001") != filled("${uuid}", "CP001")
