"""Attempts to charge and visits, counted by hand."""

from __future__ import annotations

from ocpptui.reporting.attempts import MOST_PENDING, PATIENCE, ChargeAttempts

MINUTE = 60_000_000


def test_a_token_and_its_transaction_are_one_attempt() -> None:
    attempts = ChargeAttempts()
    attempts.presented("A", 0)
    attempts.started("1", "A", MINUTE)
    attempts.ended("1", 100.0, 9 * MINUTE)
    assert attempts.counts_at(9 * MINUTE) == (1, 0, 0, 1, 1)


def test_the_second_attempt_of_a_visit_does_not_count_as_first() -> None:
    """A driver who needs two attempts would count as one who needed one."""
    attempts = ChargeAttempts()
    attempts.refused("A", 0)
    attempts.started("1", "A", MINUTE)
    attempts.ended("1", 100.0, 9 * MINUTE)
    assert attempts.counts_at(9 * MINUTE) == (1, 1, 0, 1, 0)


def test_after_a_while_it_is_another_visit() -> None:
    attempts = ChargeAttempts()
    attempts.refused("A", 0)
    attempts.started("1", "A", PATIENCE + 1)
    attempts.ended("1", 100.0, 2 * PATIENCE)
    assert attempts.counts_at(2 * PATIENCE) == (1, 1, 0, 2, 1)


def test_a_token_without_a_transaction_fails_in_the_end() -> None:
    attempts = ChargeAttempts()
    attempts.presented("A", 0)
    assert attempts.counts_at(PATIENCE) == (0, 0, 1, 0, 0)
    assert attempts.counts_at(PATIENCE + 1) == (0, 1, 0, 1, 0)
    attempts.presented("B", PATIENCE + 2)
    assert attempts.counts_at(PATIENCE + 2) == (0, 1, 1, 1, 0)


def test_what_energy_was_taken_decides() -> None:
    for energy, counts in ((0.5, (1, 0, 0, 1, 1)), (0.0, (0, 1, 0, 1, 0)), (None, (0, 0, 1, 0, 0))):
        attempts = ChargeAttempts()
        attempts.started("1", "A", 0)
        attempts.ended("1", energy, MINUTE)
        assert attempts.counts_at(MINUTE) == counts


def test_a_transaction_gets_its_token_later() -> None:
    """OCPP 2.x may start a transaction when the cable is plugged in."""
    attempts = ChargeAttempts()
    attempts.presented("A", 0)
    attempts.started("T", "EVSE 1", 1)
    attempts.named("T", "A")
    attempts.ended("T", 10.0, MINUTE)
    assert attempts.counts_at(PATIENCE * 2) == (1, 0, 0, 1, 1)


def test_everything_is_bounded() -> None:
    """A peer that presents a million tokens would fill the memory."""
    attempts = ChargeAttempts()
    for number in range(3 * MOST_PENDING):
        attempts.presented(f"A{number}", number)
        attempts.started(f"T{number}", f"B{number}", number)
    assert attempts.counts_at(3 * MOST_PENDING) == (0, 0, 6 * MOST_PENDING, 0, 0)
    assert len(attempts._waiting) == len(attempts._running) == MOST_PENDING
