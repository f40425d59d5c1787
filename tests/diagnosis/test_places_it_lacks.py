"""What is said of a connector or an EVSE that a charge point does not have."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.trace import read_trace
from tests.diagnosis.test_rule_traces import diagnosed

ASKED = '10:00:00 < GetBaseReport {"requestId":5,"reportBase":"FullInventory"}\n10:00:01 > ok {"status":"Accepted"}\n'


def sentences(text: str, record: int) -> list[str]:
    timeline = diagnosed(read_trace(text))
    return [one.text for one in findings_at(timeline, record) if one.rule == "status.unknown-place"]


@pytest.mark.parametrize(
    ("evses", "words"),
    [
        (1, "EVSE 1"),
        (2, "EVSEs 1 and 2"),
        (5, "EVSEs 1, 2, 3, 4 and 5"),
        (7, "EVSEs 1, 2, 3, 4, 5 and 2 more"),
    ],
)
def test_the_inventory_is_told_in_words(evses: int, words: str) -> None:
    """A user sees at once which numbers were possible, also where a station has too many to list."""
    data = ",".join(
        f'{{"component":{{"name":"EVSE","evse":{{"id":{evse}}}}},"variable":{{"name":"Power"}},'
        '"variableAttribute":[{"value":"1"}]}'
        for evse in range(1, evses + 1)
    )
    report = (
        '10:00:02 > NotifyReport {"requestId":5,"generatedAt":"2026-01-01T10:00:02Z","seqNo":0,'
        f'"reportData":[{data}]}}\n10:00:02 < ok\n'
    )
    order = '10:02:00 < ChangeAvailability {"operationalStatus":"Inoperative","evse":{"id":9}}\n'
    told = sentences(f'2.0.1\n{ASKED}{report}{order}10:02:00 > ok {{"status":"Accepted"}}', 5)
    assert told == [
        f"ChangeAvailability was accepted for EVSE 9, but the inventory of the charging station has only {words}."
    ]
