from __future__ import annotations

from ocpptui.importing.directions.named_parties import MOST_TOLD, NamedParties
from ocpptui.ocpp.version import Direction

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def exchange(parties: NamedParties, connection: int, named: Direction, shown: Direction | None) -> None:
    parties.note_call(connection, "1", named, shown)
    parties.note_answer(connection, "1", named.opposite)


def test_lines_that_other_calls_confirm_outweigh_an_action() -> None:
    """A fault of a charge point would be read as a call of its central system."""
    parties = NamedParties()
    exchange(parties, 1, UP, UP)
    exchange(parties, 1, UP, DOWN)
    assert parties.outweigh("Reset", 1)
    assert "since another call goes as the lines say" in parties.evidence


def test_a_decision_holds_for_the_whole_connection() -> None:
    """A connection would be read one way up to a line and another way behind it."""
    parties = NamedParties()
    exchange(parties, 1, UP, DOWN)
    assert not parties.outweigh("Reset", 1)
    for _ in range(9):
        exchange(parties, 1, UP, UP)
    assert not parties.outweigh("Reset", 1)


def test_lines_that_name_one_side_for_call_and_answer_prove_nothing() -> None:
    parties = NamedParties()
    for shown in (UP, UP, DOWN):
        parties.note_call(1, "1", UP, shown)
        parties.note_answer(1, "1", UP)
    assert not parties.outweigh("Reset", 1)


def test_a_connection_without_a_witness_is_read_as_the_file() -> None:
    parties = NamedParties()
    exchange(parties, 1, UP, UP)
    exchange(parties, 2, UP, DOWN)
    assert parties.outweigh("Reset", 2)


def test_lines_may_mean_the_opposite_in_one_connection_alone() -> None:
    parties = NamedParties()
    for _ in range(9):
        exchange(parties, 1, UP, UP)
    exchange(parties, 2, UP, DOWN)
    exchange(parties, 2, UP, DOWN)
    assert parties.mean_the_opposite(2)
    assert not parties.mean_the_opposite(1)


def test_the_evidence_is_short_for_many_connections() -> None:
    parties = NamedParties()
    assert parties.evidence == ""
    for connection in range(MOST_TOLD + 2):
        exchange(parties, connection, UP, DOWN)
        parties.outweigh("Reset", connection)
    assert parties.evidence.count("In connection") == MOST_TOLD
    assert parties.evidence.endswith("2 more connections have such lines, too.")
