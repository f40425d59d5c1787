"""Which tariff a transaction has. If this fails, a driver pays by a tariff that began after the charge did."""

from __future__ import annotations

from ocpptui.simulator.known_tariffs import KnownTariffs


def test_a_transaction_keeps_the_tariff_that_it_began_with_until_it_is_changed() -> None:
    tariffs = KnownTariffs()
    first, second = {"tariffId": "A"}, {"tariffId": "B"}
    assert tariffs.of("T0", 1, {"T0"}) == {}, "it began without one"
    tariffs.defaults[1] = first
    assert tariffs.of("T0", 1, {"T0"}) == {}
    assert tariffs.of("T1", 1, {"T0", "T1"}) == first
    tariffs.defaults[1] = second
    assert tariffs.of("T1", 1, {"T1"}) == first
    tariffs.change("T1", second)
    assert tariffs.of("T1", 1, set()) == second, "its last event comes after its end"
    assert tariffs.of("T0", 1, {"T0"}) == second, "what had ended was forgotten"
